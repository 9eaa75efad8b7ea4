//! Damped sinusoids, eight side by side.

use crate::dsp::LANES;

/// Modes computed side by side.
pub(super) const WIDTH: usize = LANES;

pub(super) type Wide = [f32; WIDTH];

/// Frames that are worked out from one position of the numbers: a position costs twice as much as a frame.
pub(super) const STRIDE: usize = 4;

/// Eight turning and shrinking numbers.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Chunk {
    pub(super) re: Wide,
    pub(super) im: Wide,
    /// The turn of one frame, of two, and so on.
    pub(super) cos: [Wide; STRIDE],
    pub(super) sin: [Wide; STRIDE],
}

impl Chunk {
    /// Moves the position on by some frames, at most [`STRIDE`].
    #[inline(always)]
    pub(super) fn advance(&mut self, frames: usize) {
        let (cos, sin) = (&self.cos[frames - 1], &self.sin[frames - 1]);
        for lane in 0..WIDTH {
            let (re, im) = (self.re[lane], self.im[lane]);
            self.re[lane] = re * cos[lane] - im * sin[lane];
            self.im[lane] = re * sin[lane] + im * cos[lane];
        }
    }

    /// Adds what is heard so many frames after the position, less one.
    #[inline(always)]
    pub(super) fn add(&self, frame: usize, sum: &mut Wide) {
        for lane in 0..WIDTH {
            sum[lane] += self.re[lane] * self.sin[frame][lane] + self.im[lane] * self.cos[frame][lane];
        }
    }
}
