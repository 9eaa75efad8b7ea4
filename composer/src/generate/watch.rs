//! Keeping what is written from becoming a copy of what was learnt.

use ripieno_datasets::originality::line::Edge;
use ripieno_datasets::originality::{Index, Tracker};
use ripieno_score::GridNote;

use super::BarRequest;
use crate::event::{NoteEvent, PartEvent};
use crate::vocabulary::{DURATION_STEPS, meter_of};

/// Follows both edges of every part that is not drums. Given notes are not followed: they are the person's own.
#[derive(Clone)]
pub(super) struct Watch<'m> {
    max_overlap: f32,
    parts: Vec<Option<[Tracker<'m>; 2]>>,
    /// First step of the open bar and of the next.
    bar: (u32, u32),
    /// Pitches that were drawn and not taken.
    rerolls: usize,
}

impl<'m> Watch<'m> {
    pub(super) fn new(index: &'m Index, max_overlap: f32, parts: &[PartEvent]) -> Self {
        let edges = || [Edge::Upper, Edge::Lower].map(|edge| Tracker::new(index, edge));
        let parts = parts.iter().map(|part| (!part.is_drums()).then(edges)).collect();
        Self { max_overlap, parts, bar: (0, 0), rerolls: 0 }
    }

    /// What comes behind a given note is a new beginning.
    pub(super) fn open_bar(&mut self, bar: &BarRequest) {
        self.bar = (self.bar.1, self.bar.1 + meter_of(bar.meter).0);
        for note in &bar.given {
            self.parts[usize::from(note.part)].iter_mut().flatten().for_each(Tracker::clear);
        }
    }

    /// Whether a pitch may be played; when not, that is counted.
    pub(super) fn allows(&mut self, position: u8, part: u8, pitch: u8) -> bool {
        let note = self.note(NoteEvent { position, part, pitch, duration: 0, velocity: 0 });
        let edges = self.parts[usize::from(part)].iter().flatten();
        let is_allowed = edges.map(|edge| edge.weigh(note)).all(|weight| weight <= self.max_overlap);
        self.rerolls += usize::from(!is_allowed);
        is_allowed
    }

    pub(super) fn push(&mut self, note: NoteEvent) {
        let at = self.note(note);
        for edge in self.parts[usize::from(note.part)].iter_mut().flatten() {
            edge.push(at);
        }
    }

    pub(super) const fn rerolls(&self) -> usize {
        self.rerolls
    }

    fn note(&self, note: NoteEvent) -> GridNote {
        let duration = u32::from(DURATION_STEPS[usize::from(note.duration)]);
        let onset = self.bar.0 + u32::from(note.position);
        GridNote { onset, part: u16::from(note.part), pitch: note.pitch, duration, velocity: 1 }
    }
}
