//! Musical time and the engine's frames: a line for each tempo.

use ripieno_composer::improvise::BEAT;

/// From a step on, music moves at one tempo.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Stretch {
    step: f64,
    frame: f64,
    frames_per_step: f64,
}

/// Turns steps into frames and back. Tempos change only in the future.
#[derive(Debug, Clone)]
pub(crate) struct Transport {
    rate_hz: f64,
    stretches: Vec<Stretch>,
}

/// Tempos that are remembered: time is asked for only around the present.
const REMEMBERED: usize = 64;

impl Transport {
    /// Step zero is at `frame`.
    pub(crate) fn new(rate_hz: u32, frame: u64, tempo_bpm: f64) -> Self {
        let rate_hz = f64::from(rate_hz);
        let first = Stretch { step: 0.0, frame: frame as f64, frames_per_step: frames_per_step(rate_hz, tempo_bpm) };
        Self { rate_hz, stretches: vec![first] }
    }

    /// From `step` on, which nothing has been told about yet, music moves at `tempo_bpm`.
    pub(crate) fn set_tempo(&mut self, step: u64, tempo_bpm: f64) {
        let step = step as f64;
        self.stretches.retain(|stretch| stretch.step < step || stretch.step == 0.0);
        let frame = self.exact(step);
        self.stretches.push(Stretch { step, frame, frames_per_step: frames_per_step(self.rate_hz, tempo_bpm) });
        if self.stretches.len() > REMEMBERED {
            self.stretches.remove(0);
        }
    }

    fn exact(&self, step: f64) -> f64 {
        let before = self.stretches.iter().rev().find(|stretch| stretch.step <= step).unwrap_or(&self.stretches[0]);
        before.frame + (step - before.step) * before.frames_per_step
    }

    /// The frame at which a step sounds.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "steps come after the first frame")]
    pub(crate) fn frame_of(&self, step: u64) -> u64 {
        self.exact(step as f64).round() as u64
    }

    /// Quarter notes a minute at a frame.
    pub(crate) fn tempo_at(&self, frame: u64) -> f64 {
        60.0 * self.rate_hz / (self.stretch_at(frame as f64).frames_per_step * BEAT as f64)
    }

    fn stretch_at(&self, frame: f64) -> Stretch {
        *self.stretches.iter().rev().find(|stretch| stretch.frame <= frame).unwrap_or(&self.stretches[0])
    }

    /// The step at a frame; negative before the music begins.
    pub(crate) fn step_of(&self, frame: u64) -> f64 {
        let frame = frame as f64;
        let before = self.stretch_at(frame);
        before.step + (frame - before.frame) / before.frames_per_step
    }
}

fn frames_per_step(rate_hz: f64, tempo_bpm: f64) -> f64 {
    rate_hz * 60.0 / tempo_bpm / BEAT as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_and_steps_agree_over_changes_of_tempo() {
        let mut transport = Transport::new(48_000, 1000, 120.0);
        assert_eq!(transport.frame_of(48), 49_000);
        transport.set_tempo(48, 60.0);
        assert_eq!((transport.frame_of(24), transport.frame_of(72)), (25_000, 97_000));
        for step in [0u64, 17, 48, 50, 1000] {
            assert!((transport.step_of(transport.frame_of(step)) - step as f64).abs() < 1e-3, "{step}");
        }
        assert!((transport.tempo_at(25_000) - 120.0).abs() < 1e-9 && (transport.tempo_at(50_000) - 60.0).abs() < 1e-9);
        assert!(transport.step_of(0) < 0.0);
    }
}
