//! How a piece came about, told inside its file.
//!
//! ```text
//! Composition ─ Record::of_composition ─> Record ─ Told ─> lines of text ─ chunks ─> meta events of a MIDI file
//!                                            ↑               └────────────────────> a chunk of a WAV file
//!                      Music: notes and who they are from
//! Score of the file ─ compare ─ Music of the record ─> what was edited since
//! ```
//!
//! A [`Record`] is JSON that anybody can read: program, weights, settings, random seed, licences of the training data, the
//! [IPTC digital source type](https://cv.iptc.org/newscodes/digitalsourcetype/), and for each note whether a person or the machine
//! wrote it. It holds the notes of the seed, so that the piece can be composed again from it alone. It names no person and
//! no file.
//!
//! A [`Signature`] is over the record, and so over the notes that it tells: who forges the one breaks the other. Without
//! a signature nothing can be forged that composing the piece again does not show.

mod compare;
mod music;
mod origin;
mod pack;
mod record;
mod sign;
mod told;

pub use compare::{Change, Comparison, compare};
pub use music::{BadMusic, Music, RecordedPart};
pub use origin::{Origin, Origins};
pub use record::{
    BadWishes, Circumstances, Composed, DigitalSourceType, Improvised, LAYOUT, Made, ModelId, Played, Record, StyleId,
    hash,
};
pub use sign::{BadKey, Signature, SigningKey};
pub use told::{MAX_BYTES, ReadRecordError, Sound, Told, TooLarge};
