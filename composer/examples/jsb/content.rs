//! Whether a chorale is in a corpus, whatever its key, rhythm and scoring.
//!
//! Every training piece is cut into frames as the chorales were: the pitches that sound on each quarter note, and once
//! more between them. A passage of four frames, moved so that its first bass note is zero, is looked for among those of
//! the chorale.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;
use ripieno_datasets::{Corpus, Split};
use ripieno_score::{GridScore, STEPS_PER_QUARTER};

/// Frames of a passage: four chords of four voices are hardly twice the same by chance.
const PASSAGE: usize = 4;
/// Share of a chorale's passages from which on a piece holds the chorale: other settings of the same tune share fewer
/// harmonies.
pub(crate) const SAME: f64 = 0.25;

type Passage = Vec<Vec<i16>>;

/// For each chorale the training piece that has most of its passages, and the share of them that it has.
pub(crate) fn sources(corpus: &Corpus, chorales: &[Vec<Vec<u8>>]) -> Vec<(String, f64)> {
    let passages: Vec<HashSet<Passage>> = chorales.iter().map(|chorale| passages(chorale).collect()).collect();
    let mut owners: HashMap<&Passage, Vec<usize>> = HashMap::new();
    for (chorale, passages) in passages.iter().enumerate() {
        passages.iter().for_each(|passage| owners.entry(passage).or_default().push(chorale));
    }
    let training: Vec<usize> =
        (0..corpus.pieces().len()).filter(|&piece| corpus.pieces()[piece].split == Split::Train).collect();
    let found: Vec<(usize, Vec<usize>)> = training
        .into_par_iter()
        .map(|piece| {
            let grid = corpus.load(piece);
            let mut counts = vec![0; chorales.len()];
            let cuts = [0, STEPS_PER_QUARTER / 2].map(|offset| frames(&grid, offset));
            let heard: HashSet<Passage> = cuts.iter().flat_map(|cut| self::passages(cut)).collect();
            for chorale in heard.iter().filter_map(|passage| owners.get(passage)).flatten() {
                counts[*chorale] += 1;
            }
            (piece, counts)
        })
        .collect();
    let best = |chorale: usize| match found.iter().max_by_key(|(_, counts)| counts[chorale]) {
        Some((piece, counts)) => {
            let share = counts[chorale] as f64 / passages[chorale].len().max(1) as f64;
            (corpus.pieces()[*piece].path.clone(), share)
        }
        None => (String::new(), 0.0),
    };
    (0..chorales.len()).map(best).collect()
}

/// The pitches that sound at `offset` and every quarter note after it.
fn frames(grid: &GridScore, offset: u32) -> Vec<Vec<u8>> {
    let times = (offset..grid.end_step()).step_by(STEPS_PER_QUARTER as usize);
    let mut next = 0;
    let mut sounding: Vec<(u32, u8)> = Vec::new();
    times
        .map(|time| {
            while let Some(note) = grid.notes.get(next).filter(|note| note.onset <= time) {
                if grid.is_pitched(note) {
                    sounding.push((note.end(), note.pitch));
                }
                next += 1;
            }
            sounding.retain(|&(end, _)| end > time);
            let mut pitches: Vec<u8> = sounding.iter().map(|&(_, pitch)| pitch).collect();
            pitches.sort_unstable();
            pitches.dedup();
            pitches
        })
        .collect()
}

fn passages(frames: &[Vec<u8>]) -> impl Iterator<Item = Passage> {
    frames.windows(PASSAGE).filter(|window| window.iter().all(|frame| frame.len() > 2)).map(|window| {
        let bass = i16::from(window[0][0]);
        window.iter().map(|frame| frame.iter().map(|&pitch| i16::from(pitch) - bass).collect()).collect()
    })
}
