//! The corpus in memory, as events.

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use ripieno_datasets::{Corpus, PieceSize, Split, StyleSampler, Weighting};
use ripieno_score::GridScore;

use crate::attribute::{self, Attributes};
use crate::encode::{encode, split_long_bars};
use crate::event::{EventScore, NoteEvent};
use crate::habits::Habits;
use crate::habits::seat::instruments;
use crate::task::Plan;

/// A piece ready for training.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Its events.
    pub events: EventScore,
    /// What can be said about each bar.
    pub attributes: Vec<Attributes>,
    /// Index in the style table, 1 for the first style, 0 for none.
    pub style: usize,
}

impl Piece {
    /// The events of a score. `None` without notes or bars.
    pub fn new(grid: &GridScore, style: usize) -> Option<Self> {
        let grid = split_long_bars(grid);
        let events = encode(&grid);
        if events.bars.is_empty() || events.note_count() == 0 {
            return None;
        }
        let attributes = attribute::describe(&grid, &events);
        Some(Self { events, attributes, style })
    }
}

/// All pieces of a run.
#[derive(Debug, Clone)]
pub struct Pieces {
    training: Vec<Piece>,
    sampler: StyleSampler,
    /// Pieces that training never sees.
    pub validation: Vec<Piece>,
}

/// Small styles are seen more often than they are large; a single long piece does not dominate its style.
const WEIGHTING: Weighting = Weighting { style_exponent: 0.65, piece_exponent: 0.75 };

impl Pieces {
    /// Weighs the training pieces by style and length; `None` when there are none.
    pub fn new(training: Vec<Piece>, validation: Vec<Piece>) -> Option<Self> {
        let sizes: Vec<PieceSize> =
            training.iter().map(|piece| PieceSize { style: piece.style, notes: piece.events.note_count() }).collect();
        Some(Self { sampler: StyleSampler::new(&sizes, &WEIGHTING)?, training, validation })
    }

    /// The training and validation pieces of a corpus, encoded on all cores.
    pub fn load(corpus: &Corpus) -> Option<Self> {
        let of_split = |split: Split| {
            let records = corpus.pieces().par_iter().enumerate().filter(|(_, record)| record.split == split);
            records.filter_map(|(index, record)| Piece::new(&corpus.load(index), record.style + 1)).collect()
        };
        Self::new(of_split(Split::Train), of_split(Split::Validation))
    }

    /// Pieces to train on.
    pub fn training(&self) -> &[Piece] {
        &self.training
    }

    pub(super) fn draw_training(&self, rng: &mut ChaCha8Rng) -> &Piece {
        &self.training[self.sampler.draw(rng)]
    }

    /// For each of `styles` styles the sets of instruments that most often play together, at most eight, the most
    /// frequent first.
    pub fn ensembles(&self, styles: &[String]) -> BTreeMap<String, Vec<Vec<u8>>> {
        let mut counts: Vec<BTreeMap<Vec<u8>, usize>> = vec![BTreeMap::new(); styles.len()];
        for piece in &self.training {
            if let Some(instruments) = instruments(piece) {
                *counts[piece.style - 1].entry(instruments).or_default() += 1;
            }
        }
        let most_frequent = |counts: &BTreeMap<Vec<u8>, usize>| {
            let mut sets: Vec<(&Vec<u8>, &usize)> = counts.iter().collect();
            sets.sort_by_key(|&(set, &count)| (std::cmp::Reverse(count), set.clone()));
            sets.into_iter().take(8).map(|(set, _)| set.clone()).collect()
        };
        styles.iter().zip(&counts).map(|(style, counts)| (style.clone(), most_frequent(counts))).collect()
    }

    /// What the training pieces of each style are usually like.
    pub fn habits(&self, styles: &[String]) -> BTreeMap<String, Habits> {
        let of = |style: usize| {
            let pieces: Vec<&Piece> = self.training.iter().filter(|piece| piece.style == style + 1).collect();
            (styles[style].clone(), Habits::of(&pieces))
        };
        (0..styles.len()).into_par_iter().map(of).collect()
    }
}

/// Nothing said about any of `bars` bars but its number.
pub fn unsaid(bars: usize) -> Vec<Attributes> {
    (0..bars)
        .map(|bar| {
            let mut attributes = [0; attribute::COUNT];
            attributes[attribute::PHRASE] = attribute::phrase_class(bar);
            attributes
        })
        .collect()
}

/// Piece, plan and what is said about the bars, moved by semitones; `None` where a pitch would leave the keyboard.
pub(super) fn transpose(
    events: &EventScore,
    plan: &Plan,
    attributes: &[Attributes],
    semitones: i32,
) -> Option<(EventScore, Plan, Vec<Attributes>)> {
    let move_notes = |notes: &mut Vec<NoteEvent>| {
        notes.iter_mut().try_for_each(|note| {
            if !events.parts[usize::from(note.part)].is_drums() {
                note.pitch = u8::try_from(i32::from(note.pitch) + semitones).ok().filter(|&pitch| pitch < 128)?;
            }
            Some(())
        })
    };
    let mut plan = plan.clone();
    for bar in &mut plan.bars {
        move_notes(&mut bar.given)?;
        move_notes(&mut bar.played)?;
    }
    for notes in plan.gap.iter_mut().flat_map(|gap| &mut gap.after) {
        move_notes(notes)?;
    }
    let mut moved = events.clone();
    for bar in &mut moved.bars {
        bar.notes.clear();
    }
    let attributes = attributes.iter().map(|said| attribute::transpose(said, semitones)).collect();
    Some((moved, plan, attributes))
}
