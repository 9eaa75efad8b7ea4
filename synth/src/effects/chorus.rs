//! The chorus that channels send to (controller 93).

use crate::bus::Mix;
use crate::dsp::delay::DelayLine;
use crate::dsp::sine::{sine, step_of};
use crate::dsp::{MAX_SEGMENT, wide};

/// Two delays that wander against each other.
#[derive(Debug)]
pub(crate) struct Chorus {
    lines: [DelayLine<4096>; 2],
    phase: u32,
    step: u32,
    centre: f32,
    reach: f32,
}

/// For each tap its line, the side that hears it, how loud, and its place in the turn and direction.
const TAPS: [(usize, usize, f32, u32, f32); 4] =
    [(0, 0, 1.0, 0, 1.0), (1, 0, -0.3, QUARTER, -1.0), (1, 1, 1.0, 0, -1.0), (0, 1, -0.3, QUARTER, 1.0)];
const QUARTER: u32 = 1 << 30;

wide!(fn add<'a>(chorus: &'a mut Chorus, frames: usize, mix: &'a mut Mix) = Chorus::add);

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
        add(self, frames, mix);
    }

    #[inline(always)]
    fn add(&mut self, frames: usize, mix: &mut Mix) {
        for (line, sent) in self.lines.iter_mut().zip(&mix.chorus) {
            line.push_all(&sent[..frames]);
        }
        let (mut delays, mut heard) = ([0.0; MAX_SEGMENT], [0.0; MAX_SEGMENT]);
        let (delays, heard) = (&mut delays[..frames], &mut heard[..frames]);
        for (line, side, gain, turn, direction) in TAPS {
            let mut phase = self.phase.wrapping_add(turn);
            for delay in delays.iter_mut() {
                *delay = self.centre + direction * self.reach * sine(phase);
                phase = phase.wrapping_add(self.step);
            }
            self.lines[line].taps_between(delays, heard);
            for ((dry, reverb), heard) in mix.dry[side].iter_mut().zip(&mut mix.reverb[side]).zip(heard.iter()) {
                *dry += gain * heard;
                *reverb += 0.2 * gain * heard;
            }
        }
        self.phase = self.phase.wrapping_add(self.step.wrapping_mul(frames as u32));
    }
}
