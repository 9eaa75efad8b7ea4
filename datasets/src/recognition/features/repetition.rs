//! What comes back.

use std::collections::HashSet;

use ripieno_score::GridScore;

use super::Features;
use crate::originality::line::Line;

pub(super) fn describe(grid: &GridScore, features: &mut Features) {
    // Onsets; onsets and pitches; onsets and intervals from the lowest note.
    let mut rhythms: Vec<Vec<u32>> = Vec::new();
    let mut exact: Vec<Vec<(u32, u8)>> = Vec::new();
    let mut moved: Vec<Vec<(u32, u8)>> = Vec::new();
    for (index, bar) in grid.bars.iter().enumerate() {
        let notes = grid.notes_in_bars(index..index + 1);
        if notes.is_empty() {
            continue;
        }
        let lowest = notes.iter().map(|note| note.pitch).min().unwrap_or(0);
        let mut rhythm: Vec<u32> = notes.iter().map(|note| note.onset - bar.start).collect();
        rhythm.dedup();
        rhythms.push(rhythm);
        exact.push(notes.iter().map(|note| (note.onset - bar.start, note.pitch)).collect());
        moved.push(notes.iter().map(|note| (note.onset - bar.start, note.pitch - lowest)).collect());
    }
    for (name, [next, ever]) in
        [("rhythm", returns(&rhythms)), ("bar", returns(&exact)), ("bar in another place", returns(&moved))]
    {
        features.push(&format!("{name} comes again at once"), next);
        features.push(&format!("{name} comes again"), ever);
    }
    let upper = Line::edges(grid).into_iter().next().unwrap_or_default();
    let steps: Vec<(i16, u32)> = upper
        .notes
        .windows(2)
        .map(|pair| (i16::from(pair[1].pitch) - i16::from(pair[0].pitch), pair[1].onset - pair[0].onset))
        .collect();
    let mut seen = HashSet::new();
    let again = steps.windows(4).filter(|motif| !seen.insert(motif.to_vec())).count();
    features.push("motifs come again", again as f64 / steps.len().saturating_sub(3).max(1) as f64);
}

/// The share of bars that are as the one before, and as any before.
fn returns<T: Eq + std::hash::Hash>(bars: &[T]) -> [f64; 2] {
    let next = bars.windows(2).filter(|pair| pair[0] == pair[1]).count();
    let mut seen = HashSet::new();
    let ever = bars.iter().filter(|bar| !seen.insert(*bar)).count();
    [next, ever].map(|count| count as f64 / bars.len().saturating_sub(1).max(1) as f64)
}
