//! Thousands of damaged files: none may panic, take long, or yield more than it holds.
//!
//! `RIPIENO_MUTATIONS` says how many (2,000), `RIPIENO_MUTATION_FOLDER` where the files to damage are (built here). The
//! same numbers give the same damage on every machine:
//!
//! ```sh
//! RIPIENO_MUTATIONS=100000 RIPIENO_MUTATION_FOLDER=some/midi/files \
//!     cargo test --release -p ripieno-score --test midi damaged_files -- --nocapture
//! ```
#![expect(clippy::print_stdout, reason = "a summary for whoever asks for it")]

use std::env;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::build::{QUARTER, file, header, track};
use crate::explore::explore;

/// Larger files are left alone: they take longer and break in no other way.
const MAX_FILE_BYTES: u64 = 48 << 10;
/// The most time and memory for one file.
const MAX_DURATION: Duration = Duration::from_secs(10);
const MAX_PEAK_BYTES: usize = 256 << 20;

/// SplitMix64 (Steele, Lea, Flood 2014): the same damage on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit.max(1)).expect("64 bits")).expect("below a usize")
    }

    fn byte(&mut self) -> u8 {
        const TELLING: [u8; 12] = [0, 1, 0x2f, 0x51, 0x58, 0x7f, 0x80, 0x90, 0xc0, 0xf0, 0xf7, 0xff];
        if self.below(2) == 0 { TELLING[self.below(TELLING.len())] } else { self.next().to_le_bytes()[0] }
    }

    /// A stretch of at most 64 bytes of something `length` long.
    fn stretch(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        start..(start + self.below(64)).min(length)
    }

    /// One of the chunks of a file, or the nothing at its end.
    fn chunk(&mut self, bytes: &[u8]) -> std::ops::Range<usize> {
        let starts: Vec<usize> =
            (0..bytes.len()).filter(|&at| bytes[at..].starts_with(b"MT")).chain([bytes.len()]).collect();
        let at = self.below(starts.len());
        starts[at]..starts.get(at + 1).copied().unwrap_or(bytes.len())
    }

    fn damage(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        let at = self.below(bytes.len());
        match self.below(12) {
            0 => bytes[at] ^= 1 << self.below(8),
            1 => bytes[at] = self.byte(),
            2 => bytes.truncate(at.max(1)),
            3 => drop(bytes.drain(self.stretch(bytes.len()))),
            4 => {
                let inserted: Vec<u8> = (0..self.below(16)).map(|_| self.byte()).collect();
                bytes.splice(at..at, inserted);
            }
            5 => {
                let copied = bytes[self.stretch(bytes.len())].to_vec();
                bytes.splice(at..at, copied);
            }
            6 => {
                let foreign = other[self.stretch(other.len())].to_vec();
                bytes.splice(at..at, foreign);
            }
            7 => {
                let copied = bytes[self.chunk(bytes)].to_vec();
                let at = self.chunk(bytes).start;
                bytes.splice(at..at, copied);
            }
            8 => drop(bytes.drain(self.chunk(bytes))),
            9 => {
                let foreign = other[self.chunk(other)].to_vec();
                let at = self.chunk(bytes).start;
                bytes.splice(at..at, foreign);
            }
            // The length of a chunk.
            10 => {
                let at = self.chunk(bytes).start + 4 + self.below(4);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = self.byte();
                }
            }
            // The first bytes decide most: header, division, the length of the first track.
            _ => {
                let early = at.min(self.below(64));
                bytes[early] = self.byte();
            }
        }
        if bytes.is_empty() {
            bytes.push(self.byte());
        }
    }
}

fn built_files() -> Vec<Vec<u8>> {
    let setup = [
        b"\0\xff\x03\x05Title\0\xff\x51\x03\x07\xa1\x20\0\xff\x58\x04\x03\x02\x18\x08\0\xff\x59\x02\x02\0".as_slice(),
        &[0, 0xc0, 40, 0, 0xb0, 64, 127, 0, 0xf0, 3, 1, 2, 0xf7],
        QUARTER,
        &[0, 0x90, 60, 80, 10, 64, 80, 0, 60, 0, 20, 64, 0, 0, 0xb0, 64, 0, 0, 0xe0, 1, 2],
    ]
    .concat();
    vec![
        file(&setup),
        [header(0, 1, 0xe728), track(&setup)].concat(),
        [header(1, 3, 480), track(&setup), track(QUARTER), track(&setup)].concat(),
        [header(2, 2, 96), track(&setup), track(QUARTER)].concat(),
        [b"RIFF\xff\0\0\0RMIDdata\xff\0\0\0".as_slice(), &file(&setup)].concat(),
    ]
}

fn files_under(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder can be listed") {
        let path = entry.expect("the entry can be read").path();
        let is_midi = path.extension().is_some_and(|extension| extension == "mid" || extension == "midi");
        if path.is_dir() {
            found.extend(files_under(&path));
        } else if is_midi && fs::metadata(&path).is_ok_and(|metadata| metadata.len() <= MAX_FILE_BYTES) {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn damaged_files_never_panic_nor_take_long_and_yield_no_more_than_they_hold() {
    let count: usize = env::var("RIPIENO_MUTATIONS").map_or(2_000, |count| count.parse().expect("a number"));
    let folder = env::var_os("RIPIENO_MUTATION_FOLDER");
    let paths = folder.map(|folder| files_under(Path::new(&folder))).unwrap_or_default();
    let built = built_files();
    let original = |index: usize| match paths.get(index % paths.len().max(1)) {
        Some(path) => fs::read(path).expect("the file can be read"),
        None => built[index % built.len()].clone(),
    };
    let mut random = Random(1);
    let (mut read, mut notes, mut panics) = (0, 0, Vec::new());
    let (mut slowest, mut largest) = ((Duration::ZERO, 0), (0, 0));
    for round in 0..count {
        let mut bytes = original(round);
        let other = original(random.below(1 << 20));
        for _ in 0..1 + random.below(8) {
            random.damage(&mut bytes, &other);
        }
        let Ok(cost) = catch_unwind(|| explore(&bytes)) else {
            panics.push(round);
            continue;
        };
        read += usize::from(cost.is_read);
        notes += cost.notes;
        slowest = slowest.max((cost.duration, round));
        largest = largest.max((cost.peak_bytes, round));
    }
    println!(
        "{count} damaged files of {} whole ones: {read} read with {notes} notes, {} panics {panics:?}, slowest {} ms (round {}), most memory {} KB (round {})",
        paths.len().max(built.len()),
        panics.len(),
        slowest.0.as_millis(),
        slowest.1,
        largest.0 >> 10,
        largest.1,
    );
    assert!(panics.is_empty(), "rounds {panics:?} panicked");
    assert!(slowest.0 < MAX_DURATION && largest.0 < MAX_PEAK_BYTES, "{slowest:?} {largest:?}");
    assert!(read > count / 2, "most files are still read");
}
