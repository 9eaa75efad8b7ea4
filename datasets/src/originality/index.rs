//! The lines of all pieces, to be searched.

use std::collections::HashSet;
use std::fmt;
use std::mem;

use rayon::prelude::*;
use ripieno_score::GridScore;
use serde::{Deserialize, Serialize};

use super::line::{BREAK, Line, byte, interval, relation};
use super::surprise::Surprise;
use super::usual::Usual;
use crate::corpus::{Corpus, PieceRecord};
use crate::split::Split;

/// Intervals of a seed: a copy has a run of so many notes and one more without a change.
pub(crate) const SEED: usize = 5;

/// Seeds that occur more often are figures that everybody uses.
const MOST_OCCURRENCES: usize = 1500;

/// Notes of a run that is left out of the index where the piece has had it before. A copy across the edge of such a
/// repetition is still found whole up to this length.
const REPEATED: usize = 16;

const BUCKET_BITS: u32 = 21;

/// Buckets that are filled together, and how many times that is.
const SHARE: usize = 1 << 14;
const SHARES: usize = (1 << BUCKET_BITS) / SHARE;

/// A piece that was learnt from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Path within the collection.
    pub path: String,
    /// The composer, or an empty string.
    pub composer: String,
    /// The title, or an empty string.
    pub title: String,
    /// Where the file comes from, or an empty string.
    pub source: String,
    /// The licence's name.
    pub licence: String,
    /// The same for all versions and parts of one work.
    pub work: u64,
}

impl Source {
    /// What a corpus knows about a piece.
    pub fn of(piece: &PieceRecord) -> Self {
        Self {
            path: piece.path.clone(),
            composer: piece.composer.clone(),
            title: piece.title.clone(),
            source: piece.source.clone(),
            licence: piece.licence.name().to_owned(),
            work: piece.work,
        }
    }
}

/// What an index holds beside the music.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Header {
    /// [`Corpus::manifest_hash`](crate::Corpus::manifest_hash) of the corpus, which the model's header has too.
    pub(crate) corpus: String,
    pub(crate) sources: Vec<Source>,
    /// How much these pieces overlap with each other.
    pub(crate) usual: Usual,
}

/// A stretch of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    /// Index into the sources.
    pub(crate) source: u32,
    /// Number of the bar of its first note, from 0.
    pub(crate) bar: u32,
    /// Notes in this bar and the following ones; they add up to the segment's notes.
    pub(crate) notes_by_bar: Vec<u32>,
}

/// Gathers pieces.
#[derive(Debug, Default)]
pub struct IndexBuilder {
    sources: Vec<Source>,
    segments: Vec<Segment>,
    text: Vec<u8>,
}

impl IndexBuilder {
    /// Takes in a piece.
    pub fn add(&mut self, source: Source, grid: &GridScore) {
        let mut seen: HashSet<[u8; REPEATED]> = HashSet::new();
        for line in Line::edges(grid) {
            let bytes = bytes_of(&line);
            let mut is_new = vec![false; bytes.len()];
            for (at, run) in bytes.array_windows().enumerate().skip(1) {
                if seen.insert(*run) {
                    is_new[at - 1..at + REPEATED].fill(true);
                }
            }
            if bytes.len() <= REPEATED {
                is_new.fill(bytes.len() > SEED);
            }
            let mut at = 0;
            for stretch in is_new.chunk_by(|a, b| a == b) {
                let range = at..at + stretch.len();
                at = range.end;
                if stretch[0] {
                    self.text.push(BREAK);
                    self.text.extend(&bytes[range.start + 1..range.end]);
                    self.segments.push(segment(self.sources.len(), &line.notes[range], grid));
                }
            }
        }
        self.sources.push(source);
    }

    /// The finished index; `corpus` is the corpus's manifest hash.
    pub fn build(self, corpus: &str) -> Index {
        let header = Header { corpus: corpus.to_owned(), sources: self.sources, usual: Usual::default() };
        Index::new(header, self.segments, self.text)
    }
}

/// [`BREAK`], and the bytes of the notes after the first.
fn bytes_of(line: &Line) -> Vec<u8> {
    std::iter::once(BREAK).chain(line.notes.array_windows().map(|[before, note]| byte(before, note))).collect()
}

fn segment(source: usize, notes: &[ripieno_score::GridNote], grid: &GridScore) -> Segment {
    let bars: Vec<usize> = notes.iter().map(|note| grid.bar_of(note.onset)).collect();
    let first = bars[0];
    let mut notes_by_bar = vec![0; bars[bars.len() - 1] - first + 1];
    bars.iter().for_each(|bar| notes_by_bar[bar - first] += 1);
    Segment { source: source as u32, bar: first as u32, notes_by_bar }
}

/// What a model was trained on, for finding copies of it.
///
/// That of the base model has 12 million notes and takes 80 MB, and while it is opened more than twice as much.
#[derive(Clone, PartialEq)]
pub struct Index {
    pub(crate) header: Header,
    pub(crate) segments: Vec<Segment>,
    /// The bytes of all segments one after another; a segment begins with [`BREAK`], the place of its first note.
    pub(crate) text: Vec<u8>,
    /// Place of the first note of each segment.
    starts: Vec<u32>,
    pub(crate) surprise: Surprise,
    /// Where the occurrences of each bucket of seeds start in `occurrences`.
    buckets: Vec<u32>,
    /// Places in the text of the last note of each seed, by bucket.
    occurrences: Vec<u32>,
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index").field("corpus", &self.corpus()).field("notes", &self.notes()).finish_non_exhaustive()
    }
}

impl Index {
    /// The index of all that a corpus has for training, with how much these pieces overlap with each other.
    pub fn of_corpus(corpus: &Corpus) -> Self {
        let mut index = Self::of_corpus_alone(corpus);
        index.header.usual = Usual::measure(&index, corpus);
        index
    }

    /// The same without the comparison of the pieces with each other, which takes longest.
    pub fn of_corpus_alone(corpus: &Corpus) -> Self {
        let mut builder = IndexBuilder::default();
        let training = |piece: &&PieceRecord| piece.split == Split::Train;
        for (number, piece) in corpus.pieces().iter().enumerate().filter(|(_, piece)| training(piece)) {
            builder.add(Source::of(piece), &corpus.load(number));
        }
        builder.build(corpus.manifest_hash())
    }

    pub(crate) fn new(header: Header, segments: Vec<Segment>, text: Vec<u8>) -> Self {
        let starts = (0..text.len()).filter(|&at| text[at] == BREAK).map(|at| at as u32).collect();
        let (Seeds { buckets, occurrences }, surprise) = rayon::join(|| Seeds::of(&text), || Surprise::of(&text));
        Self { surprise, header, segments, text, starts, buckets, occurrences }
    }

    /// The manifest hash of the corpus, which the header of a model that was trained on it has too.
    pub fn corpus(&self) -> &str {
        &self.header.corpus
    }

    /// The pieces.
    pub fn sources(&self) -> &[Source] {
        &self.header.sources
    }

    /// The same pieces, but what is usual in music is judged by those of `other`: for an index of few pieces.
    pub fn judged_by(mut self, other: &Self) -> Self {
        self.surprise = other.surprise.clone();
        if self.header.usual.pieces() == 0 {
            self.header.usual = other.header.usual.clone();
        }
        self
    }

    /// This index with the pieces of `other` behind its own, their paths behind `label`. What is usual in music is judged
    /// by this one alone, and it keeps its corpus.
    pub fn joined(self, other: &Self, label: &str) -> Self {
        let Self { mut header, mut segments, mut text, surprise, .. } = self;
        let first = header.sources.len() as u32;
        let named = |source: &Source| Source { path: format!("{label}: {}", source.path), ..source.clone() };
        header.sources.extend(other.header.sources.iter().map(named));
        segments
            .extend(other.segments.iter().map(|segment| Segment { source: first + segment.source, ..segment.clone() }));
        text.extend(&other.text);
        Self { surprise, ..Self::new(header, segments, text) }
    }

    /// How many notes are kept, repetitions left out.
    pub fn notes(&self) -> usize {
        self.text.len()
    }

    /// How much these pieces overlap with each other.
    pub fn usual(&self) -> &Usual {
        &self.header.usual
    }

    /// Places of the last note of every seed like the one at the end of `bytes` (a few others among them); none where
    /// that is a figure that everybody uses.
    pub(crate) fn occurrences(&self, bytes: &[u8]) -> &[u32] {
        let Some(seed) = bytes.last_chunk() else { return &[] };
        let Some(bucket) = bucket(seed) else { return &[] };
        let range = self.buckets[bucket] as usize..self.buckets[bucket + 1] as usize;
        if range.len() > MOST_OCCURRENCES { &[] } else { &self.occurrences[range] }
    }

    /// The segment that a place of the text lies in, and the number of the note's bar, from 0.
    pub(crate) fn locate(&self, place: usize) -> (&Segment, u32) {
        let number = self.starts.partition_point(|&start| start as usize <= place) - 1;
        let segment = &self.segments[number];
        let mut left = (place - self.starts[number] as usize) as u32;
        let mut bar = segment.bar;
        for &notes in &segment.notes_by_bar {
            if left < notes {
                break;
            }
            left -= notes;
            bar += 1;
        }
        (segment, bar)
    }
}

/// Where every seed of a text is.
struct Seeds {
    buckets: Vec<u32>,
    occurrences: Vec<u32>,
}

impl Seeds {
    /// First the seeds are dealt to shares of buckets, so that the counting of each share stays within a processor's cache.
    fn of(text: &[u8]) -> Self {
        let mut sizes = [0; SHARES];
        seeds(text).for_each(|(bucket, _)| sizes[bucket / SHARE] += 1);
        let mut shares = sizes.map(Vec::with_capacity);
        seeds(text).for_each(|(bucket, last)| shares[bucket / SHARE].push(((bucket % SHARE) as u32, last as u32)));
        let mut buckets = vec![0; (1 << BUCKET_BITS) + 1];
        let mut occurrences = vec![0; sizes.iter().sum()];
        let mut rest = &mut occurrences[..];
        let mut before = 0;
        let mut work = Vec::with_capacity(SHARES);
        for (share, ends) in shares.into_iter().zip(buckets[1..].chunks_mut(SHARE)) {
            let (own, others) = mem::take(&mut rest).split_at_mut(share.len());
            rest = others;
            before += own.len() as u32;
            work.push((before - own.len() as u32, share, ends, own));
        }
        work.into_par_iter().for_each(|(before, share, ends, own)| sort_share(&share, ends, own, before));
        Self { buckets, occurrences }
    }
}

/// Counts the seeds of a share, and puts them bucket by bucket into `occurrences`, of which `before` others lie before;
/// `ends` tells where each bucket ends.
fn sort_share(seeds: &[(u32, u32)], ends: &mut [u32], occurrences: &mut [u32], before: u32) {
    for &(bucket, _) in seeds {
        ends[bucket as usize] += 1;
    }
    let mut start = 0;
    for end in &mut *ends {
        start += mem::replace(end, start);
    }
    for &(bucket, place) in seeds {
        let next = &mut ends[bucket as usize];
        occurrences[*next as usize] = place;
        *next += 1;
    }
    ends.iter_mut().for_each(|end| *end += before);
}

/// The bucket of every seed in the text and the place of its last note.
fn seeds(text: &[u8]) -> impl Iterator<Item = (usize, usize)> + '_ {
    text.array_windows().enumerate().filter_map(|(at, seed)| Some((bucket(seed)?, at + SEED - 1)))
}

/// A hash of the intervals and of how the times between onsets compare, so that it is the same at another tempo; `None`
/// across the break of a line.
fn bucket(seed: &[u8; SEED]) -> Option<usize> {
    if seed.contains(&BREAK) {
        return None;
    }
    let mut hash = u64::from(interval(seed[0]));
    for &[before, byte] in seed.array_windows() {
        hash = (hash * 12 + u64::from(interval(byte))) * 3 + u64::from(relation(before, byte));
    }
    // Fibonacci hashing (Knuth, The Art of Computer Programming 3, section 6.4).
    Some((hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - BUCKET_BITS)) as usize)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_seed_is_found_where_it_is_and_nowhere_else(text in prop::collection::vec(prop_oneof![0u8..4, Just(BREAK)], 0..400)) {
            let header = Header { corpus: String::new(), sources: Vec::new(), usual: Usual::default() };
            let index = Index::new(header, Vec::new(), text.clone());
            for end in SEED..=text.len() {
                let place = (end - 1) as u32;
                let is_found = index.occurrences(&text[..end]).contains(&place);
                prop_assert_eq!(is_found, !text[end - SEED..end].contains(&BREAK));
            }
            prop_assert_eq!(index.occurrences.len(), seeds(&text).count());
            let places: HashSet<u32> = index.occurrences.iter().copied().collect();
            prop_assert_eq!(places.len(), index.occurrences.len());
        }
    }
}
