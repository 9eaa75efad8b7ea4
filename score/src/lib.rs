//! Music as plain data.
//!
//! ```text
//! bytes ── midi ──> Timeline ──> Score ── grid ──> GridScore
//!                      │           │
//!                    player     composer, key, chord, meter
//! ```
//!
//! [`Timeline`] keeps everything that a player needs; [`Score`] holds what a composer reads: parts of
//! notes; [`GridScore`] is the same music on a grid of 24 steps a quarter note, cut into bars.
//! This crate opens no file and no device. Start reading at [`score`](mod@score), then [`midi`].

pub mod chord;
pub mod grid;
pub mod key;
pub mod meter;
pub mod midi;
pub mod note;
pub mod score;
pub mod time;
pub mod timeline;

pub use chord::Chord;
pub use grid::{GridBar, GridNote, GridPart, GridScore, STEPS_PER_QUARTER};
pub use key::{Key, Mode};
pub use meter::Meter;
pub use note::{Channel, Instrument, Note, Pitch, Program, Velocity};
pub use score::{KeyChange, MeterChange, Part, Score, TempoChange};
pub use time::{Ppq, Tick};
pub use timeline::{TempoMap, Timeline};
