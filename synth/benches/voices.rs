//! How long voices take: `cargo bench -p ripieno-synth`.
//!
//! Throughput is voices times frames: criterion's "Melem/s" are million voice-samples a second. Divided by the sample
//! rate it is voices per core.

#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ripieno_score::{Channel, Pitch, Program, Velocity};
use ripieno_synth::{Event, Synth, SynthConfig};

const BLOCK: usize = 512;

/// An engine in which 256 voices of a program are held.
fn full(program: u8, effects: bool) -> Synth {
    let config = SynthConfig { reverb: effects, chorus: effects, limiter: effects, ..SynthConfig::default() };
    let mut synth = Synth::new(config).unwrap();
    let mut key = 0_u8;
    for channel in (0..16).filter(|channel| *channel != 9) {
        let channel = Channel::new(channel).unwrap();
        synth.handle(Event::Program { channel, program: Program::new(program).unwrap() }, 0);
        synth.handle(Event::Controller { channel, controller: 64, value: 127 }, 0);
    }
    let mut block = [[0.0; 2]; 64];
    while synth.active_voices() < 256 && key < 200 {
        for channel in (0..16).filter(|channel| *channel != 9 && synth.active_voices() < 256).collect::<Vec<_>>() {
            if synth.active_voices() >= 256 {
                break;
            }
            let pitch = Pitch::new(36 + key % 48).unwrap();
            let channel = Channel::new(channel).unwrap();
            synth.handle(Event::NoteOn { channel, pitch, velocity: Velocity::DEFAULT }, 0);
            synth.render(&mut block);
        }
        key += 1;
    }
    synth
}

fn voices(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("256 voices");
    for (name, program) in [("wavetable", 80), ("violin", 40), ("fm", 4), ("string", 24), ("piano", 0)] {
        let mut synth = full(program, false);
        let sounding = synth.active_voices();
        let mut block = vec![[0.0; 2]; BLOCK];
        group.throughput(Throughput::Elements((sounding * BLOCK) as u64));
        group.bench_function(BenchmarkId::new(name, sounding), |bencher| bencher.iter(|| synth.render(&mut block)));
    }
    group.finish();
}

fn one_voice(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("frames");
    group.throughput(Throughput::Elements(BLOCK as u64));
    let mut block = vec![[0.0; 2]; BLOCK];
    let channel = Channel::new(0).unwrap();
    for (name, notes, effects) in
        [("one voice, dry", 1, false), ("eight voices, dry", 8, false), ("one voice, effects", 1, true)]
    {
        let mut synth = full(80, effects);
        synth.reset();
        synth.handle(Event::Program { channel, program: Program::new(80).unwrap() }, 0);
        for key in 0..notes {
            let pitch = Pitch::new(48 + key).unwrap();
            synth.handle(Event::NoteOn { channel, pitch, velocity: Velocity::DEFAULT }, 0);
        }
        group.bench_function(name, |bencher| bencher.iter(|| synth.render(&mut block)));
    }
    group.finish();
}

criterion_group!(benches, voices, one_voice);
criterion_main!(benches);
