//! The standard kit: the percussion key map of GM2, keys 27 to 87, which is that of General MIDI from 35 to 81.

mod strokes;

use super::{Layer, Preset, levels, struck, tone};
use crate::effects::insert::Insert;
use crate::engines::struck::{Burst, Modes, Pick, StruckPatch};
pub(super) use strokes::*;

/// One sound of the kit.
#[derive(Debug)]
pub(crate) struct Drum {
    pub(crate) layers: &'static [Layer],
    /// As the drummer's audience sees it, `-1..=1`.
    pub(crate) pan: f32,
    /// A drum of the same group silences this one; `0` is none.
    pub(crate) choke: u8,
}

const LOWEST_KEY: u8 = 27;

/// The kit has one strip of the desk.
pub(super) static KIT: Preset = Preset { insert: Insert::NONE, reverb: 0.55, ..Preset::BASE };

/// The drum of a key and its level in decibels. Keys outside the map play the nearest sound of it.
pub(super) fn drum(key: u8) -> (&'static Drum, f32) {
    let index = usize::from(key.saturating_sub(LOWEST_KEY)).min(DRUMS.len() - 1);
    (&DRUMS[index], levels::DRUMS_DB[index])
}

pub(super) const fn at(layers: &'static [Layer], pan: f32, choke: u8) -> Drum {
    Drum { layers, pan, choke }
}

/// In the order of their keys.
#[rustfmt::skip]
static DRUMS: [Drum; 61] = [
    at(HIGH_Q, 0.0, 0), at(SLAP, 0.0, 0), at(SCRATCH_PUSH, 0.0, 7), at(SCRATCH_PULL, 0.0, 7),
    at(STICKS, 0.0, 0), at(SQUARE_CLICK, 0.0, 0), at(METRONOME_CLICK, 0.0, 0), at(METRONOME_BELL, 0.0, 0),
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
    /* 49 Crash Cymbal 1     */ at(&[struck(cymbal(210.0, 11.0, 0.6))], -0.4, 0),
    /* 50 High Tom           */ at(&[struck(tom(180.0))], -0.28, 0),
    /* 51 Ride Cymbal 1      */ at(&[struck(StruckPatch { tone: 0.55, ..cymbal(280.0, 12.0, 0.14) })], 0.4, 0),
    /* 52 Chinese Cymbal     */ at(&[struck(cymbal(160.0, 7.0, 0.9))], 0.45, 0),
    /* 53 Ride Bell          */ at(&[struck(metal(780.0, 4.0)), struck(cymbal(450.0, 8.0, 0.08)).gain(0.4)], 0.4, 0),
    /* 54 Tambourine         */ at(&[struck(StruckPatch {
        modes: Modes::Cloud { count: 24, low_hz: 4800.0, high_hz: 13_000.0 }, tone: 0.4, decay_s: 0.5, decay_power: 0.3, hardness_hz: 16_000.0,
        burst: Burst { level: 0.5, decay_s: 0.06, cutoff_hz: 7500.0, count: 2, gap_s: 0.022, filter: Pick::High, ..Burst::NONE },
        ..StruckPatch::BASE
    })], 0.2, 0),
    /* 55 Splash Cymbal      */ at(&[struck(cymbal(310.0, 4.0, 0.7))], -0.2, 0),
    /* 56 Cowbell            */ at(&[struck(StruckPatch {
        modes: Modes::Table(&[(1.0, 1.0, 1.0), (1.507, 0.8, 0.8), (2.6, 0.25, 0.4), (3.7, 0.2, 0.3), (5.2, 0.1, 0.2)]),
        ..metal(555.0, 0.45)
    })], 0.1, 0),
    /* 57 Crash Cymbal 2     */ at(&[struck(cymbal(240.0, 10.0, 0.65))], 0.45, 0),
    /* 58 Vibraslap          */ at(&[struck(StruckPatch { burst: Burst { level: 1.0, decay_s: 0.28, cutoff_hz: 2600.0, q: 3.0, count: 22, gap_s: 0.024, filter: Pick::Band, ..Burst::NONE }, ..StruckPatch::BASE })], 0.3, 0),
    /* 59 Ride Cymbal 2      */ at(&[struck(cymbal(320.0, 10.0, 0.2))], 0.4, 0),
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
    /* 82 Shaker             */ at(&[struck(rattle(5000.0, 0.03, 0.04, 1, 0.01))], -0.3, 0),
    /* 83 Jingle Bell        */ at(&[struck(StruckPatch {
        modes: Modes::Cloud { count: 24, low_hz: 3800.0, high_hz: 12_000.0 }, tone: 0.5, decay_s: 0.6, decay_power: 0.3, hardness_hz: 16_000.0,
        ..rattle(8000.0, 0.002, 0.05, 3, 0.035)
    })], 0.3, 0),
    /* 84 Bell Tree          */ at(&[struck(StruckPatch {
        modes: Modes::Cloud { count: 32, low_hz: 1800.0, high_hz: 11_000.0 }, decay_s: 4.0, decay_power: 0.4, hardness_hz: 20_000.0,
        ..rattle(6000.0, 0.003, 0.02, 12, 0.04)
    })], 0.3, 0),
    /* 85 Castanets          */ at(CASTANETS, 0.2, 0),
    /* 86 Mute Surdo         */ at(&[struck(skin(78.0, 0.14, 0.3))], 0.1, 6),
    /* 87 Open Surdo         */ at(&[struck(skin(70.0, 0.9, 0.2))], 0.1, 6),
];

// What other kits play too.
pub(super) const HIGH_Q: &[Layer] = &[struck(StruckPatch {
    modes: Modes::Table(&[(1.0, 1.0, 1.0)]),
    fixed_hz: 1050.0,
    decay_s: 0.12,
    hardness_hz: 20_000.0,
    glide_semitones: 22.0,
    glide_s: 0.012,
    ..StruckPatch::BASE
})];
pub(super) const SLAP: &[Layer] = &[struck(skin(260.0, 0.08, 1.4))];
pub(super) const SCRATCH_PUSH: &[Layer] = &[struck(scratch(1100.0, -1.4))];
pub(super) const SCRATCH_PULL: &[Layer] = &[struck(scratch(2600.0, 1.4))];
pub(super) const STICKS: &[Layer] = &[struck(wood(2150.0, 0.05)), struck(wood(1320.0, 0.06)).gain(0.6)];
pub(super) const SQUARE_CLICK: &[Layer] = &[struck(StruckPatch {
    modes: Modes::Table(&[(1.0, 1.0, 1.0), (3.0, 0.33, 1.0), (5.0, 0.2, 1.0), (7.0, 0.14, 1.0)]),
    ..wood(880.0, 0.04)
})];
pub(super) const METRONOME_CLICK: &[Layer] = &[struck(wood(1480.0, 0.04))];
pub(super) const METRONOME_BELL: &[Layer] = &[struck(metal(2080.0, 0.9))];
pub(super) const CASTANETS: &[Layer] = &[struck(StruckPatch {
    burst: Burst {
        level: 0.9,
        decay_s: 0.006,
        cutoff_hz: 2400.0,
        q: 1.4,
        count: 2,
        gap_s: 0.022,
        filter: Pick::Band,
        ..Burst::NONE
    },
    ..wood(1650.0, 0.06)
})];

const TRIANGLE: Modes = Modes::Table(&[
    (1.0, 0.35, 1.0),
    (1.93, 0.4, 1.0),
    (2.71, 0.7, 0.9),
    (3.62, 0.6, 0.8),
    (4.34, 0.5, 0.7),
    (5.87, 0.35, 0.5),
    (7.2, 0.2, 0.4),
]);
