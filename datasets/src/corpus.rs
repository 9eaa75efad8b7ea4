//! A prepared collection on disk: an index, and the notes of all pieces in one memory-mapped file.
//!
//! ```text
//! index.jsonl          line 1: format, version, checksum of line 2     line 2: pieces, styles, report, name of the music file
//! music-<hash>.bin     16 bytes "RIPMUSIC", version, zeros             the pieces one after another
//! scan.journal         what each file held, for the next scan
//! ```
//!
//! A new corpus is written beside the old one; renaming `index.jsonl` over the old index is the moment of change.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use memmap2::Mmap;
use ripieno_score::GridScore;
use serde::{Deserialize, Serialize};

use crate::licence::Licence;
use crate::report::{Amount, ScanReport};
use crate::split::Split;

pub(crate) mod blob;
mod index;
mod listing;
pub(crate) mod writer;

use blob::Blob;
use index::Index;

/// What is known about one piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PieceRecord {
    /// Path within the collection, with `/` between folders.
    pub path: String,
    /// Index into [`Corpus::styles`].
    pub style: usize,
    /// The composer, or an empty string.
    pub composer: String,
    /// The title, or an empty string.
    pub title: String,
    /// Where the file comes from, or an empty string.
    pub source: String,
    /// The kind of group that plays it, or an empty string.
    pub ensemble: String,
    /// The credit that the licence asks for, or an empty string.
    pub attribution: String,
    /// By whose leave it is used.
    pub licence: Licence,
    /// How sure the collector is of the licence, or an empty string.
    pub tier: String,
    /// The same for all versions and parts of one work.
    pub work: u64,
    /// The same for all pieces of one work.
    pub split: Split,
    /// How many notes it has, at least one.
    pub notes: usize,
    /// How many bars it has.
    pub bars: usize,
    /// BLAKE3 of the MIDI file, hexadecimal.
    pub content_hash: String,
    /// First byte of the encoded piece in the music file.
    pub(crate) offset: usize,
    /// Bytes of the encoded piece.
    pub(crate) length: usize,
}

impl PieceRecord {
    /// The credit that the licence asks for; without one, title, composer and source as far as they are known.
    pub fn credit(&self) -> String {
        if !self.attribution.is_empty() {
            return self.attribution.clone();
        }
        let known = [&self.title, &self.composer, &self.source].into_iter().filter(|text| !text.is_empty());
        known.cloned().collect::<Vec<_>>().join(", ")
    }
}

/// Why a corpus could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenCorpusError {
    /// There is none.
    #[error("{folder} holds no prepared corpus; scan a collection into it first")]
    Missing {
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// A file cannot be read.
    #[error("cannot read {path}; check that it may be read")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// It was written by another version of this program.
    #[error("{path} has format version {found}, this program reads version {expected}; scan the collection again")]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The version that this program reads.
        expected: u32,
    },
    /// It is not what was written.
    #[error("{path} is damaged ({problem}); delete it and scan the collection again")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: &'static str,
    },
}

/// A prepared collection, open for reading. Pieces are sorted by path.
#[derive(Debug)]
pub struct Corpus {
    index: Index,
    music: Mmap,
}

impl Corpus {
    /// Opens the corpus in `dir` and checks that all of it is as it was written.
    ///
    /// # Errors
    /// When there is none, or it cannot be read, is damaged, or was written by another version.
    pub fn open(dir: &Path) -> Result<Self, OpenCorpusError> {
        let index = index::read(dir)?;
        let path = dir.join(&index.music_file);
        let read = |source| OpenCorpusError::Read { path: path.clone(), source };
        let damaged = |problem| OpenCorpusError::Damaged { path: path.clone(), problem };
        let music = map(&File::open(&path).map_err(read)?).map_err(read)?;
        if blake3::hash(&music).to_hex().as_str() != index.music_checksum {
            return Err(damaged("its checksum is wrong"));
        }
        let fits = |piece: &PieceRecord| {
            let range = piece.offset..piece.offset.checked_add(piece.length)?;
            Blob::new(music.get(range)?)
        };
        if !index.pieces.iter().all(|piece| fits(piece).is_some() && piece.style < index.styles.len()) {
            return Err(damaged("the index does not fit it"));
        }
        Ok(Self { index, music })
    }

    /// BLAKE3, hexadecimal, over content hash, licence and split of all pieces: two corpora with the same one teach
    /// the same music by the same leave.
    pub fn manifest_hash(&self) -> &str {
        &self.index.manifest_hash
    }

    /// All pieces, sorted by path.
    pub fn pieces(&self) -> &[PieceRecord] {
        &self.index.pieces
    }

    /// The names of all styles, sorted; a piece's style is an index into it.
    pub fn styles(&self) -> &[String] {
        &self.index.styles
    }

    /// What the scan that made this corpus found.
    pub fn report(&self) -> &ScanReport {
        &self.index.report
    }

    /// A copy of piece `index`.
    ///
    /// # Panics
    /// When `index` is not below the number of pieces.
    pub fn load(&self, index: usize) -> GridScore {
        let piece = &self.index.pieces[index];
        let bytes = &self.music[piece.offset..piece.offset + piece.length];
        Blob::new(bytes).expect("every piece was checked when the corpus was opened").to_grid()
    }

    /// How much music there is by source and licence.
    pub fn licences(&self) -> BTreeMap<(&str, &Licence), Amount> {
        let mut amounts = BTreeMap::<_, Amount>::new();
        for piece in self.pieces() {
            amounts.entry((piece.source.as_str(), &piece.licence)).or_default().add(piece.notes);
        }
        amounts
    }

    /// What the corpus was made from: files, manifest and options.
    pub(crate) fn inputs(&self) -> &str {
        &self.index.inputs
    }
}

/// BLAKE3 of bytes, hexadecimal, as in [`PieceRecord::content_hash`].
pub fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

#[expect(unsafe_code, reason = "a map of a gigabyte opens at once and is shared between processes; a copy is neither")]
fn map(file: &File) -> io::Result<Mmap> {
    // SAFETY: a music file is never changed after it was renamed to the name in the index (a new corpus gets a new file),
    // so the mapped bytes stay as they are unless someone else truncates a file that belongs to this program.
    unsafe { Mmap::map(file) }
}
