//! From bytes to events: reading a MIDI file, laying it on the grid, encoding it.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ripieno_composer::encode::encode;
use ripieno_score::{Channel, GridScore, Instrument, Note, Part, Pitch, Score, Tick, Velocity, midi};

/// A four-part piece of 400 bars with 9,600 notes, as long as a symphony's movement.
fn long_piece() -> Score {
    let part = |voice: u32| {
        let notes = (0..2400).map(|index| Note {
            onset: Tick(index * 320),
            pitch: Pitch::new(u8::try_from(36 + 12 * voice + index * 7 % 12).expect("below 128")).expect("a pitch"),
            duration: Tick(300),
            velocity: Velocity::DEFAULT,
        });
        Part {
            name: format!("voice {voice}"),
            instrument: Instrument::from_index(40).expect("a violin"),
            channel: Channel::new(u8::try_from(voice).expect("four voices")).expect("a channel"),
            notes: notes.collect(),
        }
    };
    Score { parts: (0..4).map(part).collect(), ..Score::default() }
}

fn score(c: &mut Criterion) {
    let score = long_piece();
    let bytes = midi::write(&score);
    let (grid, _) = GridScore::from_score(&score);
    let mut group = c.benchmark_group("score");
    group.throughput(Throughput::Elements(score.note_count() as u64));
    group.bench_function("read_midi", |b| b.iter(|| midi::read(black_box(&bytes))));
    group.bench_function("write_midi", |b| b.iter(|| midi::write(black_box(&score))));
    group.bench_function("to_grid", |b| b.iter(|| GridScore::from_score(black_box(&score))));
    group.bench_function("encode", |b| b.iter(|| encode(black_box(&grid))));
    group.finish();
}

criterion_group!(benches, score);
criterion_main!(benches);
