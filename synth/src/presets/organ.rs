//! Programs 17-24: organs and what has free reeds.

use super::{Preset, adsr, struck, tone};
use crate::dsp::wave::Wave;
use crate::effects::insert::{Band, Drive, Insert};
use crate::effects::motion::Motion;
use crate::engines::struck::{Burst, Modes, Pick, StruckPatch};
use crate::engines::tone::{Oscillator, TonePatch};

/// Tonewheels: waves are written an octave down, for the 16-foot drawbar.
const TONEWHEEL: TonePatch = TonePatch {
    oscillators: [
        Oscillator { ratio: 0.5, ..Oscillator::of(Wave::OrganJazz) },
        Oscillator { level: 0.0, ..Oscillator::of(Wave::Sine) },
    ],
    cutoff_hz: 7000.0,
    key_track: 0.1,
    velocity_octaves: 0.2,
    amp: adsr(0.004, 0.1, 1.0, 0.012),
    drift_cents: 0.0,
    noise: 0.004,
    noise_hz: 3000.0,
    noise_q: 0.5,
    chiff: 18.0,
    chiff_s: 0.005,
    ..TonePatch::BASE
};

/// Pipes: slow to speak, with some wind.
const PIPES: TonePatch = TonePatch {
    oscillators: [
        Oscillator { ratio: 0.5, ..Oscillator::of(Wave::OrganPipe) },
        Oscillator { ratio: 0.5, detune_cents: 4.0, level: 0.7, ..Oscillator::of(Wave::OrganPipe) },
    ],
    cutoff_hz: 6500.0,
    key_track: 0.25,
    velocity_octaves: 0.1,
    amp: adsr(0.055, 0.2, 1.0, 0.09),
    noise: 0.012,
    noise_ratio: 3.0,
    noise_q: 1.2,
    chiff: 5.0,
    chiff_s: 0.03,
    drift_cents: 1.0,
    ..TonePatch::BASE
};

const REEDS: TonePatch = TonePatch {
    oscillators: [
        Oscillator::of(Wave::FreeReed),
        Oscillator { level: 0.7, detune_cents: 7.0, ..Oscillator::of(Wave::FreeReed) },
    ],
    cutoff_hz: 3000.0,
    key_track: 0.4,
    velocity_octaves: 1.0,
    amp: adsr(0.05, 0.2, 1.0, 0.05),
    filter: adsr(0.12, 0.2, 1.0, 0.05),
    sweep_octaves: 0.6,
    noise: 0.006,
    ..TonePatch::BASE
};

pub(super) static FAMILY: [Preset; 8] = [
    // Drawbar Organ
    Preset {
        layers: &[tone(TonePatch {
            oscillators: [
                Oscillator { ratio: 0.5, ..Oscillator::of(Wave::OrganOctaves) },
                Oscillator { level: 0.0, ..Oscillator::of(Wave::Sine) },
            ],
            ..TONEWHEEL
        })],
        insert: Insert { motion: Motion::Rotary, ..Insert::NONE },
        reverb: 0.8,
        ..Preset::BASE
    },
    // Percussive Organ: the third harmonic is struck as loud as the drawbars, with a click, and gone in half a second.
    Preset {
        layers: &[
            tone(TONEWHEEL),
            struck(StruckPatch {
                modes: Modes::Table(&[(3.0, 1.1, 1.0), (6.0, 0.08, 0.6)]),
                decay_s: 0.6,
                decay_octaves: 9.0,
                hardness_hz: 20_000.0,
                hardness_octaves: 0.0,
                release_s: 0.1,
                burst: Burst { level: 0.35, decay_s: 0.005, cutoff_hz: 3000.0, filter: Pick::Band, ..Burst::NONE },
                ..StruckPatch::BASE
            }),
        ],
        insert: Insert { motion: Motion::Rotary, ..Insert::NONE },
        reverb: 0.8,
        ..Preset::BASE
    },
    // Rock Organ: through an overdriven amplifier.
    Preset {
        layers: &[tone(TonePatch {
            oscillators: [
                Oscillator { ratio: 0.5, ..Oscillator::of(Wave::OrganRock) },
                Oscillator { level: 0.0, ..Oscillator::of(Wave::Sine) },
            ],
            ..TONEWHEEL
        })],
        insert: Insert {
            drive: Some(Drive { gain: 3.2, level: 0.45, speaker_hz: 5200.0 }),
            bands: &[Band(300.0, 0.8, 2.0), Band(1800.0, 0.9, 3.0)],
            motion: Motion::Rotary,
            ..Insert::NONE
        },
        reverb: 0.7,
        ..Preset::BASE
    },
    // Church Organ
    Preset {
        layers: &[tone(PIPES)],
        insert: Insert { motion: Motion::Ensemble { mix: 0.25, depth_ms: 0.5 }, ..Insert::NONE },
        reverb: 2.0,
        width: 0.4,
        ..Preset::BASE
    },
    // Reed Organ
    Preset {
        layers: &[tone(TonePatch { cutoff_hz: 2600.0, ..REEDS })],
        insert: Insert { bands: &[Band(450.0, 1.0, 3.0), Band(1400.0, 1.2, 2.0)], ..Insert::NONE },
        ..Preset::BASE
    },
    // Accordion: two reeds a little apart.
    Preset {
        layers: &[tone(TonePatch {
            oscillators: [
                Oscillator::of(Wave::FreeReed),
                Oscillator { level: 0.9, detune_cents: 14.0, ..Oscillator::of(Wave::FreeReed) },
            ],
            cutoff_hz: 3300.0,
            ..REEDS
        })],
        insert: Insert { bands: &[Band(700.0, 1.0, 3.0), Band(2400.0, 1.0, 3.0)], highpass_hz: 100.0, ..Insert::NONE },
        ..Preset::BASE
    },
    // Harmonica
    Preset {
        layers: &[tone(TonePatch {
            oscillators: [
                Oscillator::of(Wave::FreeReed),
                Oscillator { level: 0.12, ratio: 2.0, ..Oscillator::of(Wave::FreeReed) },
            ],
            cutoff_hz: 3600.0,
            noise: 0.02,
            noise_hz: 2600.0,
            vibrato_hz: 5.0,
            vibrato_cents: 7.0,
            tremolo: 0.14,
            scoop_cents: -40.0,
            scoop_s: 0.05,
            ..REEDS
        })],
        insert: Insert { bands: &[Band(1100.0, 1.4, 5.0), Band(2800.0, 1.2, 5.0)], highpass_hz: 180.0, ..Insert::NONE },
        ..Preset::BASE
    },
    // Tango Accordion: octave reeds, dry.
    Preset {
        layers: &[tone(TonePatch {
            oscillators: [
                Oscillator::of(Wave::FreeReed),
                Oscillator { level: 0.55, ratio: 2.0, detune_cents: 2.0, ..Oscillator::of(Wave::FreeReed) },
            ],
            cutoff_hz: 4000.0,
            amp: adsr(0.03, 0.2, 1.0, 0.04),
            ..REEDS
        })],
        insert: Insert { bands: &[Band(520.0, 1.0, 3.0), Band(1700.0, 1.0, 3.0)], highpass_hz: 90.0, ..Insert::NONE },
        ..Preset::BASE
    },
];
