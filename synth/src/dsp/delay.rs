//! A delay line that is read at any place.

use super::interpolate::cubic;

/// A ring of samples; its length is a power of two.
#[derive(Debug, Clone)]
pub(crate) struct DelayLine {
    ring: Box<[f32]>,
    mask: usize,
    at: usize,
}

impl DelayLine {
    /// Room for delays of up to `frames`.
    pub(crate) fn new(frames: usize) -> Self {
        let length = (frames + 4).next_power_of_two();
        Self { ring: vec![0.0; length].into_boxed_slice(), mask: length - 1, at: 0 }
    }

    #[inline]
    pub(crate) fn push(&mut self, x: f32) {
        self.at = (self.at + 1) & self.mask;
        self.ring[self.at] = x;
    }

    /// What was pushed `frames` pushes before the latest one.
    #[inline]
    pub(crate) fn tap(&self, frames: usize) -> f32 {
        self.ring[self.at.wrapping_sub(frames) & self.mask]
    }

    /// The same between two samples; at least one frame.
    #[inline]
    pub(crate) fn tap_between(&self, frames: f32) -> f32 {
        let whole = frames as usize;
        let fraction = frames - whole as f32;
        let base = self.at.wrapping_sub(whole);
        let y = [
            self.ring[base.wrapping_add(1) & self.mask],
            self.ring[base & self.mask],
            self.ring[base.wrapping_sub(1) & self.mask],
            self.ring[base.wrapping_sub(2) & self.mask],
        ];
        cubic(y, fraction)
    }

    pub(crate) fn clear(&mut self) {
        self.ring.fill(0.0);
        self.at = 0;
    }
}
