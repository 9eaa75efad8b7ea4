//! Our side of `benches/pytorch.py`: `beside_pytorch FOLDER` writes the base model's weights in full precision and a batch
//! with its losses; `beside_pytorch FOLDER EVENTS STEPS` measures decoding and training on that batch and prints JSON.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::path::Path;
use std::time::Instant;

use ripieno_composer::base;
use ripieno_composer::compose::{Wishes, request};
use ripieno_composer::device::DeviceChoice;
use ripieno_composer::example::{Example, Source};
use ripieno_composer::generate::{Generated, Generator};
use ripieno_composer::model::{Model, Precision};
use ripieno_composer::network::batch::Batch;
use ripieno_composer::task::{TaskMix, plain};
use ripieno_composer::train::{Piece, Pieces, Run, TrainConfig, TrainEvent, unsaid};
use ripieno_datasets::procedural::STYLES;
use ripieno_score::GridScore;
use serde_json::{Value, json};

/// Stretches in the batch: as many as a step of training with the usual settings has.
const STRETCHES: usize = 8;
/// Events that are decoded before the clock starts.
const WARM_UP: usize = 150;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = Path::new(arguments.first().ok_or("name a folder")?);
    let device = DeviceChoice::Flex.device();
    let model = base::load(&device)?;
    let pieces: Vec<Piece> = STYLES.iter().take(STRETCHES).filter_map(|style| Piece::new(&grid(style), 1)).collect();
    if let [_, events, steps] = arguments.as_slice() {
        let (events_per_s, p99_ms) = decode(&model, events.parse()?)?;
        let notes_per_s = train(&model, pieces, steps.parse()?, &device)?;
        println!("{}", json!({ "events_per_s": events_per_s, "p99_ms": p99_ms, "notes_per_s": notes_per_s }));
        return Ok(());
    }
    let examples: Vec<Example> = pieces.iter().map(|piece| stretch(piece, &model)).collect();
    let batch = Batch::new(&examples, model.header.styles.len(), &device);
    let losses = model.network.losses(&batch).values();
    let told: Vec<Value> = examples.iter().map(tell).collect();
    let replicas = TrainConfig::default().replicas;
    let all = json!({ "examples": told, "losses": losses, "replicas": replicas });
    std::fs::write(folder.join("batch.json"), serde_json::to_vec(&all)?)?;
    std::fs::write(folder.join("weights.safetensors"), model.to_bytes(Precision::Full)?)?;
    Ok(())
}

fn grid(style: &ripieno_datasets::procedural::Style) -> GridScore {
    GridScore::from_score(&style.compose(1, 1)).0
}

/// As much of a piece as the context holds.
fn stretch(piece: &Piece, model: &Model) -> Example {
    let plan = plain(&piece.events, 0, piece.events.bars.len());
    let attributes = unsaid(piece.events.bars.len());
    let context = model.header.network.context;
    Example::build(Source { events: &piece.events, attributes: &attributes, plan: &plan, style: piece.style, context })
}

/// Events a second, and the 99th of a hundred of the milliseconds of one event.
fn decode(model: &Model, events: usize) -> Result<(f64, f64), Box<dyn std::error::Error>> {
    let wishes = Wishes { bars: Some(400), ..Wishes::default() };
    let mut generator = Generator::new(model, request(model, None, &wishes)?);
    generator.nth(WARM_UP).ok_or("the piece is longer")?;
    let mut times = Vec::new();
    while times.len() < events {
        let start = Instant::now();
        let event = generator.next().ok_or("the piece is longer")?;
        // A bar that is opened costs less than a note.
        if matches!(event, Generated::Note { .. }) {
            times.push(start.elapsed().as_secs_f64());
        }
    }
    times.sort_by(f64::total_cmp);
    let at = (99 * times.len()).div_ceil(100) - 1;
    Ok((times.len() as f64 / times.iter().sum::<f64>(), 1e3 * times[at]))
}

/// Notes a second, with the usual replicas.
fn train(
    model: &Model,
    pieces: Vec<Piece>,
    steps: usize,
    device: &burn::tensor::Device,
) -> Result<f64, Box<dyn std::error::Error>> {
    let pieces = Pieces::new(pieces.clone(), pieces).ok_or("no pieces")?;
    let folder = tempfile::tempdir()?;
    let config = TrainConfig {
        network: model.header.network.clone(),
        steps: u64::MAX,
        tasks: TaskMix { plain: 1.0, parts: 0.0, notes: 0.0, gap: 0.0 },
        ..TrainConfig::default()
    };
    let mut run = Run::open(folder.path().to_owned(), config, model.header.clone(), &pieces, device)?;
    (0..2).for_each(|_| _ = run.step());
    let (mut notes, mut seconds) = (0, 0.0);
    for _ in 0..steps {
        if let TrainEvent::Step { notes: more, seconds: taken, .. } = run.step() {
            notes += more;
            seconds += taken;
        }
    }
    Ok(notes as f64 / seconds)
}

/// An example as the script reads it.
fn tell(example: &Example) -> Value {
    let steps: Vec<[u16; 7]> = example
        .steps
        .iter()
        .map(|s| [s.mark, s.position, s.part, s.instrument, s.pitch, s.duration, s.velocity])
        .collect();
    let bars: Vec<Value> =
        example.bars.iter().map(|bar| json!([bar.step, bar.meter, bar.tempo, bar.attributes])).collect();
    let positions = example.positions.iter().map(|row| {
        let q = &row.query;
        json!([row.step, [q.cursor, q.length, q.next_one_bar_ago, q.next_two_bars_ago, q.next_given], row.target])
    });
    let notes = example.notes.iter().map(|row| {
        let (q, t) = (&row.query, &row.target);
        let sounding = (0..12).map(|class| f32::from(q.sounding >> class & 1));
        let harmony: Vec<f32> = sounding.chain(q.recent).chain(q.coming).collect();
        let known = [
            q.last,
            q.second_last,
            q.last_duration,
            q.last_velocity,
            q.any_velocity,
            q.gap,
            q.bass,
            q.top,
            q.one_bar_ago,
            q.one_bar_ago_duration,
            q.two_bars_ago,
            row.chord,
            row.key,
        ];
        let target = [t.position, t.part, t.pitch, t.duration, t.velocity];
        json!({ "row": row.row, "states": row.states, "known": known, "harmony": harmony, "floor": q.floor, "target": target })
    });
    let bar_rows: Vec<Value> =
        example.bar_rows.iter().map(|b| json!([b.row, b.last_meter, b.last_tempo, b.meter, b.tempo])).collect();
    json!({
        "parts": example.parts.iter().map(|part| [part.instrument, part.role as u8]).collect::<Vec<_>>(),
        "style": example.style,
        "steps": steps,
        "bars": bars,
        "positions": positions.collect::<Vec<_>>(),
        "notes": notes.collect::<Vec<_>>(),
        "bar_rows": bar_rows,
    })
}
