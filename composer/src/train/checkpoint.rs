//! Checkpoints: a folder `checkpoint-STEP` with weights, optimizer state and progress, complete or not there at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use burn::optim::{ModuleOptimizer, OptimizerRecord};
use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use super::TrainConfig;
use crate::model::{LoadModelError, Model, ModelHeader, Precision, SaveModelError, to_bytes};
use crate::network::Network;

/// How far a run is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Optimizer steps done.
    pub step: u64,
    /// Notes predicted, repetitions included.
    pub notes_seen: u64,
    /// Best validation so far, nats per note.
    pub best: Option<f64>,
    /// Validations since the best one.
    pub validations_without_gain: u32,
}

/// Why a checkpoint could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// A file or folder could not be read or written.
    #[error("cannot use {path}")]
    Io {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The weights could not be used.
    #[error("cannot use the weights in {path}")]
    Weights {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: LoadModelError,
    },
    /// The weights could not be written.
    #[error(transparent)]
    Save(#[from] SaveModelError),
    /// The optimizer's state could not be used.
    #[error(
        "the optimizer state in {path} is damaged: {reason}; delete the folder to go on from the checkpoint before it"
    )]
    Optimizer {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The run was started on another corpus.
    #[error(
        "the run in {path} was trained on another corpus (manifest {found}, now {expected}): train in another folder"
    )]
    Corpus {
        /// The run's folder.
        path: PathBuf,
        /// Hash in the run.
        found: String,
        /// Hash of the corpus given.
        expected: String,
    },
}

pub(super) struct Found {
    pub(super) config: TrainConfig,
    pub(super) header: ModelHeader,
    pub(super) network: Network,
    pub(super) optimizer: OptimizerRecord,
    pub(super) progress: Progress,
}

#[derive(Serialize, Deserialize)]
struct State {
    config: TrainConfig,
    progress: Progress,
}

const WEIGHTS: &str = "weights.safetensors";
const OPTIMIZER: &str = "optimizer.bpk";
const STATE: &str = "state.json";

/// The newest complete checkpoint in a run's folder.
pub(super) fn load_last(
    folder: &Path,
    header: &ModelHeader,
    device: &Device,
) -> Result<Option<Found>, CheckpointError> {
    let Some((_, path)) = checkpoints(folder)?.pop() else { return Ok(None) };
    let weights = path.join(WEIGHTS);
    let model = Model::read(&weights, device).map_err(|source| CheckpointError::Weights { path: weights, source })?;
    if model.header.corpus != header.corpus {
        return Err(CheckpointError::Corpus {
            path: folder.to_owned(),
            found: model.header.corpus,
            expected: header.corpus.clone(),
        });
    }
    let state_path = path.join(STATE);
    let text = fs::read(&state_path).map_err(io_error(&state_path))?;
    let state: State = serde_json::from_slice(&text).map_err(|error| io_error(&state_path)(io::Error::other(error)))?;
    let optimizer_path = path.join(OPTIMIZER);
    let optimizer = OptimizerRecord::load(&optimizer_path)
        .map_err(|error| CheckpointError::Optimizer { path: optimizer_path, reason: error.to_string() })?;
    Ok(Some(Found {
        config: state.config,
        header: model.header,
        network: model.network,
        optimizer,
        progress: state.progress,
    }))
}

/// Writes a checkpoint beside the others, then removes the older ones.
pub(super) fn save_last(
    folder: &Path,
    network: &Network,
    optimizer: &ModuleOptimizer,
    config: &TrainConfig,
    header: &ModelHeader,
    progress: &Progress,
) -> Result<(), CheckpointError> {
    fs::create_dir_all(folder).map_err(io_error(folder))?;
    let scratch = folder.join("checkpoint.tmp");
    if scratch.exists() {
        fs::remove_dir_all(&scratch).map_err(io_error(&scratch))?;
    }
    fs::create_dir(&scratch).map_err(io_error(&scratch))?;
    let header = ModelHeader { steps: progress.step, notes_seen: progress.notes_seen, ..header.clone() };
    write(&scratch.join(WEIGHTS), &to_bytes(network, &header, Precision::Full)?)?;
    let optimizer_path = scratch.join(OPTIMIZER);
    optimizer
        .save(&optimizer_path)
        .map_err(|error| CheckpointError::Optimizer { path: optimizer_path.clone(), reason: error.to_string() })?;
    let state = State { config: config.clone(), progress: progress.clone() };
    let text = serde_json::to_vec_pretty(&state).map_err(|error| io_error(&scratch)(io::Error::other(error)))?;
    write(&scratch.join(STATE), &text)?;
    let path = folder.join(format!("checkpoint-{:08}", progress.step));
    if path.exists() {
        fs::remove_dir_all(&path).map_err(io_error(&path))?;
    }
    fs::rename(&scratch, &path).map_err(io_error(&path))?;
    for (step, old) in checkpoints(folder)? {
        if step < progress.step {
            fs::remove_dir_all(&old).map_err(io_error(&old))?;
        }
    }
    Ok(())
}

/// Writes the best weights so far, in half precision.
pub(super) fn save_best(folder: &Path, network: &Network, header: &ModelHeader) -> Result<(), CheckpointError> {
    fs::create_dir_all(folder).map_err(io_error(folder))?;
    let scratch = folder.join("best.tmp");
    write(&scratch, &to_bytes(network, header, Precision::Half)?)?;
    let path = folder.join("best.safetensors");
    fs::rename(&scratch, &path).map_err(io_error(&path))
}

/// Complete checkpoints, oldest first.
pub(crate) fn checkpoints(folder: &Path) -> Result<Vec<(u64, PathBuf)>, CheckpointError> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(io_error(folder))? {
        let path = entry.map_err(io_error(folder))?.path();
        let step = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_prefix("checkpoint-"));
        if let Some(step) = step.and_then(|step| step.parse().ok()) {
            found.push((step, path));
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Writes a file and waits until it is on disk.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), CheckpointError> {
    use io::Write;
    let write = || {
        let mut file = fs::File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(io_error(path))
}

pub(crate) fn io_error(path: &Path) -> impl Fn(io::Error) -> CheckpointError {
    let path = path.to_owned();
    move |source| CheckpointError::Io { path: path.clone(), source }
}
