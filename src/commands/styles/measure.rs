//! `ripieno styles measure`: a style of the person's own beside the model's.

use std::io::{self, Write};
use std::sync::atomic::AtomicBool;

use anyhow::Context;
use rayon::prelude::*;
use ripieno_composer::base;
use ripieno_composer::model::Model;
use ripieno_composer::personal::{Figures, Mix, held_out, measure};
use ripieno_datasets::originality::{ALARM, Index, compare};
use ripieno_datasets::{Corpus, PrepareOptions, SplitShares};
use serde::Serialize;

use super::{base_model, mix};
use crate::cli::MeasureStyle;
use crate::commands::data_scan::scan;
use crate::failure::{InputError, UsageError};
use crate::progress;
use crate::settings::StyleMix;
use crate::style_folder::{StyleFolder, add_own_styles};

/// What is printed with `--json`.
#[derive(Serialize)]
struct Answer {
    style: String,
    #[serde(flatten)]
    figures: Figures,
    /// By how much the style is below the best mix of the model's styles, in percent.
    percent_below_best_of_base: f64,
    /// Pieces that share a tune with what the style was learnt from; none where that is not known.
    known_to_style: Option<usize>,
    /// Pieces that share a tune with what the model was trained on.
    known_to_model: usize,
}

pub(super) fn run(typed: &MeasureStyle) -> anyhow::Result<()> {
    let styles = StyleFolder::find()?;
    let own = styles.read(&typed.name)?;
    let mut model = base_model()?;
    let against = if typed.against.is_empty() {
        own.header.nearest.iter().map(|(name, _)| name.clone()).take(1).collect()
    } else {
        typed.against.clone()
    };
    let mut all = vec![(typed.name.clone(), 1.0)];
    for name in &against {
        if all.iter().any(|(known, _)| known == name) {
            return Err(UsageError(format!("`{name}` is there twice")).into());
        }
        all.push((name.clone(), 1.0));
    }
    add_own_styles(&mut model, &StyleMix(all))?;

    let prepared = tempfile::tempdir().context("cannot make a temporary folder")?;
    let options = PrepareOptions {
        // Measuring asks for nobody's leave, training does.
        allow_unknown_licence: true,
        shares: SplitShares { validation: 0.0, test: 0.0, ..SplitShares::default() },
        ..PrepareOptions::default()
    };
    let (corpus, _, cancelled) = scan(&typed.folder, prepared.path(), &options)?;
    let examples = held_out(&model, &corpus, typed.stretches.max(1));
    if examples.is_empty() {
        let message = format!("{} has no music to measure with", typed.folder.display());
        return Err(InputError { message, source: None }.into());
    }
    let mixes = mixes(&typed.name, &against);
    let figures = figures(&model, corpus.pieces().len(), &examples, &mixes, &cancelled)?;
    let learnt = styles.index(&typed.name)?;
    let base = base::originality().context("the index inside the program cannot be used")?;
    let known_to_style = learnt.map(|index| known(&corpus, &index.judged_by(&base)));
    let answer = Answer {
        percent_below_best_of_base: 100.0 * (1.0 - figures.mixes[0].1 / figures.best_of_base.1),
        style: typed.name.clone(),
        figures,
        known_to_style,
        known_to_model: known(&corpus, &base),
    };
    let mut out = io::stdout().lock();
    if typed.json {
        serde_json::to_writer_pretty(&mut out, &answer).map_err(io::Error::from)?;
        return Ok(writeln!(out)?);
    }
    print(&mut out, &answer)
}

/// The style, then every other one alone and half and half with it, and no style.
fn mixes(name: &str, against: &[String]) -> Vec<Mix> {
    let mut mixes = vec![vec![(name.to_owned(), 1.0)]];
    for other in against {
        mixes.push(vec![(name.to_owned(), 0.5), (other.clone(), 0.5)]);
        mixes.push(vec![(other.clone(), 1.0)]);
    }
    mixes.push(Vec::new());
    mixes
}

fn figures(
    model: &Model,
    pieces: usize,
    examples: &[ripieno_composer::example::Example],
    mixes: &[Mix],
    cancelled: &AtomicBool,
) -> anyhow::Result<Figures> {
    let bar = progress::bar("mixes");
    bar.set_message("measuring");
    let show = |done: usize, total: usize| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    };
    let figures = measure(model, pieces, examples, mixes, &show, cancelled);
    bar.finish_and_clear();
    figures.context("cancelled")
}

/// Pieces that have more in common with an index than pieces by chance have.
fn known(corpus: &Corpus, index: &Index) -> usize {
    let is_known = |&piece: &usize| compare(index, &corpus.load(piece), |_| true).overlap() >= ALARM;
    (0..corpus.pieces().len()).into_par_iter().filter(is_known).count()
}

fn print(out: &mut impl Write, answer: &Answer) -> anyhow::Result<()> {
    let Figures { pieces, notes, mixes, best_of_base } = &answer.figures;
    writeln!(out, "{pieces} pieces, {notes} notes; nats per note, nothing given and nothing told but the style")?;
    for (styles, nats) in mixes {
        writeln!(out, "{:<48}{nats:>8.3}", mix(styles))?;
    }
    let (best, nats) = best_of_base;
    writeln!(out, "{:<48}{nats:>8.3}  the best mix of the model's styles for this music", mix(best))?;
    let below = answer.percent_below_best_of_base;
    let (by, where_) = if below >= 0.0 { (below, "below") } else { (-below, "above") };
    writeln!(out, "{} is {by:.1} % {where_} that", answer.style)?;
    if let Some(known) = answer.known_to_style.filter(|&known| known > 0) {
        writeln!(out, "{known} of the pieces share a tune with music that {} was learnt from", answer.style)?;
    }
    if answer.known_to_model > 0 {
        writeln!(out, "{} of the pieces share a tune with music that the model was trained on", answer.known_to_model)?;
    }
    Ok(())
}
