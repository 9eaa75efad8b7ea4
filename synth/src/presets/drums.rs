//! The standard kit: the General MIDI percussion key map, keys 35 to 81.

use super::percussive::MEMBRANE;
use super::{Layer, Preset, adsr, levels, struck, tone};
use crate::dsp::wave::Wave;
use crate::effects::insert::Insert;
use crate::engines::struck::{Burst, Modes, Pick, StruckPatch};
use crate::engines::tone::{Oscillator, TonePatch};

/// One sound of the kit.
#[derive(Debug)]
pub(crate) struct Drum {
    pub(crate) layers: &'static [Layer],
    /// As the drummer's audience sees it, `-1..=1`.
    pub(crate) pan: f32,
    /// A drum of the same group silences this one; `0` is none.
    pub(crate) choke: u8,
}

const LOWEST_KEY: u8 = 35;

/// The kit has one strip of the desk.
pub(super) static KIT: Preset = Preset { insert: Insert::NONE, reverb: 0.55, ..Preset::BASE };

/// The drum of a key and its level in decibels. Keys outside the map play the nearest sound of it.
pub(super) fn drum(key: u8) -> (&'static Drum, f32) {
    let index = usize::from(key.saturating_sub(LOWEST_KEY)).min(DRUMS.len() - 1);
    (&DRUMS[index], levels::DRUMS_DB[index])
}

pub(super) const fn kick(hz: f32, click: f32) -> StruckPatch {
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

pub(super) const fn snare(hz: f32, wires: f32) -> StruckPatch {
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

pub(super) const fn tom(hz: f32) -> StruckPatch {
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

const fn hat(decay_s: f32) -> StruckPatch {
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

pub(super) const fn cymbal(low_hz: f32, decay_s: f32, wash: f32) -> StruckPatch {
    StruckPatch {
        modes: Modes::Cloud { count: 80, low_hz, high_hz: 12_500.0 },
        tone: 0.45,
        decay_s,
        decay_power: 0.35,
        hardness_hz: 9000.0,
        hardness_octaves: 2.5,
        attack_s: 0.004,
        burst: Burst {
            level: wash,
            attack_s: 0.004,
            decay_s: decay_s * 0.09,
            cutoff_hz: 7000.0,
            sweep_octaves: -0.3,
            q: 0.5,
            filter: Pick::Band,
            ..Burst::NONE
        },
        ..StruckPatch::BASE
    }
}

pub(super) const fn skin(hz: f32, decay_s: f32, slap: f32) -> StruckPatch {
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

const fn metal(hz: f32, decay_s: f32) -> StruckPatch {
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

const fn wood(hz: f32, decay_s: f32) -> StruckPatch {
    StruckPatch {
        modes: Modes::Table(&[(1.0, 1.0, 1.0), (1.62, 0.5, 0.7), (2.75, 0.3, 0.5)]),
        fixed_hz: hz,
        decay_s,
        hardness_hz: 6000.0,
        burst: Burst { level: 0.4, decay_s: 0.003, cutoff_hz: 3200.0, filter: Pick::Band, ..Burst::NONE },
        ..StruckPatch::BASE
    }
}

const fn rattle(cutoff_hz: f32, attack_s: f32, decay_s: f32, count: u8, gap_s: f32) -> StruckPatch {
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

const fn whistle(decay_s: f32) -> TonePatch {
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

const fn cuica(scoop_cents: f32, decay_s: f32) -> TonePatch {
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

pub(super) const fn at(layers: &'static [Layer], pan: f32, choke: u8) -> Drum {
    Drum { layers, pan, choke }
}

/// In the order of their keys.
#[rustfmt::skip]
static DRUMS: [Drum; 47] = [
    /* 35 Acoustic Bass Drum */ at(&[struck(kick(46.0, 0.25))], 0.0, 0),
    /* 36 Bass Drum 1        */ at(&[struck(kick(54.0, 0.5))], 0.0, 0),
    /* 37 Side Stick         */ at(&[struck(wood(1700.0, 0.05)), struck(wood(480.0, 0.08))], -0.05, 0),
    /* 38 Acoustic Snare     */ at(&[struck(snare(185.0, 1.0))], -0.05, 0),
    /* 39 Hand Clap          */ at(&[struck(StruckPatch {
        burst: Burst { level: 1.6, decay_s: 0.07, cutoff_hz: 1250.0, q: 1.1, count: 4, gap_s: 0.0105, filter: Pick::Band, ..Burst::NONE },
        ..StruckPatch::BASE
    })], 0.1, 0),
    /* 40 Electric Snare     */ at(&[struck(snare(230.0, 1.3))], -0.05, 0),
    /* 41 Low Floor Tom      */ at(&[struck(tom(72.0))], 0.45, 0),
    /* 42 Closed Hi-Hat      */ at(&[struck(hat(0.035))], -0.3, 1),
    /* 43 High Floor Tom     */ at(&[struck(tom(88.0))], 0.35, 0),
    /* 44 Pedal Hi-Hat       */ at(&[struck(StruckPatch { hardness_hz: 8000.0, attack_s: 0.003, ..hat(0.028) })], -0.3, 1),
    /* 45 Low Tom            */ at(&[struck(tom(106.0))], 0.2, 0),
    /* 46 Open Hi-Hat        */ at(&[struck(hat(0.32))], -0.3, 1),
    /* 47 Low-Mid Tom        */ at(&[struck(tom(128.0))], 0.05, 0),
    /* 48 Hi-Mid Tom         */ at(&[struck(tom(152.0))], -0.12, 0),
    /* 49 Crash Cymbal 1     */ at(&[struck(cymbal(210.0, 7.0, 0.6))], -0.4, 0),
    /* 50 High Tom           */ at(&[struck(tom(180.0))], -0.28, 0),
    /* 51 Ride Cymbal 1      */ at(&[struck(StruckPatch { tone: 0.55, ..cymbal(280.0, 5.7, 0.14) })], 0.4, 0),
    /* 52 Chinese Cymbal     */ at(&[struck(cymbal(160.0, 4.0, 0.9))], 0.45, 0),
    /* 53 Ride Bell          */ at(&[struck(metal(780.0, 2.6)), struck(cymbal(450.0, 3.8, 0.08)).gain(0.4)], 0.4, 0),
    /* 54 Tambourine         */ at(&[struck(StruckPatch {
        modes: Modes::Cloud { count: 24, low_hz: 4800.0, high_hz: 13_000.0 }, tone: 0.4, decay_s: 0.5, decay_power: 0.3, hardness_hz: 16_000.0,
        burst: Burst { level: 0.5, decay_s: 0.06, cutoff_hz: 7500.0, count: 2, gap_s: 0.022, filter: Pick::High, ..Burst::NONE },
        ..StruckPatch::BASE
    })], 0.2, 0),
    /* 55 Splash Cymbal      */ at(&[struck(cymbal(310.0, 2.5, 0.7))], -0.2, 0),
    /* 56 Cowbell            */ at(&[struck(StruckPatch {
        modes: Modes::Table(&[(1.0, 1.0, 1.0), (1.507, 0.8, 0.8), (2.6, 0.25, 0.4), (3.7, 0.2, 0.3), (5.2, 0.1, 0.2)]),
        ..metal(555.0, 0.45)
    })], 0.1, 0),
    /* 57 Crash Cymbal 2     */ at(&[struck(cymbal(240.0, 6.1, 0.65))], 0.45, 0),
    /* 58 Vibraslap          */ at(&[struck(StruckPatch { burst: Burst { level: 1.0, decay_s: 0.28, cutoff_hz: 2600.0, q: 3.0, count: 22, gap_s: 0.024, filter: Pick::Band, ..Burst::NONE }, ..StruckPatch::BASE })], 0.3, 0),
    /* 59 Ride Cymbal 2      */ at(&[struck(cymbal(320.0, 5.1, 0.2))], 0.4, 0),
    /* 60 Hi Bongo           */ at(&[struck(skin(430.0, 0.22, 0.5))], 0.3, 0),
    /* 61 Low Bongo          */ at(&[struck(skin(310.0, 0.28, 0.4))], 0.3, 0),
    /* 62 Mute Hi Conga      */ at(&[struck(skin(330.0, 0.1, 0.8))], -0.3, 0),
    /* 63 Open Hi Conga      */ at(&[struck(skin(290.0, 0.45, 0.3))], -0.3, 0),
    /* 64 Low Conga          */ at(&[struck(skin(205.0, 0.55, 0.3))], -0.3, 0),
    /* 65 High Timbale       */ at(&[struck(skin(480.0, 0.5, 0.7)), struck(metal(1150.0, 0.3)).gain(0.3)], 0.3, 0),
    /* 66 Low Timbale        */ at(&[struck(skin(340.0, 0.55, 0.6)), struck(metal(860.0, 0.3)).gain(0.3)], 0.3, 0),
    /* 67 High Agogo         */ at(&[struck(metal(1180.0, 0.6))], -0.4, 0),
    /* 68 Low Agogo          */ at(&[struck(metal(790.0, 0.7))], -0.4, 0),
    /* 69 Cabasa             */ at(&[struck(rattle(6500.0, 0.012, 0.035, 2, 0.03))], -0.3, 0),
    /* 70 Maracas            */ at(&[struck(rattle(5600.0, 0.006, 0.022, 1, 0.01))], -0.3, 0),
    /* 71 Short Whistle      */ at(&[tone(whistle(0.09)).up(27.0)], 0.3, 2),
    /* 72 Long Whistle       */ at(&[tone(whistle(0.35)).up(26.0)], 0.3, 2),
    /* 73 Short Guiro        */ at(&[struck(StruckPatch { burst: Burst { level: 0.9, decay_s: 0.012, cutoff_hz: 3000.0, q: 1.6, count: 7, gap_s: 0.012, filter: Pick::Band, ..Burst::NONE }, ..StruckPatch::BASE })], 0.3, 3),
    /* 74 Long Guiro         */ at(&[struck(StruckPatch { burst: Burst { level: 0.9, decay_s: 0.02, cutoff_hz: 2700.0, q: 1.6, count: 26, gap_s: 0.015, filter: Pick::Band, ..Burst::NONE }, ..StruckPatch::BASE })], 0.3, 3),
    /* 75 Claves             */ at(&[struck(StruckPatch { modes: Modes::Table(&[(1.0, 1.0, 1.0), (2.7, 0.15, 0.4)]), ..wood(2480.0, 0.12) })], 0.2, 0),
    /* 76 Hi Wood Block      */ at(&[struck(wood(1080.0, 0.11))], 0.25, 0),
    /* 77 Low Wood Block     */ at(&[struck(wood(720.0, 0.13))], 0.25, 0),
    /* 78 Mute Cuica         */ at(&[tone(cuica(-500.0, 0.09)).up(-11.0)], -0.25, 4),
    /* 79 Open Cuica         */ at(&[tone(cuica(-900.0, 0.22)).up(-19.0)], -0.25, 4),
    /* 80 Mute Triangle      */ at(&[struck(StruckPatch { modes: TRIANGLE, fixed_hz: 1650.0, decay_s: 0.25, hardness_hz: 16_000.0, ..StruckPatch::BASE })], 0.35, 5),
    /* 81 Open Triangle      */ at(&[struck(StruckPatch { modes: TRIANGLE, fixed_hz: 1650.0, decay_s: 3.2, hardness_hz: 16_000.0, ..StruckPatch::BASE })], 0.35, 5),
];

const TRIANGLE: Modes = Modes::Table(&[
    (1.0, 0.35, 1.0),
    (1.93, 0.4, 1.0),
    (2.71, 0.7, 0.9),
    (3.62, 0.6, 0.8),
    (4.34, 0.5, 0.7),
    (5.87, 0.35, 0.5),
    (7.2, 0.2, 0.4),
]);
