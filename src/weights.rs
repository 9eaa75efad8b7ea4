//! The weights that are composed with, and the index of what they were trained on, which lies beside them.

use std::path::Path;

use anyhow::Context;
use ripieno_composer::base;
use ripieno_composer::device::DeviceChoice;
use ripieno_composer::model::Model;
use ripieno_composer::provenance::{ModelId, hash};
use ripieno_datasets::originality::Index;

use crate::failure::InputError;

/// An index and its hash.
pub(crate) type HashedIndex = (Index, String);

/// The base model, or another.
pub(crate) fn model(path: Option<&Path>, device: DeviceChoice) -> anyhow::Result<(Model, ModelId)> {
    let Some(path) = path else {
        let model = base::load(&device.device()).context("the built-in weights do not load")?;
        return Ok((model, ModelId::base()?));
    };
    let bytes = std::fs::read(path).map_err(|error| refused(path, error))?;
    let hash = hash(&bytes);
    let model = Model::from_bytes(bytes, &device.device()).map_err(|error| refused(path, error))?;
    let id = ModelId::of(hash, &model.header);
    Ok((model, id))
}

/// The same with the index of what the model was trained on: the base model's is in the program, another's lies beside its
/// weights. Both are opened at the same time, since each takes about as long as the other.
pub(crate) fn model_and_index(
    path: Option<&Path>,
    device: DeviceChoice,
) -> anyhow::Result<(Model, ModelId, Option<HashedIndex>)> {
    let (found, index) = rayon::join(|| model(path, device), || index_beside(path));
    let (model, id) = found?;
    let index = index?;
    if let Some((index, _)) = &index {
        let beside = path.map_or_else(|| "the built-in index".into(), |path| path.with_extension("originality"));
        index.check_corpus(&model.header.corpus).map_err(|error| refused(&beside, error))?;
    }
    Ok((model, id, index))
}

fn index_beside(weights: Option<&Path>) -> anyhow::Result<Option<HashedIndex>> {
    let Some(weights) = weights else {
        let index = Index::from_bytes(base::ORIGINALITY).context("the built-in index does not load")?;
        return Ok(Some((index, hash(base::ORIGINALITY))));
    };
    let path = weights.with_extension("originality");
    if !path.exists() {
        tracing::warn!("there is no {}: nobody looks for copies of what the model was trained on", path.display());
        return Ok(None);
    }
    let bytes = std::fs::read(&path).map_err(|error| refused(&path, error))?;
    let index = Index::from_bytes(&bytes).map_err(|error| refused(&path, error))?;
    Ok(Some((index, hash(&bytes))))
}

fn refused(path: &Path, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> InputError {
    InputError { message: format!("cannot use {}", path.display()), source: Some(source.into()) }
}
