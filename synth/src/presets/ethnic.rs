//! Programs 105-112: sitar to shanai.

use super::strings::BOWED;
use super::{Preset, adsr, plucked, struck, tone};
use crate::dsp::wave::Wave;
use crate::effects::insert::{Band, Insert};
use crate::engines::plucked::PluckedPatch;
use crate::engines::struck::{Burst, Modes, Pick, StruckPatch};
use crate::engines::tone::{Oscillator, TonePatch};

const PIPE_REED: TonePatch = TonePatch {
    oscillators: [
        Oscillator::of(Wave::Oboe),
        Oscillator { level: 0.5, detune_cents: 3.0, ..Oscillator::of(Wave::Pulse12) },
    ],
    cutoff_hz: 4800.0,
    key_track: 0.3,
    velocity_octaves: 0.5,
    amp: adsr(0.03, 0.2, 1.0, 0.03),
    noise: 0.01,
    drift_cents: 1.0,
    ..TonePatch::BASE
};

pub(super) static FAMILY: [Preset; 8] = [
    // Sitar: the flat bridge buzzes.
    Preset {
        key_db: (0.0, 2.0),
        layers: &[
            plucked(PluckedPatch {
                decay_s: 5.0,
                bright_decay_s: 1.6,
                position: 0.09,
                hardness_hz: 4200.0,
                roughness: 0.18,
                release_s: 0.5,
                buzz: 0.32,
                twang_cents: 18.0,
                ..PluckedPatch::BASE
            }),
            plucked(PluckedPatch {
                decay_s: 6.0,
                bright_decay_s: 1.2,
                position: 0.4,
                hardness_hz: 1800.0,
                roughness: 0.7,
                release_s: 2.0,
                ..PluckedPatch::BASE
            })
            .gain(0.2)
            .up(12.0),
        ],
        insert: Insert {
            bands: &[Band(320.0, 1.2, 2.0), Band(1900.0, 1.2, 5.0), Band(4200.0, 1.0, 3.0)],
            highpass_hz: 90.0,
            ..Insert::NONE
        },
        reverb: 1.2,
        ..Preset::BASE
    },
    // Banjo: a skin head takes the energy fast.
    Preset {
        key_db: (0.0, 2.5),
        layers: &[plucked(PluckedPatch {
            decay_s: 1.1,
            bright_decay_s: 0.42,
            position: 0.09,
            hardness_hz: 5200.0,
            hardness_octaves: 1.6,
            roughness: 0.2,
            release_s: 0.25,
            ..PluckedPatch::BASE
        })],
        insert: Insert {
            bands: &[Band(420.0, 1.5, 5.0), Band(1050.0, 1.4, 4.0), Band(3000.0, 1.0, 4.0)],
            highpass_hz: 160.0,
            ..Insert::NONE
        },
        ..Preset::BASE
    },
    // Shamisen
    Preset {
        key_db: (0.0, 2.5),
        layers: &[
            plucked(PluckedPatch {
                decay_s: 0.9,
                bright_decay_s: 0.3,
                position: 0.07,
                hardness_hz: 4200.0,
                roughness: 0.3,
                release_s: 0.3,
                buzz: 0.5,
                twang_cents: 12.0,
                ..PluckedPatch::BASE
            }),
            struck(StruckPatch {
                burst: Burst {
                    level: 0.3,
                    decay_s: 0.018,
                    cutoff_hz: 800.0,
                    q: 1.2,
                    filter: Pick::Band,
                    ..Burst::NONE
                },
                ..StruckPatch::BASE
            }),
        ],
        insert: Insert { bands: &[Band(650.0, 1.4, 4.0), Band(2200.0, 1.2, 4.0)], highpass_hz: 120.0, ..Insert::NONE },
        ..Preset::BASE
    },
    // Koto
    Preset {
        key_db: (0.0, 2.5),
        layers: &[plucked(PluckedPatch {
            decay_s: 3.2,
            bright_decay_s: 0.6,
            position: 0.08,
            hardness_hz: 3400.0,
            hardness_octaves: 2.2,
            roughness: 0.15,
            release_s: 1.4,
            twang_cents: 14.0,
            ..PluckedPatch::BASE
        })],
        insert: Insert { bands: &[Band(260.0, 1.4, 3.0), Band(1500.0, 1.0, 3.0)], highpass_hz: 70.0, ..Insert::NONE },
        reverb: 1.3,
        width: 0.3,
        ..Preset::BASE
    },
    // Kalimba: a tongue fixed at one end.
    Preset {
        key_db: (0.0, 2.0),
        layers: &[struck(StruckPatch {
            modes: Modes::Table(&[
                (1.0, 1.0, 1.0),
                (2.0, 0.08, 0.4),
                (5.9, 0.28, 0.16),
                (6.3, 0.1, 0.12),
                (16.5, 0.08, 0.05),
            ]),
            decay_s: 1.3,
            decay_octaves: 1.6,
            hardness_hz: 2600.0,
            burst: Burst { level: 0.12, decay_s: 0.012, cutoff_hz: 900.0, filter: Pick::Band, ..Burst::NONE },
            ..StruckPatch::BASE
        })],
        reverb: 1.2,
        width: 0.3,
        ..Preset::BASE
    },
    // Bag Pipe
    Preset {
        layers: &[tone(PIPE_REED)],
        insert: Insert { bands: &[Band(1050.0, 1.6, 5.0), Band(2500.0, 1.4, 6.0)], highpass_hz: 150.0, ..Insert::NONE },
        ..Preset::BASE
    },
    // Fiddle: a violin without the concert hall.
    Preset {
        layers: &[tone(TonePatch {
            noise: 0.02,
            amp: adsr(0.045, 0.4, 0.9, 0.05),
            vibrato_cents: 7.0,
            scoop_cents: -30.0,
            cutoff_hz: 4200.0,
            ..BOWED
        })],
        insert: Insert {
            bands: &[Band(290.0, 3.0, 5.0), Band(500.0, 3.0, 4.0), Band(1100.0, 1.2, 2.0), Band(3000.0, 1.0, 6.0)],
            highpass_hz: 180.0,
            ..Insert::NONE
        },
        reverb: 0.8,
        ..Preset::BASE
    },
    // Shanai
    Preset {
        layers: &[tone(TonePatch {
            vibrato_hz: 5.4,
            vibrato_cents: 16.0,
            vibrato_delay_s: 0.4,
            scoop_cents: -90.0,
            scoop_s: 0.05,
            cutoff_hz: 4200.0,
            velocity_octaves: 1.2,
            ..PIPE_REED
        })],
        insert: Insert {
            bands: &[Band(1300.0, 2.0, 7.0), Band(3100.0, 1.6, 6.0), Band(500.0, 1.0, -4.0)],
            highpass_hz: 180.0,
            ..Insert::NONE
        },
        reverb: 1.2,
        ..Preset::BASE
    },
];
