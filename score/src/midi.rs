//! Standard MIDI Files: bytes to [`Timeline`] and [`Score`], and back.
//!
//! ```text
//! bytes ── header ──> chunks ── track, meta ──> Timeline ── derive ──> Score ── write ──> bytes
//!              └──────── what was wrong: Rescue, or ReadMidiError ────┘
//! ```
//!
//! Reading is lenient: what a player could still play is rescued, and every liberty taken is reported as a
//! [`Rescue`] with its byte offset. Bytes that hold no music at all are a [`ReadMidiError`]. No input panics,
//! takes more than linear time, or more memory than a fixed multiple of [`MAX_BYTES`].
//! The format is that of "Standard MIDI Files 1.0" (RP-001) of the MIDI Manufacturers Association.

use crate::{Score, Tick, Timeline};

mod channels;
mod derive;
mod error;
mod header;
mod limits;
mod meta;
mod pairing;
mod read;
mod rescue;
mod text;
mod track;
mod write;

pub use error::ReadMidiError;
pub use limits::{
    MAX_BYTES, MAX_EVENTS, MAX_NAME_CHARS, MAX_PARTS, MAX_QUARTERS, MAX_RESCUES, MAX_TEXT_BYTES, MAX_TRACKS,
};
pub use read::read;
pub use rescue::{Rescue, RescueKind};
pub use write::{Gesture, WriteOptions, write, write_with};

/// What was found in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct MidiFile {
    /// For a player.
    pub timeline: Timeline,
    /// For a composer.
    pub score: Score,
    /// How the file arranges its tracks.
    pub format: Format,
    /// The tracks in the order of the file.
    pub tracks: Vec<TrackSummary>,
    /// What was wrong with the file and how it was read nevertheless, in the order of discovery; empty for a good file.
    pub rescued: Vec<Rescue>,
}

/// How a file arranges its tracks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Format 0: one track with everything.
    SingleTrack,
    /// Format 1: tracks that sound together.
    Parallel,
    /// Format 2: independent pieces. They are read one after another in time, each from 4/4 and 120 quarter notes a minute.
    Sequential,
}

/// A track of the file, as found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrackSummary {
    /// The first track name in it, or an empty string.
    pub name: String,
    /// Where its chunk starts in the file.
    pub offset: usize,
    /// How many of its events are in the timeline.
    pub events: usize,
    /// How many of them start a note.
    pub notes: usize,
    /// When it ends.
    pub end: Tick,
    /// The MIDI port that it asks for: each port has sixteen channels of its own.
    pub port: u8,
}
