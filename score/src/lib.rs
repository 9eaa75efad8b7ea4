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
//!
//! ```
//! use ripieno_score::{GridScore, key, midi};
//!
//! // One bar of C major at 96 ticks a quarter note, in running status.
//! let notes = [60, 64, 67, 72].map(|pitch| [0, pitch, 80, 96, pitch, 0]).concat();
//! let header = b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk\0\0\0\x1d\0\x90";
//! let bytes = [header.as_slice(), &notes[1..], b"\0\xff\x2f\0"].concat();
//!
//! let file = midi::read(&bytes)?;
//! assert_eq!(file.score.note_count(), 4);
//! assert!(file.rescued.is_empty());
//! let (grid, _) = GridScore::from_score(&file.score);
//! assert_eq!(grid.bars.len(), 1);
//! assert_eq!(key::find_key_of(&grid).key.to_string(), "C major");
//! assert_eq!(midi::read(&midi::write(&file.score))?.score, file.score);
//! # Ok::<(), midi::ReadMidiError>(())
//! ```

pub mod chord;
pub mod grid;
pub mod key;
pub mod meter;
pub mod midi;
pub mod note;
mod out_of_range;
pub mod scale;
pub mod score;
pub mod theory;
pub mod time;
pub mod timeline;

pub use chord::Chord;
pub use grid::{GridBar, GridNote, GridPart, GridScore, STEPS_PER_QUARTER};
pub use key::{Key, Mode};
pub use meter::Meter;
pub use note::{Channel, Instrument, Note, Pitch, Program, Velocity};
pub use out_of_range::OutOfRange;
pub use scale::{NamedScale, PitchSet, Scale, ScaleKind};
pub use score::{KeyChange, MeterChange, Part, Score, TempoChange};
pub use time::{Ppq, Tick};
pub use timeline::{TempoMap, Timeline};
