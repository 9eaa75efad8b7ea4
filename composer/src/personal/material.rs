//! The music that a personal style is learnt from: what is in it, and which of it is kept aside.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use ripieno_datasets::{Corpus, PieceSize, StyleSampler, Weighting};
use ripieno_score::key::find_key_of;
use serde::Serialize;

use crate::habits::Habits;
use crate::train::Piece;

/// Fewest different works that make a style: one is kept aside, and one piece alone would be learnt by heart.
const LEAST_WORKS: usize = 3;
/// Fewest notes to learn from.
const LEAST_NOTES: usize = 400;
/// Share of the pieces that is kept aside, and at most how many.
const WATCHED: (f64, usize) = (0.12, 64);
/// Notes up to which the pieces stay in memory, ready for the network.
const KEPT_NOTES: usize = 1_500_000;
/// Pieces in which habits are counted at most.
const COUNTED: usize = 256;
/// A long piece does not drown the others.
const WEIGHTING: Weighting = Weighting { style_exponent: 1.0, piece_exponent: 0.75 };

/// What a collection holds, for people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Contents {
    /// Pieces.
    pub pieces: usize,
    /// Pieces that are versions of each other counted once.
    pub works: usize,
    /// Notes.
    pub notes: usize,
    /// Pieces by key, the most frequent first.
    pub keys: Vec<(String, usize)>,
    /// Pieces by instrument that plays in them (128 is the drum kit), the most frequent first.
    pub instruments: Vec<(u8, usize)>,
}

/// Why a collection makes no style.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MaterialError {
    /// There is nothing.
    #[error("there is no piece to learn from")]
    Empty,
    /// Too few different pieces.
    #[error(
        "{works} different {} no style: at least {LEAST_WORKS} are needed, of which one is kept aside to see when to stop (20 or more are better)",
        if *works == 1 { "piece makes" } else { "pieces make" }
    )]
    TooFewWorks {
        /// How many.
        works: usize,
    },
    /// Too few notes.
    #[error("{notes} notes are too few to learn from: at least {LEAST_NOTES} are needed, some thousands are better")]
    TooFewNotes {
        /// How many.
        notes: usize,
    },
}

/// A collection, cut in two.
pub struct Material<'a> {
    corpus: &'a Corpus,
    training: Vec<usize>,
    watched: Vec<usize>,
    sampler: StyleSampler,
    /// One for each piece of the corpus, filled when it is drawn, if all of them fit into memory.
    kept: Option<Vec<OnceLock<Option<Arc<Piece>>>>>,
}

impl Contents {
    /// Looks into every piece, on all cores.
    pub fn of(corpus: &Corpus) -> Self {
        let describe = |index: usize| {
            let grid = corpus.load(index);
            let instruments: BTreeSet<u8> = grid.parts.iter().map(|part| part.instrument.index()).collect();
            let is_pitched = grid.notes.iter().any(|note| grid.is_pitched(note));
            (is_pitched.then(|| find_key_of(&grid).key.to_string()), instruments)
        };
        let described: Vec<_> = (0..corpus.pieces().len()).into_par_iter().map(describe).collect();
        let (mut keys, mut instruments) = (BTreeMap::new(), BTreeMap::new());
        for (key, played) in described {
            key.into_iter().for_each(|key| *keys.entry(key).or_default() += 1);
            played.into_iter().for_each(|instrument| *instruments.entry(instrument).or_default() += 1);
        }
        Self {
            pieces: corpus.pieces().len(),
            works: works(corpus).len(),
            notes: corpus.pieces().iter().map(|piece| piece.notes).sum(),
            keys: most_frequent(keys),
            instruments: most_frequent(instruments),
        }
    }
}

fn most_frequent<T: Ord>(counts: BTreeMap<T, usize>) -> Vec<(T, usize)> {
    let mut counts: Vec<(T, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    counts
}

/// The pieces of every work.
fn works(corpus: &Corpus) -> BTreeMap<u64, Vec<usize>> {
    let mut works: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (index, piece) in corpus.pieces().iter().enumerate() {
        works.entry(piece.work).or_default().push(index);
    }
    works
}

impl<'a> Material<'a> {
    /// Keeps some works aside: always the same ones of the same collection, and never all versions of a large work.
    ///
    /// # Errors
    /// When there is too little to learn from.
    pub fn new(corpus: &'a Corpus) -> Result<Self, MaterialError> {
        let pieces = corpus.pieces();
        if pieces.is_empty() {
            return Err(MaterialError::Empty);
        }
        let mut works: Vec<(u64, Vec<usize>)> = works(corpus).into_iter().collect();
        if works.len() < LEAST_WORKS {
            return Err(MaterialError::TooFewWorks { works: works.len() });
        }
        #[expect(clippy::cast_sign_loss, reason = "a count times a share")]
        let wanted = ((WATCHED.0 * pieces.len() as f64).ceil() as usize).clamp(1, WATCHED.1);
        // Small works first, in an order of their own: a large one leaves too little to learn from.
        works.sort_by_key(|(work, indices)| (indices.len() > wanted, work.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        let mut watched = Vec::new();
        let mut taken = 0;
        while watched.len() < wanted && taken < works.len() / 2 {
            watched.extend(&works[taken].1);
            taken += 1;
        }
        let mut training: Vec<usize> = works[taken..].iter().flat_map(|(_, indices)| indices).copied().collect();
        training.sort_unstable();
        watched.sort_unstable();
        let sizes: Vec<PieceSize> =
            training.iter().map(|&index| PieceSize { style: 0, notes: pieces[index].notes }).collect();
        let notes: usize = sizes.iter().map(|size| size.notes).sum();
        if notes < LEAST_NOTES {
            return Err(MaterialError::TooFewNotes { notes });
        }
        let sampler = StyleSampler::new(&sizes, &WEIGHTING).ok_or(MaterialError::Empty)?;
        let kept = (notes <= KEPT_NOTES).then(|| pieces.iter().map(|_| OnceLock::new()).collect());
        Ok(Self { corpus, training, watched, sampler, kept })
    }

    /// The collection.
    pub fn corpus(&self) -> &'a Corpus {
        self.corpus
    }

    /// Pieces to learn from, and pieces kept aside.
    pub fn pieces(&self) -> (usize, usize) {
        (self.training.len(), self.watched.len())
    }

    /// Notes of the pieces to learn from, and of those kept aside.
    pub fn notes(&self) -> (usize, usize) {
        let notes = |indices: &[usize]| indices.iter().map(|&index| self.corpus.pieces()[index].notes).sum();
        (notes(&self.training), notes(&self.watched))
    }

    /// Notes of the pieces to learn from, by the licence of their file.
    pub(super) fn licences(&self) -> BTreeMap<String, u64> {
        let mut licences = BTreeMap::new();
        for piece in self.training.iter().map(|&index| &self.corpus.pieces()[index]) {
            *licences.entry(piece.licence.name().to_owned()).or_default() += piece.notes as u64;
        }
        licences
    }

    /// Some piece to learn from; `None` where it has no events.
    pub(super) fn draw(&self, rng: &mut ChaCha8Rng) -> Option<Arc<Piece>> {
        self.piece(self.training[self.sampler.draw(rng)])
    }

    /// The pieces kept aside.
    pub(super) fn watched(&self) -> Vec<Arc<Piece>> {
        self.watched.par_iter().filter_map(|&index| self.piece(index)).collect()
    }

    /// Up to `most` pieces to learn from, evenly spread.
    pub(super) fn some(&self, most: usize) -> Vec<Arc<Piece>> {
        let count = self.training.len().min(most);
        let spread = (0..count).into_par_iter().map(|place| self.training[place * self.training.len() / count]);
        spread.filter_map(|index| self.piece(index)).collect()
    }

    fn piece(&self, index: usize) -> Option<Arc<Piece>> {
        let encode = || Piece::new(&self.corpus.load(index), 0).map(Arc::new);
        self.kept.as_ref().map_or_else(encode, |kept| kept[index].get_or_init(encode).clone())
    }

    /// What the pieces to learn from are usually like.
    pub(super) fn habits(&self) -> Habits {
        let pieces = self.some(COUNTED);
        Habits::of(&pieces.iter().map(AsRef::as_ref).collect::<Vec<&Piece>>())
    }

    /// The sets of instruments that most often play together, at most eight, the most frequent first.
    pub(super) fn ensembles(&self) -> Vec<Vec<u8>> {
        let sets = self.training.par_iter().filter_map(|&index| {
            let parts: Vec<u8> = self.corpus.load(index).parts.iter().map(|part| part.instrument.index()).collect();
            (1..=6).contains(&parts.len()).then_some(parts)
        });
        let mut counts = BTreeMap::new();
        sets.collect::<Vec<_>>().into_iter().for_each(|set| *counts.entry(set).or_default() += 1);
        most_frequent(counts).into_iter().take(8).map(|(set, _)| set).collect()
    }
}
