//! Programs 1-8: pianos, electric pianos, harpsichord, clavinet.

use super::{Preset, fm, plucked, struck};
use crate::effects::insert::{Band, Drive, Insert};
use crate::effects::motion::Motion;
use crate::engines::fm::{FmPatch, Stack};
use crate::engines::plucked::PluckedPatch;
use crate::engines::struck::{Burst, Modes, Pick, StruckPatch};

/// A concert grand.
const GRAND: StruckPatch = StruckPatch {
    modes: Modes::Piano { stiffness: 1.0, spread_cents: 0.55, slope: 0.35 },
    decay_s: 9.0,
    decay_octaves: 1.6,
    decay_power: 0.75,
    hardness_hz: 1150.0,
    hardness_octaves: 3.2,
    attack_s: 0.0022,
    release_s: 0.28,
    burst: Burst {
        level: 0.16,
        decay_s: 0.028,
        cutoff_hz: 420.0,
        key_track: 0.35,
        velocity_octaves: 1.5,
        q: 0.8,
        filter: Pick::Band,
        ..Burst::NONE
    },
    ..StruckPatch::BASE
};

/// The wooden thump of keys and frame under the strings.
const THUMP: StruckPatch = StruckPatch {
    modes: Modes::Table(&[(1.0, 0.5, 1.0), (1.67, 0.4, 0.8), (2.9, 0.25, 0.5), (4.3, 0.12, 0.4)]),
    fixed_hz: 92.0,
    decay_s: 0.16,
    attack_s: 0.003,
    hardness_hz: 300.0,
    ..StruckPatch::BASE
};

const SOUNDBOARD: Insert =
    Insert { bands: &[Band(190.0, 1.2, 1.5), Band(430.0, 1.0, -1.5), Band(2600.0, 0.8, 2.0)], ..Insert::NONE };

const TINE: FmPatch = FmPatch {
    stacks: [
        Stack { index: 1.5, index_velocity: 0.9, index_decay_s: 1.1, index_sustain: 0.15, decay_s: 1.7, ..Stack::BASE },
        Stack {
            level: 0.28,
            modulator_ratio: 14.0,
            index: 0.9,
            index_velocity: 0.8,
            index_decay_s: 0.12,
            index_sustain: 0.0,
            decay_s: 0.35,
            ..Stack::BASE
        },
    ],
    release_s: 0.07,
    ..FmPatch::BASE
};

pub(super) static FAMILY: [Preset; 8] = [
    // Acoustic Grand Piano
    Preset {
        key_db: (0.0, 4.0),
        layers: &[struck(GRAND), struck(THUMP).gain(0.5)],
        insert: SOUNDBOARD,
        width: 0.5,
        ..Preset::BASE
    },
    // Bright Acoustic Piano
    Preset {
        key_db: (0.0, 3.5),
        layers: &[struck(StruckPatch { hardness_hz: 1900.0, decay_s: 7.5, ..GRAND }), struck(THUMP).gain(0.35)],
        insert: Insert { bands: &[Band(300.0, 0.8, -2.0), Band(3200.0, 0.7, 4.0)], ..Insert::NONE },
        width: 0.45,
        ..Preset::BASE
    },
    // Electric Grand Piano
    Preset {
        key_db: (0.0, 3.5),
        layers: &[struck(StruckPatch {
            modes: Modes::Piano { stiffness: 2.2, spread_cents: 0.4, slope: 0.25 },
            decay_s: 6.0,
            decay_power: 0.9,
            hardness_hz: 1500.0,
            ..GRAND
        })],
        insert: Insert {
            bands: &[Band(700.0, 0.8, 4.0), Band(2200.0, 1.0, 3.0), Band(90.0, 0.7, -5.0)],
            motion: Motion::Ensemble { mix: 0.35, depth_ms: 1.0 },
            ..Insert::NONE
        },
        width: 0.3,
        ..Preset::BASE
    },
    // Honky-tonk Piano
    Preset {
        key_db: (0.0, 3.5),
        layers: &[
            struck(StruckPatch { hardness_hz: 1900.0, decay_s: 5.0, decay_power: 0.9, ..GRAND }),
            struck(StruckPatch { hardness_hz: 1900.0, decay_s: 4.0, ..GRAND }).gain(0.8).up(0.13),
        ],
        insert: Insert { bands: &[Band(160.0, 0.8, -4.0), Band(1100.0, 0.9, 4.0)], ..Insert::NONE },
        width: 0.3,
        ..Preset::BASE
    },
    // Electric Piano 1: tines and pickups.
    Preset {
        layers: &[fm(TINE)],
        insert: Insert {
            bands: &[Band(220.0, 0.7, 2.0), Band(1800.0, 0.9, 1.5)],
            motion: Motion::Sway { hz: 4.2, depth: 0.22 },
            ..Insert::NONE
        },
        width: 0.2,
        ..Preset::BASE
    },
    // Electric Piano 2: the digital one of the eighties.
    Preset {
        key_db: (0.0, 1.5),
        layers: &[
            fm(FmPatch {
                stacks: [
                    Stack {
                        index: 0.9,
                        index_decay_s: 1.6,
                        index_sustain: 0.3,
                        decay_s: 1.9,
                        detune_cents: 3.0,
                        ..Stack::BASE
                    },
                    Stack {
                        level: 0.5,
                        index: 1.3,
                        index_velocity: 0.9,
                        detune_cents: -3.0,
                        decay_s: 2.2,
                        ..Stack::BASE
                    },
                ],
                ..FmPatch::BASE
            }),
            fm(FmPatch {
                stacks: [
                    Stack {
                        carrier_ratio: 1.0,
                        modulator_ratio: 14.0,
                        index: 0.8,
                        index_velocity: 0.9,
                        index_decay_s: 0.25,
                        index_sustain: 0.1,
                        decay_s: 0.6,
                        ..Stack::BASE
                    },
                    Stack::SILENT,
                ],
                ..FmPatch::BASE
            })
            .gain(0.3),
        ],
        insert: Insert { motion: Motion::Ensemble { mix: 0.25, depth_ms: 1.0 }, ..Insert::NONE },
        width: 0.2,
        ..Preset::BASE
    },
    // Harpsichord: two choirs of strings, one an octave up.
    Preset {
        key_db: (0.0, 1.5),
        layers: &[
            plucked(PluckedPatch {
                decay_s: 3.5,
                bright_decay_s: 1.2,
                position: 0.11,
                hardness_hz: 7000.0,
                hardness_octaves: 0.3,
                roughness: 0.12,
                release_s: 0.12,
                ..PluckedPatch::BASE
            }),
            plucked(PluckedPatch {
                decay_s: 2.6,
                bright_decay_s: 1.0,
                position: 0.14,
                hardness_hz: 9000.0,
                hardness_octaves: 0.3,
                roughness: 0.1,
                release_s: 0.1,
                ..PluckedPatch::BASE
            })
            .gain(0.4)
            .up(12.0),
        ],
        insert: Insert {
            bands: &[Band(240.0, 1.5, 3.0), Band(1200.0, 0.8, -2.0), Band(5200.0, 0.8, 3.0)],
            highpass_hz: 70.0,
            ..Insert::NONE
        },
        width: 0.35,
        ..Preset::BASE
    },
    // Clavi: a hammered string over a pickup near its end.
    Preset {
        layers: &[plucked(PluckedPatch {
            decay_s: 2.2,
            bright_decay_s: 0.5,
            position: 0.06,
            hardness_hz: 3800.0,
            hardness_octaves: 2.6,
            roughness: 0.1,
            release_s: 0.06,
            twang_cents: 8.0,
            ..PluckedPatch::BASE
        })],
        insert: Insert {
            bands: &[Band(900.0, 1.0, 6.0), Band(2600.0, 1.2, 4.0)],
            drive: Some(Drive { gain: 1.6, level: 0.8, speaker_hz: 6500.0 }),
            highpass_hz: 120.0,
            ..Insert::NONE
        },
        reverb: 0.6,
        ..Preset::BASE
    },
];
