//! Score to events and back: what is lost on the way.

use std::collections::HashSet;

use ripieno_score::{GridScore, STEPS_PER_QUARTER, Score};
use serde::Serialize;

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

/// What the way through events did to one file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RoundTrip {
    /// The file's path within its collection.
    pub path: String,
    /// [`note_f1`] against the quantised score.
    pub f1: f64,
    /// How far each note of the unquantised score lies from its step, in quarter notes.
    #[serde(skip)]
    pub onset_errors: Vec<f32>,
}

impl RoundTrip {
    /// Sends a score through events and back.
    pub fn new(path: String, score: &Score) -> Self {
        let (grid, report) = GridScore::from_score(score);
        let steps = f64::from(STEPS_PER_QUARTER);
        let error = |onset: f64| {
            let place = (onset / f64::from(score.ppq.ticks()) - report.offset_quarters) * steps;
            ((place - place.round()).abs() / steps) as f32
        };
        let notes = score.parts.iter().flat_map(|part| &part.notes);
        Self { path, f1: note_f1(&grid), onset_errors: notes.map(|note| error(note.onset.0.into())).collect() }
    }
}

/// What the way through events did to a collection.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RoundTrips {
    /// Files that have notes.
    pub files: usize,
    /// Their notes, unquantised.
    pub notes: usize,
    /// Mean of the files' F1.
    pub mean_f1: f64,
    /// Files with an F1 below 0.99.
    pub below: usize,
    /// The files that lost most, at most ten, the worst first.
    pub worst: Vec<RoundTrip>,
    /// Half of all notes lie closer to their step than this, in quarter notes.
    pub median_onset_error: f32,
    /// 99 of 100 notes lie closer.
    pub p99_onset_error: f32,
}

impl RoundTrips {
    /// Sums up.
    pub fn new(mut files: Vec<RoundTrip>) -> Self {
        let mut errors: Vec<f32> = files.iter_mut().flat_map(|file| std::mem::take(&mut file.onset_errors)).collect();
        errors.sort_unstable_by(f32::total_cmp);
        let quantile = |percent: usize| errors.get(errors.len().saturating_sub(1) * percent / 100).copied();
        files.sort_by(|a, b| a.f1.total_cmp(&b.f1).then_with(|| a.path.cmp(&b.path)));
        Self {
            files: files.len(),
            notes: errors.len(),
            mean_f1: files.iter().map(|file| file.f1).sum::<f64>() / files.len().max(1) as f64,
            below: files.iter().filter(|file| file.f1 < 0.99).count(),
            median_onset_error: quantile(50).unwrap_or(0.0),
            p99_onset_error: quantile(99).unwrap_or(0.0),
            worst: files.into_iter().take(10).collect(),
        }
    }
}

impl std::fmt::Display for RoundTrips {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{} files, {} notes: score to events and back", self.files, self.notes)?;
        writeln!(f, "note F1       {:.6} in the mean; {} files below 0.99", self.mean_f1, self.below)?;
        for file in self.worst.iter().filter(|file| file.f1 < 1.0) {
            writeln!(f, "              {:.6} {}", file.f1, file.path)?;
        }
        let (median, p99) = (self.median_onset_error, self.p99_onset_error);
        writeln!(f, "onset error   median {median:.5}, p99 {p99:.5} quarter notes, against the unquantised score")
    }
}

#[cfg(test)]
mod tests {
    use ripieno_score::{Channel, Instrument, Note, Part, Pitch, Ppq, Tick, Velocity};

    use super::*;

    #[test]
    fn the_distance_from_the_grid_is_measured_in_quarter_notes() {
        let note = |onset| Note {
            onset: Tick(onset),
            pitch: Pitch::new(60).unwrap(),
            duration: Tick(480),
            velocity: Velocity::DEFAULT,
        };
        let part = Part {
            name: String::new(),
            instrument: Instrument::from_index(0).unwrap(),
            channel: Channel::new(0).unwrap(),
            notes: [0, 480, 960, 1445].map(note).to_vec(),
        };
        let score = Score { ppq: Ppq::DEFAULT, parts: vec![part], ..Score::default() };
        let trip = RoundTrip::new("a.mid".into(), &score);
        assert_eq!(trip.f1, 1.0);
        assert!((trip.onset_errors[3] - 5.0 / 480.0).abs() < 1e-6, "{:?}", trip.onset_errors);
        let trips = RoundTrips::new(vec![trip]);
        assert_eq!((trips.files, trips.notes, trips.below, trips.median_onset_error), (1, 4, 0, 0.0));
    }
}
