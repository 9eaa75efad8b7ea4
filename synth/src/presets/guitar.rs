//! Programs 25-32: guitars.

use super::{Preset, plucked};
use crate::effects::insert::{Band, Drive, Insert};
use crate::effects::motion::Motion;
use crate::engines::plucked::PluckedPatch;

/// The air and the top of a guitar's body (Fletcher and Rossing, ch. 9): about 100, 200 and 400 Hz.
const BODY: Insert = Insert {
    bands: &[Band(102.0, 3.0, 5.0), Band(205.0, 2.5, 5.0), Band(390.0, 2.0, 3.0), Band(2400.0, 0.8, 1.5)],
    highpass_hz: 60.0,
    ..Insert::NONE
};

const STEEL: PluckedPatch = PluckedPatch {
    decay_s: 5.5,
    bright_decay_s: 0.9,
    position: 0.14,
    hardness_hz: 3800.0,
    hardness_octaves: 2.2,
    roughness: 0.22,
    release_s: 0.22,
    twang_cents: 4.0,
    ..PluckedPatch::BASE
};

const ELECTRIC: PluckedPatch = PluckedPatch {
    decay_s: 6.5,
    bright_decay_s: 0.7,
    position: 0.2,
    hardness_hz: 2600.0,
    hardness_octaves: 2.0,
    roughness: 0.1,
    release_s: 0.15,
    twang_cents: 5.0,
    ..PluckedPatch::BASE
};

const MUTED: PluckedPatch =
    PluckedPatch { decay_s: 0.55, bright_decay_s: 0.12, release_s: 0.08, position: 0.1, roughness: 0.3, ..ELECTRIC };

pub(super) static FAMILY: [Preset; 8] = [
    // Acoustic Guitar (nylon)
    Preset { key_db: (0.0, 3.5), layers: &[plucked(PluckedPatch::BASE)], insert: BODY, ..Preset::BASE },
    // Acoustic Guitar (steel)
    Preset {
        key_db: (0.0, 2.5),
        layers: &[plucked(STEEL)],
        insert: Insert {
            bands: &[Band(105.0, 3.0, 4.0), Band(210.0, 2.5, 4.0), Band(4200.0, 0.7, 3.0)],
            highpass_hz: 65.0,
            ..Insert::NONE
        },
        ..Preset::BASE
    },
    // Electric Guitar (jazz): the neck pickup, tone turned down.
    Preset {
        key_db: (0.0, 2.5),
        layers: &[plucked(PluckedPatch { hardness_hz: 1300.0, bright_decay_s: 0.35, position: 0.3, ..ELECTRIC })],
        insert: Insert { bands: &[Band(320.0, 0.8, 3.0), Band(3500.0, 0.8, -8.0)], highpass_hz: 60.0, ..Insert::NONE },
        reverb: 0.8,
        ..Preset::BASE
    },
    // Electric Guitar (clean)
    Preset {
        key_db: (0.0, 2.0),
        layers: &[plucked(ELECTRIC)],
        insert: Insert {
            bands: &[Band(2800.0, 1.0, 5.0), Band(500.0, 0.8, -2.0)],
            highpass_hz: 80.0,
            motion: Motion::Ensemble { mix: 0.3, depth_ms: 1.2 },
            ..Insert::NONE
        },
        ..Preset::BASE
    },
    // Electric Guitar (muted): the palm lies on the strings.
    Preset {
        layers: &[plucked(MUTED)],
        insert: Insert { bands: &[Band(1800.0, 1.0, 4.0)], highpass_hz: 90.0, ..Insert::NONE },
        reverb: 0.6,
        ..Preset::BASE
    },
    // Overdriven Guitar
    Preset {
        layers: &[plucked(PluckedPatch { decay_s: 9.0, ..ELECTRIC })],
        insert: Insert {
            drive: Some(Drive { gain: 14.0, level: 0.3, speaker_hz: 4600.0 }),
            bands: &[Band(120.0, 1.0, 2.0), Band(800.0, 0.8, 2.0), Band(2900.0, 1.2, 4.0)],
            highpass_hz: 80.0,
            ..Insert::NONE
        },
        reverb: 0.7,
        ..Preset::BASE
    },
    // Distortion Guitar
    Preset {
        layers: &[plucked(PluckedPatch { decay_s: 12.0, bright_decay_s: 1.0, ..ELECTRIC })],
        insert: Insert {
            drive: Some(Drive { gain: 60.0, level: 0.25, speaker_hz: 4800.0 }),
            bands: &[Band(110.0, 1.0, 4.0), Band(650.0, 0.7, -4.0), Band(3100.0, 1.1, 4.0)],
            highpass_hz: 80.0,
            ..Insert::NONE
        },
        reverb: 0.7,
        ..Preset::BASE
    },
    // Guitar Harmonics: touched at the middle.
    Preset {
        layers: &[plucked(PluckedPatch { position: 0.5, decay_s: 5.0, hardness_hz: 3000.0, roughness: 0.05, ..STEEL })
            .up(12.0)],
        insert: Insert { bands: &[Band(2400.0, 0.8, 2.0)], highpass_hz: 120.0, ..Insert::NONE },
        reverb: 1.2,
        ..Preset::BASE
    },
];
