//! Measuring a model on music that it has not seen.

use std::collections::BTreeMap;
use std::fmt;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;
use ripieno_datasets::{Corpus, Split};
use serde::Serialize;

use crate::attribute::{self, Attributes};
use crate::event::Role;
use crate::example::{Example, Source};
use crate::model::Model;
use crate::network::Network;
use crate::network::batch::Batch;
use crate::ngram::{MAX_ORDER, NGram};
use crate::task::{self, Plan, below};
use crate::train::{Piece, unsaid};

pub mod listening;
mod melodies;
pub mod overlap;
pub mod round_trip;
pub mod styles;

/// Nats and the notes that they were spent on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Cost {
    /// Summed nats by field: position, part, pitch, duration, velocity, bar.
    pub fields: [f64; 6],
    /// Notes predicted.
    pub notes: usize,
}

impl Cost {
    /// Nats per note, all fields together.
    pub fn per_note(&self) -> f64 {
        self.fields.iter().sum::<f64>() / self.notes.max(1) as f64
    }

    pub(crate) fn add(&mut self, fields: [f64; 6], notes: usize) {
        self.fields.iter_mut().zip(fields).for_each(|(sum, nats)| *sum += nats);
        self.notes += notes;
    }
}

/// The same music under several conditions.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct StyleFigures {
    /// Pieces.
    pub pieces: usize,
    /// The n-gram model.
    pub ngram: Cost,
    /// The network, nothing told.
    pub untold: Cost,
    /// The network, told the style.
    pub right_style: Cost,
    /// The network, told another style.
    pub wrong_style: Cost,
    /// The network, told style and the chords of every bar.
    pub chords: Cost,
    /// The network, told style and all that can be said of every bar.
    pub attributes: Cost,
    /// Accompaniment notes, the melody given.
    pub melody_given: Cost,
    /// The same notes, the melody silent.
    pub melody_absent: Cost,
}

/// Figures by style and for all.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Evaluation {
    /// Order of the n-gram model, chosen on the validation split.
    pub ngram_order: usize,
    /// Its nats per note on the validation split by order, from 1.
    pub ngram_validation: Vec<f64>,
    /// By name of the style.
    pub styles: BTreeMap<String, StyleFigures>,
    /// Everything.
    pub all: StyleFigures,
}

/// Evaluates a model on the test split of `corpus`; from each piece at most `stretches` stretches as long as the context.
/// `progress` is told what is being done, and how much of it.
pub fn evaluate(
    model: &Model,
    corpus: &Corpus,
    stretches: usize,
    progress: &(dyn Fn(&str, usize, usize) + Sync),
) -> Evaluation {
    let (ngram, ngram_validation) = train_ngram(model, corpus, stretches, progress);
    let best = |a: &usize, b: &usize| ngram_validation[a - 1].total_cmp(&ngram_validation[b - 1]);
    let ngram_order = (1..=MAX_ORDER).min_by(best).unwrap_or(1);
    let indices = indices(corpus, Split::Test);
    let done = std::sync::atomic::AtomicUsize::new(0);
    let measure = |&index: &usize| {
        let style = corpus.pieces()[index].style;
        let piece = Piece::new(&corpus.load(index), style + 1)?;
        let figures = measure(model, &ngram, ngram_order, &piece, index as u64, stretches);
        let done = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        progress("measuring", done, indices.len());
        Some((style, figures))
    };
    let measured: Vec<(usize, StyleFigures)> = indices.par_iter().filter_map(measure).collect();
    let mut evaluation = Evaluation { ngram_order, ngram_validation, ..Evaluation::default() };
    for (style, figures) in measured {
        evaluation.styles.entry(corpus.styles()[style].clone()).or_default().merge(&figures);
        evaluation.all.merge(&figures);
    }
    evaluation
}

fn indices(corpus: &Corpus, split: Split) -> Vec<usize> {
    (0..corpus.pieces().len()).filter(|&index| corpus.pieces()[index].split == split).collect()
}

/// Pieces counted at a time.
const CHUNK: usize = 128;

fn train_ngram(
    model: &Model,
    corpus: &Corpus,
    stretches: usize,
    progress: &(dyn Fn(&str, usize, usize) + Sync),
) -> (NGram, Vec<f64>) {
    let mut ngram = NGram::default();
    let training = indices(corpus, Split::Train);
    for (chunk, some) in training.chunks(CHUNK).enumerate() {
        let whole = |&index: &usize| {
            let piece = Piece::new(&corpus.load(index), 0)?;
            let plan = task::plain(&piece.events, 0, piece.events.bars.len());
            Some(Example::build(source(&piece, &plan, &unsaid(piece.events.bars.len()), 0, usize::MAX)))
        };
        let examples: Vec<Example> = some.par_iter().filter_map(whole).collect();
        ngram.observe(&examples);
        progress("counting n-grams", (chunk * CHUNK + some.len()).min(training.len()), training.len());
    }
    let validation: Vec<Example> = indices(corpus, Split::Validation)
        .par_iter()
        .filter_map(|&index| Piece::new(&corpus.load(index), 0))
        .flat_map_iter(|piece| {
            let said = unsaid(piece.events.bars.len());
            let plans = plans(&piece, model.header.network.context, stretches);
            plans
                .iter()
                .map(|plan| Example::build(source(&piece, plan, &said, 0, model.header.network.context)))
                .collect::<Vec<_>>()
        })
        .collect();
    let by_order = (1..=MAX_ORDER).map(|order| {
        let mut cost = Cost::default();
        for (nats, notes) in validation.par_iter().map(|e| (ngram.nats(e, order), e.notes.len())).collect::<Vec<_>>() {
            cost.add(nats, notes);
        }
        cost.per_note()
    });
    let by_order = by_order.collect();
    (ngram, by_order)
}

fn measure(model: &Model, ngram: &NGram, order: usize, piece: &Piece, seed: u64, stretches: usize) -> StyleFigures {
    let context = model.header.network.context;
    let silent = unsaid(piece.events.bars.len());
    let chords = with(&silent, &piece.attributes, &[attribute::CHORD_1, attribute::CHORD_2]);
    let all: Vec<usize> = (0..attribute::COUNT).filter(|&kind| kind != attribute::FUTURE).collect();
    let attributes = with(&silent, &piece.attributes, &all);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let styles = model.header.styles.len();
    let wrong = if styles > 1 { 1 + (piece.style + below(&mut rng, styles - 1)) % styles } else { 0 };
    let mut figures = StyleFigures { pieces: 1, ..StyleFigures::default() };
    for plan in plans(piece, context, stretches) {
        let example = |said: &[Attributes], style| Example::build(source(piece, &plan, said, style, context));
        let untold = example(&silent, 0);
        figures.ngram.add(ngram.nats(&untold, order), untold.notes.len());
        figures.untold.measure(model, &untold);
        figures.right_style.measure(model, &example(&silent, piece.style));
        figures.wrong_style.measure(model, &example(&silent, wrong));
        figures.chords.measure(model, &example(&chords, piece.style));
        figures.attributes.measure(model, &example(&attributes, piece.style));
        measure_melody(model, piece, &plan, &silent, context, &mut figures);
    }
    figures
}

/// The accompaniment of the same bars, with the melody given and without it. Both stop where the shorter one does.
fn measure_melody(
    model: &Model,
    piece: &Piece,
    plan: &Plan,
    silent: &[Attributes],
    context: usize,
    figures: &mut StyleFigures,
) {
    if piece.events.parts.len() < 2 {
        return;
    }
    let melody = piece.events.parts.iter().position(|part| part.role == Role::Melody).unwrap_or(0);
    let mut given = plan.clone();
    let bars = given.bars.len();
    task::lock_parts(&mut given, 1 << melody, bars);
    let mut absent = given.clone();
    absent.bars.iter_mut().for_each(|bar| bar.given.clear());
    let given = Example::build(source(piece, &given, silent, piece.style, context));
    let mut absent = Example::build(source(piece, &absent, silent, piece.style, context));
    let rows = given.positions.len().min(absent.positions.len());
    absent.keep_rows(rows);
    figures.melody_given.measure(model, &given);
    figures.melody_absent.measure(model, &absent);
}

impl Cost {
    fn measure(&mut self, model: &Model, example: &Example) {
        let batch = Batch::new(std::slice::from_ref(example), model.header.styles.len(), &model.device);
        self.add(model.network.losses(&batch).values(), batch.note_count);
    }
}

impl StyleFigures {
    fn merge(&mut self, other: &Self) {
        self.pieces += other.pieces;
        let costs = [
            (&mut self.ngram, &other.ngram),
            (&mut self.untold, &other.untold),
            (&mut self.right_style, &other.right_style),
            (&mut self.wrong_style, &other.wrong_style),
            (&mut self.chords, &other.chords),
            (&mut self.attributes, &other.attributes),
            (&mut self.melody_given, &other.melody_given),
            (&mut self.melody_absent, &other.melody_absent),
        ];
        for (sum, cost) in costs {
            sum.add(cost.fields, cost.notes);
        }
    }
}

fn source<'a>(
    piece: &'a Piece,
    plan: &'a Plan,
    attributes: &'a [Attributes],
    style: usize,
    context: usize,
) -> Source<'a> {
    Source { events: &piece.events, attributes, plan, style, context }
}

/// `silent` with some kinds of attributes told.
fn with(silent: &[Attributes], said: &[Attributes], kinds: &[usize]) -> Vec<Attributes> {
    let tell = |(silent, said): (&Attributes, &Attributes)| {
        let mut told = *silent;
        kinds.iter().for_each(|&kind| told[kind] = said[kind]);
        told
    };
    silent.iter().zip(said).map(tell).collect()
}

/// Stretches of a piece, evenly spread when it has more than are wanted.
pub(crate) fn plans(piece: &Piece, context: usize, most: usize) -> Vec<Plan> {
    let bars = &piece.events.bars;
    let mut starts = vec![0];
    let mut steps = 1 + piece.events.parts.len();
    for (index, bar) in bars.iter().enumerate() {
        steps += 1 + bar.notes.len();
        if steps > context && index + 1 < bars.len() {
            starts.push(index + 1);
            steps = 1 + piece.events.parts.len();
        }
    }
    let count = starts.len().min(most.max(1));
    let chosen = (0..count).map(|index| starts[index * starts.len() / count]);
    chosen.map(|first| task::plain(&piece.events, first, (first + context).min(bars.len()))).collect()
}

impl fmt::Display for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "nats per note on the test split; n-gram of order {} (chosen on validation)", self.ngram_order)?;
        writeln!(
            f,
            "{:<22}{:>7}{:>8}{:>8}{:>8}{:>8}{:>8}{:>8}{:>8}{:>8}{:>9}{:>9}",
            "style",
            "pieces",
            "notes",
            "n-gram",
            "untold",
            "ratio",
            "right",
            "wrong",
            "chords",
            "all",
            "melody",
            "no mel."
        )?;
        let rows = self.styles.iter().map(|(name, figures)| (name.as_str(), figures)).chain([("all", &self.all)]);
        for (name, figures) in rows {
            let notes = figures.untold.notes;
            let ratio = figures.untold.per_note() / figures.ngram.per_note();
            write!(f, "{name:<22}{:>7}{notes:>8}{:>8.3}", figures.pieces, figures.ngram.per_note())?;
            write!(f, "{:>8.3}{ratio:>8.3}{:>8.3}", figures.untold.per_note(), figures.right_style.per_note())?;
            write!(f, "{:>8.3}{:>8.3}", figures.wrong_style.per_note(), figures.chords.per_note())?;
            write!(f, "{:>8.3}{:>9.3}", figures.attributes.per_note(), figures.melody_given.per_note())?;
            writeln!(f, "{:>9.3}", figures.melody_absent.per_note())?;
        }
        writeln!(
            f,
            "\nby field{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}",
            "position", "part", "pitch", "duration", "velocity", "bar"
        )?;
        for (name, cost) in
            [("n-gram", &self.all.ngram), ("untold", &self.all.untold), ("right", &self.all.right_style)]
        {
            write!(f, "{name:<8}")?;
            for nats in cost.fields {
                write!(f, "{:>10.3}", nats / cost.notes.max(1) as f64)?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// Summed nats of all examples by field, and how many notes were predicted. Each pool works on its share.
pub(crate) fn losses(
    network: &Network,
    examples: &[Example],
    styles: usize,
    pools: &[rayon::ThreadPool],
) -> ([f64; 6], usize) {
    let share = examples.len().div_ceil(pools.len().max(1)).max(1);
    let results: Vec<Cost> = std::thread::scope(|scope| {
        let threads: Vec<_> = pools
            .iter()
            .zip(examples.chunks(share))
            .map(|(pool, examples)| scope.spawn(move || pool.install(|| losses_of(network, examples, styles))))
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a replica does not panic")).collect()
    });
    let mut total = Cost::default();
    results.iter().for_each(|cost| total.add(cost.fields, cost.notes));
    (total.fields, total.notes)
}

fn losses_of(network: &Network, examples: &[Example], styles: usize) -> Cost {
    let device = burn::module::Module::devices(network).into_iter().next().expect("a network is on a device");
    let mut cost = Cost::default();
    for examples in examples.chunks(4) {
        let batch = Batch::new(examples, styles, &device);
        cost.add(network.losses(&batch).values(), batch.note_count);
    }
    cost
}
