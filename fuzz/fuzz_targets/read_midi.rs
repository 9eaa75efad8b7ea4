//! No bytes make the MIDI reader panic, and what it reads can be quantised, explained and written:
//! `cargo +nightly fuzz run read_midi`.
//!
//! Without nightly, `score/tests/midi/mutations.rs` damages whole files, as many as one likes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ripieno_score::GridScore;
use ripieno_score::chord::{ChordGrid, label_chords};
use ripieno_score::key::{LOCAL_WINDOW_BARS, local_keys};
use ripieno_score::midi::{read, write};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(file) = read(bytes) {
        let (grid, _) = GridScore::from_score(&file.score);
        local_keys(&grid, LOCAL_WINDOW_BARS);
        label_chords(&grid, ChordGrid::Beat);
        read(&write(&file.score)).expect("what we write can be read");
    }
});
