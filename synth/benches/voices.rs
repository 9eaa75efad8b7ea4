//! How long voices take: `cargo bench -p ripieno-synth`.
//!
//! After criterion's own lines each benchmark says what it means at 48 kHz: nanoseconds per voice and sample, voices
//! per core, share of a core for 256; for a dense piece of twelve parts, how many times faster than real time it is.
//! Beside other synthesizers: `benches/beside.py`.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    reason = "a benchmark fails by panicking, and prints"
)]

#[path = "../examples/pieces/write.rs"]
#[allow(dead_code, reason = "shared with the example")]
mod pieces;

use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ripieno_score::{Channel, Pitch, Program, Velocity, midi};
use ripieno_synth::offline::{Performance, RenderOptions, render};
use ripieno_synth::{Event, Synth, SynthConfig};

const BLOCK: usize = 512;
const RATE_HZ: u32 = 48_000;

fn engine(effects: bool) -> Synth {
    let config =
        SynthConfig { reverb: effects, chorus: effects, leveler: effects, limiter: effects, ..SynthConfig::default() };
    Synth::new(config).unwrap()
}

/// Strikes keys of a program on fifteen channels until 256 voices sound.
fn fill(synth: &mut Synth, program: u8) {
    synth.reset();
    let mut block = [[0.0; 2]; 1];
    let channels: Vec<Channel> = (0..16).filter(|number| *number != 9).filter_map(Channel::new).collect();
    for &channel in &channels {
        synth.handle(Event::Program { channel, program: Program::new(program).unwrap() }, 0);
    }
    for step in 0..256_usize {
        let channel = channels[step % channels.len()];
        let pitch = Pitch::new(40 + u8::try_from(step / channels.len() * 2).unwrap()).unwrap();
        synth.handle(Event::NoteOn { channel, pitch, velocity: Velocity::DEFAULT }, 0);
        synth.render(&mut block);
        if synth.active_voices() >= 256 {
            break;
        }
    }
}

fn voices(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("256 voices");
    group.sample_size(20);
    for (name, program) in
        [("wavetable", 80), ("violin", 40), ("flute", 73), ("fm", 4), ("string", 24), ("marimba", 12), ("piano", 0)]
    {
        let mut synth = engine(false);
        fill(&mut synth, program);
        let sounding = synth.active_voices();
        let mut block = vec![[0.0; 2]; BLOCK];
        let mut fastest = Duration::MAX;
        group.throughput(Throughput::Elements((sounding * BLOCK) as u64));
        group.bench_function(BenchmarkId::new(name, sounding), |bencher| {
            bencher.iter_custom(|rounds| {
                let mut total = Duration::ZERO;
                for _ in 0..rounds {
                    // Struck anew each time: what decays would otherwise be measured silent.
                    fill(&mut synth, program);
                    let start = Instant::now();
                    synth.render(&mut block);
                    total += start.elapsed();
                }
                fastest = fastest.min(total.div_f64(rounds as f64));
                total
            });
        });
        let voice_ns = fastest.as_secs_f64() * 1e9 / (sounding * BLOCK) as f64;
        let voices = 1e9 / voice_ns / f64::from(RATE_HZ);
        println!(
            "  {name}: {voice_ns:.1} ns per voice and sample, {voices:.0} voices per core, 256 are {:.1} % of it",
            25_600.0 / voices
        );
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
        let mut synth = engine(effects);
        synth.handle(Event::Program { channel, program: Program::new(80).unwrap() }, 0);
        for key in 0..notes {
            let pitch = Pitch::new(48 + key).unwrap();
            synth.handle(Event::NoteOn { channel, pitch, velocity: Velocity::DEFAULT }, 0);
        }
        group.bench_function(name, |bencher| bencher.iter(|| synth.render(&mut block)));
    }
    group.finish();
}

fn dense_piece(criterion: &mut Criterion) {
    let timeline = midi::read(&pieces::dense()).unwrap().timeline;
    let performance = Performance::new(&timeline, RATE_HZ);
    let mut synth = engine(true);
    let mut fastest = Duration::MAX;
    let mut group = criterion.benchmark_group("pieces");
    group.sample_size(10);
    group.bench_function("a minute of twelve parts, effects", |bencher| {
        bencher.iter_custom(|rounds| {
            let start = Instant::now();
            for _ in 0..rounds {
                synth.reset();
                render(&mut synth, &performance, &RenderOptions::default(), |block, _| {
                    std::hint::black_box(block);
                    true
                });
            }
            let total = start.elapsed();
            fastest = fastest.min(total.div_f64(rounds as f64));
            total
        });
    });
    group.finish();
    println!("  {:.0} times real time", f64::from(pieces::LENGTH_S) / fastest.as_secs_f64());
}

criterion_group!(benches, voices, one_voice, dense_piece);
criterion_main!(benches);
