//! `ripieno eval`: figures on music that the model has not seen.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use ripieno_composer::device::DeviceChoice;
use ripieno_composer::eval::evaluate;
use ripieno_composer::eval::listening::listen;
use ripieno_composer::eval::overlap::overlaps;
use ripieno_composer::eval::round_trip::{RoundTrip, RoundTrips};
use ripieno_composer::eval::styles::{StyleOptions, recognise};
use ripieno_composer::performance::{Performance, PerformanceReport};
use ripieno_datasets::{Corpus, PieceRecord, PrepareOptions, Split};
use serde::Serialize;

use super::data_scan::{default_output, scan};
use super::humanize;
use super::train_performance::performances;
use crate::cli::Eval;
use crate::confusion_matrix;
use crate::failure::InputError;
use crate::input::read_midi;
use crate::output::OutputFile;
use crate::{progress, weights};

/// What `ripieno compose` allows unless it is told otherwise, in notes that say something.
const MAX_OVERLAP: f32 = 16.0;

pub(crate) fn run(typed: &Eval) -> anyhow::Result<()> {
    let plot = typed.plot.as_deref().map(|path| OutputFile::new(path, typed.force)).transpose()?;
    let prepared = match &typed.prepared {
        Some(folder) => folder.clone(),
        None => default_output(&typed.corpus)?,
    };
    let options = PrepareOptions { allow_unknown_licence: typed.allow_unknown_licence, ..PrepareOptions::default() };
    let (corpus, report, cancelled) = scan(&typed.corpus, &prepared, &options)?;
    if typed.round_trip {
        let paths =
            corpus.pieces().iter().map(|piece| &piece.path).chain(report.left_out.iter().map(|file| &file.path));
        let trips = round_trips(&typed.corpus, paths.cloned().collect(), &cancelled)?;
        return print(typed.json, &trips);
    }
    if typed.humanize {
        return print(typed.json, &humanized(typed, &corpus)?);
    }
    let (model, _, index) = match typed.overlap {
        Some(_) => weights::model_and_index(typed.model.as_deref(), DeviceChoice::default())?,
        None => {
            let (model, id) = weights::model(typed.model.as_deref(), DeviceChoice::default())?;
            (model, id, None)
        }
    };
    let bar = progress::bar("pieces");
    let show = |what: &str, done: usize, total: usize| {
        bar.set_message(what.to_owned());
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    };
    if model.header.corpus != corpus.manifest_hash() {
        tracing::warn!(
            "the model was trained on another corpus: pieces of this test split may have been in its training"
        );
    }
    if let Some(duets) = typed.listening {
        let listening = listen(&model, &corpus, duets, &|done, total| show("playing", done, total));
        bar.finish_and_clear();
        return print(typed.json, &listening);
    }
    if let Some(pieces) = typed.styles {
        let options = StyleOptions {
            pieces: pieces.into(),
            strength: typed.style_strength,
            melodies: !typed.from_nothing,
            seed: typed.seed,
        };
        let report = recognise(&model, &corpus, &options, &show, &cancelled)?;
        bar.finish_and_clear();
        if let Some(plot) = plot {
            plot.write(confusion_matrix::to_svg(&report).as_bytes())?;
        }
        return print(typed.json, &report);
    }
    if let Some(pieces) = typed.overlap {
        let (index, _) = index.ok_or_else(|| InputError {
            message: "without an index of what the model was trained on there is nothing to compare with".to_owned(),
            source: None,
        })?;
        let what = (pieces.into(), MAX_OVERLAP, typed.seed);
        let report = overlaps(&model, &Arc::new(index), &corpus, what, &show, &cancelled)?;
        bar.finish_and_clear();
        return print(typed.json, &report);
    }
    let evaluation = evaluate(&model, &corpus, typed.stretches, &show);
    bar.finish_and_clear();
    print(typed.json, &evaluation)
}

/// Every file that can be read and has notes, through events and back.
fn round_trips(folder: &Path, paths: Vec<String>, cancelled: &AtomicBool) -> anyhow::Result<RoundTrips> {
    let bar = progress::bar("files");
    bar.set_length(paths.len() as u64);
    let trip = |path: String| {
        bar.inc(1);
        let file = if cancelled.load(Ordering::Relaxed) { None } else { read_midi(&folder.join(&path)).ok() };
        file.filter(|file| file.score.note_count() > 0).map(|file| RoundTrip::new(path, &file.score))
    };
    let trips = paths.into_par_iter().filter_map(trip).collect();
    bar.finish_and_clear();
    anyhow::ensure!(!cancelled.load(Ordering::Relaxed), "cancelled");
    Ok(RoundTrips::new(trips))
}

/// How people play, beside how the network plays the same.
fn humanized(typed: &Eval, corpus: &Corpus) -> anyhow::Result<PerformanceReport> {
    let (model, _) = humanize::weights(typed.model.as_deref())?;
    if model.header.corpus != corpus.manifest_hash() {
        tracing::warn!(
            "the weights were trained on another corpus: performances of this test split may have been in it"
        );
    }
    let found = performances(&typed.corpus, corpus, &[Split::Train, Split::Test]);
    let (known, unheard): (Vec<_>, Vec<_>) = found.into_iter().partition(|(piece, _)| piece.split == Split::Train);
    let known: Vec<Performance> = known.into_iter().map(|(_, performance)| performance).collect();
    let styled =
        |(piece, performance): (&PieceRecord, Performance)| (corpus.styles()[piece.style].clone(), performance);
    let unheard: Vec<(String, Performance)> = unheard.into_iter().map(styled).collect();
    Ok(PerformanceReport::of(&model, &known, &unheard, typed.seed))
}

fn print(json: bool, figures: &(impl Display + Serialize)) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, figures).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        write!(out, "{figures}")?;
    }
    Ok(())
}
