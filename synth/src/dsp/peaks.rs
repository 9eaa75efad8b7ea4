//! The highest points between samples.

use std::f64::consts::PI;

use super::wide;

/// Phases between samples that are looked at: with four, a peak is missed by at most 0.7 dB at the highest
/// frequencies (ITU-R BS.1770-4, annex 2), and by less than 0.1 dB below 8 kHz.
pub(crate) const PHASES: usize = 4;
/// Samples that each phase is made of.
pub(crate) const TAPS: usize = 12;
/// No point between samples is more than this many times as high as the highest of the samples around it.
pub(crate) const STEEPEST: f32 = 2.2;

/// The weights of the samples around each phase but the first: a sinc under a Hann window.
pub(crate) fn between_samples() -> [[f32; TAPS]; PHASES - 1] {
    let mut filters = [[0.0; TAPS]; PHASES - 1];
    for (phase, filter) in filters.iter_mut().enumerate() {
        let offset = (phase + 1) as f64 / PHASES as f64;
        let mut sum = 0.0;
        let mut taps = [0.0_f64; TAPS];
        for (tap, value) in taps.iter_mut().enumerate() {
            let x = tap as f64 - (TAPS / 2 - 1) as f64 - offset;
            let sinc = (PI * x).sin() / (PI * x);
            let hann = 0.5 + 0.5 * (PI * x / (TAPS as f64 / 2.0 + 0.5)).cos();
            *value = sinc * hann;
            sum += *value;
        }
        for (tap, value) in filter.iter_mut().zip(taps) {
            *tap = (value / sum) as f32;
        }
    }
    filters
}

/// The highest point of one channel so far.
#[derive(Debug)]
pub(crate) struct TruePeak {
    filters: [[f32; TAPS]; PHASES - 1],
    /// The end of what was heard, and what comes now.
    window: [f32; TAPS - 1 + STRETCH],
    peak: f32,
}

/// Samples that are looked at together.
const STRETCH: usize = 128;

wide!(fn search<'a>(meter: &'a mut TruePeak, frames: usize) = TruePeak::search);

impl TruePeak {
    pub(crate) fn new() -> Self {
        Self { filters: between_samples(), window: [0.0; TAPS - 1 + STRETCH], peak: 0.0 }
    }

    /// As an amplitude.
    pub(crate) fn peak(&self) -> f32 {
        self.peak
    }

    /// Hears the next samples.
    pub(crate) fn add(&mut self, mut samples: impl ExactSizeIterator<Item = f32>) {
        while samples.len() > 0 {
            let frames = samples.len().min(STRETCH);
            let mut highest = 0.0_f32;
            for (place, sample) in self.window[TAPS - 1..][..frames].iter_mut().zip(&mut samples) {
                *place = sample;
            }
            for sample in &self.window[..TAPS - 1 + frames] {
                highest = if sample.abs() > highest { sample.abs() } else { highest };
            }
            // Most stretches lie so far below the highest point that nothing between their samples can exceed it.
            if highest * STEEPEST > self.peak {
                search(self, frames);
            }
            self.window.copy_within(frames..frames + TAPS - 1, 0);
        }
    }

    #[inline(always)]
    fn search(&mut self, frames: usize) {
        let mut highest = self.peak;
        for sample in &self.window[TAPS - 1..][..frames] {
            highest = if sample.abs() > highest { sample.abs() } else { highest };
        }
        for filter in &self.filters {
            let mut between = [0.0_f32; STRETCH];
            for (tap, weight) in filter.iter().enumerate() {
                for (between, sample) in between.iter_mut().zip(&self.window[tap..]) {
                    *between += weight * sample;
                }
            }
            for between in &between[..frames] {
                highest = if between.abs() > highest { between.abs() } else { highest };
            }
        }
        self.peak = highest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_between_samples_is_steeper_than_said() {
        for filter in between_samples() {
            assert!(filter.iter().map(|weight| weight.abs()).sum::<f32>() < STEEPEST);
        }
    }

    #[test]
    fn a_peak_between_samples_is_found_wherever_a_stretch_ends() {
        // A quarter of the sample rate, an eighth of a turn off: every sample is 3 dB below the top.
        let sine =
            |frame: usize| 0.5 * (std::f32::consts::FRAC_PI_4 + frame as f32 * std::f32::consts::FRAC_PI_2).sin();
        for length in [1, 7, 128, 300] {
            let mut meter = TruePeak::new();
            for start in (0..600).step_by(length) {
                meter.add((start..start + length).map(sine));
            }
            assert!((meter.peak() - 0.5).abs() < 0.01, "{length}: {}", meter.peak());
        }
    }
}
