//! The highest and the lowest line: how they move and where they lie.

use ripieno_score::{GridNote, GridScore};

use super::{Features, class, mean_and_deviation};
use crate::originality::line::Line;

pub(super) fn describe(grid: &GridScore, features: &mut Features) {
    let edges = Line::edges(grid);
    let upper = edges.first().map_or(&[][..], |line| &line.notes);
    let lower = edges.last().map_or(&[][..], |line| &line.notes);
    // Unison, seconds, thirds, fourth, tritone, fifth, sixths, sevenths, octave, more.
    features.push_shares("melody interval", &intervals(upper, &[1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 13]));
    features.push_shares("bass interval", &intervals(lower, &[1, 3, 5, 6, 7, 8, 12, 13]));
    for (name, line) in [("melody", upper), ("bass", lower)] {
        let (up, turns) = directions(line);
        features.push(&format!("{name} goes up"), up);
        features.push(&format!("{name} turns"), turns);
        let pitches: Vec<f64> = line.iter().map(|note| f64::from(note.pitch)).collect();
        let (mean, deviation) = mean_and_deviation(&pitches);
        features.push(&format!("{name} height"), mean);
        features.push(&format!("{name} spread"), deviation);
        let quarters = f64::from(grid.bars.last().map_or(0, |bar| bar.end())) / 24.0;
        features.push(&format!("{name} notes a quarter"), (line.len() as f64 / quarters + 0.05).ln());
    }
}

fn intervals(line: &[GridNote], limits: &[u32]) -> Vec<f64> {
    let mut counts = vec![0.0; limits.len() + 1];
    for pair in line.windows(2) {
        counts[class(pair[0].pitch.abs_diff(pair[1].pitch).into(), limits)] += 1.0;
    }
    counts
}

/// Share of moves that go up, and of moves that turn back.
fn directions(line: &[GridNote]) -> (f64, f64) {
    let moves: Vec<i8> = line
        .windows(2)
        .map(|pair| pair[1].pitch.cmp(&pair[0].pitch) as i8)
        .filter(|&direction| direction != 0)
        .collect();
    let share = |count: usize, all: usize| count as f64 / all.max(1) as f64;
    let up = moves.iter().filter(|&&direction| direction > 0).count();
    let turns = moves.windows(2).filter(|pair| pair[0] != pair[1]).count();
    (share(up, moves.len()), share(turns, moves.len().saturating_sub(1)))
}
