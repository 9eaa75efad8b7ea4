//! Controllers, pedals and bends against the numbers that they should give.

use ripieno_synth::{Event, Synth};

use crate::controllers;
use crate::play::{channel, dry, on, program, seconds};

fn turn(synth: &mut Synth, controller: u8, value: u8) {
    synth.handle(Event::Controller { channel: channel(0), controller, value }, 0);
}

fn rms(frames: &[[f32; 2]], side: usize) -> f64 {
    (frames.iter().map(|frame| f64::from(frame[side]).powi(2)).sum::<f64>() / frames.len() as f64).sqrt()
}

#[test]
fn every_controller_bend_pressure_and_mode_gives_its_number() {
    for row in controllers::measure().unwrap() {
        assert!(row.is_met(), "{}: {} is not in {:?}", row.name, row.measured, row.wanted);
    }
}

#[test]
fn a_system_reset_restores_program_volume_and_bend() {
    let fresh = {
        let mut synth = dry(48_000).unwrap();
        synth.handle(on(0, 60, 100), 4096);
        seconds(&mut synth, 0.3)
    };
    let mut synth = dry(48_000).unwrap();
    synth.handle(program(0, 60), 0);
    turn(&mut synth, 7, 3);
    synth.handle(Event::PitchBend { channel: channel(0), bend: 5000 }, 0);
    synth.handle(Event::MasterVolume(100), 0);
    synth.handle(Event::from_sysex(&[0x7e, 0x7f, 9, 1, 0xf7]).unwrap(), 10);
    synth.handle(on(0, 60, 100), 4096);
    let after = seconds(&mut synth, 0.3);
    let difference = fresh.iter().zip(&after).map(|(a, b)| (a[0] - b[0]).abs()).fold(0.0, f32::max);
    assert!(difference < 1e-4, "{difference}");
}

#[test]
fn a_drum_bank_makes_any_channel_a_kit() {
    let mut synth = dry(48_000).unwrap();
    turn(&mut synth, 0, 127);
    synth.handle(program(0, 0), 0);
    synth.handle(on(0, 42, 100), 0);
    seconds(&mut synth, 0.5);
    assert_eq!(synth.active_voices(), 0, "a closed hi-hat is over by now, a piano is not");
}

#[test]
fn a_closed_hi_hat_chokes_an_open_one() {
    let ring = |choke: bool| {
        let mut synth = dry(48_000).unwrap();
        synth.handle(on(9, 46, 110), 0);
        seconds(&mut synth, 0.1);
        if choke {
            synth.handle(on(9, 42, 1), 0);
        }
        seconds(&mut synth, 0.1);
        rms(&seconds(&mut synth, 0.1), 0)
    };
    assert!(ring(true) < 0.02 * ring(false));
}
