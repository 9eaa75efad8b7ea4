//! The events of one track, read leniently.

use std::ops::ControlFlow;

use super::limits::MAX_TEXT_BYTES;
use super::meta;
use super::rescue::{RescueKind, RescueLog};
use crate::note::{Channel, Pitch, Program, Velocity};
use crate::time::Tick;
use crate::timeline::{Event, Message};

/// How many data bytes without a status are skipped in search of one.
const LONGEST_SKIP: usize = 4096;

/// Reads one track from its first event to its end.
pub(super) struct TrackReader<'a> {
    /// The file up to where this track must end at the latest.
    pub(super) bytes: &'a [u8],
    /// Where the next byte is read.
    pub(super) at: usize,
    /// The time of the last event.
    pub(super) tick: Tick,
    /// Later events are left out.
    pub(super) last_tick: Tick,
    /// The number of the track.
    pub(super) track: u16,
    /// Whether tempo events count.
    pub(super) keeps_tempo: bool,
    /// Whether the name of the next chunk is looked for between events, because the track's length is not trusted.
    pub(super) watches_for_chunks: bool,
    /// The status byte of the last channel message.
    running_status: Option<u8>,
    /// Whether a meta or system exclusive event came since.
    interrupted: bool,
    /// The port that the track asks for.
    pub(super) port: u8,
}

/// How a track came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// With an end-of-track event.
    EndOfTrack,
    /// The next chunk begins.
    NextChunk,
    /// At the end of its bytes, between events.
    OutOfBytes,
    /// Inside an event, or the rest of the track is later than any piece lasts.
    Cut,
}

impl<'a> TrackReader<'a> {
    /// A reader of the events from `at` to the end of `bytes`, which start at `tick`.
    pub(super) fn new(bytes: &'a [u8], at: usize, tick: Tick, last_tick: Tick, track: u16) -> Self {
        Self {
            bytes,
            at,
            tick,
            last_tick,
            track,
            keeps_tempo: true,
            watches_for_chunks: false,
            running_status: None,
            interrupted: false,
            port: 0,
        }
    }

    /// Appends the track's events to `events` until the track ends or `events` holds `max_events`.
    pub(super) fn read(&mut self, events: &mut Vec<Event>, max_events: usize, log: &mut RescueLog) -> Ending {
        loop {
            if self.at >= self.bytes.len() {
                return Ending::OutOfBytes;
            }
            if self.watches_for_chunks && self.bytes[self.at..].starts_with(b"MTrk") {
                return Ending::NextChunk;
            }
            let start = self.at;
            let message = match self.read_event(log) {
                Some(ControlFlow::Continue(message)) => message,
                Some(ControlFlow::Break(ending)) => return ending,
                None => {
                    log.add(start, Some(self.track), RescueKind::EventCut);
                    self.at = start;
                    return Ending::Cut;
                }
            };
            if let Some(message) = message {
                if events.len() >= max_events {
                    log.add(start, None, RescueKind::TooManyEvents);
                    continue;
                }
                events.push(Event { tick: self.tick, track: self.track, message });
            }
        }
    }

    /// A time and an event. `None` when the bytes end inside it.
    fn read_event(&mut self, log: &mut RescueLog) -> Option<ControlFlow<Ending, Option<Message>>> {
        let start = self.at;
        let delta = self.variable_length(log)?;
        let tick = self.tick + Tick(delta);
        let status = self.status(log)?;
        let message = match status {
            0x80..=0xef => self.channel_message(status, log)?,
            0xff => {
                self.interrupted = true;
                let kind = self.byte()?;
                let content = self.counted_bytes(log)?;
                if kind == meta::END_OF_TRACK {
                    if tick <= self.last_tick {
                        self.tick = tick;
                    }
                    return Some(ControlFlow::Break(Ending::EndOfTrack));
                }
                if kind == meta::PORT {
                    self.port = content.first().map_or(self.port, |port| port & 0x7f);
                }
                if meta::TEXTS.contains(&kind) && content.len() > MAX_TEXT_BYTES {
                    self.report(start, RescueKind::LongText, log);
                }
                meta::message(kind, content, self.keeps_tempo).unwrap_or_else(|kind| self.report(start, kind, log))
            }
            0xf0 => {
                self.interrupted = true;
                Some(Message::SysEx(self.counted_bytes(log)?.into()))
            }
            0xf7 => {
                self.interrupted = true;
                Some(Message::Escape(self.counted_bytes(log)?.into()))
            }
            _ => {
                // System common and real-time messages: their data bytes are known (MIDI 1.0, table "Status Bytes").
                let length = match status {
                    0xf1 | 0xf3 => 1,
                    0xf2 => 2,
                    _ => 0,
                };
                self.take(length)?;
                self.report(start, RescueKind::SystemMessage, log)
            }
        };
        if tick > self.last_tick {
            self.report(start, RescueKind::TooLong, log);
            return Some(ControlFlow::Break(Ending::Cut));
        }
        self.tick = tick;
        Some(ControlFlow::Continue(message))
    }

    /// The status byte of the next event: written, or the running one. Skips data bytes that belong to no status.
    fn status(&mut self, log: &mut RescueLog) -> Option<u8> {
        let first = *self.bytes.get(self.at)?;
        if first >= 0x80 {
            self.at += 1;
            if first < 0xf0 {
                self.running_status = Some(first);
                self.interrupted = false;
            }
            return Some(first);
        }
        if let Some(running) = self.running_status {
            if self.interrupted {
                self.report(self.at, RescueKind::RunningStatusKept, log);
            }
            return Some(running);
        }
        self.report(self.at, RescueKind::NoStatus, log);
        // Not further than this: a file of tracks without any status byte would be searched once for each of them.
        let skipped = self.bytes[self.at..].iter().take(LONGEST_SKIP).position(|&byte| byte >= 0x80)?;
        self.at += skipped;
        self.status(log)
    }

    /// The message of a channel status byte, `80..=EF`.
    fn channel_message(&mut self, status: u8, log: &mut RescueLog) -> Option<Option<Message>> {
        let channel = Channel::new(status & 0x0f).expect("four bits are a channel");
        let message = match status >> 4 {
            0x8 => {
                let pitch = self.pitch(log)?;
                Message::NoteOff { channel, pitch, velocity: self.value(log)? }
            }
            0x9 => {
                let pitch = self.pitch(log)?;
                match Velocity::new(self.value(log)?) {
                    Some(velocity) => Message::NoteOn { channel, pitch, velocity },
                    // Zero is a note-off; 64 is its velocity where none is known (MIDI 1.0, "Note-Off").
                    None => Message::NoteOff { channel, pitch, velocity: 64 },
                }
            }
            0xa => {
                let pitch = self.pitch(log)?;
                Message::PolyPressure { channel, pitch, pressure: self.value(log)? }
            }
            0xb => {
                let controller = self.number(log)?;
                Message::Controller { channel, controller, value: self.value(log)? }
            }
            0xc => {
                let program = Program::new(self.number(log)?).expect("seven bits are a program");
                Message::Program { channel, program }
            }
            0xd => Message::ChannelPressure { channel, pressure: self.value(log)? },
            _ => {
                let low = i16::from(self.number(log)?);
                let high = i16::from(self.value(log)?);
                Message::PitchBend { channel, bend: (high << 7 | low) - 0x2000 }
            }
        };
        Some(Some(message))
    }

    fn pitch(&mut self, log: &mut RescueLog) -> Option<Pitch> {
        Some(Pitch::new(self.number(log)?).expect("seven bits are a pitch"))
    }

    /// A data byte that names something; loses its top bit.
    fn number(&mut self, log: &mut RescueLog) -> Option<u8> {
        let byte = self.byte()?;
        if byte > 0x7f {
            self.report(self.at - 1, RescueKind::HighDataByte, log);
        }
        Some(byte & 0x7f)
    }

    /// A data byte that measures something; at most 127.
    fn value(&mut self, log: &mut RescueLog) -> Option<u8> {
        let byte = self.byte()?;
        if byte > 0x7f {
            self.report(self.at - 1, RescueKind::HighDataByte, log);
        }
        Some(byte.min(0x7f))
    }

    /// A length, and as many bytes.
    fn counted_bytes(&mut self, log: &mut RescueLog) -> Option<&'a [u8]> {
        let length = usize::try_from(self.variable_length(log)?).ok()?;
        self.take(length)
    }

    /// A number in groups of seven bits, the most significant first; the standard allows four bytes.
    fn variable_length(&mut self, log: &mut RescueLog) -> Option<u32> {
        let start = self.at;
        let mut value = 0_u32;
        loop {
            let byte = self.byte()?;
            value = (value << 7 | u32::from(byte & 0x7f)) & 0x0fff_ffff;
            if byte < 0x80 {
                break;
            }
        }
        if self.at - start > 4 {
            self.report(start, RescueKind::LongNumber, log);
        }
        Some(value)
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(length)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    /// Reports something that yields no message.
    fn report(&self, offset: usize, kind: RescueKind, log: &mut RescueLog) -> Option<Message> {
        log.add(offset, Some(self.track), kind);
        None
    }
}
