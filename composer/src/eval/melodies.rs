//! Melodies of the test split, to begin pieces with.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use ripieno_datasets::{Corpus, Split};
use ripieno_score::{GridScore, Ppq};

use super::indices;
use crate::compose::Seed;
use crate::encode::encode;
use crate::event::Role;
use crate::task::below;
use crate::vocabulary::PARTS;

/// A melody with fewer notes a bar leaves everything open.
const NOTES_A_BAR: usize = 2;

/// The first `bars` bars of up to `count` melodies, of every style in turn and drawn with `seed`.
pub(super) fn melodies(corpus: &Corpus, count: usize, bars: usize, seed: u64) -> Vec<Seed> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut by_style: Vec<Vec<usize>> = vec![Vec::new(); corpus.styles().len()];
    for piece in indices(corpus, Split::Test) {
        by_style[corpus.pieces()[piece].style].push(piece);
    }
    let mut found = Vec::new();
    while found.len() < count && by_style.iter().any(|pieces| !pieces.is_empty()) {
        for pieces in &mut by_style {
            while found.len() < count && !pieces.is_empty() {
                let drawn = below(&mut rng, pieces.len());
                if let Some(melody) = melody(&corpus.load(pieces.swap_remove(drawn)), bars) {
                    found.push(melody);
                    break;
                }
            }
        }
    }
    found
}

/// The melody of a piece from the first bar with a note of it on.
fn melody(grid: &GridScore, bars: usize) -> Option<Seed> {
    if grid.parts.len() > PARTS || grid.bars.iter().any(|bar| bar.length > 192) {
        return None;
    }
    let part = encode(grid).parts.iter().position(|part| part.role == Role::Melody)?;
    let of_part = |note: &&ripieno_score::GridNote| usize::from(note.part) == part;
    let first = grid.bar_of(grid.notes.iter().find(of_part)?.onset);
    let mut melody = grid.excerpt(first..first + bars);
    melody.notes.retain(|note| usize::from(note.part) == part);
    melody.notes.iter_mut().for_each(|note| note.part = 0);
    melody.parts = vec![melody.parts[part].clone()];
    let enough = melody.bars.len() == bars && melody.notes.len() >= NOTES_A_BAR * bars;
    let score = enough.then(|| melody.to_score(Ppq::new(480).expect("480 is a resolution")))?;
    Seed::hear(&score).ok().filter(|seed| seed.bars() == bars)
}
