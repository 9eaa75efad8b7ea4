//! Programs 57-64: brass. What makes it brass: the louder, the brighter, within each note too.

use super::{Preset, adsr, tone};
use crate::dsp::wave::Wave;
use crate::effects::insert::{Band, Insert};
use crate::effects::motion::Motion;
use crate::engines::tone::{Oscillator, TonePatch};

const TRUMPET: TonePatch = TonePatch {
    oscillators: [Oscillator::of(Wave::Brass), Oscillator { level: 0.0, ..Oscillator::of(Wave::Brass) }],
    noise: 0.008,
    noise_ratio: 3.0,
    noise_q: 0.7,
    chiff: 8.0,
    chiff_s: 0.02,
    cutoff_hz: 1500.0,
    key_track: 0.55,
    q: 0.8,
    sweep_octaves: 1.7,
    velocity_octaves: 2.8,
    amp: adsr(0.035, 0.3, 0.85, 0.05),
    filter: adsr(0.055, 0.35, 0.7, 0.06),
    vibrato_hz: 5.4,
    vibrato_cents: 8.0,
    vibrato_delay_s: 0.9,
    tremolo: 0.04,
    drift_cents: 2.5,
    scoop_cents: -45.0,
    scoop_s: 0.018,
    ..TonePatch::BASE
};

const LOW: TonePatch = TonePatch {
    cutoff_hz: 1100.0,
    amp: adsr(0.045, 0.3, 0.88, 0.06),
    filter: adsr(0.075, 0.4, 0.7, 0.07),
    vibrato_cents: 6.0,
    ..TRUMPET
};

const SYNTH: TonePatch = TonePatch {
    oscillators: [
        Oscillator { detune_cents: -6.0, ..Oscillator::of(Wave::Saw) },
        Oscillator { level: 0.9, detune_cents: 7.0, ..Oscillator::of(Wave::Saw) },
    ],
    cutoff_hz: 900.0,
    key_track: 0.5,
    q: 1.1,
    sweep_octaves: 2.6,
    velocity_octaves: 2.0,
    amp: adsr(0.02, 0.4, 0.8, 0.08),
    filter: adsr(0.05, 0.35, 0.45, 0.1),
    vibrato_cents: 3.0,
    ..TonePatch::BASE
};

pub(super) static FAMILY: [Preset; 8] = [
    // Trumpet
    Preset {
        layers: &[tone(TRUMPET)],
        insert: Insert {
            bands: &[Band(1200.0, 1.0, 4.0), Band(2400.0, 1.2, 4.0), Band(7500.0, 0.7, -4.0)],
            highpass_hz: 120.0,
            ..Insert::NONE
        },
        reverb: 1.2,
        ..Preset::BASE
    },
    // Trombone
    Preset {
        layers: &[tone(LOW)],
        insert: Insert {
            bands: &[Band(520.0, 1.0, 4.0), Band(1500.0, 1.2, 3.0), Band(6000.0, 0.7, -5.0)],
            highpass_hz: 50.0,
            ..Insert::NONE
        },
        reverb: 1.2,
        ..Preset::BASE
    },
    // Tuba
    Preset {
        layers: &[tone(TonePatch {
            oscillators: [Oscillator::of(Wave::Horn), Oscillator { level: 0.3, ..Oscillator::of(Wave::Brass) }],
            cutoff_hz: 800.0,
            velocity_octaves: 2.0,
            amp: adsr(0.05, 0.3, 0.9, 0.07),
            vibrato_cents: 3.0,
            noise: 0.012,
            ..LOW
        })],
        insert: Insert { bands: &[Band(240.0, 1.0, 4.0), Band(3500.0, 0.7, -6.0)], highpass_hz: 28.0, ..Insert::NONE },
        ..Preset::BASE
    },
    // Muted Trumpet: a cup lets the middle through.
    Preset {
        layers: &[tone(TonePatch { cutoff_hz: 2600.0, sweep_octaves: 0.8, velocity_octaves: 1.4, ..TRUMPET })],
        insert: Insert {
            bands: &[Band(1500.0, 2.2, 10.0), Band(3200.0, 1.8, 7.0), Band(600.0, 0.8, -8.0), Band(9000.0, 0.7, -6.0)],
            highpass_hz: 400.0,
            ..Insert::NONE
        },
        reverb: 1.2,
        ..Preset::BASE
    },
    // French Horn
    Preset {
        layers: &[tone(TonePatch {
            oscillators: [
                Oscillator::of(Wave::Horn),
                Oscillator { level: 0.35, detune_cents: 2.0, ..Oscillator::of(Wave::Brass) },
            ],
            cutoff_hz: 900.0,
            amp: adsr(0.06, 0.4, 0.9, 0.09),
            filter: adsr(0.1, 0.5, 0.75, 0.1),
            vibrato_cents: 4.0,
            scoop_cents: -60.0,
            ..LOW
        })],
        insert: Insert {
            bands: &[Band(360.0, 1.2, 4.0), Band(1100.0, 1.5, -2.0), Band(4000.0, 0.7, -7.0)],
            highpass_hz: 60.0,
            ..Insert::NONE
        },
        reverb: 1.7,
        ..Preset::BASE
    },
    // Brass Section
    Preset {
        layers: &[tone(TonePatch {
            oscillators: [
                Oscillator { detune_cents: -5.0, ..Oscillator::of(Wave::Brass) },
                Oscillator { level: 0.8, detune_cents: 6.0, ..Oscillator::of(Wave::Saw) },
            ],
            cutoff_hz: 1400.0,
            ..TRUMPET
        })],
        insert: Insert {
            bands: &[Band(700.0, 0.9, 3.0), Band(2000.0, 1.0, 3.0), Band(8000.0, 0.7, -3.0)],
            highpass_hz: 70.0,
            motion: Motion::Ensemble { mix: 0.45, depth_ms: 1.5 },
            ..Insert::NONE
        },
        reverb: 1.3,
        width: 0.3,
        ..Preset::BASE
    },
    // SynthBrass 1
    Preset {
        layers: &[tone(SYNTH)],
        insert: Insert { motion: Motion::Ensemble { mix: 0.35, depth_ms: 1.5 }, ..Insert::NONE },
        ..Preset::BASE
    },
    // SynthBrass 2
    Preset {
        layers: &[tone(TonePatch {
            cutoff_hz: 600.0,
            amp: adsr(0.05, 0.4, 0.85, 0.15),
            filter: adsr(0.12, 0.5, 0.5, 0.15),
            ..SYNTH
        })],
        insert: Insert { motion: Motion::Ensemble { mix: 0.45, depth_ms: 2.0 }, ..Insert::NONE },
        reverb: 1.2,
        ..Preset::BASE
    },
];
