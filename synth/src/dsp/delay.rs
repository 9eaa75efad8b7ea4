//! A delay line that is read at any place.

use super::MAX_SEGMENT;
use super::interpolate::cubic;

/// A ring of `N` samples, a power of two: known when compiling, so that no index needs a check.
#[derive(Debug, Clone)]
pub(crate) struct DelayLine<const N: usize> {
    ring: Box<[f32; N]>,
    at: usize,
}

impl<const N: usize> DelayLine<N> {
    const MASK: usize = {
        assert!(N.is_power_of_two(), "a ring is indexed by a mask");
        N - 1
    };

    pub(crate) fn new() -> Self {
        Self { ring: Box::new([0.0; N]), at: 0 }
    }

    #[inline(always)]
    pub(crate) fn push(&mut self, x: f32) {
        self.at = (self.at + 1) & Self::MASK;
        self.ring[self.at] = x;
    }

    /// Pushes many.
    pub(crate) fn push_all(&mut self, samples: &[f32]) {
        let start = (self.at + 1) & Self::MASK;
        let first = samples.len().min(N - start);
        self.ring[start..start + first].copy_from_slice(&samples[..first]);
        self.ring[..samples.len() - first].copy_from_slice(&samples[first..]);
        self.at = (self.at + samples.len()) & Self::MASK;
    }

    /// What was pushed `frames` pushes before the latest one, and what followed it.
    pub(crate) fn read_from(&self, frames: usize, samples: &mut [f32]) {
        let start = self.at.wrapping_sub(frames) & Self::MASK;
        let first = samples.len().min(N - start);
        let rest = samples.len() - first;
        samples[..first].copy_from_slice(&self.ring[start..start + first]);
        samples[first..].copy_from_slice(&self.ring[..rest]);
    }

    /// What was heard `delays[frame]` frames, at least one, before each of the latest pushes: `frame` counts these.
    #[inline(always)]
    pub(crate) fn taps_between(&self, delays: &[f32], out: &mut [f32]) {
        // First what is looked up, one by one; then what is worked out from it, many at a time.
        let mut points = [[0.0_f32; 4]; MAX_SEGMENT];
        let points = &mut points[..delays.len()];
        let first = self.at.wrapping_sub(delays.len() - 1);
        for (frame, (point, delay)) in points.iter_mut().zip(delays).enumerate() {
            let oldest = first.wrapping_add(frame).wrapping_sub(*delay as i32 as usize + 2) & Self::MASK;
            *point = match self.ring.get(oldest..oldest + 4) {
                Some(&[a, b, c, d]) => [d, c, b, a],
                _ => [3, 2, 1, 0].map(|later| self.ring[(oldest + later) & Self::MASK]),
            };
        }
        for ((out, point), delay) in out.iter_mut().zip(points.iter()).zip(delays) {
            *out = cubic(*point, *delay - (*delay as i32 as f32));
        }
    }

    /// The same between two samples, once; at least one frame.
    #[inline(always)]
    pub(crate) fn tap_between(&self, frames: f32) -> f32 {
        let whole = frames as i32 as usize;
        let fraction = frames - whole as f32;
        let base = self.at.wrapping_sub(whole);
        let y = [
            self.ring[base.wrapping_add(1) & Self::MASK],
            self.ring[base & Self::MASK],
            self.ring[base.wrapping_sub(1) & Self::MASK],
            self.ring[base.wrapping_sub(2) & Self::MASK],
        ];
        cubic(y, fraction)
    }

    pub(crate) fn clear(&mut self) {
        self.ring.fill(0.0);
        self.at = 0;
    }
}
