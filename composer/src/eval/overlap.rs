//! Whether composed pieces repeat more of the training split than real pieces do that were not in it.
//!
//! Pieces are composed from nothing, in every style in turn, once freely and once under the limit that
//! [`compose`](mod@crate::compose) is usually given. Beside them stand passages of as many bars of test pieces of the same styles.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::prelude::*;
use ripieno_datasets::originality::{Index, Usual, compare};
use ripieno_datasets::{Corpus, Split};
use ripieno_score::GridScore;
use serde::Serialize;

use super::indices;
use crate::compose::{ComposeError, OverlapLimit, Wishes, compose};
use crate::model::Model;

/// Bars of every piece.
const BARS: usize = 16;

/// What some pieces have in common with the training split.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overlaps {
    /// Which pieces.
    pub name: String,
    /// How many.
    pub pieces: usize,
    /// Notes of a piece, in the mean.
    pub notes: f64,
    /// The longest chain of notes that a piece shares with one training piece, in any key and octave: see [`QUANTILES`].
    pub longest: [f32; QUANTILES.len()],
    /// The heaviest passage that it shares, in notes that say something.
    pub heaviest: [f32; QUANTILES.len()],
}

/// Median, 90th and 99th of a hundred, and the most.
pub const QUANTILES: [f32; 4] = [0.5, 0.9, 0.99, 1.0];

/// All figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OverlapReport {
    /// Composed freely, composed under a limit, real.
    pub rows: Vec<Overlaps>,
}

/// A piece's notes, its longest chain and its heaviest passage.
type Measured = (usize, f32, f32);

/// Composes `pieces` pieces freely and as many with at most `max_overlap`, and compares them with `index`, which was made
/// of the training split; everything random follows from `seed`.
pub fn overlaps(
    model: &Model,
    index: &Arc<Index>,
    corpus: &Corpus,
    (pieces, max_overlap, seed): (usize, f32, u64),
    progress: &(dyn Fn(&str, usize, usize) + Sync),
    cancel: &AtomicBool,
) -> Result<OverlapReport, ComposeError> {
    let styles = &model.header.styles;
    let done = AtomicUsize::new(0);
    let composed = |limit: Option<OverlapLimit>| {
        let write = |number: usize| {
            let wishes = Wishes {
                styles: styles
                    .get(number % styles.len().max(1))
                    .map(|style| (style.clone(), 1.0))
                    .into_iter()
                    .collect(),
                bars: Some(BARS),
                seed: seed.wrapping_add(number as u64),
                candidates: 1,
                overlap_limit: limit.clone(),
                ..Wishes::default()
            };
            let piece = compose(model, None, &wishes, &|_, _| {}, cancel)?;
            progress("composing", done.fetch_add(1, Ordering::Relaxed) + 1, 2 * pieces);
            Ok(measure(index, &GridScore::from_score(&piece.score).0))
        };
        (0..pieces).into_par_iter().map(write).collect::<Result<Vec<Measured>, ComposeError>>()
    };
    let free = composed(None)?;
    let limited = composed(Some(OverlapLimit { index: Arc::clone(index), max_overlap }))?;
    let real: Vec<Measured> = real(corpus, styles, pieces)
        .into_par_iter()
        .map(|piece| measure(index, &passage(&corpus.load(piece))))
        .collect();
    let rows = vec![
        Overlaps::new("composed freely", &free),
        Overlaps::new(&format!("composed, at most {max_overlap}"), &limited),
        Overlaps::new("test pieces", &real),
    ];
    Ok(OverlapReport { rows })
}

fn measure(index: &Index, grid: &GridScore) -> Measured {
    let comparison = compare(index, grid, |_| true);
    (grid.notes.len(), comparison.longest().map_or(0.0, |passage| passage.length as f32), comparison.overlap())
}

/// As many test pieces, or as many as there are: in every style in turn, as those that are composed.
fn real(corpus: &Corpus, styles: &[String], pieces: usize) -> Vec<usize> {
    let mut by_style: Vec<Vec<usize>> = styles
        .iter()
        .map(|style| {
            let of_style = |&piece: &usize| &corpus.styles()[corpus.pieces()[piece].style] == style;
            let mut pieces: Vec<usize> = indices(corpus, Split::Test).into_iter().filter(of_style).collect();
            pieces.reverse();
            pieces
        })
        .collect();
    let turns = (0..pieces).filter_map(|number| by_style.get_mut(number % styles.len().max(1))?.pop());
    turns.collect()
}

/// Bars from the middle of a piece.
fn passage(grid: &GridScore) -> GridScore {
    let first = grid.bars.len().saturating_sub(BARS) / 2;
    grid.excerpt(first..first + BARS)
}

impl Overlaps {
    fn new(name: &str, measured: &[Measured]) -> Self {
        let quantiles = |values: Vec<f32>| {
            let sorted = Usual::new(values);
            QUANTILES.map(|share| sorted.quantile(share).unwrap_or(0.0))
        };
        Self {
            name: name.to_owned(),
            pieces: measured.len(),
            notes: measured.iter().map(|piece| piece.0 as f64).sum::<f64>() / measured.len().max(1) as f64,
            longest: quantiles(measured.iter().map(|piece| piece.1).collect()),
            heaviest: quantiles(measured.iter().map(|piece| piece.2).collect()),
        }
    }
}

impl fmt::Display for OverlapReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "what {BARS} bars have in common with one piece of the training split, in any key and octave")?;
        writeln!(
            f,
            "{:<24}{:>7}{:>7}{:>28}{:>36}",
            "", "", "", "longest chain, notes", "heaviest, notes that say something"
        )?;
        write!(f, "{:<24}{:>7}{:>7}", "", "pieces", "notes")?;
        for _ in 0..2 {
            write!(f, "{:>9}{:>7}{:>7}{:>7}", "median", "90 %", "99 %", "most")?;
        }
        writeln!(f)?;
        for row in &self.rows {
            write!(f, "{:<24}{:>7}{:>7.0}", row.name, row.pieces, row.notes)?;
            for [median, ninety, ninety_nine, most] in [row.longest, row.heaviest] {
                write!(f, "{median:>9.1}{ninety:>7.1}{ninety_nine:>7.1}{most:>7.1}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_pieces_in_any_order() {
        let measured: Vec<Measured> = (0..=100).rev().map(|n| (10, n as f32, 2.0 * n as f32)).collect();
        let row = Overlaps::new("all", &measured);
        assert_eq!((row.pieces, row.notes), (101, 10.0));
        assert_eq!(row.longest, [50.0, 90.0, 99.0, 100.0]);
        assert_eq!(row.heaviest, [100.0, 180.0, 198.0, 200.0]);
        assert_eq!(Overlaps::new("none", &[]).longest, [0.0; 4]);
    }
}
