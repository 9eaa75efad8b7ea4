//! Drawing pieces for training, so that neither a large style nor a long piece drowns the rest.

use rand_chacha::rand_core::Rng;
use serde::{Deserialize, Serialize};

/// How much size counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Weighting {
    /// A style is drawn in proportion to its notes to this power: 0 gives all styles the same, 1 every note.
    pub style_exponent: f64,
    /// The same for pieces within their style.
    pub piece_exponent: f64,
}

impl Default for Weighting {
    fn default() -> Self {
        Self { style_exponent: 0.5, piece_exponent: 0.7 }
    }
}

/// Draws pieces by weight. It holds no random state: the caller's generator decides, so that a resumed run can go on
/// exactly.
#[derive(Debug, Clone)]
pub struct StyleSampler {
    /// Running sum of weights.
    cumulative: Vec<f64>,
}

/// A piece as far as its weight goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PieceSize {
    /// Index of its style.
    pub style: usize,
    /// How many notes it has.
    pub notes: usize,
}

impl StyleSampler {
    /// A sampler over these pieces; `None` when there are none.
    pub fn new(pieces: &[PieceSize], weighting: &Weighting) -> Option<Self> {
        #[expect(clippy::cast_precision_loss, reason = "weights need no more than 53 bits")]
        let power = |notes: usize, exponent: f64| (notes as f64).powf(exponent);
        let styles = 1 + pieces.iter().map(|piece| piece.style).max()?;
        let mut notes = vec![0; styles];
        let mut weights = vec![0.0; styles];
        for piece in pieces {
            notes[piece.style] += piece.notes;
            weights[piece.style] += power(piece.notes, weighting.piece_exponent);
        }
        let mut sum = 0.0;
        let running = pieces.iter().map(|piece| {
            let style = power(notes[piece.style], weighting.style_exponent);
            let weight = power(piece.notes, weighting.piece_exponent);
            // A piece without notes has no weight, and a style of such pieces nothing to divide by.
            sum += if weight > 0.0 { style * weight / weights[piece.style] } else { 0.0 };
            sum
        });
        Some(Self { cumulative: running.collect() })
    }

    /// An index into the pieces.
    pub fn draw(&self, rng: &mut impl Rng) -> usize {
        let total = self.cumulative.last().copied().unwrap_or(0.0);
        #[expect(clippy::cast_precision_loss, reason = "53 bits are what a float holds")]
        let unit = (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
        let place = self.cumulative.partition_point(|&sum| sum <= unit * total);
        place.min(self.cumulative.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    fn shares(pieces: &[(usize, usize)]) -> Vec<f64> {
        let sizes: Vec<_> = pieces.iter().map(|&(style, notes)| PieceSize { style, notes }).collect();
        let sampler = StyleSampler::new(&sizes, &Weighting::default()).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let mut counts = vec![0u32; pieces.len()];
        (0..100_000).for_each(|_| counts[sampler.draw(&mut rng)] += 1);
        counts.into_iter().map(|count| f64::from(count) / 100_000.0).collect()
    }

    #[test]
    fn styles_count_by_the_root_of_their_notes() {
        // 10,000 notes against 100: roots 100 and 10.
        let shares = shares(&[(0, 5000), (0, 5000), (1, 100)]);
        assert!((shares[2] - 10.0 / 110.0).abs() < 0.01, "{shares:?}");
        assert!((shares[0] - shares[1]).abs() < 0.02);
    }

    #[test]
    fn a_long_piece_does_not_dominate() {
        let shares = shares(&[(0, 76_000), (0, 1000), (0, 1000), (0, 1000), (0, 1000), (0, 1000)]);
        assert!(shares[0] < 0.83, "by notes alone it would be 0.94: {shares:?}");
    }

    #[test]
    fn pieces_without_notes_are_not_drawn() {
        assert_eq!(shares(&[(0, 0), (1, 0), (2, 10), (1, 0)])[2], 1.0);
    }

    #[test]
    fn nothing_is_drawn_from_nothing() {
        assert!(StyleSampler::new(&[], &Weighting::default()).is_none());
    }
}
