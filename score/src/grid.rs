//! The same music on a grid of 24 steps a quarter note, cut into bars: what the model reads and writes.

mod bars;
mod offset;
mod quantize;
mod report;
mod to_score;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::meter::Meter;
use crate::note::Instrument;

pub use bars::MAX_BARS;
pub use report::GridReport;

/// Grid steps in a quarter note: sixteenth and thirty-second notes and their triplets fall on it exactly.
pub const STEPS_PER_QUARTER: u32 = 24;

/// A piece on the grid.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct GridScore {
    /// The parts, at most 65,536.
    pub parts: Vec<GridPart>,
    /// Bars without gaps from step 0 to the end of the last note, or later.
    pub bars: Vec<GridBar>,
    /// Sorted by onset, part, pitch; no two notes share all three.
    pub notes: Vec<GridNote>,
}

impl GridScore {
    /// The step at which the last note ends, or the last bar where that is later; 0 for an empty piece.
    pub fn end_step(&self) -> u32 {
        let notes_end = self.notes.iter().map(GridNote::end).max().unwrap_or(0);
        notes_end.max(self.bars.last().map_or(0, GridBar::end))
    }

    /// The index of the bar that `step` lies in; the last bar for a step after the end, 0 without bars.
    pub fn bar_of(&self, step: u32) -> usize {
        self.bars.partition_point(|bar| bar.start <= step).saturating_sub(1)
    }

    /// The notes whose onset lies in the bars of `range`, which may reach past the last bar.
    pub fn notes_in_bars(&self, range: Range<usize>) -> &[GridNote] {
        let start = self.first_note_of_bar(range.start);
        let end = self.first_note_of_bar(range.end).max(start);
        &self.notes[start..end]
    }

    /// Whether the pitch of a note is a pitch and not a drum.
    pub fn is_pitched(&self, note: &GridNote) -> bool {
        !self.parts.get(usize::from(note.part)).is_some_and(|part| part.instrument.is_drums())
    }

    fn first_note_of_bar(&self, bar: usize) -> usize {
        match self.bars.get(bar) {
            Some(bar) => self.notes.partition_point(|note| note.onset < bar.start),
            None => self.notes.len(),
        }
    }

    /// Some of its bars as a piece of their own, with what starts in them; what sounds on behind the last is cut off there.
    pub fn excerpt(&self, bars: Range<usize>) -> Self {
        let start = bars.start.min(self.bars.len());
        let bars = start..bars.end.clamp(start, self.bars.len());
        let kept = &self.bars[bars.clone()];
        let (Some(first), Some(last)) = (kept.first(), kept.last()) else {
            return Self { parts: self.parts.clone(), ..Self::default() };
        };
        let cut = |note: &GridNote| GridNote {
            onset: note.onset - first.start,
            duration: note.end().min(last.end()) - note.onset,
            ..*note
        };
        Self {
            parts: self.parts.clone(),
            bars: kept.iter().map(|bar| GridBar { start: bar.start - first.start, ..*bar }).collect(),
            notes: self.notes_in_bars(bars).iter().map(cut).collect(),
        }
    }

    /// The piece moved up or down by semitones, drums left as they are. `None` where a pitch would leave `0..=127`.
    pub fn transpose(&self, semitones: i32) -> Option<Self> {
        let mut moved = self.clone();
        for note in &mut moved.notes {
            if self.is_pitched(note) {
                let pitch = i32::from(note.pitch).checked_add(semitones)?;
                note.pitch = u8::try_from(pitch).ok().filter(|&pitch| pitch <= 127)?;
            }
        }
        Some(moved)
    }
}

impl GridBar {
    /// The first step after the bar.
    pub const fn end(&self) -> u32 {
        self.start.saturating_add(self.length)
    }
}

impl GridNote {
    /// The first step at which the note no longer sounds.
    pub const fn end(&self) -> u32 {
        self.onset.saturating_add(self.duration)
    }
}

/// A voice or instrument of a [`GridScore`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridPart {
    /// The part's name, or an empty string.
    pub name: String,
    /// What plays it.
    pub instrument: Instrument,
}

/// A bar of a [`GridScore`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GridBar {
    /// First step of the bar.
    pub start: u32,
    /// Steps in the bar, at least one. Shorter than the meter says where a time signature cuts the bar short,
    /// never longer.
    pub length: u32,
    /// The time signature in force.
    pub meter: Meter,
    /// Quarter notes a minute: the tempo in force, or where it changes inside the bar the steady tempo at which
    /// the bar lasts as long as it does with the changes.
    pub tempo_bpm: f32,
}

/// A note of a [`GridScore`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GridNote {
    /// Steps from the start of the piece.
    pub onset: u32,
    /// Index into [`GridScore::parts`].
    pub part: u16,
    /// MIDI key number, `0..=127`.
    pub pitch: u8,
    /// Steps, at least one.
    pub duration: u32,
    /// `1..=127`.
    pub velocity: u8,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::Program;

    fn two_bars() -> GridScore {
        let part = |instrument| GridPart { name: String::new(), instrument };
        let note = |onset, part, pitch| GridNote { onset, part, pitch, duration: 24, velocity: 80 };
        let bar = |start| GridBar { start, length: 96, meter: Meter::COMMON, tempo_bpm: 120.0 };
        GridScore {
            parts: vec![part(Instrument::Program(Program::default())), part(Instrument::Drums)],
            bars: vec![bar(0), bar(96)],
            notes: vec![note(0, 0, 60), note(0, 1, 36), note(95, 0, 62), note(96, 0, 120)],
        }
    }

    #[test]
    fn a_step_lies_in_the_bar_that_starts_at_or_before_it() {
        let grid = two_bars();
        assert_eq!([0, 95, 96, 191, 5000].map(|step| grid.bar_of(step)), [0, 0, 1, 1, 1]);
        assert_eq!(GridScore::default().bar_of(7), 0);
    }

    #[test]
    fn bars_own_the_notes_that_start_in_them() {
        let grid = two_bars();
        assert_eq!(grid.notes_in_bars(0..1).len(), 3);
        assert_eq!(grid.notes_in_bars(1..2), &grid.notes[3..]);
        assert_eq!(grid.notes_in_bars(0..99).len(), 4);
        assert!(grid.notes_in_bars(2..9).is_empty());
    }

    #[test]
    fn transposing_leaves_drums_alone_and_refuses_to_leave_the_keyboard() {
        let grid = two_bars();
        let pitches = |grid: GridScore| grid.notes.iter().map(|note| note.pitch).collect::<Vec<_>>();
        assert_eq!(grid.transpose(7).map(pitches), Some(vec![67, 36, 69, 127]));
        assert_eq!(grid.transpose(8), None);
        assert_eq!(grid.transpose(-63), None);
        assert_eq!(grid.transpose(i32::MAX), None);
    }

    #[test]
    fn an_excerpt_begins_at_its_first_bar_and_is_cut_at_its_end() {
        let mut grid = two_bars();
        grid.notes[2].duration = 50;
        let second = grid.excerpt(1..2);
        assert_eq!(second.bars.iter().map(|bar| (bar.start, bar.length)).collect::<Vec<_>>(), [(0, 96)]);
        assert_eq!(second.notes, [GridNote { onset: 0, ..grid.notes[3] }]);
        let first = grid.excerpt(0..1);
        assert_eq!(first.notes.iter().map(|note| note.duration).collect::<Vec<_>>(), [24, 24, 1]);
        assert_eq!(grid.excerpt(0..9), GridScore { notes: grid.notes.clone(), ..grid.clone() });
        assert!(grid.excerpt(7..9).bars.is_empty());
    }

    #[test]
    fn the_end_is_the_end_of_the_last_bar_or_note() {
        let mut grid = two_bars();
        assert_eq!(grid.end_step(), 192);
        grid.notes[0].duration = 1000;
        assert_eq!(grid.end_step(), 1000);
    }
}
