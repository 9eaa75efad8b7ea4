//! A network with what has to be known to use it, and its file.
//!
//! Weights are stored as safetensors; one metadata entry, `ripieno`, holds the [`ModelHeader`] as JSON.

use std::collections::BTreeMap;
use std::path::Path;

use burn::store::{HalfPrecisionAdapter, ModuleSnapshot, SafetensorsStore};
use burn::tensor::Device;
use ripieno_datasets::{Corpus, Split};
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};

use crate::event::PartEvent;
use crate::habits::{Habits, Manner, Usual};
use crate::network::{Network, NetworkConfig};
use crate::personal::PersonalStyle;
use crate::train::Pieces;
use crate::training_record::TrainingRecord;
use crate::vocabulary;

/// What a weights file says about itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelHeader {
    /// Version of this header's layout.
    pub version: u32,
    /// Sizes of the network.
    pub network: NetworkConfig,
    /// [`vocabulary::fingerprint`] of the events that it was trained with.
    pub vocabulary: String,
    /// Names of the styles, in the order of the style table (without "no style").
    pub styles: Vec<String>,
    /// For each style, the instruments that most often play together, most frequent ensemble first.
    #[serde(default)]
    pub ensembles: BTreeMap<String, Vec<Vec<u8>>>,
    /// What pieces of each style are usually like; a style without is composed as the defaults say.
    #[serde(default)]
    pub habits: BTreeMap<String, Habits>,
    /// The weights that training started from; none where it began with random ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_from: Option<Box<Origin>>,
    /// Hash of the manifest of the corpus.
    pub corpus: String,
    /// Notes trained on, by licence.
    pub licences: BTreeMap<String, u64>,
    /// What it was trained on, and by whose leave; empty in weights from before this was written down.
    #[serde(default)]
    pub training: TrainingRecord,
    /// Optimizer steps.
    pub steps: u64,
    /// Notes predicted in training, repetitions included.
    pub notes_seen: u64,
    /// Nats per note on the validation split, where measured.
    pub validation: Option<f64>,
}

/// Weights that others were trained from, and what these had learnt before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// BLAKE3 of the weights file.
    pub weights: String,
    /// Hash of the manifest of its corpus.
    pub corpus: String,
    /// Notes that it was trained on, by licence.
    pub licences: BTreeMap<String, u64>,
    /// What it was trained on, and by whose leave.
    #[serde(default)]
    pub training: TrainingRecord,
    /// Its optimizer steps.
    pub steps: u64,
    /// Notes that it had predicted in training, repetitions included.
    pub notes_seen: u64,
    /// Where it came from in turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_from: Option<Box<Origin>>,
}

/// Why weights could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadModelError {
    /// The file could not be read.
    #[error("the weights cannot be read")]
    Read(#[from] std::io::Error),
    /// Not a safetensors file, or one that ripieno did not write.
    #[error("this is not a ripieno weights file: {0}")]
    NotWeights(String),
    /// Trained with other events.
    #[error(
        "the weights were trained with event vocabulary {found}, this program speaks {expected}: use the program version that trained them"
    )]
    Vocabulary {
        /// In the file.
        found: String,
        /// In the program.
        expected: String,
    },
    /// Tensors missing or of another shape.
    #[error("the weights do not fit the network that their header describes: {0}")]
    Tensors(String),
}

/// Why weights could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the weights cannot be written: {0}")]
pub struct SaveModelError(String);

impl SaveModelError {
    pub(crate) fn new(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// Precision of stored weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// 32 bits: for checkpoints that training goes on from.
    Full,
    /// 16 bits: for models that are shipped.
    Half,
}

/// A network ready to use.
#[derive(Debug, Clone)]
pub struct Model {
    /// What the file says.
    pub header: ModelHeader,
    /// The network, without gradients.
    pub network: Network,
    /// Where it lives.
    pub device: Device,
    /// Personal styles that were added; the last rows of the style table are theirs.
    pub(crate) personal: Vec<PersonalStyle>,
}

impl Model {
    /// Reads weights from a file.
    pub fn read(path: &Path, device: &Device) -> Result<Self, LoadModelError> {
        Self::from_bytes(std::fs::read(path)?, device)
    }

    /// Reads weights from memory.
    pub fn from_bytes(bytes: Vec<u8>, device: &Device) -> Result<Self, LoadModelError> {
        let header = read_header(&bytes)?;
        let mut network = header.network.init(device, 0);
        let half = is_half(&bytes)?;
        let mut store = SafetensorsStore::from_bytes(Some(bytes));
        if half {
            // The adapter turns half into full precision, but full into half as well.
            store = store.with_from_adapter(HalfPrecisionAdapter::new());
        }
        let result = network.load_from(&mut store).map_err(|error| LoadModelError::Tensors(error.to_string()))?;
        if !result.missing.is_empty() || !result.errors.is_empty() {
            return Err(LoadModelError::Tensors(format!(
                "{} tensors missing, {} with errors",
                result.missing.len(),
                result.errors.len()
            )));
        }
        Ok(Self { header, network, device: device.clone(), personal: Vec::new() })
    }

    /// The weights as a file's content.
    pub fn to_bytes(&self, precision: Precision) -> Result<Vec<u8>, SaveModelError> {
        to_bytes(&self.network, &self.header, precision)
    }

    /// The index of a style in the style table, 1 for the first.
    pub fn style_index(&self, name: &str) -> Option<usize> {
        self.header.styles.iter().position(|style| style == name).map(|index| index + 1)
    }
}

/// A network's weights as a file's content.
pub fn to_bytes(network: &Network, header: &ModelHeader, precision: Precision) -> Result<Vec<u8>, SaveModelError> {
    let failed = |error: &dyn std::fmt::Display| SaveModelError(error.to_string());
    let header = serde_json::to_string(header).map_err(|error| failed(&error))?;
    let mut store = SafetensorsStore::from_bytes(None).metadata(METADATA_KEY, header);
    if precision == Precision::Half {
        store = store.with_to_adapter(HalfPrecisionAdapter::new());
    }
    network.save_into(&mut store).map_err(|error| failed(&error))?;
    store.get_bytes().map_err(|error| failed(&error))
}

/// The header alone.
pub fn read_header(bytes: &[u8]) -> Result<ModelHeader, LoadModelError> {
    let not_weights = |reason: String| LoadModelError::NotWeights(reason);
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|error| not_weights(error.to_string()))?;
    let text = metadata
        .metadata()
        .as_ref()
        .and_then(|entries| entries.get(METADATA_KEY))
        .ok_or_else(|| not_weights(format!("its header has no `{METADATA_KEY}` entry")))?;
    let header: ModelHeader = serde_json::from_str(text).map_err(|error| not_weights(error.to_string()))?;
    let expected = vocabulary::fingerprint();
    if header.vocabulary != expected {
        return Err(LoadModelError::Vocabulary { found: header.vocabulary, expected });
    }
    let is_instrument = |&instrument: &u8| usize::from(instrument) < vocabulary::INSTRUMENTS;
    if !header.ensembles.values().flatten().flatten().all(is_instrument) {
        return Err(not_weights("it names instruments that do not exist".into()));
    }
    if !header.habits.values().all(Habits::is_valid) {
        return Err(not_weights("what it says of its styles' habits makes no sense".into()));
    }
    Ok(header)
}

impl ModelHeader {
    /// The habits of the styles of a mix, which has a weight for each row of the style table ("no style" first), with their
    /// weights; `None` without a style, and where one of its styles is not known by its habits.
    pub(crate) fn habits_in(&self, weights: &[f32]) -> Option<Vec<(&Habits, f32)>> {
        let used = weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0);
        let of_row = |row: usize| self.habits.get(self.styles.get(row.checked_sub(1)?)?);
        used.map(|(row, weight)| Some((of_row(row)?, *weight))).collect()
    }

    /// How notes are in a piece of [a mix](Self::habits_in) for such parts, drawn by a number in `0.0..1.0`; `None` also where
    /// habits do not tell.
    pub(crate) fn manner(&self, weights: &[f32], parts: &[PartEvent], unit: f32) -> Option<Manner> {
        let habits = self.habits_in(weights)?;
        let of_style = |(habits, weight): (&Habits, f32)| Some((habits.manner(parts, unit)?, weight));
        let manners: Vec<(Manner, f32)> = habits.into_iter().map(of_style).collect::<Option<_>>()?;
        let by_weight: Vec<(&Manner, f32)> = manners.iter().map(|(manner, weight)| (manner, *weight)).collect();
        Manner::mixed(&by_weight)
    }

    /// Notes a quarter note that are usual in a piece of [a mix](Self::habits_in), for as nearly as possible so many parts.
    pub(crate) fn usual_rate(&self, weights: &[f32], parts: usize) -> Option<f32> {
        let habits = self.habits_in(weights)?;
        let all: f32 = habits.iter().map(|(_, weight)| weight).sum();
        let logs = habits.iter().map(|(habits, weight)| Some(weight * habits.rate(parts)?.ln()));
        Some((logs.sum::<Option<f32>>()? / all).exp()).filter(|_| all > 0.0)
    }

    /// The rhythm that is usual in one of the styles of [a mix](Self::habits_in); everything where its habits are not known.
    pub(crate) fn usual(&self, weights: &[f32]) -> Usual {
        Usual::of(self.habits_in(weights).into_iter().flatten().map(|(habits, _)| habits))
    }

    /// The header of a model that is to be trained on `corpus`.
    pub fn for_corpus(corpus: &Corpus, pieces: &Pieces) -> Self {
        let mut licences = BTreeMap::new();
        for record in corpus.pieces().iter().filter(|record| record.split == Split::Train) {
            *licences.entry(record.licence.name().to_owned()).or_default() += record.notes as u64;
        }
        Self {
            version: 1,
            network: NetworkConfig { styles: corpus.styles().len(), ..NetworkConfig::default() },
            vocabulary: vocabulary::fingerprint(),
            styles: corpus.styles().to_vec(),
            ensembles: pieces.ensembles(corpus.styles()),
            habits: pieces.habits(corpus.styles()),
            started_from: None,
            corpus: corpus.manifest_hash().to_owned(),
            licences,
            training: TrainingRecord::of_corpus(corpus),
            steps: 0,
            notes_seen: 0,
            validation: None,
        }
    }
}

/// Whether a weights file is in half precision.
fn is_half(bytes: &[u8]) -> Result<bool, LoadModelError> {
    let tensors = SafeTensors::deserialize(bytes).map_err(|error| LoadModelError::NotWeights(error.to_string()))?;
    Ok(tensors.iter().any(|(_, tensor)| tensor.dtype() == Dtype::F16))
}

const METADATA_KEY: &str = "ripieno";
