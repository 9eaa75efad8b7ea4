//! Several good pieces for the same wishes, and how they differ.

use std::collections::BTreeSet;

use ripieno_score::chord::{ChordGrid, label_chords};
use ripieno_score::{GridScore, Score};
use serde::Serialize;

use super::sections::shared;

/// What is subtracted from the merits of a candidate that is another take over again.
const SAMENESS: f64 = 4.0;

/// Onset, pitch and part of every note that was written.
pub(super) type Notes = BTreeSet<(u32, u8, usize)>;

/// The written notes of a piece.
pub(super) fn written_notes(score: &Score, given: &[Vec<bool>]) -> Notes {
    let parts = score.parts.iter().zip(given).enumerate();
    let notes = parts.flat_map(|(slot, (part, given))| part.notes.iter().zip(given).map(move |note| (slot, note)));
    let written = notes.filter(|(_, (_, given))| !**given);
    written.map(|(slot, (note, _))| (note.onset.0, note.pitch.value(), slot)).collect()
}

/// Chooses takes: the best candidate, then again and again the one that is good and unlike those already chosen.
pub(super) fn choose(scores: &[f64], notes: &[Notes], takes: usize) -> Vec<usize> {
    let mut chosen: Vec<usize> = Vec::new();
    while chosen.len() < takes.min(scores.len()) {
        let value = |index: usize| {
            let same = chosen.iter().map(|&other| f64::from(shared(&notes[index], &notes[other]))).fold(0.0, f64::max);
            scores[index] - SAMENESS * same
        };
        let left = (0..scores.len()).filter(|index| !chosen.contains(index));
        let Some(best) = left.max_by(|&a, &b| value(a).total_cmp(&value(b)).then(b.cmp(&a))) else { break };
        chosen.push(best);
    }
    chosen
}

/// Key figures of a take.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TakeFigures {
    /// Notes in all parts.
    pub notes: usize,
    /// Notes a quarter note.
    pub density: f32,
    /// Mean pitch of all parts that are not drums, as a MIDI key.
    pub register: f32,
    /// Share of onsets that are not on a quarter note.
    pub offbeats: f32,
    /// The chord of each of the first eight bars.
    pub chords: Vec<String>,
    /// Share of written notes that are the same in each of the takes, in their order; 1 for the take itself.
    pub shared: Vec<f32>,
}

impl TakeFigures {
    pub(super) fn of(score: &Score, own: &Notes, all: &[&Notes]) -> Self {
        let (grid, _) = GridScore::from_score(score);
        let quarters: u32 = grid.bars.iter().map(|bar| bar.length).sum();
        let pitched: Vec<u8> = grid.notes.iter().filter(|note| grid.is_pitched(note)).map(|note| note.pitch).collect();
        let bar_of = |onset: u32| grid.bars[grid.bar_of(onset)].start;
        let onsets: BTreeSet<u32> = grid.notes.iter().map(|note| note.onset).collect();
        let between = onsets.iter().filter(|&&onset| !(onset - bar_of(onset)).is_multiple_of(24)).count();
        let mut chords = vec![String::from("-"); grid.bars.len().min(8)];
        for span in label_chords(&grid, ChordGrid::HalfBar).iter().rev() {
            if let (Some(name), Some(chord)) = (chords.get_mut(span.bar), span.chord) {
                *name = chord.to_string();
            }
        }
        Self {
            notes: grid.notes.len(),
            density: grid.notes.len() as f32 * 24.0 / quarters.max(1) as f32,
            register: pitched.iter().map(|&pitch| f32::from(pitch)).sum::<f32>() / pitched.len().max(1) as f32,
            offbeats: between as f32 / onsets.len().max(1) as f32,
            chords,
            shared: all.iter().map(|other| shared(own, other)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_are_good_and_different() {
        let piece = |pitches: std::ops::Range<u8>| -> Notes { pitches.map(|pitch| (0, pitch, 0)).collect() };
        let notes = [piece(0..10), piece(0..10), piece(5..15), piece(20..30)];
        assert_eq!(choose(&[1.0, 0.9, 0.5, -2.0], &notes, 3), [0, 2, 3]);
        assert_eq!(choose(&[0.1, 0.9], &notes[..2], 1), [1]);
        assert_eq!(choose(&[0.1, 0.9], &notes[..2], 5), [1, 0]);
    }
}
