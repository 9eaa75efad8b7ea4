//! `ripieno train base`: a model from a licensed collection.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use ripieno_composer::base;
use ripieno_composer::model::{LoadModelError, ModelHeader, read_header};
use ripieno_composer::train::{CheckpointError, Finished, Pieces, Run, TrainConfig, TrainEvent};
use ripieno_datasets::originality::Index;
use ripieno_datasets::{Corpus, PrepareOptions, ScanReport, Verdict};

use super::data_licences::refused;
use super::data_scan::scan;
use crate::cli::TrainBase;
use crate::failure::{InputError, UsageError};
use crate::loss_curve::LossCurve;
use crate::output::OutputFile;
use crate::{model_card, progress};

pub(crate) fn run(typed: &TrainBase) -> anyhow::Result<()> {
    let prepared = typed.corpus.clone().unwrap_or_else(|| typed.run.join("corpus"));
    fs::create_dir_all(&typed.run).with_context(|| format!("cannot make the folder {}", typed.run.display()))?;
    let options = PrepareOptions { allow_unknown_licence: typed.allow_unknown_licence, ..PrepareOptions::default() };
    let (corpus, report, cancelled) = scan(&typed.folder, &prepared, &options)?;
    tell_leave(&mut io::stderr().lock(), &report)?;
    let pieces = Pieces::load(&corpus).ok_or_else(|| InputError {
        message: format!("{} has nothing to train on: see `ripieno data scan`", typed.folder.display()),
        source: None,
    })?;
    let header = ModelHeader::for_corpus(&corpus, &pieces);
    let weights = typed.run.join("best.safetensors");
    write_originality(&weights.with_extension("originality"), &corpus)?;
    let start_from = typed.from.as_deref().map(weights_of).transpose()?;
    let config = config(typed, start_from.as_deref())?;
    let mut run = Run::open(typed.run.clone(), config, header, &pieces, &typed.device.device()).map_err(named)?;
    if let (Some(weights), Some(path)) = (&start_from, &typed.from) {
        run.start_from(weights).map_err(unusable(path))?;
    }
    let first = run.progress().step;
    let settings = run.config().clone();
    let steps = settings.steps;
    let mut err = io::stderr();
    writeln!(
        err,
        "{} pieces to train on, {} to validate on; step {first} of {steps}",
        pieces.training().len(),
        pieces.validation.len()
    )?;

    let log_path = typed.run.join("log.jsonl");
    let mut curve = LossCurve::read(&log_path, first)?;
    let mut log = OpenOptions::new()
        .create(true)
        .append(true)
        .open(&log_path)
        .with_context(|| format!("cannot write {}", log_path.display()))?;
    let bar = progress::bar("steps");
    bar.set_length(steps);
    bar.set_position(first);
    let start = Instant::now();
    let mut notes_here = 0;
    let mut failure = None;
    let mut card = Ok(());
    let finished = run.train(&cancelled, |event| {
        let written = serde_json::to_string(event).map_err(io::Error::from).and_then(|line| writeln!(log, "{line}"));
        failure = failure.take().or(written.err());
        curve.push(event);
        match event {
            TrainEvent::Step { step, loss, notes, .. } => {
                notes_here += notes;
                bar.set_position(*step);
                bar.set_message(format!(
                    "{loss:.3} nats, {:.0} notes/s",
                    notes_here as f64 / start.elapsed().as_secs_f64()
                ));
            }
            TrainEvent::Validation { step, loss, best, .. } => {
                let mark = if *best { ", the best so far" } else { "" };
                bar.suspend(|| {
                    // Nobody is left to be told when stderr is closed.
                    let _ = writeln!(io::stderr(), "step {step}: validation {loss:.4} nats per note{mark}");
                });
                failure = failure.take().or(fs::write(typed.run.join("loss.svg"), curve.to_svg()).err());
                if *best {
                    // Weights never lie there without a card of their own.
                    card = model_card::write(&weights, &corpus, &settings, curve.seconds());
                }
            }
        }
    });
    bar.finish_and_clear();
    let finished = finished.map_err(named)?;
    card?;
    if let Some(error) = failure {
        tracing::warn!("the log in {} is incomplete: {error}", typed.run.display());
    }
    let mut out = io::stdout().lock();
    let best = run.progress().best.map_or_else(|| "none yet".to_owned(), |loss| format!("{loss:.4} nats per note"));
    let how = match finished {
        Finished::Steps => "finished",
        Finished::Stopped => "stopped: validation no longer improves",
        Finished::Cancelled => "interrupted; the same command goes on from here",
    };
    writeln!(out, "{how} at step {} of {steps}; best validation {best}", run.progress().step)?;
    writeln!(out, "weights in {}", weights.display())?;
    if run.progress().best.is_some() {
        model_card::write(&weights, &corpus, &settings, curve.seconds())?;
        writeln!(out, "what they were trained on, and by whose leave, in MODEL_CARD.md beside them")?;
    }
    Ok(())
}

/// Files that are named before the rest is only counted.
const NAMED: usize = 5;

/// Says what is left out for want of leave, what is taken without anybody knowing of one, and what is strange.
fn tell_leave(err: &mut impl Write, report: &ScanReport) -> io::Result<()> {
    let count = refused(report).count();
    if count > 0 {
        writeln!(err, "{count} files are not trained on:")?;
        for file in refused(report).take(NAMED) {
            writeln!(err, "  {}: {}", file.path, file.reason)?;
        }
        if count > NAMED {
            writeln!(err, "  and {} more; `ripieno data licences` tells of all", count - NAMED)?;
        }
    }
    let unknown: usize =
        report.licences.iter().filter(|line| line.verdict == Verdict::Unknown).map(|line| line.used.pieces).sum();
    if unknown > 0 {
        writeln!(
            err,
            "warning: the licence of {unknown} pieces is unknown, and you allow them: the model card says so"
        )?;
    }
    let notices = report.notices.iter().filter(|notice| !notice.is_about_columns());
    for notice in notices.clone().take(NAMED) {
        writeln!(err, "warning: {}, line {}: {}", notice.manifest, notice.line, notice.problem)?;
    }
    let rest = notices.count().saturating_sub(NAMED);
    if rest > 0 {
        writeln!(err, "warning: and {rest} more in the manifests; `ripieno data licences` tells of all")?;
    }
    Ok(())
}

/// Writes down what is learnt from, unless an earlier start of this run did.
fn write_originality(path: &Path, corpus: &Corpus) -> anyhow::Result<()> {
    let is_there = fs::read(path).ok().and_then(|bytes| Index::from_bytes(&bytes).ok());
    if is_there.is_some_and(|index| index.corpus() == corpus.manifest_hash()) {
        return Ok(());
    }
    OutputFile::new(path, true)?.write(&Index::of_corpus(corpus).to_bytes())
}

/// The content of the weights file that training starts from; `base` is the one inside the program.
fn weights_of(path: &Path) -> Result<Vec<u8>, InputError> {
    if path == Path::new("base") {
        return Ok(base::WEIGHTS.to_vec());
    }
    fs::read(path).map_err(|error| unusable(path)(error.into()))
}

fn unusable(path: &Path) -> impl Fn(LoadModelError) -> InputError {
    move |error| InputError { message: format!("cannot start from {}", path.display()), source: Some(error.into()) }
}

fn config(typed: &TrainBase, start_from: Option<&[u8]>) -> anyhow::Result<TrainConfig> {
    let mut config = TrainConfig::default();
    if let (Some(weights), Some(path)) = (start_from, &typed.from) {
        config.network = read_header(weights).map_err(unusable(path))?.network;
    }
    let network = &mut config.network;
    network.width = typed.width.unwrap_or(network.width);
    network.layers = typed.layers.unwrap_or(network.layers);
    network.context = typed.context.unwrap_or(network.context);
    if network.width == 0 || !network.width.is_multiple_of(2 * network.attention_heads) {
        return Err(UsageError(format!("--width must be a multiple of {}", 2 * network.attention_heads)).into());
    }
    if network.layers == 0 || network.context < 64 {
        return Err(UsageError("a network has at least one layer and 64 steps of context".into()).into());
    }
    config.steps = typed.steps.unwrap_or(config.steps);
    config.batch = typed.batch.unwrap_or(config.batch).max(1);
    config.replicas = typed.replicas.unwrap_or(config.replicas).max(1);
    config.schedule.peak = typed.rate.unwrap_or(config.schedule.peak);
    config.transpose = typed.transpose.unwrap_or(config.transpose);
    config.accumulate = typed.accumulate.unwrap_or(config.accumulate).max(1);
    config.seed = typed.seed.unwrap_or(config.seed);
    config.checkpoint_every = typed.checkpoint_every.unwrap_or(config.checkpoint_every).max(1);
    config.validate_every = typed.validate_every.unwrap_or(config.validate_every).max(1);
    Ok(config)
}

fn named(error: CheckpointError) -> anyhow::Error {
    match error {
        CheckpointError::Corpus { .. } | CheckpointError::Weights { .. } | CheckpointError::Optimizer { .. } => {
            let source = std::error::Error::source(&error).map(|cause| cause.to_string().into());
            InputError { message: error.to_string(), source }.into()
        }
        error => error.into(),
    }
}
