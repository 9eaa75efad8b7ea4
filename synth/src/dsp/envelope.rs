//! Attack, decay, sustain, release: computed once a control tick, drawn as straight lines in between.

use super::{approach, smoothstep};

/// The times and levels of an envelope.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Adsr {
    /// From silence to full, along a curve with flat ends.
    pub(crate) attack_s: f32,
    /// Time constant of the fall to the sustain level.
    pub(crate) decay_s: f32,
    /// `0..=1`.
    pub(crate) sustain: f32,
    /// Time constant of the fall to silence after the key is let go.
    pub(crate) release_s: f32,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Attack,
    Decay,
    Release,
}

/// Where an envelope is.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Envelope {
    stage: Stage,
    /// In the attack how much of it has passed, otherwise the level.
    value: f32,
}

impl Envelope {
    /// The level `step_s` later.
    pub(crate) fn advance(&mut self, adsr: &Adsr, step_s: f32) -> f32 {
        match self.stage {
            Stage::Attack => {
                self.value += step_s / adsr.attack_s.max(1e-4);
                if self.value < 1.0 {
                    return smoothstep(self.value);
                }
                self.value = 1.0;
                self.stage = Stage::Decay;
            }
            // Arrived: an exponential saved for most voices at most ticks.
            Stage::Decay if self.value == adsr.sustain => {}
            Stage::Decay => self.value += (adsr.sustain - self.value) * approach(step_s, adsr.decay_s),
            Stage::Release => self.value -= self.value * approach(step_s, adsr.release_s),
        }
        self.value
    }

    pub(crate) fn release(&mut self) {
        if self.stage == Stage::Attack {
            self.value = smoothstep(self.value);
        }
        self.stage = Stage::Release;
    }

    /// Whether nothing more will be heard.
    pub(crate) fn is_over(&self, adsr: &Adsr) -> bool {
        // -90 dB.
        self.value < 3e-5 && (self.stage == Stage::Release || (self.stage == Stage::Decay && adsr.sustain < 3e-5))
    }
}
