//! What a person can decide beside the usual wishes. Plain values: with the seed and the model they decide the result.

mod curve;
mod form;
mod part_choice;
mod progression;

use std::ops::RangeInclusive;

use ripieno_score::{Pitch, PitchSet, Scale};
use serde::{Deserialize, Serialize};

pub use curve::{Curve, ParseCurveError};
pub use form::{FormWish, ParseFormError};
pub use part_choice::PartChoice;
pub(super) use part_choice::{PartNames, resolve};
pub(super) type PitchRange = (Pitch, Pitch);

pub use progression::{Anchor, ParseProgressionError, Progression};

/// How much of the seed a variation changes when nobody says so.
pub const USUAL_VARIATION: f32 = 0.5;

/// What is decided by the person. Hard ones are kept at any temperature; curves lead the music.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Controls {
    /// Hard: the only pitch classes that are written, drums left out.
    pub scale: Option<Scale>,
    /// Hard: the only pitches that are written, drums left out.
    pub pitches: Option<PitchSet>,
    /// Hard: lowest and highest pitch of parts; of two that meet one part the later holds.
    pub ranges: Vec<RangeWish>,
    /// Hard: notes that sound together in a part; of two that meet one part the later holds.
    pub polyphony: Vec<PolyphonyWish>,
    /// The harmony. Hard: where an accompanying part starts a note on a beat, it is a tone of the chord.
    pub chords: Option<Progression>,
    /// Hard: the seed's parts start notes where they do in the seed, and nowhere else.
    pub keep_rhythm: bool,
    /// Where the music goes from bar to bar.
    pub curves: Curves,
    /// Which sections come back.
    pub form: Option<FormWish>,
    /// Parts of the seed that stay as they are where bars are filled or varied.
    pub locked_parts: Vec<PartChoice>,
    /// Bars of the seed, counted from 1, that stay as they are where bars are filled or varied.
    pub locked_bars: Vec<RangeInclusive<usize>>,
    /// How much a variation changes, `0.0..=1.0`: 0 nothing, 1 all; `None` for [`USUAL_VARIATION`].
    pub variation: Option<f32>,
}

/// A range of pitches for a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RangeWish {
    /// Which parts.
    pub parts: PartChoice,
    /// Lowest pitch.
    pub low: Pitch,
    /// Highest pitch, not below `low`.
    pub high: Pitch,
}

/// How many notes of a part may sound together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolyphonyWish {
    /// Which parts.
    pub parts: PartChoice,
    /// At least one.
    pub notes: u8,
}

/// Curves over the bars that are written.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Curves {
    /// How many notes: 0 sparse, 0.5 usual for these parts, 1 dense.
    pub density: Option<Curve>,
    /// How many notes together: 0 single notes, 1 full chords.
    pub thickness: Option<Curve>,
    /// Mean pitch of all parts that are not drums, as a MIDI key.
    pub register: Option<Curve>,
    /// How much of the rhythm lies between the beats: 0 nothing, 1 nearly all.
    pub offbeats: Option<Curve>,
}
