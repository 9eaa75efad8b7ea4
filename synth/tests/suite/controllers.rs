//! Controllers, pedals and bends against the numbers that they should give.

use ripieno_synth::{Event, Synth};

use crate::play::{channel, dry, off, on, program, seconds};
use crate::spectrum::{cents_off, left};

fn turn(synth: &mut Synth, controller: u8, value: u8) {
    synth.handle(Event::Controller { channel: channel(0), controller, value }, 0);
}

fn rms(frames: &[[f32; 2]], side: usize) -> f64 {
    (frames.iter().map(|frame| f64::from(frame[side]).powi(2)).sum::<f64>() / frames.len() as f64).sqrt()
}

/// A steady tone whose level is compared.
fn tone(prepare: impl Fn(&mut Synth)) -> Vec<[f32; 2]> {
    let mut synth = dry(48_000).unwrap();
    synth.handle(program(0, 19), 0);
    prepare(&mut synth);
    synth.handle(on(0, 60, 100), 0);
    seconds(&mut synth, 0.4);
    seconds(&mut synth, 0.5)
}

/// The pitch of an electric piano, in cents from A4.
fn cents(prepare: impl Fn(&mut Synth)) -> f64 {
    let mut synth = dry(48_000).unwrap();
    synth.handle(program(0, 4), 0);
    prepare(&mut synth);
    synth.handle(on(0, 69, 100), 0);
    seconds(&mut synth, 0.1);
    // Near to the expected pitch: two passes, the second around what the first found.
    let sound = left(&seconds(&mut synth, 0.8));
    let mut guess_hz = 440.0;
    for cents in (-2400..=2400).step_by(50) {
        let hz = 440.0 * 2.0_f64.powf(f64::from(cents) / 1200.0);
        let strength = |hz: f64| {
            let (mut re, mut im) = (0.0, 0.0);
            for (i, x) in sound.iter().take(8000).enumerate() {
                let angle = std::f64::consts::TAU * hz / 48_000.0 * i as f64;
                re += x * angle.cos();
                im += x * angle.sin();
            }
            re.hypot(im)
        };
        if strength(hz) > strength(guess_hz) {
            guess_hz = hz;
        }
    }
    cents_off(&sound, guess_hz, 48_000.0) + 1200.0 * (guess_hz / 440.0).log2()
}

#[test]
fn volume_and_expression_follow_forty_log() {
    let full = rms(&tone(|synth| turn(synth, 7, 127)), 0);
    for (controller, value) in [(7, 64), (7, 100), (11, 90)] {
        let level = rms(
            &tone(|synth| {
                turn(synth, 7, 127);
                turn(synth, controller, value);
            }),
            0,
        );
        let wanted_db = 40.0 * (f64::from(value) / 127.0).log10();
        assert!((20.0 * (level / full).log10() - wanted_db).abs() < 0.1, "controller {controller} at {value}");
    }
    assert_eq!(rms(&tone(|synth| turn(synth, 7, 0)), 0), 0.0);
}

#[test]
fn pan_moves_the_sound_at_equal_power() {
    let middle = tone(|_| {});
    let hard_left = tone(|synth| turn(synth, 10, 0));
    let hard_right = tone(|synth| turn(synth, 10, 127));
    // The church organ is stereo by itself: what is left on the far side is a rounding error all the same.
    assert!(rms(&hard_left, 1) < 1e-6 && rms(&hard_right, 0) < 1e-6);
    let gain_db = 20.0 * (rms(&hard_left, 0) / rms(&middle, 0)).log10();
    assert!((gain_db - 3.01).abs() < 0.1, "{gain_db}");
}

#[test]
fn bends_and_tunings_move_the_pitch_by_cents() {
    let bend = |bend| Event::PitchBend { channel: channel(0), bend };
    let parameter = |synth: &mut Synth, lsb: u8, msb_value: u8, lsb_value: u8| {
        turn(synth, 101, 0);
        turn(synth, 100, lsb);
        turn(synth, 6, msb_value);
        turn(synth, 38, lsb_value);
    };
    assert!(cents(|_| {}).abs() < 0.1);
    assert!((cents(|synth| synth.handle(bend(8191), 0)) - 199.98).abs() < 0.2);
    assert!((cents(|synth| synth.handle(bend(-4096), 0)) + 100.0).abs() < 0.2);
    let wide = cents(|synth| {
        parameter(synth, 0, 12, 0);
        synth.handle(bend(-8192), 0);
    });
    assert!((wide + 1200.0).abs() < 0.2, "{wide}");
    let fine = cents(|synth| parameter(synth, 1, 96, 0));
    assert!((fine - 50.0).abs() < 0.2, "{fine}");
    let coarse = cents(|synth| parameter(synth, 2, 61, 0));
    assert!((coarse + 300.0).abs() < 0.2, "{coarse}");
    let master = cents(|synth| synth.handle(Event::MasterTuning(0), 0));
    assert!((master + 100.0).abs() < 0.2, "{master}");
    let reset = cents(|synth| {
        synth.handle(bend(8191), 0);
        turn(synth, 121, 0);
    });
    assert!(reset.abs() < 0.1, "{reset}");
}

#[test]
fn the_sustain_pedal_holds_what_is_let_go() {
    let mut synth = dry(48_000).unwrap();
    synth.handle(program(0, 16), 0);
    turn(&mut synth, 64, 127);
    synth.handle(on(0, 60, 100), 0);
    seconds(&mut synth, 0.1);
    synth.handle(off(0, 60), 0);
    seconds(&mut synth, 1.0);
    assert_eq!(synth.active_voices(), 1);
    turn(&mut synth, 64, 0);
    seconds(&mut synth, 1.0);
    assert_eq!(synth.active_voices(), 0);
}

#[test]
fn the_sostenuto_pedal_holds_only_what_was_down() {
    let mut synth = dry(48_000).unwrap();
    synth.handle(program(0, 16), 0);
    synth.handle(on(0, 60, 100), 0);
    seconds(&mut synth, 0.05);
    turn(&mut synth, 66, 127);
    synth.handle(on(0, 64, 100), 0);
    seconds(&mut synth, 0.05);
    synth.handle(off(0, 60), 0);
    synth.handle(off(0, 64), 0);
    seconds(&mut synth, 1.0);
    assert_eq!(synth.active_voices(), 1);
    turn(&mut synth, 66, 0);
    seconds(&mut synth, 1.0);
    assert_eq!(synth.active_voices(), 0);
}

#[test]
fn the_modulation_wheel_makes_vibrato() {
    let spread = |value: u8| {
        let mut synth = dry(48_000).unwrap();
        synth.handle(program(0, 80), 0);
        turn(&mut synth, 1, value);
        synth.handle(on(0, 69, 100), 0);
        seconds(&mut synth, 0.1);
        let bends: Vec<f64> = (0..12).map(|_| cents_off(&left(&seconds(&mut synth, 0.06)), 440.0, 48_000.0)).collect();
        bends.iter().copied().fold(f64::MIN, f64::max) - bends.iter().copied().fold(f64::MAX, f64::min)
    };
    assert!(spread(127) > 4.0 * spread(0).max(2.0), "{} {}", spread(127), spread(0));
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
