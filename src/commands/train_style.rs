//! `ripieno train FOLDER --name NAME`: a style of the person's own.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use anyhow::Context;
use ripieno_composer::device::DeviceChoice;
use ripieno_composer::model::{Model, Precision};
use ripieno_composer::personal::{
    Contents, Material, PersonalStyle, StyleConfig, StyleEvent, Training, TrainingError, check_name,
};
use ripieno_composer::train::{CheckpointError, Finished};
use ripieno_datasets::originality::Index;
use ripieno_datasets::{Corpus, PrepareOptions, ScanReport, SplitShares};
use ripieno_score::Instrument;

use super::data_scan::scan;
use crate::cli::TrainStyle;
use crate::failure::{InputError, UsageError};
use crate::style_folder::StyleFolder;
use crate::{progress, weights};

/// Keys, instruments and licences that are named.
const NAMED: usize = 6;
/// What a style says whose music came without a manifest.
const OWN_MUSIC: &str = "from a folder without a manifest, which the person who trained it took for their own music";
/// What a style says when files without a licence were allowed.
const ALLOWED: &str = "files without a licence were allowed by the person who trained it";

pub(crate) fn run(typed: Option<&TrainStyle>) -> anyhow::Result<()> {
    let typed = typed.ok_or_else(|| UsageError("name a folder and --name, or see `ripieno train --help`".into()))?;
    check_name(&typed.name).map_err(|error| UsageError(error.to_string()))?;
    let styles = StyleFolder::find()?;
    let (model, _) = weights::model(None, DeviceChoice::Flex)?;
    styles.check_free(&typed.name, &model, typed.force)?;
    let _lock = styles.lock(&typed.name)?;
    let folder = styles.training(&typed.name);
    let is_new = !folder.exists();

    let has_manifest = ["manifest.csv", "manifest.toml"].iter().any(|name| typed.folder.join(name).is_file());
    let options = PrepareOptions {
        allow_unknown_licence: typed.allow_unknown_licence || !has_manifest,
        // What is kept aside is chosen by the training, which must have something even of few pieces.
        shares: SplitShares { validation: 0.0, test: 0.0, ..SplitShares::default() },
        ..PrepareOptions::default()
    };
    let (corpus, report, cancelled) = scan(&typed.folder, &folder.join("corpus"), &options)?;
    let mut out = io::stdout().lock();
    tell(&mut out, &corpus, &report, has_manifest)?;
    let material = Material::new(&corpus).map_err(|error| {
        let source = why_so_little(&report).map(Into::into);
        if is_new {
            // Nothing is worth keeping for a next time.
            let _ = styles.remove_training(&typed.name);
        }
        InputError { message: format!("{} makes no style: {error}", typed.folder.display()), source }
    })?;
    let mut config = StyleConfig::for_notes(material.notes().0);
    config.train.steps = typed.steps.unwrap_or(config.train.steps);
    config.train.seed = typed.seed;
    let mut err = io::stderr();
    writeln!(err, "looking for the nearest styles of the model")?;
    let mut training = Training::open(folder, &typed.name, &model, &material, config, &cancelled).map_err(named)?;
    begin(&mut err, &training)?;
    let finished = train(&mut training, &cancelled)?;
    let step = training.progress().step;
    if finished == Finished::Cancelled {
        return Ok(writeln!(out, "interrupted at step {step}; the same command goes on from here")?);
    }
    let mut style = training.style().context("nothing was measured")?.clone();
    style.header.leave = leave(&style, has_manifest).to_owned();
    style.header.minutes = training.header().minutes;
    let unchanged = training.fingerprint() == model.fingerprint();
    anyhow::ensure!(
        unchanged,
        "the base model has changed while the style was trained: this is a fault of the program"
    );
    let index = Index::of_corpus_alone(&corpus).to_bytes();
    let path = styles.keep(&style, Some(&index))?;
    styles.remove_training(&typed.name)?;
    report_end(&mut out, finished, step, &style, &model, &path)
}

/// What was found.
fn tell(out: &mut impl Write, corpus: &Corpus, report: &ScanReport, has_manifest: bool) -> io::Result<()> {
    let contents = Contents::of(corpus);
    let Contents { pieces, works, notes, keys, instruments } = &contents;
    let versions = if works < pieces { format!(", {works} of them different") } else { String::new() };
    writeln!(out, "found       {pieces} pieces{versions}, {notes} notes, in {} files", report.files)?;
    let shown = |counts: Vec<(String, usize)>| {
        let more = counts.len().saturating_sub(NAMED);
        let named: Vec<String> =
            counts.into_iter().take(NAMED).map(|(name, count)| format!("{name} {count}")).collect();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        named.join(", ") + &more
    };
    if !keys.is_empty() {
        writeln!(out, "keys        {}", shown(keys.clone()))?;
        let name = |index: u8| Instrument::from_index(index).map_or("?", Instrument::name).to_owned();
        let instruments = instruments.iter().map(|&(index, count)| (name(index), count)).collect();
        writeln!(out, "instruments {}", shown(instruments))?;
    }
    if has_manifest {
        let mut licences: BTreeMap<&str, usize> = BTreeMap::new();
        corpus.pieces().iter().for_each(|piece| *licences.entry(piece.licence.name()).or_default() += 1);
        let mut licences: Vec<(String, usize)> =
            licences.into_iter().map(|(name, count)| (name.into(), count)).collect();
        licences.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        if !licences.is_empty() {
            writeln!(out, "licences    {}", shown(licences))?;
        }
    } else if *pieces > 0 {
        writeln!(out, "licences    no manifest: this is taken for music of your own; the style says so")?;
    }
    if !report.reasons.is_empty() {
        let reasons: Vec<String> = report.reasons.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        writeln!(out, "left out    {}", reasons.join(", "))?;
    }
    Ok(())
}

/// What happened to the files that are not there.
fn why_so_little(report: &ScanReport) -> Option<String> {
    if report.files == 0 {
        return Some("there is no file in it".into());
    }
    let mut reasons: Vec<(&String, &usize)> = report.reasons.iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let reasons: Vec<String> = reasons.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    let advice = if report.reasons.contains_key("licence unknown") {
        "; --allow-unknown-licence takes files of which the manifest says nothing"
    } else {
        ""
    };
    (!reasons.is_empty()).then(|| format!("of {} files left out: {}{advice}", report.files, reasons.join(", ")))
}

fn begin(err: &mut impl Write, training: &Training<'_>) -> io::Result<()> {
    let header = training.header();
    let step = training.progress().step;
    if training.has_dropped_another() {
        writeln!(err, "an unfinished training was of other music or of another model: beginning again")?;
    }
    if step > 0 {
        writeln!(err, "going on with step {step} of {}", training.config().train.steps)?;
    }
    writeln!(
        err,
        "{} pieces to learn from, {} kept aside; nearest {}: {:.3} nats per note",
        header.pieces.0,
        header.pieces.1,
        mix(&header.nearest),
        header.nats_before
    )
}

/// Styles with their shares.
pub(super) fn mix(styles: &[(String, f32)]) -> String {
    match styles {
        [] => "no style".into(),
        [(name, _)] => name.clone(),
        styles => {
            let shares: Vec<String> = styles.iter().map(|(name, share)| format!("{name}:{share:.2}")).collect();
            shares.join(",")
        }
    }
}

fn train(training: &mut Training<'_>, cancelled: &AtomicBool) -> anyhow::Result<Finished> {
    let bar = progress::bar("steps");
    let steps = training.config().train.steps;
    let first = training.progress().step;
    bar.set_length(steps);
    bar.set_position(first);
    bar.reset_eta();
    let start = Instant::now();
    let finished = training.train(cancelled, |event| match event {
        StyleEvent::Step { step, loss, .. } => {
            bar.set_position(*step);
            bar.set_message(format!("{loss:.3} nats"));
        }
        StyleEvent::Validation { step, nats, best } => {
            let mark = if *best { ", the best so far" } else { "" };
            let seconds = start.elapsed().as_secs_f64() / (step - first).max(1) as f64 * (steps - step) as f64;
            bar.suspend(|| {
                // Nobody is left to be told when stderr is closed.
                let _ = writeln!(
                    io::stderr(),
                    "step {step} of {steps}: {nats:.3} nats per note{mark}; at most {:.1} minutes left",
                    seconds / 60.0
                );
            });
        }
    });
    bar.finish_and_clear();
    finished.map_err(named)
}

/// By whose leave music without a licence was used.
fn leave(style: &PersonalStyle, has_manifest: bool) -> &'static str {
    match (style.header.licences.contains_key("unknown"), has_manifest) {
        (false, _) => "",
        (true, false) => OWN_MUSIC,
        (true, true) => ALLOWED,
    }
}

fn report_end(
    out: &mut impl Write,
    finished: Finished,
    step: u64,
    style: &PersonalStyle,
    model: &Model,
    path: &Path,
) -> anyhow::Result<()> {
    let header = &style.header;
    let why = match finished {
        Finished::Stopped => "the pieces that were kept aside got no better",
        _ => "all steps are done",
    };
    writeln!(
        out,
        "trained     {:.1} minutes, {step} steps: {why}; step {} was the best",
        header.minutes, header.steps
    )?;
    let saved = 100.0 * (1.0 - header.nats / header.nats_before.max(1e-9));
    let nearest = mix(&header.nearest);
    let from = header.nats_before;
    let nats = header.nats;
    if saved > 0.0 {
        writeln!(
            out,
            "learnt      {nats:.3} nats per note of the pieces kept aside; {nearest} had {from:.3}: {saved:.1} % fewer"
        )?;
    } else {
        writeln!(
            out,
            "learnt      nothing that {nearest} did not know: {nats:.3} nats per note of the pieces kept aside, before {from:.3}"
        )?;
    }
    let bytes = style.to_bytes(Precision::Half, None).len();
    writeln!(out, "style       {} KB in {}", bytes.div_ceil(1024), path.display())?;
    writeln!(out, "base model  unchanged ({})", &model.fingerprint()[..16])?;
    Ok(writeln!(out, "try         ripieno compose -o piece.mid --style {}", header.name)?)
}

fn named(error: TrainingError) -> anyhow::Error {
    match error {
        TrainingError::Style { .. } | TrainingError::Checkpoint(CheckpointError::Optimizer { .. }) => {
            let source = std::error::Error::source(&error).map(|cause| cause.to_string().into());
            InputError { message: error.to_string(), source }.into()
        }
        error => error.into(),
    }
}
