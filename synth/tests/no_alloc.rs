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

// One test, because the count of violations is shared by all.
#[test]
fn playing_allocates_nothing_and_a_planted_allocation_is_caught() {
    let mut synth = Synth::new(SynthConfig { polyphony: 16, ..SynthConfig::default() }).unwrap();
    let mut block = [[0.0; 2]; 256];
    for seed in 1..6 {
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

    let before = violation_count();
    assert_no_alloc(|| drop(std::hint::black_box(vec![1_u8; 64])));
    assert!(violation_count() > before);
}
