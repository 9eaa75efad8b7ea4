//! Score to events and back: what is lost on the way.

use std::collections::HashSet;

use ripieno_score::GridScore;

use crate::encode::{decode, encode, split_long_bars};
use crate::vocabulary::duration_class;

/// F1 of the notes (onset, pitch, duration class, part) of a piece that went through events, against the piece itself.
/// 1 for an empty piece.
pub fn note_f1(grid: &GridScore) -> f64 {
    let again = decode(&encode(&split_long_bars(grid)));
    let notes = |grid: &GridScore| -> HashSet<(u32, u8, u8, u16)> {
        grid.notes.iter().map(|note| (note.onset, note.pitch, duration_class(note.duration), note.part)).collect()
    };
    let (before, after) = (notes(grid), notes(&again));
    let kept = before.intersection(&after).count();
    let total = before.len() + after.len();
    if total == 0 { 1.0 } else { 2.0 * kept as f64 / total as f64 }
}
