//! `ripieno data index`: what a model will have learnt from, written down for finding copies of it.

use std::io::{self, Write};

use ripieno_datasets::PrepareOptions;
use ripieno_datasets::originality::Index;

use super::data_scan::{default_output, scan};
use crate::cli::DataIndex;
use crate::output::OutputFile;

pub(crate) fn run(typed: &DataIndex) -> anyhow::Result<()> {
    let output = OutputFile::new(&typed.output, typed.force)?;
    let prepared = typed.prepared.clone().map_or_else(|| default_output(&typed.folder), Ok)?;
    let options = PrepareOptions { allow_unknown_licence: typed.allow_unknown_licence, ..PrepareOptions::default() };
    let (corpus, _, _) = scan(&typed.folder, &prepared, &options)?;
    let index = Index::of_corpus(&corpus);
    let bytes = index.to_bytes();
    output.write(&bytes)?;
    let mut out = io::stdout().lock();
    writeln!(out, "{} pieces, {} notes without repetitions", index.sources().len(), index.notes())?;
    let usual = index.usual();
    if let (Some(median), Some(high)) = (usual.quantile(0.5), usual.quantile(0.95)) {
        writeln!(
            out,
            "overlap with other works: half of {} pieces up to {median:.1} notes, 95 % up to {high:.1}",
            usual.pieces()
        )?;
    }
    writeln!(out, "written in {} ({} bytes)", typed.output.display(), bytes.len())?;
    Ok(())
}
