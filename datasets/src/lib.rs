//! Collections of MIDI files, made ready for training.
//!
//! ```text
//! folder ── scan ──> journal ── licence, duplicates, split ──> Corpus on disk ──> StyleSampler
//!              │        │
//!           manifest   what a file holds, kept between scans
//! ```
//!
//! [`prepare()`] does all of it and can be stopped at any moment; a second call reads only the files that changed.
//! [`Corpus`] is what a trainer opens. This crate knows pieces, styles and licences, and nothing about models.
//! Start reading at [`prepare`](mod@prepare), then [`corpus`].
//!
//! ```no_run
//! use std::path::Path;
//! use std::sync::atomic::AtomicBool;
//!
//! use ripieno_datasets::{PrepareOptions, Split, StyleSampler, Weighting, prepare};
//!
//! let stop = AtomicBool::new(false);
//! let (corpus, report) =
//!     prepare(Path::new("my-midis"), Path::new("prepared"), &PrepareOptions::default(), &|_| {}, &stop)?;
//! println!("{} of {} files are ready", report.pieces, report.files);
//! let mut sampler = StyleSampler::new(&corpus, Split::Train, &Weighting::default(), 1)?;
//! let piece = corpus.load(sampler.draw());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test may panic"))]

pub mod corpus;
mod duplicates;
mod journal;
pub mod licence;
pub mod manifest;
pub mod prepare;
pub mod report;
pub mod sampling;
pub mod scan;
pub mod split;

pub use corpus::{Corpus, OpenCorpusError, PieceRecord};
pub use licence::Licence;
pub use manifest::{Manifest, ManifestError};
pub use prepare::{PrepareError, PrepareOptions, Progress, Stage, prepare};
pub use report::{Rejected, ScanReport};
pub use sampling::{PieceSize, StyleSampler, Weighting};
pub use split::{Split, SplitShares};
