//! The answer as text.

use std::io::{self, Write};

use ripieno_composer::compose::Wishes;
use ripieno_composer::provenance::{Composed, DigitalSourceType, Improvised, Made, Origin, Record};
use ripieno_score::{Note, Pitch};
use serde_json::Value;

use super::{Answer, ChangeAnswer, Check};

/// Changes that are told one by one.
const SHOWN: usize = 20;

pub(super) fn print(out: &mut impl Write, answer: &Answer<'_>) -> io::Result<()> {
    let file = answer.file.display();
    let Some(record) = answer.record else {
        writeln!(out, "{file} does not say how it was made")?;
        return match answer.text {
            Some(text) => writeln!(out, "but it has had a record, which another program left out: {text}"),
            None => writeln!(out, "it may be by a person, by another program, or written with --no-provenance"),
        };
    };
    let verb = match record.made {
        Made::Composed(_) => "composed",
        Made::Improvised(_) => "improvised live",
        Made::Played(_) => "played",
    };
    writeln!(out, "{file} was {verb} with {}", record.program)?;
    let source = match record.digital_source_type {
        DigitalSourceType::Trained => "by a trained model",
        DigitalSourceType::CompositeWithTrained => "by a person and a trained model together",
    };
    let term = record.digital_source_type.uri().rsplit('/').next().unwrap_or_default();
    writeln!(out, "source    {source} (IPTC {term})")?;
    writeln!(out, "model     weights {}, {} steps", record.model.short(), record.model.steps)?;
    writeln!(out, "learnt    {}", record.model.training_licences)?;
    if let Made::Composed(Composed { performance: Some(id), .. }) = &record.made {
        writeln!(out, "played    with weights {}, which learnt {}", id.short(), id.training_licences)?;
    }
    for style in &record.personal_styles {
        writeln!(out, "style     {} of the person's own, {}", style.name, style.hash.get(..12).unwrap_or(&style.hash))?;
    }
    writeln!(out, "asked     {}", asked(&record.made))?;
    writeln!(out, "seed      {} for random numbers{}", record.random_seed(), given(record))?;
    let [person, machine, edited] =
        [Origin::Person, Origin::Machine, Origin::Edited].map(|origin| record.piece.count(origin));
    write!(out, "notes     {person} by a person, {machine} by the machine")?;
    match edited {
        0 => writeln!(out)?,
        _ => writeln!(out, ", {edited} edited in between")?,
    }
    match answer.signed_by {
        Some(key) => writeln!(out, "signed    with the key {key}")?,
        None => writeln!(out, "signed    by nobody")?,
    }
    if let Some(sound) = answer.sound {
        write!(out, "sound     by {}; ", sound.rendered_by)?;
        match sound.edited_bars.as_str() {
            "" => writeln!(out, "sound itself is not checked")?,
            bars => writeln!(out, "the notes had been changed in bars {bars}")?,
        }
    }
    if let Some(check) = &answer.check {
        print_check(out, check)?;
    }
    let Some(reproduced) = &answer.reproduced else { return Ok(()) };
    let is = match reproduced.is_identical {
        true => "the very same bytes",
        false => "the piece as it was first written",
    };
    writeln!(out, "written   {}: {is}", reproduced.output.display())
}

fn print_check(out: &mut impl Write, check: &Check) -> io::Result<()> {
    if check.is_same {
        writeln!(out, "check     all notes are those of the record")?;
    } else {
        let bars = match check.changed_bars.as_str() {
            "" => "no note".to_owned(),
            bars => format!("{} notes, in bars {bars}", check.changes.len()),
        };
        writeln!(out, "changed   {bars}")?;
    }
    for part in &check.other_instruments {
        writeln!(out, "          {part} is played by another instrument")?;
    }
    if check.other_tempo {
        writeln!(out, "          the tempo is another")?;
    }
    for change in check.changes.iter().take(SHOWN) {
        let ChangeAnswer { bar, beat, part, .. } = change;
        writeln!(out, "          bar {bar}, beat {beat}, {part}: {}", sentence(change.was, change.is))?;
    }
    if check.changes.len() > SHOWN {
        writeln!(out, "          and {} more; --json names all", check.changes.len() - SHOWN)?;
    }
    writeln!(out, "\n{:<28} {:>7} {:>8} {:>7}", "part", "person", "machine", "edited")?;
    for part in &check.parts {
        let name = if part.name.is_empty() { part.instrument } else { &part.name };
        writeln!(out, "{name:<28} {:>7} {:>8} {:>7}", part.person, part.machine, part.edited)?;
    }
    Ok(())
}

/// What became of a note.
fn sentence(was: Option<Note>, is: Option<Note>) -> String {
    let name = |note: Note| Pitch::name(note.pitch);
    match (was, is) {
        (Some(was), Some(is)) if was.pitch != is.pitch => format!("{} became {}", name(was), name(is)),
        (Some(was), Some(is)) if was.onset != is.onset => format!("{} was moved", name(was)),
        (Some(was), Some(is)) if was.duration < is.duration => format!("{} became longer", name(was)),
        (Some(was), Some(is)) if was.duration > is.duration => format!("{} became shorter", name(was)),
        (Some(was), Some(is)) if was.velocity < is.velocity => format!("{} became louder", name(was)),
        (Some(was), Some(_)) => format!("{} became softer", name(was)),
        (Some(was), None) => format!("{} was taken out", name(was)),
        (None, Some(is)) => format!("{} was put in", name(is)),
        (None, None) => String::new(),
    }
}

/// The notes that the person gave, in words.
fn given(record: &Record) -> String {
    let Some(seed) = &record.seed else { return String::new() };
    let count = |origin| seed.count(origin);
    let (person, others) = (count(Origin::Person), count(Origin::Machine) + count(Origin::Edited));
    match others {
        0 => format!("; a melody of {person} notes was given"),
        _ => {
            format!("; {} notes were given, {others} of them from a piece that a machine had written", person + others)
        }
    }
}

/// What was asked for, where it is not the usual.
fn asked(made: &Made) -> String {
    let (asked, usual) = match made {
        Made::Composed(Composed { wishes, device, max_overlap, .. }) => {
            let mut asked = flat(serde_json::to_value(wishes));
            asked.push(("device".into(), device.as_str().into()));
            asked.extend(max_overlap.map(|most| ("max_overlap".into(), most.into())));
            (asked, flat(serde_json::to_value(Wishes::default())))
        }
        Made::Improvised(improvised) => (flat(serde_json::to_value::<&Improvised>(improvised)), Vec::new()),
        Made::Played(played) => (flat(serde_json::to_value(played)), Vec::new()),
    };
    let said = |(name, value): &(String, Value)| {
        let is_usual = value.is_null() || value.as_array().is_some_and(Vec::is_empty) || name == "random_seed";
        let is_asked = name == "task" || !usual.contains(&(name.clone(), value.clone()));
        (!is_usual && is_asked).then(|| format!("{} {}", name.replace('_', " "), short(value)))
    };
    asked.iter().filter_map(said).collect::<Vec<_>>().join(", ")
}

fn flat(value: serde_json::Result<Value>) -> Vec<(String, Value)> {
    match value {
        Ok(Value::Object(fields)) => fields.into_iter().collect(),
        _ => Vec::new(),
    }
}

fn short(value: &Value) -> String {
    let join = |words: Vec<String>| words.join(" ");
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        // Three decimals are enough for people, and hide that 77.3 is 77.30000305175781 in 32 bits.
        Value::Number(number) if number.is_f64() => {
            ((number.as_f64().unwrap_or_default() * 1000.0).round() / 1000.0).to_string()
        }
        Value::Array(values) => join(values.iter().map(short).collect()),
        Value::Object(fields) => {
            join(fields.iter().map(|(name, value)| format!("{} {}", name.replace('_', " "), short(value))).collect())
        }
        other => other.to_string(),
    }
}
