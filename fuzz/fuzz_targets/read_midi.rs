//! No bytes make the MIDI reader panic, and what it reads can be written: `cargo +nightly fuzz run read_midi`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ripieno_score::midi::{read, write};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(file) = read(bytes) {
        read(&write(&file.score)).expect("what we write can be read");
    }
});
