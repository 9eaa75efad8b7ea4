//! How much real pieces overlap with each other.

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde::{Deserialize, Serialize};

use super::compare::compare;
use super::index::Index;
use crate::corpus::Corpus;
use crate::split::Split;

/// Pieces that are compared with all others; more would say little more.
const SAMPLE: usize = 400;

/// The overlaps of some pieces of a corpus, each with all pieces of other works.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Usual {
    /// Sorted; in notes that say something.
    overlaps: Vec<f32>,
}

impl Usual {
    /// Of overlaps that were measured.
    pub fn new(mut overlaps: Vec<f32>) -> Self {
        overlaps.sort_by(f32::total_cmp);
        Self { overlaps }
    }

    /// Compares some of the training pieces of a corpus, of which `index` was made, with those of other works.
    pub fn measure(index: &Index, corpus: &Corpus) -> Self {
        let training = |&piece: &usize| corpus.pieces()[piece].split == Split::Train;
        let training: Vec<usize> = (0..corpus.pieces().len()).filter(training).collect();
        let every = training.len().div_ceil(SAMPLE).max(1);
        let sample: Vec<usize> = training.into_iter().step_by(every).collect();
        let overlap = |piece: usize| {
            let work = corpus.pieces()[piece].work;
            compare(index, &corpus.load(piece), |source| source.work != work).overlap()
        };
        Self::new(sample.into_par_iter().map(overlap).collect())
    }

    /// How many pieces were compared.
    pub fn pieces(&self) -> usize {
        self.overlaps.len()
    }

    /// The share of real pieces that overlap less, `0.0..=1.0`; `None` where none were compared.
    pub fn share_below(&self, overlap: f32) -> Option<f32> {
        let below = self.overlaps.partition_point(|&other| other < overlap);
        (!self.overlaps.is_empty()).then(|| below as f32 / self.overlaps.len() as f32)
    }

    /// The overlap that the share `share` of real pieces does not reach; `None` where none were compared.
    pub fn quantile(&self, share: f32) -> Option<f32> {
        let last = self.overlaps.len().checked_sub(1)?;
        #[expect(clippy::cast_sign_loss, reason = "clamped")]
        let at = (share.clamp(0.0, 1.0) * last as f32).round() as usize;
        Some(self.overlaps[at])
    }
}
