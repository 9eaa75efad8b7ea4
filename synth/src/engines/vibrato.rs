//! Vibrato of what has none of its own.

use super::Modulation;
use crate::dsp::sine::{sine, step_of};
use crate::dsp::smoothstep;

/// Turns a second, where controller 76 stands in the middle.
const RATE_HZ: f32 = 5.2;
/// The vibrato that controller 77 asks for grows over this time, where controller 78 stands in the middle.
const DELAY_S: f32 = 0.25;

/// The slow wave of a voice: wheel, pressure and the controllers 76 to 78 give it depth, speed and delay.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Vibrato {
    phase: u32,
    age_s: f32,
}

impl Vibrato {
    /// Cents off the pitch, `step_s` later.
    pub(super) fn advance(&mut self, modulation: &Modulation, step_s: f32) -> f32 {
        let shape = &modulation.shape;
        self.age_s += step_s;
        self.phase = self.phase.wrapping_add(step_of(f64::from(RATE_HZ * shape.vibrato_rate * step_s), 1.0));
        let grown = smoothstep((self.age_s / (DELAY_S * shape.vibrato_delay)).min(1.0));
        sine(self.phase) * (modulation.vibrato_cents + shape.vibrato_cents * grown)
    }
}
