//! Score to bytes and back.

use proptest::prelude::*;
use ripieno_score::midi::{read, write};
use ripieno_score::{
    Channel, Instrument, Key, KeyChange, Meter, MeterChange, Note, Part, Pitch, Ppq, Score, TempoChange, Tick, Velocity,
};

fn note() -> impl Strategy<Value = Note> {
    (0..20_000_u32, 1..2_000_u32, 0..128_u8, 1..128_u8).prop_map(|(onset, duration, pitch, velocity)| Note {
        onset: Tick(onset),
        pitch: Pitch::new(pitch).expect("below 128"),
        duration: Tick(duration),
        velocity: Velocity::new(velocity).expect("1..=127"),
    })
}

/// A part in which no two notes of one pitch overlap.
fn part() -> impl Strategy<Value = Part> {
    let notes = prop::collection::vec(note(), 1..60);
    ("[A-Za-z]{0,8}", 0..=128_u8, 0..16_u8, notes).prop_map(|(name, instrument, channel, mut notes)| {
        notes.sort();
        let mut ends = [Tick::ZERO; 128];
        notes.retain(|note| {
            let end = &mut ends[usize::from(note.pitch.value())];
            let is_free = note.onset >= *end;
            *end = if is_free { note.end() } else { *end };
            is_free
        });
        let instrument = Instrument::from_index(instrument).expect("at most 128");
        Part { name, instrument, channel: Channel::new(channel).expect("below 16"), notes }
    })
}

fn score() -> impl Strategy<Value = Score> {
    let tempos = prop::collection::btree_map(0..30_000_u32, 1..0x100_0000_u32, 0..6);
    let meters = prop::collection::btree_map(0..30_000_u32, (1..=255_u8, 0..7_u32), 0..6);
    let keys = prop::collection::btree_map(0..30_000_u32, 0..24_u8, 0..6);
    let parts = prop::collection::vec(part(), 0..24);
    let title = prop::option::of("[A-Za-z]{1,12}");
    (1..=0x7fff_u16, title, parts, tempos, meters, keys).prop_map(|(ppq, title, parts, tempos, meters, keys)| Score {
        ppq: Ppq::new(ppq).expect("15 bits, not zero"),
        title,
        parts,
        tempos: tempos
            .into_iter()
            .map(|(tick, micros_per_quarter)| TempoChange { tick: Tick(tick), micros_per_quarter })
            .collect(),
        meters: meters
            .into_iter()
            .map(|(tick, (numerator, power))| {
                let meter = Meter::new(numerator, 1 << power).expect("a power of two up to 64");
                MeterChange { tick: Tick(tick), meter }
            })
            .collect(),
        keys: keys
            .into_iter()
            .map(|(tick, key)| KeyChange { tick: Tick(tick), key: Key::from_index(key).expect("below 24") })
            .collect(),
    })
}

/// Channels may be given out anew.
fn without_channels(mut score: Score) -> Score {
    for part in &mut score.parts {
        part.channel = Channel::DRUMS;
    }
    score
}

proptest! {
    #[test]
    fn a_written_score_reads_back_the_same(score in score()) {
        let file = read(&write(&score)).expect("what we write can be read");
        prop_assert_eq!(&file.rescued, &[]);
        prop_assert_eq!(without_channels(file.score), without_channels(score));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = read(&bytes);
        let _ = read(&[b"MThd\0\0\0\x06\0\x01\0\x01\0\x60MTrk\0\0\x04\0".as_slice(), &bytes].concat());
    }
}
