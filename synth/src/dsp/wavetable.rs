//! Waves as tables, a third of an octave apart, each with just the harmonics that fit.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::fft::Transform;
use super::interpolate::cubic;
use super::wave::Wave;

/// Where the lowest table begins.
const LOWEST_HZ: f32 = 16.0;
/// Tables in an octave. With three, a note keeps its harmonics to within a third of an octave of the limit.
const PER_OCTAVE: usize = 3;
const TABLES: usize = 31;
/// Nothing above is heard, whatever the sample rate.
const AUDIBLE_HZ: f64 = 22_000.0;
/// Samples for each period of the highest harmonic; the cubic's error is then below -95 dB of a saw.
const OVERSAMPLING: usize = 8;
/// The lengths of tables, as powers of two.
const LENGTH_BITS: std::ops::RangeInclusive<u32> = 8..=13;

/// Where a table lies in its bank.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Table {
    offset: u32,
    /// Its length is `2^bits`, with one sample more before and two behind.
    bits: u32,
}

/// All waves for one sample rate.
#[derive(Debug)]
pub(crate) struct WaveBank {
    samples: Vec<f32>,
    tables: Vec<[Table; TABLES]>,
}

/// Banks that are in use somewhere in the process: many engines at one rate share one.
static SHARED: Mutex<Vec<(u32, Weak<WaveBank>)>> = Mutex::new(Vec::new());

impl WaveBank {
    /// The bank of a sample rate, made when it is wanted first.
    pub(crate) fn shared(sample_rate_hz: u32) -> Arc<Self> {
        let mut banks = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        banks.retain(|(_, bank)| bank.strong_count() > 0);
        if let Some(bank) = banks.iter().find(|(rate, _)| *rate == sample_rate_hz).and_then(|(_, bank)| bank.upgrade())
        {
            return bank;
        }
        let bank = Arc::new(Self::new(sample_rate_hz));
        banks.push((sample_rate_hz, Arc::downgrade(&bank)));
        bank
    }

    fn new(sample_rate_hz: u32) -> Self {
        let limit_hz = (f64::from(sample_rate_hz) * 0.5).min(AUDIBLE_HZ);
        let mut bank = Self { samples: Vec::new(), tables: Vec::new() };
        let transforms: Vec<Transform> = LENGTH_BITS.map(|bits| Transform::new(1 << bits)).collect();
        for wave in Wave::ALL {
            let mut tables = [Table::default(); TABLES];
            let mut last = (0, Table::default());
            for (index, table) in tables.iter_mut().enumerate() {
                let top_hz = f64::from(LOWEST_HZ) * 2.0_f64.powf((index + 1) as f64 / PER_OCTAVE as f64);
                let harmonics = ((limit_hz / top_hz) as usize).max(1);
                let amplitudes = amplitudes_of(wave, harmonics);
                // A wave with few harmonics needs few tables.
                if amplitudes.len() != last.0 {
                    last = (amplitudes.len(), bank.add(&amplitudes, &transforms));
                }
                *table = last.1;
            }
            bank.tables.push(tables);
        }
        bank
    }

    fn add(&mut self, amplitudes: &[f64], transforms: &[Transform]) -> Table {
        let bits = (amplitudes.len() * OVERSAMPLING).next_power_of_two().trailing_zeros();
        let bits = bits.clamp(*LENGTH_BITS.start(), *LENGTH_BITS.end());
        let length = 1 << bits;
        let wave = transforms[(bits - LENGTH_BITS.start()) as usize].period(amplitudes);
        let offset = u32::try_from(self.samples.len()).expect("a bank has some millions of samples");
        self.samples.push(wave[length - 1]);
        self.samples.extend_from_slice(&wave);
        self.samples.extend_from_slice(&wave[..2]);
        Table { offset, bits }
    }

    /// The table of `wave` for a pitch.
    pub(crate) fn table(&self, wave: Wave, frequency_hz: f32) -> Table {
        // A logarithm in thirds of an octave, from the number's own exponent and what is left of it.
        let bits = (frequency_hz * (1.0 / LOWEST_HZ)).max(1.0).to_bits();
        let octave = (bits >> 23) as usize - 127;
        let rest = f32::from_bits((bits & 0x7f_ffff) | 0x3f80_0000);
        let index = octave * PER_OCTAVE + usize::from(rest >= 1.259_921) + usize::from(rest >= 1.587_401);
        self.tables[wave as usize][index.min(TABLES - 1)]
    }

    /// Its samples, ready for [`around`].
    pub(crate) fn samples(&self, table: Table) -> &[f32] {
        let offset = table.offset as usize;
        &self.samples[offset..offset + (1 << table.bits) + 3]
    }
}

/// The first `harmonics` of a wave, as far as there are any.
fn amplitudes_of(wave: Wave, harmonics: usize) -> Vec<f64> {
    let mut amplitudes: Vec<f64> = (0..=harmonics).map(|k| if k == 0 { 0.0 } else { wave.harmonic(k) }).collect();
    while amplitudes.len() > 2 && amplitudes.last().is_some_and(|last| last.abs() < 1e-7) {
        amplitudes.pop();
    }
    amplitudes
}

/// The four samples around `phase`; `samples` are those of `table`.
#[inline(always)]
pub(crate) fn around(samples: &[f32], table: Table, phase: u32) -> [f32; 4] {
    let index = (phase >> (32 - table.bits)) as usize;
    let y = &samples[index..index + 4];
    [y[0], y[1], y[2], y[3]]
}

/// The wave at `phase`, by the samples around it.
#[inline(always)]
pub(crate) fn between(y: [f32; 4], table: Table, phase: u32) -> f32 {
    // Half of the phase, because machines convert signed numbers faster.
    let fraction = ((phase << table.bits) >> 1).cast_signed() as f32 * (1.0 / 2_147_483_648.0);
    cubic(y, fraction)
}
