//! Which pieces are learnt from and which are kept aside, decided by group of related pieces.

use serde::{Deserialize, Serialize};

/// The use that a piece is kept for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// Learnt from.
    Train,
    /// Watched while learning.
    Validation,
    /// Measured once, at the end.
    Test,
}

impl Split {
    /// All splits in order.
    pub const ALL: [Self; 3] = [Self::Train, Self::Validation, Self::Test];

    /// `train`, `validation` or `test`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }
}

/// How much of the works is kept aside.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SplitShares {
    /// Share of the works for validation, `0.0..=1.0`.
    pub validation: f64,
    /// Share of the works for testing; the two together at most 1.
    pub test: f64,
    /// Another seed gives another split.
    pub seed: u64,
}

impl Default for SplitShares {
    fn default() -> Self {
        Self { validation: 0.05, test: 0.05, seed: 0 }
    }
}

impl SplitShares {
    /// Whether the shares are numbers in range.
    pub fn is_valid(&self) -> bool {
        self.validation >= 0.0 && self.test >= 0.0 && self.validation + self.test <= 1.0
    }

    /// The split of a group of related pieces. It depends on nothing but the group's id and the shares, so that adding
    /// unrelated files moves no piece.
    pub fn of_work(&self, work: u64) -> Split {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.seed.to_le_bytes());
        hasher.update(&work.to_le_bytes());
        let [a, b, c, d, ..] = *hasher.finalize().as_bytes();
        let place = f64::from(u32::from_le_bytes([a, b, c, d])) / (f64::from(u32::MAX) + 1.0);
        if place < self.test {
            Split::Test
        } else if place < self.test + self.validation {
            Split::Validation
        } else {
            Split::Train
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_met_over_many_works() {
        let shares = SplitShares::default();
        let count = |split| (0..20_000u64).filter(|&work| shares.of_work(work) == split).count();
        assert!((800..1200).contains(&count(Split::Validation)));
        assert!((800..1200).contains(&count(Split::Test)));
    }

    #[test]
    fn the_extremes_hold() {
        let all_train = SplitShares { validation: 0.0, test: 0.0, seed: 3 };
        assert!((0..1000).all(|work| all_train.of_work(work) == Split::Train));
        let all_test = SplitShares { validation: 0.0, test: 1.0, seed: 3 };
        assert!((0..1000).all(|work| all_test.of_work(work) == Split::Test));
        assert!(!SplitShares { validation: 0.7, test: 0.7, seed: 0 }.is_valid());
        assert!(!SplitShares { validation: f64::NAN, test: 0.0, seed: 0 }.is_valid());
    }
}
