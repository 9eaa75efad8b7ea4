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
//! use rand_chacha::ChaCha8Rng;
//! use rand_chacha::rand_core::SeedableRng;
//! use ripieno_datasets::{PieceSize, PrepareOptions, Split, StyleSampler, Weighting, prepare};
//!
//! let stop = AtomicBool::new(false);
//! let (corpus, report) =
//!     prepare(Path::new("my-midis"), Path::new("prepared"), &PrepareOptions::default(), &|_| {}, &stop)?;
//! println!("{} of {} files are ready", report.pieces, report.files);
//!
//! let training: Vec<usize> =
//!     (0..corpus.pieces().len()).filter(|&index| corpus.pieces()[index].split == Split::Train).collect();
//! let size = |&index: &usize| PieceSize { style: corpus.pieces()[index].style, notes: corpus.pieces()[index].notes };
//! let sizes: Vec<PieceSize> = training.iter().map(size).collect();
//! let sampler = StyleSampler::new(&sizes, &Weighting::default()).expect("there are pieces to train on");
//! let mut rng = ChaCha8Rng::seed_from_u64(1);
//! let piece = corpus.load(training[sampler.draw(&mut rng)]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test may panic"))]

pub mod consent;
pub mod corpus;
mod duplicates;
mod journal;
pub mod licence;
pub mod manifest;
pub mod originality;
pub mod prepare;
pub mod procedural;
pub mod recognition;
pub mod report;
pub mod sampling;
pub mod scan;
pub mod split;

pub use consent::{Leave, Why};
pub use corpus::{Corpus, OpenCorpusError, PieceRecord};
pub use licence::Licence;
pub use manifest::{Manifest, ManifestError};
pub use prepare::{PrepareError, PrepareOptions, Progress, Stage, prepare};
pub use report::{LicenceLine, Rejected, ScanReport, Verdict};
pub use sampling::{PieceSize, StyleSampler, Weighting};
pub use split::{Split, SplitShares};
