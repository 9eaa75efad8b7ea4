//! Programs 121-128: sound effects.

use super::{Preset, adsr, struck, tone};
use crate::dsp::wave::Wave;
use crate::effects::insert::Insert;
use crate::effects::motion::Motion;
use crate::engines::struck::{Burst, Modes, Pick, StruckPatch};
use crate::engines::tone::{Oscillator, TonePatch};

/// No tone, only wind.
const WIND: TonePatch = TonePatch {
    oscillators: [
        Oscillator { level: 0.0, ..Oscillator::of(Wave::Sine) },
        Oscillator { level: 0.0, ..Oscillator::of(Wave::Sine) },
    ],
    noise: 0.6,
    noise_hz: 900.0,
    noise_q: 0.6,
    amp: adsr(0.4, 1.0, 0.9, 0.4),
    ..TonePatch::BASE
};

pub(super) static FAMILY: [Preset; 8] = [
    // Guitar Fret Noise
    Preset {
        layers: &[struck(StruckPatch {
            burst: Burst {
                level: 1.0,
                attack_s: 0.02,
                decay_s: 0.06,
                cutoff_hz: 2600.0,
                key_track: 0.5,
                sweep_octaves: -0.8,
                q: 5.0,
                filter: Pick::Band,
                ..Burst::NONE
            },
            ..StruckPatch::BASE
        })],
        reverb: 0.6,
        ..Preset::BASE
    },
    // Breath Noise
    Preset {
        layers: &[tone(TonePatch {
            noise_hz: 0.0,
            noise_ratio: 4.0,
            noise_q: 1.2,
            amp: adsr(0.06, 0.5, 0.4, 0.12),
            ..WIND
        })],
        ..Preset::BASE
    },
    // Seashore: a wave comes every six seconds or so.
    Preset {
        layers: &[tone(TonePatch {
            noise_hz: 700.0,
            noise_q: 0.35,
            vibrato_hz: 0.17,
            tremolo: 0.75,
            amp: adsr(1.2, 1.0, 1.0, 1.2),
            ..WIND
        })],
        insert: Insert { motion: Motion::Ensemble { mix: 0.7, depth_ms: 6.0 }, ..Insert::NONE },
        ..Preset::BASE
    },
    // Bird Tweet
    Preset {
        layers: &[tone(TonePatch {
            oscillators: [
                Oscillator { ratio: 4.0, ..Oscillator::of(Wave::Sine) },
                Oscillator { level: 0.08, ratio: 8.0, ..Oscillator::of(Wave::Sine) },
            ],
            cutoff_hz: 12_000.0,
            vibrato_hz: 13.0,
            vibrato_cents: 380.0,
            vibrato_delay_s: 0.01,
            tremolo: 0.9,
            scoop_cents: 500.0,
            scoop_s: 0.08,
            amp: adsr(0.01, 0.4, 0.5, 0.05),
            ..TonePatch::BASE
        })],
        ..Preset::BASE
    },
    // Telephone Ring: two gongs under one clapper.
    Preset {
        layers: &[struck(StruckPatch {
            modes: Modes::Table(&[(2.0, 0.7, 1.0), (2.52, 0.7, 1.0), (4.7, 0.4, 0.7), (6.1, 0.3, 0.5)]),
            decay_s: 2.2,
            hardness_hz: 12_000.0,
            release_s: 0.15,
            tremolo: 0.85,
            tremolo_hz: 21.0,
            burst: Burst {
                level: 0.1,
                decay_s: 0.8,
                cutoff_hz: 4000.0,
                count: 24,
                gap_s: 0.048,
                filter: Pick::Band,
                ..Burst::NONE
            },
            ..StruckPatch::BASE
        })],
        ..Preset::BASE
    },
    // Helicopter
    Preset {
        layers: &[tone(TonePatch {
            noise_hz: 240.0,
            noise_q: 0.5,
            vibrato_hz: 11.0,
            vibrato_delay_s: 0.01,
            tremolo: 0.9,
            amp: adsr(0.3, 1.0, 1.0, 0.5),
            ..WIND
        })],
        ..Preset::BASE
    },
    // Applause
    Preset {
        layers: &[
            struck(StruckPatch {
                burst: Burst {
                    level: 0.6,
                    decay_s: 0.5,
                    cutoff_hz: 1500.0,
                    q: 0.9,
                    count: 60,
                    gap_s: 0.037,
                    filter: Pick::Band,
                    ..Burst::NONE
                },
                release_s: 0.5,
                ..StruckPatch::BASE
            }),
            tone(TonePatch {
                noise_hz: 1700.0,
                noise_q: 0.5,
                vibrato_hz: 8.3,
                tremolo: 0.2,
                amp: adsr(0.3, 1.0, 0.9, 0.6),
                ..WIND
            })
            .gain(0.7),
        ],
        insert: Insert { motion: Motion::Ensemble { mix: 0.8, depth_ms: 7.0 }, ..Insert::NONE },
        reverb: 1.3,
        ..Preset::BASE
    },
    // Gunshot
    Preset {
        layers: &[struck(StruckPatch {
            modes: Modes::Table(&[(1.0, 1.0, 1.0), (1.5, 0.5, 0.7)]),
            fixed_hz: 70.0,
            decay_s: 0.3,
            burst: Burst {
                level: 2.5,
                decay_s: 0.16,
                cutoff_hz: 4500.0,
                sweep_octaves: 3.0,
                q: 0.6,
                filter: Pick::Low,
                ..Burst::NONE
            },
            ..StruckPatch::BASE
        })],
        reverb: 1.6,
        ..Preset::BASE
    },
];
