//! Writes `examples/seeds/*.mid` from the note lists beside them: `cargo run --release --example encode_seeds`.
//! The notation is explained in `examples/seeds/README.md`.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use ripieno_score::*;

fn main() -> Result<()> {
    for entry in Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/seeds").read_dir()? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let score = parse(&std::fs::read_to_string(&path)?).with_context(|| path.display().to_string())?;
            std::fs::write(path.with_extension("mid"), midi::write(&score))?;
        }
    }
    Ok(())
}

fn parse(text: &str) -> Result<Score> {
    let (head, music) = text.split_once("\n\n").context("no empty line after the head")?;
    let field = |word| head.lines().find_map(|line| line.strip_prefix(word)).with_context(|| format!("no `{word}`"));
    let (beats, unit) = field("meter: ")?.split_once('/').context("a meter is two numbers")?;
    let meter = Meter::new(beats.parse()?, unit.parse()?).context("no such meter")?;
    let title = field("title: ")?;
    let instrument = field("instrument: ")?;
    let program = (0..128).filter_map(Program::new).find(|p| p.name() == instrument).context("no such instrument")?;
    let (mut now, mut notes) = (Tick::ZERO, Vec::<Note>::new());
    for (number, bar) in music.split('|').enumerate() {
        let bar_end = now + meter.bar_ticks(Ppq::DEFAULT);
        for (name, length) in bar.split_whitespace().filter_map(|token| token.split_once(':')) {
            let (above, below) = length.split_once('/').unwrap_or((length, "1"));
            let duration = Tick(Ppq::DEFAULT.ticks() * above.parse::<u32>()? / below.parse::<u32>()?);
            if name == "~" {
                let last = notes.last_mut().context("there is no note to make longer")?;
                last.duration = last.duration + duration;
            } else if name != "-" {
                let pitch = pitch(name).with_context(|| format!("`{name}` is no pitch"))?;
                notes.push(Note { onset: now, pitch, duration, velocity: Velocity::DEFAULT });
            }
            now = now + duration;
        }
        ensure!(now == bar_end, "bar {} does not add up", number + 1);
    }
    let (instrument, channel) = (Instrument::Program(program), Channel::new(0).context("no channel")?);
    Ok(Score {
        title: Some(title.into()),
        parts: vec![Part { name: title.into(), instrument, channel, notes }],
        tempos: vec![TempoChange::from_bpm(Tick::ZERO, field("tempo: ")?.parse()?)],
        meters: vec![MeterChange { tick: Tick::ZERO, meter }],
        keys: vec![KeyChange { tick: Tick::ZERO, key: field("key: ")?.parse()? }],
        ..Score::default()
    })
}

/// The pitch called `name`: `C4`, `F#4`, `Bb4`.
fn pitch(name: &str) -> Option<Pitch> {
    let (note, octave) = name.split_at_checked(name.len().checked_sub(1)?)?;
    let natural = "C.D.EF.G.A.B".find(note.get(..1)?)?;
    let value =
        12 * octave.parse::<usize>().ok()? + 12 + natural + note.matches('#').count() - note.matches('b').count();
    Pitch::new(u8::try_from(value).ok()?)
}
