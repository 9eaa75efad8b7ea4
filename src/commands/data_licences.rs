//! `ripieno data licences`: by whose leave a collection may be trained on.

use std::io::{self, Write};
use std::path::Path;

use ripieno_datasets::manifest::Notice;
use ripieno_datasets::report::LeftOut;
use ripieno_datasets::{Corpus, LicenceLine, PrepareOptions, ScanReport, Verdict};
use serde::Serialize;

use super::data_scan::{default_output, scan};
use crate::cli::DataLicences;

/// Files, and credits of a source, that are named before the rest is only counted.
const NAMED: usize = 3;

/// What is printed with `--json`.
#[derive(Serialize)]
struct Answer<'a> {
    folder: &'a Path,
    corpus_hash: &'a str,
    pieces: usize,
    licences: &'a [LicenceLine],
    refused: Vec<&'a LeftOut>,
    notices: &'a [Notice],
}

pub(crate) fn run(typed: &DataLicences) -> anyhow::Result<()> {
    let prepared = typed.prepared.clone().map_or_else(|| default_output(&typed.folder), Ok)?;
    let options = PrepareOptions { allow_unknown_licence: typed.allow_unknown_licence, ..PrepareOptions::default() };
    let (corpus, report, _) = scan(&typed.folder, &prepared, &options)?;
    let mut out = io::stdout().lock();
    if typed.json {
        let answer = Answer {
            folder: &typed.folder,
            corpus_hash: corpus.manifest_hash(),
            pieces: report.pieces,
            licences: &report.licences,
            refused: refused(&report).collect(),
            notices: &report.notices,
        };
        serde_json::to_writer_pretty(&mut out, &answer).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        print(&mut out, &report, &corpus, typed.allow_unknown_licence)?;
    }
    Ok(())
}

/// Files that are left out for want of leave.
pub(super) fn refused(report: &ScanReport) -> impl Iterator<Item = &LeftOut> {
    report.left_out.iter().filter(|file| file.reason.is_for_want_of_leave())
}

fn print(out: &mut impl Write, report: &ScanReport, corpus: &Corpus, takes_unknown: bool) -> io::Result<()> {
    let unknown = if takes_unknown { "unknown, and taken because you allow it" } else { "unknown, and so left out" };
    for (verdict, heading) in
        [(Verdict::Allowed, "may be used"), (Verdict::Unknown, unknown), (Verdict::Refused, "refused")]
    {
        let lines: Vec<&LicenceLine> = report.licences.iter().filter(|line| line.verdict == verdict).collect();
        if lines.is_empty() {
            continue;
        }
        writeln!(out, "{heading}")?;
        writeln!(out, "{:>8}{:>12}{:>8}  licence, source: why", "files", "notes", "used")?;
        for line in lines {
            let source = if line.source.is_empty() { String::new() } else { format!(", {}", line.source) };
            let LicenceLine { files, notes, licence, .. } = line;
            writeln!(out, "{files:>8}{notes:>12}{:>8}  {licence}{source}: {}", line.used.pieces, line.why.words())?;
        }
        writeln!(out)?;
    }
    print_refused(out, report)?;
    print_credits(out, report)?;
    if !report.notices.is_empty() {
        writeln!(out, "worth a look")?;
        for Notice { manifest, line, problem } in &report.notices {
            writeln!(out, "  {manifest}, line {line}: {problem}")?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{} pieces would be trained on; corpus hash {}", report.pieces, corpus.manifest_hash())
}

fn print_refused(out: &mut impl Write, report: &ScanReport) -> io::Result<()> {
    let count = refused(report).count();
    if count == 0 {
        return Ok(());
    }
    writeln!(out, "left out for want of leave")?;
    for file in refused(report).take(NAMED) {
        writeln!(out, "  {}: {}", file.path, file.reason)?;
    }
    if count > NAMED {
        writeln!(out, "  and {} more; --json lists them all", count - NAMED)?;
    }
    writeln!(out)
}

fn print_credits(out: &mut impl Write, report: &ScanReport) -> io::Result<()> {
    let used: Vec<&LicenceLine> = report.licences.iter().filter(|line| line.used.pieces > 0).collect();
    if used.is_empty() {
        return Ok(());
    }
    writeln!(out, "credits")?;
    for line in &used {
        let credits = line.credits.keys().filter(|credit| !credit.is_empty());
        for credit in credits.take(NAMED) {
            writeln!(out, "  {credit} [{}]", line.licence)?;
        }
        let rest = line.credits.len().saturating_sub(NAMED);
        if rest > 0 {
            writeln!(out, "  and {rest} more [{}]; --json lists them all", line.licence)?;
        }
    }
    let without: usize = used.iter().map(|line| line.without_credit).sum();
    if without > 0 {
        writeln!(
            out,
            "  {without} pieces have a licence that asks for a credit, and no attribution: title, composer and source \
             stand for it"
        )?;
    }
    writeln!(out)
}
