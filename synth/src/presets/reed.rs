//! Programs 65-72: saxophones, double reeds, clarinet.

use super::{Preset, adsr, tone};
use crate::dsp::wave::Wave;
use crate::effects::insert::{Band, Insert};
use crate::engines::tone::{Oscillator, TonePatch};

const SAX: TonePatch = TonePatch {
    oscillators: [Oscillator::of(Wave::Sax), Oscillator { level: 0.0, ..Oscillator::of(Wave::Sax) }],
    noise: 0.03,
    noise_ratio: 4.0,
    noise_q: 0.5,
    chiff: 3.0,
    chiff_s: 0.03,
    cutoff_hz: 2200.0,
    key_track: 0.4,
    sweep_octaves: 0.9,
    velocity_octaves: 2.2,
    amp: adsr(0.035, 0.3, 0.9, 0.05),
    filter: adsr(0.06, 0.4, 0.75, 0.06),
    vibrato_hz: 5.1,
    vibrato_cents: 13.0,
    vibrato_delay_s: 0.6,
    tremolo: 0.06,
    drift_cents: 3.0,
    scoop_cents: -55.0,
    scoop_s: 0.03,
    ..TonePatch::BASE
};

const DOUBLE_REED: TonePatch = TonePatch {
    oscillators: [Oscillator::of(Wave::Oboe), Oscillator { level: 0.0, ..Oscillator::of(Wave::Oboe) }],
    noise: 0.008,
    noise_ratio: 5.0,
    noise_q: 0.6,
    chiff: 4.0,
    chiff_s: 0.02,
    cutoff_hz: 4200.0,
    key_track: 0.3,
    sweep_octaves: 0.4,
    velocity_octaves: 1.4,
    amp: adsr(0.04, 0.3, 0.92, 0.05),
    filter: adsr(0.05, 0.4, 0.8, 0.06),
    vibrato_hz: 5.4,
    vibrato_cents: 9.0,
    vibrato_delay_s: 0.6,
    tremolo: 0.07,
    drift_cents: 2.0,
    scoop_cents: -15.0,
    ..TonePatch::BASE
};

const fn horn(bands: &'static [Band], highpass_hz: f32) -> Insert {
    Insert { bands, highpass_hz, ..Insert::NONE }
}

pub(super) static FAMILY: [Preset; 8] = [
    // Soprano Sax
    Preset {
        layers: &[tone(TonePatch { cutoff_hz: 2600.0, ..SAX })],
        insert: horn(&[Band(1100.0, 1.4, 4.0), Band(2600.0, 1.5, 4.0)], 180.0),
        ..Preset::BASE
    },
    // Alto Sax
    Preset {
        layers: &[tone(SAX)],
        insert: horn(&[Band(750.0, 1.4, 4.0), Band(1900.0, 1.4, 4.0), Band(5500.0, 0.8, -3.0)], 120.0),
        ..Preset::BASE
    },
    // Tenor Sax
    Preset {
        layers: &[tone(TonePatch { cutoff_hz: 1900.0, noise: 0.04, ..SAX })],
        insert: horn(&[Band(550.0, 1.4, 4.0), Band(1500.0, 1.4, 4.0), Band(5000.0, 0.8, -4.0)], 85.0),
        ..Preset::BASE
    },
    // Baritone Sax
    Preset {
        layers: &[tone(TonePatch { cutoff_hz: 1600.0, noise: 0.04, vibrato_cents: 8.0, ..SAX })],
        insert: horn(&[Band(380.0, 1.4, 4.0), Band(1100.0, 1.4, 4.0), Band(4500.0, 0.8, -5.0)], 55.0),
        ..Preset::BASE
    },
    // Oboe: formants at 1.1 and 2.8 kHz.
    Preset {
        layers: &[tone(DOUBLE_REED)],
        insert: horn(&[Band(1100.0, 2.0, 6.0), Band(2850.0, 2.0, 6.0), Band(600.0, 1.5, -3.0)], 200.0),
        reverb: 1.2,
        ..Preset::BASE
    },
    // English Horn
    Preset {
        layers: &[tone(TonePatch { cutoff_hz: 3200.0, vibrato_cents: 8.0, ..DOUBLE_REED })],
        insert: horn(&[Band(780.0, 2.0, 6.0), Band(1900.0, 2.0, 5.0)], 130.0),
        reverb: 1.2,
        ..Preset::BASE
    },
    // Bassoon: formants at 450 and 1150 Hz.
    Preset {
        layers: &[tone(TonePatch {
            oscillators: [Oscillator::of(Wave::Bassoon), Oscillator { level: 0.0, ..Oscillator::of(Wave::Bassoon) }],
            cutoff_hz: 2200.0,
            vibrato_cents: 6.0,
            noise: 0.014,
            ..DOUBLE_REED
        })],
        insert: horn(&[Band(450.0, 2.0, 6.0), Band(1150.0, 2.0, 4.0), Band(3500.0, 0.8, -6.0)], 45.0),
        reverb: 1.1,
        ..Preset::BASE
    },
    // Clarinet: hardly a vibrato.
    Preset {
        layers: &[tone(TonePatch {
            oscillators: [Oscillator::of(Wave::Clarinet), Oscillator { level: 0.0, ..Oscillator::of(Wave::Clarinet) }],
            noise: 0.012,
            cutoff_hz: 2600.0,
            sweep_octaves: 0.6,
            velocity_octaves: 2.2,
            vibrato_cents: 2.0,
            tremolo: 0.02,
            amp: adsr(0.045, 0.3, 0.94, 0.06),
            ..DOUBLE_REED
        })],
        insert: horn(&[Band(1500.0, 1.4, 3.0), Band(3700.0, 1.4, 2.0)], 110.0),
        reverb: 1.2,
        ..Preset::BASE
    },
];
