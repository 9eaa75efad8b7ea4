//! Every program and every drum.

use ripieno_synth::{Event, Synth};

use crate::levels;
use crate::play::{dry, off, on, program, seconds};

const RATE: u32 = 22_050;

fn peak(frames: &[[f32; 2]]) -> f32 {
    assert!(frames.iter().flatten().all(|x| x.is_finite()));
    frames.iter().flatten().fold(0.0, |most, x| most.max(x.abs()))
}

/// The peaks of the first 0.4 s of a note at each velocity, alone.
fn peaks(synth: &mut Synth, channel: u8, key: u8) -> [f32; 3] {
    [1, 64, 127].map(|velocity| {
        synth.handle(Event::AllSoundOff, 0);
        seconds(synth, 0.02);
        synth.handle(on(channel, key, velocity), 0);
        let most = peak(&seconds(synth, 0.4));
        synth.handle(off(channel, key), 0);
        most
    })
}

/// Waits until nothing sounds.
fn rest(synth: &mut Synth, what: &str) {
    for _ in 0..60 {
        if synth.active_voices() == 0 {
            return;
        }
        assert!(peak(&seconds(synth, 0.25)) < 4.0, "{what}");
    }
    panic!("{what} does not end");
}

#[test]
fn every_program_sounds_at_every_pitch_and_velocity_and_ends() {
    let mut synth = dry(RATE).unwrap();
    for number in 0..128 {
        synth.reset();
        synth.handle(program(0, number), 0);
        let keys = [0, 12, 24, 36, 48, 60, 72, 84, 96, 108, 127];
        for key in keys {
            let [soft, middle, hard] = peaks(&mut synth, 0, key);
            let what = format!("program {number} key {key}: {soft} {middle} {hard}");
            assert!(hard < 2.0, "{what}");
            // Beyond, strings are shorter than what this sample rate can tell.
            if (24..=96).contains(&key) {
                assert!(soft > 1e-7 && middle > 1e-3 && hard > 4e-3, "{what}");
                // Waves and wind swell when they will.
                assert!((soft < middle && middle < hard) || number >= 120, "{what}");
            }
        }
        for key in keys {
            synth.handle(on(0, key, 127), 0);
        }
        seconds(&mut synth, 0.3);
        for key in keys {
            synth.handle(off(0, key), 0);
        }
        rest(&mut synth, &format!("program {number}"));
    }
}

#[test]
fn every_drum_of_every_kit_sounds_at_every_velocity_and_ends() {
    let mut synth = dry(RATE).unwrap();
    for kit in [0].into_iter().chain(levels::KITS) {
        synth.reset();
        synth.handle(program(9, kit), 0);
        for key in 27..=87 {
            let [soft, middle, hard] = peaks(&mut synth, 9, key);
            let what = format!("kit {kit} drum {key}: {soft} {middle} {hard}");
            assert!(soft > 1e-6 && middle > 5e-3 && hard > 0.02 && hard < 2.5, "{what}");
            assert!(soft < middle && middle < hard, "{what}");
            rest(&mut synth, &what);
        }
    }
    for key in [0, 26, 88, 127] {
        assert!(peaks(&mut synth, 9, key)[2] > 0.01, "keys outside of the map play what is nearest");
    }
}

#[test]
fn kits_differ_and_unknown_ones_are_the_standard_kit() {
    let strike = |kit: u8, key: u8| {
        let mut synth = dry(RATE).unwrap();
        synth.handle(program(9, kit), 0);
        synth.handle(on(9, key, 100), 0);
        seconds(&mut synth, 0.2)
    };
    for kit in levels::KITS.into_iter().filter(|&kit| kit != 8) {
        let key = if kit == 56 { 60 } else { 38 };
        assert!(strike(kit, key) != strike(0, key), "kit {kit}");
    }
    assert!(strike(8, 45) != strike(0, 45));
    assert!(strike(3, 38) == strike(0, 38));
}

#[test]
fn every_sound_effect_is_one_of_its_own() {
    let strike = |key: u8| {
        let mut synth = dry(RATE).unwrap();
        synth.handle(program(9, 56), 0);
        synth.handle(on(9, key, 100), 0);
        seconds(&mut synth, 0.3)
    };
    let sounds: Vec<_> = (39..=84).map(strike).collect();
    for (index, sound) in sounds.iter().enumerate() {
        assert!(!sounds[index + 1..].contains(sound), "key {}", index + 39);
    }
}

#[test]
fn the_orchestra_has_its_hi_hat_below_the_drums() {
    let strike = |kit: u8, key: u8| {
        let mut synth = dry(RATE).unwrap();
        synth.handle(program(9, kit), 0);
        synth.handle(on(9, key, 100), 0);
        seconds(&mut synth, 0.2);
        peak(&seconds(&mut synth, 0.2))
    };
    assert!(strike(48, 29) > 20.0 * strike(48, 27) && strike(48, 30) > 20.0 * strike(48, 28));
}

#[test]
fn what_is_blown_sustains_and_what_is_struck_decays() {
    let levels = |number: u8| {
        let mut synth = dry(RATE).unwrap();
        synth.handle(program(0, number), 0);
        synth.handle(on(0, 67, 100), 0);
        seconds(&mut synth, 0.3);
        let early = peak(&seconds(&mut synth, 0.3));
        seconds(&mut synth, 2.0);
        peak(&seconds(&mut synth, 0.3)) / early
    };
    // Organs, bowed strings, choirs, brass, reeds, pipes, leads but the charang, pads.
    for number in (16..24).chain(40..45).chain(48..55).chain(56..84).chain(85..88).chain(88..96) {
        assert!(levels(number) > 0.4, "program {number} sustains: {}", levels(number));
    }
    // Pianos, mallets, clean guitars, plucked basses, pizzicato, harp, timpani, what is plucked or struck elsewhere.
    for number in (0..16).chain(24..29).chain(32..38).chain(45..48).chain(104..109).chain(112..119) {
        assert!(levels(number) < 0.6, "program {number} decays: {}", levels(number));
    }
}

#[test]
fn harder_is_louder() {
    for number in (0..128).step_by(5) {
        let at = |velocity| {
            let mut synth = dry(RATE).unwrap();
            synth.handle(program(0, number), 0);
            synth.handle(on(0, 60, velocity), 0);
            peak(&seconds(&mut synth, 0.4))
        };
        assert!(at(30) < at(75) && at(75) < at(120), "program {number}");
    }
}

#[test]
fn a_hard_stroke_on_the_piano_is_brighter() {
    let brightness = |velocity| {
        let mut synth = dry(48_000).unwrap();
        synth.handle(on(0, 48, velocity), 0);
        let frames = seconds(&mut synth, 0.3);
        let (mut rough, mut whole) = (0.0, 0.0);
        for pair in frames.windows(2) {
            rough += f64::from(pair[1][0] - pair[0][0]).powi(2);
            whole += f64::from(pair[1][0]).powi(2);
        }
        rough / whole
    };
    assert!(brightness(120) > 3.0 * brightness(30));
}

#[test]
fn a_reset_while_playing_leaves_nothing() {
    let mut synth = dry(RATE).unwrap();
    for number in 0..16 {
        synth.handle(program(number, number * 8), 0);
        synth.handle(on(number, 60, 100), 0);
    }
    seconds(&mut synth, 0.1);
    synth.handle(Event::SystemReset, 0);
    seconds(&mut synth, 0.05);
    assert_eq!(synth.active_voices(), 0);
}
