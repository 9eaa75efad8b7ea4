//! Whether a piece repeats music that a model was trained on, in any key, octave and tempo.
//!
//! ```text
//! GridScore ─ Line: upper and lower edge of every part ─ IndexBuilder ─> Index: the lines of all pieces, as bytes
//! GridScore ─ Line ─ Tracker: runs that some source has too, one note at a time ─ compare ─> Comparison
//! ```
//!
//! A line is a chain of notes, and a note of it is one byte: how many semitones it lies above the note before, octaves
//! left out, and how long after it it comes, to half an octave of time. The [`Index`] holds these bytes for every line
//! of every piece, without what a piece repeats, so that nothing that was learnt is missing from it; compressed that is
//! about half a byte a note. A copy is found by a short run of equal bytes (a seed) and followed from there past notes
//! that were put in, left out or moved by octaves, as sequences are aligned in biology (seed and extend, Altschul et al.
//! 1990). It is weighed in bits: a note that anybody could have guessed from the two before it (a scale), or from the
//! bar before (an Alberti bass, a repeated note), weighs almost nothing. See [`surprise`].
//!
//! Drums are left out: beats are common property.

#![allow(
    clippy::cast_possible_truncation,
    reason = "notes, classes and positions are far below the limits of their types"
)]

pub mod compare;
mod file;
pub mod index;
pub mod line;
mod run;
pub mod surprise;
pub mod tracker;
mod usual;

pub use compare::{ALARM, Comparison, Passage, compare};
pub use file::ReadIndexError;
pub use index::{Index, IndexBuilder, Source};
pub use tracker::Tracker;
pub use usual::Usual;

#[cfg(test)]
mod tests;
