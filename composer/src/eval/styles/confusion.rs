//! Which style was asked for, and which was heard.

use serde::Serialize;

/// How often each style was heard for each style that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Confusion {
    /// `counts[asked][heard]`; the last column counts what had too few notes to be heard.
    pub counts: Vec<Vec<usize>>,
}

impl Confusion {
    pub(super) fn new(styles: usize) -> Self {
        Self { counts: vec![vec![0; styles + 1]; styles] }
    }

    pub(super) fn add(&mut self, asked: usize, heard: Option<&[f32]>) {
        let nothing = self.counts.len();
        let likeliest = |heard: &[f32]| (0..heard.len()).max_by(|&a, &b| heard[a].total_cmp(&heard[b]).then(b.cmp(&a)));
        self.counts[asked][heard.and_then(likeliest).unwrap_or(nothing)] += 1;
    }

    /// How often a style was asked for.
    pub fn asked(&self, style: usize) -> usize {
        self.counts[style].iter().sum()
    }

    /// The share of a style that was heard as what it is; `None` where it was not asked for.
    pub fn recognised(&self, style: usize) -> Option<f64> {
        let asked = self.asked(style);
        (asked > 0).then(|| self.counts[style][style] as f64 / asked as f64)
    }

    /// The mean of [`recognised`](Self::recognised) over some styles, each weighing the same.
    pub fn balanced(&self, styles: impl Iterator<Item = usize>) -> f64 {
        let shares: Vec<f64> = styles.filter_map(|style| self.recognised(style)).collect();
        shares.iter().sum::<f64>() / shares.len().max(1) as f64
    }
}
