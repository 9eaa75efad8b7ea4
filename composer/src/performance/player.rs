//! Playing a sheet: timing and velocity of every note, drawn one after another.

use burn::nn::Linear;
use burn::tensor::Tensor;
use rand_chacha::ChaCha8Rng;

use super::memory::{MEMORIES, Memory};
use super::model::PerformanceModel;
use super::network::Head;
use super::scale::{Scale, normal};
use super::sheet::{Kind, Sheet};
use super::stretch::features;
use crate::task::unit;

/// Notes whose states are computed together.
const CHUNK: usize = 2048;
/// Classes less likely than this share of the likeliest are not drawn: the tails of a distribution are not well known.
const LEAST: f32 = 0.02;

/// How a note is played.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Touch {
    /// Lateness: hundredths of a quarter note for pitched parts, milliseconds for drums.
    pub(super) timing: f32,
    /// Velocity against the level of the music around the note.
    pub(super) velocity: f32,
}

/// Plays a sheet.
pub(super) fn play(model: &PerformanceModel, sheet: &Sheet, rng: &mut ChaCha8Rng) -> Vec<Touch> {
    let [timing_states, velocity_states] = states(model, sheet);
    let timing_head = Weights::of(&model.network.timing);
    let velocity_head = Weights::of(&model.network.velocity);
    let scale = Scale::of(sheet.kind);
    let mut memory = Memory::new(sheet);
    let mut touches = Vec::with_capacity(sheet.notes.len());
    for note in 0..sheet.notes.len() {
        let mut row = [0.0; MEMORIES + 1];
        row[..MEMORIES].copy_from_slice(&memory.row(note));
        let together = memory.timing_of_group().filter(|_| sheet.kind == Kind::Pitched);
        let timing = together.unwrap_or_else(|| {
            let logits = timing_head.logits(timing_states.row(note), &row[..MEMORIES]);
            normal(draw(&logits, rng))
        });
        row[MEMORIES] = timing;
        let velocity = normal(draw(&velocity_head.logits(velocity_states.row(note), &row), rng));
        memory.push(note, timing, velocity);
        let whole = normal(1.0);
        touches.push(Touch { timing: timing / whole * scale.timing, velocity: velocity / whole * scale.velocity });
    }
    touches
}

/// A number of classes from the middle one, anywhere within the class that was drawn.
fn draw(logits: &[f32], rng: &mut ChaCha8Rng) -> f32 {
    let best = logits.iter().copied().fold(f32::MIN, f32::max);
    let weight = |logit: f32| Some((logit - best).exp()).filter(|&weight| weight >= LEAST).unwrap_or(0.0);
    let total: f32 = logits.iter().copied().map(weight).sum();
    let mut left = unit(rng) * total;
    let found = logits.iter().position(|&logit| {
        left -= weight(logit);
        left < 0.0
    });
    // Rounding may leave a crumb behind the last class: the likeliest takes it.
    let class = found.or_else(|| logits.iter().position(|&logit| logit == best)).unwrap_or(logits.len() / 2);
    class as f32 - (logits.len() / 2) as f32 + unit(rng) - 0.5
}

/// Numbers in rows.
struct Rows {
    numbers: Vec<f32>,
    width: usize,
}

impl Rows {
    fn row(&self, index: usize) -> &[f32] {
        &self.numbers[index * self.width..][..self.width]
    }
}

/// What the two heads hear of the state of every note: timing, velocity.
fn states(model: &PerformanceModel, sheet: &Sheet) -> [Rows; 2] {
    let described = sheet.describe();
    let width = model.header.network.head_width;
    let mut heard = [const { Vec::new() }, const { Vec::new() }];
    // As far as the layers see to either side.
    let reach = (1 << model.header.network.layers) - 1;
    for start in (0..described.len()).step_by(CHUNK) {
        let end = (start + CHUNK).min(described.len());
        let (from, to) = (start.saturating_sub(reach), (end + reach).min(described.len()));
        let states = model.network.states(features(&[&described[from..to]], to - from, &model.device));
        let states = states.narrow(0, start - from, end - start);
        for (head, heard) in [&model.network.timing, &model.network.velocity].into_iter().zip(&mut heard) {
            heard.extend(floats(head.state.forward(states.clone())));
        }
    }
    heard.map(|numbers| Rows { numbers, width })
}

fn floats<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec_as().expect("weights and states are floats")
}

/// A head as plain numbers: for a single note that is quicker than tensors.
struct Weights {
    /// `[memories][hidden]`.
    memory: Vec<f32>,
    /// `[hidden][classes]`.
    out: Vec<f32>,
    bias: Vec<f32>,
}

impl Weights {
    fn of(head: &Head) -> Self {
        let weights = |linear: &Linear| floats(linear.weight.val());
        let bias = head.out.bias.as_ref().map_or(Vec::new(), |bias| floats(bias.val()));
        Self { memory: weights(&head.memory), out: weights(&head.out), bias }
    }

    fn logits(&self, state: &[f32], memory: &[f32]) -> Vec<f32> {
        let mut hidden = state.to_vec();
        for (&number, row) in memory.iter().zip(self.memory.chunks_exact(hidden.len())) {
            hidden.iter_mut().zip(row).for_each(|(sum, weight)| *sum += number * weight);
        }
        let mut logits = self.bias.clone();
        for (&number, row) in hidden.iter().zip(self.out.chunks_exact(logits.len())) {
            if number > 0.0 {
                logits.iter_mut().zip(row).for_each(|(sum, weight)| *sum += number * weight);
            }
        }
        logits
    }
}
