//! A delay line that is read at any place.

use std::ops::Range;

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
    ///
    /// Made for delays that wander slowly: frames whose delays lie between the same two whole numbers read neighbours
    /// of the ring, and are worked out many at a time.
    #[inline(always)]
    pub(crate) fn taps_between(&self, delays: &[f32], out: &mut [f32]) {
        let first = self.at.wrapping_sub(delays.len().wrapping_sub(1));
        each_run(delays, |run, whole| {
            let (delays, out) = (&delays[run.clone()], &mut out[run.clone()]);
            let oldest = first.wrapping_add(run.start).wrapping_sub(whole as usize + 2) & Self::MASK;
            if let Some(samples) = self.ring.get(oldest..oldest + run.len() + 3) {
                between(samples, delays, whole, out);
            } else {
                let mut samples = [0.0; MAX_SEGMENT + 3];
                let samples = &mut samples[..run.len() + 3];
                let (start, rest) = samples.split_at_mut(N - oldest);
                start.copy_from_slice(&self.ring[oldest..]);
                rest.copy_from_slice(&self.ring[..rest.len()]);
                between(samples, delays, whole, out);
            }
        });
    }

    pub(crate) fn clear(&mut self) {
        self.ring.fill(0.0);
        self.at = 0;
    }
}

/// Calls `work` on each run of delays that have the same whole part.
#[inline(always)]
pub(crate) fn each_run(delays: &[f32], mut work: impl FnMut(Range<usize>, i32)) {
    let mut start = 0;
    while start < delays.len() {
        let whole = delays[start] as i32;
        let rest = &delays[start..];
        // Mostly all are alike, which many at a time can say.
        let is_steady = rest.iter().fold(0, |apart, delay| apart | (*delay as i32 ^ whole)) == 0;
        let length = if is_steady {
            rest.len()
        } else {
            rest.iter().position(|delay| *delay as i32 != whole).unwrap_or(rest.len())
        };
        work(start..start + length, whole);
        start += length;
    }
}

/// What lies between `samples` at delays with the whole part `whole`: the first between the first four.
#[inline(always)]
pub(crate) fn between(samples: &[f32], delays: &[f32], whole: i32, out: &mut [f32]) {
    for ((out, y), delay) in out.iter_mut().zip(samples.windows(4)).zip(delays) {
        *out = cubic([y[3], y[2], y[1], y[0]], *delay - whole as f32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wandering_tap_reads_what_was_pushed_so_long_before() {
        let mut line = DelayLine::<256>::new();
        // A parabola, which a cubic reads exactly; pushed so that the ring's end falls into the taps.
        let heard = |at: f32| 0.001 * at * at;
        for at in 0..400_u16 {
            line.push_all(&[heard(f32::from(at))]);
        }
        for slope in [0.3, -0.02, 0.0] {
            let delays: [f32; 100] = std::array::from_fn(|frame| 60.25 + slope * frame as f32);
            let mut out = [0.0; 100];
            line.taps_between(&delays, &mut out);
            for (frame, (out, delay)) in out.iter().zip(delays).enumerate() {
                let exact = heard(300.0 + frame as f32 - delay);
                assert!((out - exact).abs() < 1e-3 * exact, "{slope} {frame}: {out} is not {exact}");
            }
        }
    }
}
