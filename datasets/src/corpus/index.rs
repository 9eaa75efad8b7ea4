//! The index of a corpus: a line that says what it is, and a line of JSON.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{OpenCorpusError, PieceRecord};
use crate::report::ScanReport;

pub(crate) const INDEX_FILE: &str = "index.jsonl";
const FORMAT: &str = "ripieno-corpus";
/// Of index and music file together.
pub(crate) const VERSION: u32 = 1;

/// The second line.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Index {
    pub(crate) inputs: String,
    pub(crate) manifest_hash: String,
    pub(crate) music_file: String,
    pub(crate) music_checksum: String,
    pub(crate) styles: Vec<String>,
    pub(crate) pieces: Vec<PieceRecord>,
    pub(crate) report: ScanReport,
}

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    format: String,
    version: u32,
    checksum: String,
}

pub(crate) fn to_text(index: &Index) -> serde_json::Result<String> {
    let body = serde_json::to_string(index)?;
    let checksum = blake3::hash(body.as_bytes()).to_hex().to_string();
    let header = serde_json::to_string(&Header { format: FORMAT.to_owned(), version: VERSION, checksum })?;
    Ok(format!("{header}\n{body}\n"))
}

pub(crate) fn read(dir: &Path) -> Result<Index, OpenCorpusError> {
    let path = dir.join(INDEX_FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(OpenCorpusError::Missing { folder: dir.to_owned() });
        }
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return Err(OpenCorpusError::Damaged { path, problem: "it is not text" });
        }
        Err(source) => return Err(OpenCorpusError::Read { path, source }),
    };
    let damaged = |problem| OpenCorpusError::Damaged { path: path.clone(), problem };
    let (header, body) = text.split_once('\n').ok_or_else(|| damaged("it has no second line"))?;
    let header: Header = serde_json::from_str(header).map_err(|_| damaged("its first line is no corpus header"))?;
    if header.format != FORMAT {
        return Err(damaged("its first line is no corpus header"));
    }
    if header.version != VERSION {
        return Err(OpenCorpusError::Version { path, found: header.version, expected: VERSION });
    }
    let body = body.strip_suffix('\n').ok_or_else(|| damaged("its end is missing"))?;
    if blake3::hash(body.as_bytes()).to_hex().as_str() != header.checksum {
        return Err(damaged("its checksum is wrong"));
    }
    serde_json::from_str(body).map_err(|_| damaged("its second line is no index"))
}
