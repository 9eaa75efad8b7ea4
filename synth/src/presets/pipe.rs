//! Programs 73-80: flutes and whistles: nearly sines, with breath around them.

use super::{Preset, adsr, tone};
use crate::dsp::wave::Wave;
use crate::effects::insert::{Band, Insert};
use crate::engines::tone::{Oscillator, TonePatch};

const FLUTE: TonePatch = TonePatch {
    oscillators: [Oscillator::of(Wave::Flute), Oscillator { level: 0.0, ..Oscillator::of(Wave::Flute) }],
    noise: 0.05,
    noise_ratio: 2.0,
    noise_q: 1.6,
    chiff: 4.0,
    chiff_s: 0.035,
    cutoff_hz: 2600.0,
    key_track: 0.6,
    sweep_octaves: 0.5,
    velocity_octaves: 2.0,
    amp: adsr(0.055, 0.3, 0.92, 0.06),
    filter: adsr(0.08, 0.4, 0.8, 0.06),
    vibrato_hz: 5.0,
    vibrato_cents: 9.0,
    vibrato_delay_s: 0.6,
    tremolo: 0.14,
    drift_cents: 2.5,
    scoop_cents: -20.0,
    scoop_s: 0.025,
    ..TonePatch::BASE
};

const STOPPED: TonePatch = TonePatch {
    oscillators: [Oscillator::of(Wave::Stopped), Oscillator { level: 0.0, ..Oscillator::of(Wave::Stopped) }],
    ..FLUTE
};

const BORE: Insert =
    Insert { bands: &[Band(900.0, 0.8, 1.5), Band(5000.0, 0.7, -3.0)], highpass_hz: 180.0, ..Insert::NONE };

pub(super) static FAMILY: [Preset; 8] = [
    // Piccolo
    Preset {
        layers: &[tone(TonePatch {
            noise: 0.03,
            amp: adsr(0.035, 0.3, 0.92, 0.05),
            cutoff_hz: 3400.0,
            vibrato_hz: 5.6,
            ..FLUTE
        })],
        insert: BORE,
        reverb: 1.2,
        ..Preset::BASE
    },
    // Flute
    Preset { layers: &[tone(FLUTE)], insert: BORE, reverb: 1.3, ..Preset::BASE },
    // Recorder
    Preset {
        layers: &[tone(TonePatch {
            noise: 0.025,
            chiff: 9.0,
            chiff_s: 0.018,
            amp: adsr(0.022, 0.3, 0.95, 0.04),
            vibrato_cents: 4.0,
            tremolo: 0.05,
            ..STOPPED
        })],
        insert: BORE,
        reverb: 1.2,
        ..Preset::BASE
    },
    // Pan Flute
    Preset {
        layers: &[tone(TonePatch {
            noise: 0.1,
            noise_ratio: 1.0,
            noise_q: 2.5,
            chiff: 5.0,
            chiff_s: 0.05,
            amp: adsr(0.045, 0.4, 0.85, 0.09),
            ..STOPPED
        })],
        insert: BORE,
        reverb: 1.5,
        ..Preset::BASE
    },
    // Blown Bottle
    Preset {
        layers: &[tone(TonePatch {
            noise: 0.18,
            noise_ratio: 1.0,
            noise_q: 4.0,
            chiff: 2.0,
            amp: adsr(0.09, 0.4, 0.9, 0.1),
            vibrato_cents: 3.0,
            cutoff_hz: 1400.0,
            ..STOPPED
        })],
        insert: Insert { highpass_hz: 80.0, ..Insert::NONE },
        reverb: 1.3,
        ..Preset::BASE
    },
    // Shakuhachi: the breath is half of it.
    Preset {
        layers: &[tone(TonePatch {
            noise: 0.1,
            noise_ratio: 2.0,
            noise_q: 1.0,
            chiff: 7.0,
            chiff_s: 0.07,
            vibrato_hz: 4.6,
            vibrato_cents: 22.0,
            tremolo: 0.2,
            scoop_cents: -110.0,
            scoop_s: 0.06,
            amp: adsr(0.05, 0.5, 0.85, 0.1),
            ..FLUTE
        })],
        insert: BORE,
        reverb: 1.6,
        ..Preset::BASE
    },
    // Whistle
    Preset {
        layers: &[tone(TonePatch {
            oscillators: [
                Oscillator::of(Wave::Sine),
                Oscillator { level: 0.015, ratio: 2.0, ..Oscillator::of(Wave::Sine) },
            ],
            noise: 0.05,
            noise_ratio: 1.0,
            noise_q: 6.0,
            chiff: 2.0,
            vibrato_cents: 18.0,
            scoop_cents: -60.0,
            scoop_s: 0.05,
            ..FLUTE
        })],
        insert: Insert::NONE,
        reverb: 1.5,
        ..Preset::BASE
    },
    // Ocarina: a vessel rings at one frequency, so there is little above it.
    Preset {
        layers: &[tone(TonePatch {
            oscillators: [
                Oscillator::of(Wave::Sine),
                Oscillator { level: 0.03, ratio: 3.0, ..Oscillator::of(Wave::Sine) },
            ],
            noise: 0.035,
            noise_ratio: 1.0,
            noise_q: 3.0,
            cutoff_hz: 1800.0,
            vibrato_cents: 6.0,
            amp: adsr(0.04, 0.3, 0.95, 0.06),
            ..STOPPED
        })],
        insert: Insert { highpass_hz: 150.0, ..Insert::NONE },
        reverb: 1.3,
        ..Preset::BASE
    },
];
