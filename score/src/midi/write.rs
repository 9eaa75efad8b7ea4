//! From a [`Score`] to bytes.

use midly::num::{u4, u7, u15, u24, u28};
use midly::{Format, Header, MetaMessage, MidiMessage, PitchBend, Smf, Timing, TrackEvent, TrackEventKind};

use super::channels::assign_channels;
use super::limits::MAX_PARTS;
use super::meta;
use crate::note::{Channel, Instrument};
use crate::score::{Part, Score};
use crate::time::Tick;
use crate::timeline::Message;

/// The longest time between two events: 28 bits (Standard MIDI Files 1.0, "variable-length quantity").
const LONGEST_DELTA: u32 = 0x0fff_ffff;

/// What [`write_with`] puts into a file beside the score.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WriteOptions {
    /// Text events at the start of the first track, in order: who made this, and how.
    pub texts: Vec<String>,
    /// What a score does not hold: pedals, wheels and pressure, as they were moved.
    pub gestures: Vec<Gesture>,
    /// Sequencer-specific meta events at the end of the first track, in order: for programs that know them, ignored by all
    /// others. The first byte, or the first three if it is zero, says whose they are (Standard MIDI Files 1.0).
    pub sequencer_data: Vec<Vec<u8>>,
}

/// A controller, pitch wheel or channel pressure of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gesture {
    /// Index into [`Score::parts`].
    pub part: usize,
    /// When.
    pub tick: Tick,
    /// [`Message::Controller`], [`Message::PitchBend`] or [`Message::ChannelPressure`], on whatever channel: the part's is
    /// written. Other messages are left out.
    pub message: Message,
}

/// Writes `score` as a format 1 file: a first track with title, tempo, meter and key, then a track for each part.
///
/// Reading the file again gives the same notes, except that notes which overlap on one pitch within a part exchange their
/// ends where one lasts longer than a later one: MIDI cannot say which of two sounding notes a release ends, and
/// readers end the older one first. A file has no more than 65,535 tracks: parts beyond [`MAX_PARTS`] share the last one. Drums are written to [`Channel::DRUMS`] and programs elsewhere, whatever [`Part::channel`] says.
pub fn write(score: &Score) -> Vec<u8> {
    write_with(score, &WriteOptions::default())
}

/// As [`write()`], with `options`.
pub fn write_with(score: &Score, options: &WriteOptions) -> Vec<u8> {
    let end = score.end();
    let mut tracks = vec![delta_coded(conductor(score, options), end)];
    let parts: Vec<_> = score.parts.iter().zip(assign_channels(&score.parts)).collect();
    let alone = if parts.len() > MAX_PARTS { MAX_PARTS - 1 } else { parts.len() };
    let events = |index: usize| {
        let (part, channel) = parts[index];
        let mut events = part_events(part, channel);
        events.extend(options.gestures.iter().filter(|gesture| gesture.part == index).filter_map(|gesture| {
            let message = gesture_message(&gesture.message)?;
            let midi = TrackEventKind::Midi { channel: u4::new(channel.value()), message };
            Some((gesture.tick, Place::Gesture, midi))
        }));
        events
    };
    tracks.extend((0..alone).map(|index| delta_coded(events(index), end)));
    if alone < parts.len() {
        let shared = (alone..parts.len()).flat_map(events);
        tracks.push(delta_coded(shared.collect(), end));
    }
    let header = Header::new(Format::Parallel, Timing::Metrical(u15::new(score.ppq.value())));
    let mut bytes = Vec::new();
    Smf { header, tracks }
        .write(&mut bytes)
        .expect("a vector takes every byte, tracks are counted above, and none is longer than 4 GiB");
    bytes
}

/// An event, its moment, and its place among the events of that moment.
type Timed<'a> = (Tick, Place, TrackEventKind<'a>);

/// Which of the events on one tick comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Setup,
    Gesture,
    /// Before note-ons, so that a repeated note is not ended as it begins.
    NoteOff,
    NoteOn,
}

fn gesture_message(message: &Message) -> Option<MidiMessage> {
    match *message {
        Message::Controller { controller, value, .. } => {
            Some(MidiMessage::Controller { controller: u7::new(controller & 127), value: u7::new(value & 127) })
        }
        Message::PitchBend { bend, .. } => Some(MidiMessage::PitchBend { bend: PitchBend::from_int(bend) }),
        Message::ChannelPressure { pressure, .. } => {
            Some(MidiMessage::ChannelAftertouch { vel: u7::new(pressure & 127) })
        }
        _ => None,
    }
}

fn conductor<'a>(score: &'a Score, options: &'a WriteOptions) -> Vec<Timed<'a>> {
    let meta = |tick, message| (tick, Place::Setup, TrackEventKind::Meta(message));
    let title = score.title.iter().filter(|title| !title.is_empty());
    let mut events: Vec<Timed<'a>> = Vec::new();
    events.extend(title.map(|title| meta(Tick::ZERO, MetaMessage::TrackName(title.as_bytes()))));
    events.extend(options.texts.iter().map(|text| meta(Tick::ZERO, MetaMessage::Text(text.as_bytes()))));
    events.extend(score.meters.iter().map(|change| {
        let meter = change.meter;
        // Clocks of the metronome, 24 to a quarter note, and thirty-second notes to a quarter note.
        let clocks = 96 / meter.denominator.clamp(1, 96) * if meter.is_compound() { 3 } else { 1 };
        let power = meter.denominator.max(1).ilog2();
        let power = u8::try_from(power).expect("a u8 has fewer than 256 bits");
        meta(change.tick, MetaMessage::TimeSignature(meter.numerator, power, clocks.max(1), 8))
    }));
    events.extend(score.keys.iter().map(|change| {
        let (sharps, is_minor) = meta::signature(change.key);
        meta(change.tick, MetaMessage::KeySignature(sharps, is_minor))
    }));
    events.extend(score.tempos.iter().map(|change| {
        let micros = change.micros_per_quarter.clamp(1, u24::max_value().as_int());
        meta(change.tick, MetaMessage::Tempo(u24::new(micros)))
    }));
    // Behind everything else: a program that takes these bytes for something else cannot move what comes before.
    let end = events.iter().map(|&(tick, ..)| tick).max().unwrap_or_default().max(score.end());
    events.extend(
        options
            .sequencer_data
            .iter()
            .map(|content| (end, Place::NoteOn, TrackEventKind::Meta(MetaMessage::SequencerSpecific(content)))),
    );
    events
}

fn part_events(part: &Part, channel: Channel) -> Vec<Timed<'_>> {
    let mut events: Vec<Timed<'_>> = Vec::with_capacity(2 * part.notes.len() + 2);
    let midi = |message| TrackEventKind::Midi { channel: u4::new(channel.value()), message };
    if !part.name.is_empty() {
        events.push((Tick::ZERO, Place::Setup, TrackEventKind::Meta(MetaMessage::TrackName(part.name.as_bytes()))));
    }
    if let Instrument::Program(program) = part.instrument {
        let program = u7::new(program.value());
        events.push((Tick::ZERO, Place::Setup, midi(MidiMessage::ProgramChange { program })));
    }
    for note in &part.notes {
        let key = u7::new(note.pitch.value());
        let end = note.end().max(note.onset + Tick(1));
        let vel = u7::new(note.velocity.value());
        events.push((note.onset, Place::NoteOn, midi(MidiMessage::NoteOn { key, vel })));
        events.push((end, Place::NoteOff, midi(MidiMessage::NoteOff { key, vel: u7::new(64) })));
    }
    events
}

/// Sorts events by time and writes the time since the one before; the track ends at `end` or with its last event.
fn delta_coded(mut events: Vec<Timed<'_>>, end: Tick) -> Vec<TrackEvent<'_>> {
    events.sort_by_key(|&(tick, place, _)| (tick, place));
    let last = events.last().map_or(end, |&(tick, ..)| end.max(tick));
    events.push((last, Place::NoteOn, TrackEventKind::Meta(MetaMessage::EndOfTrack)));
    let mut track = Vec::with_capacity(events.len());
    let mut at = Tick::ZERO;
    for (tick, _, kind) in events {
        while tick.since(at).0 > LONGEST_DELTA {
            let filler = TrackEventKind::Meta(MetaMessage::Text(b""));
            track.push(TrackEvent { delta: u28::new(LONGEST_DELTA), kind: filler });
            at = at + Tick(LONGEST_DELTA);
        }
        track.push(TrackEvent { delta: u28::new(tick.since(at).0), kind });
        at = tick;
    }
    track
}
