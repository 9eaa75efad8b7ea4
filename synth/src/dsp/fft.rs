//! Harmonics to one period of a wave.

use std::f64::consts::TAU;

/// Inverse Fourier transforms of one length, a power of two: radix 2, in place (Cooley and Tukey, 1965).
pub(crate) struct Transform {
    /// Cosines and sines of the turns of a circle in `length` parts, of the first half.
    turns: Vec<(f64, f64)>,
}

impl Transform {
    pub(crate) fn new(length: usize) -> Self {
        Self { turns: (0..length / 2).map(|k| (TAU * k as f64 / length as f64).sin_cos()).collect() }
    }

    /// One period of the sum of `amplitudes[k] * sin(k x)`, `k` from 1; harmonics from `length / 2` up are left out.
    pub(crate) fn period(&self, amplitudes: &[f64]) -> Vec<f32> {
        let length = 2 * self.turns.len();
        let bits = length.trailing_zeros();
        let mut re = vec![0.0_f64; length];
        let mut im = vec![0.0_f64; length];
        for (k, &amplitude) in amplitudes.iter().enumerate().take(length / 2).skip(1) {
            // The imaginary part of sum a e^(ikx) is sum a sin(kx).
            re[k.reverse_bits() >> (usize::BITS - bits)] = amplitude;
        }
        let mut half = 1;
        while half < length {
            let stride = length / (2 * half);
            for (re, im) in re.chunks_exact_mut(2 * half).zip(im.chunks_exact_mut(2 * half)) {
                let ((re_low, re_high), (im_low, im_high)) = (re.split_at_mut(half), im.split_at_mut(half));
                for offset in 0..half {
                    let (sin, cos) = self.turns[offset * stride];
                    let x = re_high[offset] * cos - im_high[offset] * sin;
                    let y = re_high[offset] * sin + im_high[offset] * cos;
                    (re_high[offset], im_high[offset]) = (re_low[offset] - x, im_low[offset] - y);
                    re_low[offset] += x;
                    im_low[offset] += y;
                }
            }
            half *= 2;
        }
        im.into_iter().map(|sample| sample as f32).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_the_sum_of_its_harmonics() {
        let wave = Transform::new(64).period(&[0.0, 1.0, 0.0, 0.5]);
        for (i, &sample) in wave.iter().enumerate() {
            let x = TAU * i as f64 / 64.0;
            assert!((f64::from(sample) - (x.sin() + 0.5 * (3.0 * x).sin())).abs() < 1e-6);
        }
    }
}
