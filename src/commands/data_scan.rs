//! `ripieno data scan`: a folder of MIDI files becomes a corpus.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ripieno_datasets::{Corpus, PrepareError, PrepareOptions, Progress, ScanReport, Split, Stage, prepare};
use serde::Serialize;

use crate::cli::DataScan;
use crate::failure::{InputError, UsageError};
use crate::progress;

/// What is printed with `--json`.
#[derive(Serialize)]
struct Answer<'a> {
    folder: &'a Path,
    corpus: &'a Path,
    #[serde(flatten)]
    report: &'a ScanReport,
}

pub(crate) fn run(typed: &DataScan) -> anyhow::Result<()> {
    let corpus = match &typed.output {
        Some(output) => output.clone(),
        None => default_output(&typed.folder)?,
    };
    let options = PrepareOptions { allow_unknown_licence: typed.allow_unknown_licence, ..PrepareOptions::default() };
    let (_, report, _) = scan(&typed.folder, &corpus, &options)?;
    let mut out = io::stdout().lock();
    if typed.json {
        serde_json::to_writer_pretty(&mut out, &Answer { folder: &typed.folder, corpus: &corpus, report: &report })
            .map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        print(&mut out, &report, &corpus)?;
    }
    Ok(())
}

/// `my-midis.prepared` in the current folder for `…/my-midis`.
pub(super) fn default_output(folder: &Path) -> Result<PathBuf, UsageError> {
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let name = whole.file_name().ok_or_else(|| UsageError(format!("{} has no name; use -o", folder.display())))?;
    let mut name = name.to_owned();
    name.push(".prepared");
    Ok(name.into())
}

/// Prepares a corpus with a bar; the flag that Ctrl-C sets comes back with it.
pub(super) fn scan(
    folder: &Path,
    corpus: &Path,
    options: &PrepareOptions,
) -> anyhow::Result<(Corpus, ScanReport, Arc<AtomicBool>)> {
    let cancelled = progress::cancelled_by_ctrl_c()?;
    let bar = progress::bar("files");
    let show = |Progress { stage, done, total }: Progress| {
        bar.set_message(match stage {
            Stage::Reading => "reading",
            Stage::Comparing => "comparing",
            Stage::Writing => "writing",
        });
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    };
    let outcome = prepare(folder, corpus, options, &show, &cancelled);
    bar.finish_and_clear();
    match outcome {
        Ok((corpus, report)) => Ok((corpus, report, cancelled)),
        Err(error @ (PrepareError::NoFolder(_) | PrepareError::Manifest(_))) => {
            // Both say what is wrong in their own message; the cause below it would be lost otherwise.
            let source = std::error::Error::source(&error).map(|cause| cause.to_string().into());
            Err(InputError { message: error.to_string(), source }.into())
        }
        Err(error) => Err(error.into()),
    }
}

fn print(out: &mut impl Write, report: &ScanReport, corpus: &Path) -> io::Result<()> {
    let ScanReport { files, files_read, pieces, notes, works, rescued, .. } = report;
    writeln!(out, "{files} files in {:.1} s: {:.0} files/s", report.seconds, report.files_per_second)?;
    if report.unchanged {
        writeln!(out, "nothing has changed since the last scan")?;
    } else {
        writeln!(out, "{files_read} read, {} known from an earlier scan", files.saturating_sub(*files_read))?;
    }
    writeln!(out, "{pieces} pieces with {notes} notes, of {works} works; {rescued} damaged files rescued")?;
    if !report.reasons.is_empty() {
        writeln!(out, "\nleft out (--json lists every file)")?;
        for (reason, count) in &report.reasons {
            writeln!(out, "{count:>8}  {reason}")?;
        }
    }
    let notices = report.notices.iter().filter(|notice| !notice.is_about_columns()).count();
    if notices > 0 {
        writeln!(out, "\n{notices} things in the manifests are worth a look: `ripieno data licences` tells them")?;
    }
    writeln!(out, "\n{:<24}{:>8}{:>12}{:>8}{:>12}", "style", "train", "validation", "test", "notes")?;
    for (style, amount) in &report.styles {
        let in_split =
            |split: Split| report.splits.get(&split).and_then(|styles| styles.get(style)).map_or(0, |a| a.pieces);
        let (train, validation, test) = (in_split(Split::Train), in_split(Split::Validation), in_split(Split::Test));
        writeln!(out, "{style:<24}{train:>8}{validation:>12}{test:>8}{:>12}", amount.notes)?;
    }
    writeln!(out, "\nprepared in {}", corpus.display())
}
