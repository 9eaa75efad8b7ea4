//! Loudness of every preset and drum, and what would make them equal.

use std::error::Error;

use ebur128::{EbuR128, Mode};
use ripieno_score::Program;

use crate::play::{dry, off, on, program, seconds};

/// Loudness that a preset is set to: the loudest 400 ms of a phrase, one note at a time, at velocity 100 and usual volume.
const TARGET_LUFS: f64 = -24.0;
/// Effects are not solo instruments, but within 3 LU of all others.
const EFFECTS_LUFS: f64 = -26.5;

/// The loudest 400 ms.
pub(crate) fn momentary(frames: &[[f32; 2]]) -> Result<f64, Box<dyn Error>> {
    let mut meter = EbuR128::new(2, 48_000, Mode::M)?;
    let mut most = f64::NEG_INFINITY;
    for block in frames.chunks(4800) {
        meter.add_frames_f32(block.as_flattened())?;
        most = most.max(meter.loudness_momentary()?);
    }
    Ok(most)
}

/// The phrase that a program plays: three keys of its usual range.
pub(crate) fn phrase(number: u8) -> [u8; 3] {
    match number {
        32..=39 | 43 | 58 => [33, 40, 45],
        42 | 57 | 67 | 70 => [43, 50, 57],
        47 => [43, 48, 52],
        72 | 9 | 10 | 112 => [76, 84, 91],
        8 | 13 | 78 | 79 => [69, 76, 81],
        40 | 56 | 64 | 68 | 73..=75 | 110 => [62, 69, 76],
        _ => [52, 60, 67],
    }
}

/// The loudest 400 ms of a program's phrase.
pub(crate) fn program_lufs(number: u8) -> Result<f64, Box<dyn Error>> {
    let mut synth = dry(48_000)?;
    synth.handle(program(0, number), 0);
    let mut frames = Vec::new();
    for key in phrase(number) {
        // What swells gets time to do so.
        let length_s = if matches!(number, 48..=55 | 88..=103 | 119..=127) { 2.0 } else { 0.6 };
        synth.handle(on(0, key, 100), 0);
        frames.extend(seconds(&mut synth, length_s));
        synth.handle(off(0, key), 0);
        frames.extend(seconds(&mut synth, 0.4));
    }
    momentary(&frames)
}

fn drum_lufs(kit: u8, key: u8) -> Result<f64, Box<dyn Error>> {
    let mut synth = dry(48_000)?;
    synth.handle(program(9, kit), 0);
    synth.handle(on(9, key, 100), 0);
    momentary(&seconds(&mut synth, 1.5))
}

/// Programs of drum kits in GM2 and GS, beside the standard kit.
pub(crate) const KITS: [u8; 8] = [8, 16, 24, 25, 32, 40, 48, 56];

/// How loud a drum is beside the others.
fn drum_target(kit: u8, key: u8) -> f64 {
    match key {
        39..=84 if kit == 56 => -27.0,
        // The orchestra's hi-hat and kettledrums.
        27 | 28 if kit == 48 => -34.0,
        29 | 30 if kit == 48 => -32.0,
        41..=53 if kit == 48 => -24.0,
        35 | 36 | 38 | 40 => -24.0,
        37 | 39 | 41 | 43 | 45 | 47 | 48 | 50 => -26.0,
        49 | 52 | 55 | 57 => -27.0,
        42 | 44 => -34.0,
        46 | 53 => -31.0,
        51 | 59 => -32.0,
        69 | 70 | 80 | 82 => -35.0,
        _ => -29.0,
    }
}

fn print_table(name: &str, values: &[f64]) {
    println!("pub(super) const {name}: [f32; {}] = [", values.len());
    for row in values.chunks(8) {
        let numbers: Vec<String> = row.iter().map(|value| format!("{value:.1}")).collect();
        println!("    {},", numbers.join(", "));
    }
    println!("];");
}

pub(crate) fn print() -> Result<(), Box<dyn Error>> {
    println!("Loudness of programs, loudest 400 ms, LUFS (target {TARGET_LUFS}, effects {EFFECTS_LUFS}):");
    let mut corrections = Vec::new();
    for number in 0..128 {
        let lufs = program_lufs(number)?;
        let target = if number >= 119 { EFFECTS_LUFS } else { TARGET_LUFS };
        corrections.push(target - lufs);
        let name = Program::new(number).map_or("", Program::name);
        let mark = if (target - lufs).abs() > 1.5 { " <<" } else { "" };
        println!("  {number:3} {name:26} {lufs:7.1}{mark}");
    }
    let mut drums = Vec::new();
    for key in 27..=87 {
        let lufs = drum_lufs(0, key)?;
        drums.push(drum_target(0, key) - lufs);
        println!("  drum {key:3} {lufs:7.1} (target {:.1})", drum_target(0, key));
    }
    println!("What other kits play otherwise, and what to add to its level in presets/kits.rs:");
    for kit in KITS {
        for key in 27..=87 {
            let lufs = drum_lufs(kit, key)?;
            if (lufs - drum_lufs(0, key)?).abs() > 0.01 {
                println!("  kit {kit:3} drum {key:3} {lufs:7.1} {:+6.1}", drum_target(kit, key) - lufs);
            }
        }
    }
    println!("\nCorrections to add to presets/levels.rs:");
    print_table("PROGRAMS_DB", &corrections);
    print_table("DRUMS_DB", &drums);
    Ok(())
}
