//! Nats a frame on the chorales of Bach, in the split that the field compares on:
//! `cargo run --release -p ripieno-composer --example jsb -- JSB.json RUN_DIR [--steps N] [--from WEIGHTS --corpus PREPARED]`.
//!
//! `JSB.json` holds the lists `train`, `valid` and `test` of chorales, a chorale is a list of frames of a quarter note, a frame
//! a list of MIDI pitches: Boulanger-Lewandowski, Bengio and Vincent, Modeling Temporal Dependencies in High-Dimensional
//! Sequences (ICML 2012), as in <https://github.com/czhuang/JSB-Chorales-dataset>. The network is ours, trained on the
//! training part alone, moved by up to six semitones at random; the validation part says when to stop. A run that is
//! interrupted goes on. With `--from` it starts from weights; `--corpus` is what these were trained on, and chorales of the
//! test part that are in its training split are named and counted apart.
//!
//! What a frame costs: a chorale is told as events, a bar for each frame, and in it a note for each pitch from the lowest up
//! (see `frames.rs`). The cost is that of all fields of all events by the chain rule, from the first frame to the end of the
//! piece: how many notes there are, their pitches, and also what never changes (length, loudness, meter), which no
//! frame has. As each chorale is told in one way only, the cost is never less than that of the frames themselves.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

mod content;
mod frames;
mod likelihood;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use burn::module::Module;
use frames::{Chorales, piece};
use likelihood::Likelihood;
use ripieno_composer::device::DeviceChoice;
use ripieno_composer::model::{Model, ModelHeader};
use ripieno_composer::network::NetworkConfig;
use ripieno_composer::task::TaskMix;
use ripieno_composer::train::{Finished, Pieces, Run, Schedule, TrainConfig, TrainEvent};
use ripieno_composer::vocabulary;
use ripieno_datasets::Corpus;

type Failure = Box<dyn std::error::Error>;

/// What was typed.
struct Settings {
    chorales: PathBuf,
    run: PathBuf,
    steps: u64,
    from: Option<PathBuf>,
    corpus: Option<PathBuf>,
}

impl Settings {
    fn read() -> Result<Self, Failure> {
        let mut arguments = std::env::args().skip(1);
        let mut next = |what: &str| arguments.next().ok_or(format!("{what} is missing; see the top of the source"));
        let mut settings = Self {
            chorales: next("JSB.json")?.into(),
            run: next("RUN_DIR")?.into(),
            steps: 3000,
            from: None,
            corpus: None,
        };
        while let Some(option) = arguments.next() {
            let value = arguments.next().ok_or(format!("{option} has no value"))?;
            match option.as_str() {
                "--steps" => settings.steps = value.parse()?,
                "--from" => settings.from = Some(value.into()),
                "--corpus" => settings.corpus = Some(value.into()),
                _ => return Err(format!("what is {option}?").into()),
            }
        }
        Ok(settings)
    }
}

fn main() -> Result<(), Failure> {
    let settings = Settings::read()?;
    let text = std::fs::read(&settings.chorales)?;
    let chorales: Chorales = serde_json::from_slice(&text)?;
    let device = DeviceChoice::Flex.device();
    let weights = settings.from.as_deref().map(std::fs::read).transpose()?;
    let start = weights.clone().map(|weights| Model::from_bytes(weights, &device)).transpose()?;
    let known = known(&settings, &chorales)?;

    let of = |part: &[Vec<Vec<u8>>]| part.iter().map(|chorale| piece(chorale)).collect::<Option<Vec<_>>>();
    let bad = "a frame has a pitch above 127 or more than eight of them";
    let pieces = Pieces::new(of(&chorales.train).ok_or(bad)?, of(&chorales.valid).ok_or(bad)?).ok_or("no chorales")?;
    let header = ModelHeader {
        version: 1,
        network: NetworkConfig::default(),
        vocabulary: vocabulary::fingerprint(),
        // The style of the corpus that comes nearest, for weights that know it.
        styles: vec!["sacred-choral".to_owned()],
        ensembles: Default::default(),
        habits: Default::default(),
        started_from: None,
        corpus: blake3::hash(&text).to_hex().to_string(),
        licences: Default::default(),
        training: Default::default(),
        steps: 0,
        notes_seen: 0,
        validation: None,
    };
    let config = config(settings.steps, chorales.valid.len(), start.map(|model| model.header.network));
    let mut run = Run::open(settings.run.clone(), config, header, &pieces, &device)?;
    if let Some(weights) = &weights {
        run.start_from(weights)?;
    }
    train(&mut run)?;

    let best = Model::read(&settings.run.join("best.safetensors"), &device)?;
    println!("{} parameters; best weights after {} steps", best.network.num_params(), best.header.steps);
    println!("nats a frame{:>28}{:>8}{:>8}{:>8}{:>8}", "chorales", "frames", "count", "pitch", "all");
    let print = |name: &str, part: Vec<&Vec<Vec<u8>>>| {
        let likelihood: Likelihood = part.iter().filter_map(|chorale| Likelihood::of(&best, chorale)).sum();
        println!("{name:<32}{likelihood}");
    };
    print("training part", chorales.train.iter().collect());
    print("validation part", chorales.valid.iter().collect());
    print("test part", chorales.test.iter().collect());
    if let Some(known) = known {
        let unknown = chorales.test.iter().zip(known).filter(|(_, known)| !known).map(|(chorale, _)| chorale);
        print("test part not in the corpus", unknown.collect());
    }
    Ok(())
}

/// Which test chorales are in the training split of the corpus that the weights learnt from.
fn known(settings: &Settings, chorales: &Chorales) -> Result<Option<Vec<bool>>, Failure> {
    let Some(corpus) = &settings.corpus else {
        return match settings.from {
            Some(_) => Err("--from needs --corpus, to see which chorales the weights know".into()),
            None => Ok(None),
        };
    };
    let sources = content::sources(&Corpus::open(Path::new(corpus))?, &chorales.test);
    let known: Vec<bool> = sources.iter().map(|(_, share)| *share >= content::SAME).collect();
    println!("{} of {} test chorales are in the corpus", known.iter().filter(|known| **known).count(), known.len());
    let mut nearest: Vec<(usize, &(String, f64))> = sources.iter().enumerate().collect();
    nearest.sort_by(|a, b| b.1.1.total_cmp(&a.1.1));
    for (index, (path, share)) in nearest.into_iter().take(3) {
        println!("the most is in {path}: {:.0} % of the passages of test chorale {index}", 100.0 * share);
    }
    Ok(Some(known))
}

/// A small network, or one of the size of the weights that it starts from.
fn config(steps: u64, validation_examples: usize, start: Option<NetworkConfig>) -> TrainConfig {
    let small = NetworkConfig {
        width: 96,
        layers: 3,
        feed_forward: 256,
        head_width: 128,
        context: 512,
        ..NetworkConfig::default()
    };
    let peak = if start.is_some() { 4e-4 } else { 2e-3 };
    TrainConfig {
        network: start.unwrap_or(small),
        steps,
        batch: 4,
        schedule: Schedule { peak, floor: 2e-5, warm_up: 60 },
        weight_decay: 0.1,
        style_dropout: 0.0,
        attribute_dropout: 1.0,
        transpose: 6,
        tasks: TaskMix { plain: 1.0, parts: 0.0, notes: 0.0, gap: 0.0 },
        validate_every: 50,
        validation_examples,
        patience: 10,
        checkpoint_every: 25,
        ..TrainConfig::default()
    }
}

fn train(run: &mut Run<'_>) -> Result<(), Failure> {
    let finished = run.train(&AtomicBool::new(false), |event| match event {
        TrainEvent::Step { step, loss, seconds, .. } if step.is_multiple_of(10) => {
            println!("step {step}: {loss:.4} nats a note, {seconds:.1} s");
        }
        TrainEvent::Validation { step, loss, best, .. } => {
            println!("step {step}: validation {loss:.4} nats a note{}", if *best { ", the best so far" } else { "" });
        }
        TrainEvent::Step { .. } => {}
    })?;
    if finished == Finished::Stopped {
        println!("validation no longer improves");
    }
    Ok(())
}
