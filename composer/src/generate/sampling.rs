//! Drawing a class from logits.

use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::task::unit;

/// How classes are drawn from the model's distribution.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sampling {
    /// Divides the logits: below 1 safer, above 1 wilder; 0 always takes the likeliest.
    pub temperature: f32,
    /// Only the likeliest classes that together reach this probability (nucleus, Holtzman et al. 2020,
    /// arXiv:1904.09751), `0.0..=1.0`.
    pub top_p: f32,
    /// Only classes at least this likely relative to the likeliest (Nguyen et al. 2024, arXiv:2407.01082), `0.0..=1.0`.
    pub min_p: f32,
}

impl Default for Sampling {
    fn default() -> Self {
        Self { temperature: 0.95, top_p: 0.97, min_p: 0.03 }
    }
}

/// Logits with guidance: of the style, and of no style where the strength asks for both.
pub(super) struct Logits {
    pub(super) styled: Vec<f32>,
    pub(super) plain: Option<Vec<f32>>,
}

impl Logits {
    /// `plain + strength * (styled - plain)`.
    pub(super) fn guided(self, strength: f32) -> Vec<f32> {
        match self.plain {
            Some(plain) => plain.iter().zip(&self.styled).map(|(p, s)| p + strength * (s - p)).collect(),
            None => self.styled,
        }
    }
}

impl Sampling {
    /// The same with the temperature multiplied.
    pub(super) fn warmer(self, factor: f32) -> Self {
        Self { temperature: self.temperature * factor, ..self }
    }

    /// For fields in which noise is heard as noise: half the temperature.
    pub(super) fn cooler(self) -> Self {
        Self { temperature: self.temperature * 0.5, ..self }
    }

    /// A class, and its negative log-likelihood in nats among the allowed ones at temperature 1. An empty `allowed`
    /// allows all; `bias` is added to the logits for the choice, not for the likelihood. At least one class is allowed.
    pub(super) fn draw(self, logits: &[f32], allowed: &[bool], bias: &[f32], rng: &mut ChaCha8Rng) -> (usize, f32) {
        let draw = unit(rng);
        let legal = |class: usize| allowed.get(class).copied().unwrap_or(allowed.is_empty());
        let classes: Vec<usize> = (0..logits.len()).filter(|&class| legal(class)).collect();
        assert!(!classes.is_empty(), "a caller makes sure that something is allowed");
        let plain_total = log_sum_exp(classes.iter().map(|&class| logits[class]));
        let biased = |class: usize| logits[class] + bias.get(class).copied().unwrap_or(0.0);
        let chosen = self.pick(&classes, biased, draw);
        (chosen, plain_total - logits[chosen])
    }

    fn pick(self, classes: &[usize], logit: impl Fn(usize) -> f32, draw: f32) -> usize {
        let mut ranked: Vec<(usize, f32)> = classes.iter().map(|&class| (class, logit(class))).collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let best = ranked[0].1;
        if self.temperature <= 0.0 {
            return ranked[0].0;
        }
        let mut total = 0.0;
        for (_, weight) in &mut ranked {
            *weight = ((*weight - best) / self.temperature).exp();
            total += *weight;
        }
        let mut kept = 0;
        let mut kept_weight = 0.0;
        for &(_, weight) in &ranked {
            if kept > 0 && (weight < self.min_p || kept_weight >= self.top_p * total) {
                break;
            }
            kept += 1;
            kept_weight += weight;
        }
        let mut left = draw * kept_weight;
        for &(class, weight) in &ranked[..kept] {
            left -= weight;
            if left < 0.0 {
                return class;
            }
        }
        ranked[kept - 1].0
    }
}

fn log_sum_exp(logits: impl Iterator<Item = f32> + Clone) -> f32 {
    let best = logits.clone().fold(f32::NEG_INFINITY, f32::max);
    best + logits.map(|logit| (logit - best).exp()).sum::<f32>().ln()
}

#[cfg(test)]
mod tests {
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    fn draws(sampling: Sampling, logits: &[f32], allowed: &[bool]) -> Vec<usize> {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let mut counts = vec![0; logits.len()];
        (0..20_000).for_each(|_| counts[sampling.draw(logits, allowed, &[], &mut rng).0] += 1);
        counts
    }

    const OPEN: Sampling = Sampling { temperature: 1.0, top_p: 1.0, min_p: 0.0 };

    #[test]
    fn draws_follow_the_distribution() {
        let counts = draws(OPEN, &[0.5f32.ln(), 0.3f32.ln(), 0.2f32.ln()], &[]);
        assert!((counts[0] as f32 / 20_000.0 - 0.5).abs() < 0.02, "{counts:?}");
        assert!((counts[2] as f32 / 20_000.0 - 0.2).abs() < 0.02, "{counts:?}");
    }

    #[test]
    fn what_is_not_allowed_is_never_drawn_at_any_temperature() {
        let wild = Sampling { temperature: 50.0, ..OPEN };
        assert_eq!(draws(wild, &[9.0, 0.0, 0.0], &[false, true, true])[0], 0);
    }

    #[test]
    fn zero_temperature_takes_the_likeliest() {
        assert_eq!(draws(Sampling { temperature: 0.0, ..OPEN }, &[0.0, 2.0, 1.0], &[])[1], 20_000);
    }

    #[test]
    fn the_nucleus_and_the_floor_cut_the_tail() {
        let logits = [0.6f32.ln(), 0.3f32.ln(), 0.1f32.ln()];
        assert_eq!(draws(Sampling { top_p: 0.85, ..OPEN }, &logits, &[])[2], 0);
        assert_eq!(draws(Sampling { min_p: 0.2, ..OPEN }, &logits, &[])[2], 0);
    }

    #[test]
    fn likelihood_is_of_the_allowed_classes_at_temperature_one() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let cold = Sampling { temperature: 0.0, ..OPEN };
        let (class, nats) = cold.draw(&[1.0, 1.0, 5.0], &[true, true, false], &[0.0, 1.0, 0.0], &mut rng);
        assert_eq!(class, 1);
        assert!((nats - 2f32.ln()).abs() < 1e-6);
    }
}
