//! What a scan found, and why files were left out.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::consent::Why;
use crate::manifest::Notice;
use crate::split::Split;

/// Why a file is not in the corpus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Rejected {
    /// The content is no MIDI file, whatever the name says.
    NotMidi,
    /// The file is larger than the limit; its size in bytes.
    TooLarge(u64),
    /// The file system would not give it, with the reason. Tried again at every scan.
    Inaccessible(String),
    /// It could not be understood, with the reason.
    Unreadable(String),
    /// It plays nothing.
    NoNotes,
    /// Fewer notes than the limit; how many.
    TooFew(usize),
    /// More notes than the limit; how many.
    TooLong(usize),
    /// The licence does not allow training; its name.
    LicenceForbidden(String),
    /// Nothing is known about the licence, and unknown ones were not allowed.
    LicenceUnknown,
    /// The author does not want it to be trained on.
    OptedOut,
    /// The author was asked and said no.
    NoConsent,
    /// The same music as a file whose author said no.
    CopyOfRefused {
        /// Path of that file.
        of: String,
    },
    /// The same music as another file, which is kept.
    Duplicate {
        /// Path of the file that is kept.
        of: String,
    },
}

impl Rejected {
    /// The reason without its particulars, for counting.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::NotMidi => "not a MIDI file",
            Self::TooLarge(_) => "file too large",
            Self::Inaccessible(_) => "inaccessible",
            Self::Unreadable(_) => "unreadable",
            Self::NoNotes => "no notes",
            Self::TooFew(_) => "too few notes",
            Self::TooLong(_) => "too many notes",
            Self::LicenceForbidden(_) => "licence forbids training",
            Self::LicenceUnknown => "licence unknown",
            Self::OptedOut => "author opted out",
            Self::NoConsent => "author did not consent",
            Self::CopyOfRefused { .. } => "copy of music whose author said no",
            Self::Duplicate { .. } => "duplicate",
        }
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind();
        match self {
            Self::TooLarge(bytes) => write!(f, "{kind}: {bytes} bytes"),
            Self::Inaccessible(reason) | Self::Unreadable(reason) => write!(f, "{kind}: {reason}"),
            Self::TooFew(notes) | Self::TooLong(notes) => write!(f, "{kind}: {notes}"),
            Self::LicenceForbidden(licence) => write!(f, "{kind}: {licence}"),
            Self::Duplicate { of } => write!(f, "{kind} of {of}"),
            Self::CopyOfRefused { of } => write!(f, "{kind}: {of}"),
            Self::NotMidi | Self::NoNotes | Self::LicenceUnknown | Self::OptedOut | Self::NoConsent => {
                f.write_str(kind)
            }
        }
    }
}

impl Rejected {
    /// Whether it is left out for want of leave, and not for what it holds.
    pub const fn is_for_want_of_leave(&self) -> bool {
        matches!(
            self,
            Self::LicenceForbidden(_)
                | Self::LicenceUnknown
                | Self::OptedOut
                | Self::NoConsent
                | Self::CopyOfRefused { .. }
        )
    }
}

/// A file that is not in the corpus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Path within the collection.
    pub path: String,
    /// Why.
    pub reason: Rejected,
}

/// Pieces and their notes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// How many pieces.
    pub pieces: usize,
    /// How many notes they have together.
    pub notes: usize,
}

impl Amount {
    pub(crate) fn add(&mut self, notes: usize) {
        self.pieces += 1;
        self.notes += notes;
    }
}

/// Pieces that are versions or parts of one work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkGroup {
    /// The group's id.
    pub work: u64,
    /// How many pieces are in it.
    pub pieces: usize,
    /// The first few paths.
    pub examples: Vec<String>,
}

/// Files of one licence and source that are judged alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicenceLine {
    /// May they be used?
    pub verdict: Verdict,
    /// What decided.
    pub why: Why,
    /// The licence as the manifest names it, or `none`.
    pub licence: String,
    /// Where they come from, or an empty text.
    pub source: String,
    /// Files with notes.
    pub files: usize,
    /// Their notes.
    pub notes: usize,
    /// What of them is in the corpus.
    pub used: Amount,
    /// Files left out, by [kind](Rejected::kind) of reason.
    pub left_out: BTreeMap<String, usize>,
    /// Credits of what is in the corpus, with the number of pieces.
    pub credits: BTreeMap<String, usize>,
    /// Pieces in the corpus whose licence asks for a credit that the manifest does not give.
    pub without_credit: usize,
}

/// Whether files may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Yes.
    Allowed,
    /// Nobody knows: only who says so at the command line takes them.
    Unknown,
    /// No.
    Refused,
}

/// What a scan found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ScanReport {
    /// Files looked at, MIDI or not.
    pub files: usize,
    /// Files that had to be read; the others were known from an earlier scan.
    pub files_read: usize,
    /// Whether nothing had changed since the last scan, so that the corpus was left as it is.
    pub unchanged: bool,
    /// Pieces in the corpus.
    pub pieces: usize,
    /// Notes in the corpus.
    pub notes: usize,
    /// Groups of related pieces.
    pub works: usize,
    /// Files in which something was damaged and could be rescued.
    pub rescued: usize,
    /// Files left out, by [kind](Rejected::kind) of reason.
    pub reasons: BTreeMap<String, usize>,
    /// Every file left out.
    pub left_out: Vec<LeftOut>,
    /// What each style has.
    pub styles: BTreeMap<String, Amount>,
    /// What each split has of each style.
    pub splits: BTreeMap<Split, BTreeMap<String, Amount>>,
    /// The largest groups of related pieces, largest first.
    pub largest_works: Vec<WorkGroup>,
    /// By whose leave: files by verdict, licence and source.
    #[serde(default)]
    pub licences: Vec<LicenceLine>,
    /// What somebody should look at in the manifests.
    #[serde(default)]
    pub notices: Vec<Notice>,
    /// Wall-clock time of the whole call.
    pub seconds: f64,
    /// Files a second over the whole call.
    pub files_per_second: f64,
}
