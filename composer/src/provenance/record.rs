//! What is told about a piece.

use std::collections::{BTreeMap, HashMap};
use std::iter::successors;

use ripieno_score::{Instrument, Key, Meter, Note, Score};
use serde::{Deserialize, Serialize};

use super::music::Music;
use super::origin::Origin;
use super::told::TooLarge;
use crate::base;
use crate::compose::controls::{Controls, Curve, Curves, FormWish, PartChoice, Progression};
use crate::compose::{Composition, Wishes};
use crate::event::PartEvent;
use crate::generate::Sampling;
use crate::model::{LoadModelError, ModelHeader};
use crate::performance::{Humanized, PerformanceModel};

/// The layout that this program writes, and the highest that it reads.
pub const LAYOUT: u32 = 1;

/// Digits of a hash that are enough for a person to tell two apart.
const SHOWN_OF_A_HASH: usize = 12;

/// How a piece came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// [`LAYOUT`] of the program that wrote it.
    pub layout: u32,
    /// Name and version of that program.
    pub program: String,
    /// What kind of thing the piece is.
    pub digital_source_type: DigitalSourceType,
    /// What was asked for.
    pub made: Made,
    /// The weights.
    pub model: ModelId,
    /// Styles of the person's own that were mixed in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub personal_styles: Vec<StyleId>,
    /// What the person gave before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<Music>,
    /// The piece as it was written.
    pub piece: Music,
}

/// Terms of the [IPTC](https://cv.iptc.org/newscodes/digitalsourcetype/) for where something digital comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DigitalSourceType {
    /// Made by a trained model.
    #[serde(rename = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia")]
    Trained,
    /// Made by a person and a trained model together.
    #[serde(rename = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia")]
    CompositeWithTrained,
}

impl DigitalSourceType {
    /// The term, an address that explains it.
    pub const fn uri(self) -> &'static str {
        match self {
            Self::Trained => "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
            Self::CompositeWithTrained => {
                "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
            }
        }
    }
}

/// The way in which a piece was made.
#[expect(clippy::large_enum_variant, reason = "there is one of it, in a record")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Made {
    /// By [`compose`](crate::compose::compose): the same again gives the same piece.
    Composed(Composed),
    /// In real time, together with a person or alone: it cannot be played again but from its notes.
    Improvised(Improvised),
    /// By [`humanize`](crate::performance::humanize) alone: all notes were there before, and the same again gives the same.
    Played(Played),
}

/// What was asked of [`compose`](crate::compose::compose).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Composed {
    /// All wishes, the random seed among them.
    pub wishes: Wishes,
    /// The longest copy that was allowed, in notes that say something; absent where nobody looked for copies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_overlap: Option<f32>,
    /// BLAKE3 of the index in which copies were looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub originality_index: Option<String>,
    /// Where the network computed.
    pub device: String,
    /// The weights that know how people play, where the piece was humanized.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub performance: Option<ModelId>,
}

/// How a piece was humanized that was there before: it is the record's seed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Played {
    /// How far it was played as people do, `0.0..=1.0`.
    pub humanize: f32,
    /// Seed of the random numbers.
    pub random_seed: u64,
}

/// How an improvisation began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Improvised {
    /// Names and weights of styles.
    pub styles: Vec<(String, f32)>,
    /// The machine's parts.
    pub parts: Vec<PartEvent>,
    /// The key that was asked for.
    pub key: Option<Key>,
    /// Quarter notes a minute at the start.
    pub tempo_bpm: f64,
    /// The meter.
    pub meter: Meter,
    /// How classes were drawn at the start.
    pub sampling: Sampling,
    /// Density class at the start, where one was asked for.
    pub density: Option<u8>,
    /// Who played what at the start, in a word.
    pub playing: String,
    /// Seed of the random numbers.
    pub random_seed: u64,
}

/// Weights, and what they have learnt from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelId {
    /// BLAKE3 of the weights file.
    pub weights: String,
    /// Fingerprint of the event vocabulary.
    pub vocabulary: String,
    /// Hash of the manifest of the corpus.
    pub corpus: String,
    /// Optimizer steps, those of the weights that they were begun from included.
    pub steps: u64,
    /// Licences of the training data with the number of notes under each, in a line.
    pub training_licences: String,
}

/// A style that a person taught the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StyleId {
    /// Its name.
    pub name: String,
    /// BLAKE3 of its file.
    pub hash: String,
}

/// What surrounds a composition, beside the wishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circumstances {
    /// Name and version of the program.
    pub program: String,
    /// The weights.
    pub model: ModelId,
    /// Styles of the person's own.
    pub personal_styles: Vec<StyleId>,
    /// BLAKE3 of the originality index.
    pub originality_index: Option<String>,
    /// Where the network computes.
    pub device: String,
}

impl ModelId {
    /// Of a weights file with this [`hash`].
    pub fn of(weights: String, header: &ModelHeader) -> Self {
        let licences: BTreeMap<_, _> = header.licences.iter().collect();
        let licences: Vec<String> = licences.iter().map(|(name, notes)| format!("{name} ({notes} notes)")).collect();
        let origins = successors(header.started_from.as_deref(), |origin| origin.started_from.as_deref());
        Self {
            weights,
            vocabulary: header.vocabulary.clone(),
            corpus: header.corpus.clone(),
            steps: header.steps + origins.map(|origin| origin.steps).sum::<u64>(),
            training_licences: licences.join(", "),
        }
    }

    /// Of the base model.
    ///
    /// # Errors
    /// When the weights in the program cannot be read.
    pub fn base() -> Result<Self, LoadModelError> {
        Ok(Self::of(hash(base::WEIGHTS), &base::header()?))
    }

    /// The beginning of the hash of the weights, for people.
    pub fn short(&self) -> &str {
        self.weights.get(..SHOWN_OF_A_HASH).unwrap_or(&self.weights)
    }
}

/// BLAKE3 of a file's bytes, in hexadecimal.
pub fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

impl Record {
    /// Of a composed piece. `seed` is what the person gave, with the origins of its notes: a piece that was composed
    /// before is not the person's.
    ///
    /// # Errors
    /// When it is more than can be read again.
    pub fn of_composition(
        around: &Circumstances,
        wishes: &Wishes,
        seed: Option<(&Score, &[Vec<Origin>])>,
        composition: &Composition,
    ) -> Result<Self, TooLarge> {
        let mut given: HashMap<(Instrument, Note), Vec<Origin>> = HashMap::new();
        for (part, origins) in seed.iter().flat_map(|(score, origins)| score.parts.iter().zip(*origins)) {
            for (note, &origin) in part.notes.iter().zip(origins).rev() {
                given.entry((part.instrument, *note)).or_default().push(origin);
            }
        }
        let mut origin = |instrument: Instrument, note: &Note, is_given: bool| match is_given {
            true => given.get_mut(&(instrument, *note)).and_then(Vec::pop).unwrap_or(Origin::Person),
            false => Origin::Machine,
        };
        let parts = composition.score.parts.iter().zip(composition.as_written.iter().zip(&composition.given));
        let origins: Vec<Vec<Origin>> = parts
            .map(|(part, (notes, given))| {
                // A person's note is the person's also when it was moved because the person asked for it.
                let notes = notes.iter().zip(given);
                notes.map(|(note, &is_given)| origin(part.instrument, note, is_given)).collect()
            })
            .collect();
        let seed = seed.map(|(score, origins)| Music::of(score, origins)).transpose()?;
        let composed = Composed {
            wishes: Wishes { overlap_limit: None, ..wishes.clone() },
            max_overlap: wishes.overlap_limit.as_ref().map(|limit| limit.max_overlap),
            originality_index: around.originality_index.clone().filter(|_| wishes.overlap_limit.is_some()),
            device: around.device.clone(),
            performance: (wishes.humanize > 0.0).then(PerformanceModel::shipped_id).transpose().unwrap_or_default(),
        };
        let piece = Music::as_written(&composition.score, &origins, &[])?;
        Ok(Self::new(around, Made::Composed(composed), seed, piece))
    }

    /// Of a piece that was there before and is played now. `origins` are those of the notes of `given`; whose a note is does
    /// not change by playing it.
    ///
    /// # Errors
    /// When it is more than can be read again.
    pub fn of_playing(
        around: &Circumstances,
        played: Played,
        (given, origins): (&Score, &[Vec<Origin>]),
        humanized: &Humanized,
    ) -> Result<Self, TooLarge> {
        let seed = Music::of(given, origins)?;
        let piece = Music::as_written(&humanized.score, &humanized.in_order(origins), &[])?;
        Ok(Self::new(around, Made::Played(played), Some(seed), piece))
    }

    /// Of a piece that was made in some way.
    pub fn new(around: &Circumstances, made: Made, seed: Option<Music>, piece: Music) -> Self {
        let is_ours = |music: &Music| music.count(Origin::Person) + music.count(Origin::Edited) > 0;
        let has_person = seed.iter().chain([&piece]).any(is_ours);
        Self {
            layout: LAYOUT,
            program: around.program.clone(),
            digital_source_type: match has_person {
                true => DigitalSourceType::CompositeWithTrained,
                false => DigitalSourceType::Trained,
            },
            made,
            model: around.model.clone(),
            personal_styles: around.personal_styles.clone(),
            seed,
            piece,
        }
    }

    /// The random seed.
    pub fn random_seed(&self) -> u64 {
        match &self.made {
            Made::Composed(composed) => composed.wishes.seed,
            Made::Improvised(improvised) => improvised.random_seed,
            Made::Played(played) => played.random_seed,
        }
    }

    /// A line for people, and for programs that keep texts only.
    pub fn summary(&self) -> String {
        let verb = match self.made {
            Made::Composed(_) => "Composed",
            Made::Improvised(_) => "Improvised live",
            Made::Played(_) => "Played",
        };
        let [person, machine, edited] =
            [Origin::Person, Origin::Machine, Origin::Edited].map(|origin| self.piece.count(origin));
        let edited = if edited > 0 { format!(", {edited} edited in between") } else { String::new() };
        format!(
            "{verb} with {} (AI; weights {}, random seed {}): {person} notes by the person, {machine} by the machine{edited}. \
             Digital source type {}",
            self.program,
            self.model.short(),
            self.random_seed(),
            self.digital_source_type.uri(),
        )
    }
}

impl Composed {
    /// Whether the wishes are such as could have been asked for: a record comes from anywhere.
    ///
    /// # Errors
    /// When they are not.
    pub fn check(&self) -> Result<(), BadWishes> {
        let Wishes { styles, style_strength, parts, key, tempo_bpm, sampling, candidates, .. } = &self.wishes;
        let Sampling { temperature, top_p, min_p } = sampling;
        let checks = [
            ("styles", styles.len() <= 256 && styles.iter().all(|(_, weight)| (0.0..=1e6).contains(weight))),
            ("style_strength", (0.0..=10.0).contains(style_strength)),
            ("parts", parts.iter().all(|part| part.instrument <= 128)),
            ("key", key.is_none_or(|key| key.tonic < 12)),
            ("tempo_bpm", tempo_bpm.is_none_or(|tempo| (1.0..=1e4).contains(&tempo))),
            ("temperature", (0.0..=5.0).contains(temperature)),
            ("top_p", (0.0..=1.0).contains(top_p)),
            ("min_p", (0.0..=1.0).contains(min_p)),
            ("candidates", (1..=64).contains(candidates)),
            ("controls", are_possible(&self.wishes.controls)),
            ("humanize", (0.0..=1.0).contains(&self.wishes.humanize)),
            ("max_overlap", self.max_overlap.is_none_or(|most| (0.0..=1e6).contains(&most))),
        ];
        match checks.iter().find(|(_, is_good)| !is_good) {
            Some(&(what, _)) => Err(BadWishes(what)),
            None => Ok(()),
        }
    }
}

/// Whether controls keep to what their texts can say.
fn are_possible(controls: &Controls) -> bool {
    let Controls {
        scale, pitches, ranges, polyphony, chords, curves, form, locked_parts, locked_bars, variation, ..
    } = controls;
    let Curves { density, thickness, register, offbeats } = curves;
    let mut curves = [density, thickness, register, offbeats].into_iter().flatten();
    let is_progression = |chords: &Progression| {
        (1..=1_000_000).contains(&chords.bars.len())
            && chords.bars.iter().flatten().flatten().all(|chord| chord.root < 12)
    };
    let is_form = |form: &FormWish| {
        (1..=32).contains(&form.letters().count()) && form.letters().all(|letter| letter.is_ascii_uppercase())
    };
    let chosen = ranges.iter().map(|range| &range.parts).chain(polyphony.iter().map(|wish| &wish.parts));
    scale.is_none_or(|scale| scale.tonic < 12)
        && pitches.as_ref().is_none_or(|set| (0..128).any(|pitch| set.contains(pitch)))
        && ranges.iter().all(|range| range.low <= range.high)
        && polyphony.iter().all(|wish| wish.notes > 0)
        && chosen.chain(locked_parts).all(|parts| *parts != PartChoice::Number(0))
        && chords.as_ref().is_none_or(is_progression)
        && curves.all(|curve| Curve::new(curve.points().to_vec()).is_some())
        && form.as_ref().is_none_or(is_form)
        && locked_bars.iter().all(|bars| *bars.start() > 0 && bars.start() <= bars.end() && *bars.end() <= 1_000_000)
        && variation.is_none_or(|share| (0.0..=1.0).contains(&share))
}

/// Why a piece cannot be composed from a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the record asks for a {0} that nobody can ask for")]
pub struct BadWishes(&'static str);
