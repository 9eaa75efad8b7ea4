//! Where a seventh comes in over a triad that is already there: V becomes V7 when its octave moves to the seventh and that
//! goes on down (E. Aldwell, C. Schachter, *Harmony and Voice Leading*, on the passing seventh).

use super::voices::Voices;
use crate::grid::{GridNote, GridScore};

/// A seventh that is heard for less long, in steps, is not noticed: a sixteenth note is.
const SHORTEST: u32 = 6;

/// So many notes are struck together before it comes in, or it comes by step, so that this is a voice that moves over a
/// triad and not a broken chord.
const TRIAD: usize = 3;

/// Steps `start..end` under one chord.
pub(super) struct Stretch {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) root: u8,
    /// Semitones of the seventh above the root.
    pub(super) seventh: u8,
    /// Whether the chord was read as one with a seventh.
    pub(super) has_seventh: bool,
}

/// The step at which the seventh comes in, behind the beginning, and whether it lies in the bass.
pub(super) fn entry(grid: &GridScore, voices: &Voices, stretch: &Stretch) -> Option<(u32, bool)> {
    let class = (stretch.root + stretch.seventh) % 12;
    // Long notes that began before are few; those further back than the longest bars are left aside.
    let from = grid.notes.partition_point(|note| note.onset + 4 * 96 < stretch.start);
    let behind = grid.notes.partition_point(|note| note.onset < stretch.end);
    let sounding = |step: u32| {
        grid.notes[from..behind]
            .iter()
            .filter(move |note| grid.is_pitched(note) && note.onset <= step && step < note.end())
    };
    let is_seventh = |note: &GridNote| note.pitch % 12 == class;
    if sounding(stretch.start).count() < TRIAD || sounding(stretch.start).any(is_seventh) {
        return None;
    }
    let is_struck = sounding(stretch.start).filter(|note| note.onset == stretch.start).count() >= TRIAD;
    let enters = |&index: &usize| {
        let note = &grid.notes[index];
        let next = voices.after[index].map(|next| &grid.notes[next]);
        // In a chord that was read without it the seventh must prove itself: it stays to the end and steps down.
        let steps_down = next.is_some_and(|next| {
            next.onset >= stretch.end
                && next.pitch < note.pitch
                && note.pitch - next.pitch <= 2
                && note.end() >= stretch.end
        });
        let comes_by_step =
            voices.before[index].is_some_and(|before| (1..=2).contains(&grid.notes[before].pitch.abs_diff(note.pitch)));
        let lasts = note.end().min(stretch.end) - note.onset >= SHORTEST;
        grid.is_pitched(note)
            && is_seventh(note)
            && note.onset > stretch.start
            && lasts
            && (is_struck || comes_by_step)
            && (stretch.has_seventh || steps_down)
    };
    let index = (from..behind).find(enters)?;
    let note = &grid.notes[index];
    let is_bass = sounding(note.onset).all(|other| other.pitch >= note.pitch);
    Some((note.onset, is_bass))
}
