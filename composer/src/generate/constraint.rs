//! What may be played where.

use super::BarRequest;
use crate::event::{NoteEvent, PartEvent};
use crate::memory::Memory;
use crate::vocabulary::{PITCHES, POSITIONS};

/// Hard limits of one part, kept at any temperature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartLimits {
    /// Pitches that it may play.
    pub pitches: [bool; PITCHES],
    /// Notes that it may start together, at least one.
    pub polyphony: u8,
}

impl PartLimits {
    /// Every pitch, so many notes at a time.
    pub const fn open(polyphony: u8) -> Self {
        Self { pitches: [true; PITCHES], polyphony }
    }
}

/// The rules of the open bar.
pub(super) struct Legal<'a> {
    pub(super) parts: &'a [PartEvent],
    pub(super) limits: &'a [PartLimits],
    pub(super) bar: &'a BarRequest,
}

impl Legal<'_> {
    /// Marks the positions at which some part can play.
    pub(super) fn positions(&self, memory: &Memory, allowed: &mut [bool; POSITIONS]) {
        let length = memory.bar_length() as usize;
        let end = self.bar.closes.map_or(length, |latest| length.min(usize::from(latest) + 1));
        let bar = usize::from(memory.first_position())..end;
        for (position, allowed) in allowed.iter_mut().enumerate().take(bar.end).skip(bar.start) {
            *allowed = (0..self.parts.len()).any(|part| self.part(memory, position as u8, part as u8));
        }
    }

    /// Whether a part can start a note at a position.
    pub(super) fn part(&self, memory: &Memory, position: u8, part: u8) -> bool {
        // Given notes count before the memory has reached them, too.
        let given = self.bar.given.iter().filter(|note| note.position == position && note.part == part).count();
        memory.part_allowed(position, part)
            && memory.started_at(position, part).max(given) < usize::from(self.limits[usize::from(part)].polyphony)
            && self.pitches(memory, position, part).contains(&true)
    }

    /// The pitches that a part can start at a position: allowed ones that keep the order of the stream and are not
    /// given there already.
    pub(super) fn pitches(&self, memory: &Memory, position: u8, part: u8) -> [bool; PITCHES] {
        let mut allowed = self.limits[usize::from(part)].pitches;
        allowed[..usize::from(memory.floor(position, part))].fill(false);
        let given = |note: &&NoteEvent| note.position == position && note.part == part;
        for note in self.bar.given.iter().filter(given) {
            allowed[usize::from(note.pitch)] = false;
        }
        allowed
    }
}
