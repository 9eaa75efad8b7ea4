//! Harmonics to one period of a wave.

use std::f64::consts::TAU;

/// One period of `length` samples (a power of two) of the sum of `amplitudes[k] * sin(k x)`, `k` from 1.
///
/// An inverse radix-2 Fourier transform in place (Cooley and Tukey, 1965); harmonics from `length / 2` up are left out.
pub(crate) fn period(amplitudes: &[f64], length: usize) -> Vec<f32> {
    let mut re = vec![0.0_f64; length];
    let mut im = vec![0.0_f64; length];
    let bits = length.trailing_zeros();
    for (k, &amplitude) in amplitudes.iter().enumerate().take(length / 2).skip(1) {
        // The imaginary part of sum a e^(ikx) is sum a sin(kx).
        re[k.reverse_bits() >> (usize::BITS - bits)] = amplitude;
    }
    let turns: Vec<(f64, f64)> = (0..length / 2).map(|k| (TAU * k as f64 / length as f64).sin_cos()).collect();
    let mut half = 1;
    while half < length {
        for offset in 0..half {
            let (sin, cos) = turns[offset * (length / (2 * half))];
            for low in (offset..length).step_by(2 * half) {
                let high = low + half;
                let (x, y) = (re[high] * cos - im[high] * sin, re[high] * sin + im[high] * cos);
                re[high] = re[low] - x;
                im[high] = im[low] - y;
                re[low] += x;
                im[low] += y;
            }
        }
        half *= 2;
    }
    im.into_iter().map(|sample| sample as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_the_sum_of_its_harmonics() {
        let wave = period(&[0.0, 1.0, 0.0, 0.5], 64);
        for (i, &sample) in wave.iter().enumerate() {
            let x = TAU * i as f64 / 64.0;
            assert!((f64::from(sample) - (x.sin() + 0.5 * (3.0 * x).sin())).abs() < 1e-6);
        }
    }
}
