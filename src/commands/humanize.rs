//! `ripieno humanize`: a piece that is there, played as people do.

use std::io::{self, Write};
use std::path::Path;

use ripieno_composer::performance::{PerformanceModel, humanize};
use ripieno_composer::provenance::{Circumstances, ModelId, Origin, Played, Record, TooLarge, hash};
use ripieno_score::{Note, Score, TempoMap, midi};
use serde::Serialize;

use super::compose::{LEFT_OUT, random_seed};
use crate::cli::Humanize;
use crate::failure::{InputError, UsageError};
use crate::input::read_midi_aloud;
use crate::output::{OutputFile, is_same};
use crate::provenance::{self, PROGRAM};

/// What is printed with `--json`. Deviations are those of the notes that were written from those that were read.
#[derive(Serialize)]
struct Answer<'a> {
    output: &'a Path,
    amount: f32,
    seed: u64,
    notes: usize,
    /// Root mean square of how far onsets were moved, in milliseconds.
    timing_ms: f64,
    /// The farthest, in milliseconds.
    farthest_ms: f64,
    /// Root mean square of how far velocities were changed.
    velocity: f64,
}

pub(crate) fn run(typed: &Humanize) -> anyhow::Result<()> {
    if is_same(&typed.output, &typed.file) {
        return Err(UsageError(format!("{} would be replaced by how it is played", typed.file.display())).into());
    }
    let output = OutputFile::new(&typed.output, typed.force)?;
    let key = typed.sign.as_deref().map(provenance::read_key).transpose()?;
    let file = read_midi_aloud(&typed.file)?;
    if file.score.note_count() == 0 {
        return Err(InputError { message: format!("{} has no notes", typed.file.display()), source: None }.into());
    }
    let origins = provenance::origins_of_given(&file, &typed.file);
    let (model, id) = weights(typed.model.as_deref())?;
    let asked = Played { humanize: typed.amount, random_seed: typed.seed.unwrap_or_else(random_seed) };
    let (score, record) = played(&model, id, (&file.score, &origins), &asked);
    let bytes = if typed.no_provenance {
        tracing::warn!("{LEFT_OUT}");
        midi::write(&score)
    } else {
        provenance::midi_bytes(&score, &provenance::told(record, key.as_ref())?)?
    };
    output.write(&bytes)?;
    let answer = Answer::of(&asked, output.path(), &file.score, &score);
    let mut out = io::stdout().lock();
    if typed.json {
        serde_json::to_writer_pretty(&mut out, &answer).map_err(io::Error::from)?;
        return Ok(writeln!(out)?);
    }
    writeln!(
        out,
        "played    {} notes, moved by {:.1} ms in the mean and {:.0} ms at most, velocities changed by {:.1}",
        answer.notes, answer.timing_ms, answer.farthest_ms, answer.velocity
    )?;
    writeln!(out, "amount    {}; random seed {}", answer.amount, answer.seed)?;
    writeln!(out, "written   {}", output.path().display())?;
    Ok(())
}

/// The weights in the program, or others.
pub(super) fn weights(path: Option<&Path>) -> anyhow::Result<(PerformanceModel, ModelId)> {
    let Some(path) = path else { return Ok((PerformanceModel::shipped()?, PerformanceModel::shipped_id()?)) };
    let refused = |source: Box<dyn std::error::Error + Send + Sync>| InputError {
        message: format!("cannot use {}", path.display()),
        source: Some(source),
    };
    let bytes = std::fs::read(path).map_err(|error| refused(error.into()))?;
    let hash = hash(&bytes);
    let model = PerformanceModel::from_bytes(bytes).map_err(|error| refused(error.into()))?;
    let id = model.id(hash);
    Ok((model, id))
}

/// A piece played, and what is told about it.
pub(super) fn played(
    model: &PerformanceModel,
    id: ModelId,
    (given, origins): (&Score, &[Vec<Origin>]),
    asked: &Played,
) -> (Score, Result<Record, TooLarge>) {
    let humanized = humanize(model, given, asked.humanize, asked.random_seed);
    let around = Circumstances {
        program: PROGRAM.into(),
        model: id,
        personal_styles: Vec::new(),
        originality_index: None,
        device: "flex".into(),
    };
    let record = Record::of_playing(&around, asked.clone(), (given, origins), &humanized);
    (humanized.score, record)
}

impl<'a> Answer<'a> {
    fn of(asked: &Played, output: &'a Path, was: &Score, is: &Score) -> Self {
        let maps = [was, is].map(|score| TempoMap::new(score.ppq, &score.tempos));
        let sorted = |notes: &[Note], map: &TempoMap| {
            let mut notes: Vec<(u8, f64, u8)> =
                notes.iter().map(|note| (note.pitch.value(), map.seconds(note.onset), note.velocity.value())).collect();
            notes.sort_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
            notes
        };
        let parts = was.parts.iter().zip(&is.parts);
        // Notes of one pitch keep their order.
        let pairs: Vec<(f64, f64)> = parts
            .flat_map(|(was, is)| {
                let (was, is) = (sorted(&was.notes, &maps[0]), sorted(&is.notes, &maps[1]));
                let pair = |((_, at, loud), (_, then, louder)): ((u8, f64, u8), (u8, f64, u8))| {
                    (1000.0 * (then - at), f64::from(louder) - f64::from(loud))
                };
                was.into_iter().zip(is).map(pair).collect::<Vec<_>>()
            })
            .collect();
        let mean = |of: &dyn Fn(&(f64, f64)) -> f64| {
            (pairs.iter().map(|pair| of(pair).powi(2)).sum::<f64>() / pairs.len().max(1) as f64).sqrt()
        };
        Self {
            output,
            amount: asked.humanize,
            seed: asked.random_seed,
            notes: pairs.len(),
            timing_ms: mean(&|pair| pair.0),
            farthest_ms: pairs.iter().map(|pair| pair.0.abs()).fold(0.0, f64::max),
            velocity: mean(&|pair| pair.1),
        }
    }
}
