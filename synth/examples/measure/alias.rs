//! What the oscillators play beside their harmonics.

use std::error::Error;

use ripieno_synth::probe;

use crate::spectrum::worst_alias_db;

const RATE: u32 = 48_000;

/// The worst alias of a wave at a pitch, in decibels below its strongest partial.
pub(crate) fn measure(index: usize, hz: f64) -> (String, f64) {
    let (name, sound) = probe::wave(index, hz, RATE, 1 << 16);
    let samples: Vec<f64> = sound.into_iter().map(f64::from).collect();
    // Organs are written an octave down: half the pitch is their fundamental, and so for all.
    (name, worst_alias_db(&samples, hz, f64::from(RATE), 20_000.0))
}

pub(crate) fn print() -> Result<(), Box<dyn Error>> {
    println!("Worst alias below 20 kHz at 48 kHz, dB below the strongest partial (target -80):");
    println!("  {:12} {:>8} {:>8} {:>8} {:>8} {:>8}", "wave", "55", "110", "441", "1763", "4187");
    for index in 0..probe::WAVES {
        let mut row = String::new();
        let mut label = String::new();
        // Pitches that do not divide the sample rate, so that aliases do not fall on harmonics.
        for hz in [55.03, 110.07, 441.1, 1763.3, 4187.1] {
            let (name, alias_db) = measure(index, hz);
            row += &format!(" {alias_db:8.1}");
            label = name;
        }
        println!("  {label:12}{row}");
    }
    Ok(())
}
