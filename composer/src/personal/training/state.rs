//! Checkpoints of a style's training: a folder `checkpoint-STEP`, complete or not there at all. The base model is not in it.

use std::fs;
use std::io;
use std::path::Path;

use burn::optim::{ModuleOptimizer, OptimizerRecord};
use serde::{Deserialize, Serialize};

use super::mean::Mean;
use super::{PersonalStyle, Progress, StyleConfig, TrainingError};
use crate::model::Precision;
use crate::train::CheckpointError;
use crate::train::checkpoint::{checkpoints, io_error, write};

const LAST: &str = "last.safetensors";
const MEAN: &str = "mean.safetensors";
const BEST: &str = "best.safetensors";
const OPTIMIZER: &str = "optimizer.bpk";
const STATE: &str = "state.json";

/// What is written.
pub(super) struct Now<'a> {
    pub(super) last: &'a PersonalStyle,
    pub(super) mean: &'a PersonalStyle,
    pub(super) best: Option<&'a PersonalStyle>,
    pub(super) optimizer: &'a ModuleOptimizer,
    pub(super) config: &'a StyleConfig,
    pub(super) progress: &'a Progress,
    pub(super) seconds: f64,
}

/// What was written.
pub(super) struct Found {
    pub(super) last: PersonalStyle,
    pub(super) mean: Mean,
    pub(super) best: Option<PersonalStyle>,
    pub(super) optimizer: OptimizerRecord,
    pub(super) config: StyleConfig,
    pub(super) progress: Progress,
    pub(super) seconds: f64,
}

#[derive(Serialize, Deserialize)]
struct State {
    config: StyleConfig,
    progress: Progress,
    seconds: f64,
}

/// What a folder holds.
pub(super) enum Last {
    Nothing,
    /// A training of other music, or on another base model.
    Other,
    Same(Box<Found>),
}

/// The newest checkpoint.
pub(super) fn load_last(folder: &Path, base: &str, corpus: &str) -> Result<Last, TrainingError> {
    let Some((_, path)) = checkpoints(folder)?.pop() else { return Ok(Last::Nothing) };
    let read = |name: &str| -> Result<PersonalStyle, TrainingError> {
        let path = path.join(name);
        let bytes = fs::read(&path).map_err(io_error(&path))?;
        let (style, _) = PersonalStyle::parse(&bytes).map_err(|source| TrainingError::Style { path, source })?;
        Ok(style)
    };
    let last = read(LAST)?;
    if last.header.base != base || last.header.corpus != corpus {
        return Ok(Last::Other);
    }
    let PersonalStyle { vector, changes, .. } = read(MEAN)?;
    let mean = Mean { vector, changes };
    let best = if path.join(BEST).exists() { Some(read(BEST)?) } else { None };
    let state_path = path.join(STATE);
    let text = fs::read(&state_path).map_err(io_error(&state_path))?;
    let State { config, progress, seconds } =
        serde_json::from_slice(&text).map_err(|error| io_error(&state_path)(io::Error::other(error)))?;
    let optimizer_path = path.join(OPTIMIZER);
    let optimizer = OptimizerRecord::load(&optimizer_path)
        .map_err(|error| CheckpointError::Optimizer { path: optimizer_path, reason: error.to_string() })?;
    Ok(Last::Same(Box::new(Found { last, mean, best, optimizer, config, progress, seconds })))
}

/// Writes a checkpoint beside the others, then removes them.
pub(super) fn save(folder: &Path, now: &Now<'_>) -> Result<(), TrainingError> {
    fs::create_dir_all(folder).map_err(io_error(folder))?;
    let scratch = folder.join("checkpoint.tmp");
    if scratch.exists() {
        fs::remove_dir_all(&scratch).map_err(io_error(&scratch))?;
    }
    fs::create_dir(&scratch).map_err(io_error(&scratch))?;
    write(&scratch.join(LAST), &now.last.to_bytes(Precision::Full, None))?;
    write(&scratch.join(MEAN), &now.mean.to_bytes(Precision::Full, None))?;
    if let Some(best) = now.best {
        write(&scratch.join(BEST), &best.to_bytes(Precision::Full, None))?;
    }
    let optimizer_path = scratch.join(OPTIMIZER);
    let failed = |error: &dyn std::fmt::Display| io_error(&optimizer_path)(io::Error::other(error.to_string()));
    now.optimizer.save(&optimizer_path).map_err(|error| failed(&error))?;
    let state = State { config: now.config.clone(), progress: now.progress.clone(), seconds: now.seconds };
    let text = serde_json::to_vec_pretty(&state).map_err(|error| io_error(&scratch)(io::Error::other(error)))?;
    write(&scratch.join(STATE), &text)?;
    let path = folder.join(format!("checkpoint-{:08}", now.progress.step));
    if path.exists() {
        fs::remove_dir_all(&path).map_err(io_error(&path))?;
    }
    fs::rename(&scratch, &path).map_err(io_error(&path))?;
    for (_, old) in checkpoints(folder)?.into_iter().filter(|(_, other)| *other != path) {
        fs::remove_dir_all(&old).map_err(io_error(&old))?;
    }
    Ok(())
}
