//! What sounds in a stretch of a piece, as chord labelling sees it.

use super::ChordGrid;
use crate::grid::{GridBar, GridNote, GridScore, STEPS_PER_QUARTER};

/// A held note says something about so many spans at most, which bounds the work for notes without end.
const LONGEST_SPANS: usize = 16;

/// Nobody feels a beat shorter than a sixteenth note, and a day of sixty-fourths would have millions of spans.
const SHORTEST_BEAT_STEPS: f32 = 6.0;

/// What a note that starts on a beat counts, beside one between the beats: those are more often passing notes.
const ON_BEAT_WEIGHT: f32 = 1.5;

/// Steps `start..end` of a bar, and what sounds there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) bar: usize,
    pub(super) start: u32,
    pub(super) end: u32,
    /// Weighted steps of each pitch class.
    pub(super) weights: [f32; 12],
    bass: Option<Bass>,
}

/// The lowest note, of those at the start of the span if there are any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Bass {
    starts_late: bool,
    pitch: u8,
}

impl Span {
    fn new(bar: usize, start: u32, end: u32) -> Self {
        Self { bar, start, end, weights: [0.0; 12], bass: None }
    }

    pub(super) fn bass_class(&self) -> Option<usize> {
        self.bass.map(|bass| usize::from(bass.pitch % 12))
    }

    fn add(&mut self, note: &GridNote, weight: f32) {
        let steps = note.end().min(self.end).saturating_sub(note.onset.max(self.start));
        if steps > 0 {
            self.weights[usize::from(note.pitch % 12)] += weight * steps as f32;
            let bass = Bass { starts_late: note.onset > self.start, pitch: note.pitch };
            self.bass = Some(self.bass.map_or(bass, |lowest| lowest.min(bass)));
        }
    }
}

/// All spans of a piece in order, drums left out.
pub(super) fn spans(grid: &GridScore, chord_grid: ChordGrid) -> Vec<Span> {
    let mut spans = Vec::new();
    for (index, bar) in grid.bars.iter().enumerate() {
        match chord_grid {
            ChordGrid::HalfBar => {
                let middle = bar.start + bar.length.div_ceil(2);
                spans.push(Span::new(index, bar.start, middle));
                spans.push(Span::new(index, middle, bar.end()));
            }
            ChordGrid::Beat => {
                let starts = || (0..).map(|beat| bar.start.saturating_add(beat_start(bar, beat)));
                let inside = starts().zip(starts().skip(1)).take_while(|&(start, _)| start < bar.end());
                spans.extend(inside.map(|(start, end)| Span::new(index, start, end.min(bar.end()))));
            }
        }
    }
    let mut first = 0;
    for note in grid.notes.iter().filter(|note| grid.is_pitched(note)) {
        while spans.get(first).is_some_and(|span| span.end <= note.onset) {
            first += 1;
        }
        let weight = if is_on_beat(grid, &spans, first, note) { ON_BEAT_WEIGHT } else { 1.0 };
        for span in spans[first..].iter_mut().take(LONGEST_SPANS).take_while(|span| span.start < note.end()) {
            span.add(note, weight);
        }
    }
    spans
}

fn is_on_beat(grid: &GridScore, spans: &[Span], span: usize, note: &GridNote) -> bool {
    let Some(bar) = spans.get(span).and_then(|span| grid.bars.get(span.bar)) else { return false };
    let steps = note.onset.saturating_sub(bar.start);
    steps == 0 || (steps as f32 % beat_steps(bar)).abs() < 0.5
}

/// The first step of a felt beat, from the start of the bar.
fn beat_start(bar: &GridBar, beat: u32) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float cast saturates")]
    let rounded = (beat as f32 * beat_steps(bar)).round() as u32;
    rounded
}

/// Steps in a felt beat.
fn beat_steps(bar: &GridBar) -> f32 {
    #[expect(clippy::cast_possible_truncation, reason = "quarters of 1/16 and more are exact")]
    let quarters = bar.meter.beat_quarters() as f32;
    (quarters * STEPS_PER_QUARTER as f32).max(SHORTEST_BEAT_STEPS)
}
