//! From a seed and wishes to a piece.
//!
//! ```text
//! Score ─ Seed::hear ─> what was heard ─ plan ─> Request ─ draft x candidates ─ rank ─ assemble ─> Score
//! ```

mod allowed;
mod assemble;
pub mod controls;
mod customs;
mod draft;
pub mod ensemble;
pub(crate) mod harmony;
mod originality;
mod outline;
pub(crate) mod plan;
mod rank;
mod returns;
mod rhythm;
mod room;
mod sections;
mod seed;
mod stays;
mod steer;
mod takes;

use std::sync::atomic::{AtomicBool, Ordering};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use ripieno_score::{Key, Note, Score};
use serde::{Deserialize, Serialize};

pub use controls::Controls;
use draft::Draft;
pub use originality::{Originality, OverlapLimit};
pub use rank::Merits;
pub use sections::{Likeness, SectionReport};
pub use seed::{Heard, Seed};
pub use takes::TakeFigures;

use crate::event::PartEvent;
use crate::generate::{Generator, Player, Request, Sampling};
use crate::habits::StyleEar;
use crate::performance::{PerformanceModel, humanize};

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
    /// What the person decides beside this.
    pub controls: Controls,
    /// How far the finished piece is played as people do, `0.0..=1.0`: 0 leaves all notes on the grid and as loud as they are.
    #[serde(skip_serializing_if = "is_zero")]
    pub humanize: f32,
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
            style_strength: USUAL_STYLE_STRENGTH,
            parts: Vec::new(),
            key: None,
            tempo_bpm: None,
            sampling: Sampling::default(),
            seed: 0,
            candidates: 4,
            controls: Controls::default(),
            humanize: 0.0,
            overlap_limit: None,
        }
    }
}

fn is_zero(number: &f32) -> bool {
    *number == 0.0
}

/// A finished piece.
#[derive(Debug, Clone)]
pub struct Composition {
    /// The music. Notes of the seed have the seed's own ticks, unless they were to be humanized.
    pub score: Score,
    /// For every part, for every note of the score, the note before it was humanized; else the very notes of the score.
    pub as_written: Vec<Vec<Note>>,
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
    /// The random seed with which this is the only candidate.
    pub seed: u64,
    /// The sections, where a form was asked for.
    pub sections: Vec<SectionReport>,
    /// Key figures, where there are several takes.
    pub figures: Option<TakeFigures>,
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
    /// Two wishes of which only one can be granted.
    #[error("{one} and {other} exclude each other: {reason}")]
    Excluded {
        /// The one.
        one: String,
        /// The other.
        other: String,
        /// Why.
        reason: String,
    },
    /// A part that nobody plays.
    #[error("no part is called `{name}`; the parts are {known}")]
    UnknownPart {
        /// What was said.
        name: String,
        /// All parts, with numbers.
        known: String,
    },
    /// Locks where everything stays anyway.
    #[error("locks go with infill and vary: elsewhere the seed stays as it is anyway")]
    NothingToLock,
    /// A lock on bars that are not there.
    #[error("bars {from} to {to} cannot be locked: the seed has bars 1 to {bars}")]
    LockOutside {
        /// First bar.
        from: usize,
        /// Last bar.
        to: usize,
        /// Bars of the seed.
        bars: usize,
    },
    /// A form for a piece that has one already.
    #[error("a form goes with whole pieces: leave the task out")]
    FormWithTask,
    /// No rhythm to keep, or no part that is written with it.
    #[error("a rhythm is kept from a seed that goes on or is written anew: there is none here")]
    NoRhythm,
    /// The person stopped it.
    #[error("cancelled")]
    Cancelled,
}

/// How strongly a style is followed when nobody says so: as learnt, it gives way to the style of the seed.
pub const USUAL_STYLE_STRENGTH: f32 = 2.0;

/// Longest piece that can be asked for.
pub const MAX_BARS: usize = 1000;

/// Candidates that are written side by side: each takes the memory of several contexts.
const AT_ONCE: usize = 8;

/// Writes a piece. `progress` is told how many bars of all candidates are begun, each in several ways, and of how many; it may be
/// called from any thread.
pub fn compose<'m>(
    player: impl Into<Player<'m>>,
    seed: Option<&Seed>,
    wishes: &Wishes,
    progress: &(dyn Fn(usize, usize) + Sync),
    cancel: &AtomicBool,
) -> Result<Composition, ComposeError> {
    let mut takes = compose_takes(player, seed, wishes, 1, progress, cancel)?;
    Ok(takes.swap_remove(0))
}

/// Writes so many pieces (at least one) that are good and unlike each other, the best first. Each is what its
/// [`seed`](Composition::seed) gives as the only candidate.
pub fn compose_takes<'m>(
    player: impl Into<Player<'m>>,
    seed: Option<&Seed>,
    wishes: &Wishes,
    takes: usize,
    progress: &(dyn Fn(usize, usize) + Sync),
    cancel: &AtomicBool,
) -> Result<Vec<Composition>, ComposeError> {
    let player = player.into();
    let takes = takes.max(1);
    // Of several takes, one that is poor or much like another is left out.
    let count = if takes > 1 { wishes.candidates.max(takes + 1) } else { wishes.candidates.max(1) };
    // Every candidate has a plan of its own: another harmony, and in a variation other notes that stay.
    let plan =
        |index| plan::Plan::new(player, seed, &Wishes { seed: candidate_seed(wishes.seed, index), ..wishes.clone() });
    let plans = (0..count).map(plan).collect::<Result<Vec<_>, _>>()?;
    let total = count * draft::WAYS * plans[0].request.bars.len();
    let ear = StyleEar::of(player.header());
    let done = std::sync::atomic::AtomicUsize::new(0);
    let begun = || progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
    // Where a caller composes many pieces side by side, each has one thread: a worker that waits for another pool begins further
    // pieces meanwhile, hundreds in the end.
    let is_one_of_many = rayon::current_thread_index().is_some();
    let cores = if is_one_of_many { 1 } else { std::thread::available_parallelism().map_or(1, usize::from) };
    let threads = cores.min(count * draft::WAYS);
    let pool = (threads > 1)
        .then(|| rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started"));
    let mut written: Vec<Written> = Vec::new();
    for plans in plans.chunks(AT_ONCE) {
        let begin = |index: usize| {
            let plan = &plans[index];
            let mut generator = Generator::new(player, plan.request.clone());
            if let Some(limit) = &wishes.overlap_limit {
                generator = generator.watched(&limit.index, limit.max_overlap);
            }
            (Draft::new(generator, plan.request.bars.len()), plan)
        };
        let empty: Vec<(Draft<'_>, &plan::Plan)> = (0..plans.len()).map(begin).collect();
        let write = || Draft::write_all(&empty, &ear, pool.is_some(), &begun, cancel);
        let drafts = match &pool {
            Some(pool) => pool.install(write),
            None => write(),
        };
        written.extend(drafts?.into_iter().zip(plans).map(|((draft, merits), plan)| {
            let (score, given) = assemble::assemble(plan, seed, &draft.bars);
            let rerolls = draft.generator.rerolls();
            Written { merits, notes: takes::written_notes(&score, &given), score, given, rerolls }
        }));
    }
    let scores: Vec<f64> = written.iter().map(|written| written.merits.score).collect();
    let notes: Vec<takes::Notes> = written.iter().map(|written| written.notes.clone()).collect();
    let chosen = takes::choose(&scores, &notes, takes);
    let candidates: Vec<Merits> = written.iter().map(|written| written.merits.clone()).collect();
    let of_takes: Vec<&takes::Notes> = chosen.iter().map(|&index| &notes[index]).collect();
    let finish = |&index: &usize| {
        let (plan, written) = (&plans[index], &written[index]);
        let (score, given) = (written.score.clone(), written.given.clone());
        let returns = plan.sections.is_some() || plan.reprise.is_some();
        let original =
            |limit: &OverlapLimit| Originality::of(&limit.index, (&score, &given), seed, returns, written.rerolls);
        let originality = wishes.overlap_limit.as_ref().map(original);
        let report =
            |sections: &sections::Sections| sections.report(&ripieno_score::GridScore::from_score(&score).0, plan.tune);
        let sections = plan.sections.as_ref().map_or(Vec::new(), report);
        let mut remarks = plan.remarks.clone();
        remarks.extend(plan.silence(&score, seed, written.notes.len()));
        let seed_of_this = candidate_seed(wishes.seed, index);
        let (score, as_written, given) = played(score, given, wishes.humanize, seed_of_this);
        Composition {
            as_written,
            figures: (takes > 1).then(|| TakeFigures::of(&score, &written.notes, &of_takes)),
            score,
            given,
            heard: seed.map(|seed| seed.heard.clone()),
            key: plan.key,
            bars: plan.total_bars,
            candidates: candidates.clone(),
            chosen: index,
            seed: seed_of_this,
            sections,
            originality,
            remarks,
        }
    };
    Ok(chosen.iter().map(finish).collect())
}

/// The piece as it is played, the notes as they were written, and whose they are, in the order of the played ones.
fn played(score: Score, given: Vec<Vec<bool>>, amount: f32, seed: u64) -> (Score, Vec<Vec<Note>>, Vec<Vec<bool>>) {
    if amount <= 0.0 {
        let as_written = score.parts.iter().map(|part| part.notes.clone()).collect();
        return (score, as_written, given);
    }
    let model = PerformanceModel::shipped().expect("tests read the weights in the program");
    let humanized = humanize(&model, &score, amount, seed);
    let given = humanized.in_order(&given);
    (humanized.score, humanized.written, given)
}

/// A candidate.
struct Written {
    merits: Merits,
    notes: takes::Notes,
    score: Score,
    given: Vec<Vec<bool>>,
    rerolls: usize,
}

/// What [`compose`] asks of the [`Generator`], for those who want to write note by note themselves.
pub fn request<'m>(
    player: impl Into<Player<'m>>,
    seed: Option<&Seed>,
    wishes: &Wishes,
) -> Result<Request, ComposeError> {
    plan::Plan::new(player.into(), seed, wishes).map(|plan| plan.request)
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
