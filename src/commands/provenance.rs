//! `ripieno provenance`: how a file was made, and what was edited since.

mod reproduce;
mod words;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ripieno_composer::provenance::{Change, Comparison, Origin, Record, Sound, Told};
use ripieno_score::midi::MidiFile;
use ripieno_score::timeline::TextKind;
use ripieno_score::{Note, Score};
use serde::Serialize;

use crate::cli::Provenance;
use crate::failure::InputError;
use crate::output::OutputFile;
use crate::provenance::{Source, compared, new_key};

/// What is printed with `--json`.
#[derive(Serialize)]
struct Answer<'a> {
    file: &'a Path,
    /// How the piece was made, as it stands in the file; absent where the file does not say.
    record: Option<&'a Record>,
    /// Public key of a good signature of the record.
    signed_by: Option<&'a str>,
    /// In a WAV file: how the notes became sound.
    sound: Option<&'a Sound>,
    /// What ripieno wrote into the file in words; all that some programs leave of a record.
    text: Option<&'a str>,
    /// The notes of the file beside those of the record; absent for sound.
    check: Option<Check>,
    reproduced: Option<Reproduced>,
}

#[derive(Serialize)]
struct Check {
    /// Whether notes, instruments and tempo are those of the record.
    is_same: bool,
    changed_bars: String,
    changes: Vec<ChangeAnswer>,
    /// Parts that another instrument plays now.
    other_instruments: Vec<String>,
    other_tempo: bool,
    parts: Vec<PartAnswer>,
}

/// A part of the file as it is now.
#[derive(Serialize)]
struct PartAnswer {
    name: String,
    instrument: &'static str,
    /// Notes that are a person's.
    person: usize,
    /// Notes that the machine wrote.
    machine: usize,
    /// Notes that were put in or changed afterwards.
    edited: usize,
}

#[derive(Serialize)]
struct ChangeAnswer {
    bar: u32,
    beat: u32,
    part: String,
    was: Option<Note>,
    is: Option<Note>,
}

#[derive(Serialize)]
struct Reproduced {
    output: PathBuf,
    /// Whether the bytes are those of the file.
    is_identical: bool,
}

pub(crate) fn run(typed: &Provenance) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    if let Some(path) = &typed.new_key {
        let public = new_key(path)?.public_key();
        if typed.json {
            writeln!(out, "{}", serde_json::json!({ "output": path, "public_key": public }))?;
        } else {
            writeln!(out, "public    {public}\nwritten   {}: keep it to yourself", path.display())?;
        }
        return Ok(());
    }
    let path = typed.file.as_deref().unwrap_or(Path::new(""));
    let output = typed.reproduce.as_deref().map(|path| OutputFile::new(path, typed.force)).transpose()?;
    let source = Source::read(path)?;
    let told = source.told.as_ref();
    check_signer(typed, path, told)?;
    let check = told.zip(source.midi.as_ref()).map(|(told, file)| Check::of(told, file)).transpose();
    let check = check.map_err(|error| InputError {
        message: format!("cannot trust {}", path.display()),
        source: Some(error.into()),
    })?;
    let reproduced = output.map(|output| reproduce::reproduce(typed, path, &source, &output)).transpose()?;
    let answer = Answer {
        file: path,
        record: told.map(|told| &told.record),
        signed_by: told.and_then(|told| told.signature.as_ref()).map(|signature| signature.public_key()),
        sound: told.and_then(|told| told.sound.as_ref()),
        text: source.midi.as_ref().and_then(text),
        check,
        reproduced,
    };
    if typed.json {
        serde_json::to_writer_pretty(&mut out, &answer).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        words::print(&mut out, &answer)?;
    }
    Ok(())
}

/// Refuses a file that somebody else signed, or nobody.
fn check_signer(typed: &Provenance, path: &Path, told: Option<&Told>) -> Result<(), InputError> {
    let Some(wanted) = &typed.signed_by else { return Ok(()) };
    let refused = |why: String| InputError { message: format!("{} {why}", path.display()), source: None };
    let told = told.ok_or_else(|| refused("does not say how it was made: nobody signed it".into()))?;
    let signature = told.signature.as_ref().ok_or_else(|| refused("is not signed".into()))?;
    match signature.public_key().eq_ignore_ascii_case(wanted.trim()) {
        true => Ok(()),
        false => Err(refused(format!("is signed with another key: {}", signature.public_key()))),
    }
}

/// What ripieno says in words in a MIDI file.
fn text(file: &MidiFile) -> Option<&str> {
    let ours = |text: &&str| {
        ["Composed with ripieno ", "Improvised live with ripieno ", "Played with ripieno "]
            .iter()
            .any(|start| text.starts_with(start))
    };
    file.timeline.texts(TextKind::Text).find(ours)
}

impl Check {
    fn of(told: &Told, file: &MidiFile) -> anyhow::Result<Self> {
        let (recorded, comparison) = compared(told, &file.score)?;
        let name = |index: &usize| {
            let (was, part) = (recorded.parts[*index].instrument.name(), &told.record.piece.parts[*index].name);
            if part.is_empty() { was.to_owned() } else { part.clone() }
        };
        Ok(Self {
            is_same: comparison.is_same(),
            changed_bars: comparison.bars(),
            other_instruments: comparison.other_instruments.iter().map(name).collect(),
            other_tempo: comparison.other_tempo,
            parts: parts(&file.score, &comparison),
            changes: comparison.changes.into_iter().map(ChangeAnswer::from).collect(),
        })
    }
}

fn parts(score: &Score, comparison: &Comparison) -> Vec<PartAnswer> {
    let parts = score.parts.iter().zip(&comparison.origins);
    let count = |origins: &[Origin], wanted| origins.iter().filter(|&&origin| origin == wanted).count();
    let answer = |(part, origins): (&ripieno_score::Part, &Vec<Origin>)| PartAnswer {
        name: part.name.clone(),
        instrument: part.instrument.name(),
        person: count(origins, Origin::Person),
        machine: count(origins, Origin::Machine),
        edited: count(origins, Origin::Edited),
    };
    parts.map(answer).collect()
}

impl From<Change> for ChangeAnswer {
    fn from(Change { bar, beat, part, was, is }: Change) -> Self {
        Self { bar, beat, part, was, is }
    }
}
