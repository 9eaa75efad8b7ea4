//! Nothing is allocated while playing. A binary of its own: the allocator is the whole process's.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "tests fail by panicking, and count small things"
)]

#[path = "../examples/measure/blocks.rs"]
#[allow(dead_code, clippy::print_stdout, reason = "shared with the example")]
mod blocks;
#[path = "../examples/measure/play.rs"]
#[allow(dead_code, reason = "shared with the example")]
mod play;

#[path = "suite/tiny_soundfont.rs"]
#[allow(dead_code, reason = "shared with the other tests")]
mod tiny_soundfont;

use assert_no_alloc::{AllocDisabler, assert_no_alloc, violation_count};
use ripieno_synth::offline::{Band, SoundFontBank};
use ripieno_synth::{Synth, SynthConfig};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

// Violations are counted for each thread, so that tests may run side by side.

#[test]
fn playing_allocates_nothing() {
    let mut synth = Synth::new(SynthConfig { polyphony: 16, ..SynthConfig::default() }).unwrap();
    let mut block = [[0.0; 2]; 256];
    for seed in 1..11 {
        let events = blocks::performance(seed, 3000, 62_500);
        let before = violation_count();
        assert_no_alloc(|| {
            let mut at = 0;
            for (index, block_start) in (0..62_500).step_by(block.len()).enumerate() {
                while at < events.len() && events[at].0 < block_start + block.len() {
                    synth.handle(events[at].1, events[at].0 - block_start);
                    at += 1;
                }
                synth.render(&mut block);
                if index == 200 {
                    synth.reset();
                }
            }
        });
        assert_eq!(violation_count() - before, 0);
    }
    assert!(synth.stolen_voices() > 0, "the performance is dense enough to steal");
}

#[test]
fn a_soundfont_allocates_nothing() {
    let mut block = [[0.0; 2]; 256];
    let bank = SoundFontBank::read(&tiny_soundfont::soundfont()).unwrap();
    let mut player = Band::SoundFont(bank).player(&SynthConfig::default()).unwrap();
    let events = blocks::performance(1, 3000, 62_500);
    let before = violation_count();
    assert_no_alloc(|| {
        for (offset, event) in &events {
            player.handle(*event, *offset);
        }
        for _ in 0..300 {
            player.render(&mut block);
        }
    });
    assert_eq!(violation_count() - before, 0);
    assert!(block.iter().any(|frame| frame[0] != 0.0) && !player.is_broken());
}

#[test]
fn no_program_and_no_drum_allocates() {
    let mut synth = Synth::new(SynthConfig::default()).unwrap();
    let mut block = [[0.0; 2]; 512];
    let before = violation_count();
    assert_no_alloc(|| {
        for number in 0..128 {
            synth.handle(play::program(0, number), 0);
            synth.handle(play::program(9, number), 0);
            for key in [24, 60, 96] {
                synth.handle(play::on(0, key, 100), 0);
                synth.handle(play::off(0, key), 400);
            }
            synth.handle(play::on(9, number, 100), 0);
            synth.render(&mut block);
        }
    });
    assert_eq!(violation_count() - before, 0);
}

#[cfg(feature = "device")]
#[test]
fn the_audio_callback_allocates_nothing_even_when_the_device_is_lost_and_reopened() {
    use ripieno_synth::probe::Mock;

    let synth = Synth::new(SynthConfig { polyphony: 32, ..SynthConfig::default() }).unwrap();
    let mut mock = Mock::open(synth, 4096);
    let events = blocks::performance(3, 3000, 62_500);
    let mut buffer = vec![0.0_f32; 2 * 700];
    let mut sent = 0;
    let before = violation_count();
    assert_no_alloc(|| {
        for call in 0..400_usize {
            // The owner sends half a second ahead; the device's buffers vary.
            while sent < events.len() && (events[sent].0 as u64) < mock.position_frames() + 24_000 {
                assert!(mock.send(events[sent].1, events[sent].0 as u64));
                sent += 1;
            }
            let channels = 1 + call % 3;
            let length = (64 + call % 170) * channels;
            mock.call(&mut buffer[..length], channels);
            match call {
                50 => mock.underrun(),
                100 => mock.lose(),
                110 => mock.give_up(),
                150 => mock.reopen(),
                _ => {}
            }
        }
    });
    assert_eq!(violation_count() - before, 0);
    assert_eq!(mock.counters().underruns, 1);
    assert!(!mock.is_lost());
    // Calls 111 to 150 came from a stream that was given up.
    assert_eq!(mock.counters().callbacks, 360);
}

#[test]
fn a_planted_allocation_is_caught() {
    let before = violation_count();
    assert_no_alloc(|| drop(std::hint::black_box(vec![1_u8; 64])));
    assert!(violation_count() > before);
}
