//! Programs 113-120: percussion with a keyboard.

use super::{Preset, struck};
use crate::engines::struck::{Burst, Modes, Pick, StruckPatch};

/// Modes of a circular membrane (zeros of Bessel functions), which air loads downwards a little.
pub(super) const MEMBRANE: Modes = Modes::Table(&[
    (1.0, 1.0, 1.0),
    (1.59, 0.55, 0.7),
    (2.14, 0.35, 0.55),
    (2.3, 0.25, 0.5),
    (2.65, 0.22, 0.45),
    (2.92, 0.18, 0.4),
    (3.5, 0.12, 0.3),
    (4.06, 0.08, 0.25),
]);

pub(super) static FAMILY: [Preset; 8] = [
    // Tinkle Bell
    Preset {
        layers: &[struck(StruckPatch {
            modes: Modes::Table(&[
                (1.0, 0.7, 1.0),
                (1.004, 0.4, 0.9),
                (2.41, 0.6, 0.8),
                (3.9, 0.5, 0.6),
                (5.7, 0.35, 0.4),
                (7.9, 0.2, 0.25),
            ]),
            decay_s: 3.4,
            release_s: 2.0,
            decay_octaves: 2.5,
            hardness_hz: 9000.0,
            hardness_octaves: 1.2,
            burst: Burst { level: 0.06, decay_s: 0.004, cutoff_hz: 7000.0, filter: Pick::Band, ..Burst::NONE },
            ..StruckPatch::BASE
        })],
        reverb: 1.3,
        ..Preset::BASE
    },
    // Agogo
    Preset {
        layers: &[struck(StruckPatch {
            modes: Modes::Table(&[
                (1.0, 1.0, 1.0),
                (1.48, 0.4, 0.8),
                (2.53, 0.5, 0.6),
                (3.86, 0.35, 0.5),
                (5.3, 0.25, 0.4),
                (6.9, 0.15, 0.3),
            ]),
            decay_s: 0.65,
            decay_octaves: 3.0,
            hardness_hz: 6500.0,
            hardness_octaves: 1.5,
            burst: Burst { level: 0.15, decay_s: 0.004, cutoff_hz: 5000.0, filter: Pick::Band, ..Burst::NONE },
            ..StruckPatch::BASE
        })],
        ..Preset::BASE
    },
    // Steel Drums: the first three modes of a pan are tuned to octave and twelfth.
    Preset {
        key_db: (0.0, 2.0),
        layers: &[struck(StruckPatch {
            modes: Modes::Table(&[
                (1.0, 1.0, 1.0),
                (1.003, 0.3, 1.1),
                (2.0, 0.7, 0.7),
                (2.006, 0.3, 0.8),
                (3.0, 0.35, 0.5),
                (4.02, 0.25, 0.4),
                (5.1, 0.15, 0.25),
                (6.3, 0.1, 0.2),
            ]),
            decay_s: 1.3,
            decay_octaves: 1.7,
            hardness_hz: 2200.0,
            hardness_octaves: 2.6,
            attack_s: 0.003,
            glide_semitones: 0.15,
            glide_s: 0.04,
            burst: Burst { level: 0.15, decay_s: 0.01, cutoff_hz: 1500.0, filter: Pick::Band, ..Burst::NONE },
            ..StruckPatch::BASE
        })],
        reverb: 1.2,
        width: 0.2,
        ..Preset::BASE
    },
    // Woodblock
    Preset {
        layers: &[struck(StruckPatch {
            modes: Modes::Table(&[(1.0, 1.0, 1.0), (1.62, 0.5, 0.7), (2.75, 0.35, 0.5), (4.1, 0.2, 0.4)]),
            decay_s: 0.11,
            decay_octaves: 4.0,
            hardness_hz: 5000.0,
            burst: Burst {
                level: 0.6,
                decay_s: 0.004,
                cutoff_hz: 2400.0,
                key_track: 0.6,
                filter: Pick::Band,
                ..Burst::NONE
            },
            ..StruckPatch::BASE
        })],
        ..Preset::BASE
    },
    // Taiko Drum
    Preset {
        layers: &[struck(StruckPatch {
            modes: MEMBRANE,
            decay_s: 0.8,
            decay_octaves: 3.0,
            hardness_hz: 380.0,
            hardness_octaves: 3.0,
            glide_semitones: 2.5,
            glide_s: 0.05,
            burst: Burst {
                level: 0.9,
                decay_s: 0.03,
                cutoff_hz: 320.0,
                velocity_octaves: 2.0,
                filter: Pick::Low,
                ..Burst::NONE
            },
            ..StruckPatch::BASE
        })
        .up(-12.0)],
        reverb: 1.4,
        ..Preset::BASE
    },
    // Melodic Tom
    Preset {
        layers: &[struck(StruckPatch {
            modes: MEMBRANE,
            decay_s: 0.55,
            decay_octaves: 3.0,
            hardness_hz: 700.0,
            glide_semitones: 4.0,
            glide_s: 0.06,
            burst: Burst { level: 0.5, decay_s: 0.012, cutoff_hz: 1200.0, filter: Pick::Band, ..Burst::NONE },
            ..StruckPatch::BASE
        })],
        ..Preset::BASE
    },
    // Synth Drum
    Preset {
        layers: &[struck(StruckPatch {
            modes: Modes::Table(&[(1.0, 1.0, 1.0), (2.0, 0.08, 0.7)]),
            decay_s: 0.6,
            decay_octaves: 4.0,
            hardness_hz: 20_000.0,
            glide_semitones: 14.0,
            glide_s: 0.08,
            burst: Burst { level: 0.2, decay_s: 0.05, cutoff_hz: 3000.0, filter: Pick::Band, ..Burst::NONE },
            ..StruckPatch::BASE
        })],
        ..Preset::BASE
    },
    // Reverse Cymbal
    Preset {
        layers: &[struck(StruckPatch {
            modes: Modes::Cloud { count: 64, low_hz: 220.0, high_hz: 11_000.0 },
            tone: 0.5,
            decay_s: 2.6,
            decay_power: 0.2,
            hardness_hz: 12_000.0,
            attack_s: 1.5,
            release_s: 0.4,
            burst: Burst {
                level: 0.8,
                attack_s: 1.5,
                decay_s: 1.2,
                cutoff_hz: 5000.0,
                q: 0.5,
                filter: Pick::High,
                ..Burst::NONE
            },
            ..StruckPatch::BASE
        })],
        ..Preset::BASE
    },
];
