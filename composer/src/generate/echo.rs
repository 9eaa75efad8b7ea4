//! Bars that bring back what was written before, recognisably and not quite the same.

use rand_chacha::ChaCha8Rng;

use super::BarRequest;
use crate::event::{NoteEvent, PartEvent, Role};
use crate::task::unit;
use crate::vocabulary::meter_of;

/// What a bar brings back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Echo {
    /// Index into [`Request::bars`](super::Request::bars) of an earlier bar.
    pub of: usize,
    /// How likely a part comes back as it was, for the tune.
    pub tune: f32,
    /// The same for parts that accompany.
    pub others: f32,
    /// Where a part is varied, how likely a note on a beat, and one between the beats, stays.
    pub kept: (f32, f32),
}

impl Echo {
    /// The notes that come back in `bar`, sorted, and the parts that are whole and need no others, a bit each.
    pub(super) fn draw(
        self,
        source: &[NoteEvent],
        parts: &[PartEvent],
        bar: &BarRequest,
        rng: &mut ChaCha8Rng,
    ) -> (Vec<NoteEvent>, u64) {
        let (length, meter) = meter_of(bar.meter);
        let on_beat = |note: &NoteEvent| (f64::from(note.position) / 24.0 % meter.beat_quarters()).abs() < 1e-9;
        let mut notes: Vec<NoteEvent> = Vec::new();
        let mut whole = 0u64;
        let tune = tune(parts);
        for part in (0..parts.len()).filter(|part| bar.locked >> part & 1 == 0) {
            let comes_back = if Some(part) == tune { self.tune } else { self.others };
            let own = source.iter().filter(|note| usize::from(note.part) == part && u32::from(note.position) < length);
            if unit(rng) < comes_back {
                whole |= 1 << part;
                notes.extend(own);
            } else {
                let stays = |note: &&NoteEvent| unit(rng) < if on_beat(note) { self.kept.0 } else { self.kept.1 };
                notes.extend(own.filter(stays));
            }
        }
        // What is bound to a rhythm may have lost notes at its attacks; it is not whole in that sense, and need not be.
        notes.sort_unstable();
        notes.dedup_by_key(|note| (note.position, note.part, note.pitch));
        (notes, whole)
    }
}

/// The part by which a listener knows a piece again: the tune, or else the first that is not drums.
pub(crate) fn tune(parts: &[PartEvent]) -> Option<usize> {
    let melody = parts.iter().position(|part| part.role == Role::Melody);
    melody.or_else(|| parts.iter().position(|part| !part.is_drums()))
}
