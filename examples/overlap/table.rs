//! A row of the table, and an excerpt of a piece.

use ripieno_datasets::originality::Usual;
use ripieno_score::GridScore;

/// Upper ends of the classes, in notes that say something.
const CLASSES: [f32; 6] = [4.0, 8.0, 12.0, 16.0, 24.0, f32::INFINITY];

pub(super) const HEADING: &str = "\
Overlap in notes that say something: the pieces in each class of a hundred, then quantiles
                  <4   4-8  8-12 12-16 16-24   24-  median  90 %  most  pieces  drawn again  ms a note";

/// What was measured under one limit.
#[derive(Default)]
pub(super) struct Row {
    pub(super) overlaps: Vec<f32>,
    pub(super) rerolls: usize,
    pub(super) notes: usize,
    pub(super) seconds: f64,
}

impl Row {
    pub(super) fn of(overlaps: impl Iterator<Item = f32>) -> Self {
        Self { overlaps: overlaps.collect(), ..Self::default() }
    }

    pub(super) fn composed(self, name: &str) -> String {
        let cost = 1000.0 * self.seconds / self.notes.max(1) as f64;
        let rerolls = self.rerolls;
        format!("{} {rerolls:>12} {cost:>10.2}", self.real(name))
    }

    pub(super) fn real(self, name: &str) -> String {
        let count = self.overlaps.len();
        let share = |class: usize| {
            let from = if class == 0 { f32::NEG_INFINITY } else { CLASSES[class - 1] };
            let inside = self.overlaps.iter().filter(|&&overlap| overlap >= from && overlap < CLASSES[class]).count();
            format!("{:>6.1}", 100.0 * inside as f64 / count.max(1) as f64)
        };
        let shares: String = (0..CLASSES.len()).map(share).collect();
        let usual = Usual::new(self.overlaps.clone());
        let [median, high, most] = [0.5, 0.9, 1.0].map(|share| usual.quantile(share).unwrap_or(0.0));
        format!("{name:<14}{shares}  {median:>6.1}{high:>6.1}{most:>6.1} {count:>7}")
    }
}

/// So many bars from the middle of a piece, or all.
pub(super) fn middle(grid: &GridScore, bars: usize) -> GridScore {
    let bars = bars.min(grid.bars.len());
    let first = (grid.bars.len() - bars) / 2;
    grid.excerpt(first..first + bars)
}
