//! Which of the files that were read go into the corpus, and under which style, work and split.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{PrepareOptions, ledger};
use crate::corpus::PieceRecord;
use crate::corpus::writer::Contents;
use crate::duplicates::{self, Described};
use crate::journal::{Content, Journal, Kept, Outcome};
use crate::licence::Licence;
use crate::manifest::{Manifest, ManifestRow};
use crate::report::{LeftOut, Rejected, ScanReport, WorkGroup};
use crate::scan::Found;

/// How many of the largest groups a report names, and how many paths of each.
const NAMED_GROUPS: usize = 20;
const NAMED_PATHS: usize = 4;

/// A file that may go into the corpus.
struct Candidate<'a> {
    path: &'a str,
    content: &'a Content,
    kept: &'a Kept,
    row: ManifestRow,
    licence: Licence,
}

/// Applies limits, licences, duplicates and split to everything that was read.
pub(super) fn select(
    files: &[Found],
    journal: &Journal,
    manifest: &Manifest,
    options: &PrepareOptions,
    inputs: String,
) -> Contents {
    let mut left_out = Vec::new();
    let mut candidates = Vec::new();
    let refused = refused_by_authors(files, journal, manifest);
    for file in files {
        match consider(file, journal, manifest, &refused, options) {
            Ok(candidate) => candidates.push(candidate),
            Err(reason) => left_out.push(LeftOut { path: file.path.clone(), reason }),
        }
    }
    let described: Vec<Described> = candidates.iter().map(Candidate::described).collect();
    let works = duplicates::works(&described);
    let best = best_versions(&candidates);

    let styles: BTreeSet<String> = candidates.iter().map(|c| c.row.style_of(c.path)).collect();
    let mut styles: Vec<String> = styles.into_iter().collect();
    styles.sort();
    let mut pieces = Vec::new();
    let mut rescued = 0;
    for (candidate, &work) in candidates.iter().zip(&works) {
        let of = best[&candidate.content.music_hash];
        if of == candidate.path {
            rescued += usize::from(candidate.content.rescued);
            pieces.push(candidate.record(work, &styles, options));
        } else {
            let reason = Rejected::Duplicate { of: of.to_owned() };
            left_out.push(LeftOut { path: candidate.path.to_owned(), reason });
        }
    }
    left_out.sort_by(|a, b| a.path.cmp(&b.path));
    let mut report = report(files.len(), &pieces, &styles, left_out, rescued);
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    report.notices = manifest.notices(&paths);
    report.licences = ledger::licences(files, journal, manifest, &pieces, &report.left_out);
    Contents { inputs, styles, pieces, report }
}

/// The music that its authors do not want to be trained on, with the path of one file that holds it: no copy of it is
/// taken, whatever is said of the copy.
fn refused_by_authors<'a>(files: &'a [Found], journal: &Journal, manifest: &Manifest) -> HashMap<u64, &'a str> {
    let mut refused = HashMap::new();
    for file in files {
        let Some(Outcome::Piece(content)) = journal.kept(&file.path).map(|kept| &kept.entry.outcome) else { continue };
        if manifest.row(&file.path).leave().is_refused_by_author() {
            refused.insert(content.music_hash, file.path.as_str());
        }
    }
    refused
}

fn consider<'a>(
    file: &'a Found,
    journal: &'a Journal,
    manifest: &Manifest,
    refused: &HashMap<u64, &str>,
    options: &PrepareOptions,
) -> Result<Candidate<'a>, Rejected> {
    if file.bytes > options.max_file_bytes {
        return Err(Rejected::TooLarge(file.bytes));
    }
    let kept = journal.kept(&file.path).ok_or_else(|| Rejected::Inaccessible("it was not read".to_owned()))?;
    let content = match &kept.entry.outcome {
        Outcome::Piece(content) => content,
        Outcome::Rejected(reason) => return Err(reason.clone()),
    };
    let row = manifest.row(&file.path);
    let leave = row.leave();
    if let Some(refusal) = leave.refusal(options.allow_unknown_licence) {
        return Err(refusal);
    }
    if let Some(&of) = refused.get(&content.music_hash) {
        return Err(Rejected::CopyOfRefused { of: of.to_owned() });
    }
    let licence = leave.licence;
    if content.notes < options.min_notes {
        return Err(Rejected::TooFew(content.notes));
    }
    if content.notes > options.max_notes {
        return Err(Rejected::TooLong(content.notes));
    }
    Ok(Candidate { path: &file.path, content, kept, row, licence })
}

impl<'a> Candidate<'a> {
    fn described(&self) -> Described<'_> {
        Described {
            path: self.path,
            music_hash: self.content.music_hash,
            shingles: &self.kept.shingles,
            composer: &self.row.composer,
            title: &self.row.title,
            attribution: &self.row.attribution,
            work: &self.row.work,
        }
    }

    /// Sorts the better of two files with the same music first: surer licence, more notes (doublings are lost to the
    /// hash), more shades of loudness, then the name.
    fn merit(&self) -> impl Ord + use<'_, 'a> {
        let tier = if self.row.tier.is_empty() { "~" } else { &self.row.tier };
        let sure = matches!(self.licence, Licence::Free(_));
        (!sure, tier, Reverse(self.content.notes), Reverse(self.content.velocities), self.path)
    }

    fn record(&self, work: u64, styles: &[String], options: &PrepareOptions) -> PieceRecord {
        let style = self.row.style_of(self.path);
        PieceRecord {
            path: self.path.to_owned(),
            style: styles.binary_search(&style).expect("all styles of candidates are listed"),
            composer: self.row.composer.clone(),
            title: self.row.title.clone(),
            source: self.row.source.clone(),
            ensemble: self.row.ensemble.clone(),
            attribution: self.row.attribution.clone(),
            licence: self.licence.clone(),
            tier: self.row.tier.clone(),
            work,
            split: options.shares.of_work(work),
            notes: self.content.notes,
            bars: self.content.bars,
            content_hash: self.content.content_hash.clone(),
            offset: 0,
            length: 0,
        }
    }
}

/// The path of the best file for each music hash.
fn best_versions<'a>(candidates: &[Candidate<'a>]) -> HashMap<u64, &'a str> {
    let mut best: HashMap<u64, &Candidate<'a>> = HashMap::new();
    for candidate in candidates {
        let kept = best.entry(candidate.content.music_hash).or_insert(candidate);
        if candidate.merit() < kept.merit() {
            *kept = candidate;
        }
    }
    best.into_iter().map(|(hash, candidate)| (hash, candidate.path)).collect()
}

fn report(
    files: usize,
    pieces: &[PieceRecord],
    styles: &[String],
    left_out: Vec<LeftOut>,
    rescued: usize,
) -> ScanReport {
    let mut report = ScanReport { files, rescued, pieces: pieces.len(), ..ScanReport::default() };
    for file in &left_out {
        *report.reasons.entry(file.reason.kind().to_owned()).or_default() += 1;
    }
    report.left_out = left_out;
    let mut groups: BTreeMap<u64, WorkGroup> = BTreeMap::new();
    for piece in pieces {
        let style = &styles[piece.style];
        report.notes += piece.notes;
        report.styles.entry(style.clone()).or_default().add(piece.notes);
        report.splits.entry(piece.split).or_default().entry(style.clone()).or_default().add(piece.notes);
        let group = groups.entry(piece.work).or_insert(WorkGroup { work: piece.work, pieces: 0, examples: Vec::new() });
        group.pieces += 1;
        if group.examples.len() < NAMED_PATHS {
            group.examples.push(piece.path.clone());
        }
    }
    report.works = groups.len();
    let mut groups: Vec<WorkGroup> = groups.into_values().filter(|group| group.pieces > 1).collect();
    groups.sort_by_key(|group| (Reverse(group.pieces), group.work));
    groups.truncate(NAMED_GROUPS);
    report.largest_works = groups;
    report
}
