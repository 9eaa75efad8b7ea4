//! The seed's rhythm, kept where its notes are written anew.

use super::seed::Seed;
use super::{ComposeError, Wishes};
use crate::generate::{Attack, BarRequest, Request, first_missed};
use crate::vocabulary::meter_of;

/// Binds the parts of the seed in a bar to the rhythm that they have in bar `source` of the seed.
pub(super) fn bind(bar: &mut BarRequest, seed: &Seed, source: usize) {
    let length = meter_of(bar.meter).0;
    let parts = (1u64 << seed.events.parts.len()) - 1;
    bar.bound = parts & !bar.locked;
    let notes = seed.events.bars[source].notes.iter();
    let mine = notes.filter(|note| bar.bound >> note.part & 1 == 1 && u32::from(note.position) < length);
    bar.attacks =
        mine.map(|note| Attack { position: note.position, part: note.part, duration: note.duration }).collect();
    bar.attacks.sort_unstable();
    if let (Some(latest), Some(last)) = (bar.closes, bar.attacks.last()) {
        bar.closes = Some(latest.max(last.position));
    }
}

/// The bar of the seed whose rhythm a new bar takes: they come round, and the last bar of the piece has that of the last.
pub(super) fn source(seed: &Seed, bar: usize, total: usize) -> usize {
    let bars = seed.bars();
    if bar < bars {
        return bar;
    }
    if bar + 1 == total {
        return bars - 1;
    }
    let upbeat = usize::from(seed.has_upbeat() && bars > 1);
    upbeat + (bar - bars) % (bars - upbeat)
}

/// A rhythm that cannot be kept, because what the person gave leaves no room for a note where there must be one.
pub(super) fn check(request: &Request, first_bar: usize, wishes: &Wishes) -> Result<(), ComposeError> {
    let Some((bar, attack)) = first_missed(request) else { return Ok(()) };
    let limits = &request.limits[usize::from(attack.part)];
    let other = match (limits.sounding, &wishes.controls.chords) {
        (sounding, _) if sounding < u8::MAX => format!("{} notes at a time", limits.sounding),
        (_, Some(_)) => "the chords".to_owned(),
        _ => "the pitches that are asked for".to_owned(),
    };
    Err(ComposeError::Excluded {
        one: "the rhythm of the seed".to_owned(),
        other,
        reason: format!(
            "in bar {} part {} would have to play a note beside those that it holds already",
            first_bar + bar + 1,
            attack.part + 1
        ),
    })
}
