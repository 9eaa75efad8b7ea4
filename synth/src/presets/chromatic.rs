//! Programs 9-16: chromatic percussion. Ratios of bars after Fletcher and Rossing, chapter 19.

use super::{Preset, plucked, struck};
use crate::effects::insert::{Band, Insert};
use crate::effects::motion::Motion;
use crate::engines::plucked::PluckedPatch;
use crate::engines::struck::{Burst, Modes, Pick, StruckPatch};

/// A free steel bar.
const STEEL_BAR: Modes = Modes::Table(&[
    (1.0, 1.0, 1.0),
    (1.0015, 0.3, 0.9),
    (2.756, 0.45, 0.6),
    (5.404, 0.3, 0.35),
    (8.933, 0.2, 0.2),
    (13.34, 0.1, 0.12),
]);

/// What a hard mallet clicks.
const CLICK: Burst =
    Burst { level: 0.1, decay_s: 0.004, cutoff_hz: 4500.0, key_track: 0.2, filter: Pick::Band, ..Burst::NONE };

pub(super) static FAMILY: [Preset; 8] = [
    // Celesta: steel plates over wooden boxes.
    Preset {
        key_db: (0.0, 1.5),
        layers: &[struck(StruckPatch {
            modes: Modes::Table(&[
                (1.0, 1.0, 1.0),
                (1.0012, 0.25, 1.1),
                (2.0, 0.06, 0.6),
                (3.0, 0.05, 0.4),
                (3.93, 0.22, 0.3),
                (9.1, 0.1, 0.12),
            ]),
            decay_s: 2.6,
            decay_octaves: 1.8,
            hardness_hz: 2600.0,
            release_s: 0.5,
            burst: Burst { level: 0.06, ..CLICK },
            ..StruckPatch::BASE
        })],
        width: 0.25,
        ..Preset::BASE
    },
    // Glockenspiel
    Preset {
        layers: &[struck(StruckPatch {
            modes: STEEL_BAR,
            decay_s: 6.0,
            decay_octaves: 1.8,
            hardness_hz: 7000.0,
            hardness_octaves: 1.5,
            release_s: 2.5,
            burst: CLICK,
            ..StruckPatch::BASE
        })],
        width: 0.25,
        ..Preset::BASE
    },
    // Music Box: the teeth of a comb.
    Preset {
        layers: &[struck(StruckPatch {
            modes: Modes::Table(&[
                (1.0, 1.0, 1.0),
                (1.002, 0.35, 0.8),
                (2.0, 0.12, 0.5),
                (6.267, 0.22, 0.2),
                (17.55, 0.08, 0.08),
            ]),
            decay_s: 3.0,
            release_s: 2.0,
            decay_octaves: 2.0,
            hardness_hz: 5000.0,
            hardness_octaves: 1.0,
            burst: Burst { level: 0.05, cutoff_hz: 6500.0, ..CLICK },
            ..StruckPatch::BASE
        })],
        width: 0.25,
        ..Preset::BASE
    },
    // Vibraphone: tuned so that the second mode is two octaves up; a fan turns in its pipes.
    Preset {
        key_db: (0.0, 1.0),
        layers: &[struck(StruckPatch {
            modes: Modes::Table(&[(1.0, 1.0, 1.0), (4.0, 0.26, 0.4), (10.1, 0.1, 0.12), (2.0, 0.02, 0.5)]),
            decay_s: 6.5,
            decay_octaves: 2.2,
            hardness_hz: 1700.0,
            attack_s: 0.002,
            release_s: 0.45,
            tremolo: 0.45,
            tremolo_hz: 4.6,
            burst: Burst { level: 0.05, cutoff_hz: 1800.0, decay_s: 0.008, ..CLICK },
            ..StruckPatch::BASE
        })],
        width: 0.3,
        ..Preset::BASE
    },
    // Marimba
    Preset {
        key_db: (0.0, 2.5),
        layers: &[struck(StruckPatch {
            modes: Modes::Table(&[(1.0, 1.0, 1.0), (3.98, 0.3, 0.25), (9.8, 0.12, 0.1), (16.0, 0.04, 0.06)]),
            decay_s: 0.95,
            decay_octaves: 1.25,
            hardness_hz: 1500.0,
            hardness_octaves: 3.0,
            attack_s: 0.0015,
            burst: Burst { level: 0.14, decay_s: 0.007, cutoff_hz: 900.0, key_track: 0.3, ..CLICK },
            ..StruckPatch::BASE
        })],
        width: 0.3,
        ..Preset::BASE
    },
    // Xylophone: the second mode is a twelfth up.
    Preset {
        key_db: (0.0, 2.0),
        layers: &[struck(StruckPatch {
            modes: Modes::Table(&[(1.0, 1.0, 1.0), (3.0, 0.5, 0.5), (6.1, 0.3, 0.3), (9.2, 0.15, 0.2)]),
            decay_s: 0.5,
            decay_octaves: 1.4,
            hardness_hz: 4500.0,
            hardness_octaves: 1.8,
            burst: Burst { level: 0.25, decay_s: 0.005, cutoff_hz: 2600.0, ..CLICK },
            ..StruckPatch::BASE
        })],
        width: 0.3,
        ..Preset::BASE
    },
    // Tubular Bells: modes 1 to 8 of a free tube, as 3.01², 5², 7² ... (17²), the higher ones lowered by the plug in its
    // end. The strike note, an octave below mode 4, is heard and not there: modes 4, 5 and 6 are about as 2 to 3 to 4
    // (Fletcher and Rossing, section 19.7). A tube radiates its lowest modes badly.
    Preset {
        layers: &[struck(StruckPatch {
            modes: Modes::Table(&[
                (0.224, 0.05, 1.1),
                (0.617, 0.22, 1.1),
                (1.23, 0.26, 1.0),
                (2.0, 0.8, 1.0),
                (2.003, 0.3, 0.9),
                (2.95, 0.95, 0.8),
                (2.954, 0.25, 0.7),
                (4.0, 0.7, 0.6),
                (4.006, 0.2, 0.5),
                (5.17, 0.4, 0.4),
                (6.4, 0.28, 0.3),
                (7.7, 0.18, 0.2),
            ]),
            decay_s: 7.0,
            decay_octaves: 2.4,
            hardness_hz: 3200.0,
            hardness_octaves: 1.8,
            release_s: 1.6,
            burst: Burst { level: 0.07, decay_s: 0.01, cutoff_hz: 2500.0, ..CLICK },
            ..StruckPatch::BASE
        })],
        reverb: 1.4,
        width: 0.2,
        ..Preset::BASE
    },
    // Dulcimer: pairs of wire strings under small hammers.
    Preset {
        key_db: (0.0, 2.5),
        layers: &[
            plucked(PluckedPatch {
                decay_s: 4.0,
                bright_decay_s: 0.7,
                position: 0.12,
                hardness_hz: 3400.0,
                hardness_octaves: 2.2,
                roughness: 0.15,
                release_s: 1.5,
                ..PluckedPatch::BASE
            }),
            plucked(PluckedPatch {
                decay_s: 3.6,
                bright_decay_s: 0.6,
                position: 0.16,
                hardness_hz: 3000.0,
                hardness_octaves: 2.2,
                roughness: 0.15,
                release_s: 1.5,
                ..PluckedPatch::BASE
            })
            .gain(0.8)
            .up(0.06),
        ],
        insert: Insert {
            bands: &[Band(380.0, 1.4, 3.0), Band(1500.0, 1.0, 2.0)],
            highpass_hz: 80.0,
            motion: Motion::None,
            ..Insert::NONE
        },
        width: 0.3,
        ..Preset::BASE
    },
];
