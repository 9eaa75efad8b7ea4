//! The same music on a grid of 24 steps a quarter note, cut into bars: what the model reads and writes.

use serde::{Deserialize, Serialize};

use crate::meter::Meter;
use crate::note::Instrument;

/// Grid steps in a quarter note: sixteenth and thirty-second notes and their triplets fall on it exactly.
pub const STEPS_PER_QUARTER: u32 = 24;

/// A piece on the grid.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct GridScore {
    /// The parts, at most 65,536.
    pub parts: Vec<GridPart>,
    /// Bars without gaps from step 0 to the end of the last note, or later.
    pub bars: Vec<GridBar>,
    /// Sorted by onset, part, pitch; no two notes share all three.
    pub notes: Vec<GridNote>,
}

/// A voice or instrument of a [`GridScore`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridPart {
    /// The part's name, or an empty string.
    pub name: String,
    /// What plays it.
    pub instrument: Instrument,
}

/// A bar of a [`GridScore`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GridBar {
    /// First step of the bar.
    pub start: u32,
    /// Steps in the bar, at least one. Shorter than the meter says where a time signature cuts the bar short.
    pub length: u32,
    /// The time signature in force.
    pub meter: Meter,
    /// Quarter notes a minute at the start of the bar.
    pub tempo_bpm: f32,
}

/// A note of a [`GridScore`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GridNote {
    /// Steps from the start of the piece.
    pub onset: u32,
    /// Index into [`GridScore::parts`].
    pub part: u16,
    /// MIDI key number, `0..=127`.
    pub pitch: u8,
    /// Steps, at least one.
    pub duration: u32,
    /// `1..=127`.
    pub velocity: u8,
}
