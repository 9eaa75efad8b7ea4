//! A piece as a player reads it: every message, in order, with its tempo map.

use serde::{Deserialize, Serialize};

use crate::key::Key;
use crate::meter::Meter;
use crate::note::{Channel, Pitch, Program, Velocity};
use crate::score::TempoChange;
use crate::time::{Ppq, Tick};

mod tempo_map;

pub(crate) use tempo_map::DEFAULT_MICROS_PER_QUARTER;
pub use tempo_map::TempoMap;

/// Every message of a file in order.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Timeline {
    /// Ticks per quarter note of every [`Tick`] in the timeline.
    pub ppq: Ppq,
    /// Sorted by tick; at the same tick in the order of tracks, and within a track in the order of the file.
    pub events: Vec<Event>,
    /// When the last track ends; never before the last event.
    pub end: Tick,
}

/// A message and its moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When the message is sent.
    pub tick: Tick,
    /// The track that it comes from, counted from zero.
    pub track: u16,
    /// What is sent.
    pub message: Message,
}

/// What a player can be told.
///
/// Numbers without a type of their own are seven-bit MIDI values, `0..=127`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// A key is released. A note-on with velocity zero is read as this, with release velocity 64.
    NoteOff {
        /// Where.
        channel: Channel,
        /// Which key.
        pitch: Pitch,
        /// How fast the key was let go.
        velocity: u8,
    },
    /// A key is struck.
    NoteOn {
        /// Where.
        channel: Channel,
        /// Which key.
        pitch: Pitch,
        /// How hard.
        velocity: Velocity,
    },
    /// Pressure on one key (polyphonic aftertouch).
    PolyPressure {
        /// Where.
        channel: Channel,
        /// Which key.
        pitch: Pitch,
        /// How hard it is pressed.
        pressure: u8,
    },
    /// A controller moves: 1 is modulation, 7 volume, 10 pan, 11 expression, 64 the sustain pedal.
    Controller {
        /// Where.
        channel: Channel,
        /// Which controller.
        controller: u8,
        /// Where it stands now.
        value: u8,
    },
    /// The channel changes its instrument.
    Program {
        /// Where.
        channel: Channel,
        /// The new instrument.
        program: Program,
    },
    /// Pressure on the whole channel (aftertouch).
    ChannelPressure {
        /// Where.
        channel: Channel,
        /// How hard the keys are pressed.
        pressure: u8,
    },
    /// The pitch wheel moves.
    PitchBend {
        /// Where.
        channel: Channel,
        /// `-8192..=8191`; zero is the centre.
        bend: i16,
    },
    /// A system exclusive message without its leading `F0`; ends with `F7` unless it goes on in a later [`Message::Escape`].
    SysEx(Box<[u8]>),
    /// Bytes to be sent as they are: the rest of a divided system exclusive message, or anything else.
    Escape(Box<[u8]>),
    /// The tempo changes.
    Tempo {
        /// Microseconds per quarter note, `1..=16_777_215`.
        micros_per_quarter: u32,
    },
    /// The time signature changes.
    Meter(Meter),
    /// The key signature changes.
    Key(Key),
    /// Something to read: a lyric, a marker, a title.
    Text {
        /// What the text is for.
        kind: TextKind,
        /// The text, decoded.
        text: Box<str>,
    },
    /// Bytes for one program, which says by the first of them that it is meant (meta event 7F); not for a player.
    SequencerSpecific(Box<[u8]>),
}

/// What a text in a MIDI file is for: meta events 1 to 9 of the Standard MIDI Files specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TextKind {
    /// Anything (meta event 1, and the unassigned text events 10 to 15).
    Text,
    /// A copyright notice.
    Copyright,
    /// The name of the track; on the first track often the title of the piece.
    TrackName,
    /// The name of the instrument.
    InstrumentName,
    /// A syllable to sing.
    Lyric,
    /// A point in the form: "Verse 1".
    Marker,
    /// Something that happens on screen or stage.
    CuePoint,
    /// The name of the program.
    ProgramName,
    /// The name of the device or port to play on.
    DeviceName,
}

impl Timeline {
    /// The tempo changes in order; where several fall on one tick, the last of them.
    pub fn tempos(&self) -> Vec<TempoChange> {
        let mut tempos: Vec<TempoChange> = Vec::new();
        for event in &self.events {
            if let Message::Tempo { micros_per_quarter } = event.message {
                if tempos.last().is_some_and(|last| last.tick == event.tick) {
                    tempos.pop();
                }
                tempos.push(TempoChange { tick: event.tick, micros_per_quarter });
            }
        }
        tempos
    }

    /// What converts this timeline's ticks to seconds.
    pub fn tempo_map(&self) -> TempoMap {
        TempoMap::new(self.ppq, &self.tempos())
    }

    /// Seconds from the first tick to the end.
    pub fn duration_s(&self) -> f64 {
        self.tempo_map().seconds(self.end)
    }

    /// The texts of one kind in order.
    pub fn texts(&self, wanted: TextKind) -> impl Iterator<Item = &str> {
        self.events.iter().filter_map(move |event| match &event.message {
            Message::Text { kind, text } if *kind == wanted => Some(text.as_ref()),
            _ => None,
        })
    }
}
