//! `ripieno train performance`: how people play, from a licensed collection.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use rayon::prelude::*;
use ripieno_composer::performance::{
    People, Performance, PerformanceEvent, PerformanceHeader, PerformanceTraining, Prepared, fingerprint, train,
};
use ripieno_composer::train::Finished;
use ripieno_composer::training_record::TrainingRecord;
use ripieno_datasets::{Corpus, PieceRecord, PrepareOptions, Split};

use super::data_scan::scan;
use crate::cli::TrainPerformance;
use crate::failure::InputError;
use crate::input::read_midi;
use crate::output::OutputFile;
use crate::{performance_card, progress};

pub(crate) fn run(typed: &TrainPerformance) -> anyhow::Result<()> {
    let prepared = typed.corpus.clone().unwrap_or_else(|| typed.run.join("corpus"));
    fs::create_dir_all(&typed.run).with_context(|| format!("cannot make the folder {}", typed.run.display()))?;
    let options = PrepareOptions { allow_unknown_licence: typed.allow_unknown_licence, ..PrepareOptions::default() };
    let (corpus, _, cancelled) = scan(&typed.folder, &prepared, &options)?;
    let found = performances(&typed.folder, &corpus, &[Split::Train, Split::Validation]);
    let of_split = |split: Split| -> Vec<Performance> {
        found.iter().filter(|(piece, _)| piece.split == split).map(|(_, performance)| performance.clone()).collect()
    };
    let training = of_split(Split::Train);
    if training.is_empty() {
        let message = format!(
            "{} has no performances: neither drums that were played to a click, nor pitched parts with hand-shaped tempo",
            typed.folder.display()
        );
        return Err(InputError { message, source: None }.into());
    }
    let people = People::of(&training);
    let mut config = PerformanceTraining::default();
    config.steps = typed.steps.unwrap_or(config.steps);
    config.seed = typed.seed.unwrap_or(config.seed);
    config.schedule.peak = typed.rate.unwrap_or(config.schedule.peak);
    let pieces: Vec<&PieceRecord> = found.iter().map(|(piece, _)| *piece).collect();
    let mut licences: BTreeMap<String, u64> = BTreeMap::new();
    for piece in pieces.iter().filter(|piece| piece.split == Split::Train) {
        *licences.entry(piece.licence.name().to_owned()).or_default() += piece.notes as u64;
    }
    let header = PerformanceHeader {
        version: 1,
        network: config.network.clone(),
        vocabulary: fingerprint(),
        corpus: corpus.manifest_hash().to_owned(),
        licences,
        training: TrainingRecord::of_pieces(pieces.iter().copied()),
        people,
        steps: 0,
        notes_seen: 0,
        validation: None,
    };
    let prepare = |performances: Vec<Performance>| performances.iter().map(Prepared::new).collect::<Vec<_>>();
    let (training, validation) = (prepare(training), prepare(of_split(Split::Validation)));
    drop(found);
    tell(&mut io::stderr(), &header.training, &people)?;
    let bar = progress::bar("steps");
    bar.set_length(config.steps);
    let start = Instant::now();
    let (model, finished) = train(&config, &header, &training, &validation, &cancelled, |event| match event {
        PerformanceEvent::Step { step, loss } => {
            bar.set_position(*step);
            bar.set_message(format!("{loss:.3} nats a note"));
        }
        PerformanceEvent::Validation { step, nats: [timing, velocity, drum_timing, drum_velocity], best } => {
            let mark = if *best { ", the best so far" } else { "" };
            bar.suspend(|| {
                // Nobody is left to be told when stderr is closed.
                let _ = writeln!(
                    io::stderr(),
                    "step {step}: validation {timing:.4} nats a timing and {velocity:.4} a velocity of pitched parts, \
                     {drum_timing:.4} and {drum_velocity:.4} of drums{mark}"
                );
            });
        }
    });
    bar.finish_and_clear();
    let mut out = io::stdout().lock();
    let how = match finished {
        Finished::Steps => "finished",
        Finished::Stopped => "stopped: validation no longer improves",
        Finished::Cancelled => "interrupted",
    };
    let Some(model) = model else {
        return Ok(writeln!(out, "{how} before anything was measured: nothing is written")?);
    };
    let weights = typed.run.join("performance.safetensors");
    let bytes = model.to_bytes()?;
    OutputFile::new(&weights, true)?.write(&bytes)?;
    let seconds = start.elapsed().as_secs_f64();
    let card = performance_card::text(&model.header, &config, &bytes, seconds).context("a text takes every word")?;
    OutputFile::new(&typed.run.join(performance_card::FILE), true)?.write(card.as_bytes())?;
    writeln!(out, "{how}; the best weights, of step {}, are in {}", model.header.steps, weights.display())?;
    writeln!(out, "what they were trained on, and by whose leave, in {} beside them", performance_card::FILE)?;
    Ok(())
}

/// The performances among the pieces of some splits of a corpus, in order.
pub(super) fn performances<'a>(
    folder: &Path,
    corpus: &'a Corpus,
    splits: &[Split],
) -> Vec<(&'a PieceRecord, Performance)> {
    let read = |piece: &'a PieceRecord| {
        let file = read_midi(&folder.join(&piece.path)).ok()?;
        Some((piece, Performance::read(&file.score)?))
    };
    corpus.pieces().par_iter().filter(|piece| splits.contains(&piece.split)).filter_map(read).collect()
}

fn tell(err: &mut impl Write, training: &TrainingRecord, people: &People) -> io::Result<()> {
    writeln!(err, "{} performances to train on, {} to validate on", training.pieces, training.held_out)?;
    for source in &training.sources {
        let name = if source.source.is_empty() { "no source named" } else { &source.source };
        writeln!(err, "  {name} ({}): {} pieces, {} notes", source.licence, source.pieces, source.notes)?;
    }
    writeln!(
        err,
        "people bend the tempo by {:.1} % of a quarter note (standard deviation) and vary velocities by {:.1}; \
         drummers are {:.1} ms off and vary velocities by {:.1}; what they strike together is {:.1} ms apart",
        people.pitched_timing, people.pitched_velocity, people.drums_timing, people.drums_velocity, people.together
    )
}
