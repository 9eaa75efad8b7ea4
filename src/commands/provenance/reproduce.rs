//! Composing a piece again from what its file says.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use ripieno_composer::compose::{OverlapLimit, Seed};
use ripieno_composer::device::DeviceChoice;
use ripieno_composer::provenance::{Circumstances, Made, Played, Record, Told};
use ripieno_score::Score;

use super::Reproduced;
use crate::cli::Provenance;
use crate::commands::compose::perform;
use crate::commands::humanize;
use crate::failure::InputError;
use crate::output::OutputFile;
use crate::provenance::{PROGRAM, Source, midi_bytes};
use crate::settings::StyleMix;
use crate::style_folder::add_own_styles;
use crate::{progress, weights};

pub(super) fn reproduce(
    typed: &Provenance,
    path: &Path,
    source: &Source,
    output: &OutputFile,
) -> anyhow::Result<Reproduced> {
    let refused =
        |why: String| InputError { message: format!("cannot compose {} again: {why}", path.display()), source: None };
    let told = source.told.as_ref().ok_or_else(|| refused("it does not say how it was made".into()))?;
    let record = &told.record;
    if record.program != PROGRAM {
        return Err(refused(format!("it was composed with {}, and this is {PROGRAM}", record.program)).into());
    }
    let composed = match &record.made {
        Made::Composed(composed) => composed,
        Made::Improvised(_) => {
            return Err(refused("it was improvised live, and live music is not played twice".into()).into());
        }
        Made::Played(played) => {
            let (score, again) = play_again(typed, record, played).map_err(|error| refused(format!("{error:#}")))?;
            return finish(path, told, &again, &score, output);
        }
    };
    composed.check().map_err(|error| refused(error.to_string()))?;
    let device: DeviceChoice = composed.device.parse().map_err(|error| refused(format!("{error}")))?;
    let (mut model, id, found) = weights::model_and_index(typed.model.as_deref(), device)?;
    if id != record.model {
        let others = format!("it was composed with weights {}, and these are {}", record.model.short(), id.short());
        return Err(refused(format!("{others}; --model names others")).into());
    }
    let mix = StyleMix(composed.wishes.styles.clone());
    let own = add_own_styles(&mut model, &mix).map_err(|error| refused(format!("{error:#}")))?;
    if let Some(style) = record.personal_styles.iter().find(|style| !own.ids().contains(style)) {
        return Err(refused(format!("your style {} is not the one that it was composed with", style.name)).into());
    }
    let mut wishes = composed.wishes.clone();
    let found = found.filter(|_| composed.max_overlap.is_some());
    let (found, index) = found.map(|index| own.join(index)).unzip();
    wishes.overlap_limit = composed
        .max_overlap
        .zip(found)
        .map(|(max_overlap, index)| OverlapLimit { index: Arc::new(index), max_overlap });
    if index != composed.originality_index {
        return Err(refused("copies were looked for in another index".into()).into());
    }
    let given = record.seed.as_ref().map(|music| music.as_read()).transpose();
    let given = given.map_err(|error| refused(error.to_string()))?;
    let seed = given.as_ref().map(|(score, _)| Seed::hear(score)).transpose();
    let seed = seed.map_err(|error| refused(error.to_string()))?;
    let cancelled = progress::cancelled_by_ctrl_c()?;
    let piece = perform(&model, seed.as_ref(), &wishes, 1, &cancelled)?.pop().context("one take was asked for")?;
    let around = Circumstances {
        program: PROGRAM.into(),
        model: id,
        personal_styles: own.ids(),
        originality_index: index,
        device: device.to_string(),
    };
    let seed = given.as_ref().map(|(score, origins)| (score, origins.as_slice()));
    let again = Record::of_composition(&around, &wishes, seed, &piece)?;
    if again.made != record.made {
        return Err(refused("it was played with other weights".into()).into());
    }
    finish(path, told, &again, &piece.score, output)
}

/// Writes the piece that was made again, if it is the one of the record.
fn finish(path: &Path, told: &Told, again: &Record, score: &Score, output: &OutputFile) -> anyhow::Result<Reproduced> {
    // Nothing is believed that can be tried.
    if again.piece != told.record.piece {
        let why = "the notes come out differently: the record was changed, or the processor reckons differently";
        let message = format!("cannot compose {} again: {why}", path.display());
        return Err(InputError { message, source: None }.into());
    }
    // In a WAV file the record also says how the notes became sound.
    let mut told = told.clone();
    told.sound = None;
    let bytes = midi_bytes(score, &told)?;
    output.write(&bytes)?;
    Ok(Reproduced { output: output.path().to_owned(), is_identical: std::fs::read(path).is_ok_and(|all| all == bytes) })
}

/// Plays a piece again that was there before it was humanized.
fn play_again(typed: &Provenance, record: &Record, played: &Played) -> anyhow::Result<(Score, Record)> {
    anyhow::ensure!((0.0..=1.0).contains(&played.humanize), "the record asks for an amount that nobody can ask for");
    let (model, id) = humanize::weights(typed.model.as_deref())?;
    anyhow::ensure!(
        id == record.model,
        "it was played with weights {}, and these are {}; --model names others",
        record.model.short(),
        id.short()
    );
    let (given, origins) =
        record.seed.as_ref().context("the piece as it was before is not in the record")?.as_read()?;
    let (score, record) = humanize::played(&model, id, (&given, &origins), played);
    Ok((score, record?))
}
