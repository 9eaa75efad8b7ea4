//! The base model, inside the library.

use burn::tensor::Device;

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
