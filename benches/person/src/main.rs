//! A scripted person at a MIDI keyboard: plays with `ripieno live` through a JACK server of its own, and measures on the
//! recordings how soon a key is heard, a change of chord is followed, and a pause is answered.
//!
//! ```text
//! cargo build --release --features jack
//! cargo run --release --manifest-path benches/person/Cargo.toml -- target/release/ripieno
//! ```
//!
//! Needs `jackd` (Debian: `jackd2`); no sound card. The second argument is how many chords and phrases are played.

mod measure;
mod rig;
mod script;

use std::path::PathBuf;

use anyhow::Context;

use measure::{Recording, quantiles};
use rig::Rig;
use script::Chord;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let program = PathBuf::from(arguments.next().context("usage: ripieno-person PROGRAM [TIMES]")?);
    let times = arguments.next().and_then(|text| text.to_str()?.parse().ok()).unwrap_or(40usize);
    let folder = tempfile::tempdir()?;

    let chords: Vec<Chord> = script::chords(times);
    let rig = Rig::start(&program, folder.path(), "band")?;
    let sent = rig.play(|grid| [script::solo(grid, 200), script::comping(grid, &chords)].concat())?;
    let recording = Recording::read(folder.path(), "band")?;
    let to_sound = recording.key_to_sound_ms(&sent)?;
    println!("key to sound       {}", quantiles(&to_sound, "ms"));
    let (late, shares) = recording.beats_to_chord(&chords)?;
    println!("chord to change    {}", quantiles(&late, "beats"));
    for (beat, [new, old]) in shares.iter().enumerate() {
        println!(
            "  beat +{beat}          {:.0} % of the machine's notes in the new chord, {:.0} % in the old",
            100.0 * new,
            100.0 * old
        );
    }

    let rig = Rig::start(&program, folder.path(), "answer")?;
    rig.play(|grid| script::phrases(grid, times))?;
    let recording = Recording::read(folder.path(), "answer")?;
    println!("pause to answer    {}", quantiles(&recording.bars_to_answer()?, "bars"));
    Ok(())
}
