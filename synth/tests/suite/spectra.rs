//! What instruments are made of, by their spectra.

use crate::play::{dry, on, program, seconds};
use crate::spectrum::{left, power};

const RATE: u32 = 48_000;

/// A note of a program.
fn sound(channel: u8, number: u8, key: u8, length_s: f64) -> Vec<f64> {
    let mut synth = dry(RATE).unwrap();
    synth.handle(program(channel, number), 0);
    synth.handle(on(channel, key, 100), 0);
    left(&seconds(&mut synth, length_s))
}

/// Decibels of what lies between two frequencies in the stretch that begins at `from_s`.
fn band_db(sound: &[f64], from_s: f64, length_s: f64, low_hz: f64, high_hz: f64) -> f64 {
    let at = |s: f64| (s * f64::from(RATE)) as usize;
    let stretch = &sound[at(from_s)..at(from_s) + at(length_s) / 2 * 2];
    let bin_hz = f64::from(RATE) / stretch.len() as f64;
    let sum: f64 = power(stretch)[(low_hz / bin_hz) as usize..=(high_hz / bin_hz) as usize].iter().sum();
    10.0 * (sum / (stretch.len() as f64).powi(2) + 1e-20).log10()
}

#[test]
fn cymbals_die_away_smoothly_over_seconds_the_highs_first() {
    for key in [49, 51, 57, 59] {
        let sound = sound(9, 0, key, 5.0);
        let lost = |low_hz, high_hz| {
            let levels: Vec<f64> =
                (1..=16).map(|step| band_db(&sound, 0.25 * f64::from(step), 0.25, low_hz, high_hz)).collect();
            for pair in levels.windows(2) {
                assert!((-7.5..0.5).contains(&(pair[1] - pair[0])), "drum {key} from {low_hz} Hz: {levels:.1?}");
            }
            levels[0] - levels[7]
        };
        let (middle, high) = (lost(1000.0, 3000.0), lost(6000.0, 10_000.0));
        assert!((8.0..25.0).contains(&middle) && high > middle + 4.0, "drum {key}: {middle} {high}");
    }
}

#[test]
fn an_analog_hi_hat_is_all_highs() {
    for key in [42, 44, 46] {
        let sound = sound(9, 25, key, 0.5);
        let (low, high) = (band_db(&sound, 0.0, 0.1, 0.0, 5000.0), band_db(&sound, 0.0, 0.1, 6000.0, 14_000.0));
        assert!(high > low + 25.0, "drum {key}: {low} {high}");
    }
}

#[test]
fn a_tubular_bell_has_no_mode_at_its_strike_note() {
    let sound = sound(0, 14, 60, 1.5);
    let strike_hz = 261.63;
    let mode_db = |ratio: f64| band_db(&sound, 0.1, 1.0, strike_hz * ratio - 8.0, strike_hz * ratio + 8.0);
    for ratio in [2.0, 2.95, 4.0] {
        assert!(mode_db(ratio) > mode_db(1.0) + 50.0, "{ratio}: {} {}", mode_db(ratio), mode_db(1.0));
    }
}

#[test]
fn the_percussive_organ_is_struck_and_the_drawbar_organ_is_not() {
    let third_db = |number, from_s| {
        let sound = sound(0, number, 60, 1.5);
        let partial_db = |ratio: f64| band_db(&sound, from_s, 0.1, 261.63 * ratio - 40.0, 261.63 * ratio + 40.0);
        partial_db(3.0) - partial_db(1.0)
    };
    assert!(third_db(17, 0.0) > -8.0 && third_db(17, 1.0) < -25.0);
    assert!(third_db(16, 0.0) < -25.0);
    // The drawbars differ too: a fifth in one, octaves in the other.
    let drawbar_db = |number, ratio: f64| {
        band_db(&sound(0, number, 60, 1.5), 1.0, 0.4, 261.63 * ratio - 15.0, 261.63 * ratio + 15.0)
    };
    assert!(drawbar_db(17, 1.5) > drawbar_db(17, 2.0) + 20.0);
    assert!(drawbar_db(16, 2.0) > drawbar_db(16, 1.5) + 20.0);
}
