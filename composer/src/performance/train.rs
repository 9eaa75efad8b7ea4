//! Training the performance network: one core, minutes. Every step draws its stretches from a generator seeded with the
//! run's seed and the step's number.

use std::sync::atomic::{AtomicBool, Ordering};

use burn::module::Module;
use burn::optim::{AdamWConfig, GradientsParams};
use burn::tensor::Device;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};

use super::model::{PerformanceHeader, PerformanceModel};
use super::network::{PerformanceConfig, PerformanceNetwork};
use super::sheet::Kind;
use super::stretch::{Prepared, batch};
use crate::task::{below, unit};
use crate::train::{Finished, Schedule, gradients};

/// Everything that decides how a training goes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PerformanceTraining {
    /// Sizes of the network.
    pub network: PerformanceConfig,
    /// Optimizer steps at most.
    pub steps: u64,
    /// Stretches in a batch: pitched parts and drums in turn.
    pub batch: usize,
    /// Notes of a stretch.
    pub notes: usize,
    /// Learning rate over time.
    pub schedule: Schedule,
    /// Decoupled weight decay.
    pub weight_decay: f32,
    /// Largest global norm of the gradient of the mean loss per note.
    pub clip_norm: f64,
    /// Steps between two validations.
    pub validate_every: u64,
    /// Validations without a better one after which training stops.
    pub patience: u32,
    /// Seed of everything random.
    pub seed: u64,
}

impl Default for PerformanceTraining {
    fn default() -> Self {
        Self {
            network: PerformanceConfig::default(),
            steps: 3000,
            batch: 16,
            notes: 256,
            schedule: Schedule { peak: 2e-3, floor: 2e-5, warm_up: 50 },
            weight_decay: 0.05,
            clip_norm: 1.0,
            validate_every: 100,
            patience: 6,
            seed: 1,
        }
    }
}

/// What a training reports.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PerformanceEvent {
    /// A step was made.
    Step {
        /// Its number, from 1.
        step: u64,
        /// Nats per note, timing and velocity together.
        loss: f64,
    },
    /// The performances kept aside were measured.
    Validation {
        /// After this step.
        step: u64,
        /// Nats per timing and per velocity: of pitched parts, then of drums.
        nats: [f64; 4],
        /// Whether it is the best so far.
        best: bool,
    },
}

/// Trains until validation gains no more, all steps are made, or `cancel` is set; the best network with its header, which is
/// `None` when not a single validation was reached.
pub fn train(
    config: &PerformanceTraining,
    header: &PerformanceHeader,
    training: &[Prepared],
    validation: &[Prepared],
    cancel: &AtomicBool,
    mut report: impl FnMut(&PerformanceEvent),
) -> (Option<PerformanceModel>, Finished) {
    let device = Device::flex().autodiff();
    let mut network = config.network.init(&device, config.seed);
    let mut optimizer =
        AdamWConfig::new().with_beta_2(0.98).with_epsilon(1e-8).with_weight_decay(config.weight_decay).init();
    let kinds = [Kind::Pitched, Kind::Drums].map(|kind| Drawn::new(training, kind));
    let mut best: Option<(f64, PerformanceModel)> = None;
    let (mut without_gain, mut notes_seen) = (0, 0);
    for step in 1..=config.steps {
        if cancel.load(Ordering::Relaxed) {
            return (best.map(|(_, model)| model), Finished::Cancelled);
        }
        let mut rng = ChaCha8Rng::seed_from_u64(config.seed);
        rng.set_stream(step);
        let stretches: Vec<(&Prepared, usize)> =
            (0..config.batch).filter_map(|index| kinds[index % 2].draw(config.notes, &mut rng)).collect();
        let notes: usize = stretches.iter().map(|&(piece, first)| (piece.len() - first).min(config.notes)).sum();
        let (timing, velocity) = network.losses(&batch(&stretches, config.notes, &device));
        let loss = timing + velocity;
        let nats = f64::from(loss.clone().into_scalar::<f32>());
        let parts = vec![GradientsParams::from_grads(loss.backward(), &network)];
        let per_note = 1.0 / notes.max(1) as f64;
        let (gradients, _) = gradients::mean_and_clip(&network, parts, per_note, config.clip_norm);
        network = optimizer.step(config.schedule.rate(step - 1, config.steps), network, gradients);
        notes_seen += notes as u64;
        report(&PerformanceEvent::Step { step, loss: nats * per_note });
        if step % config.validate_every != 0 && step != config.steps {
            continue;
        }
        let valid = network.valid();
        let nats = measure(&valid, validation, config.notes);
        let sum = nats.iter().sum();
        let is_best = best.as_ref().is_none_or(|(least, _)| sum < *least);
        report(&PerformanceEvent::Validation { step, nats, best: is_best });
        if is_best {
            let header = PerformanceHeader { steps: step, notes_seen, validation: Some(nats), ..header.clone() };
            best = Some((sum, PerformanceModel { header, network: valid, device: Device::flex() }));
            without_gain = 0;
        } else {
            without_gain += 1;
        }
        if without_gain >= config.patience {
            return (best.map(|(_, model)| model), Finished::Stopped);
        }
    }
    (best.map(|(_, model)| model), Finished::Steps)
}

/// Nats per timing and per velocity of all notes: of pitched parts, then of drums; zero where there are none.
pub(super) fn measure(network: &PerformanceNetwork, pieces: &[Prepared], notes: usize) -> [f64; 4] {
    let device = Device::flex();
    let mut sums = [0.0f64; 4];
    let mut counts = [0usize; 4];
    for kind in [Kind::Pitched, Kind::Drums] {
        let stretches: Vec<(&Prepared, usize)> = pieces
            .iter()
            .filter(|piece| piece.kind() == kind)
            .flat_map(|piece| (0..piece.len()).step_by(notes).map(move |first| (piece, first)))
            .collect();
        let at = if kind == Kind::Pitched { 0 } else { 2 };
        for some in stretches.chunks(16) {
            let (timing, velocity) = network.losses(&batch(some, notes, &device));
            sums[at] += f64::from(timing.into_scalar::<f32>());
            sums[at + 1] += f64::from(velocity.into_scalar::<f32>());
            for &(piece, first) in some {
                let (timings, all) = piece.counts(first..(first + notes).min(piece.len()));
                counts[at] += timings;
                counts[at + 1] += all;
            }
        }
    }
    std::array::from_fn(|index| sums[index] / counts[index].max(1) as f64)
}

/// Performances of a kind, drawn by the square root of their length, so that long ones do not drown the others.
struct Drawn<'a> {
    pieces: Vec<&'a Prepared>,
    /// Sums of weights up to each.
    weights: Vec<f32>,
}

impl<'a> Drawn<'a> {
    fn new(all: &'a [Prepared], kind: Kind) -> Self {
        let pieces: Vec<&Prepared> = all.iter().filter(|piece| piece.kind() == kind && !piece.is_empty()).collect();
        let mut total = 0.0;
        let weight = |piece: &&Prepared| {
            total += (piece.len() as f32).powf(0.75);
            total
        };
        let weights = pieces.iter().map(weight).collect();
        Self { pieces, weights }
    }

    /// A performance and the first note of a stretch of it.
    fn draw(&self, notes: usize, rng: &mut ChaCha8Rng) -> Option<(&'a Prepared, usize)> {
        let total = *self.weights.last()?;
        let point = unit(rng) * total;
        let index = self.weights.partition_point(|&weight| weight <= point).min(self.pieces.len() - 1);
        let piece = self.pieces[index];
        Some((piece, below(rng, piece.len().saturating_sub(notes) + 1)))
    }
}
