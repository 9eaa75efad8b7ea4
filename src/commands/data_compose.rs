//! `ripieno data compose`: a collection of pieces composed by rules.

use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::Ordering;

use anyhow::Context;
use ripieno_datasets::Manifest;
use ripieno_datasets::procedural::{ComposedCollection, STYLES, Style};
use tempfile::TempDir;

use crate::cli::DataCompose;
use crate::failure::UsageError;
use crate::output::folder;
use crate::progress;

pub(crate) fn run(typed: &DataCompose) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    let (Some(style), Some(output)) = (&typed.style, &typed.output) else {
        return Ok(list(&mut out)?);
    };
    let styles = styles(style)?;
    check_free(output)?;
    let cancelled = progress::cancelled_by_ctrl_c()?;
    let unfinished = beside(output)?;
    let bar = progress::bar("pieces");
    bar.set_length(u64::from(typed.pieces) * styles.len() as u64);
    let mut rows = Vec::new();
    for style in styles {
        let collection = ComposedCollection { style, pieces: typed.pieces, seed: typed.seed };
        let subfolder = if styles.len() > 1 { format!("{}/", style.name) } else { String::new() };
        let target = unfinished.path().join(&subfolder);
        std::fs::create_dir_all(&target).with_context(|| format!("cannot make {}", target.display()))?;
        for (name, bytes) in collection.files() {
            if cancelled.load(Ordering::Relaxed) {
                anyhow::bail!("stopped; nothing is left of it");
            }
            let path = target.join(name);
            std::fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
            bar.inc(1);
        }
        rows.extend(collection.manifest_rows(&subfolder));
    }
    let manifest = unfinished.path().join("manifest.csv");
    std::fs::write(&manifest, Manifest::to_csv(&rows))
        .with_context(|| format!("cannot write {}", manifest.display()))?;
    bar.finish_and_clear();
    put(unfinished, output)?;
    writeln!(out, "{} pieces composed by rules with seed {} in {}", rows.len(), typed.seed, output.display())?;
    writeln!(out, "next: ripieno data scan {}", output.display())?;
    Ok(())
}

fn list(out: &mut impl Write) -> io::Result<()> {
    for style in &STYLES {
        writeln!(out, "{:<14}{}", style.name, style.summary)?;
        writeln!(out, "{:<14}after {}", "", style.source)?;
    }
    Ok(())
}

fn styles(name: &str) -> Result<&'static [Style], UsageError> {
    if name == "all" {
        return Ok(&STYLES);
    }
    let found = Style::find(name).map(std::slice::from_ref);
    found.ok_or_else(|| {
        let names: Vec<&str> = STYLES.iter().map(|style| style.name).collect();
        UsageError(format!("there are no rules for `{name}`; choose among {} or `all`", names.join(", ")))
    })
}

/// A folder that is not there or empty; another may hold somebody's work.
fn check_free(output: &Path) -> Result<(), UsageError> {
    let shown = output.display();
    let refuse = |problem: &str| Err(UsageError(format!("{shown} {problem}")));
    match std::fs::read_dir(output).map(Iterator::count) {
        Ok(1..) => refuse("holds other things; name a new or an empty folder"),
        Ok(0) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if folder(output).is_dir() {
                Ok(())
            } else {
                refuse("would lie in a folder that does not exist")
            }
        }
        Err(error) => refuse(&format!("cannot be used as a folder: {error}")),
    }
}

/// A folder beside `output` that vanishes unless it becomes it.
fn beside(output: &Path) -> anyhow::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
    let made = builder.prefix(".ripieno-").tempdir_in(folder(output));
    made.with_context(|| format!("cannot make a folder beside {}", output.display()))
}

/// Renames the finished folder to `output`: all of it is there, or nothing.
fn put(finished: TempDir, output: &Path) -> anyhow::Result<()> {
    let context = || format!("cannot make {}", output.display());
    if output.is_dir() {
        // An empty folder in the way; one that was filled meanwhile is not removed.
        std::fs::remove_dir(output).with_context(context)?;
    }
    std::fs::rename(finished.path(), output).with_context(context)?;
    // It has another name now: there is nothing to remove.
    let _ = finished.keep();
    Ok(())
}
