//! Composing a piece again from what its file says.

use std::path::Path;
use std::sync::Arc;

use ripieno_composer::compose::{OverlapLimit, Seed, Wishes};
use ripieno_composer::device::DeviceChoice;
use ripieno_composer::provenance::{Circumstances, Composed, Made, Record};

use super::Reproduced;
use crate::cli::Provenance;
use crate::commands::compose::{index_of, perform, weights};
use crate::failure::InputError;
use crate::output::OutputFile;
use crate::progress;
use crate::provenance::{PROGRAM, Source, midi_bytes};

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
    let Made::Composed(composed) = &record.made else {
        return Err(refused("it was improvised live, and live music is not played twice".into()).into());
    };
    if record.program != PROGRAM {
        return Err(refused(format!("it was composed with {}, and this is {PROGRAM}", record.program)).into());
    }
    if let Some(style) = record.personal_styles.first() {
        return Err(refused(format!("it has a style of the person's own, {}", style.name)).into());
    }
    composed.check().map_err(|error| refused(error.to_string()))?;
    let device: DeviceChoice = composed.device.parse().map_err(|error| refused(format!("{error}")))?;
    let (model, id) = weights(typed.model.as_deref(), device)?;
    if id != record.model {
        let others = format!("it was composed with weights {}, and these are {}", record.model.short(), id.short());
        return Err(refused(format!("{others}; --model names others")).into());
    }
    let (wishes, index) = wishes(typed, composed, &model)?;
    if index != composed.originality_index {
        return Err(refused("copies were looked for in another index".into()).into());
    }
    let given = record.seed.as_ref().map(|music| music.as_read()).transpose();
    let given = given.map_err(|error| refused(error.to_string()))?;
    let seed = given.as_ref().map(|(score, _)| Seed::hear(score)).transpose();
    let seed = seed.map_err(|error| refused(error.to_string()))?;
    let cancelled = progress::cancelled_by_ctrl_c()?;
    let piece = perform(&model, seed.as_ref(), &wishes, &cancelled)?;
    let around = Circumstances {
        program: PROGRAM.into(),
        model: id,
        personal_styles: Vec::new(),
        originality_index: index,
        device: device.to_string(),
    };
    let seed = given.as_ref().map(|(score, origins)| (score, origins.as_slice()));
    let again = Record::of_composition(&around, &wishes, seed, &piece)?;
    // Nothing is believed that can be tried.
    if again.piece != record.piece {
        let why = "the notes come out differently: the record was changed, or the processor reckons differently";
        return Err(refused(why.into()).into());
    }
    // In a WAV file the record also says how the notes became sound.
    let mut told = told.clone();
    told.sound = None;
    let bytes = midi_bytes(&piece.score, &told)?;
    output.write(&bytes)?;
    Ok(Reproduced { output: output.path().to_owned(), is_identical: std::fs::read(path).is_ok_and(|all| all == bytes) })
}

/// What was wished for, and the hash of the index in which copies are looked for.
fn wishes(
    typed: &Provenance,
    composed: &Composed,
    model: &ripieno_composer::model::Model,
) -> anyhow::Result<(Wishes, Option<String>)> {
    let mut wishes = composed.wishes.clone();
    let Some(max_overlap) = composed.max_overlap else { return Ok((wishes, None)) };
    let (index, hash) = index_of(typed.model.as_deref(), model)?.unzip();
    wishes.overlap_limit = index.map(|index| OverlapLimit { index: Arc::new(index), max_overlap });
    Ok((wishes, hash))
}
