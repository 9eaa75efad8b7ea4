//! What is learnt, averaged over the last steps: a style is less what the last few pieces asked for.

use super::super::factors::Changes;

/// How much of the mean stays in a step: it looks back over about 33 of them.
const DECAY: f32 = 0.97;

/// The exponential moving average of a style's vector and changes (iterate averaging: Polyak & Juditsky 1992).
#[derive(Debug, Clone)]
pub(super) struct Mean {
    pub(super) vector: Vec<f32>,
    pub(super) changes: Changes,
}

impl Mean {
    /// Takes in what a step, counted from 0, has made of the style; the first steps are soon forgotten.
    pub(super) fn follow(&mut self, step: u64, vector: &[f32], changes: &Changes) {
        let decay = DECAY.min((1.0 + step as f32) / (10.0 + step as f32));
        let follow = |mean: &mut [f32], now: &[f32]| {
            mean.iter_mut().zip(now).for_each(|(mean, now)| *mean = decay * *mean + (1.0 - decay) * now);
        };
        follow(&mut self.vector, vector);
        for (mean, now) in self.changes.values_mut().zip(changes.values()) {
            follow(&mut mean.a, &now.a);
            follow(&mut mean.b, &now.b);
        }
    }

    /// The changes at a strength.
    pub(super) fn changes_at(&self, strength: f32) -> Changes {
        let mut changes = self.changes.clone();
        changes.values_mut().flat_map(|change| &mut change.b).for_each(|value| *value *= strength);
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Factors;
    use super::*;

    fn changes(value: f32) -> Changes {
        Changes::from([("head".to_owned(), Factors { rank: 1, a: vec![value; 3], b: vec![value; 2] })])
    }

    #[test]
    fn the_mean_follows_slowly_and_is_weakened_in_one_factor_only() {
        let mut mean = Mean { vector: vec![0.0; 4], changes: changes(0.0) };
        mean.follow(0, &[1.0; 4], &changes(1.0));
        assert!((mean.vector[0] - 0.9).abs() < 1e-6);
        mean.follow(1000, &[0.0; 4], &changes(0.0));
        assert!((mean.vector[0] - 0.9 * DECAY).abs() < 1e-6);
        (1000..1500).for_each(|step| mean.follow(step, &[1.0; 4], &changes(1.0)));
        let Factors { a, b, .. } = &mean.changes_at(0.5)["head"];
        assert!((a[0] - 1.0).abs() < 1e-3 && (b[1] - 0.5).abs() < 1e-3, "{a:?} {b:?}");
    }
}
