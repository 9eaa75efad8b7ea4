//! Programs 97-104: what General MIDI calls synthesizer effects.

use super::pad::{PAD, WIDE};
use super::{Preset, adsr, fm, plucked, struck, tone};
use crate::dsp::wave::Wave;
use crate::effects::insert::{Band, Insert};
use crate::engines::fm::{FmPatch, Stack};
use crate::engines::plucked::PluckedPatch;
use crate::engines::struck::{Burst, Modes, Pick, StruckPatch};
use crate::engines::tone::{Oscillator, TonePatch};

pub(super) static FAMILY: [Preset; 8] = [
    // FX 1 (rain): drops on glass.
    Preset {
        layers: &[
            struck(StruckPatch {
                modes: Modes::Table(&[(1.0, 1.0, 1.0), (2.01, 0.6, 0.7), (3.98, 0.4, 0.5), (6.7, 0.3, 0.3)]),
                decay_s: 1.6,
                hardness_hz: 5000.0,
                release_s: 0.8,
                burst: Burst {
                    level: 0.25,
                    decay_s: 0.3,
                    cutoff_hz: 5200.0,
                    q: 1.5,
                    count: 9,
                    gap_s: 0.075,
                    filter: Pick::Band,
                    ..Burst::NONE
                },
                ..StruckPatch::BASE
            }),
            tone(TonePatch { cutoff_hz: 1100.0, amp: adsr(0.3, 1.2, 0.6, 0.6), ..PAD }).gain(0.4),
        ],
        insert: WIDE,
        reverb: 2.0,
        ..Preset::BASE
    },
    // FX 2 (soundtrack): fifths that open.
    Preset {
        layers: &[tone(TonePatch {
            oscillators: [
                Oscillator { detune_cents: -7.0, ..Oscillator::of(Wave::Saw) },
                Oscillator { level: 0.7, ratio: 1.498_307, detune_cents: 7.0, ..Oscillator::of(Wave::Saw) },
            ],
            cutoff_hz: 700.0,
            sweep_octaves: 2.2,
            filter: adsr(1.8, 2.0, 0.5, 0.8),
            amp: adsr(0.7, 1.0, 0.9, 0.8),
            ..PAD
        })],
        insert: WIDE,
        reverb: 1.9,
        ..Preset::BASE
    },
    // FX 3 (crystal)
    Preset {
        layers: &[
            fm(FmPatch {
                stacks: [
                    Stack { modulator_ratio: 3.5, index: 1.2, index_decay_s: 0.8, decay_s: 1.4, ..Stack::BASE },
                    Stack {
                        level: 0.6,
                        carrier_ratio: 4.0,
                        modulator_ratio: 5.03,
                        index: 0.8,
                        index_decay_s: 0.4,
                        decay_s: 0.9,
                        detune_cents: 5.0,
                        ..Stack::BASE
                    },
                ],
                release_s: 0.6,
                ..FmPatch::BASE
            }),
            fm(FmPatch {
                stacks: [
                    Stack {
                        carrier_ratio: 2.0,
                        modulator_ratio: 7.0,
                        index: 0.5,
                        decay_s: 2.0,
                        detune_cents: -5.0,
                        ..Stack::BASE
                    },
                    Stack::SILENT,
                ],
                release_s: 0.6,
                ..FmPatch::BASE
            })
            .gain(0.4),
        ],
        insert: WIDE,
        reverb: 1.8,
        width: 0.3,
        ..Preset::BASE
    },
    // FX 4 (atmosphere): a plucked string over a pad.
    Preset {
        layers: &[
            plucked(PluckedPatch { release_s: 0.8, roughness: 0.15, ..PluckedPatch::BASE }),
            tone(TonePatch { cutoff_hz: 1000.0, ..PAD }).gain(0.5),
        ],
        insert: WIDE,
        reverb: 1.7,
        ..Preset::BASE
    },
    // FX 5 (brightness)
    Preset {
        layers: &[
            tone(TonePatch {
                oscillators: [
                    Oscillator { detune_cents: -9.0, ..Oscillator::of(Wave::Saw) },
                    Oscillator { level: 0.8, ratio: 2.0, detune_cents: 9.0, ..Oscillator::of(Wave::Saw) },
                ],
                cutoff_hz: 3800.0,
                amp: adsr(0.08, 1.0, 0.8, 0.4),
                ..PAD
            }),
            fm(FmPatch {
                stacks: [
                    Stack { carrier_ratio: 4.0, modulator_ratio: 3.0, index: 0.6, decay_s: 1.2, ..Stack::BASE },
                    Stack::SILENT,
                ],
                release_s: 0.4,
                ..FmPatch::BASE
            })
            .gain(0.25),
        ],
        insert: WIDE,
        reverb: 1.5,
        ..Preset::BASE
    },
    // FX 6 (goblins): deep, with whispers.
    Preset {
        layers: &[tone(TonePatch {
            oscillators: [
                Oscillator { detune_cents: -12.0, ..Oscillator::of(Wave::Digital) },
                Oscillator { level: 0.8, ratio: 0.5, detune_cents: 10.0, ..Oscillator::of(Wave::Saw) },
            ],
            cutoff_hz: 600.0,
            q: 3.2,
            noise: 0.12,
            noise_hz: 1800.0,
            noise_q: 3.0,
            wander_octaves: 1.3,
            vibrato_hz: 3.0,
            vibrato_cents: 30.0,
            vibrato_delay_s: 1.5,
            amp: adsr(0.5, 1.0, 0.9, 0.6),
            ..PAD
        })],
        insert: WIDE,
        reverb: 2.0,
        ..Preset::BASE
    },
    // FX 7 (echoes)
    Preset {
        layers: &[
            tone(TonePatch {
                cutoff_hz: 1600.0,
                amp: adsr(0.02, 0.45, 0.25, 0.4),
                filter: adsr(0.01, 0.5, 0.2, 0.4),
                sweep_octaves: 1.5,
                ..PAD
            }),
            fm(FmPatch {
                stacks: [
                    Stack { index: 1.0, decay_s: 0.8, ..Stack::BASE },
                    Stack { level: 0.5, carrier_ratio: 2.0, attack_s: 0.3, decay_s: 0.5, ..Stack::BASE },
                ],
                release_s: 0.7,
                ..FmPatch::BASE
            })
            .gain(0.5),
        ],
        insert: WIDE,
        reverb: 2.2,
        ..Preset::BASE
    },
    // FX 8 (sci-fi)
    Preset {
        layers: &[tone(TonePatch {
            oscillators: [
                Oscillator { detune_cents: -10.0, ..Oscillator::of(Wave::Pulse12) },
                Oscillator { level: 0.7, ratio: 1.003, detune_cents: 13.0, ..Oscillator::of(Wave::Digital) },
            ],
            cutoff_hz: 900.0,
            q: 3.0,
            sweep_octaves: 2.0,
            wander_octaves: 1.0,
            vibrato_hz: 6.5,
            vibrato_cents: 18.0,
            vibrato_delay_s: 0.2,
            amp: adsr(0.2, 1.0, 0.85, 0.5),
            ..PAD
        })],
        insert: Insert { bands: &[Band(1500.0, 2.0, 4.0)], ..WIDE },
        reverb: 1.9,
        ..Preset::BASE
    },
];
