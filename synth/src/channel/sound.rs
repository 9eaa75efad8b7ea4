//! The sound controllers of GM2: 71 to 78. (70 and 79 mean nothing in GM2, and do nothing here.)

use crate::engines::Shape;

const FIRST: u8 = 71;

/// Where the controllers stand, and what they make of a preset.
#[derive(Debug, Clone)]
pub(super) struct SoundControllers {
    /// In the middle at 64.
    values: [u8; 8],
    /// Worked out when a controller moves, not for every voice at every tick.
    pub(super) shape: Shape,
}

impl Default for SoundControllers {
    fn default() -> Self {
        Self { values: [64; 8], shape: Shape::PLAIN }
    }
}

impl SoundControllers {
    pub(super) fn set(&mut self, controller: u8, value: u8) {
        self.values[usize::from(controller - FIRST)] = value;
        self.shape = Shape {
            resonance: (self.turned(71) * 2.0).exp2(),
            attack: (self.turned(73) * 4.0).exp2(),
            decay: (self.turned(75) * 4.0).exp2(),
            release: (self.turned(72) * 4.0).exp2(),
            vibrato_rate: self.turned(76).exp2(),
            vibrato_depth: (self.turned(77) + 1.0).min(1.0),
            // Depth above the middle gives vibrato to what has none, up to 40 cents.
            vibrato_cents: 40.0 * self.turned(77).max(0.0),
            vibrato_delay: (self.turned(78) * 2.0).exp2(),
        };
    }

    /// A sweep of two octaves either way.
    pub(super) fn brightness_octaves(&self) -> f32 {
        self.turned(74) * 2.0
    }

    /// Where a controller stands, about `-1..=1`.
    fn turned(&self, controller: u8) -> f32 {
        (f32::from(self.values[usize::from(controller - FIRST)]) - 64.0) / 64.0
    }
}
