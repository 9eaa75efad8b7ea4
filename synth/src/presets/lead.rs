//! Programs 81-88: synthesizer leads.

use super::{Preset, adsr, plucked, tone};
use crate::dsp::wave::Wave;
use crate::effects::insert::{Band, Drive, Insert};
use crate::effects::motion::Motion;
use crate::engines::plucked::PluckedPatch;
use crate::engines::tone::{Oscillator, TonePatch};

const LEAD: TonePatch = TonePatch {
    cutoff_hz: 2400.0,
    key_track: 0.6,
    q: 1.1,
    sweep_octaves: 1.2,
    velocity_octaves: 1.5,
    amp: adsr(0.006, 0.3, 0.85, 0.06),
    filter: adsr(0.006, 0.5, 0.5, 0.1),
    vibrato_hz: 5.8,
    vibrato_cents: 7.0,
    vibrato_delay_s: 0.9,
    ..TonePatch::BASE
};

const fn pair(first: Wave, second: Wave, level: f32, ratio: f32, detune_cents: f32) -> [Oscillator; 2] {
    [
        Oscillator { detune_cents: -0.4 * detune_cents, ..Oscillator::of(first) },
        Oscillator { wave: second, level, ratio, detune_cents },
    ]
}

pub(super) static FAMILY: [Preset; 8] = [
    // Lead 1 (square)
    Preset {
        layers: &[tone(TonePatch { oscillators: pair(Wave::Square, Wave::Square, 0.5, 1.0, 3.0), ..LEAD })],
        reverb: 0.8,
        ..Preset::BASE
    },
    // Lead 2 (sawtooth)
    Preset {
        layers: &[tone(TonePatch {
            oscillators: pair(Wave::Saw, Wave::Saw, 0.9, 1.0, 6.0),
            cutoff_hz: 3200.0,
            ..LEAD
        })],
        reverb: 0.8,
        ..Preset::BASE
    },
    // Lead 3 (calliope)
    Preset {
        layers: &[tone(TonePatch {
            oscillators: pair(Wave::Stopped, Wave::Flute, 0.35, 2.0, 4.0),
            noise: 0.09,
            noise_ratio: 2.0,
            noise_q: 1.5,
            chiff: 3.0,
            amp: adsr(0.025, 0.3, 0.9, 0.05),
            ..LEAD
        })],
        ..Preset::BASE
    },
    // Lead 4 (chiff)
    Preset {
        layers: &[tone(TonePatch {
            oscillators: pair(Wave::Square, Wave::Triangle, 0.6, 2.0, 3.0),
            noise: 0.05,
            noise_ratio: 4.0,
            noise_q: 0.8,
            chiff: 16.0,
            chiff_s: 0.03,
            ..LEAD
        })],
        ..Preset::BASE
    },
    // Lead 5 (charang): a synthetic distorted guitar.
    Preset {
        layers: &[
            plucked(PluckedPatch { decay_s: 9.0, hardness_hz: 3200.0, release_s: 0.1, ..PluckedPatch::BASE }),
            tone(TonePatch { oscillators: pair(Wave::Saw, Wave::Pulse25, 0.7, 1.0, 5.0), ..LEAD }).gain(0.35),
        ],
        insert: Insert {
            drive: Some(Drive { gain: 16.0, level: 0.3, speaker_hz: 5600.0 }),
            bands: &[Band(2500.0, 1.0, 4.0)],
            highpass_hz: 80.0,
            ..Insert::NONE
        },
        reverb: 0.7,
        ..Preset::BASE
    },
    // Lead 6 (voice)
    Preset {
        layers: &[tone(TonePatch {
            oscillators: pair(Wave::Glottal, Wave::Digital, 0.4, 1.0, 5.0),
            noise: 0.02,
            noise_hz: 2500.0,
            amp: adsr(0.05, 0.3, 0.9, 0.1),
            vibrato_cents: 12.0,
            vibrato_delay_s: 0.5,
            ..LEAD
        })],
        insert: Insert {
            bands: &[Band(700.0, 3.0, 9.0), Band(1150.0, 4.0, 7.0), Band(2800.0, 4.0, 6.0)],
            ..Insert::NONE
        },
        ..Preset::BASE
    },
    // Lead 7 (fifths)
    Preset {
        layers: &[tone(TonePatch { oscillators: pair(Wave::Saw, Wave::Saw, 0.8, 1.498_307, 2.0), ..LEAD })],
        reverb: 0.8,
        ..Preset::BASE
    },
    // Lead 8 (bass + lead)
    Preset {
        layers: &[tone(TonePatch {
            oscillators: pair(Wave::Saw, Wave::Square, 0.7, 0.5, 4.0),
            q: 1.8,
            sweep_octaves: 2.2,
            cutoff_hz: 1200.0,
            ..LEAD
        })],
        insert: Insert { motion: Motion::Ensemble { mix: 0.25, depth_ms: 1.0 }, ..Insert::NONE },
        reverb: 0.6,
        ..Preset::BASE
    },
];
