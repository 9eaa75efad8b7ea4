//! How well styles and mixes of them predict music: nats per note, nothing given and nothing said.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use burn::module::Module;
use burn::tensor::Tensor;
use rayon::prelude::*;
use ripieno_datasets::Corpus;
use serde::Serialize;

use crate::eval::{Cost, plans};
use crate::example::{Example, Source};
use crate::model::Model;
use crate::network::Network;
use crate::network::batch::Batch;
use crate::train::{Piece, unsaid};

/// Names of styles with their shares, which add up to one; empty for no style.
pub type Mix = Vec<(String, f32)>;

/// Steps, padding included, that are computed together.
const BATCH_STEPS: usize = 4096;
/// The best mix is looked for on so many stretches.
const SEARCHED: usize = 48;
/// Styles that may join a mix: the best ones alone.
const JOINING: usize = 5;
/// Shares that a style may join with.
const SHARES: [f32; 2] = [0.5, 0.25];
/// Styles that join one after another at most.
const ROUNDS: usize = 3;
/// Nats per note that one more style in a mix must save.
const LEAST_GAIN: f64 = 0.001;

/// What mixes of styles cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// Pieces that were measured.
    pub pieces: usize,
    /// Notes that were predicted.
    pub notes: usize,
    /// Every mix that was asked for, with nats per note.
    pub mixes: Vec<(Mix, f64)>,
    /// The mix of the base model's styles that was found to be the best for this very music, with nats per note.
    pub best_of_base: (Mix, f64),
}

/// Pieces of a corpus in stretches as long as the context, at most `stretches` of each.
pub fn held_out(model: &Model, corpus: &Corpus, stretches: usize) -> Vec<Example> {
    let pieces = (0..corpus.pieces().len()).into_par_iter().filter_map(|index| Piece::new(&corpus.load(index), 0));
    let examples = pieces.map(|piece| stretches_of(&piece, model.header.network.context, stretches));
    examples.collect::<Vec<_>>().into_iter().flatten().collect()
}

/// Measures `mixes` on examples of [`held_out`], and looks for the best mix of the base model's styles. `None` when
/// cancelled.
///
/// # Panics
/// When a mix names a style that the model does not know.
pub fn measure(
    model: &Model,
    pieces: usize,
    examples: &[Example],
    mixes: &[Mix],
    progress: &dyn Fn(usize, usize),
    cancel: &AtomicBool,
) -> Option<Figures> {
    let pools = pools(std::thread::available_parallelism().map_or(1, usize::from));
    let (searched, _) = best_mix(model, &spread(examples, SEARCHED), &pools, cancel)?;
    let rows = mixes.iter().map(|mix| weights(model, mix)).chain([searched.clone()]);
    let total = mixes.len() + 1;
    let mut costs = Vec::new();
    for (done, row) in rows.enumerate() {
        progress(done, total);
        if cancel.load(Ordering::Relaxed) {
            return None;
        }
        costs.push(cost_in(model, &row, examples, &pools).per_note());
    }
    progress(total, total);
    let best = costs.pop().expect("the best mix is the last");
    Some(Figures {
        pieces,
        notes: examples.iter().map(|example| example.notes.len()).sum(),
        mixes: mixes.iter().cloned().zip(costs).collect(),
        best_of_base: (named(model, &searched), best),
    })
}

/// Threads that each compute alone.
pub(super) fn pools(count: usize) -> Vec<rayon::ThreadPool> {
    let pool = |_| rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("one thread can be started");
    (0..count.max(1)).map(pool).collect()
}

/// Stretches of a piece about which nothing is said.
pub(super) fn stretches_of(piece: &Piece, context: usize, most: usize) -> Vec<Example> {
    let attributes = unsaid(piece.events.bars.len());
    let source = |plan| Source { events: &piece.events, attributes: &attributes, plan, style: 0, context };
    plans(piece, context, most).iter().map(|plan| Example::build(source(plan))).collect()
}

/// The same for several pieces.
pub(super) fn stretches_of_all(pieces: &[Arc<Piece>], context: usize, most: usize) -> Vec<Example> {
    pieces.iter().flat_map(|piece| stretches_of(piece, context, most)).collect()
}

fn spread(examples: &[Example], most: usize) -> Vec<Example> {
    let count = examples.len().min(most);
    (0..count).map(|place| examples[place * examples.len() / count].clone()).collect()
}

/// The mix of the base model's styles that predicts the examples best, found by letting one style after another join;
/// one weight for each row of the style table. `None` when cancelled.
pub(super) fn best_mix(
    model: &Model,
    examples: &[Example],
    pools: &[rayon::ThreadPool],
    cancel: &AtomicBool,
) -> Option<(Vec<f32>, f64)> {
    let rows = model.header.styles.len() + 1;
    let nats = |weights: &[f32]| {
        let is_cancelled = cancel.load(Ordering::Relaxed);
        (!is_cancelled).then(|| cost_in(model, weights, examples, pools).per_note())
    };
    let alone = |row: usize| (0..rows).map(|other| f32::from(u8::from(other == row))).collect::<Vec<f32>>();
    let mut singles = Vec::new();
    for row in 0..=model.base_styles() {
        singles.push((nats(&alone(row))?, row));
    }
    singles.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut best, first) = singles[0];
    let mut mix = alone(first);
    for _ in 0..ROUNDS {
        let mut better: Option<(f64, Vec<f32>)> = None;
        for &(_, row) in singles.iter().take(JOINING) {
            for share in SHARES {
                let mut joined: Vec<f32> = mix.iter().map(|weight| weight * (1.0 - share)).collect();
                joined[row] += share;
                let nats = nats(&joined)?;
                let least = better.as_ref().map_or(best - LEAST_GAIN, |(nats, _)| *nats);
                if nats < least {
                    better = Some((nats, joined));
                }
            }
        }
        let Some((nats, joined)) = better else { break };
        (best, mix) = (nats, joined);
    }
    Some((mix, best))
}

/// The styles of a mix by name.
pub(super) fn named(model: &Model, weights: &[f32]) -> Mix {
    let styles = model.header.styles.iter().zip(&weights[1..]);
    styles.filter(|(_, weight)| **weight > 0.0).map(|(name, weight)| (name.clone(), *weight)).collect()
}

fn weights(model: &Model, mix: &Mix) -> Vec<f32> {
    let mut weights = vec![0.0; model.header.styles.len() + 1];
    for (name, weight) in mix {
        weights[model.style_index(name).expect("the caller knows the styles")] += weight;
    }
    weights[0] = (1.0 - weights[1..].iter().sum::<f32>()).max(0.0);
    weights
}

fn cost_in(model: &Model, weights: &[f32], examples: &[Example], pools: &[rayon::ThreadPool]) -> Cost {
    let vector = model.network.style_vector(weights, &model.device);
    cost(&model.network_in(weights), &vector, examples, pools)
}

/// What examples cost in a style `[1, style_width]`; each pool works on its share.
pub(super) fn cost(network: &Network, style: &Tensor<2>, examples: &[Example], pools: &[rayon::ThreadPool]) -> Cost {
    let batches = batches(examples);
    let share = |first: usize| {
        let mut cost = Cost::default();
        for batch in batches.iter().skip(first).step_by(pools.len()) {
            cost.add(losses(network, style, batch), batch.iter().map(|example| example.notes.len()).sum());
        }
        cost
    };
    let shares: Vec<Cost> = std::thread::scope(|scope| {
        let share = &share;
        let threads: Vec<_> =
            pools.iter().enumerate().map(|(first, pool)| scope.spawn(move || pool.install(|| share(first)))).collect();
        threads.into_iter().map(|thread| thread.join().expect("measuring does not panic")).collect()
    });
    let mut total = Cost::default();
    shares.iter().for_each(|cost| total.add(cost.fields, cost.notes));
    total
}

fn losses(network: &Network, style: &Tensor<2>, examples: &[Example]) -> [f64; 6] {
    let device = network.devices().into_iter().next().expect("a network is on a device");
    let batch = Batch::new(examples, 0, &device);
    network.losses_in(&batch, style.clone().repeat_dim(0, examples.len())).values()
}

/// Examples of about the same length together, so that little is padding.
fn batches(examples: &[Example]) -> Vec<Vec<Example>> {
    let mut sorted: Vec<&Example> = examples.iter().filter(|example| !example.notes.is_empty()).collect();
    sorted.sort_by_key(|example| example.steps.len());
    let mut batches: Vec<Vec<Example>> = Vec::new();
    for example in sorted {
        match batches.last_mut().filter(|batch| (batch.len() + 1) * example.steps.len() <= BATCH_STEPS) {
            Some(batch) => batch.push(example.clone()),
            None => batches.push(vec![example.clone()]),
        }
    }
    batches
}
