//! A piece as the model sees it: parts, then bars of notes, every field a class of the [vocabulary](crate::vocabulary).

use serde::{Deserialize, Serialize};

/// What a part does in the piece. The numbers are stored in weights: add at the end, never renumber.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Role {
    /// The tune: the highest part that mostly plays one note at a time.
    Melody = 0,
    /// The lowest part that mostly plays one note at a time.
    Bass = 1,
    /// Several notes at a time.
    Chords = 2,
    /// One note at a time between melody and bass.
    Inner = 3,
    /// Percussion.
    Drums = 4,
    /// Not said: the model decides.
    Any = 5,
}

impl Role {
    /// How many roles there are.
    pub const COUNT: usize = 6;
}

/// A part's declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartEvent {
    /// `0..=128`: General MIDI program, or 128 for drums.
    pub instrument: u8,
    /// What it does.
    pub role: Role,
}

impl PartEvent {
    /// Whether pitches name drums.
    pub const fn is_drums(self) -> bool {
        self.instrument == 128
    }
}

/// A note inside a bar. Ordered as the stream is: position, part, pitch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NoteEvent {
    /// Steps from the start of the bar, `0..192`.
    pub position: u8,
    /// Index of the part, `0..48`.
    pub part: u8,
    /// MIDI key, `0..=127`.
    pub pitch: u8,
    /// Duration class, `0..64`.
    pub duration: u8,
    /// Velocity class, `0..32`.
    pub velocity: u8,
}

/// A bar and its notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BarEvents {
    /// Meter class.
    pub meter: u16,
    /// Tempo class.
    pub tempo: u8,
    /// Sorted; no two share position, part and pitch.
    pub notes: Vec<NoteEvent>,
}

impl BarEvents {
    /// Steps in the bar, `1..=192`.
    pub fn length(&self) -> u32 {
        crate::vocabulary::meter_of(self.meter).0
    }
}

/// A whole piece as events.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EventScore {
    /// At most 48 parts.
    pub parts: Vec<PartEvent>,
    /// The bars in order.
    pub bars: Vec<BarEvents>,
}

impl EventScore {
    /// How many notes all bars have together.
    pub fn note_count(&self) -> usize {
        self.bars.iter().map(|bar| bar.notes.len()).sum()
    }
}
