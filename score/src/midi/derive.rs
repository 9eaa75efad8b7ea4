//! From [`Timeline`] to [`Score`]: which notes belong to which part, beside the maps of tempo, meter and key.

use std::collections::HashMap;

use super::TrackSummary;
use super::limits::MAX_PARTS;
use super::pairing::{Pairing, Struck};
use super::rescue::{RescueKind, RescueLog};
use crate::note::{Channel, Instrument};
use crate::score::{KeyChange, MeterChange, Part, Score};
use crate::time::Tick;
use crate::timeline::{Message, Timeline};

/// What a composer reads in `timeline`.
pub(super) fn score(timeline: &Timeline, tracks: &[TrackSummary], log: &mut RescueLog) -> Score {
    let mut pairing = Pairing::new(timeline, tracks);
    for event in &timeline.events {
        pairing.hear(event, log);
    }
    let meters = changes(timeline, |message| if let Message::Meter(meter) = *message { Some(meter) } else { None });
    let keys = changes(timeline, |message| if let Message::Key(key) = *message { Some(key) } else { None });
    Score {
        ppq: timeline.ppq,
        title: title(tracks),
        parts: parts(pairing.finish(log), tracks, log),
        tempos: timeline.tempos(),
        meters: meters.into_iter().map(|(tick, meter)| MeterChange { tick, meter }).collect(),
        keys: keys.into_iter().map(|(tick, key)| KeyChange { tick, key }).collect(),
    }
}

/// One part for each track, channel and instrument; tracks in the order of the file, then channels, and the
/// instruments of a channel as they first sound.
fn parts(mut struck: Vec<Struck>, tracks: &[TrackSummary], log: &mut RescueLog) -> Vec<Part> {
    struck.sort_by_key(|struck| (struck.track, struck.channel, struck.note.onset, struck.note.pitch));
    let mut parts: Vec<Part> = Vec::new();
    let mut by_voice: HashMap<(u16, Channel, Instrument), usize> = HashMap::new();
    for Struck { track, channel, instrument, note, .. } in struck {
        let summary = &tracks[usize::from(track)];
        let index = *by_voice.entry((track, channel, instrument)).or_insert(parts.len());
        if index == parts.len() {
            if index == MAX_PARTS {
                log.add(summary.offset, None, RescueKind::TooManyParts);
                break;
            }
            parts.push(Part { name: summary.name.clone(), instrument, channel, notes: Vec::new() });
        }
        parts[index].notes.push(note);
    }
    parts
}

/// The name of the first track, where that is a title and not the name of a part.
fn title(tracks: &[TrackSummary]) -> Option<String> {
    let first = tracks.first()?;
    let is_title = tracks.len() == 1 || first.notes == 0;
    (is_title && !first.name.is_empty()).then(|| first.name.clone())
}

/// Values in order with their ticks; where several fall on one tick, the last of them.
fn changes<T>(timeline: &Timeline, pick: impl Fn(&Message) -> Option<T>) -> Vec<(Tick, T)> {
    let mut changes: Vec<(Tick, T)> = Vec::new();
    for event in &timeline.events {
        if let Some(value) = pick(&event.message) {
            if changes.last().is_some_and(|(tick, _)| *tick == event.tick) {
                changes.pop();
            }
            changes.push((event.tick, value));
        }
    }
    changes
}
