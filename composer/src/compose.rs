//! From a seed and wishes to a piece.
//!
//! ```text
//! Score ─ Seed::hear ─> what was heard ─ plan ─> Request ─ Generator x candidates ─ rank ─ assemble ─> Score
//! ```

mod assemble;
pub mod ensemble;
pub(crate) mod harmony;
mod originality;
pub(crate) mod plan;
mod rank;
mod seed;

use std::sync::atomic::{AtomicBool, Ordering};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;
use ripieno_score::{Key, Score};
use serde::{Deserialize, Serialize};

pub use originality::{Originality, OverlapLimit};
pub use rank::Merits;
pub use seed::{Heard, Seed};

use crate::event::{NoteEvent, PartEvent};
use crate::generate::{Generated, Generator, Request, Sampling};
use crate::model::Model;

/// What is done with the seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// The seed is kept, continued to a whole piece and accompanied; without a seed, a piece from nothing.
    Complete,
    /// The seed goes on.
    Continue,
    /// Other parts join the seed.
    Accompany,
    /// Bars `from..=to`, counted from 1, are written anew between what stands before and behind them.
    Infill {
        /// First bar to be written.
        from: usize,
        /// Last bar to be written.
        to: usize,
    },
    /// The seed changes: its notes on the beat mostly stay, the others are written anew over the same harmony.
    Vary,
}

/// What is wished for. It goes into the record of the piece as it is: files that somebody wishes with, by value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wishes {
    /// What is done with the seed.
    pub task: Task,
    /// Bars of the whole piece, the seed's included. `None`: the task decides.
    pub bars: Option<usize>,
    /// Names and weights of styles; empty for none.
    pub styles: Vec<(String, f32)>,
    /// How strongly the style is followed; 1 is as learnt.
    pub style_strength: f32,
    /// Instruments that join the seed, or play the piece; empty lets the style decide.
    pub parts: Vec<PartEvent>,
    /// The key of everything that is written.
    pub key: Option<Key>,
    /// Quarter notes a minute.
    pub tempo_bpm: Option<f64>,
    /// How classes are drawn.
    pub sampling: Sampling,
    /// Seed of the random numbers.
    #[serde(rename = "random_seed")]
    pub seed: u64,
    /// Pieces that are written, of which the best is kept; at least one.
    pub candidates: usize,
    /// Against copies of what the model was trained on.
    #[serde(skip)]
    pub overlap_limit: Option<OverlapLimit>,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            task: Task::Complete,
            bars: None,
            styles: Vec::new(),
            style_strength: 1.0,
            parts: Vec::new(),
            key: None,
            tempo_bpm: None,
            sampling: Sampling::default(),
            seed: 0,
            candidates: 4,
            overlap_limit: None,
        }
    }
}

/// A finished piece.
#[derive(Debug, Clone)]
pub struct Composition {
    /// The music. Notes of the seed have the seed's own ticks.
    pub score: Score,
    /// For every part, for every note of the score: whether it came from the person.
    pub given: Vec<Vec<bool>>,
    /// What was heard in the seed.
    pub heard: Option<Heard>,
    /// The key of what was written.
    pub key: Key,
    /// Bars of the piece.
    pub bars: usize,
    /// Merits of all candidates in the order they were written.
    pub candidates: Vec<Merits>,
    /// Which candidate this is.
    pub chosen: usize,
    /// What it has in common with the sources, where that was asked for.
    pub originality: Option<Originality>,
    /// What the person should know.
    pub remarks: Vec<String>,
}

/// Why nothing was composed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ComposeError {
    /// The seed has no notes.
    #[error("the seed has no notes")]
    EmptySeed,
    /// More parts than the model can hold.
    #[error("the piece would have {found} parts; at most {} are possible", crate::vocabulary::PARTS)]
    TooManyParts {
        /// How many.
        found: usize,
    },
    /// The task works on a seed.
    #[error("this task works on a seed: name a MIDI file")]
    NeedsSeed,
    /// Fewer bars than the seed has.
    #[error("the seed has {seed} bars: ask for at least as many, or shorten the seed (asked for: {asked})")]
    TooFewBars {
        /// In the seed.
        seed: usize,
        /// Asked for.
        asked: usize,
    },
    /// Too many bars.
    #[error("{asked} bars are too many: at most {MAX_BARS}")]
    TooManyBars {
        /// Asked for.
        asked: usize,
    },
    /// The gap lies outside the seed.
    #[error("bars {from} to {to} are not in the seed, which has bars 1 to {bars}")]
    GapOutside {
        /// First bar asked for.
        from: usize,
        /// Last bar asked for.
        to: usize,
        /// Bars of the seed.
        bars: usize,
    },
    /// The task does not change the number of bars.
    #[error("{task} keeps the seed's {seed} bars: leave the number of bars out (asked for: {asked})")]
    FixedBars {
        /// The task's name.
        task: &'static str,
        /// In the seed.
        seed: usize,
        /// Asked for.
        asked: usize,
    },
    /// The model does not know a style.
    #[error("the model knows no style `{name}`; it knows {known}")]
    UnknownStyle {
        /// Asked for.
        name: String,
        /// All names.
        known: String,
    },
    /// A part could not play a single note in the key and range.
    #[error("part {part} has no pitch left within its range and the key")]
    NothingPlayable {
        /// Number of the part, counted from 1.
        part: usize,
    },
    /// The person stopped it.
    #[error("cancelled")]
    Cancelled,
}

/// Longest piece that can be asked for.
pub const MAX_BARS: usize = 1000;

/// Writes a piece. `progress` is told how many bars of all candidates are written, and of how many; it may be called from
/// any thread.
pub fn compose(
    model: &Model,
    seed: Option<&Seed>,
    wishes: &Wishes,
    progress: &(dyn Fn(usize, usize) + Sync),
    cancel: &AtomicBool,
) -> Result<Composition, ComposeError> {
    let count = wishes.candidates.max(1);
    // Every candidate has a plan of its own: another harmony, and in a variation other notes that stay.
    let plan =
        |index| plan::Plan::new(model, seed, &Wishes { seed: candidate_seed(wishes.seed, index), ..wishes.clone() });
    let mut plans = (0..count).map(plan).collect::<Result<Vec<_>, _>>()?;
    let total = count * plans[0].request.bars.len();
    let done = std::sync::atomic::AtomicUsize::new(0);
    let write = |index: usize| {
        let plan = &plans[index];
        let request = plan.request.clone();
        let mut bars: Vec<Vec<NoteEvent>> = vec![Vec::new(); request.bars.len()];
        let (mut nats, mut notes) = (0.0, 0);
        let mut generator = Generator::new(model, request);
        if let Some(limit) = &wishes.overlap_limit {
            generator = generator.watched(&limit.index, limit.max_overlap);
        }
        for event in generator.by_ref() {
            match event {
                Generated::Bar { .. } => progress(done.fetch_add(1, Ordering::Relaxed) + 1, total),
                Generated::Note { bar, note, nats: cost } => {
                    bars[bar].push(note);
                    nats += f64::from(cost);
                    notes += 1;
                }
            }
            if cancel.load(Ordering::Relaxed) {
                return Err(ComposeError::Cancelled);
            }
        }
        let merits = rank::judge(plan, &bars, nats / f64::from(notes.max(1)));
        Ok((bars, merits, generator.rerolls()))
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(count);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started");
    let written: Result<Vec<_>, ComposeError> = pool.install(|| (0..count).into_par_iter().map(write).collect());
    let written = written?;
    let score_of = |index: usize| written[index].1.score;
    let chosen = (0..count).max_by(|&a, &b| score_of(a).total_cmp(&score_of(b)).then(b.cmp(&a))).unwrap_or(0);
    let plan = plans.swap_remove(chosen);
    let (score, given) = assemble::assemble(&plan, seed, &written[chosen].0);
    let originality = wishes
        .overlap_limit
        .as_ref()
        .map(|limit| Originality::of(&limit.index, &score, &given, seed, written[chosen].2));
    Ok(Composition {
        score,
        given,
        heard: seed.map(|seed| seed.heard.clone()),
        key: plan.key,
        bars: plan.total_bars,
        candidates: written.iter().map(|(_, merits, _)| merits.clone()).collect(),
        chosen,
        originality,
        remarks: plan.remarks,
    })
}

/// What [`compose`] asks of the [`Generator`], for those who want to write note by note themselves.
pub fn request(model: &Model, seed: Option<&Seed>, wishes: &Wishes) -> Result<Request, ComposeError> {
    plan::Plan::new(model, seed, wishes).map(|plan| plan.request)
}

/// The seed of a candidate: the first has the one that was asked for.
fn candidate_seed(seed: u64, index: usize) -> u64 {
    if index == 0 {
        return seed;
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(index as u64);
    rng.next_u64()
}
