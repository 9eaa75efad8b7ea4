//! The network at work: one step of decoding, one step of training, at the base model's size.
//!
//! What the allocator is worth: `cargo rustc --release --bench model -- --cfg system_allocator` builds it with the system's;
//! `target/release/deps/model-HASH --bench training` then runs it.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use ripieno_composer::base;
use ripieno_composer::compose::{Seed, Wishes, request};
use ripieno_composer::device::DeviceChoice;
use ripieno_composer::generate::Generator;
use ripieno_composer::train::{Piece, Pieces, Run, TrainConfig};
use ripieno_score::{GridScore, Score, midi};

// As in the program.
#[cfg(not(system_allocator))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn melody() -> Score {
    midi::read(include_bytes!("../examples/seeds/the-entertainer.mid")).expect("our own seed").score
}

/// One event of an accompaniment by the base model: the outer step and the heads of every field.
fn decoding(c: &mut Criterion) {
    let seed = Seed::hear(&melody()).expect("a melody");
    for choice in [DeviceChoice::Flex, DeviceChoice::Ndarray] {
        let model = base::load(&choice.device()).expect("the base model");
        let request = request(&model, Some(&seed), &Wishes::default()).expect("a request");
        // A generator that has read the seed and written half its context.
        let started = || {
            let mut generator = Generator::new(&model, request.clone());
            generator.nth(150).expect("the piece is longer");
            generator
        };
        c.bench_function(&format!("decoding_step/{choice}"), |b| {
            b.iter_batched_ref(started, |generator| black_box(generator.next()), BatchSize::PerIteration);
        });
    }
}

fn training(c: &mut Criterion) {
    let (grid, _) = GridScore::from_score(&melody());
    let mut piece = Piece::new(&grid, 1).expect("a piece with notes");
    // Long enough to fill the context.
    piece.events.bars = vec![piece.events.bars; 16].concat();
    piece.attributes = vec![piece.attributes; 16].concat();
    let pieces = Pieces::new(vec![piece.clone()], vec![piece]).expect("a piece");
    let header = base::header().expect("the base model");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = TrainConfig { steps: u64::MAX, ..TrainConfig::default() };
    let device = DeviceChoice::Flex.device();
    let mut group = c.benchmark_group("training");
    // The same eight stretches a step, on one core and on two.
    for replicas in [1, 2] {
        let config = TrainConfig { replicas, batch: 8 / replicas, ..config.clone() };
        let folder = folder.path().join(replicas.to_string());
        let mut run = Run::open(folder, config, header.clone(), &pieces, &device).expect("a fresh run");
        group.sample_size(10).throughput(Throughput::Elements(1));
        group.bench_function(format!("replicas/{replicas}"), |b| b.iter(|| run.step()));
    }
    group.finish();
}

criterion_group!(benches, decoding, training);
criterion_main!(benches);
