//! MIDI files made byte by byte.

use ripieno_score::midi::{MidiFile, RescueKind, read};

/// The end-of-track event, with its delta time.
pub(crate) const END: &[u8] = &[0, 0xff, 0x2f, 0];

/// One quarter note of middle C at 96 ticks a quarter note.
pub(crate) const QUARTER: &[u8] = &[0, 0x90, 60, 100, 96, 0x80, 60, 64];

pub(crate) fn header(format: u16, tracks: u16, division: u16) -> Vec<u8> {
    let numbers = [format, tracks, division].map(u16::to_be_bytes).concat();
    chunk(b"MThd", &numbers)
}

pub(crate) fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("test chunks are small");
    [name.as_slice(), &length.to_be_bytes(), content].concat()
}

/// A track of `events` and an end-of-track event.
pub(crate) fn track(events: &[u8]) -> Vec<u8> {
    chunk(b"MTrk", &[events, END].concat())
}

/// A format 1 file of one track at 96 ticks a quarter note.
pub(crate) fn file(events: &[u8]) -> Vec<u8> {
    [header(1, 1, 96), track(events)].concat()
}

pub(crate) fn read_file(bytes: &[u8]) -> MidiFile {
    read(bytes).expect("the file can be read")
}

/// Onset, duration and pitch of every note, part after part.
pub(crate) fn notes(file: &MidiFile) -> Vec<(u32, u32, u8)> {
    let notes = file.score.parts.iter().flat_map(|part| &part.notes);
    notes.map(|note| (note.onset.0, note.duration.0, note.pitch.value())).collect()
}

pub(crate) fn kinds(file: &MidiFile) -> Vec<RescueKind> {
    file.rescued.iter().map(|rescue| rescue.kind).collect()
}
