//! How far every instrument is from equal temperament.

use std::error::Error;

use ripieno_score::Program;

use crate::play::{dry, on, program, seconds};
use crate::spectrum::{cents_off, left};

/// What is measured: program, target in cents (0.1 for oscillators, 1 for strings, pianos and bars, 8 for what moves on
/// purpose: vibrato, detuned pairs, a turning loudspeaker), and the share of the key's frequency at which its tuned
/// partial lies.
const INSTRUMENTS: [(u8, f64, f64); 16] = [
    (0, 1.0, 1.0),
    (4, 0.1, 1.0),
    (6, 1.0, 1.0),
    (11, 1.0, 1.0),
    (12, 1.0, 1.0),
    (16, 8.0, 1.0),
    (19, 8.0, 1.0),
    (24, 1.0, 1.0),
    (27, 1.0, 1.0),
    (33, 1.0, 1.0),
    (40, 8.0, 1.0),
    (105, 1.0, 1.0),
    (46, 1.0, 1.0),
    (71, 8.0, 1.0),
    (73, 8.0, 1.0),
    (80, 8.0, 1.0),
];

/// Cents off for a key of a program at a rate.
pub(crate) fn measure(number: u8, key: u8, rate: u32, share: f64) -> Result<f64, Box<dyn Error>> {
    let mut synth = dry(rate)?;
    synth.handle(program(0, number), 0);
    synth.handle(on(0, key, 90), 0);
    let length_s = if key < 40 { 2.4 } else { 1.2 };
    let frames = seconds(&mut synth, 0.05 + length_s);
    let start = (0.05 * f64::from(rate)) as usize;
    let hz = 440.0 * ((f64::from(key) - 69.0) / 12.0).exp2() * share;
    Ok(cents_off(&left(&frames[start..]), hz, f64::from(rate)))
}

pub(crate) fn print() -> Result<(), Box<dyn Error>> {
    println!("Tuning error in cents by key (target: 0.1 FM, 1 strings, pianos and bars, 8 what moves on purpose):");
    println!("  {:26} {:>6} {:>7} {:>7} {:>7} {:>7} {:>7}", "instrument", "rate", "28", "40", "60", "76", "96");
    for (number, target, share) in INSTRUMENTS {
        for rate in [44_100, 48_000, 96_000] {
            let name = Program::new(number).map_or("", Program::name);
            print!("  {name:26} {rate:6}");
            for key in [28, 40, 60, 76, 96] {
                let cents = measure(number, key, rate, share)?;
                let mark = if cents.abs() > target { "!" } else { " " };
                print!(" {cents:6.2}{mark}");
            }
            println!();
        }
    }
    Ok(())
}
