//! Thousands of damaged files: none may panic, or yield more than it holds.
//!
//! `RIPIENO_MUTATIONS` says how many (2,000), `RIPIENO_MUTATION_FOLDER` where the files to damage are (built here).

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use ripieno_score::midi::{MAX_RESCUES, read, write};

use crate::build::{QUARTER, file, header, track};

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

    fn damage(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        let at = self.below(bytes.len());
        match self.below(8) {
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
        if path.is_dir() {
            found.extend(files_under(&path));
        } else if path.extension().is_some_and(|extension| extension == "mid" || extension == "midi") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn damaged_files_never_panic_and_yield_no_more_than_they_hold() {
    let count: usize = env::var("RIPIENO_MUTATIONS").map_or(2_000, |count| count.parse().expect("a number"));
    let folder = env::var_os("RIPIENO_MUTATION_FOLDER");
    let paths = folder.map(|folder| files_under(Path::new(&folder))).unwrap_or_default();
    let built = built_files();
    let mut random = Random(1);
    let mut refused = 0;
    for round in 0..count {
        let mut bytes = match paths.get(round % paths.len().max(1)) {
            Some(path) => fs::read(path).expect("the file can be read"),
            None => built[round % built.len()].clone(),
        };
        let other = &built[random.below(built.len())];
        for _ in 0..1 + random.below(8) {
            random.damage(&mut bytes, other);
        }
        let Ok(file) = read(&bytes) else {
            refused += 1;
            continue;
        };
        let (timeline, score) = (&file.timeline, &file.score);
        assert!(timeline.events.len() <= bytes.len(), "round {round}");
        assert!(timeline.events.iter().is_sorted_by_key(|event| event.tick), "round {round}");
        assert!(timeline.events.last().is_none_or(|event| event.tick <= timeline.end), "round {round}");
        assert!(score.note_count() <= timeline.events.len(), "round {round}");
        assert!(file.rescued.len() <= MAX_RESCUES, "round {round}");
        let written = write(score);
        assert!(written.len() <= 64 * bytes.len() + 1_024 * score.parts.len(), "round {round}");
        let again = read(&written).unwrap_or_else(|error| panic!("round {round}: {error}"));
        assert_eq!(again.score.note_count(), score.note_count(), "round {round}");
    }
    assert!(refused < count.max(2), "every file was refused");
}
