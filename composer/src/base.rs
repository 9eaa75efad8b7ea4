//! The base model, inside the library.

use burn::tensor::Device;
use ripieno_datasets::originality::{Index, ReadIndexError};

use crate::model::{LoadModelError, Model, ModelHeader, read_header};

/// The weights, in half precision; `composer/weights/MODEL_CARD.md` says what they were trained on.
pub const WEIGHTS: &[u8] = include_bytes!("../weights/base.safetensors");

/// The base model on a device.
pub fn load(device: &Device) -> Result<Model, LoadModelError> {
    Model::from_bytes(WEIGHTS.to_vec(), device)
}

/// What the base model says about itself.
pub fn header() -> Result<ModelHeader, LoadModelError> {
    read_header(WEIGHTS)
}

/// What the base model was trained on, as an index for finding copies of it; `ripieno data index` made it.
pub const ORIGINALITY: &[u8] = include_bytes!("../weights/base.originality");

/// The index of what the base model was trained on.
pub fn originality() -> Result<Index, ReadIndexError> {
    let index = Index::from_bytes(ORIGINALITY)?;
    header().map_or(Ok(()), |header| index.check_corpus(&header.corpus))?;
    Ok(index)
}
