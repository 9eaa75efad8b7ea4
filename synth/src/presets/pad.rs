//! Programs 89-96: pads, which move slowly.

use super::{Preset, adsr, fm, tone};
use crate::dsp::wave::Wave;
use crate::effects::insert::{Band, Insert};
use crate::effects::motion::Motion;
use crate::engines::fm::{FmPatch, Stack};
use crate::engines::tone::{Oscillator, TonePatch};

pub(super) const PAD: TonePatch = TonePatch {
    oscillators: [
        Oscillator { detune_cents: -8.0, ..Oscillator::of(Wave::Saw) },
        Oscillator { level: 0.9, detune_cents: 8.0, ..Oscillator::of(Wave::Saw) },
    ],
    cutoff_hz: 1300.0,
    key_track: 0.4,
    q: 0.8,
    sweep_octaves: 0.8,
    velocity_octaves: 1.2,
    amp: adsr(0.45, 1.0, 0.9, 0.5),
    filter: adsr(1.1, 1.5, 0.6, 0.6),
    wander_octaves: 0.4,
    drift_cents: 4.0,
    vibrato_cents: 2.0,
    ..TonePatch::BASE
};

pub(super) const WIDE: Insert = Insert { motion: Motion::Ensemble { mix: 0.75, depth_ms: 3.0 }, ..Insert::NONE };

pub(super) static FAMILY: [Preset; 8] = [
    // Pad 1 (new age): a bell over a cushion.
    Preset {
        layers: &[
            tone(TonePatch { cutoff_hz: 900.0, ..PAD }),
            fm(FmPatch {
                stacks: [
                    Stack {
                        carrier_ratio: 2.0,
                        modulator_ratio: 7.0,
                        index: 0.7,
                        index_decay_s: 0.9,
                        decay_s: 1.8,
                        ..Stack::BASE
                    },
                    Stack {
                        level: 0.4,
                        carrier_ratio: 4.0,
                        modulator_ratio: 3.0,
                        index: 0.4,
                        decay_s: 0.9,
                        detune_cents: 4.0,
                        ..Stack::BASE
                    },
                ],
                release_s: 0.5,
                ..FmPatch::BASE
            })
            .gain(0.35),
        ],
        insert: WIDE,
        reverb: 1.8,
        width: 0.3,
        ..Preset::BASE
    },
    // Pad 2 (warm)
    Preset {
        layers: &[tone(TonePatch { cutoff_hz: 850.0, ..PAD })],
        insert: WIDE,
        reverb: 1.5,
        width: 0.3,
        ..Preset::BASE
    },
    // Pad 3 (polysynth)
    Preset {
        layers: &[tone(TonePatch {
            oscillators: [
                Oscillator { detune_cents: -6.0, ..Oscillator::of(Wave::Pulse25) },
                Oscillator { level: 0.9, detune_cents: 6.0, ..Oscillator::of(Wave::Saw) },
            ],
            cutoff_hz: 2200.0,
            amp: adsr(0.03, 0.8, 0.75, 0.3),
            filter: adsr(0.02, 0.8, 0.4, 0.3),
            sweep_octaves: 1.4,
            ..PAD
        })],
        insert: WIDE,
        reverb: 1.3,
        width: 0.3,
        ..Preset::BASE
    },
    // Pad 4 (choir)
    Preset {
        layers: &[tone(TonePatch {
            oscillators: [
                Oscillator { detune_cents: -9.0, ..Oscillator::of(Wave::Glottal) },
                Oscillator { level: 0.9, detune_cents: 9.0, ..Oscillator::of(Wave::Glottal) },
            ],
            noise: 0.05,
            noise_hz: 2600.0,
            noise_q: 0.5,
            cutoff_hz: 3400.0,
            vibrato_cents: 8.0,
            ..PAD
        })],
        insert: Insert { bands: &[Band(600.0, 3.0, 9.0), Band(1000.0, 3.5, 8.0), Band(2600.0, 3.0, 6.0)], ..WIDE },
        reverb: 1.8,
        width: 0.3,
        ..Preset::BASE
    },
    // Pad 5 (bowed): glass under a bow.
    Preset {
        layers: &[tone(TonePatch {
            oscillators: [
                Oscillator { detune_cents: -3.0, ..Oscillator::of(Wave::Glass) },
                Oscillator { level: 0.7, detune_cents: 4.0, ..Oscillator::of(Wave::Bowed) },
            ],
            cutoff_hz: 2000.0,
            noise: 0.03,
            noise_ratio: 3.0,
            amp: adsr(0.6, 1.0, 0.9, 0.6),
            ..PAD
        })],
        insert: WIDE,
        reverb: 1.7,
        width: 0.3,
        ..Preset::BASE
    },
    // Pad 6 (metallic)
    Preset {
        layers: &[
            tone(TonePatch { cutoff_hz: 1800.0, q: 1.6, ..PAD }),
            fm(FmPatch {
                stacks: [
                    Stack {
                        modulator_ratio: 3.51,
                        index: 1.4,
                        index_decay_s: 2.5,
                        index_sustain: 0.4,
                        attack_s: 0.2,
                        decay_s: 4.0,
                        sustain: 0.4,
                        ..Stack::BASE
                    },
                    Stack {
                        level: 0.5,
                        carrier_ratio: 2.76,
                        // 1.41 would put a sideband near 0 Hz.
                        modulator_ratio: 2.09,
                        index: 1.0,
                        attack_s: 0.4,
                        decay_s: 3.0,
                        sustain: 0.2,
                        ..Stack::BASE
                    },
                ],
                release_s: 0.5,
                ..FmPatch::BASE
            })
            .gain(0.4),
        ],
        insert: WIDE,
        reverb: 1.6,
        width: 0.3,
        ..Preset::BASE
    },
    // Pad 7 (halo)
    Preset {
        layers: &[tone(TonePatch {
            oscillators: [
                Oscillator { detune_cents: -7.0, ..Oscillator::of(Wave::Digital) },
                Oscillator { level: 0.6, ratio: 2.0, detune_cents: 7.0, ..Oscillator::of(Wave::Glottal) },
            ],
            noise: 0.06,
            noise_hz: 5000.0,
            noise_q: 0.7,
            cutoff_hz: 1800.0,
            ..PAD
        })],
        insert: Insert { bands: &[Band(800.0, 2.0, 5.0), Band(3000.0, 2.0, 5.0)], ..WIDE },
        reverb: 2.0,
        width: 0.3,
        ..Preset::BASE
    },
    // Pad 8 (sweep): the filter takes its time.
    Preset {
        layers: &[tone(TonePatch {
            cutoff_hz: 420.0,
            q: 2.6,
            sweep_octaves: 3.6,
            filter: adsr(2.6, 2.5, 0.25, 0.8),
            wander_octaves: 0.6,
            ..PAD
        })],
        insert: WIDE,
        reverb: 1.6,
        width: 0.3,
        ..Preset::BASE
    },
];
