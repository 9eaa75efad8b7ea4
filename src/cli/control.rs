//! What can be typed to decide more of a piece.

use clap::Args;
use ripieno_composer::compose::controls::{FormWish, PartChoice, PolyphonyWish, RangeWish};
use ripieno_score::{NamedScale, PitchSet};
use std::ops::RangeInclusive;

use crate::controls::{parse_part, parse_polyphony, parse_range};
use crate::settings::{parse_bars, within};

/// What shall be kept of the seed's rhythm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum TypedRhythm {
    /// The seed's parts play where they play in the seed, and nowhere else
    Keep,
}

/// Controls of `ripieno compose`. Those of pitch, range, polyphony and rhythm are always kept, at any temperature.
#[derive(Debug, Args)]
#[command(next_help_heading = "Control")]
pub(crate) struct TypedControls {
    /// The harmony: chords with bar lines, a text file or MIDI file of them, or `seed` for the seed's own. It repeats over
    /// what is composed
    #[arg(long, value_name = "\"Am | F | C | G\"")]
    pub(crate) chords: Option<String>,

    /// Write only notes of this scale, such as dorian or "D dorian"
    #[arg(long, value_name = "SCALE")]
    pub(crate) scale: Option<NamedScale>,

    /// Write only these pitches: "C D E G A" in any octave, "C4 Eb4 G4" just those
    #[arg(long, value_name = "PITCHES")]
    pub(crate) pitches: Option<PitchSet>,

    /// Lowest and highest pitch, of all parts or of one: piano=C3..C6,bass=E1..G2
    #[arg(long, value_name = "[PART=]LOW..HIGH,…", value_delimiter = ',', value_parser = parse_range)]
    pub(crate) range: Vec<RangeWish>,

    /// How many notes of a part may sound together: 3, or piano=4,flute=1
    #[arg(long, value_name = "[PART=]N,…", value_delimiter = ',', value_parser = parse_polyphony)]
    pub(crate) polyphony: Vec<PolyphonyWish>,

    /// Keep the seed's rhythm in what is written for its parts
    #[arg(long, value_enum, requires = "seed_file")]
    pub(crate) rhythm: Option<TypedRhythm>,

    /// How many notes, from 0 sparse to 1 dense: a value, a way such as 0.2..0.8, points 0.2,0.9,0.4 or a file of values
    #[arg(long, value_name = "CURVE")]
    pub(crate) density: Option<String>,

    /// How many notes together, from 0 single notes to 1 full chords; a curve like --density
    #[arg(long, value_name = "CURVE")]
    pub(crate) thickness: Option<String>,

    /// How high the music lies: a pitch, or a curve of pitches such as C3..C5
    #[arg(long, value_name = "CURVE")]
    pub(crate) register: Option<String>,

    /// How much lies between the beats, from 0 to 1; a curve like --density
    #[arg(long, value_name = "CURVE")]
    pub(crate) offbeats: Option<String>,

    /// Sections, a letter each, such as AABA: a letter that returns is recognisable and varied. The seed is the first
    #[arg(long, value_name = "LETTERS")]
    pub(crate) form: Option<FormWish>,

    /// With infill and vary: parts that stay as they are, by name or number
    #[arg(long, value_name = "PART,…", value_delimiter = ',', value_parser = parse_part)]
    pub(crate) lock: Vec<PartChoice>,

    /// With infill and vary: bars that stay as they are
    #[arg(long, value_name = "A-B,…", value_delimiter = ',', value_parser = parse_bars)]
    pub(crate) lock_bars: Vec<RangeInclusive<usize>>,

    /// With vary: how much changes, from 0 nothing to 1 everything [default: 0.5]
    #[arg(long, value_name = "X", value_parser = |text: &str| within(text, 0.0, 1.0))]
    pub(crate) variation: Option<f32>,

    /// Write so many pieces that are good and unlike each other: OUT-1.mid, OUT-2.mid, …
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=16))]
    pub(crate) takes: Option<u16>,
}
