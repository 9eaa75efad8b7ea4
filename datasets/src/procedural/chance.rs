//! Seeded choices in whole numbers, so that the same seed gives the same piece on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A source of choices. Nothing in it rounds, so that no two processors can disagree.
#[derive(Debug, Clone)]
pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    /// Choices for piece `number` of `style`; pieces do not depend on one another.
    pub(crate) fn new(style: &str, seed: u64, number: u32) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&seed.to_le_bytes());
        hasher.update(&number.to_le_bytes());
        hasher.update(style.as_bytes());
        Self(ChaCha8Rng::from_seed(*hasher.finalize().as_bytes()))
    }

    /// `0..end`, all alike; `end` is positive.
    pub(crate) fn below(&mut self, end: i32) -> i32 {
        let end = u64::try_from(end).expect("the end of a range of choices is positive");
        // Multiply and shift (Lemire 2019); the bias is below one in a hundred million for the small ranges used here.
        i32::try_from((u64::from(self.0.next_u32()) * end) >> 32).expect("below an i32")
    }

    /// `first..=last`, all alike.
    pub(crate) fn between(&mut self, first: i32, last: i32) -> i32 {
        first + self.below(last - first + 1)
    }

    /// True in `percent` of 100 cases.
    pub(crate) fn percent(&mut self, percent: i32) -> bool {
        self.below(100) < percent
    }

    /// One of `choices`, all alike; there is at least one.
    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        let end = i32::try_from(choices.len()).expect("choices are few");
        choices[usize::try_from(self.below(end)).expect("never negative")]
    }

    /// One of `choices` in proportion to its weight; at least one is positive.
    pub(crate) fn weighted<T: Copy>(&mut self, choices: &[(T, i32)]) -> T {
        let mut left = self.below(choices.iter().map(|&(_, weight)| weight).sum());
        for &(choice, weight) in choices {
            if left < weight {
                return choice;
            }
            left -= weight;
        }
        unreachable!("what is left is below the sum of all weights")
    }

    /// Puts `items` into a random order (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let end = i32::try_from(last + 1).expect("items are few");
            items.swap(last, usize::try_from(self.below(end)).expect("never negative"));
        }
    }

    /// The numbers `0..count` in a random order.
    pub(crate) fn order(&mut self, count: i32) -> Vec<i32> {
        let mut order: Vec<i32> = (0..count).collect();
        self.shuffle(&mut order);
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_reached_in_its_proportion() {
        let mut chance = Chance::new("test", 1, 0);
        let mut counts = [0; 3];
        (0..3000).for_each(|_| counts[usize::try_from(chance.weighted(&[(0, 1), (1, 0), (2, 2)])).unwrap()] += 1);
        assert_eq!(counts[1], 0);
        assert!((900..1100).contains(&counts[0]), "{counts:?}");
        let seen: std::collections::BTreeSet<i32> = (0..200).map(|_| chance.between(-2, 2)).collect();
        assert_eq!(Vec::from_iter(seen), [-2, -1, 0, 1, 2]);
    }

    #[test]
    fn pieces_differ_by_style_seed_and_number() {
        let first = |style, seed, number| Chance::new(style, seed, number).order(30);
        assert_eq!(first("a", 1, 1), first("a", 1, 1));
        assert_ne!(first("a", 1, 1), first("b", 1, 1));
        assert_ne!(first("a", 1, 1), first("a", 2, 1));
        assert_ne!(first("a", 1, 1), first("a", 1, 2));
    }
}
