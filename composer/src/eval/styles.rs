//! Whether the style that is asked for is the style that is heard.
//!
//! A [`Recognizer`] learns the styles of the training split by what can be counted in the notes. It then hears passages of
//! the test split, and pieces that the model composed in every style from the same melodies. The model that composes and
//! the ears that judge have nothing in common but the music that they learnt from.
//!
//! A melody of another style is in the piece because the person put it there, and stays as it is. Everything is heard twice
//! therefore: with all notes, and by ears from which the tune is hidden where it is given in composed pieces. From these it is
//! hidden in real passages, too, when they learn and when they are tried. How much of a style can be heard by all notes under
//! foreign melodies at all is measured with real passages to which the melodies are lent.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;
use ripieno_datasets::recognition::{PASSAGE_BARS, Recognizer, passages};
use ripieno_datasets::{Corpus, Split};
use ripieno_score::GridScore;
use serde::Serialize;

use super::{indices, melodies::melodies};
use crate::compose::{ComposeError, Wishes, compose};
use crate::model::Model;
use crate::task::below;
use hidden::{hide, hide_part};
use lent::{has_meter_of, lend};

mod confusion;
mod hidden;
mod lent;
mod report;

pub use confusion::Confusion;

/// Weights of the second style on the way from the first to it.
pub const SWEEP: [f32; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];
/// Bars of the melodies that every piece begins with.
const MELODY_BARS: usize = 4;
/// For so many pieces of a style one piece is composed at each step of a sweep.
const SWEEP_SHARE: usize = 5;

/// What was heard.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StyleReport {
    /// How the styles were tried.
    pub options: StyleOptions,
    /// Of so many candidates the best was heard, as [`compose`] does it; at the steps of sweeps there was one.
    pub candidates: usize,
    /// All styles of the corpus.
    pub styles: Vec<String>,
    /// Numbers that the ears go by.
    pub features: usize,
    /// Passages that they learnt from.
    pub training_passages: usize,
    /// By all notes.
    pub whole: Hearing,
    /// By what was written, the tune being hidden where it was given; as [`whole`](Self::whole) where nothing was.
    pub written: Hearing,
    /// By all notes: passages of the test split to which the melodies of their meter were lent that pieces were composed from.
    pub lent: Option<Confusion>,
    /// From every style to another, by what was written.
    pub sweeps: Vec<Sweep>,
}

/// What ears heard.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hearing {
    /// Passages of the test split.
    pub real: Confusion,
    /// Composed pieces.
    pub composed: Confusion,
}

/// Mixes from one style to another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sweep {
    /// The first style.
    pub from: String,
    /// The second style.
    pub to: String,
    /// Pieces at each step.
    pub pieces: usize,
    /// At each step of [`SWEEP`], how probable the second style is where it must be one of the two; the mean of the pieces.
    pub heard: [f64; SWEEP.len()],
}

impl Sweep {
    /// Steps, of four, at which the second style becomes more probable.
    pub fn rises(&self) -> usize {
        self.heard.windows(2).filter(|pair| pair[1] > pair[0]).count()
    }
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StyleError {
    /// The training split is empty.
    #[error("the training split of the collection has no passage from which a style could be learnt")]
    NothingToLearn,
    /// The test split is empty.
    #[error("the test split of the collection has no melody of {MELODY_BARS} bars to begin with")]
    NoMelody,
    /// A piece could not be composed.
    #[error(transparent)]
    Compose(#[from] ComposeError),
}

/// How the styles are tried.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct StyleOptions {
    /// Pieces of every style.
    pub pieces: usize,
    /// How strongly the style is followed; 1 is as learnt.
    pub strength: f32,
    /// Whether pieces begin from melodies of the test split, or from nothing.
    pub melodies: bool,
    /// Everything random follows from it.
    pub seed: u64,
}

/// Composes pieces of every style that model and corpus know, and a fifth as many at each step of the sweeps. `progress`
/// is told what is being done, and how much of it.
pub fn recognise(
    model: &Model,
    corpus: &Corpus,
    options: &StyleOptions,
    progress: &(dyn Fn(&str, usize, usize) + Sync),
    cancel: &AtomicBool,
) -> Result<StyleReport, StyleError> {
    progress("learning", 0, 1);
    let &StyleOptions { pieces, strength, seed, .. } = options;
    let learn = |change: &(dyn Fn(&GridScore) -> GridScore + Sync)| {
        Recognizer::learn(corpus, seed, change).ok_or(StyleError::NothingToLearn)
    };
    let ears = learn(&GridScore::clone)?;
    let ears_without = if options.melodies { learn(&hide)? } else { ears.clone() };
    let melodies = if options.melodies { melodies(corpus, pieces, MELODY_BARS, seed) } else { Vec::new() };
    if options.melodies && melodies.is_empty() {
        return Err(StyleError::NoMelody);
    }
    let known: Vec<usize> =
        (0..corpus.styles().len()).filter(|&style| model.style_index(&corpus.styles()[style]).is_some()).collect();
    let name = |style: usize| corpus.styles()[style].clone();
    let candidates = Wishes::default().candidates;
    let mut jobs: Vec<Job> = Vec::new();
    for &style in &known {
        jobs.extend((0..pieces).map(|piece| Job { mix: vec![(name(style), 1.0)], piece, candidates }));
    }
    let pairs = pairs(&known, seed);
    let sweep_pieces = pieces.div_ceil(SWEEP_SHARE);
    for (piece, weight, &(from, to)) in steps(&pairs, sweep_pieces) {
        jobs.push(Job { mix: vec![(name(from), 1.0 - weight), (name(to), weight)], piece, candidates: 1 });
    }

    let done = AtomicUsize::new(0);
    let judged = jobs.par_iter().map(|job| {
        let wishes = Wishes {
            styles: job.mix.clone(),
            style_strength: strength,
            bars: Some(PASSAGE_BARS),
            seed: seed.wrapping_add(job.piece as u64),
            candidates: job.candidates,
            ..Wishes::default()
        };
        let melody = melodies.get(job.piece % melodies.len().max(1));
        let piece = compose(model, melody, &wishes, &|_, _| {}, cancel)?;
        progress("composing", done.fetch_add(1, Ordering::Relaxed) + 1, jobs.len());
        let whole = GridScore::from_score(&piece.score).0.excerpt(0..PASSAGE_BARS);
        // The melody is the first part.
        let written = if melody.is_some() { hide_part(&whole, 0) } else { whole.clone() };
        Ok(Judged { whole: ears.hear(&whole), written: ears_without.hear(&written) })
    });
    let judged = judged.collect::<Result<Vec<Judged>, StyleError>>()?;

    let lent = (!melodies.is_empty()).then(|| {
        let grids: Vec<GridScore> = melodies.iter().map(|melody| GridScore::from_score(&melody.score).0).collect();
        Hearing::of_real(&ears, corpus, &|passage, number| {
            let fitting: Vec<&GridScore> = grids.iter().filter(|melody| has_meter_of(passage, melody)).collect();
            Some(lend(passage, fitting.get(number % fitting.len().max(1))?))
        })
        .real
    });
    let mut report = StyleReport {
        options: *options,
        candidates,
        styles: corpus.styles().to_vec(),
        features: ears.features(),
        training_passages: ears.passages(),
        whole: Hearing::of_real(&ears, corpus, &|passage, _| Some(passage.clone())),
        written: Hearing::of_real(&ears_without, corpus, &|passage, _| match options.melodies {
            true => Some(hide(passage)),
            false => Some(passage.clone()),
        }),
        lent,
        sweeps: Vec::new(),
    };
    let (of_styles, of_sweeps) = judged.split_at(known.len() * pieces);
    for (index, judged) in of_styles.iter().enumerate() {
        let asked = known[index / pieces];
        report.whole.composed.add(asked, judged.whole.as_deref());
        report.written.composed.add(asked, judged.written.as_deref());
    }
    for (pair, judged) in pairs.iter().zip(of_sweeps.chunks(SWEEP.len() * sweep_pieces)) {
        report.sweeps.push(sweep(pair, judged, sweep_pieces, corpus.styles()));
    }
    Ok(report)
}

/// A piece to be composed.
struct Job {
    mix: Vec<(String, f32)>,
    /// Which melody, and which random numbers.
    piece: usize,
    /// How many are written; the best is heard.
    candidates: usize,
}

/// The probabilities of a piece, and of what was written of it; none where there are too few notes.
struct Judged {
    whole: Option<Vec<f32>>,
    written: Option<Vec<f32>>,
}

type Change<'a> = dyn Fn(&GridScore, usize) -> Option<GridScore> + Sync + 'a;

impl Hearing {
    /// Passages of the test split as `change` leaves them, which is told a number of the passage, and no composed piece yet.
    fn of_real(ears: &Recognizer, corpus: &Corpus, change: &Change<'_>) -> Self {
        let heard: Vec<(usize, Vec<f32>)> = indices(corpus, Split::Test)
            .into_par_iter()
            .flat_map_iter(|piece| {
                let passages = passages(&corpus.load(piece));
                let passages = passages.iter().enumerate();
                let heard = passages.filter_map(|(number, passage)| ears.hear(&change(passage, piece + number)?));
                heard.map(|heard| (corpus.pieces()[piece].style, heard)).collect::<Vec<_>>()
            })
            .collect();
        let nothing = Confusion::new(corpus.styles().len());
        let mut real = nothing.clone();
        heard.iter().for_each(|(style, heard)| real.add(*style, Some(heard)));
        Self { real, composed: nothing }
    }
}

/// Every style and the one after it, in an order that `seed` draws.
fn pairs(styles: &[usize], seed: u64) -> Vec<(usize, usize)> {
    let mut order = styles.to_vec();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    for last in (1..order.len()).rev() {
        order.swap(last, below(&mut rng, last + 1));
    }
    match order.len() {
        0 | 1 => Vec::new(),
        count => (0..count).map(|index| (order[index], order[(index + 1) % count])).collect(),
    }
}

/// Pair by pair, step by step, piece by piece.
fn steps(pairs: &[(usize, usize)], pieces: usize) -> impl Iterator<Item = (usize, f32, &(usize, usize))> {
    pairs.iter().flat_map(move |pair| SWEEP.iter().flat_map(move |&weight| (0..pieces).map(move |n| (n, weight, pair))))
}

fn sweep(&(from, to): &(usize, usize), judged: &[Judged], pieces: usize, styles: &[String]) -> Sweep {
    let share = |judged: &Judged| {
        let heard = judged.written.as_ref()?;
        Some(f64::from(heard[to] / (heard[from] + heard[to]).max(f32::MIN_POSITIVE)))
    };
    let mean = |step: usize| {
        let shares: Vec<f64> = judged[step * pieces..(step + 1) * pieces].iter().filter_map(share).collect();
        shares.iter().sum::<f64>() / shares.len().max(1) as f64
    };
    Sweep { from: styles[from].clone(), to: styles[to].clone(), pieces, heard: std::array::from_fn(mean) }
}

#[cfg(test)]
mod tests;
