//! What the synthesizer can be told.

use ripieno_score::timeline::Message;
use ripieno_score::{Channel, Pitch, Program, Velocity};

/// A message to the synthesizer.
///
/// Not [`Message`] itself, although the two share their channel messages: this one is `Copy` and owns no memory, so that
/// it may cross into an audio callback and be dropped there, and it says what a system exclusive message means.
/// Numbers without a type of their own are seven-bit MIDI values, `0..=127`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A key is struck.
    NoteOn {
        /// Where.
        channel: Channel,
        /// Which key.
        pitch: Pitch,
        /// How hard.
        velocity: Velocity,
    },
    /// A key is let go.
    NoteOff {
        /// Where.
        channel: Channel,
        /// Which key.
        pitch: Pitch,
    },
    /// Pressure on one key.
    PolyPressure {
        /// Where.
        channel: Channel,
        /// Which key.
        pitch: Pitch,
        /// How hard.
        pressure: u8,
    },
    /// Pressure on all keys of a channel.
    ChannelPressure {
        /// Where.
        channel: Channel,
        /// How hard.
        pressure: u8,
    },
    /// A controller moves.
    Controller {
        /// Where.
        channel: Channel,
        /// Which.
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
    /// The pitch wheel moves.
    PitchBend {
        /// Where.
        channel: Channel,
        /// `-8192..=8191`; zero is the centre.
        bend: i16,
    },
    /// Universal system exclusive "master volume", `0..=16383`.
    MasterVolume(u16),
    /// Universal system exclusive "master fine tuning", `0..=16383`; 8192 is concert pitch, the ends a semitone off.
    MasterTuning(u16),
    /// Universal system exclusive "master coarse tuning", in semitones, `-64..=63`. Drums keep their pitch.
    MasterTranspose(i8),
    /// General MIDI reset ("GM System On", and those of GM2, GS and XG): everything as after construction.
    SystemReset,
    /// Every key is let go and every pedal rises, on all channels.
    AllNotesOff,
    /// Silence at once, without a click.
    AllSoundOff,
}

impl Event {
    /// What a message of a file means to a synthesizer; `None` for tempo, text and the like.
    pub fn from_message(message: &Message) -> Option<Self> {
        Some(match *message {
            Message::NoteOff { channel, pitch, .. } => Self::NoteOff { channel, pitch },
            Message::NoteOn { channel, pitch, velocity } => Self::NoteOn { channel, pitch, velocity },
            Message::PolyPressure { channel, pitch, pressure } => Self::PolyPressure { channel, pitch, pressure },
            Message::Controller { channel, controller, value } => Self::Controller { channel, controller, value },
            Message::Program { channel, program } => Self::Program { channel, program },
            Message::ChannelPressure { channel, pressure } => Self::ChannelPressure { channel, pressure },
            Message::PitchBend { channel, bend } => Self::PitchBend { channel, bend },
            Message::SysEx(ref bytes) => return Self::from_sysex(bytes),
            _ => return None,
        })
    }

    /// What a system exclusive message (without its leading `F0`) means; `None` where it means nothing here.
    pub fn from_sysex(bytes: &[u8]) -> Option<Self> {
        let fourteen = |low: u8, high: u8| u16::from(low & 127) | u16::from(high & 127) << 7;
        match *bytes {
            // GM System On, and GM2 System On.
            [0x7e, _, 0x09, 0x01 | 0x03, ..] => Some(Self::SystemReset),
            // GS Reset, XG System On.
            [0x41, _, 0x42, 0x12, 0x40, 0x00, 0x7f, 0x00, ..] | [0x43, _, 0x4c, 0x00, 0x00, 0x7e, 0x00, ..] => {
                Some(Self::SystemReset)
            }
            [0x7f, _, 0x04, 0x01, low, high, ..] => Some(Self::MasterVolume(fourteen(low, high))),
            [0x7f, _, 0x04, 0x03, low, high, ..] => Some(Self::MasterTuning(fourteen(low, high))),
            [0x7f, _, 0x04, 0x04, _, high, ..] => Some(Self::MasterTranspose((high & 127).cast_signed() - 64)),
            _ => None,
        }
    }

    /// The channel it is for; `None` where it is for all.
    pub fn channel(&self) -> Option<Channel> {
        match *self {
            Self::NoteOn { channel, .. }
            | Self::NoteOff { channel, .. }
            | Self::PolyPressure { channel, .. }
            | Self::ChannelPressure { channel, .. }
            | Self::Controller { channel, .. }
            | Self::Program { channel, .. }
            | Self::PitchBend { channel, .. } => Some(channel),
            Self::MasterVolume(_)
            | Self::MasterTuning(_)
            | Self::MasterTranspose(_)
            | Self::SystemReset
            | Self::AllNotesOff
            | Self::AllSoundOff => None,
        }
    }
}
