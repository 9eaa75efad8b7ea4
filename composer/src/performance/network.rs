//! The performance network: what is written, seen from both sides, and what was just played, become how the next note is
//! played.
//!
//! ```text
//! notes ─ features ─ [RMSNorm ─ notes d before, here, d behind ─ ReLU] x layers ─> state of every note
//! state + memory ─> timing          state + memory + timing ─> velocity
//! ```
//!
//! The convolutions reach further from layer to layer (Yu & Koltun 2016, arXiv:1511.07122) and see the whole score; only the
//! two heads see what was played, and no more than a [memory](super::memory) of it. So all notes are trained on at once, and
//! a note costs two small layers while playing.

use burn::module::Module;
use burn::nn::{Initializer, Linear, LinearConfig};
use burn::tensor::activation::{log_softmax, relu};
use burn::tensor::{Device, Int, Tensor};
use ripieno_score::STEPS_PER_QUARTER;
use serde::{Deserialize, Serialize};

use super::memory::MEMORIES;
use super::scale::{TIMINGS, VELOCITIES};
use super::sheet::FEATURES;
use crate::network::{Numbering, device_randomness};

/// Sizes of a performance network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PerformanceConfig {
    /// Width of the state of a note.
    pub width: usize,
    /// Layers; each reaches twice as far as the one before.
    pub layers: usize,
    /// Width of the heads.
    pub head_width: usize,
}

impl Default for PerformanceConfig {
    fn default() -> Self {
        Self { width: 96, layers: 6, head_width: 96 }
    }
}

impl PerformanceConfig {
    /// A network with fresh weights, the same for the same seed.
    pub(super) fn init(&self, device: &Device, seed: u64) -> PerformanceNetwork {
        let _held = device_randomness();
        device.seed(seed);
        let head = |classes: usize, memories: usize| Head {
            state: LinearConfig::new(self.width, self.head_width).init(device),
            memory: LinearConfig::new(memories, self.head_width).with_bias(false).init(device),
            out: LinearConfig::new(self.head_width, classes)
                .with_initializer(Initializer::Normal { mean: 0.0, std: 0.02 })
                .init(device),
        };
        let layer = |_| Layer {
            around: LinearConfig::new(3 * self.width, self.width).init(device),
            out: LinearConfig::new(self.width, self.width)
                .with_bias(false)
                .with_initializer(Initializer::Normal { mean: 0.0, std: 0.3 / (self.width as f64).sqrt() })
                .init(device),
        };
        let network = PerformanceNetwork {
            features: LinearConfig::new(FEATURES, self.width).init(device),
            layers: (0..self.layers).map(layer).collect(),
            timing: head(TIMINGS, MEMORIES),
            velocity: head(VELOCITIES, MEMORIES + 1),
        };
        network.map(&mut Numbering(0))
    }
}

/// The whole network.
#[derive(Module, Debug)]
pub(super) struct PerformanceNetwork {
    features: Linear,
    layers: Vec<Layer>,
    pub(super) timing: Head,
    pub(super) velocity: Head,
}

/// A layer that looks to both sides.
#[derive(Module, Debug)]
struct Layer {
    around: Linear,
    out: Linear,
}

/// A field's head.
#[derive(Module, Debug)]
pub(super) struct Head {
    pub(super) state: Linear,
    pub(super) memory: Linear,
    pub(super) out: Linear,
}

impl Head {
    /// Log-probabilities of the classes; `state` and `memory` are `[notes, …]`.
    fn forward(&self, state: Tensor<2>, memory: Tensor<2>) -> Tensor<2> {
        let hidden = relu(self.state.forward(state) + self.memory.forward(memory));
        log_softmax(self.out.forward(hidden), 1)
    }
}

/// Stretches of performances, one after another.
pub(super) struct Batch {
    /// `[stretches, notes, FEATURES]`.
    pub(super) features: Tensor<3>,
    /// `[stretches * notes, MEMORIES]`.
    pub(super) memory: Tensor<2>,
    /// `[stretches * notes, MEMORIES + 1]`.
    pub(super) memory_and_timing: Tensor<2>,
    /// `[stretches * notes, 1]`.
    pub(super) timing: Tensor<2, Int>,
    pub(super) velocity: Tensor<2, Int>,
    /// `[stretches * notes]`: one where a field is to be predicted, else zero.
    pub(super) timing_counts: Tensor<1>,
    pub(super) velocity_counts: Tensor<1>,
}

impl PerformanceNetwork {
    /// The state of every note, `[stretches * notes, width]`, of `[stretches, notes, FEATURES]`.
    pub(super) fn states(&self, features: Tensor<3>) -> Tensor<2> {
        let [stretches, notes, _] = features.dims();
        // Behind the end of a piece there is nothing, and it must look so: every note has one step in the quarter.
        let is_there = features.clone().narrow(2, 0, STEPS_PER_QUARTER as usize).sum_dim(2);
        let mut x = relu(self.features.forward(features)) * is_there.clone();
        let [_, _, width] = x.dims();
        for (index, layer) in self.layers.iter().enumerate() {
            let reach = 1 << index;
            let normal = x.clone() * (x.clone().square().mean_dim(2) + 1e-6).sqrt().recip();
            let nothing = Tensor::<3>::zeros([stretches, reach.min(notes), width], &x.device());
            // Tensors of no length do not exist.
            let moved = |from: usize| (reach < notes).then(|| normal.clone().narrow(1, from, notes - reach));
            let before = Tensor::cat([Some(nothing.clone()), moved(0)].into_iter().flatten().collect(), 1);
            let behind = Tensor::cat([moved(reach), Some(nothing)].into_iter().flatten().collect(), 1);
            let around = relu(layer.around.forward(Tensor::cat(vec![before, normal, behind], 2)));
            x = x + layer.out.forward(around) * is_there.clone();
        }
        let x = x.reshape([stretches * notes, width]);
        x.clone() * (x.square().mean_dim(1) + 1e-6).sqrt().recip()
    }

    /// Negative log-likelihood of a batch in nats, of timing and of velocity, each `[1]` and summed.
    pub(super) fn losses(&self, batch: &Batch) -> (Tensor<1>, Tensor<1>) {
        let states = self.states(batch.features.clone());
        let loss = |logs: Tensor<2>, classes: &Tensor<2, Int>, counts: &Tensor<1>| {
            -(logs.gather(1, classes.clone()).squeeze_dim::<1>(1) * counts.clone()).sum()
        };
        let timing = self.timing.forward(states.clone(), batch.memory.clone());
        let velocity = self.velocity.forward(states, batch.memory_and_timing.clone());
        (loss(timing, &batch.timing, &batch.timing_counts), loss(velocity, &batch.velocity, &batch.velocity_counts))
    }
}
