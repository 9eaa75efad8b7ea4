//! Programs 41-48: strings, harp, timpani.

use super::{Preset, adsr, plucked, struck, tone};
use crate::dsp::wave::Wave;
use crate::effects::insert::{Band, Insert};
use crate::effects::motion::Motion;
use crate::engines::plucked::PluckedPatch;
use crate::engines::struck::{Burst, Modes, Pick, StruckPatch};
use crate::engines::tone::{Oscillator, TonePatch};

/// A solo string under the bow: rosin noise, a vibrato that grows, brighter when pressed.
pub(super) const BOWED: TonePatch = TonePatch {
    oscillators: [Oscillator::of(Wave::Bowed), Oscillator { level: 0.0, ..Oscillator::of(Wave::Bowed) }],
    noise: 0.012,
    noise_ratio: 5.0,
    noise_q: 0.6,
    chiff: 6.0,
    chiff_s: 0.05,
    cutoff_hz: 3600.0,
    key_track: 0.45,
    q: 0.6,
    sweep_octaves: 0.7,
    velocity_octaves: 2.2,
    amp: adsr(0.09, 0.5, 0.85, 0.07),
    filter: adsr(0.13, 0.5, 0.8, 0.1),
    vibrato_hz: 5.7,
    vibrato_cents: 13.0,
    vibrato_delay_s: 0.7,
    tremolo: 0.07,
    drift_cents: 3.0,
    scoop_cents: -18.0,
    scoop_s: 0.035,
    ..TonePatch::BASE
};

/// Air and wood resonances, the nasal gap, and the bridge hill of a violin (Fletcher and Rossing, ch. 10).
const VIOLIN_BODY: Insert = Insert {
    bands: &[
        Band(275.0, 3.5, 5.0),
        Band(460.0, 3.0, 5.0),
        Band(700.0, 2.0, 2.0),
        Band(1400.0, 1.2, -3.0),
        Band(2700.0, 1.0, 6.0),
        Band(6500.0, 0.7, -5.0),
    ],
    highpass_hz: 170.0,
    ..Insert::NONE
};

const PIZZICATO: PluckedPatch = PluckedPatch {
    decay_s: 0.75,
    decay_octaves: 1.6,
    bright_decay_s: 0.1,
    position: 0.23,
    hardness_hz: 1500.0,
    hardness_octaves: 2.2,
    roughness: 0.2,
    release_s: 0.4,
    ..PluckedPatch::BASE
};

pub(super) static FAMILY: [Preset; 8] = [
    // Violin
    Preset { layers: &[tone(BOWED)], insert: VIOLIN_BODY, reverb: 1.2, ..Preset::BASE },
    // Viola
    Preset {
        layers: &[tone(TonePatch { cutoff_hz: 2900.0, vibrato_hz: 5.3, vibrato_cents: 12.0, ..BOWED })],
        insert: Insert {
            bands: &[
                Band(220.0, 3.5, 5.0),
                Band(360.0, 3.0, 5.0),
                Band(580.0, 2.0, 2.5),
                Band(1200.0, 1.2, -2.0),
                Band(2000.0, 1.0, 4.0),
                Band(5500.0, 0.7, -6.0),
            ],
            highpass_hz: 110.0,
            ..Insert::NONE
        },
        reverb: 1.2,
        ..Preset::BASE
    },
    // Cello
    Preset {
        layers: &[tone(TonePatch {
            cutoff_hz: 2700.0,
            vibrato_hz: 5.0,
            vibrato_cents: 12.0,
            amp: adsr(0.1, 0.5, 0.88, 0.09),
            ..BOWED
        })],
        insert: Insert {
            bands: &[
                Band(98.0, 3.0, 4.0),
                Band(185.0, 3.0, 5.0),
                Band(400.0, 1.6, 3.0),
                Band(900.0, 1.2, -2.0),
                Band(1700.0, 1.0, 4.0),
                Band(4500.0, 0.7, -7.0),
            ],
            highpass_hz: 55.0,
            ..Insert::NONE
        },
        reverb: 1.2,
        ..Preset::BASE
    },
    // Contrabass
    Preset {
        layers: &[tone(TonePatch {
            cutoff_hz: 2000.0,
            vibrato_hz: 4.6,
            vibrato_cents: 9.0,
            amp: adsr(0.12, 0.5, 0.9, 0.1),
            noise: 0.02,
            ..BOWED
        })],
        insert: Insert {
            bands: &[
                Band(62.0, 3.0, 4.0),
                Band(110.0, 3.0, 4.0),
                Band(230.0, 1.6, 3.0),
                Band(1100.0, 1.0, 2.0),
                Band(3000.0, 0.7, -7.0),
            ],
            highpass_hz: 32.0,
            ..Insert::NONE
        },
        ..Preset::BASE
    },
    // Tremolo Strings
    Preset {
        layers: &[tone(TonePatch {
            vibrato_hz: 11.5,
            vibrato_cents: 4.0,
            vibrato_delay_s: 0.01,
            tremolo: 0.55,
            amp: adsr(0.05, 0.5, 0.9, 0.12),
            noise: 0.02,
            ..BOWED
        })],
        insert: Insert {
            bands: &[Band(280.0, 2.0, 3.0), Band(520.0, 2.0, 3.0), Band(2500.0, 0.9, 3.0), Band(7000.0, 0.7, -5.0)],
            highpass_hz: 60.0,
            motion: Motion::Ensemble { mix: 0.7, depth_ms: 2.0 },
            ..Insert::NONE
        },
        reverb: 1.3,
        width: 0.4,
        ..Preset::BASE
    },
    // Pizzicato Strings
    Preset {
        key_db: (0.0, 3.0),
        layers: &[plucked(PIZZICATO), plucked(PluckedPatch { position: 0.3, ..PIZZICATO }).gain(0.6).up(0.07)],
        insert: Insert {
            bands: &[Band(275.0, 2.5, 5.0), Band(460.0, 2.0, 4.0), Band(1800.0, 1.0, 2.0)],
            highpass_hz: 50.0,
            motion: Motion::Ensemble { mix: 0.4, depth_ms: 2.0 },
            ..Insert::NONE
        },
        reverb: 1.3,
        width: 0.4,
        ..Preset::BASE
    },
    // Orchestral Harp: plucked near the middle by flesh.
    Preset {
        key_db: (0.0, 2.0),
        layers: &[plucked(PluckedPatch {
            decay_s: 4.5,
            decay_octaves: 1.7,
            bright_decay_s: 0.5,
            position: 0.36,
            hardness_hz: 1600.0,
            hardness_octaves: 2.2,
            roughness: 0.08,
            release_s: 2.0,
            ..PluckedPatch::BASE
        })],
        insert: Insert {
            bands: &[Band(180.0, 1.2, 3.0), Band(330.0, 1.5, 2.0), Band(1900.0, 0.9, 2.0)],
            ..Insert::NONE
        },
        reverb: 1.4,
        width: 0.45,
        ..Preset::BASE
    },
    // Timpani: a kettle tunes the modes of a membrane to 1, 1.5, 2, 2.5 and 3.
    Preset {
        layers: &[struck(StruckPatch {
            modes: Modes::Table(&[
                (1.0, 1.0, 1.0),
                (1.504, 0.75, 0.85),
                (1.742, 0.3, 0.2),
                (2.0, 0.4, 0.6),
                (2.245, 0.2, 0.15),
                (2.494, 0.3, 0.5),
                (2.8, 0.15, 0.12),
                (2.979, 0.2, 0.4),
                (0.85, 0.35, 0.12),
                (3.46, 0.12, 0.3),
                (4.2, 0.08, 0.15),
            ]),
            decay_s: 1.9,
            decay_octaves: 3.0,
            decay_power: 0.3,
            hardness_hz: 420.0,
            hardness_octaves: 3.0,
            attack_s: 0.003,
            glide_semitones: 0.25,
            glide_s: 0.05,
            burst: Burst {
                level: 0.5,
                decay_s: 0.022,
                cutoff_hz: 210.0,
                velocity_octaves: 2.0,
                q: 0.7,
                filter: Pick::Low,
                ..Burst::NONE
            },
            ..StruckPatch::BASE
        })],
        reverb: 1.4,
        ..Preset::BASE
    },
];
