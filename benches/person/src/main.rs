//! A scripted person at a MIDI keyboard: plays with `ripieno live` through a JACK server of its own, and measures on the
//! recordings how soon a key is heard, a change of chord is followed, and a pause is answered.
//!
//! ```text
//! cargo build --release --features jack
//! cargo run --release --manifest-path benches/person/Cargo.toml -- target/release/ripieno
//! ```
//!
//! Needs `jackd` (Debian: `jackd2`); no sound card. The second argument is how many chords and phrases are played; what follows goes
//! to `ripieno live` (`--slowed-ms 20` makes its model slow). `PROGRAM compare LIVE.mid LIVE.wav` compares the two recordings of any
//! performance instead.

mod agreement;
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
    let usage = "usage: ripieno-person PROGRAM [TIMES [OPTION OF LIVE...]], or PROGRAM compare LIVE.mid LIVE.wav";
    let program = PathBuf::from(arguments.next().context(usage)?);
    let second = arguments.next().unwrap_or_else(|| "40".into());
    if second == "compare" {
        let (midi, wav) = (arguments.next().context(usage)?, arguments.next().context(usage)?);
        return agreement::compare(&program, midi.as_ref(), wav.as_ref());
    }
    let times: usize = second.to_str().and_then(|text| text.parse().ok()).context(usage)?;
    let options: Vec<std::ffi::OsString> = arguments.collect();
    let folder = tempfile::tempdir()?;

    let chords: Vec<Chord> = script::chords(times);
    let rig = Rig::start(&program, folder.path(), "band", &options)?;
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

    let rig = Rig::start(&program, folder.path(), "answer", &options)?;
    rig.play(|grid| script::phrases(grid, times))?;
    let recording = Recording::read(folder.path(), "answer")?;
    println!("pause to answer    {}", quantiles(&recording.bars_to_answer()?, "bars"));
    for mode in ["band", "answer"] {
        println!("\n{mode}: what the program says of itself");
        print!("{}", std::fs::read_to_string(folder.path().join(format!("{mode}.json")))?);
    }
    Ok(())
}
