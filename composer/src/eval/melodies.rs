//! Melodies of the test split, to begin pieces with.

use std::collections::BTreeSet;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use ripieno_datasets::{Corpus, Split};
use ripieno_score::{GridNote, GridScore, Ppq};

use super::indices;
use crate::compose::Seed;
use crate::encode::encode;
use crate::event::Role;
use crate::task::below;
use crate::vocabulary::PARTS;

/// A melody with fewer notes a bar leaves everything open.
const NOTES_A_BAR: usize = 2;
/// What goes to and fro between fewer pitches accompanies.
const FEWEST_PITCHES: usize = 4;

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
    let enough = melody.bars.len() == bars && melody.notes.len() >= NOTES_A_BAR * bars && is_melody(&melody.notes);
    let score = enough.then(|| melody.to_score(Ppq::new(480).expect("480 is a resolution")))?;
    Seed::hear(&score).ok().filter(|seed| seed.bars() == bars)
}

/// Whether notes in order are sung one after another, and not the figures, chords or voices of an accompaniment: a part can be
/// taken for that of the melody because there is no other.
fn is_melody(notes: &[GridNote]) -> bool {
    let pitches: BTreeSet<u8> = notes.iter().map(|note| note.pitch).collect();
    let gives_way = |pair: &[GridNote]| 2 * pair[1].onset.saturating_sub(pair[0].onset) > pair[0].duration;
    pitches.len() >= FEWEST_PITCHES && notes.windows(2).all(gives_way)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_melody_is_sung_one_note_after_another_on_several_pitches() {
        let note =
            |(onset, pitch, duration): (u32, u8, u32)| GridNote { onset, duration, pitch, velocity: 80, part: 0 };
        let is_melody =
            |notes: &[(u32, u8, u32)]| super::is_melody(&notes.iter().copied().map(note).collect::<Vec<_>>());
        let tune = [(0, 67, 24), (24, 69, 12), (36, 71, 12), (48, 72, 48), (96, 67, 24)];
        assert!(is_melody(&tune));
        let legato = tune.map(|(onset, pitch, duration)| (onset, pitch, duration + 4));
        assert!(is_melody(&legato), "a note may ring into the next");
        let figure: Vec<(u32, u8, u32)> = (0..16).map(|at| (12 * at, [53, 60, 57][at as usize % 3], 12)).collect();
        assert!(!is_melody(&figure), "three pitches to and fro");
        let chords =
            tune.iter().flat_map(|&(onset, pitch, duration)| [(onset, pitch - 4, duration), (onset, pitch, duration)]);
        assert!(!is_melody(&chords.collect::<Vec<_>>()));
        let ringing = tune.map(|(onset, pitch, _)| (onset, pitch, 96));
        assert!(!is_melody(&ringing), "voices that sound together");
    }
}
