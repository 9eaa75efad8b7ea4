//! Settings of training beside each other, at equal time:
//! `cargo run --release --example settings -- PREPARED RUN_DIR MINUTES [NAME ...]`.
//!
//! Every setting begins from random weights and has the same processor time, which what else the machine does hardly changes;
//! its learning rate falls to the end within it. Then the validation split is heard once. What is in RUN_DIR already is
//! not done again, so that a comparison goes on where it was interrupted.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::path::Path;
use std::sync::atomic::AtomicBool;

use burn::module::Module;
use ripieno_composer::device::DeviceChoice;
use ripieno_composer::example::{Example, NoteRow, PositionRow};
use ripieno_composer::memory::{NO_DURATION, NO_PITCH, NO_POSITION, NO_VELOCITY};
use ripieno_composer::model::{Model, ModelHeader};
use ripieno_composer::network::NetworkConfig;
use ripieno_composer::train::{Piece, Pieces, Run, Schedule, TrainConfig};
use ripieno_datasets::{Corpus, PieceRecord, Split};
use serde_json::{Value, json};

// As in the program: training asks for memory and gives it back all the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn std::error::Error>;

/// Steps before the clock starts, and steps that are timed to know how many the minutes allow.
const PROBE: [u64; 2] = [2, 6];

/// What is compared. Each differs from `usual` in what its name says.
struct Setting {
    name: &'static str,
    config: TrainConfig,
    /// Takes something out of the input.
    hide: fn(&mut Example),
    /// The parts that sound together are written from the last to the first.
    reversed: bool,
}

fn settings() -> Vec<Setting> {
    let usual = TrainConfig { validate_every: u64::MAX, checkpoint_every: u64::MAX, ..TrainConfig::default() };
    let with = |name, config| Setting { name, config, hide: |_| {}, reversed: false };
    let sized = |width: usize, layers: usize, feed_forward: usize| TrainConfig {
        network: NetworkConfig { width, layers, feed_forward, head_width: width, ..NetworkConfig::default() },
        ..usual.clone()
    };
    let context = |context: usize, batch: usize| TrainConfig {
        network: NetworkConfig { context, ..NetworkConfig::default() },
        batch,
        ..usual.clone()
    };
    let rate = |peak: f64| TrainConfig { schedule: Schedule { peak, ..Schedule::default() }, ..usual.clone() };
    let hiding = |name, hide| Setting { hide, ..with(name, usual.clone()) };
    vec![
        with("usual", usual.clone()),
        with("smaller", sized(96, 3, 256)),
        with("larger", sized(256, 5, 688)),
        with("context-256", context(256, 8)),
        with("context-1024", context(1024, 2)),
        with("batch-2", TrainConfig { batch: 2, ..usual.clone() }),
        with("batch-8", TrainConfig { batch: 8, ..usual.clone() }),
        with("rate-0.001", rate(1e-3)),
        with("rate-0.004", rate(4e-3)),
        with("no-weight-decay", TrainConfig { weight_decay: 0.0, ..usual.clone() }),
        with("weight-decay-0.2", TrainConfig { weight_decay: 0.2, ..usual.clone() }),
        with("transposed-by-5", TrainConfig { transpose: 5, ..usual.clone() }),
        with("style-always-told", TrainConfig { style_dropout: 0.0, ..usual.clone() }),
        with("attributes-always-told", TrainConfig { attribute_dropout: 0.0, ..usual.clone() }),
        Setting { reversed: true, ..with("parts-reversed", usual.clone()) },
        hiding("no-part-memory", |example| {
            for NoteRow { query, .. } in &mut example.notes {
                (query.last, query.second_last) = (NO_PITCH, NO_PITCH);
                (query.last_duration, query.last_velocity) = (NO_DURATION, NO_VELOCITY);
            }
        }),
        hiding("no-harmony", |example| {
            for NoteRow { query, .. } in &mut example.notes {
                (query.bass, query.top) = (NO_PITCH, NO_PITCH);
                (query.sounding, query.recent, query.coming) = (0, [0.0; 12], [0.0; 12]);
            }
        }),
        hiding("no-bar-memory", |example| {
            for NoteRow { query, .. } in &mut example.notes {
                (query.one_bar_ago, query.two_bars_ago) = (NO_PITCH, NO_PITCH);
                query.one_bar_ago_duration = NO_DURATION;
            }
            for PositionRow { query, .. } in &mut example.positions {
                (query.next_one_bar_ago, query.next_two_bars_ago) = (NO_POSITION, NO_POSITION);
            }
        }),
    ]
}

/// The training and validation pieces of a corpus, the parts of each in reversed order.
fn reversed(corpus: &Corpus) -> Option<Pieces> {
    let of_split = |split: Split| {
        let records = corpus.pieces().iter().enumerate().filter(|(_, record)| record.split == split);
        let piece = |(index, record): (usize, &PieceRecord)| {
            let mut grid = corpus.load(index);
            let parts = u16::try_from(grid.parts.len()).expect("parts are counted in 16 bits");
            grid.parts.reverse();
            for note in &mut grid.notes {
                note.part = parts - 1 - note.part;
            }
            grid.notes.sort_unstable();
            Piece::new(&grid, record.style + 1)
        };
        records.filter_map(piece).collect()
    };
    Pieces::new(of_split(Split::Train), of_split(Split::Validation))
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [prepared, folder, minutes, names @ ..] = arguments.as_slice() else {
        return Err("see the top of the source for what to type".into());
    };
    let (folder, minutes) = (Path::new(folder), minutes.parse::<f64>()?);
    let corpus = Corpus::open(Path::new(prepared))?;
    let pieces = Pieces::load(&corpus).ok_or("there is nothing to train on")?;
    std::fs::create_dir_all(folder)?;
    println!(
        "{minutes} minutes of processor time each; nats a note of the validation split, nothing given, the style told"
    );
    println!("{:<24}{:>12}{:>8}{:>12}{:>10}{:>10}", "setting", "parameters", "steps", "notes", "seconds", "nats");
    for setting in settings() {
        let name = setting.name;
        if !names.is_empty() && !names.iter().any(|wanted| wanted == name) {
            continue;
        }
        let path = folder.join(format!("{name}.json"));
        let result: Value = match std::fs::read(&path) {
            Ok(known) => serde_json::from_slice(&known)?,
            Err(_) => {
                let other_order = if setting.reversed { reversed(&corpus) } else { None };
                let pieces = other_order.as_ref().unwrap_or(&pieces);
                let result = train(&corpus, pieces, setting, &folder.join(name), 60.0 * minutes)?;
                std::fs::write(&path, serde_json::to_vec(&result)?)?;
                result
            }
        };
        let number = |key: &str| result[key].as_f64().unwrap_or(f64::NAN);
        println!(
            "{name:<24}{:>12}{:>8}{:>12}{:>10.0}{:>10.3}",
            number("parameters"),
            number("steps"),
            number("notes"),
            number("seconds"),
            number("nats")
        );
    }
    Ok(())
}

/// Trains for so many seconds of processor time; an interrupted training begins again.
fn train(corpus: &Corpus, pieces: &Pieces, setting: Setting, folder: &Path, seconds: f64) -> Result<Value, Failure> {
    let config = setting.config;
    let device = DeviceChoice::Flex.device();
    let open = |folder: &Path, config| {
        let mut run = Run::open(folder.into(), config, ModelHeader::for_corpus(corpus, pieces), pieces, &device)?;
        run.alter_examples(setting.hide);
        Ok::<Run<'_>, Failure>(run)
    };
    let mut probe = open(folder, config.clone())?;
    let [warm_up, timed] = PROBE;
    for _ in 0..warm_up {
        probe.step();
    }
    let start = processor_seconds();
    for _ in 0..timed {
        probe.step();
    }
    let step = (processor_seconds() - start) / timed as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some thousands")]
    let steps = (seconds / step).round() as u64;
    let warm_up = Schedule::default().warm_up.min(steps / 5);
    let schedule = Schedule { warm_up, ..config.schedule };
    let mut run = open(folder, TrainConfig { steps, schedule, ..config })?;
    let start = processor_seconds();
    run.train(&AtomicBool::new(false), |_| {})?;
    let used = processor_seconds() - start;
    let model = Model::read(&folder.join("best.safetensors"), &device)?;
    std::fs::remove_dir_all(folder)?;
    let (header, parameters) = (&model.header, model.network.num_params());
    Ok(json!({
        "parameters": parameters, "steps": steps, "notes": header.notes_seen, "seconds": used, "nats": header.validation,
    }))
}

/// Processor time of all threads of this program.
#[cfg(unix)]
fn processor_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + 1e-9 * time.tv_nsec as f64
}

/// Where the system does not tell: the time on the wall, for all cores that train.
#[cfg(not(unix))]
fn processor_seconds() -> f64 {
    use std::sync::LazyLock;
    use std::time::Instant;
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_secs_f64() * TrainConfig::default().replicas as f64
}
