//! Keeping what is written from becoming a copy of what was learnt.

use ripieno_datasets::originality::line::Edge;
use ripieno_datasets::originality::{Index, Tracker};
use ripieno_score::GridNote;

use super::BarRequest;
use crate::event::{BarEvents, NoteEvent, PartEvent};
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
    /// The heaviest copy in what was taken in, in notes that say something.
    heaviest: f32,
}

/// Notes of a part after which endless music is followed afresh, at a place where no copy is under way.
const REMEMBERED: usize = 512;

impl<'m> Watch<'m> {
    pub(super) fn new(index: &'m Index, max_overlap: f32, parts: &[PartEvent]) -> Self {
        let edges = || [Edge::Upper, Edge::Lower].map(|edge| Tracker::new(index, edge));
        let parts = parts.iter().map(|part| (!part.is_drums()).then(edges)).collect();
        Self { max_overlap, parts, bar: (0, 0), rerolls: 0, heaviest: 0.0 }
    }

    /// What comes behind a given note is a new beginning.
    pub(super) fn open_bar(&mut self, bar: &BarRequest) {
        self.bar = (self.bar.1, self.bar.1 + meter_of(bar.meter).0);
        for note in &bar.given {
            self.parts[usize::from(note.part)].iter_mut().flatten().for_each(Tracker::clear);
        }
    }

    /// Follows a bar that was played, by whomever. `locked` parts (a bit each) were not the machine's: they are not followed.
    pub(super) fn take_in(&mut self, bar: &BarEvents, locked: u64) {
        self.bar = (self.bar.1, self.bar.1 + bar.length());
        let mut weights = vec![0.0_f32; self.parts.len()];
        for &note in &bar.notes {
            if locked >> note.part & 1 == 0 {
                weights[usize::from(note.part)] = weights[usize::from(note.part)].max(self.push(note));
            }
        }
        self.heaviest = weights.iter().copied().fold(self.heaviest, f32::max);
        for (slot, (part, weight)) in self.parts.iter_mut().zip(weights).enumerate() {
            let is_long = part.iter().flatten().any(|edge| edge.remembered() > REMEMBERED);
            if locked >> slot & 1 == 1 || (is_long && weight < 0.25 * self.max_overlap) {
                part.iter_mut().flatten().for_each(Tracker::clear);
            }
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

    /// The weight of the heaviest copy that ends with the note.
    pub(super) fn push(&mut self, note: NoteEvent) -> f32 {
        let at = self.note(note);
        let edges = self.parts[usize::from(note.part)].iter_mut().flatten();
        edges.map(|edge| edge.push(at)).fold(0.0, f32::max)
    }

    pub(super) const fn heaviest(&self) -> f32 {
        self.heaviest
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
