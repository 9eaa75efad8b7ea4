//! The drum kits of GM2 and GS: what each plays otherwise than the standard kit.

use super::drums::{self, Drum, at, cymbal, hat, kick, skin, snare, tom};
use super::{Layer, Preset, sfx, strings, struck};
use crate::effects::insert::Insert;
use crate::engines::struck::{Burst, Modes, Pick, StruckPatch};

/// A kit of the channel's program.
#[derive(Debug)]
struct Kit {
    program: u8,
    strip: Preset,
    /// Key, sound, level in decibels.
    variations: &'static [(u8, Drum, f32)],
}

/// The strip of the desk for a kit; programs without a kit of their own play the standard one.
pub(crate) fn kit(program: u8) -> &'static Preset {
    find(program).map_or(&drums::KIT, |kit| &kit.strip)
}

/// The drum of a key in a kit, and its level in decibels.
pub(crate) fn drum(program: u8, key: u8) -> (&'static Drum, f32) {
    find(program)
        .and_then(|kit| kit.variations.iter().find(|(own, ..)| *own == key))
        .map_or_else(|| drums::drum(key), |(_, drum, level_db)| (drum, *level_db))
}

fn find(program: u8) -> Option<&'static Kit> {
    KITS.iter().find(|kit| kit.program == program)
}

const DRY: Preset = Preset { insert: Insert::NONE, reverb: 0.4, ..Preset::BASE };

/// A tom of a larger shell, struck harder.
const fn deep(hz: f32) -> StruckPatch {
    StruckPatch { decay_s: 1.1, hardness_hz: 900.0, ..tom(hz) }
}

/// Two detuned triangles that fall, after the Simmons drums.
const fn electronic_tom(hz: f32) -> StruckPatch {
    StruckPatch {
        modes: Modes::Table(&[(1.0, 1.0, 1.0), (1.5, 0.25, 0.5)]),
        fixed_hz: hz,
        decay_s: 0.6,
        glide_semitones: 14.0,
        glide_s: 0.07,
        burst: Burst { level: 0.6, decay_s: 0.03, cutoff_hz: 3000.0, q: 0.5, filter: Pick::Band, ..Burst::NONE },
        ..StruckPatch::BASE
    }
}

/// The bass drum of the TR-808: a bridged-T oscillator, that is one damped sinusoid.
const fn boom(hz: f32, decay_s: f32) -> StruckPatch {
    StruckPatch {
        modes: Modes::Table(&[(1.0, 1.0, 1.0)]),
        fixed_hz: hz,
        decay_s,
        glide_semitones: 9.0,
        glide_s: 0.012,
        burst: Burst { level: 0.15, decay_s: 0.003, cutoff_hz: 1800.0, filter: Pick::Band, ..Burst::NONE },
        ..StruckPatch::BASE
    }
}

/// Its toms and congas: the same, higher.
const fn analog_tom(hz: f32) -> StruckPatch {
    StruckPatch { glide_semitones: 3.0, glide_s: 0.04, ..boom(hz, 0.45) }
}

/// Its snare: two sinusoids and high noise.
const ANALOG_SNARE: StruckPatch = StruckPatch {
    modes: Modes::Table(&[(1.0, 0.8, 1.0), (1.85, 0.5, 0.7)]),
    fixed_hz: 178.0,
    decay_s: 0.16,
    burst: Burst { level: 0.9, decay_s: 0.06, cutoff_hz: 5200.0, q: 0.4, filter: Pick::High, ..Burst::NONE },
    ..StruckPatch::BASE
};

/// The six square waves that its hi-hats and cymbal are made of, in hertz.
const SQUARES_HZ: [f32; 6] = [205.3, 304.4, 369.6, 522.7, 540.0, 800.0];

/// What a band from 6.5 to 13.5 kHz leaves of them: odd harmonics far from any scale.
const METAL: [(f32, f32, f32); 58] = {
    let mut modes = [(0.0, 0.0, 1.0); 58];
    let mut count = 0;
    let mut square = 0;
    while square < SQUARES_HZ.len() {
        let mut harmonic = 1;
        while SQUARES_HZ[square] * harmonic as f32 <= 13_500.0 {
            let hz = SQUARES_HZ[square] * harmonic as f32;
            if hz >= 6500.0 && count < modes.len() {
                modes[count] = (hz, 2.5 / harmonic as f32, 1.0);
                count += 1;
            }
            harmonic += 2;
        }
        square += 1;
    }
    modes
};

/// Its hi-hats and cymbal; `decay_s` to 60 dB.
const fn buzz(decay_s: f32) -> StruckPatch {
    StruckPatch {
        modes: Modes::Table(&METAL),
        fixed_hz: 1.0,
        decay_s,
        hardness_hz: 30_000.0,
        hardness_octaves: 1.0,
        burst: Burst { level: 0.12, decay_s: decay_s * 0.1, cutoff_hz: 9000.0, filter: Pick::High, ..Burst::NONE },
        ..StruckPatch::BASE
    }
}

/// Wires of a brush on the skin: a sweep (long) or a tap (short).
const fn brush(attack_s: f32, decay_s: f32) -> StruckPatch {
    StruckPatch {
        modes: Modes::Table(&[(1.0, 0.3, 1.0), (1.7, 0.15, 0.6)]),
        fixed_hz: 190.0,
        decay_s: 0.12,
        tone: 0.4,
        burst: Burst {
            level: 0.8,
            attack_s,
            decay_s,
            cutoff_hz: 3600.0,
            q: 0.35,
            sweep_octaves: -0.3,
            filter: Pick::Band,
            ..Burst::NONE
        },
        ..StruckPatch::BASE
    }
}

/// Kettledrums: each key sounds its own pitch.
const fn timpano() -> Drum {
    at(strings::FAMILY[7].layers, 0.0, 0)
}

const fn one(layers: &'static [Layer]) -> Drum {
    at(layers, 0.0, 0)
}

#[rustfmt::skip]
static KITS: [Kit; 8] = [
    // Room: the same drums, more of the room, longer toms.
    Kit { program: 8, strip: Preset { reverb: 1.3, ..DRY }, variations: &[
        (41, at(&[struck(deep(68.0))], 0.45, 0), 2.0),
        (43, at(&[struck(deep(84.0))], 0.35, 0), 1.5),
        (45, at(&[struck(deep(100.0))], 0.2, 0), 1.2),
        (47, at(&[struck(deep(122.0))], 0.05, 0), 1.0),
        (48, at(&[struck(deep(145.0))], -0.12, 0), 1.0),
        (50, at(&[struck(deep(172.0))], -0.28, 0), 0.9),
    ] },
    // Power: a hard kick, a fat snare.
    Kit { program: 16, strip: Preset { reverb: 0.9, ..DRY }, variations: &[
        (35, one(&[struck(StruckPatch { decay_s: 0.6, ..kick(44.0, 0.7) })]), 6.8),
        (36, one(&[struck(StruckPatch { decay_s: 0.55, ..kick(50.0, 1.0) })]), 6.6),
        (38, at(&[struck(StruckPatch { decay_s: 0.34, ..snare(165.0, 1.2) })], -0.05, 0), 5.4),
        (40, at(&[struck(StruckPatch { decay_s: 0.3, ..snare(205.0, 1.5) })], -0.05, 0), 4.5),
        (41, at(&[struck(deep(64.0))], 0.45, 0), 2.1),
        (43, at(&[struck(deep(80.0))], 0.35, 0), 1.6),
        (45, at(&[struck(deep(96.0))], 0.2, 0), 1.3),
        (47, at(&[struck(deep(116.0))], 0.05, 0), 1.1),
        (48, at(&[struck(deep(140.0))], -0.12, 0), 1.0),
        (50, at(&[struck(deep(166.0))], -0.28, 0), 0.9),
    ] },
    // Electronic
    Kit { program: 24, strip: DRY, variations: &[
        (35, one(&[struck(boom(48.0, 0.5))]), 10.5),
        (36, one(&[struck(StruckPatch { glide_semitones: 24.0, glide_s: 0.02, ..boom(52.0, 0.35) })]), 10.0),
        (38, at(&[struck(StruckPatch { glide_semitones: 7.0, glide_s: 0.03, ..snare(195.0, 1.4) })], -0.05, 0), 5.2),
        (40, at(&[struck(StruckPatch { glide_semitones: 12.0, glide_s: 0.03, ..snare(240.0, 1.1) })], -0.05, 0), 6.6),
        (41, at(&[struck(electronic_tom(66.0))], 0.45, 0), 4.8),
        (43, at(&[struck(electronic_tom(82.0))], 0.35, 0), 4.5),
        (45, at(&[struck(electronic_tom(100.0))], 0.2, 0), 4.3),
        (47, at(&[struck(electronic_tom(122.0))], 0.05, 0), 4.1),
        (48, at(&[struck(electronic_tom(148.0))], -0.12, 0), 4.0),
        (50, at(&[struck(electronic_tom(178.0))], -0.28, 0), 3.9),
    ] },
    // Analog: the TR-808 (GS program 26 on the panel).
    Kit { program: 25, strip: DRY, variations: &[
        (35, one(&[struck(boom(44.0, 0.9))]), 8.7),
        (36, one(&[struck(boom(50.0, 1.4))]), 6.2),
        (38, at(&[struck(ANALOG_SNARE)], -0.05, 0), 8.6),
        (40, at(&[struck(ANALOG_SNARE)], -0.05, 0), 8.4),
        (41, at(&[struck(analog_tom(80.0))], 0.45, 0), 6.9),
        (42, at(&[struck(buzz(0.16))], -0.3, 1), 0.5),
        (43, at(&[struck(analog_tom(95.0))], 0.35, 0), 6.5),
        (44, at(&[struck(buzz(0.13))], -0.3, 1), 1.4),
        (45, at(&[struck(analog_tom(115.0))], 0.2, 0), 6.1),
        (46, at(&[struck(buzz(1.1))], -0.3, 1), -5.0),
        (47, at(&[struck(analog_tom(135.0))], 0.05, 0), 5.9),
        (48, at(&[struck(analog_tom(160.0))], -0.12, 0), 5.8),
        (49, at(&[struck(buzz(3.0))], -0.4, 0), -4.7),
        (50, at(&[struck(analog_tom(190.0))], -0.28, 0), 5.6),
        (62, at(&[struck(analog_tom(370.0))], -0.3, 0), 2.5),
        (63, at(&[struck(analog_tom(310.0))], -0.3, 0), 2.5),
        (64, at(&[struck(analog_tom(235.0))], -0.3, 0), 2.6),
    ] },
    // Jazz: a small kick that rings, a light snare.
    Kit { program: 32, strip: Preset { reverb: 0.7, ..DRY }, variations: &[
        (35, one(&[struck(StruckPatch { hardness_hz: 350.0, decay_s: 0.55, ..kick(58.0, 0.12) })]), 6.3),
        (36, one(&[struck(StruckPatch { hardness_hz: 380.0, decay_s: 0.5, ..kick(64.0, 0.15) })]), 6.4),
        (38, at(&[struck(StruckPatch { decay_s: 0.2, ..snare(225.0, 0.8) })], -0.05, 0), 8.4),
        (40, at(&[struck(StruckPatch { decay_s: 0.2, ..snare(255.0, 0.9) })], -0.05, 0), 7.9),
    ] },
    // Brush: the same, and brushes on the snare.
    Kit { program: 40, strip: Preset { reverb: 0.7, ..DRY }, variations: &[
        (35, one(&[struck(StruckPatch { hardness_hz: 300.0, ..kick(58.0, 0.1) })]), 7.4),
        (36, one(&[struck(StruckPatch { hardness_hz: 320.0, ..kick(64.0, 0.12) })]), 7.2),
        (38, at(&[struck(brush(0.004, 0.07))], -0.05, 0), 11.9),
        (39, at(&[struck(StruckPatch { hardness_hz: 3000.0, ..skin(200.0, 0.15, 0.9) })], -0.05, 0), 9.5),
        (40, at(&[struck(brush(0.09, 0.16))], -0.05, 0), 11.0),
    ] },
    // Orchestra: the hi-hat below, bass drum, side drum, kettledrums from F to f, clashed cymbals.
    Kit { program: 48, strip: Preset { reverb: 1.4, ..DRY }, variations: &[
        (27, at(&[struck(hat(0.035))], -0.3, 1), 10.0),
        (28, at(&[struck(StruckPatch { hardness_hz: 8000.0, attack_s: 0.003, ..hat(0.028) })], -0.3, 1), 11.8),
        (29, at(&[struck(hat(0.32))], -0.3, 1), 2.0),
        (30, at(&[struck(StruckPatch { tone: 0.55, ..cymbal(280.0, 12.0, 0.14) })], 0.4, 0), -3.9),
        (39, at(drums::CASTANETS, 0.2, 0), 12.0),
        (35, one(&[struck(StruckPatch { decay_s: 1.6, hardness_hz: 180.0, glide_semitones: 2.0, glide_s: 0.05, ..kick(42.0, 0.05) })]), 5.2),
        (36, one(&[struck(StruckPatch { decay_s: 1.3, hardness_hz: 220.0, glide_semitones: 2.0, glide_s: 0.05, ..kick(50.0, 0.06) })]), 4.8),
        (38, at(&[struck(StruckPatch { decay_s: 0.3, ..snare(210.0, 0.9) })], -0.05, 0), 6.9),
        (40, at(&[struck(StruckPatch { decay_s: 0.26, ..snare(240.0, 1.0) })], -0.05, 0), 6.9),
        (41, timpano(), -0.3), (42, timpano(), -0.3), (43, timpano(), -0.3), (44, timpano(), -0.2), (45, timpano(), -0.2),
        (46, timpano(), -0.2), (47, timpano(), -0.1), (48, timpano(), -0.0), (49, timpano(), 0.1), (50, timpano(), 0.2),
        (51, timpano(), 0.2), (52, timpano(), 0.4), (53, timpano(), 0.5),
        (57, at(&[struck(cymbal(190.0, 13.0, 0.9))], 0.3, 0), -2.5),
        (59, at(&[struck(cymbal(230.0, 12.0, 0.8))], -0.3, 0), -6.9),
    ] },
    // Sound effects.
    Kit { program: 56, strip: Preset { reverb: 0.8, ..DRY }, variations: &sfx::EFFECTS },
];
