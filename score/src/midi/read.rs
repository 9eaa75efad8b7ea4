//! From bytes to a [`MidiFile`]: finds the chunks and the ends of the tracks.

use super::error::ReadMidiError;
use super::header::{Header, find_after, read_header};
use super::limits::{MAX_BYTES, MAX_EVENTS, MAX_QUARTERS, MAX_TRACKS};
use super::rescue::{RescueKind, RescueLog};
use super::track::{Ending, TrackReader};
use super::{Format, MidiFile, TrackSummary, derive, text};
use crate::meter::Meter;
use crate::time::Tick;
use crate::timeline::{DEFAULT_MICROS_PER_QUARTER, Event, Message, TextKind, Timeline};

/// The last tick of any file: a note on it still has room for its one tick.
const LAST_TICK: u32 = u32::MAX - 1;

/// Reads a Standard MIDI File of any format, plain or in a RIFF wrapper.
///
/// # Errors
///
/// When there is no header and no track anywhere in `bytes`, or more than [`MAX_BYTES`] of them. Anything less
/// is rescued and reported in [`MidiFile::rescued`].
pub fn read(bytes: &[u8]) -> Result<MidiFile, ReadMidiError> {
    if bytes.is_empty() {
        return Err(ReadMidiError::Empty);
    }
    if bytes.len() > MAX_BYTES {
        return Err(ReadMidiError::TooLarge { limit: MAX_BYTES });
    }
    let mut log = RescueLog::default();
    let (header, range) = read_header(bytes, &mut log)?;
    let reader = Reader {
        bytes: &bytes[..range.end],
        last_tick: Tick(header.ppq.ticks().saturating_mul(MAX_QUARTERS).min(LAST_TICK)),
        header,
        log,
        events: Vec::new(),
        tracks: Vec::new(),
    };
    reader.read()
}

struct Reader<'a> {
    /// The file up to where its last chunk ends.
    bytes: &'a [u8],
    header: Header,
    last_tick: Tick,
    log: RescueLog,
    events: Vec<Event>,
    tracks: Vec<TrackSummary>,
}

impl Reader<'_> {
    fn read(mut self) -> Result<MidiFile, ReadMidiError> {
        if let Some(micros_per_quarter) = self.header.fixed_tempo {
            self.events.push(Event { tick: Tick::ZERO, track: 0, message: Message::Tempo { micros_per_quarter } });
        }
        let mut at = self.header.next;
        while let Some(next) = self.read_chunk(at) {
            at = next;
        }
        if self.tracks.is_empty() {
            return Err(ReadMidiError::NoTracks { offset: self.header.next });
        }
        self.check_track_count();
        let Self { header, mut log, mut events, tracks, .. } = self;
        events.sort_by_key(|event| event.tick);
        let end = tracks.iter().map(|track| track.end).max().unwrap_or_default();
        let timeline = Timeline { ppq: header.ppq, events, end };
        let score = derive::score(&timeline, &tracks, &mut log);
        Ok(MidiFile { timeline, score, format: header.format, tracks, rescued: log.finish() })
    }

    /// Reads or skips the chunk at `at`; gives where the next one begins, or `None` at the end of the file.
    fn read_chunk(&mut self, at: usize) -> Option<usize> {
        let rest = self.bytes.get(at..).filter(|rest| !rest.is_empty())?;
        let Some(&[i0, i1, i2, i3, l0, l1, l2, l3]) = rest.first_chunk() else {
            self.log.add(at, None, RescueKind::Junk);
            return None;
        };
        let id = [i0, i1, i2, i3];
        let declared = u32::from_be_bytes([l0, l1, l2, l3]);
        let length = usize::try_from(declared).unwrap_or(usize::MAX);
        let fits = length <= rest.len() - 8;
        match id {
            _ if self.tracks.len() >= MAX_TRACKS => {
                self.log.add(at, None, RescueKind::TooManyTracks);
                None
            }
            _ if is_track(id) => {
                if &id != b"MTrk" {
                    self.log.add(at, None, RescueKind::MisspeltTrack);
                }
                Some(self.read_track(at, declared))
            }
            _ if &id == b"MThd" && !self.tracks.is_empty() => {
                self.log.add(at, None, RescueKind::SecondHeader);
                None
            }
            _ if fits && is_chunk_name(id) => {
                self.log.add(at, None, RescueKind::UnknownChunk { id });
                Some(at + 8 + length)
            }
            _ => {
                self.log.add(at, None, RescueKind::Junk);
                find_after(self.bytes, at + 1, b"MTrk")
            }
        }
    }

    /// Reads the track whose chunk starts at `at`; gives where the next chunk begins.
    ///
    /// The length is believed where a chunk, or the end of the file, follows it. Otherwise the events say where the
    /// track ends.
    fn read_track(&mut self, at: usize, declared: u32) -> usize {
        let track = u16::try_from(self.tracks.len()).expect("the number of tracks is limited to 16 bits");
        let start = at + 8;
        let declared_end = start.saturating_add(usize::try_from(declared).unwrap_or(usize::MAX));
        let is_trusted = declared_end == self.bytes.len() || self.is_boundary(declared_end);
        let end = if is_trusted { declared_end } else { self.bytes.len() };
        let start_tick = match self.header.format {
            Format::Sequential => self.tracks.last().map_or(Tick::ZERO, |track| track.end),
            Format::SingleTrack | Format::Parallel => Tick::ZERO,
        };
        if start_tick > Tick::ZERO {
            self.begin_piece(start_tick, track);
        }
        let first_event = self.events.len();
        let mut reader = TrackReader::new(&self.bytes[..end], start, start_tick, self.last_tick, track);
        reader.keeps_tempo = self.header.fixed_tempo.is_none();
        reader.watches_for_chunks = !is_trusted;
        let ending = reader.read(&mut self.events, MAX_EVENTS, &mut self.log);
        let (stopped, end_tick, port) = (reader.at, reader.tick, reader.port);
        self.tracks.push(summary(&self.events[first_event..], at, end_tick, port));

        if ending != Ending::EndOfTrack && ending != Ending::Cut {
            self.log.add(stopped, Some(track), RescueKind::NoEndOfTrack);
        }
        if stopped == declared_end {
            return stopped;
        }
        let next_is_near = self.bytes[stopped..].starts_with(b"MTrk");
        if declared_end > self.bytes.len() && !next_is_near {
            self.log.add(stopped, Some(track), RescueKind::Truncated);
        } else if next_is_near || !is_trusted {
            self.log.add(at + 4, Some(track), RescueKind::TrackLength { declared });
        } else if ending == Ending::EndOfTrack {
            self.log.add(stopped, Some(track), RescueKind::AfterEndOfTrack);
        }
        if is_trusted && !next_is_near { declared_end } else { stopped }
    }

    /// Puts an end to the tempo and meter of the piece before: each piece of a format 2 file has maps of its own.
    fn begin_piece(&mut self, tick: Tick, track: u16) {
        if self.header.fixed_tempo.is_none() {
            let micros_per_quarter = DEFAULT_MICROS_PER_QUARTER;
            self.events.push(Event { tick, track, message: Message::Tempo { micros_per_quarter } });
        }
        self.events.push(Event { tick, track, message: Message::Meter(Meter::COMMON) });
    }

    /// Whether a chunk can begin at `at`.
    fn is_boundary(&self, at: usize) -> bool {
        self.bytes.get(at..).and_then(<[u8]>::first_chunk).is_some_and(|&id| is_track(id) || is_chunk_name(id))
    }

    fn check_track_count(&mut self) {
        let found = self.tracks.len();
        if let Some(declared) = self.header.declared_tracks
            && usize::from(declared) != found
        {
            self.log.add(self.header.offset + 10, None, RescueKind::TrackCount { declared, found });
        }
        if self.header.format == Format::Sequential && found > 1 {
            self.log.add(self.header.offset + 8, None, RescueKind::SequencesJoined);
        }
    }
}

/// Whether a chunk's name is `MTrk`, or that with one wrong byte.
fn is_track(id: [u8; 4]) -> bool {
    id.iter().zip(b"MTrk").filter(|(found, wanted)| found != wanted).count() <= 1
}

/// Whether four bytes look like the name of a chunk.
fn is_chunk_name(id: [u8; 4]) -> bool {
    id.iter().all(|byte| byte.is_ascii_alphanumeric())
}

fn summary(events: &[Event], offset: usize, end: Tick, port: u8) -> TrackSummary {
    let name = events.iter().find_map(|event| match &event.message {
        Message::Text { kind: TextKind::TrackName, text } => Some(text::name(text)),
        _ => None,
    });
    let notes = events.iter().filter(|event| matches!(event.message, Message::NoteOn { .. })).count();
    TrackSummary { name: name.unwrap_or_default(), offset, events: events.len(), notes, end, port }
}

#[cfg(test)]
mod tests {
    use midly::{MidiMessage, Smf, TrackEventKind};

    use super::*;

    /// Every note-on as (tick, track, pitch), in the order of a timeline.
    fn strokes_by_midly(bytes: &[u8]) -> Vec<(u32, u16, u8)> {
        let smf = Smf::parse(bytes).expect("midly reads it");
        let mut strokes = Vec::new();
        for (track, events) in (0..).zip(&smf.tracks) {
            let mut tick = 0;
            for event in events {
                tick += event.delta.as_int();
                if let TrackEventKind::Midi { message: MidiMessage::NoteOn { key, vel }, .. } = event.kind
                    && vel > 0
                {
                    strokes.push((tick, track, key.as_int()));
                }
            }
        }
        strokes.sort_by_key(|&(tick, ..)| tick);
        strokes
    }

    #[test]
    fn midly_hears_the_same_strokes_in_a_good_file() {
        let events: Vec<u8> = (30..90)
            .flat_map(|key| [1, 0x90, key, 90, 0, key + 7, 90, 50, key, 0, 0, key + 7, 0])
            .chain([0, 0xff, 0x2f, 0])
            .collect();
        let length = u32::try_from(events.len()).expect("a small track").to_be_bytes();
        let track = [b"MTrk", length.as_slice(), &events].concat();
        let bytes = [b"MThd\0\0\0\x06\0\x01\0\x02\x01\xe0".as_slice(), &track, &track].concat();
        let strokes: Vec<_> = read(&bytes)
            .expect("it reads")
            .timeline
            .events
            .iter()
            .filter_map(|event| match event.message {
                Message::NoteOn { pitch, .. } => Some((event.tick.0, event.track, pitch.value())),
                _ => None,
            })
            .collect();
        assert_eq!(strokes, strokes_by_midly(&bytes));
        assert_eq!(strokes.len(), 240);
    }
}
