//! Programs 33-40: basses.

use super::{Preset, adsr, plucked, struck, tone};
use crate::dsp::wave::Wave;
use crate::effects::insert::{Band, Drive, Insert};
use crate::engines::plucked::PluckedPatch;
use crate::engines::struck::{Burst, Pick, StruckPatch};
use crate::engines::tone::{Oscillator, TonePatch};

const FINGER: PluckedPatch = PluckedPatch {
    decay_s: 3.2,
    decay_octaves: 2.6,
    bright_decay_s: 0.35,
    position: 0.2,
    hardness_hz: 1100.0,
    hardness_octaves: 2.4,
    roughness: 0.12,
    release_s: 0.12,
    twang_cents: 6.0,
    ..PluckedPatch::BASE
};

const SLAP: PluckedPatch = PluckedPatch {
    bright_decay_s: 0.8,
    position: 0.1,
    hardness_hz: 3400.0,
    roughness: 0.2,
    buzz: 0.75,
    twang_cents: 14.0,
    ..FINGER
};

const SYNTH: TonePatch = TonePatch {
    oscillators: [
        Oscillator::of(Wave::Saw),
        Oscillator { level: 0.6, ratio: 0.5, detune_cents: 3.0, ..Oscillator::of(Wave::Square) },
    ],
    cutoff_hz: 520.0,
    key_track: 0.5,
    q: 2.4,
    sweep_octaves: 3.0,
    velocity_octaves: 1.8,
    amp: adsr(0.003, 0.5, 0.7, 0.04),
    filter: adsr(0.003, 0.18, 0.15, 0.05),
    ..TonePatch::BASE
};

const CABINET: Insert = Insert {
    bands: &[Band(80.0, 0.9, 2.0), Band(700.0, 0.9, 2.5), Band(4000.0, 0.7, -6.0)],
    highpass_hz: 30.0,
    ..Insert::NONE
};

pub(super) static FAMILY: [Preset; 8] = [
    // Acoustic Bass
    Preset {
        layers: &[
            plucked(PluckedPatch {
                decay_s: 2.0,
                bright_decay_s: 0.16,
                hardness_hz: 750.0,
                twang_cents: 10.0,
                ..FINGER
            }),
            struck(StruckPatch {
                burst: Burst { level: 0.2, decay_s: 0.02, cutoff_hz: 240.0, q: 1.2, filter: Pick::Band, ..Burst::NONE },
                ..StruckPatch::BASE
            }),
        ],
        insert: Insert {
            bands: &[Band(98.0, 2.5, 4.0), Band(210.0, 2.0, 3.0), Band(800.0, 1.0, 2.0)],
            highpass_hz: 30.0,
            ..Insert::NONE
        },
        reverb: 0.5,
        ..Preset::BASE
    },
    // Electric Bass (finger)
    Preset { layers: &[plucked(FINGER)], insert: CABINET, reverb: 0.3, ..Preset::BASE },
    // Electric Bass (pick)
    Preset {
        layers: &[plucked(PluckedPatch { hardness_hz: 2400.0, bright_decay_s: 0.5, position: 0.13, ..FINGER })],
        insert: Insert { bands: &[Band(90.0, 0.9, 1.0), Band(1200.0, 0.9, 4.0)], highpass_hz: 35.0, ..Insert::NONE },
        reverb: 0.3,
        ..Preset::BASE
    },
    // Fretless Bass: the note swells and slides home.
    Preset {
        layers: &[
            plucked(PluckedPatch { hardness_hz: 800.0, buzz: 0.55, twang_cents: -22.0, decay_s: 3.8, ..FINGER }),
            tone(TonePatch {
                oscillators: [Oscillator::of(Wave::Horn), Oscillator { level: 0.0, ..Oscillator::of(Wave::Sine) }],
                cutoff_hz: 480.0,
                key_track: 0.4,
                sweep_octaves: 1.0,
                amp: adsr(0.07, 0.9, 0.12, 0.06),
                filter: adsr(0.09, 0.4, 0.0, 0.05),
                vibrato_cents: 8.0,
                scoop_cents: -25.0,
                scoop_s: 0.04,
                ..TonePatch::BASE
            })
            .gain(0.35),
        ],
        insert: CABINET,
        reverb: 0.4,
        ..Preset::BASE
    },
    // Slap Bass 1
    Preset {
        layers: &[plucked(SLAP)],
        insert: Insert {
            bands: &[Band(80.0, 0.9, 4.0), Band(600.0, 0.8, -4.0), Band(3600.0, 0.8, 4.0)],
            highpass_hz: 35.0,
            ..Insert::NONE
        },
        reverb: 0.3,
        ..Preset::BASE
    },
    // Slap Bass 2
    Preset {
        layers: &[plucked(PluckedPatch { position: 0.06, hardness_hz: 4600.0, ..SLAP })],
        insert: Insert {
            bands: &[Band(85.0, 0.9, 3.0), Band(900.0, 0.8, -3.0), Band(2600.0, 0.8, 5.0)],
            highpass_hz: 35.0,
            ..Insert::NONE
        },
        reverb: 0.3,
        ..Preset::BASE
    },
    // Synth Bass 1
    Preset { layers: &[tone(SYNTH)], insert: Insert::NONE, reverb: 0.25, ..Preset::BASE },
    // Synth Bass 2
    Preset {
        layers: &[tone(TonePatch {
            oscillators: [
                Oscillator::of(Wave::Pulse25),
                Oscillator { level: 0.9, ratio: 1.0, detune_cents: 9.0, ..Oscillator::of(Wave::Square) },
            ],
            cutoff_hz: 380.0,
            q: 1.4,
            sweep_octaves: 3.6,
            filter: adsr(0.003, 0.28, 0.1, 0.05),
            ..SYNTH
        })],
        insert: Insert { drive: Some(Drive { gain: 1.5, level: 0.7, speaker_hz: 7000.0 }), ..Insert::NONE },
        reverb: 0.25,
        ..Preset::BASE
    },
];
