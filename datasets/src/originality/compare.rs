//! A whole piece against an index.

use std::collections::HashSet;

use ripieno_score::{GridNote, GridScore};

use super::index::{Index, SEED, Source};
use super::line::Line;
use super::run::{Run, Trace};
use super::surprise::BITS_PER_NOTE;
use super::tracker::Tracker;

/// From this overlap on, in notes that say something, a passage is worth a look: of test pieces that were left as they
/// are, most of those that reach it do share a tune with what they are said to (the example `originality` lists them).
pub const ALARM: f32 = 16.0;
/// A voice that weighs less, in notes that say something, is not looked at.
const LEAST_VOICE: f32 = 5.0;
/// A passage that weighs less is not worth telling.
const LEAST: f32 = 7.0;
/// What a further voice weighs beside the first: voices of one piece move together and so say less.
const FURTHER_VOICE: f32 = 0.5;
/// Sources that are named for one stretch of a line.
const SOURCES: usize = 3;

/// What a piece and a source have in common, in one stretch of both.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// Index into [`Index::sources`].
    pub source: usize,
    /// First and last bar of the piece, from 0.
    pub bars: (usize, usize),
    /// First and last bar of the source, from 0.
    pub source_bars: (u32, u32),
    /// The common notes, as they are in the piece, sorted.
    pub notes: Vec<GridNote>,
    /// Common notes of the voice that has most of them.
    pub length: usize,
    /// Notes that the piece put in or left out, in that voice.
    pub changes: u32,
    /// Voices of the piece that follow the source.
    pub voices: usize,
    /// The weight of the common notes, in notes that say something (see [`super::surprise::BITS_PER_NOTE`]).
    pub overlap: f32,
    /// Places in the text, by which voices are told apart.
    places: HashSet<usize>,
}

impl Passage {
    /// Share of the notes that are as in the source, from first to last: `0.0..=1.0`.
    pub fn closeness(&self) -> f32 {
        self.length as f32 / (self.length as f32 + self.changes as f32)
    }
}

/// What a piece has in common with the sources of an index.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Comparison {
    /// The passages, the heaviest first; several may have notes in common, as sources do.
    pub passages: Vec<Passage>,
}

impl Comparison {
    /// The weight of the heaviest passage, in notes that say something; 0 where nothing is common.
    pub fn overlap(&self) -> f32 {
        self.passages.first().map_or(0.0, |passage| passage.overlap)
    }

    /// The passage with the most notes in one voice.
    pub fn longest(&self) -> Option<&Passage> {
        self.passages.iter().max_by(|a, b| a.length.cmp(&b.length).then(a.overlap.total_cmp(&b.overlap)))
    }

    /// The passage with the fewest changes for its length; of those without a change the heaviest.
    pub fn closest(&self) -> Option<&Passage> {
        let by =
            |a: &&Passage, b: &&Passage| a.closeness().total_cmp(&b.closeness()).then(a.overlap.total_cmp(&b.overlap));
        self.passages.iter().max_by(by)
    }
}

/// Finds what `grid` has in common with the sources of which `counts` says that they count.
pub fn compare(index: &Index, grid: &GridScore, counts: impl Fn(&Source) -> bool) -> Comparison {
    let mut passages: Vec<Passage> = Vec::new();
    let mut found: Vec<(Vec<GridNote>, Trace)> = Vec::new();
    for line in Line::edges_and_voices(grid) {
        let mut tracker = Tracker::keeping(index, LEAST_VOICE * BITS_PER_NOTE);
        line.notes.iter().for_each(|&note| _ = tracker.push_next(note));
        tracker.finish();
        let runs = choose(index, std::mem::take(&mut tracker.ended), &counts);
        found.extend(runs.into_iter().map(|run| {
            let trace = run.trace(&tracker.chain, index);
            (trace.pairs.iter().map(|&(note, _)| line.notes[note]).collect(), trace)
        }));
    }
    found.sort_by(|a, b| b.1.bits.total_cmp(&a.1.bits));
    for (notes, trace) in found.into_iter().filter(|(notes, _)| !notes.is_empty()) {
        let passage = passage(index, grid, notes, &trace);
        match passages.iter_mut().find(|other| other.is_beside(&passage)) {
            Some(other) => other.join(passage),
            None => passages.push(passage),
        }
    }
    passages.retain(|passage| passage.overlap >= LEAST);
    passages.sort_by(|a, b| b.overlap.total_cmp(&a.overlap));
    Comparison { passages }
}

/// The heaviest runs, for each stretch of the line those of a few sources.
fn choose(index: &Index, mut runs: Vec<Run>, counts: &impl Fn(&Source) -> bool) -> Vec<Run> {
    runs.sort_by(|a, b| b.best.bits.total_cmp(&a.best.bits));
    let mut chosen: Vec<(Run, u32)> = Vec::new();
    for run in runs {
        let source = index.locate(run.best.place).0.source;
        if !counts(&index.sources()[source as usize]) {
            continue;
        }
        let (from, to) = (run.seed.0 - SEED, run.best.note);
        let covers = |other: &Run| {
            let common = (to.min(other.best.note) + 1).saturating_sub(from.max(other.seed.0 - SEED));
            2 * common > to + 1 - from
        };
        let over = chosen.iter().filter(|(other, _)| covers(other));
        let (mut sources, mut is_known) = (0, false);
        for (_, other) in over {
            sources += 1;
            is_known |= *other == source;
        }
        if sources < SOURCES && !is_known {
            chosen.push((run, source));
        }
    }
    chosen.into_iter().map(|(run, _)| run).collect()
}

fn passage(index: &Index, grid: &GridScore, notes: Vec<GridNote>, trace: &Trace) -> Passage {
    let (first, last) = (trace.pairs[0].1, trace.pairs[trace.pairs.len() - 1].1);
    let (segment, first_bar) = index.locate(first);
    let (_, last_bar) = index.locate(last);
    Passage {
        source: segment.source as usize,
        bars: (grid.bar_of(notes[0].onset), grid.bar_of(notes[notes.len() - 1].onset)),
        source_bars: (first_bar, last_bar),
        length: notes.len(),
        changes: trace.changes,
        voices: 1,
        overlap: trace.bits / BITS_PER_NOTE,
        places: trace.pairs.iter().map(|&(_, place)| place).collect(),
        notes,
    }
}

impl Passage {
    /// Whether another voice follows the same source at the same time.
    fn is_beside(&self, other: &Self) -> bool {
        let common = |a: (usize, usize), b: (usize, usize)| a.0 <= b.1 && b.0 <= a.1;
        let widened = |(from, to): (u32, u32)| (from.saturating_sub(1) as usize, to as usize + 1);
        self.source == other.source
            && common(self.bars, other.bars)
            && common(widened(self.source_bars), widened(other.source_bars))
    }

    /// Takes in another voice. Notes that were there, and voices that double others, weigh nothing.
    fn join(&mut self, voice: Self) {
        let tone = |note: &GridNote| (note.onset, note.pitch % 12);
        let known: HashSet<(u32, u8)> = self.notes.iter().map(tone).collect();
        let new: Vec<GridNote> = voice.notes.iter().filter(|note| !known.contains(&tone(note))).copied().collect();
        let new_places = voice.places.difference(&self.places).count();
        let share = new.len().min(new_places) as f32 / voice.length as f32;
        if share > 0.5 {
            self.overlap += FURTHER_VOICE * voice.overlap * share;
            self.voices += 1;
        }
        self.bars = (self.bars.0.min(voice.bars.0), self.bars.1.max(voice.bars.1));
        self.source_bars = (self.source_bars.0.min(voice.source_bars.0), self.source_bars.1.max(voice.source_bars.1));
        if voice.length > self.length {
            (self.length, self.changes) = (voice.length, voice.changes);
        }
        self.places.extend(voice.places);
        self.notes.extend(voice.notes);
        self.notes.sort_unstable();
        self.notes.dedup();
    }
}
