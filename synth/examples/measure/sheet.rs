//! A contact sheet: spectrograms of every program and drum, one picture for each family.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use ripieno_score::Program;

use crate::levels::{KITS, phrase};
use crate::picture::{BRIGHTEST_DB, DARKEST_DB, Picture};
use crate::play::{dry, off, on, program, seconds};
use crate::spectrum::left;

const RATE: u32 = 48_000;
/// Seconds of each column.
const COLUMN_S: f64 = 0.0125;

const FAMILIES: [&str; 16] = [
    "piano",
    "chromatic",
    "organ",
    "guitar",
    "bass",
    "strings",
    "ensemble",
    "brass",
    "reed",
    "pipe",
    "lead",
    "pad",
    "effects",
    "ethnic",
    "percussive",
    "noises",
];

/// The three keys of a program's phrase at velocity 100, and the middle one at 40: a second each, 0.75 s held.
fn program_sound(number: u8) -> Result<Vec<f64>, Box<dyn Error>> {
    let mut synth = dry(RATE)?;
    synth.handle(program(0, number), 0);
    let keys = phrase(number);
    let mut frames = Vec::new();
    for (key, velocity) in [(keys[0], 100), (keys[1], 100), (keys[2], 100), (keys[1], 40)] {
        synth.handle(on(0, key, velocity), 0);
        frames.extend(seconds(&mut synth, 0.75));
        synth.handle(off(0, key), 0);
        frames.extend(seconds(&mut synth, 0.25));
    }
    Ok(left(&frames))
}

fn drum_sound(kit: u8, key: u8) -> Result<Vec<f64>, Box<dyn Error>> {
    let mut synth = dry(RATE)?;
    synth.handle(program(9, kit), 0);
    synth.handle(on(9, key, 100), 0);
    Ok(left(&seconds(&mut synth, 1.5)))
}

/// Writes the pictures into `folder`, and beside them a text that says what is where.
pub(crate) fn write(folder: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    let mut legend = BufWriter::new(File::create(folder.join("legend.txt"))?);
    writeln!(
        legend,
        "Across: time, four notes of a second each: low, middle, high at velocity 100, middle at 40 (drums: 1.5 s).\n\
         Up: 20 Hz to 20 kHz, logarithmic, lines at 100 Hz, 1 kHz, 10 kHz. Dark to bright: {DARKEST_DB} to \
         {BRIGHTEST_DB} dBFS. Panels by rows:\n"
    )?;
    let width = (4.0 / COLUMN_S) as usize;
    for (family, name) in FAMILIES.iter().enumerate() {
        let mut picture = Picture::new(4, 2, width);
        writeln!(legend, "{family:02}-{name}.png")?;
        for place in 0..8 {
            let number = u8::try_from(family * 8 + place)?;
            picture.draw(place % 4, place / 4, width, &program_sound(number)?, COLUMN_S);
            writeln!(legend, "  {number:3} {}", Program::new(number).map_or("", Program::name))?;
        }
        picture.write(&folder.join(format!("{family:02}-{name}.png")))?;
    }
    let width = (1.5 / COLUMN_S) as usize;
    writeln!(legend, "16-drums-PROGRAM.png: the kits, keys 27 to 87, thirteen in a row")?;
    for kit in [0].into_iter().chain(KITS) {
        let mut picture = Picture::new(13, 5, width);
        for key in 27..=87_u8 {
            let place = usize::from(key - 27);
            picture.draw(place % 13, place / 13, width, &drum_sound(kit, key)?, COLUMN_S);
        }
        picture.write(&folder.join(format!("16-drums-{kit:02}.png")))?;
    }
    Ok(())
}
