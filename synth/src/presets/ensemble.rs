//! Programs 49-56: ensembles of strings and voices.
//!
//! Formants of vowels are those of an alto and a tenor in the tables of Csound's manual (appendix D).

use super::strings::BOWED;
use super::{Preset, adsr, struck, tone};
use crate::dsp::wave::Wave;
use crate::effects::insert::{Band, Insert};
use crate::effects::motion::Motion;
use crate::engines::struck::{Burst, Pick, StruckPatch};
use crate::engines::tone::{Oscillator, TonePatch};

const SECTION: TonePatch = TonePatch {
    oscillators: [
        Oscillator { detune_cents: -5.0, ..Oscillator::of(Wave::Bowed) },
        Oscillator { level: 0.8, detune_cents: 6.0, ..Oscillator::of(Wave::Saw) },
    ],
    noise: 0.014,
    cutoff_hz: 3200.0,
    amp: adsr(0.12, 0.6, 0.9, 0.16),
    vibrato_cents: 7.0,
    drift_cents: 4.0,
    tremolo: 0.04,
    scoop_cents: 0.0,
    ..BOWED
};

const SYNTH_SECTION: TonePatch = TonePatch {
    oscillators: [
        Oscillator { detune_cents: -7.0, ..Oscillator::of(Wave::Saw) },
        Oscillator { level: 0.9, detune_cents: 7.0, ..Oscillator::of(Wave::Saw) },
    ],
    cutoff_hz: 2400.0,
    key_track: 0.4,
    velocity_octaves: 1.2,
    sweep_octaves: 1.0,
    amp: adsr(0.16, 0.5, 0.9, 0.25),
    filter: adsr(0.35, 0.8, 0.7, 0.3),
    vibrato_cents: 3.0,
    wander_octaves: 0.25,
    drift_cents: 3.0,
    ..TonePatch::BASE
};

const VOICE: TonePatch = TonePatch {
    oscillators: [
        Oscillator { detune_cents: -6.0, ..Oscillator::of(Wave::Glottal) },
        Oscillator { level: 0.8, detune_cents: 5.0, ..Oscillator::of(Wave::Glottal) },
    ],
    noise: 0.035,
    noise_hz: 2200.0,
    noise_q: 0.5,
    chiff: 1.0,
    chiff_s: 0.08,
    cutoff_hz: 3800.0,
    key_track: 0.2,
    velocity_octaves: 1.6,
    amp: adsr(0.13, 0.5, 0.92, 0.16),
    vibrato_hz: 5.2,
    vibrato_cents: 14.0,
    vibrato_delay_s: 0.8,
    drift_cents: 5.0,
    scoop_cents: -25.0,
    scoop_s: 0.06,
    ..TonePatch::BASE
};

const CHOIR: Motion = Motion::Ensemble { mix: 0.65, depth_ms: 2.4 };

pub(super) static FAMILY: [Preset; 8] = [
    // String Ensemble 1
    Preset {
        layers: &[tone(SECTION)],
        insert: Insert {
            bands: &[
                Band(270.0, 2.0, 3.0),
                Band(480.0, 2.0, 3.0),
                Band(1300.0, 1.0, -2.0),
                Band(2600.0, 0.9, 3.0),
                Band(7500.0, 0.7, -5.0),
            ],
            highpass_hz: 45.0,
            motion: Motion::Ensemble { mix: 0.65, depth_ms: 2.2 },
            ..Insert::NONE
        },
        reverb: 1.4,
        width: 0.4,
        ..Preset::BASE
    },
    // String Ensemble 2: slower and darker.
    Preset {
        layers: &[tone(TonePatch { cutoff_hz: 2100.0, amp: adsr(0.28, 0.6, 0.95, 0.26), ..SECTION })],
        insert: Insert {
            bands: &[Band(230.0, 1.6, 3.0), Band(420.0, 1.6, 2.0), Band(6000.0, 0.7, -6.0)],
            highpass_hz: 40.0,
            motion: Motion::Ensemble { mix: 0.75, depth_ms: 2.8 },
            ..Insert::NONE
        },
        reverb: 1.6,
        width: 0.4,
        ..Preset::BASE
    },
    // SynthStrings 1
    Preset {
        layers: &[tone(SYNTH_SECTION)],
        insert: Insert { motion: Motion::Ensemble { mix: 0.7, depth_ms: 2.4 }, ..Insert::NONE },
        reverb: 1.3,
        width: 0.3,
        ..Preset::BASE
    },
    // SynthStrings 2
    Preset {
        layers: &[tone(TonePatch {
            cutoff_hz: 1500.0,
            q: 1.4,
            amp: adsr(0.3, 0.5, 0.9, 0.35),
            filter: adsr(0.7, 1.0, 0.6, 0.4),
            sweep_octaves: 1.6,
            ..SYNTH_SECTION
        })],
        insert: Insert { motion: Motion::Ensemble { mix: 0.75, depth_ms: 3.0 }, ..Insert::NONE },
        reverb: 1.4,
        width: 0.3,
        ..Preset::BASE
    },
    // Choir Aahs
    Preset {
        key_db: (4.0, -1.5),
        layers: &[tone(VOICE)],
        insert: Insert {
            bands: &[
                Band(750.0, 3.0, 11.0),
                Band(1150.0, 4.0, 9.0),
                Band(2800.0, 4.0, 10.0),
                Band(3500.0, 4.0, 6.0),
                Band(1900.0, 2.0, -6.0),
            ],
            highpass_hz: 80.0,
            motion: CHOIR,
            ..Insert::NONE
        },
        reverb: 1.7,
        width: 0.4,
        ..Preset::BASE
    },
    // Voice Oohs
    Preset {
        key_db: (4.0, 3.0),
        layers: &[tone(TonePatch { cutoff_hz: 2200.0, noise: 0.02, ..VOICE })],
        insert: Insert {
            bands: &[Band(350.0, 3.0, 11.0), Band(640.0, 3.5, 8.0), Band(2700.0, 4.0, 3.0), Band(1500.0, 1.0, -8.0)],
            highpass_hz: 80.0,
            motion: CHOIR,
            ..Insert::NONE
        },
        reverb: 1.6,
        width: 0.35,
        ..Preset::BASE
    },
    // Synth Voice
    Preset {
        key_db: (2.0, 0.0),
        layers: &[tone(TonePatch {
            oscillators: [
                Oscillator { detune_cents: -8.0, ..Oscillator::of(Wave::Digital) },
                Oscillator { level: 0.8, detune_cents: 8.0, ..Oscillator::of(Wave::Glottal) },
            ],
            wander_octaves: 0.4,
            amp: adsr(0.1, 0.5, 0.9, 0.2),
            ..VOICE
        })],
        insert: Insert {
            bands: &[Band(600.0, 3.0, 9.0), Band(1040.0, 4.0, 8.0), Band(2450.0, 4.0, 6.0)],
            highpass_hz: 80.0,
            motion: CHOIR,
            ..Insert::NONE
        },
        reverb: 1.3,
        width: 0.3,
        ..Preset::BASE
    },
    // Orchestra Hit: everybody at once.
    Preset {
        layers: &[
            tone(TonePatch {
                amp: adsr(0.008, 0.22, 0.0, 0.15),
                filter: adsr(0.005, 0.2, 0.2, 0.1),
                sweep_octaves: 2.0,
                ..SECTION
            }),
            tone(TonePatch {
                oscillators: [
                    Oscillator { ratio: 0.5, ..Oscillator::of(Wave::Brass) },
                    Oscillator { level: 0.8, ratio: 2.0, detune_cents: 5.0, ..Oscillator::of(Wave::Brass) },
                ],
                cutoff_hz: 2600.0,
                sweep_octaves: 1.2,
                amp: adsr(0.012, 0.25, 0.0, 0.15),
                filter: adsr(0.01, 0.15, 0.2, 0.1),
                ..TonePatch::BASE
            })
            .gain(0.7),
            struck(StruckPatch {
                burst: Burst {
                    level: 1.2,
                    decay_s: 0.07,
                    cutoff_hz: 900.0,
                    sweep_octaves: 2.0,
                    q: 0.6,
                    filter: Pick::Low,
                    ..Burst::NONE
                },
                ..StruckPatch::BASE
            }),
        ],
        insert: Insert { motion: Motion::Ensemble { mix: 0.5, depth_ms: 2.0 }, ..Insert::NONE },
        reverb: 1.6,
        ..Preset::BASE
    },
];
