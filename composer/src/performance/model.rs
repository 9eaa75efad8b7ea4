//! A performance network with what has to be known to use it, and its file: safetensors with one metadata entry.

use std::collections::BTreeMap;

use burn::store::{HalfPrecisionAdapter, ModuleSnapshot, SafetensorsStore};
use burn::tensor::Device;
use safetensors::SafeTensors;
use serde::{Deserialize, Serialize};

use super::memory::MEMORIES;
use super::network::{PerformanceConfig, PerformanceNetwork};
use super::scale::{TIMINGS, VELOCITIES};
use super::sheet::FEATURES;
use crate::model::{LoadModelError, SaveModelError};
use crate::provenance::{ModelId, hash};
use crate::training_record::TrainingRecord;

/// The metadata entry that holds the header.
const METADATA_KEY: &str = "ripieno-performance";

/// The weights inside the library, in half precision; `composer/weights/PERFORMANCE_CARD.md` says what they were trained on.
pub const WEIGHTS: &[u8] = include_bytes!("../../weights/performance.safetensors");

/// What a performance network's file says about itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PerformanceHeader {
    /// Version of this header's layout.
    pub version: u32,
    /// Sizes of the network.
    pub network: PerformanceConfig,
    /// [`fingerprint`] of what it reads and says.
    pub vocabulary: String,
    /// Hash of the manifest of the corpus.
    pub corpus: String,
    /// Notes trained on, by licence.
    pub licences: BTreeMap<String, u64>,
    /// What it was trained on, and by whose leave.
    pub training: TrainingRecord,
    /// How far people play from what is written.
    pub people: People,
    /// Optimizer steps.
    pub steps: u64,
    /// Notes predicted in training, repetitions included.
    pub notes_seen: u64,
    /// Nats per timing and per velocity on the validation split, pitched and drums; where measured.
    pub validation: Option<[f64; 4]>,
}

/// Measured on the performances trained on.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct People {
    /// Standard deviation of the velocity of pitched parts against the level around it.
    pub pitched_velocity: f32,
    /// Standard deviation of the timing of pitched parts, in hundredths of a quarter note.
    pub pitched_timing: f32,
    /// The same for drums.
    pub drums_velocity: f32,
    /// Standard deviation of the timing of drums, in milliseconds.
    pub drums_timing: f32,
    /// Standard deviation of hits that are struck together from their mean, in milliseconds.
    pub together: f32,
    /// How much of it a hand keeps from one hit to the next: their correlation, `0.0..1.0`.
    pub together_kept: f32,
}

/// A performance network ready to use.
#[derive(Debug, Clone)]
pub struct PerformanceModel {
    /// What the file says.
    pub header: PerformanceHeader,
    pub(super) network: PerformanceNetwork,
    pub(super) device: Device,
}

/// What the network reads and says: weights of another program fit no more when it changes.
pub fn fingerprint() -> String {
    format!("performance-1-{FEATURES}-{MEMORIES}-{TIMINGS}-{VELOCITIES}")
}

impl PerformanceModel {
    /// The model inside the library, on the processor.
    ///
    /// # Errors
    /// When the weights in the program cannot be read.
    pub fn shipped() -> Result<Self, LoadModelError> {
        Self::from_bytes(WEIGHTS.to_vec())
    }

    /// Reads weights from memory.
    ///
    /// # Errors
    /// When they are none, or of another program.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, LoadModelError> {
        // The network is small: a processor plays a piece before a card has begun.
        let device = Device::flex();
        let header = read_header(&bytes)?;
        let mut network = header.network.init(&device, 0);
        let mut store = SafetensorsStore::from_bytes(Some(bytes)).with_from_adapter(HalfPrecisionAdapter::new());
        let result = network.load_from(&mut store).map_err(|error| LoadModelError::Tensors(error.to_string()))?;
        if !result.missing.is_empty() || !result.errors.is_empty() {
            let (missing, wrong) = (result.missing.len(), result.errors.len());
            return Err(LoadModelError::Tensors(format!("{missing} tensors missing, {wrong} with errors")));
        }
        Ok(Self { header, network, device })
    }

    /// The weights as a file's content, in half precision.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SaveModelError> {
        to_bytes(&self.network, &self.header)
    }

    /// What a record says about the weights inside the library.
    ///
    /// # Errors
    /// When the weights in the program cannot be read.
    pub fn shipped_id() -> Result<ModelId, LoadModelError> {
        Ok(read_header(WEIGHTS)?.id(hash(WEIGHTS)))
    }

    /// What a record says about the weights, from their [`hash`](crate::provenance::hash).
    pub fn id(&self, weights: String) -> ModelId {
        self.header.id(weights)
    }
}

impl PerformanceHeader {
    fn id(&self, weights: String) -> ModelId {
        let licences = self.licences.iter().map(|(name, notes)| format!("{name} ({notes} notes)"));
        ModelId {
            weights,
            vocabulary: self.vocabulary.clone(),
            corpus: self.corpus.clone(),
            steps: self.steps,
            training_licences: licences.collect::<Vec<_>>().join(", "),
        }
    }
}

pub(super) fn to_bytes(network: &PerformanceNetwork, header: &PerformanceHeader) -> Result<Vec<u8>, SaveModelError> {
    let header = serde_json::to_string(header).map_err(SaveModelError::new)?;
    let mut store =
        SafetensorsStore::from_bytes(None).metadata(METADATA_KEY, header).with_to_adapter(HalfPrecisionAdapter::new());
    network.save_into(&mut store).map_err(SaveModelError::new)?;
    store.get_bytes().map_err(SaveModelError::new)
}

fn read_header(bytes: &[u8]) -> Result<PerformanceHeader, LoadModelError> {
    let not_weights = |reason: String| LoadModelError::NotWeights(reason);
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|error| not_weights(error.to_string()))?;
    let entries = metadata.metadata().as_ref();
    let text = entries
        .and_then(|entries| entries.get(METADATA_KEY))
        .ok_or_else(|| not_weights(format!("its header has no `{METADATA_KEY}` entry")))?;
    let header: PerformanceHeader = serde_json::from_str(text).map_err(|error| not_weights(error.to_string()))?;
    let expected = fingerprint();
    if header.vocabulary != expected {
        return Err(LoadModelError::Vocabulary { found: header.vocabulary, expected });
    }
    Ok(header)
}
