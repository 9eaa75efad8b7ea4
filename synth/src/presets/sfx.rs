//! The sound effects of GM2 as a kit: program 56, keys 39 to 84 (GM2 specification, "SFX set").

use super::drums::{self, Drum, at, wood};
use super::{Layer, adsr, noises, struck, tone};
use crate::dsp::wave::Wave;
use crate::engines::struck::{Burst, Modes, Pick, StruckPatch};
use crate::engines::tone::{Oscillator, TonePatch};

/// A burst of noise in a band.
const fn burst(cutoff_hz: f32, q: f32, attack_s: f32, decay_s: f32, sweep_octaves: f32) -> StruckPatch {
    let burst = Burst { level: 1.0, attack_s, decay_s, cutoff_hz, q, sweep_octaves, filter: Pick::Band, ..Burst::NONE };
    StruckPatch { burst, ..StruckPatch::BASE }
}

/// Many bursts in a row.
const fn bursts(count: u8, gap_s: f32, patch: StruckPatch) -> StruckPatch {
    StruckPatch { burst: Burst { count, gap_s, ..patch.burst }, ..patch }
}

/// A thud that falls.
const fn thud(hz: f32, decay_s: f32, semitones: f32) -> StruckPatch {
    StruckPatch {
        modes: Modes::Table(&[(1.0, 1.0, 1.0), (1.6, 0.3, 0.5)]),
        fixed_hz: hz,
        decay_s,
        glide_semitones: semitones,
        glide_s: 0.06,
        ..StruckPatch::BASE
    }
}

/// Noise that lasts as long as its key, around a frequency, and swells so often by so much.
const fn wind(noise_hz: f32, noise_q: f32, hz: f32, tremolo: f32, attack_s: f32) -> TonePatch {
    TonePatch {
        oscillators: [
            Oscillator { level: 0.0, ..Oscillator::of(Wave::Sine) },
            Oscillator { level: 0.0, ..Oscillator::of(Wave::Sine) },
        ],
        noise: 0.6,
        noise_hz,
        noise_q,
        vibrato_hz: hz,
        vibrato_delay_s: 0.01,
        tremolo,
        amp: adsr(attack_s, 1.0, 0.9, 0.3),
        ..TonePatch::BASE
    }
}

/// A tone that wavers so often by so many cents, and comes from so many cents away.
const fn voice(wave: Wave, cutoff_hz: f32, hz: f32, cents: f32, scoop_cents: f32, scoop_s: f32) -> TonePatch {
    TonePatch {
        oscillators: [Oscillator::of(wave), Oscillator { level: 0.3, detune_cents: 11.0, ..Oscillator::of(wave) }],
        cutoff_hz,
        key_track: 0.0,
        noise: 0.05,
        noise_hz: cutoff_hz,
        vibrato_hz: hz,
        vibrato_cents: cents,
        vibrato_delay_s: 0.01,
        scoop_cents,
        scoop_s,
        amp: adsr(0.02, 0.6, 0.8, 0.15),
        ..TonePatch::BASE
    }
}

/// The same, over by itself.
const fn cry(decay_s: f32, patch: TonePatch) -> TonePatch {
    TonePatch { amp: adsr(0.015, decay_s, 0.0, 0.05), ..patch }
}

const fn one(layers: &'static [Layer]) -> Drum {
    at(layers, 0.0, 0)
}

/// Key, sound, level in decibels.
#[rustfmt::skip]
pub(super) static EFFECTS: [(u8, Drum, f32); 46] = [
    (39, one(drums::HIGH_Q), 7.3),
    (40, one(drums::SLAP), 11.0),
    (41, at(drums::SCRATCH_PUSH, 0.0, 7), 19.3),
    (42, at(drums::SCRATCH_PULL, 0.0, 7), 19.9),
    (43, one(drums::STICKS), 9.5),
    (44, one(drums::SQUARE_CLICK), 14.7),
    (45, one(drums::METRONOME_CLICK), 13.7),
    (46, one(drums::METRONOME_BELL), -2.2),
    /* Guitar Fret Noise   */ (47, one(noises::FAMILY[0].layers), 20.7),
    /* Guitar Cutting, up  */ (48, one(&[struck(burst(1500.0, 2.5, 0.004, 0.05, -1.0))]), 18.7),
    /* Guitar Cutting, dn  */ (49, one(&[struck(burst(2600.0, 2.5, 0.004, 0.05, 1.0))]), 18.4),
    /* Slap of Double Bass */ (50, one(&[struck(thud(62.0, 0.5, 3.0)), struck(burst(1800.0, 0.8, 0.001, 0.012, 0.0)).gain(0.7)]), 6.0),
    /* Flute Key Click     */ (51, one(&[struck(wood(620.0, 0.03)), struck(burst(2400.0, 1.0, 0.001, 0.006, 0.0)).gain(0.5)]), 16.8),
    /* Laughing            */ (52, one(&[tone(TonePatch { tremolo: 0.95, ..voice(Wave::Glottal, 1600.0, 5.6, 160.0, 200.0, 0.4) }).up(7.0)]), -9.8),
    /* Screaming           */ (53, one(&[tone(cry(0.9, voice(Wave::Glottal, 4200.0, 9.0, 60.0, -700.0, 0.12))).up(31.0)]), -7.0),
    /* Punch               */ (54, one(&[struck(thud(95.0, 0.2, 10.0)), struck(burst(1100.0, 0.7, 0.001, 0.03, 1.5))]), 8.1),
    /* Heart Beat          */ (55, one(&[struck(bursts(2, 0.24, StruckPatch { burst: Burst { level: 2.0, filter: Pick::Low, ..burst(75.0, 1.2, 0.006, 0.06, 0.3).burst }, ..StruckPatch::BASE }))]), 25.1),
    /* Footsteps 1         */ (56, one(&[struck(bursts(2, 0.32, burst(420.0, 1.2, 0.002, 0.03, 0.5)))]), 24.0),
    /* Footsteps 2         */ (57, one(&[struck(bursts(2, 0.26, burst(900.0, 1.0, 0.004, 0.05, 0.5)))]), 16.8),
    /* Applause            */ (58, one(noises::FAMILY[6].layers), 1.1),
    /* Door Creaking       */ (59, one(&[tone(cry(0.8, TonePatch { tremolo: 0.9, ..voice(Wave::Saw, 1900.0, 23.0, 240.0, 900.0, 0.5) }))]), -7.0),
    /* Door                */ (60, one(&[struck(thud(82.0, 0.25, 2.0)), struck(bursts(2, 0.05, burst(700.0, 0.8, 0.001, 0.03, 0.6)))]), 8.1),
    /* Scratch             */ (61, at(&[struck(bursts(3, 0.09, burst(1500.0, 2.6, 0.02, 0.05, -1.2)))], 0.0, 7), 16.8),
    /* Wind Chimes         */ (62, one(&[struck(StruckPatch { modes: Modes::Cloud { count: 30, low_hz: 2400.0, high_hz: 9500.0 }, decay_s: 3.0, hardness_hz: 20_000.0, ..bursts(14, 0.07, burst(6500.0, 3.0, 0.002, 0.03, -0.4)) })]), -4.5),
    /* Car: engine         */ (63, one(&[tone(TonePatch { tremolo: 0.5, ..voice(Wave::Saw, 500.0, 21.0, 30.0, -500.0, 0.25) }).up(-27.0)]), -5.7),
    /* Car: stop           */ (64, one(&[tone(cry(0.7, voice(Wave::Saw, 4200.0, 31.0, 50.0, 300.0, 0.5))).up(22.0)]), -6.4),
    /* Car: passing        */ (65, one(&[tone(cry(0.9, TonePatch { noise: 0.5, ..voice(Wave::Saw, 700.0, 17.0, 20.0, 400.0, 0.6) })).up(-22.0)]), -4.8),
    /* Car: crash          */ (66, one(&[struck(StruckPatch { modes: Modes::Cloud { count: 60, low_hz: 180.0, high_hz: 7000.0 }, decay_s: 1.6, ..bursts(4, 0.045, burst(1600.0, 0.4, 0.001, 0.3, 1.2)) })]), 2.7),
    /* Siren               */ (67, one(&[tone(voice(Wave::Square, 2600.0, 0.7, 420.0, 0.0, 0.1)).up(3.0)]), -7.6),
    /* Train               */ (68, one(&[tone(TonePatch { tremolo: 0.8, ..wind(650.0, 0.6, 4.4, 0.8, 0.05) })]), -2.2),
    /* Jetplane            */ (69, one(&[tone(wind(1900.0, 0.5, 0.3, 0.3, 0.3)), tone(voice(Wave::Triangle, 5000.0, 0.3, 90.0, -400.0, 0.6)).up(19.0).gain(0.2)]), -4.4),
    /* Helicopter          */ (70, one(noises::FAMILY[5].layers), -2.0),
    /* Starship            */ (71, one(&[tone(voice(Wave::Triangle, 3500.0, 6.0, 700.0, 1200.0, 0.5)).up(5.0)]), -7.7),
    /* Gun Shot            */ (72, one(noises::FAMILY[7].layers), 1.9),
    /* Machine Gun         */ (73, one(&[struck(bursts(9, 0.085, burst(1100.0, 0.5, 0.001, 0.03, 1.5)))]), 11.4),
    /* Laser Gun           */ (74, one(&[tone(cry(0.22, voice(Wave::Saw, 7000.0, 1.0, 0.0, 3600.0, 0.09))).up(-2.0)]), -3.7),
    /* Explosion           */ (75, one(&[struck(thud(46.0, 1.6, 6.0)), struck(StruckPatch { burst: Burst { level: 2.5, filter: Pick::Low, ..burst(900.0, 0.6, 0.002, 0.6, 2.5).burst }, ..StruckPatch::BASE })]), 1.1),
    /* Dog                 */ (76, one(&[tone(cry(0.1, voice(Wave::Glottal, 1700.0, 30.0, 60.0, -600.0, 0.05))).up(-13.0)]), 3.0),
    /* Horse Gallop        */ (77, one(&[struck(bursts(3, 0.13, burst(850.0, 2.2, 0.001, 0.02, 0.3)))]), 23.0),
    /* Birds               */ (78, one(&[tone(TonePatch { tremolo: 0.9, ..voice(Wave::Sine, 12_000.0, 13.0, 380.0, 500.0, 0.08) }).up(21.0)]), -11.6),
    /* Rain                */ (79, one(&[tone(wind(5200.0, 0.35, 11.0, 0.15, 0.15))]), -0.1),
    /* Thunder             */ (80, one(&[struck(bursts(5, 0.17, StruckPatch { burst: Burst { level: 2.5, filter: Pick::Low, ..burst(260.0, 0.6, 0.01, 0.9, 1.5).burst }, ..StruckPatch::BASE }))]), 12.7),
    /* Wind                */ (81, one(&[tone(TonePatch { wander_octaves: 0.8, ..wind(780.0, 2.5, 0.4, 0.5, 0.25) })]), -1.6),
    /* Seashore            */ (82, one(&[tone(wind(700.0, 0.35, 0.3, 0.6, 0.3))]), -5.4),
    /* Stream              */ (83, one(&[tone(wind(1500.0, 1.6, 14.0, 0.45, 0.1)), tone(TonePatch { tremolo: 0.9, ..voice(Wave::Sine, 6000.0, 17.0, 600.0, 0.0, 0.1) }).up(2.0).gain(0.15)]), -2.9),
    /* Bubble              */ (84, one(&[tone(cry(0.12, voice(Wave::Sine, 6000.0, 3.0, 0.0, -1500.0, 0.07))).up(-2.0)]), 0.6),
];
