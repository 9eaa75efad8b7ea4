//! From a folder to a corpus: scan, filter, deduplicate, split, write.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::{Deserialize, Serialize};

use crate::corpus::{Corpus, OpenCorpusError, writer};
use crate::journal::{self, Journal};
use crate::manifest::{Manifest, ManifestError};
use crate::report::{Rejected, ScanReport};
use crate::scan::{self, Found};
use crate::split::SplitShares;

mod ledger;
mod select;

const JOURNAL_FILE: &str = "scan.journal";

/// Raise when selecting, grouping or splitting changes, so that a corpus is made anew from the same files.
const VERSION: u32 = 2;

/// What goes into a corpus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PrepareOptions {
    /// Whether to take files about whose licence nothing is known. Forbidden ones are never taken.
    pub allow_unknown_licence: bool,
    /// Pieces with fewer notes are left out.
    pub min_notes: usize,
    /// Pieces with more notes are left out.
    pub max_notes: usize,
    /// Larger files are not read.
    pub max_file_bytes: u64,
    /// How much is kept aside for validation and testing.
    pub shares: SplitShares,
}

impl Default for PrepareOptions {
    fn default() -> Self {
        Self {
            allow_unknown_licence: false,
            min_notes: 8,
            max_notes: 200_000,
            max_file_bytes: 16 << 20,
            shares: SplitShares::default(),
        }
    }
}

/// What [`prepare`] is busy with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Reading files that are new or changed.
    Reading,
    /// Finding duplicates and versions.
    Comparing,
    /// Writing the corpus.
    Writing,
}

/// How far [`prepare`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What it is busy with.
    pub stage: Stage,
    /// Files done in this stage.
    pub done: usize,
    /// Files to do in this stage.
    pub total: usize,
}

/// Why a corpus could not be prepared. Single bad files are no reason: they are in the report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PrepareError {
    /// The collection is no folder.
    #[error("{0} is not a folder that can be read; give the folder that holds the MIDI files")]
    NoFolder(PathBuf),
    /// The shares do not add up.
    #[error("the shares for validation and test must be at least 0 and together at most 1")]
    Shares,
    /// The manifest is wrong.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// Another process prepares a corpus in the same place.
    #[error("{0} is in use by another scan; wait for it to end or choose another folder")]
    Busy(PathBuf),
    /// Something in the output folder cannot be read or written.
    #[error("cannot write the corpus in {dir}; check its permissions and the free space")]
    Write {
        /// The output folder.
        dir: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// It was cancelled. What was read is kept for the next time.
    #[error("cancelled; what was read so far is kept, scan again to go on")]
    Cancelled,
    /// The corpus that was just written does not open.
    #[error("the corpus cannot be opened after writing")]
    Open(#[from] OpenCorpusError),
}

/// Makes or renews the corpus of the MIDI files below `folder` in `out_dir`.
///
/// Files that have not changed since an earlier call with the same `out_dir` are not read again, and when nothing at
/// all has changed the corpus is only opened. Files that the file system would not give are tried again every time. `progress` is called from many threads. Setting `cancel` ends the
/// call soon; being killed at any moment leaves the old corpus, and what was read for the next call.
///
/// # Errors
/// When the collection, its manifest or the output folder cannot be used, or on cancellation; see [`PrepareError`].
pub fn prepare(
    folder: &Path,
    out_dir: &Path,
    options: &PrepareOptions,
    progress: &(dyn Fn(Progress) + Sync),
    cancel: &AtomicBool,
) -> Result<(Corpus, ScanReport), PrepareError> {
    let started = Instant::now();
    let write_error = |source| PrepareError::Write { dir: out_dir.to_owned(), source };
    if !options.shares.is_valid() {
        return Err(PrepareError::Shares);
    }
    if std::fs::read_dir(folder).is_err() {
        return Err(PrepareError::NoFolder(folder.to_owned()));
    }
    let scan::Walked { files, manifests } = scan::walk(folder, out_dir);
    let paths: Vec<String> = manifests.iter().map(|found| found.path.clone()).collect();
    let manifest = Manifest::read(folder, &paths)?;
    std::fs::create_dir_all(out_dir).map_err(write_error)?;
    let inputs = inputs(&files, &manifests, options).map_err(write_error)?;
    let timed = |mut report: ScanReport| {
        report.seconds = started.elapsed().as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "nobody has 2^53 files")]
        let files = report.files as f64;
        report.files_per_second = files / report.seconds.max(1e-9);
        report
    };
    let is_complete =
        |corpus: &Corpus| !corpus.report().left_out.iter().any(|file| matches!(file.reason, Rejected::Inaccessible(_)));
    if let Ok(corpus) = Corpus::open(out_dir)
        && corpus.inputs() == inputs
        && is_complete(&corpus)
    {
        let report = ScanReport { unchanged: true, ..corpus.report().clone() };
        return Ok((corpus, timed(report)));
    }

    let journal_path = out_dir.join(JOURNAL_FILE);
    let mut journal = Journal::open(&journal_path).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => PrepareError::Busy(out_dir.to_owned()),
        _ => write_error(error),
    })?;
    let files_read = read_changed(&mut journal, &files, options, progress, cancel).map_err(write_error)?;
    let stage = |stage, done| progress(Progress { stage, done, total: files.len() });
    let stopped = || if cancel.load(Ordering::Relaxed) { Err(PrepareError::Cancelled) } else { Ok(()) };
    stopped()?;

    stage(Stage::Comparing, 0);
    let contents = select::select(&files, &journal, &manifest, options, inputs);
    stopped()?;
    stage(Stage::Writing, 0);
    writer::write(out_dir, contents, |path| journal.blob(path)).map_err(write_error)?;
    let present: HashSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    journal.compact(&journal_path, |path| present.contains(path)).map_err(write_error)?;
    stage(Stage::Writing, files.len());
    let corpus = Corpus::open(out_dir)?;
    let report = ScanReport { files_read, ..corpus.report().clone() };
    Ok((corpus, timed(report)))
}

/// Reads what the journal does not know yet, on all cores; how many files that were.
fn read_changed(
    journal: &mut Journal,
    files: &[Found],
    options: &PrepareOptions,
    progress: &(dyn Fn(Progress) + Sync),
    cancel: &AtomicBool,
) -> io::Result<usize> {
    let is_new = |file: &&Found| journal.fresh(&file.path, file.bytes, file.modified_ns).is_none();
    let new: Vec<&Found> = files.iter().filter(|file| file.bytes <= options.max_file_bytes).filter(is_new).collect();
    let done = AtomicUsize::new(0);
    let journal = Mutex::new(journal);
    new.par_iter().try_for_each(|file| {
        if cancel.load(Ordering::Relaxed) {
            return Ok(());
        }
        let reading = scan::read(file);
        let mut journal = journal.lock().expect("no thread panics while it holds the journal");
        journal.append(reading.entry, reading.shingles, &reading.blob)?;
        drop(journal);
        let done = 1 + done.fetch_add(1, Ordering::Relaxed);
        progress(Progress { stage: Stage::Reading, done, total: new.len() });
        io::Result::Ok(())
    })?;
    Ok(done.into_inner())
}

/// A hash of all that a corpus depends on, without reading the music.
fn inputs(files: &[Found], manifests: &[Found], options: &PrepareOptions) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&VERSION.to_le_bytes());
    hasher.update(&journal::VERSION.to_le_bytes());
    hasher.update(&serde_json::to_vec(options)?);
    for manifest in manifests {
        hasher.update(manifest.path.as_bytes());
        hasher.update(&[0]);
        hasher.update(blake3::hash(&std::fs::read(&manifest.full)?).as_bytes());
    }
    for file in files {
        hasher.update(file.path.as_bytes());
        hasher.update(&[0]);
        hasher.update(&file.bytes.to_le_bytes());
        hasher.update(&file.modified_ns.to_le_bytes());
    }
    Ok(hasher.finalize().to_hex().to_string())
}
