//! A look inside for measurements; no part of the interface.

#[cfg(feature = "device")]
pub use crate::device::mock::Mock;
use crate::dsp::sine::step_of;
use crate::dsp::wave::Wave;
use crate::dsp::wavetable::{WaveBank, around, between};

/// How many waves the oscillators have.
pub const WAVES: usize = Wave::ALL.len();

/// The name of a wave and `frames` of it, straight from its table; `frequency_hz` is rounded to what a phase can step.
pub fn wave(index: usize, frequency_hz: f64, sample_rate_hz: u32, frames: usize) -> (String, Vec<f32>) {
    let wave = Wave::ALL[index % WAVES];
    let bank = WaveBank::shared(sample_rate_hz);
    let table = bank.table(wave, frequency_hz as f32);
    let samples = bank.samples(table);
    let step = step_of(frequency_hz, f64::from(sample_rate_hz));
    let mut phase = 0_u32;
    let sound = (0..frames)
        .map(|_| {
            let sample = between(around(samples, table, phase), table, phase);
            phase = phase.wrapping_add(step);
            sample
        })
        .collect();
    (format!("{wave:?}"), sound)
}
