//! Which files hold the same music, and which are versions or parts of one work.
//!
//! Two pieces are linked when they have the same music hash, when one contains a good part of the other's rare
//! shingles, or when their metadata say so. Linked pieces, and what those are linked to, make a work.

use std::collections::HashMap;

use rayon::slice::ParallelSliceMut;

pub(crate) mod fingerprint;
mod naming;

/// A shingle that occurs in more pieces than this is a commonplace and links nothing. The largest family of versions
/// of one movement in the collections this was tried on has about a dozen members.
const COMMONPLACE: usize = 24;
/// How many shingles two pieces may share by chance: studies full of runs and broken chords share a few with anything.
const BY_CHANCE: f64 = 5.0;
/// Share of the shorter piece's rare shingles that the other must have beyond those. Two editions of one piece share
/// more than half; a movement and a medley, or a transcription with another figuration, a quarter.
const MIN_CONTAINED: f64 = 0.2;
/// A group of equal names larger than this is taken for a generic title ("Menuet") and links nothing.
const GENERIC_NAME: usize = 100;

/// How many entries of the index from shingle to pieces are in memory at once; 16 bytes each. Ten thousand pieces have a
/// few million.
const MAX_POSTINGS: usize = 1 << 23;

/// What is compared about a piece.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Described<'a> {
    /// Path within the collection.
    pub(crate) path: &'a str,
    /// See [`fingerprint::music_hash`].
    pub(crate) music_hash: u64,
    /// See [`fingerprint::shingles`].
    pub(crate) shingles: &'a [u64],
    /// The composer, or an empty string.
    pub(crate) composer: &'a str,
    /// The title, or an empty string.
    pub(crate) title: &'a str,
    /// The credit line, which may hold a catalogue number.
    pub(crate) attribution: &'a str,
    /// The work as the manifest has it, or an empty string.
    pub(crate) work: &'a str,
}

/// The id of each piece's work: the smallest music hash among its versions and parts, so that it stays the same when
/// files are renamed or unrelated files are added.
pub(crate) fn works(pieces: &[Described]) -> Vec<u64> {
    let mut union = Union::new(pieces.len());
    let mut by_music: HashMap<u64, usize> = HashMap::new();
    for (index, piece) in pieces.iter().enumerate() {
        let first = *by_music.entry(piece.music_hash).or_insert(index);
        union.join(first, index);
    }
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, piece) in pieces.iter().enumerate() {
        for name in naming::names(piece) {
            by_name.entry(name).or_default().push(index);
        }
    }
    for members in by_name.values().filter(|members| members.len() <= GENERIC_NAME) {
        members.windows(2).for_each(|two| union.join(two[0], two[1]));
    }
    for (a, b) in near_versions(pieces, MAX_POSTINGS) {
        union.join(a, b);
    }
    let mut smallest: HashMap<usize, u64> = HashMap::new();
    for (index, piece) in pieces.iter().enumerate() {
        let id = smallest.entry(union.root(index)).or_insert(u64::MAX);
        *id = piece.music_hash.min(*id);
    }
    (0..pieces.len()).map(|index| smallest[&union.root(index)]).collect()
}

/// Pairs of pieces of which one contains much of the other, found through an index from shingle to pieces, of which no
/// more than about `max_postings` entries are in memory at once.
fn near_versions(pieces: &[Described], max_postings: usize) -> Vec<(usize, usize)> {
    let mut rare = vec![0u32; pieces.len()];
    let mut shared: HashMap<(u32, u32), u32> = HashMap::new();
    let all: usize = pieces.iter().map(|piece| piece.shingles.len()).sum();
    // Shingles are hashes, evenly spread over all numbers: equal slices of those have about as many.
    let slice = u64::MAX / u64::try_from(all.div_ceil(max_postings).max(1)).unwrap_or(u64::MAX);
    let mut postings: Vec<(u64, u32)> = Vec::new();
    let mut start = Some(0_u64);
    while let Some(first) = start {
        let last = first.saturating_add(slice);
        postings.clear();
        for (index, piece) in (0u32..).zip(pieces) {
            let from = piece.shingles.partition_point(|&shingle| shingle < first);
            let sliced = piece.shingles[from..].iter().take_while(|&&shingle| shingle <= last);
            postings.extend(sliced.map(|&shingle| (shingle, index)));
        }
        postings.par_sort_unstable();
        for run in postings.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() <= COMMONPLACE) {
            for (place, &(_, a)) in run.iter().enumerate() {
                rare[a as usize] += 1;
                for &(_, b) in &run[place + 1..] {
                    *shared.entry((a, b)).or_default() += 1;
                }
            }
        }
        start = last.checked_add(1);
    }
    let is_version = |&((a, b), count): &((u32, u32), u32)| {
        let shorter = rare[a as usize].min(rare[b as usize]);
        f64::from(count) >= BY_CHANCE + MIN_CONTAINED * f64::from(shorter)
    };
    shared.into_iter().filter(is_version).map(|((a, b), _)| (a as usize, b as usize)).collect()
}

/// Disjoint sets of indices.
struct Union(Vec<usize>);

impl Union {
    fn new(size: usize) -> Self {
        Self((0..size).collect())
    }

    fn root(&mut self, mut index: usize) -> usize {
        while self.0[index] != index {
            self.0[index] = self.0[self.0[index]];
            index = self.0[index];
        }
        index
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use ripieno_score::{GridNote, GridPart, GridScore, Instrument};

    use super::*;

    /// A melody without a pattern in it, by a small generator of numbers.
    fn melody(seed: u32, notes: u32, part: u16) -> GridScore {
        let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12345);
        let mut next = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % below
        };
        let mut onset = 0;
        let mut line = Vec::new();
        for _ in 0..notes {
            let pitch = u8::try_from(55 + next(24)).unwrap();
            line.push(GridNote { onset, part, pitch, duration: 6, velocity: 80 });
            onset += 6 * (1 + next(4));
        }
        let part = GridPart { name: String::new(), instrument: Instrument::from_index(0).unwrap() };
        GridScore { parts: vec![part.clone(), part], bars: Vec::new(), notes: line }
    }

    fn together(a: &GridScore, b: &GridScore) -> GridScore {
        let mut sum = a.clone();
        sum.notes.extend(&b.notes);
        sum.notes.sort_unstable();
        sum
    }

    fn works_of(grids: &[GridScore]) -> Vec<u64> {
        let shingles: Vec<_> = grids.iter().map(fingerprint::shingles).collect();
        let describe = |(grid, shingles)| Described {
            music_hash: fingerprint::music_hash(grid),
            shingles,
            ..Described::default()
        };
        works(&grids.iter().zip(&shingles).map(|(grid, s)| describe((grid, s.as_slice()))).collect::<Vec<_>>())
    }

    #[test]
    fn another_key_tempo_velocity_or_note_value_is_the_same_music() {
        let piece = melody(1, 40, 0);
        let hash = fingerprint::music_hash(&piece);
        let changed = |change: &dyn Fn(&mut GridNote)| {
            let mut other = piece.clone();
            other.notes.iter_mut().for_each(change);
            fingerprint::music_hash(&other)
        };
        assert_eq!(hash, changed(&|note| note.pitch += 7));
        assert_eq!(hash, changed(&|note| note.onset *= 2));
        assert_eq!(hash, changed(&|note| note.onset += 96));
        assert_eq!(hash, changed(&|note| note.velocity = 33));
        assert_eq!(hash, changed(&|note| note.part = 1));
        assert_ne!(hash, changed(&|note| note.pitch += u8::from(note.onset == 0)));
    }

    #[test]
    fn drums_are_never_transposed() {
        let mut drums = melody(1, 40, 0);
        drums.parts[0].instrument = Instrument::Drums;
        let mut other = drums.clone();
        other.notes.iter_mut().for_each(|note| note.pitch += 2);
        assert_ne!(fingerprint::music_hash(&drums), fingerprint::music_hash(&other));
    }

    #[test]
    fn a_part_an_excerpt_and_an_edition_belong_to_their_work() {
        let (a, b) = (melody(1, 300, 0), melody(2, 300, 1));
        let score = together(&a, &b);
        let mut excerpt = score.clone();
        excerpt.notes.drain(200..);
        let mut edition = score.clone();
        edition.notes.iter_mut().for_each(|note| note.pitch += 3);
        let mut count = 0;
        edition.notes.retain(|_| {
            count += 1;
            count % 40 != 0
        });
        let works = works_of(&[score, a, b, excerpt, edition, melody(3, 300, 0), melody(4, 300, 0)]);
        assert!(works[..5].iter().all(|&work| work == works[0]), "{works:?}");
        assert_ne!(works[5], works[0]);
        assert_ne!(works[5], works[6]);
    }

    #[test]
    fn an_index_in_slices_finds_the_same_versions() {
        let mut grids: Vec<_> = (0..30).map(|seed| melody(seed, 200, 0)).collect();
        for index in 0..10 {
            let mut excerpt = grids[index].clone();
            excerpt.notes.truncate(120);
            grids.push(excerpt);
        }
        let shingles: Vec<_> = grids.iter().map(fingerprint::shingles).collect();
        let described: Vec<_> =
            shingles.iter().map(|shingles| Described { shingles, ..Described::default() }).collect();
        let versions = |max_postings| {
            let mut pairs = near_versions(&described, max_postings);
            pairs.sort_unstable();
            pairs
        };
        let expected: Vec<_> = (0..10).map(|index| (index, 30 + index)).collect();
        for max_postings in [usize::MAX, 500, 7, 1] {
            assert_eq!(versions(max_postings), expected);
        }
    }

    #[test]
    fn scales_and_patterns_glue_nothing() {
        let scale = |notes: u8, offset: u8| {
            let mut grid = melody(9, 1, 0);
            grid.notes = (0..notes)
                .map(|i| GridNote {
                    onset: u32::from(i) * 6,
                    part: 0,
                    pitch: offset + i % 60,
                    duration: 6,
                    velocity: 80,
                })
                .collect();
            grid
        };
        assert!(fingerprint::shingles(&scale(50, 20)).is_empty());
    }

    #[test]
    fn a_new_unrelated_file_changes_no_work() {
        let mut grids: Vec<_> = (0..20).map(|seed| melody(seed, 120, 0)).collect();
        let before = works_of(&grids);
        grids.insert(3, melody(99, 120, 0));
        let mut after = works_of(&grids);
        after.remove(3);
        assert_eq!(before, after);
    }
}
