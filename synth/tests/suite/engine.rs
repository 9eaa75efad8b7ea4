//! Blocks, reset, voices, rates.

use ripieno_synth::{Event, Synth, SynthConfig};

use crate::blocks::{performance, play};
use crate::play::{channel, dry, off, on, program, seconds};

fn small() -> Synth {
    Synth::new(SynthConfig { polyphony: 24, ..SynthConfig::default() }).unwrap()
}

#[test]
fn the_length_of_blocks_does_not_change_the_sound() {
    let frames = 62_500;
    let events = performance(11, 900, frames);
    let mut synth = small();
    let whole = play(&mut synth, &events, frames as usize, frames as usize);
    assert!(whole.iter().any(|frame| frame[0].abs() > 0.01));
    for block in [1, 64, 509, 4096] {
        synth.reset();
        assert!(play(&mut synth, &events, frames as usize, block) == whole, "blocks of {block}");
    }
}

#[test]
fn reset_restores_the_first_render() {
    let events = performance(5, 900, 62_500);
    let mut synth = small();
    let first = play(&mut synth, &events, 62_500, 512);
    synth.reset();
    assert!(play(&mut synth, &events, 62_500, 512) == first);
    assert!(play(&mut small(), &events, 62_500, 512) == first, "and equals a new engine");
}

#[test]
fn note_off_releases_the_voice() {
    let mut synth = dry(48_000).unwrap();
    synth.handle(program(0, 73), 0);
    synth.handle(on(0, 72, 100), 0);
    seconds(&mut synth, 0.5);
    assert_eq!(synth.active_voices(), 1);
    synth.handle(off(0, 72), 0);
    seconds(&mut synth, 1.5);
    assert_eq!(synth.active_voices(), 0);
}

#[test]
fn an_event_happens_at_its_frame() {
    let mut synth = dry(48_000).unwrap();
    synth.handle(on(0, 69, 127), 1000);
    let frames = seconds(&mut synth, 0.1);
    let first = frames.iter().position(|frame| frame[0].abs() > 1e-6).unwrap();
    assert!((1000..1040).contains(&first), "{first}");
}

#[test]
fn an_event_beyond_the_block_waits() {
    let mut synth = dry(48_000).unwrap();
    synth.handle(on(0, 69, 127), 700);
    let mut block = [[0.0; 2]; 256];
    for _ in 0..2 {
        synth.render(&mut block);
        assert!(block.iter().all(|frame| frame[0].abs() < 1e-9));
    }
    synth.render(&mut block);
    assert!(block[190..].iter().any(|frame| frame[0] != 0.0));
}

#[test]
fn more_events_than_the_queue_holds_are_not_lost() {
    let mut synth = dry(48_000).unwrap();
    for step in 0..20_000_usize {
        let key = 40 + (step % 20) as u8;
        synth.handle(if step.is_multiple_of(2) { on(0, key, 1) } else { off(0, key - 1) }, step);
    }
    seconds(&mut synth, 0.5);
    synth.handle(Event::AllNotesOff, 0);
    seconds(&mut synth, 3.0);
    assert_eq!(synth.active_voices(), 0, "no note hangs");
}

#[test]
fn voices_are_stolen_when_they_run_out() {
    let mut synth = Synth::new(SynthConfig { polyphony: 8, ..SynthConfig::default() }).unwrap();
    synth.handle(program(0, 19), 0);
    for key in 40..70 {
        synth.handle(on(0, key, 90), 0);
        seconds(&mut synth, 0.02);
    }
    assert_eq!(synth.stolen_voices(), 22);
    assert!(synth.active_voices() <= 9, "the stolen fade within milliseconds");
}

#[test]
fn any_rate_sounds_and_others_are_refused() {
    for rate in [22_050, 44_100, 96_000, 192_000] {
        let mut synth = dry(rate).unwrap();
        for (number, key) in [(0, 48), (5, 60), (24, 64), (48, 67)] {
            synth.handle(program(number % 16, number), 0);
            synth.handle(on(number % 16, key, 100), 0);
        }
        let frames = seconds(&mut synth, 0.3);
        assert!(frames.iter().all(|frame| frame[0].is_finite()));
        assert!(frames.iter().any(|frame| frame[0].abs() > 0.01), "{rate}");
    }
    for rate in [0, 8000, 22_049, 192_001] {
        assert!(dry(rate).is_err());
    }
    assert!(Synth::new(SynthConfig { polyphony: 0, ..SynthConfig::default() }).is_err());
    assert!(Synth::new(SynthConfig { gain_db: f32::NAN, ..SynthConfig::default() }).is_err());
}

#[test]
fn all_sound_off_is_silence_within_milliseconds() {
    let mut synth = dry(48_000).unwrap();
    for key in [40, 52, 64] {
        synth.handle(on(0, key, 120), 0);
    }
    seconds(&mut synth, 0.2);
    synth.handle(Event::Controller { channel: channel(0), controller: 120, value: 0 }, 0);
    seconds(&mut synth, 0.02);
    assert_eq!(synth.active_voices(), 0);
}

#[test]
fn an_engine_at_rest_says_so() {
    let mut synth = small();
    assert!(synth.is_silent());
    synth.handle(on(9, 38, 100), 0);
    seconds(&mut synth, 0.1);
    assert!(!synth.is_silent());
    seconds(&mut synth, 8.0);
    assert!(synth.is_silent());
}
