//! Files made to exhaust memory or time.
//!
//! Small ones by default; `RIPIENO_HOSTILE=full` builds them as large as a file may be and prints what each costs:
//!
//! ```sh
//! RIPIENO_HOSTILE=full cargo test --release -p ripieno-score --test midi hostile -- --nocapture
//! ```
#![expect(clippy::print_stdout, reason = "a table of costs for whoever asks for it")]

use std::time::Duration;

use ripieno_score::midi::MAX_BYTES;

use crate::build::{END, QUARTER, chunk, file, header, track};
use crate::explore::explore;

/// The most memory that a file may take on the whole way from bytes to bytes, beside a fixed number of copies of itself.
const MAX_PEAK_BYTES: usize = 640 << 20;
/// What a small file may take: so many bytes for each of its own, and a fixed sum.
const PEAK_BYTES_PER_BYTE: usize = 150;
const FIXED_PEAK_BYTES: usize = 128 << 20;
/// The most time, on a slow machine without optimisation.
const MAX_DURATION: Duration = Duration::from_secs(60);

/// How large the files are: `of(n)` is `n` for full ones.
#[derive(Clone, Copy)]
struct Size {
    is_full: bool,
}

impl Size {
    const fn of(self, full: usize) -> usize {
        if self.is_full { full } else { full / 64 }
    }
}

type Case = (&'static str, fn(Size) -> Vec<u8>);

#[rustfmt::skip]
const CASES: [Case; 37] = [
    ("a header that claims 65,535 tracks", |_| header(1, u16::MAX, 96)),
    ("the first ten bytes of a header", |_| header(1, u16::MAX, 96)[..10].to_vec()),
    ("65,535 tracks of length zero", |size| tracks(size.of(70_000), |_| Vec::new())),
    ("65,535 tracks that claim four gigabytes", |size| {
        [header(1, u16::MAX, 96), b"MTrk\xff\xff\xff\xff\0\x90<\x40".repeat(size.of(70_000))].concat()
    }),
    ("a track of zeros", |size| file(&vec![0; size.of(MAX_BYTES - 100)])),
    ("zeros after the header", |size| [header(1, 1, 96), vec![0; size.of(MAX_BYTES - 100)]].concat()),
    ("a number that does not end", |size| file(&vec![0x80; size.of(MAX_BYTES - 100)])),
    ("headers without end", |size| header(1, 1, 96).repeat(size.of(4_000_000))),
    ("misspelt tracks without end", |size| [header(1, 1, 96), b"MTrX\0\0\0\0".repeat(size.of(8_000_000))].concat()),
    ("unknown chunks without end", |size| {
        let chunks = (0..size.of(8_000_000)).flat_map(|index| name(index).into_iter().chain([0; 4]));
        [header(1, 1, 96), chunks.collect(), track(QUARTER)].concat()
    }),
    ("a thousand RIFF files in one another", |_| {
        let wrap = |inside: Vec<u8>| [b"RIFF\xff\xff\xff\x7fRMIDdata\xff\xff\xff\x7f".as_slice(), &inside].concat();
        (0..1_000).fold(file(QUARTER), |inside, _| wrap(inside))
    }),
    ("strokes of one key that nothing ends", |size| file(&[0, 0x90, 60, 80].repeat(size.of(4_000_000)))),
    ("strokes of all keys of all tracks that nothing ends", |size| tracks(size.of(65_535), |index| {
        let status = 0x90 | (index.to_le_bytes()[0] % 16);
        let keys = (0..if size.is_full { 61 } else { 4 }).flat_map(|key| [0, key, 80]);
        [0, status, 0, 80].into_iter().chain(keys).collect()
    })),
    ("two million good notes", |size| {
        file(&(0..size.of(1_990_000)).flat_map(|index| [0, 0x90, name(index)[0] % 128, 80, 1, 0x80, name(index)[0] % 128, 0]).collect::<Vec<_>>())
    }),
    ("a pedal that holds a million notes", |size| {
        file(&[&[0, 0xb0, 64, 127], [0, 0x90, 60, 80, 1, 60, 0].repeat(size.of(1_000_000)).as_slice()].concat())
    }),
    ("a pedal that goes up and down", |size| {
        file(&[0, 0xb0, 64, 127, 0, 0x90, 60, 80, 0, 60, 0, 0, 0xb0, 64, 0].repeat(size.of(1_000_000)))
    }),
    ("a program for every note", |size| {
        let note = |index: usize| [0, 0xc0, index.to_le_bytes()[0] % 128, 0, 0x90, 60, 80, 1, 60, 0];
        file(&(0..size.of(1_000_000)).flat_map(note).collect::<Vec<_>>())
    }),
    ("a long name for every part", |size| tracks(size.of(65_535), |index| {
        [b"\0\xff\x03\x82\0".as_slice(), &[0x80; 256], &[0, 0x90 | (index.to_le_bytes()[0] % 16), 60, 80, 9, 60, 0]].concat()
    })),
    ("one note as long as a delta time can say", |_| {
        [header(1, 1, 0x7fff), track(&[0, 0x90, 60, 80, 0xff, 0xff, 0xff, 0x7f, 60, 0])].concat()
    }),
    ("delta times until the ticks run out", |size| {
        let note = [0xff, 0xff, 0xff, 0x7f, 0x90, 60, 80, 0xff, 0xff, 0xff, 0x7f, 60, 0];
        [header(1, 1, 0x7fff), track(&note.repeat(size.of(100_000)))].concat()
    }),
    ("one tick a quarter note, and far apart", |_| {
        [header(1, 1, 1), track(&[0, 0x90, 60, 80, 0x8a, 0xab, 0x40, 60, 0, 0, 62, 80, 1, 62, 0])].concat()
    }),
    ("two notes ten hours apart", |_| file(&[QUARTER, &[0x83, 0xd2, 0xe0, 0, 0x90, 60, 80, 96, 60, 0]].concat())),
    ("bars of a sixty-fourth for a day", |_| far_apart(1, 6)),
    ("bars of 254 sixty-fourths for a day", |_| far_apart(254, 6)),
    ("bars of 255 whole notes for a day", |_| far_apart(255, 0)),
    ("a denominator of two to the 255th", |_| file(&[&[0, 0xff, 0x58, 4, 4, 255, 24, 8], QUARTER].concat())),
    ("a hundred thousand meters", |size| {
        let meter = |index: usize| [1, 0xff, 0x58, 4, index.to_le_bytes()[0].max(1), index.to_le_bytes()[0] % 7, 24, 8];
        let meters: Vec<u8> = (0..size.of(100_000)).flat_map(meter).collect();
        [header(1, 2, 96), track(&meters), track(&QUARTER.repeat(size.of(2_000)))].concat()
    }),
    ("a tempo on every tick", |size| {
        let tempo = |index: usize| [1, 0xff, 0x51, 3, index.to_le_bytes()[0], 0, 1];
        let tempos: Vec<u8> = (0..size.of(1_000_000)).flat_map(tempo).collect();
        [header(1, 2, 96), track(&tempos), track(&QUARTER.repeat(size.of(10_000)))].concat()
    }),
    ("tempos of zero", |size| file(&[&[0, 0xff, 0x51, 3, 0, 0, 0].repeat(size.of(1_000_000)), QUARTER].concat())),
    ("the fastest and the slowest tempo", |size| {
        let tempos = [1, 0xff, 0x51, 3, 0, 0, 1, 96, 0xff, 0x51, 3, 0xff, 0xff, 0xff];
        [header(1, 2, 96), track(&tempos.repeat(size.of(10_000))), track(&QUARTER.repeat(size.of(10_000)))].concat()
    }),
    ("a text of sixty megabytes", |size| {
        let length = size.of(60_000_000);
        let digits = [21, 14, 7, 0].map(|shift| u8::try_from(length >> shift & 0x7f).expect("seven bits"));
        let number = [digits[0] | 0x80, digits[1] | 0x80, digits[2] | 0x80, digits[3]];
        file(&[&[0, 0xff, 3], number.as_slice(), &vec![0x80; length], QUARTER].concat())
    }),
    ("four million short texts", |size| file(&[0, 0xff, 1, 2, b'a', b'b'].repeat(size.of(4_000_000)))),
    ("four million short exclusive messages", |size| file(&[0, 0xf0, 2, 1, 0xf7].repeat(size.of(4_000_000)))),
    ("key signatures without end", |size| file(&[1, 0xff, 0x59, 2, 1, 0].repeat(size.of(1_000_000)))),
    ("chords of all pitches on every tick", |size| {
        let stroke = |on: bool| (0..128).flat_map(move |key| [u8::from(key == 0), key, if on { 80 } else { 0 }]);
        let events = (0..size.of(4_000)).flat_map(|_| stroke(true).chain(stroke(false)));
        file(&[0, 0x90, 0, 1].into_iter().chain(events).collect::<Vec<_>>())
    }),
    ("SMPTE frames of one tick, and one frame", |_| [header(1, 1, 0xff01), track(QUARTER)].concat()),
    ("format 2 pieces until the ticks run out", |size| {
        let one = track(&[0, 0x90, 60, 80, 0xff, 0xff, 0xff, 0x7f, 60, 0]);
        [header(2, u16::MAX, 0x7fff), one.repeat(size.of(65_535))].concat()
    }),
];

/// A file of `count` tracks.
fn tracks(count: usize, events: impl Fn(usize) -> Vec<u8>) -> Vec<u8> {
    let tracks = (0..count).flat_map(|index| chunk(b"MTrk", &[events(index).as_slice(), END].concat()));
    header(1, u16::MAX, 96).into_iter().chain(tracks).collect()
}

/// Two notes as far apart as a piece is long, in bars of the given meter.
fn far_apart(numerator: u8, power: u8) -> Vec<u8> {
    let meter = [0, 0xff, 0x58, 4, numerator, power, 24, 8];
    // 199,000 quarter notes of 96 ticks.
    file(&[meter.as_slice(), QUARTER, &[0x89, 0x8e, 0x81, 0x80 & 0x7f, 0x90, 60, 80, 96, 60, 0]].concat())
}

/// Four letters that count up.
fn name(index: usize) -> [u8; 4] {
    [0, 5, 10, 15].map(|shift| b'A' + u8::try_from(index >> shift & 15).expect("four bits"))
}

#[test]
fn no_file_exhausts_memory_or_time() {
    let size = Size { is_full: std::env::var("RIPIENO_HOSTILE").is_ok_and(|size| size == "full") };
    for (name, build) in CASES {
        let bytes = build(size);
        assert!(bytes.len() <= MAX_BYTES, "{name}: {} bytes are refused unread", bytes.len());
        let cost = explore(&bytes);
        println!(
            "{:>8} KB {}, {:>7} notes, {:>5} bars, {:>6} ms, {:>7} KB peak: {name}",
            bytes.len() >> 10,
            if cost.is_read { "read" } else { "refused" },
            cost.notes,
            cost.bars,
            cost.duration.as_millis(),
            cost.peak_bytes >> 10,
        );
        assert!(cost.duration < MAX_DURATION, "{name}: {:?}", cost.duration);
        let limit = MAX_PEAK_BYTES.min(FIXED_PEAK_BYTES + PEAK_BYTES_PER_BYTE * bytes.len());
        assert!(cost.peak_bytes <= limit, "{name}: {} bytes at once for {}", cost.peak_bytes, bytes.len());
    }
}
