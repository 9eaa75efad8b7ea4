//! `ripieno eval`: figures on music that the model has not seen.

use std::io::{self, Write};

use ripieno_composer::base;
use ripieno_composer::device::DeviceChoice;
use ripieno_composer::eval::evaluate;
use ripieno_composer::model::Model;
use ripieno_datasets::PrepareOptions;

use super::data_scan::{default_output, scan};
use crate::cli::Eval;
use crate::failure::InputError;
use crate::progress;

pub(crate) fn run(typed: &Eval) -> anyhow::Result<()> {
    let prepared = match &typed.prepared {
        Some(folder) => folder.clone(),
        None => default_output(&typed.corpus)?,
    };
    let options = PrepareOptions { allow_unknown_licence: typed.allow_unknown_licence, ..PrepareOptions::default() };
    let (corpus, _, _) = scan(&typed.corpus, &prepared, &options)?;
    let device = DeviceChoice::default().device();
    let model = match &typed.model {
        Some(path) => Model::read(path, &device).map_err(|error| InputError {
            message: format!("cannot use {}", path.display()),
            source: Some(error.into()),
        })?,
        None => base::load(&device)?,
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
    let evaluation = evaluate(&model, &corpus, typed.stretches, &show);
    bar.finish_and_clear();
    let mut out = io::stdout().lock();
    if typed.json {
        serde_json::to_writer_pretty(&mut out, &evaluation).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        write!(out, "{evaluation}")?;
    }
    Ok(())
}
