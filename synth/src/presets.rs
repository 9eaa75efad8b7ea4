//! The instruments, as data: sixteen families of eight, and the drum kits.
//!
//! To change how an instrument sounds, find its family's file; names and order are those of General MIDI Level 1.

mod bass;
mod brass;
mod chromatic;
mod drums;
mod ensemble;
mod ethnic;
mod fantasy;
mod guitar;
mod kits;
mod lead;
mod levels;
mod noises;
mod organ;
mod pad;
mod percussive;
mod piano;
mod pipe;
mod reed;
mod sfx;
mod strings;

pub(crate) use kits::{drum, kit};

use crate::dsp::envelope::Adsr;
use crate::effects::insert::Insert;
use crate::engines::fm::FmPatch;
use crate::engines::plucked::PluckedPatch;
use crate::engines::struck::StruckPatch;
use crate::engines::tone::TonePatch;

/// An instrument.
#[derive(Debug)]
pub(crate) struct Preset {
    /// What sounds together for one note.
    pub(crate) layers: &'static [Layer],
    pub(crate) insert: Insert,
    /// Send to the reverb, times the channel's.
    pub(crate) reverb: f32,
    /// Low keys left and high keys right by this much over the keyboard, as a player hears a piano.
    pub(crate) width: f32,
    /// Decibels that each octave below and above middle C is louder than it would be.
    pub(crate) key_db: (f32, f32),
}

/// A sound of an instrument.
#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) sound: Sound,
    pub(crate) gain: f32,
    pub(crate) semitones: f32,
}

/// Which engine plays what.
#[derive(Debug)]
pub(crate) enum Sound {
    Tone(TonePatch),
    Fm(FmPatch),
    Plucked(PluckedPatch),
    Struck(StruckPatch),
}

impl Preset {
    /// No layers, no insert, a usual room.
    const BASE: Self = Self { layers: &[], insert: Insert::NONE, reverb: 1.0, width: 0.0, key_db: (0.0, 0.0) };

    /// How much louder a key is than it would be, in decibels.
    pub(crate) fn key_level_db(&self, key: u8) -> f32 {
        let octaves = (f32::from(key) - 60.0) / 12.0;
        if octaves < 0.0 { -octaves * self.key_db.0 } else { octaves * self.key_db.1 }
    }

    /// Whether all voices stand in the middle. The kit, which has no layers of its own, stands all over the stage.
    pub(crate) fn is_mono(&self) -> bool {
        self.width == 0.0 && !self.layers.is_empty()
    }
}

const fn tone(patch: TonePatch) -> Layer {
    Layer { sound: Sound::Tone(patch), gain: 1.0, semitones: 0.0 }
}

const fn fm(patch: FmPatch) -> Layer {
    Layer { sound: Sound::Fm(patch), gain: 1.0, semitones: 0.0 }
}

const fn plucked(patch: PluckedPatch) -> Layer {
    Layer { sound: Sound::Plucked(patch), gain: 1.0, semitones: 0.0 }
}

const fn struck(patch: StruckPatch) -> Layer {
    Layer { sound: Sound::Struck(patch), gain: 1.0, semitones: 0.0 }
}

impl Layer {
    const fn gain(self, gain: f32) -> Self {
        Self { sound: self.sound, gain, semitones: self.semitones }
    }

    const fn up(self, semitones: f32) -> Self {
        Self { sound: self.sound, gain: self.gain, semitones }
    }
}

const fn adsr(attack_s: f32, decay_s: f32, sustain: f32, release_s: f32) -> Adsr {
    Adsr { attack_s, decay_s, sustain, release_s }
}

/// The families in order: eight programs each.
static FAMILIES: [&[Preset; 8]; 16] = [
    &piano::FAMILY,
    &chromatic::FAMILY,
    &organ::FAMILY,
    &guitar::FAMILY,
    &bass::FAMILY,
    &strings::FAMILY,
    &ensemble::FAMILY,
    &brass::FAMILY,
    &reed::FAMILY,
    &pipe::FAMILY,
    &lead::FAMILY,
    &pad::FAMILY,
    &fantasy::FAMILY,
    &ethnic::FAMILY,
    &percussive::FAMILY,
    &noises::FAMILY,
];

/// The preset of a General MIDI program, and its level in decibels.
pub(crate) fn program(program: u8) -> (&'static Preset, f32) {
    let index = usize::from(program & 127);
    (&FAMILIES[index / 8][index % 8], levels::PROGRAMS_DB[index])
}
