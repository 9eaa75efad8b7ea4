//! How many notes there are at a time, how high and how dense.

use ripieno_score::GridScore;

use super::{Features, mean_and_deviation};

pub(super) fn describe(grid: &GridScore, features: &mut Features) {
    let mut struck = [0.0; 6];
    let mut sounding_counts = [0.0; 8];
    let mut sounding: Vec<u32> = Vec::new();
    let (mut covered, mut until) = (0u32, 0u32);
    for chord in grid.notes.chunk_by(|a, b| a.onset == b.onset) {
        let onset = chord[0].onset;
        sounding.retain(|&end| end > onset);
        sounding.extend(chord.iter().map(|note| note.end()));
        struck[chord.len().min(6) - 1] += 1.0;
        sounding_counts[sounding.len().min(8) - 1] += 1.0;
        let end = chord.iter().map(|note| note.end()).max().unwrap_or(onset);
        covered += end.max(until) - onset.max(until);
        until = until.max(end);
    }
    features.push_shares("struck together", &struck);
    features.push_shares("sounding together", &sounding_counts);
    let steps = f64::from(grid.end_step().max(1));
    features.push("silence", 1.0 - f64::from(covered) / steps);
    features.push("notes a quarter", (24.0 * grid.notes.len() as f64 / steps + 0.05).ln());
    let of_bar = |bar: usize| grid.notes_in_bars(bar..bar + 1).len() as f64;
    let (mean, deviation) = mean_and_deviation(&(0..grid.bars.len()).map(of_bar).collect::<Vec<_>>());
    features.push("unevenness of bars", deviation / mean);
    let mut pitches: Vec<f64> = grid.notes.iter().map(|note| f64::from(note.pitch)).collect();
    pitches.sort_by(f64::total_cmp);
    let at = |tenth: usize| pitches.get(pitches.len().saturating_sub(1) * tenth / 10).copied().unwrap_or(0.0);
    for tenth in [1, 5, 9] {
        features.push(&format!("height at {tenth} tenths"), at(tenth));
    }
}
