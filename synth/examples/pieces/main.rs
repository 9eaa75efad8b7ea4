//! Writes the pieces that synthesizers are compared with: `cargo run --example pieces -- FOLDER`.
//!
//! `dense.mid` is a minute for twelve parts, `silent.mid` a minute of nothing, `held-73.mid` a minute of sixty held
//! notes of program 73, and so on.

#![allow(clippy::cast_possible_truncation, reason = "bytes of a MIDI file")]

mod write;

use std::error::Error;
use std::fs;
use std::path::PathBuf;

/// Pipe organ, violin and flute: what sounds as long as it is held, on every synthesizer.
const PROGRAMS: [u8; 3] = [19, 40, 73];
/// What the least of the synthesizers can sound at once.
const NOTES: u8 = 60;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("usage: pieces FOLDER")?);
    fs::write(folder.join("dense.mid"), write::dense())?;
    fs::write(folder.join("silent.mid"), write::held(0, 0))?;
    for program in PROGRAMS {
        fs::write(folder.join(format!("held-{program}.mid")), write::held(program, NOTES))?;
    }
    Ok(())
}
