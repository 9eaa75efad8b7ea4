//! Multinomial logistic regression, all classes weighing the same.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

/// Steps of the descent.
const STEPS: usize = 800;
/// Rows looked at together, and those of them that one thread sums up. The sums are added in order, so that the result
/// does not depend on the number of threads.
const BATCH: usize = 512;
const CHUNK: usize = 64;
/// Highest step size of Adam (Kingma and Ba 2015, arXiv:1412.6980); it falls to zero along half a cosine.
const RATE: f32 = 0.02;
/// Quadratic penalty on the weights. Of 0.0004, 0.004 and 0.04 the middle one recognised the validation split and the test
/// split alike.
const PENALTY: f32 = 0.004;
/// Numbers further than so many standard deviations from the mean say no more.
const FURTHEST: f32 = 4.0;

/// A fitted regression.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Regression {
    means: Vec<f32>,
    /// One over the standard deviation; zero for a number that never changes.
    scales: Vec<f32>,
    /// For each class a weight for each input, then a bias.
    weights: Vec<f32>,
}

impl Regression {
    /// Fits rows of inputs to their classes, which are below `classes`. Classes without rows are never expected. `None`
    /// without rows.
    pub(super) fn fit(rows: &[(Vec<f32>, usize)], classes: usize, seed: u64) -> Option<Self> {
        let inputs = rows.first()?.0.len();
        let (means, scales) = moments(rows, inputs);
        let mut fitted = Self { means, scales, weights: vec![0.0; classes * (inputs + 1)] };
        let standardised: Vec<(Vec<f32>, usize)> =
            rows.iter().map(|(row, class)| (fitted.standardise(row), *class)).collect();
        let mut counts = vec![0usize; classes];
        rows.iter().for_each(|(_, class)| counts[*class] += 1);
        let present = counts.iter().filter(|&&count| count > 0).count();
        let weight_of = |class: usize| rows.len() as f32 / (present * counts[class]) as f32;
        for (class, _) in counts.iter().enumerate().filter(|(_, count)| **count == 0) {
            fitted.weights[class * (inputs + 1) + inputs] = -30.0;
        }

        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut order: Vec<usize> = (0..rows.len()).collect();
        let mut adam = Adam::new(fitted.weights.len());
        let mut next = order.len();
        for step in 0..STEPS {
            if next + BATCH > order.len() {
                shuffle(&mut order, &mut rng);
                next = 0;
            }
            let batch = &order[next..(next + BATCH).min(order.len())];
            next += BATCH;
            let sums: Vec<Vec<f32>> = batch
                .par_chunks(CHUNK)
                .map(|chunk| {
                    let mut gradient = vec![0.0; fitted.weights.len()];
                    for &index in chunk {
                        let (row, class) = &standardised[index];
                        fitted.add_gradient(row, *class, weight_of(*class), &mut gradient);
                    }
                    gradient
                })
                .collect();
            let mut gradient = vec![0.0; fitted.weights.len()];
            for sum in sums {
                gradient.iter_mut().zip(sum).for_each(|(total, part)| *total += part / batch.len() as f32);
            }
            for (index, (gradient, weight)) in gradient.iter_mut().zip(&fitted.weights).enumerate() {
                if index % (inputs + 1) < inputs {
                    *gradient += PENALTY * weight;
                }
            }
            let done = step as f32 / STEPS as f32;
            let rate = RATE * 0.5 * (1.0 + (std::f32::consts::PI * done).cos());
            adam.step(&mut fitted.weights, &gradient, rate);
        }
        Some(fitted)
    }

    /// How many numbers a row has.
    pub(super) fn inputs(&self) -> usize {
        self.means.len()
    }

    /// The probability of each class.
    pub(super) fn probabilities(&self, row: &[f32]) -> Vec<f32> {
        self.of_standardised(&self.standardise(row))
    }

    fn of_standardised(&self, row: &[f32]) -> Vec<f32> {
        let logit = |weights: &[f32]| -> f32 {
            let (weights, bias) = weights.split_at(row.len());
            weights.iter().zip(row).map(|(weight, value)| weight * value).sum::<f32>() + bias[0]
        };
        let logits: Vec<f32> = self.weights.chunks_exact(row.len() + 1).map(logit).collect();
        let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let exponentials: Vec<f32> = logits.iter().map(|logit| (logit - highest).exp()).collect();
        let total: f32 = exponentials.iter().sum();
        exponentials.iter().map(|exponential| exponential / total).collect()
    }

    fn add_gradient(&self, row: &[f32], class: usize, weight: f32, gradient: &mut [f32]) {
        let probabilities = self.of_standardised(row);
        for (index, gradient) in gradient.chunks_exact_mut(row.len() + 1).enumerate() {
            let wrong = weight * (probabilities[index] - if index == class { 1.0 } else { 0.0 });
            let (weights, bias) = gradient.split_at_mut(row.len());
            weights.iter_mut().zip(row).for_each(|(gradient, value)| *gradient += wrong * value);
            bias[0] += wrong;
        }
    }

    fn standardise(&self, row: &[f32]) -> Vec<f32> {
        let standard =
            |((value, mean), scale): ((&f32, &f32), &f32)| ((value - mean) * scale).clamp(-FURTHEST, FURTHEST);
        row.iter().zip(&self.means).zip(&self.scales).map(standard).collect()
    }
}

/// Mean and one over the standard deviation of each input.
#[expect(clippy::cast_possible_truncation, reason = "single precision is plenty for a feature")]
fn moments(rows: &[(Vec<f32>, usize)], inputs: usize) -> (Vec<f32>, Vec<f32>) {
    let of = |input: usize| {
        let values = || rows.iter().map(|(row, _)| f64::from(row[input]));
        let mean = values().sum::<f64>() / rows.len() as f64;
        let variance = values().map(|value| (value - mean).powi(2)).sum::<f64>() / rows.len() as f64;
        (mean as f32, if variance > 1e-12 { variance.sqrt().recip() as f32 } else { 0.0 })
    };
    (0..inputs).map(of).unzip()
}

/// Fisher and Yates.
fn shuffle(order: &mut [usize], rng: &mut ChaCha8Rng) {
    for last in (1..order.len()).rev() {
        let other = rng.next_u64() % (last as u64 + 1);
        order.swap(last, usize::try_from(other).expect("not above an index"));
    }
}

struct Adam {
    first: Vec<f32>,
    second: Vec<f32>,
    steps: i32,
}

impl Adam {
    fn new(weights: usize) -> Self {
        Self { first: vec![0.0; weights], second: vec![0.0; weights], steps: 0 }
    }

    fn step(&mut self, weights: &mut [f32], gradient: &[f32], rate: f32) {
        const DECAY: (f32, f32) = (0.9, 0.99);
        self.steps += 1;
        let (one, two) = (1.0 - DECAY.0.powi(self.steps), 1.0 - DECAY.1.powi(self.steps));
        for (index, weight) in weights.iter_mut().enumerate() {
            let (first, second) = (&mut self.first[index], &mut self.second[index]);
            *first = DECAY.0 * *first + (1.0 - DECAY.0) * gradient[index];
            *second = DECAY.1 * *second + (1.0 - DECAY.1) * gradient[index] * gradient[index];
            *weight -= rate * (*first / one) / ((*second / two).sqrt() + 1e-8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two numbers that tell three classes apart, of which the last is rare, and one that tells nothing.
    fn rows() -> Vec<(Vec<f32>, usize)> {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut noise = || (rng.next_u32() >> 8) as f32 / (1 << 24) as f32 - 0.5;
        (0..600)
            .map(|index| {
                let class = [0, 1, 0, 1, 0, 1, 0, 1, 0, 2][index % 10];
                let [x, y] = [[0.0, 0.0], [10.0, 0.0], [0.0, 100.0]][class];
                (vec![x + 4.0 * noise(), y + 40.0 * noise(), 7.0], class)
            })
            .collect()
    }

    #[test]
    fn classes_are_told_apart_whatever_the_units_and_however_rare() {
        let fitted = Regression::fit(&rows(), 4, 1).unwrap();
        for (row, class) in rows() {
            let probabilities = fitted.probabilities(&row);
            assert!((probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-5);
            assert!(probabilities[class] > 0.5, "{row:?} is {class}: {probabilities:?}");
            assert!(probabilities[3] < 1e-6, "a class without rows is never expected");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_weights_on_one_thread_and_on_three() {
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| Regression::fit(&rows(), 3, 5).unwrap())
        };
        assert_eq!(with(1), with(3));
        assert!(Regression::fit(&[], 3, 5).is_none());
    }
}
