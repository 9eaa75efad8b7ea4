//! What a passage of music is like, in numbers that any musician could count.
//!
//! The numbers are about notes. Which instruments play, how many, and how the notes are spread over parts is not among
//! them, nor are tempo and meter, nor how loud the notes are: files tell these by the habits of the program that wrote
//! them, and in a composed piece they are the person's choice. Drums are heard apart, as strokes in the bar.

use ripieno_score::{GridNote, GridPart, GridScore, Instrument, Program};

mod harmony;
mod melody;
mod repetition;
mod rhythm;
mod texture;

/// A passage with fewer notes says too little.
const FEWEST_NOTES: usize = 16;

/// Numbers with names.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Features {
    names: Vec<String>,
    values: Vec<f32>,
}

impl Features {
    /// Describes a passage; `None` where it has too few notes to be described.
    pub fn of(grid: &GridScore) -> Option<Self> {
        if grid.notes.len() < FEWEST_NOTES {
            return None;
        }
        let pitched = pitched(grid);
        let mut features = Self::default();
        harmony::describe(&pitched, &mut features);
        melody::describe(&pitched, &mut features);
        texture::describe(&pitched, &mut features);
        rhythm::describe(&pitched, &mut features);
        repetition::describe(&pitched, &mut features);
        rhythm::describe_drums(grid, &mut features);
        Some(features)
    }

    /// What each number is.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The numbers, in the same order for every passage; shares as their square roots, which are spread more evenly.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    #[expect(clippy::cast_possible_truncation, reason = "single precision is plenty for a feature")]
    fn push(&mut self, name: &str, value: f64) {
        self.names.push(name.to_owned());
        self.values.push(if value.is_finite() { value as f32 } else { 0.0 });
    }

    /// The share of each of `counts` in their sum; zeros where there is nothing.
    fn push_shares(&mut self, name: &str, counts: &[f64]) {
        let total: f64 = counts.iter().sum();
        for (index, count) in counts.iter().enumerate() {
            self.push(&format!("{name} {index}"), if total > 0.0 { (count / total).sqrt() } else { 0.0 });
        }
    }
}

/// The notes that have a pitch, as if one player played them all.
fn pitched(grid: &GridScore) -> GridScore {
    let mut notes: Vec<GridNote> = grid.notes.iter().filter(|note| grid.is_pitched(note)).copied().collect();
    notes.iter_mut().for_each(|note| note.part = 0);
    notes.sort_unstable();
    notes.dedup_by_key(|note| (note.onset, note.pitch));
    let part = GridPart { name: String::new(), instrument: Instrument::Program(Program::default()) };
    GridScore { parts: vec![part], bars: grid.bars.clone(), notes }
}

/// The index of the first limit that is above `value`; the number of limits where none is.
fn class(value: u32, limits: &[u32]) -> usize {
    limits.partition_point(|&limit| limit <= value)
}

/// Of numbers that are shares of one whole, `0.0` where all is in one of them.
fn entropy(counts: &[f64]) -> f64 {
    let total: f64 = counts.iter().sum();
    let shares = counts.iter().filter(|&&count| count > 0.0).map(|count| count / total);
    -shares.map(|share| share * share.ln()).sum::<f64>()
}

fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    (mean, variance.sqrt())
}
