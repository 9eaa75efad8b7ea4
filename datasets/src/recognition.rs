//! Telling the style of a passage by what any musician could count in it, without a model of music.
//!
//! ```text
//! GridScore ─ passages of 16 bars ─ Features ─ multinomial logistic regression ─> probability of every style
//! ```
//!
//! A [`Recognizer`] learns from the training split of a corpus, all styles weighing the same. It judges music that a
//! model composed in a style with ears that the model does not have.

#![allow(
    clippy::cast_possible_truncation,
    reason = "counts of notes and bars are far below the limits of their types, and shares need no double precision"
)]

use rayon::prelude::*;
use ripieno_score::GridScore;

mod features;
mod regression;

pub use features::Features;
use regression::Regression;

use crate::corpus::Corpus;
use crate::split::Split;

/// Bars of a passage.
pub const PASSAGE_BARS: usize = 16;
/// Passages taken from one piece at most, spread evenly.
const PASSAGES: usize = 4;

/// Hears styles.
#[derive(Debug, Clone)]
pub struct Recognizer {
    regression: Regression,
    passages: usize,
}

impl Recognizer {
    /// Learns the styles of the training split of `corpus` from its passages as `change` leaves them; the same `seed` gives
    /// the same ears. `None` where nothing in it can be described.
    pub fn learn(corpus: &Corpus, seed: u64, change: &(dyn Fn(&GridScore) -> GridScore + Sync)) -> Option<Self> {
        let training: Vec<(Vec<f32>, usize)> = (0..corpus.pieces().len())
            .into_par_iter()
            .filter(|&piece| corpus.pieces()[piece].split == Split::Train)
            .flat_map_iter(|piece| {
                let style = corpus.pieces()[piece].style;
                let features =
                    passages(&corpus.load(piece)).into_iter().filter_map(|passage| Features::of(&change(&passage)));
                features.map(|features| (features.values().to_vec(), style)).collect::<Vec<_>>()
            })
            .collect();
        let regression = Regression::fit(&training, corpus.styles().len(), seed)?;
        Some(Self { regression, passages: training.len() })
    }

    /// Numbers that it goes by.
    pub fn features(&self) -> usize {
        self.regression.inputs()
    }

    /// Passages that it learnt from.
    pub fn passages(&self) -> usize {
        self.passages
    }

    /// The probability of each style of the corpus, by its index; `None` for a passage with too few notes.
    pub fn hear(&self, passage: &GridScore) -> Option<Vec<f32>> {
        Features::of(passage).map(|features| self.regression.probabilities(features.values()))
    }
}

/// A few passages of a piece, or all of it where it is not much longer than one.
pub fn passages(grid: &GridScore) -> Vec<GridScore> {
    let bars = grid.bars.len();
    let count = (bars / PASSAGE_BARS).min(PASSAGES);
    if count < 2 {
        return vec![grid.excerpt(0..PASSAGE_BARS)];
    }
    let start = |index: usize| index * (bars - PASSAGE_BARS) / (count - 1);
    (0..count).map(|index| grid.excerpt(start(index)..start(index) + PASSAGE_BARS)).collect()
}

#[cfg(test)]
mod tests;
