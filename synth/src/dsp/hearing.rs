//! How loud people hear: ITU-R BS.1770-4, annex 1.

use std::f64::consts::PI;

/// Loudness, in LUFS, of a power summed over left and right.
pub(crate) fn loudness_of(power: f64) -> f64 {
    10.0 * power.log10() - 0.691
}

/// The power of a loudness in LUFS.
pub(crate) fn power_of(lufs: f64) -> f64 {
    10.0_f64.powf((lufs + 0.691) / 10.0)
}

/// The filters before the power is taken: K-weighting.
#[derive(Debug)]
pub(crate) struct Ears {
    head: Biquad,
    low_end: Biquad,
}

impl Ears {
    pub(crate) fn new(rate: f64) -> Self {
        Self { head: Biquad::head(rate), low_end: Biquad::low_end(rate) }
    }

    pub(crate) fn reset(&mut self) {
        self.head.memory = [[0.0; 2]; 2];
        self.low_end.memory = [[0.0; 2]; 2];
    }

    /// The power of the next frame, as heard: left and right together.
    #[inline(always)]
    pub(crate) fn power(&mut self, frame: [f32; 2]) -> f64 {
        let heard = self.low_end.step(self.head.step([frame[0].into(), frame[1].into()]));
        heard[0] * heard[0] + heard[1] * heard[1]
    }

    /// Forgets what is too small to hear before it becomes denormal and slow.
    pub(crate) fn flush(&mut self) {
        for memory in self.head.memory.as_flattened_mut().iter_mut().chain(self.low_end.memory.as_flattened_mut()) {
            if memory.abs() < 1e-30 {
                *memory = 0.0;
            }
        }
    }
}

/// One of the two filters of BS.1770's K-weighting, left and right; the memory of it is in the second direct form.
#[derive(Debug)]
struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
    memory: [[f64; 2]; 2],
}

impl Biquad {
    /// The head lifts the highs: annex 1, table 1, as analogue values for any sample rate.
    fn head(rate: f64) -> Self {
        let (k, q) = ((PI * 1_681.974_450_955_533 / rate).tan(), 0.707_175_236_955_419_6);
        let high = 10.0_f64.powf(3.999_843_853_973_347 / 20.0);
        let band = high.powf(0.499_666_774_154_541_6);
        let norm = 1.0 + k / q + k * k;
        Self {
            b: [high + band * k / q + k * k, 2.0 * (k * k - high), high - band * k / q + k * k].map(|b| b / norm),
            a: [2.0 * (k * k - 1.0) / norm, (1.0 - k / q + k * k) / norm],
            memory: [[0.0; 2]; 2],
        }
    }

    /// The lows count for less: annex 1, table 2.
    fn low_end(rate: f64) -> Self {
        let (k, q) = ((PI * 38.135_470_876_024_44 / rate).tan(), 0.500_327_037_323_877_3);
        let norm = 1.0 + k / q + k * k;
        Self {
            b: [1.0, -2.0, 1.0],
            a: [2.0 * (k * k - 1.0) / norm, (1.0 - k / q + k * k) / norm],
            memory: [[0.0; 2]; 2],
        }
    }

    #[inline(always)]
    fn step(&mut self, x: [f64; 2]) -> [f64; 2] {
        let mut y = [0.0; 2];
        let [first, second] = &mut self.memory;
        for side in 0..2 {
            y[side] = self.b[0] * x[side] + first[side];
            first[side] = self.b[1] * x[side] - self.a[0] * y[side] + second[side];
            second[side] = self.b[2] * x[side] - self.a[1] * y[side];
        }
        y
    }
}
