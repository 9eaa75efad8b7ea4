//! Given notes that sound where something may be written.

use super::Request;
use crate::event::NoteEvent;
use crate::vocabulary::{DURATION_STEPS, meter_of};

/// A given note; steps from the start of the bar that it is looked at from.
#[derive(Debug, Clone, Copy)]
struct HeldNote {
    part: u8,
    pitch: u8,
    onset: i64,
    end: i64,
}

impl HeldNote {
    fn new(start: i64, note: &NoteEvent) -> Self {
        let onset = start + i64::from(note.position);
        let end = onset + i64::from(DURATION_STEPS[usize::from(note.duration)]);
        Self { part: note.part, pitch: note.pitch, onset, end }
    }
}

/// The given notes that sound in the open bar, of parts that may play in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Held(Vec<HeldNote>);

impl Held {
    /// How many notes of a part sound at a position or start there.
    pub(super) fn count(&self, position: u8, part: u8) -> usize {
        self.at(position, part).count()
    }

    /// How many of them start there.
    pub(super) fn starting(&self, position: u8, part: u8) -> usize {
        self.at(position, part).filter(|note| note.onset == i64::from(position)).count()
    }

    /// Their pitches, a bit each.
    pub(super) fn pitches(&self, position: u8, part: u8) -> u128 {
        self.at(position, part).fold(0, |bits, note| bits | 1 << note.pitch)
    }

    fn at(&self, position: u8, part: u8) -> impl Iterator<Item = &HeldNote> {
        let now = i64::from(position);
        self.0.iter().filter(move |note| note.part == part && note.onset <= now && note.end > now)
    }
}

/// All given notes of a request.
#[derive(Debug, Clone, Default)]
pub(super) struct GivenNotes {
    /// From the start of the first bar of the request.
    notes: Vec<HeldNote>,
    starts: Vec<i64>,
}

impl GivenNotes {
    pub(super) fn of(request: &Request) -> Self {
        let mut notes = Vec::new();
        let length = |meter: u16| i64::from(meter_of(meter).0);
        let mut start = -request.past.iter().map(|bar| length(bar.meter)).sum::<i64>();
        for bar in &request.past {
            notes.extend(bar.notes.iter().map(|note| HeldNote::new(start, note)));
            start += length(bar.meter);
        }
        notes.retain(|note| note.end > 0);
        let mut starts = Vec::with_capacity(request.bars.len());
        for bar in &request.bars {
            starts.push(start);
            notes.extend(bar.given.iter().map(|note| HeldNote::new(start, note)));
            start += length(bar.meter);
        }
        Self { notes, starts }
    }

    /// Those that sound in a bar of the request, of parts that are not `locked` (a bit each).
    pub(super) fn held_in(&self, bar: usize, length: u32, locked: u64) -> Held {
        let Some(&start) = self.starts.get(bar) else { return Held::default() };
        let end = start + i64::from(length);
        let sounds = |note: &&HeldNote| locked >> note.part & 1 == 0 && note.onset < end && note.end > start;
        let moved = |note: &HeldNote| HeldNote { onset: note.onset - start, end: note.end - start, ..*note };
        Held(self.notes.iter().filter(sounds).map(moved).collect())
    }
}
