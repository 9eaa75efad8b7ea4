//! What drums are made of: each a patch of a few numbers.

use crate::dsp::wave::Wave;
use crate::engines::struck::{Burst, Modes, Pick, StruckPatch};
use crate::engines::tone::{Oscillator, TonePatch};
use crate::presets::adsr;
use crate::presets::percussive::MEMBRANE;

pub(in crate::presets) const fn kick(hz: f32, click: f32) -> StruckPatch {
    StruckPatch {
        modes: Modes::Table(&[(1.0, 1.3, 1.0), (1.6, 0.3, 0.4), (2.3, 0.12, 0.25)]),
        fixed_hz: hz,
        decay_s: 0.42,
        hardness_hz: 500.0,
        glide_semitones: 20.0,
        glide_s: 0.016,
        attack_s: 0.0008,
        burst: Burst { level: click, decay_s: 0.006, cutoff_hz: 2600.0, q: 0.6, filter: Pick::Band, ..Burst::NONE },
        ..StruckPatch::BASE
    }
}

pub(in crate::presets) const fn snare(hz: f32, wires: f32) -> StruckPatch {
    StruckPatch {
        modes: Modes::Table(&[(1.0, 0.9, 1.0), (1.78, 0.6, 0.6), (2.4, 0.25, 0.4), (3.1, 0.15, 0.3)]),
        fixed_hz: hz,
        decay_s: 0.22,
        hardness_hz: 2200.0,
        glide_semitones: 2.0,
        glide_s: 0.02,
        burst: Burst {
            level: wires,
            decay_s: 0.075,
            cutoff_hz: 4000.0,
            q: 0.4,
            sweep_octaves: -0.3,
            filter: Pick::Band,
            ..Burst::NONE
        },
        ..StruckPatch::BASE
    }
}

pub(in crate::presets) const fn tom(hz: f32) -> StruckPatch {
    StruckPatch {
        modes: MEMBRANE,
        fixed_hz: hz,
        decay_s: 0.75,
        hardness_hz: 600.0,
        glide_semitones: 4.5,
        glide_s: 0.05,
        burst: Burst { level: 0.5, decay_s: 0.014, cutoff_hz: 1500.0, q: 0.5, filter: Pick::Band, ..Burst::NONE },
        ..StruckPatch::BASE
    }
}

pub(in crate::presets) const fn hat(decay_s: f32) -> StruckPatch {
    StruckPatch {
        modes: Modes::Cloud { count: 40, low_hz: 3200.0, high_hz: 13_500.0 },
        tone: 0.35,
        decay_s: decay_s * 4.0,
        decay_power: 0.3,
        hardness_hz: 14_000.0,
        hardness_octaves: 1.5,
        release_s: 0.0,
        burst: Burst { level: 0.4, decay_s, cutoff_hz: 9200.0, q: 0.75, filter: Pick::Band, ..Burst::NONE },
        ..StruckPatch::BASE
    }
}

/// The modes ring for seconds, the high ones shorter; over them, while they are dense, a wash of noise that falls and
/// grows dark faster than they do.
pub(in crate::presets) const fn cymbal(low_hz: f32, decay_s: f32, wash: f32) -> StruckPatch {
    StruckPatch {
        modes: Modes::Cloud { count: 96, low_hz, high_hz: 14_000.0 },
        tone: 0.5,
        decay_s,
        decay_power: 0.28,
        hardness_hz: 9000.0,
        hardness_octaves: 2.5,
        attack_s: 0.004,
        burst: Burst {
            level: wash,
            attack_s: 0.004,
            decay_s: decay_s * 0.035,
            cutoff_hz: 8000.0,
            sweep_octaves: 0.8,
            q: 0.5,
            filter: Pick::Band,
            ..Burst::NONE
        },
        ..StruckPatch::BASE
    }
}

pub(in crate::presets) const fn skin(hz: f32, decay_s: f32, slap: f32) -> StruckPatch {
    StruckPatch {
        modes: MEMBRANE,
        fixed_hz: hz,
        decay_s,
        hardness_hz: 1100.0,
        glide_semitones: 1.2,
        glide_s: 0.03,
        burst: Burst { level: slap, decay_s: 0.01, cutoff_hz: 2200.0, q: 0.6, filter: Pick::Band, ..Burst::NONE },
        ..StruckPatch::BASE
    }
}

pub(in crate::presets) const fn metal(hz: f32, decay_s: f32) -> StruckPatch {
    StruckPatch {
        modes: Modes::Table(&[
            (1.0, 1.0, 1.0),
            (1.48, 0.6, 0.8),
            (2.53, 0.4, 0.6),
            (3.86, 0.3, 0.5),
            (5.3, 0.2, 0.4),
            (6.9, 0.12, 0.3),
        ]),
        fixed_hz: hz,
        decay_s,
        hardness_hz: 7000.0,
        hardness_octaves: 1.5,
        burst: Burst { level: 0.2, decay_s: 0.004, cutoff_hz: 5000.0, filter: Pick::Band, ..Burst::NONE },
        ..StruckPatch::BASE
    }
}

pub(in crate::presets) const fn wood(hz: f32, decay_s: f32) -> StruckPatch {
    StruckPatch {
        modes: Modes::Table(&[(1.0, 1.0, 1.0), (1.62, 0.5, 0.7), (2.75, 0.3, 0.5)]),
        fixed_hz: hz,
        decay_s,
        hardness_hz: 6000.0,
        burst: Burst { level: 0.4, decay_s: 0.003, cutoff_hz: 3200.0, filter: Pick::Band, ..Burst::NONE },
        ..StruckPatch::BASE
    }
}

pub(in crate::presets) const fn rattle(
    cutoff_hz: f32,
    attack_s: f32,
    decay_s: f32,
    count: u8,
    gap_s: f32,
) -> StruckPatch {
    StruckPatch {
        burst: Burst {
            level: 0.9,
            attack_s,
            decay_s,
            cutoff_hz,
            q: 1.2,
            count,
            gap_s,
            filter: Pick::High,
            ..Burst::NONE
        },
        ..StruckPatch::BASE
    }
}

/// A record that is turned by hand under its needle.
pub(in crate::presets) const fn scratch(cutoff_hz: f32, sweep_octaves: f32) -> StruckPatch {
    StruckPatch {
        burst: Burst {
            level: 1.0,
            attack_s: 0.03,
            decay_s: 0.07,
            cutoff_hz,
            q: 2.5,
            sweep_octaves,
            filter: Pick::Band,
            ..Burst::NONE
        },
        ..StruckPatch::BASE
    }
}

pub(in crate::presets) const fn whistle(decay_s: f32) -> TonePatch {
    TonePatch {
        oscillators: [
            Oscillator { ratio: 1.0, ..Oscillator::of(Wave::Sine) },
            Oscillator { level: 0.2, ratio: 1.034, ..Oscillator::of(Wave::Sine) },
        ],
        cutoff_hz: 12_000.0,
        key_track: 0.0,
        noise: 0.1,
        noise_hz: 2400.0,
        noise_q: 4.0,
        vibrato_hz: 26.0,
        vibrato_cents: 70.0,
        vibrato_delay_s: 0.01,
        tremolo: 0.4,
        amp: adsr(0.012, decay_s, 0.0, 0.05),
        ..TonePatch::BASE
    }
}

pub(in crate::presets) const fn cuica(scoop_cents: f32, decay_s: f32) -> TonePatch {
    TonePatch {
        oscillators: [
            Oscillator { ratio: 1.0, ..Oscillator::of(Wave::Clarinet) },
            Oscillator { level: 0.0, ..Oscillator::of(Wave::Sine) },
        ],
        cutoff_hz: 1500.0,
        key_track: 0.0,
        noise: 0.08,
        noise_hz: 900.0,
        amp: adsr(0.02, decay_s, 0.0, 0.05),
        scoop_cents,
        scoop_s: 0.07,
        ..TonePatch::BASE
    }
}
