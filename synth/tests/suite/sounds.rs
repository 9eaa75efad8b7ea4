//! Every program and every drum.

use ripieno_synth::{Event, Synth};

use crate::play::{dry, off, on, program, seconds};

const RATE: u32 = 22_050;

fn peak(frames: &[[f32; 2]]) -> f32 {
    assert!(frames.iter().flatten().all(|x| x.is_finite()));
    frames.iter().flatten().fold(0.0, |most, x| most.max(x.abs()))
}

/// The peak of a note of half a second; checks that it ends.
fn strike(synth: &mut Synth, channel: u8, key: u8, velocity: u8) -> f32 {
    synth.handle(on(channel, key, velocity), 0);
    let most = peak(&seconds(synth, 0.5));
    synth.handle(off(channel, key), 0);
    for _ in 0..60 {
        if synth.active_voices() == 0 {
            return most;
        }
        assert!(peak(&seconds(synth, 0.25)) < 2.0);
    }
    panic!("after {} frames channel {channel} key {key} at {velocity} does not end", synth.position_frames());
}

#[test]
fn every_program_sounds_and_ends() {
    let mut synth = dry(RATE).unwrap();
    for number in 0..128 {
        synth.reset();
        synth.handle(program(0, number), 0);
        for key in [36, 60, 84] {
            let most = strike(&mut synth, 0, key, 100);
            assert!((0.004..1.6).contains(&most), "program {number} key {key}: {most}");
        }
    }
}

#[test]
fn the_ends_of_the_keyboard_and_of_the_velocities_are_safe() {
    let mut synth = dry(RATE).unwrap();
    for number in (0..128).step_by(3) {
        synth.reset();
        synth.handle(program(0, number), 0);
        for key in [0, 127] {
            for velocity in [1, 127] {
                assert!(strike(&mut synth, 0, key, velocity) < 2.0, "program {number} key {key} at {velocity}");
            }
        }
    }
}

#[test]
fn every_drum_sounds_and_ends() {
    let mut synth = dry(RATE).unwrap();
    for key in 35..=81 {
        synth.reset();
        let most = strike(&mut synth, 9, key, 110);
        assert!((0.01..2.0).contains(&most), "drum {key}: {most}");
    }
    for key in [0, 34, 82, 127] {
        assert!(strike(&mut synth, 9, key, 100) > 0.01, "keys outside of the map play what is nearest");
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
    for number in [16, 19, 40, 48, 52, 56, 60, 65, 68, 73, 80, 89] {
        assert!(levels(number) > 0.5, "program {number} sustains");
    }
    for number in [0, 6, 11, 12, 13, 24, 27, 33, 45, 46, 105, 115] {
        assert!(levels(number) < 0.5, "program {number} decays");
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
