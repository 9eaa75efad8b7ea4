//! A personal style as a file: safetensors with the header as JSON in the metadata entry `ripieno-style`.

use std::collections::BTreeMap;

use half::f16;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};

use super::Factors;
use super::factors::Changes;
use crate::habits::Habits;
use crate::model::Precision;

/// Largest file that is read as a personal style, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

const METADATA_KEY: &str = "ripieno-style";
const VERSION: u32 = 1;
const VECTOR: &str = "vector";
const INDEX: &str = "originality";
/// Highest rank of a change.
const MOST_RANK: usize = 64;

/// What a personal style says about itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StyleHeader {
    /// Version of this header's layout.
    pub version: u32,
    /// What it is called.
    pub name: String,
    /// [`Model::fingerprint`](crate::model::Model::fingerprint) of the base model.
    pub base: String,
    /// [`vocabulary::fingerprint`](crate::vocabulary::fingerprint) of its events.
    pub vocabulary: String,
    /// Hash of the manifest of the music that it was trained on.
    pub corpus: String,
    /// Pieces that it was trained on, and those that training was watched with.
    pub pieces: (usize, usize),
    /// Notes of these pieces.
    pub notes: (usize, usize),
    /// Notes by the licence of their file; `unknown` where nobody said anything.
    pub licences: BTreeMap<String, u64>,
    /// By whose leave music without a licence was used; empty where there was none.
    #[serde(default)]
    pub leave: String,
    /// Instruments that play together in its pieces, most frequent ensemble first.
    pub ensembles: Vec<Vec<u8>>,
    /// What its pieces are usually like; nothing in styles that were trained before this was counted.
    #[serde(default)]
    pub habits: Option<Habits>,
    /// Base styles that together come nearest, with their shares; training began there.
    pub nearest: Vec<(String, f32)>,
    /// Nats per note of the watched pieces in that mix.
    pub nats_before: f64,
    /// Nats per note of the watched pieces in this style.
    pub nats: f64,
    /// Optimizer steps until here.
    pub steps: u64,
    /// Notes predicted in training, repetitions included.
    pub notes_seen: u64,
    /// How long training took, in minutes.
    #[serde(default)]
    pub minutes: f64,
}

/// A style vector and changes of weights.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonalStyle {
    /// What it says about itself.
    pub header: StyleHeader,
    /// As long as the base model's style vectors.
    pub vector: Vec<f32>,
    /// By path of the weight matrix.
    pub(crate) changes: Changes,
}

/// Why a file is no personal style.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadStyleError {
    /// It is something else.
    #[error("this is no personal style of ripieno: {0}")]
    Foreign(String),
    /// It is larger than any.
    #[error("this is no personal style of ripieno: it is larger than {} KB", MAX_BYTES / 1024)]
    TooLarge,
    /// It was written by another version of this program.
    #[error("it has format version {found}, this program reads version {VERSION}: use the program that wrote it")]
    Version {
        /// Its version.
        found: u32,
    },
    /// Its numbers are wrong.
    #[error("it is damaged: {0}")]
    Damaged(String),
}

impl PersonalStyle {
    /// The style as a file's content; `index` is the originality index of its music where that goes along.
    ///
    /// # Panics
    /// Never: all is in memory, and the names of tensors differ.
    pub fn to_bytes(&self, precision: Precision, index: Option<&[u8]>) -> Vec<u8> {
        let mut header = self.header.clone();
        header.version = VERSION;
        let header = serde_json::to_string(&header).expect("plain data becomes JSON");
        let dtype = match precision {
            Precision::Full => Dtype::F32,
            Precision::Half => Dtype::F16,
        };
        let encode = |values: &[f32]| -> Vec<u8> {
            match precision {
                Precision::Full => values.iter().flat_map(|x| x.to_le_bytes()).collect(),
                Precision::Half => values.iter().flat_map(|&x| f16::from_f32(x).to_le_bytes()).collect(),
            }
        };
        let mut tensors = vec![(VECTOR.to_owned(), dtype, vec![self.vector.len()], encode(&self.vector))];
        for (path, factors) in &self.changes {
            let [rows, columns] = factors.shape();
            tensors.push((format!("{path}.a"), dtype, vec![rows, factors.rank], encode(&factors.a)));
            tensors.push((format!("{path}.b"), dtype, vec![factors.rank, columns], encode(&factors.b)));
        }
        if let Some(index) = index {
            tensors.push((INDEX.to_owned(), Dtype::U8, vec![index.len()], index.to_vec()));
        }
        let views = tensors.iter().map(|(name, dtype, shape, bytes)| {
            (name.as_str(), TensorView::new(*dtype, shape.clone(), bytes).expect("as many bytes as the shape says"))
        });
        let metadata = Some([(METADATA_KEY.to_owned(), header)].into());
        safetensors::serialize(views, metadata).expect("tensors of the right size")
    }

    /// Reads a style, and the originality index that came along.
    ///
    /// # Errors
    /// When the bytes are no personal style, are damaged, or were written by another version. Whether it fits a model,
    /// [`Model::check_style`](crate::model::Model::check_style) says.
    pub fn from_bytes(bytes: &[u8]) -> Result<(Self, Option<Vec<u8>>), ReadStyleError> {
        if bytes.len() > MAX_BYTES { Err(ReadStyleError::TooLarge) } else { Self::parse(bytes) }
    }

    /// The same whatever the size: checkpoints are in full precision.
    pub(super) fn parse(bytes: &[u8]) -> Result<(Self, Option<Vec<u8>>), ReadStyleError> {
        let header = read_header(bytes)?;
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| ReadStyleError::Foreign(error.to_string()))?;
        let damaged = |problem: String| ReadStyleError::Damaged(problem);
        let (mut vector, mut index) = (None, None);
        // Shape and values of each factor, by the path of the weights that they change.
        type Half = Option<(Vec<usize>, Vec<f32>)>;
        let mut halves: BTreeMap<String, [Half; 2]> = BTreeMap::new();
        for (name, tensor) in tensors.tensors() {
            if name == INDEX {
                index = Some(tensor.data().to_vec());
                continue;
            }
            let values = numbers(&tensor).ok_or_else(|| damaged(format!("`{name}` holds no numbers")))?;
            match (name.as_str(), name.rsplit_once('.')) {
                (VECTOR, _) => vector = Some(values),
                (_, Some((path, which @ ("a" | "b")))) => {
                    halves.entry(path.to_owned()).or_default()[usize::from(which == "b")] =
                        Some((tensor.shape().to_vec(), values));
                }
                _ => return Err(damaged(format!("`{name}` does not belong here"))),
            }
        }
        let mut changes = Changes::new();
        for (path, halves) in halves {
            let factors = factors(halves).ok_or_else(|| damaged(format!("the matrices of `{path}` do not fit")))?;
            changes.insert(path, factors);
        }
        let vector = vector.ok_or_else(|| damaged("it has no style vector".into()))?;
        Ok((Self { header, vector, changes }, index))
    }

    /// Numbers that were learnt.
    pub fn parameters(&self) -> usize {
        self.vector.len() + self.changes.values().map(|factors| factors.a.len() + factors.b.len()).sum::<usize>()
    }
}

fn read_header(bytes: &[u8]) -> Result<StyleHeader, ReadStyleError> {
    let foreign = |reason: String| ReadStyleError::Foreign(reason);
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|error| foreign(error.to_string()))?;
    let entries = metadata.metadata().as_ref();
    let text = entries.and_then(|entries| entries.get(METADATA_KEY)).ok_or_else(|| {
        let is_model = entries.is_some_and(|entries| entries.contains_key("ripieno"));
        let model = "it is a whole model, which --model takes";
        foreign(if is_model { model.into() } else { format!("its header has no `{METADATA_KEY}` entry") })
    })?;
    /// The part of a header that every version has.
    #[derive(Deserialize)]
    struct Version {
        version: u32,
    }
    let Version { version } = serde_json::from_str(text).map_err(|error| foreign(error.to_string()))?;
    if version != VERSION {
        return Err(ReadStyleError::Version { found: version });
    }
    serde_json::from_str(text).map_err(|error| foreign(error.to_string()))
}

fn numbers(tensor: &TensorView<'_>) -> Option<Vec<f32>> {
    let bytes = tensor.data();
    let values: Vec<f32> = match tensor.dtype() {
        Dtype::F32 => bytes.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect(),
        Dtype::F16 => bytes.as_chunks().0.iter().map(|&bytes| f16::from_le_bytes(bytes).to_f32()).collect(),
        _ => return None,
    };
    values.iter().all(|value| value.is_finite()).then_some(values)
}

fn factors([a, b]: [Option<(Vec<usize>, Vec<f32>)>; 2]) -> Option<Factors> {
    let ((a_shape, a), (b_shape, b)) = (a?, b?);
    let ([_, rank], [b_rank, _]) = (a_shape.as_slice(), b_shape.as_slice()) else { return None };
    (rank == b_rank && (1..=MOST_RANK).contains(rank)).then_some(Factors { rank: *rank, a, b })
}
