//! One note, and the small numbers that it is made of.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::key::parse_pitch_class;
use crate::out_of_range::checked;
use crate::time::Tick;

checked!(Pitch, u8, "a pitch is 0 to 127");
checked!(Velocity, u8, "a velocity is 1 to 127");
checked!(Channel, u8, "a channel is 0 to 15");
checked!(Program, u8, "a program is 0 to 127");

/// A key of the keyboard, `0..=127`; 60 is middle C.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8")]
pub struct Pitch(u8);

impl Pitch {
    /// `None` above 127; never masks or clamps.
    pub const fn new(value: u8) -> Option<Self> {
        if value > 127 { None } else { Some(Self(value)) }
    }

    /// The MIDI key number, `0..=127`.
    pub const fn value(self) -> u8 {
        self.0
    }

    /// `0..=11`, C is 0.
    pub const fn class(self) -> u8 {
        self.0 % 12
    }

    /// Scientific pitch name with sharps: middle C is `C4`.
    pub fn name(self) -> String {
        const NAMES: [&str; 12] = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];
        format!("{}{}", NAMES[usize::from(self.class())], i16::from(self.0 / 12) - 1)
    }
}

/// A text that names no key of the keyboard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no pitch: write a note name and an octave, such as `C4` (middle C), `F#3` or `Bb2`; C-1 to G9")]
pub struct ParsePitchError {
    /// What was given.
    pub text: String,
}

impl FromStr for Pitch {
    type Err = ParsePitchError;

    /// Scientific pitch notation: middle C is `C4`, the lowest key is `C-1`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (class, octave) = parse_pitch_class(text.trim())?;
            // `Cb4` lies below `C4`, `B#4` above `B4`.
            let turn = match (text.trim().chars().next()?.to_ascii_uppercase(), class) {
                ('C', 9..) => -12,
                ('B', ..=2) => 12,
                _ => 0,
            };
            let octave = octave.parse::<i32>().ok().filter(|octave| (-2..=10).contains(octave))?;
            u8::try_from(12 * (octave + 1) + i32::from(class) + turn).ok().and_then(Self::new)
        };
        read().ok_or_else(|| ParsePitchError { text: text.to_owned() })
    }
}

/// How hard a key was struck, `1..=127`. Zero is a note-off and cannot be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8")]
pub struct Velocity(u8);

impl Velocity {
    /// Mezzo-forte: what a note gets when nothing says otherwise.
    pub const DEFAULT: Self = Self(80);

    /// `None` outside `1..=127`; never masks or clamps.
    pub const fn new(value: u8) -> Option<Self> {
        if value == 0 || value > 127 { None } else { Some(Self(value)) }
    }

    /// The MIDI velocity, `1..=127`.
    pub const fn value(self) -> u8 {
        self.0
    }
}

/// A MIDI channel, counted from zero: `0..=15`. Musicians call it one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8")]
pub struct Channel(u8);

impl Channel {
    /// The percussion channel of General MIDI (channel 10 to musicians).
    pub const DRUMS: Self = Self(9);

    /// `None` above 15.
    pub const fn new(value: u8) -> Option<Self> {
        if value > 15 { None } else { Some(Self(value)) }
    }

    /// `0..=15`.
    pub const fn value(self) -> u8 {
        self.0
    }
}

/// A General MIDI program, `0..=127`; 0 is the acoustic grand piano.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "u8")]
pub struct Program(u8);

impl Program {
    /// `None` above 127.
    pub const fn new(value: u8) -> Option<Self> {
        if value > 127 { None } else { Some(Self(value)) }
    }

    /// `0..=127`.
    pub const fn value(self) -> u8 {
        self.0
    }

    /// The name in the General MIDI Level 1 sound set.
    pub const fn name(self) -> &'static str {
        GM_NAMES[self.0 as usize]
    }
}

/// What plays a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Instrument {
    /// A melodic General MIDI program.
    Program(Program),
    /// The percussion kit: a pitch is a drum.
    Drums,
}

impl Instrument {
    /// `0..=127` for programs and 128 for drums: 129 classes.
    pub const fn index(self) -> u8 {
        match self {
            Self::Program(program) => program.value(),
            Self::Drums => 128,
        }
    }

    /// The inverse of [`Instrument::index`]; `None` above 128.
    pub const fn from_index(index: u8) -> Option<Self> {
        match Program::new(index) {
            Some(program) => Some(Self::Program(program)),
            None if index == 128 => Some(Self::Drums),
            None => None,
        }
    }

    /// Whether a pitch of this instrument names a drum and must not be transposed.
    pub const fn is_drums(self) -> bool {
        matches!(self, Self::Drums)
    }

    /// The name in the General MIDI Level 1 sound set, or `Drums`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Program(program) => program.name(),
            Self::Drums => "Drums",
        }
    }
}

/// A sounding note of a part. Time is in ticks of the score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Note {
    /// When the note starts.
    pub onset: Tick,
    /// What sounds.
    pub pitch: Pitch,
    /// How long it sounds, pedal included; at least one tick.
    pub duration: Tick,
    /// How hard it was struck.
    pub velocity: Velocity,
}

impl Note {
    /// When the note ends.
    pub fn end(&self) -> Tick {
        self.onset + self.duration
    }
}

#[rustfmt::skip]
const GM_NAMES: [&str; 128] = [
    "Acoustic Grand Piano", "Bright Acoustic Piano", "Electric Grand Piano", "Honky-tonk Piano",
    "Electric Piano 1", "Electric Piano 2", "Harpsichord", "Clavi",
    "Celesta", "Glockenspiel", "Music Box", "Vibraphone", "Marimba", "Xylophone", "Tubular Bells", "Dulcimer",
    "Drawbar Organ", "Percussive Organ", "Rock Organ", "Church Organ", "Reed Organ", "Accordion", "Harmonica", "Tango Accordion",
    "Acoustic Guitar (nylon)", "Acoustic Guitar (steel)", "Electric Guitar (jazz)", "Electric Guitar (clean)",
    "Electric Guitar (muted)", "Overdriven Guitar", "Distortion Guitar", "Guitar Harmonics",
    "Acoustic Bass", "Electric Bass (finger)", "Electric Bass (pick)", "Fretless Bass", "Slap Bass 1", "Slap Bass 2", "Synth Bass 1", "Synth Bass 2",
    "Violin", "Viola", "Cello", "Contrabass", "Tremolo Strings", "Pizzicato Strings", "Orchestral Harp", "Timpani",
    "String Ensemble 1", "String Ensemble 2", "SynthStrings 1", "SynthStrings 2", "Choir Aahs", "Voice Oohs", "Synth Voice", "Orchestra Hit",
    "Trumpet", "Trombone", "Tuba", "Muted Trumpet", "French Horn", "Brass Section", "SynthBrass 1", "SynthBrass 2",
    "Soprano Sax", "Alto Sax", "Tenor Sax", "Baritone Sax", "Oboe", "English Horn", "Bassoon", "Clarinet",
    "Piccolo", "Flute", "Recorder", "Pan Flute", "Blown Bottle", "Shakuhachi", "Whistle", "Ocarina",
    "Lead 1 (square)", "Lead 2 (sawtooth)", "Lead 3 (calliope)", "Lead 4 (chiff)", "Lead 5 (charang)", "Lead 6 (voice)", "Lead 7 (fifths)", "Lead 8 (bass + lead)",
    "Pad 1 (new age)", "Pad 2 (warm)", "Pad 3 (polysynth)", "Pad 4 (choir)", "Pad 5 (bowed)", "Pad 6 (metallic)", "Pad 7 (halo)", "Pad 8 (sweep)",
    "FX 1 (rain)", "FX 2 (soundtrack)", "FX 3 (crystal)", "FX 4 (atmosphere)", "FX 5 (brightness)", "FX 6 (goblins)", "FX 7 (echoes)", "FX 8 (sci-fi)",
    "Sitar", "Banjo", "Shamisen", "Koto", "Kalimba", "Bag Pipe", "Fiddle", "Shanai",
    "Tinkle Bell", "Agogo", "Steel Drums", "Woodblock", "Taiko Drum", "Melodic Tom", "Synth Drum", "Reverse Cymbal",
    "Guitar Fret Noise", "Breath Noise", "Seashore", "Bird Tweet", "Telephone Ring", "Helicopter", "Applause", "Gunshot",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pitch_name_is_read_back() {
        for pitch in (0..128).filter_map(Pitch::new) {
            assert_eq!(pitch.name().parse(), Ok(pitch));
        }
    }

    #[test]
    fn pitches_are_read_with_flats_and_across_the_octave() {
        let value = |text: &str| text.parse::<Pitch>().map(Pitch::value).ok();
        assert_eq!(["C4", "Bb2", "cb4", "B#3", " a4 "].map(value), [60, 46, 59, 60, 69].map(Some));
        assert_eq!(["", "C", "H2", "C11", "A9", "C--1", "C 4x"].map(value), [None; 7]);
    }
}
