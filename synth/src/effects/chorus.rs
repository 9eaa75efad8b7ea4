//! The chorus that channels send to (controller 93).

use crate::bus::Mix;
use crate::dsp::delay::DelayLine;
use crate::dsp::sine::{sine, step_of};

/// Two delays that wander against each other.
#[derive(Debug)]
pub(crate) struct Chorus {
    lines: [DelayLine<4096>; 2],
    phase: u32,
    step: u32,
    centre: f32,
    reach: f32,
}

impl Chorus {
    pub(crate) fn new(sample_rate_hz: f32) -> Self {
        Self {
            lines: [DelayLine::new(), DelayLine::new()],
            phase: 0,
            step: step_of(0.42, f64::from(sample_rate_hz)),
            centre: 0.011 * sample_rate_hz,
            reach: 0.0035 * sample_rate_hz,
        }
    }

    pub(crate) fn reset(&mut self) {
        for line in &mut self.lines {
            line.clear();
        }
        self.phase = 0;
    }

    /// Adds the chorus of what was sent to it to the dry sound, and a little to the reverb.
    pub(crate) fn process(&mut self, frames: usize, mix: &mut Mix) {
        for frame in 0..frames {
            let wet = self.step(mix.chorus[0][frame], mix.chorus[1][frame]);
            for side in 0..2 {
                mix.dry[side][frame] += wet[side];
                mix.reverb[side][frame] += 0.2 * wet[side];
            }
        }
    }

    #[inline]
    fn step(&mut self, left: f32, right: f32) -> [f32; 2] {
        self.lines[0].push(left);
        self.lines[1].push(right);
        let swing = self.reach * sine(self.phase);
        let quarter = self.reach * sine(self.phase.wrapping_add(1 << 30));
        self.phase = self.phase.wrapping_add(self.step);
        [
            self.lines[0].tap_between(self.centre + swing) - 0.3 * self.lines[1].tap_between(self.centre - quarter),
            self.lines[1].tap_between(self.centre - swing) - 0.3 * self.lines[0].tap_between(self.centre + quarter),
        ]
    }
}
