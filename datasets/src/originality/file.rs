//! An index as bytes.
//!
//! ```text
//! "RIPORIG1" | checksum of the rest, BLAKE3, 16 bytes | LZMA of:
//!   length of the header, u32 little-endian | header, JSON | segments, LEB128
//!   for each segment, LEB128: source, less that of the one before | bar | bars | notes in each bar
//!   the text
//! ```

use std::io::{self, Read, Write};

use lzma_rust2::{LzmaOptions, LzmaReader, LzmaWriter};

use super::index::{Header, Index, Segment};
use super::line::{BREAK, interval};

const MAGIC: &[u8; 7] = b"RIPORIG";
const VERSION: u8 = 1;
const CHECKSUM: usize = 16;
/// The compressor's window: more than the text of the base corpus.
const WINDOW: u32 = 1 << 24;
/// What the decompressor may take, in KiB.
const MEMORY_KIB: u32 = 64 << 10;
/// An index that claims more is damaged.
const MOST_BYTES: u64 = 1 << 28;

/// Why an index cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadIndexError {
    /// It is something else.
    #[error("it is no originality index; `ripieno data index` makes one")]
    Foreign,
    /// It was made by another version of this program.
    #[error(
        "it has format version {found}, this program reads version {VERSION}; make it again with `ripieno data index`"
    )]
    Version {
        /// Its version.
        found: u8,
    },
    /// It is not what was written.
    #[error("it is damaged; make it again with `ripieno data index`")]
    Damaged,
    /// It tells of other music than the model was trained on.
    #[error(
        "it is of the corpus {found}, but the model was trained on {expected}; use the index that was made with the model"
    )]
    OtherCorpus {
        /// Manifest hash of the corpus that the index was made of, shortened.
        found: String,
        /// That of the model.
        expected: String,
    },
}

impl Index {
    /// The index as bytes.
    ///
    /// # Panics
    /// Never: all is in memory.
    pub fn to_bytes(&self) -> Vec<u8> {
        let header = serde_json::to_vec(&self.header).expect("plain data becomes JSON");
        let mut plain = (header.len() as u32).to_le_bytes().to_vec();
        plain.extend(header);
        number(self.segments.len() as u32, &mut plain);
        let mut source = 0;
        for segment in &self.segments {
            number(segment.source - source, &mut plain);
            source = segment.source;
            number(segment.bar, &mut plain);
            number(segment.notes_by_bar.len() as u32, &mut plain);
            segment.notes_by_bar.iter().for_each(|&notes| number(notes, &mut plain));
        }
        plain.extend(&self.text);
        let packed = pack(&plain).expect("memory can be written");
        let checksum = blake3::hash(&packed);
        [MAGIC.as_slice(), &[VERSION], &checksum.as_bytes()[..CHECKSUM], &packed].concat()
    }

    /// Reads an index.
    ///
    /// # Errors
    /// When it is none, is damaged or was written by another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReadIndexError> {
        let (&found, rest) = bytes.strip_prefix(MAGIC).and_then(<[u8]>::split_first).ok_or(ReadIndexError::Foreign)?;
        if found != VERSION {
            return Err(ReadIndexError::Version { found });
        }
        let (checksum, packed) = rest.split_at_checked(CHECKSUM).ok_or(ReadIndexError::Damaged)?;
        if blake3::hash(packed).as_bytes()[..CHECKSUM] != *checksum {
            return Err(ReadIndexError::Damaged);
        }
        let plain = unpack(packed).map_err(|_| ReadIndexError::Damaged)?;
        parse(&plain).ok_or(ReadIndexError::Damaged)
    }

    /// Whether it tells of the corpus that a model was trained on.
    ///
    /// # Errors
    /// When it was made of another corpus.
    pub fn check_corpus(&self, expected: &str) -> Result<(), ReadIndexError> {
        let shown = |hash: &str| hash.get(..16).unwrap_or(hash).to_owned();
        if self.corpus() == expected {
            return Ok(());
        }
        Err(ReadIndexError::OtherCorpus { found: shown(self.corpus()), expected: shown(expected) })
    }
}

fn pack(plain: &[u8]) -> io::Result<Vec<u8>> {
    // Music has no structure at multiples of some number of bytes.
    let options = LzmaOptions { dict_size: WINDOW, pb: 0, ..LzmaOptions::with_preset(9) };
    let mut writer = LzmaWriter::new_use_header(Vec::new(), &options, Some(plain.len() as u64))?;
    writer.write_all(plain)?;
    writer.finish()
}

fn unpack(packed: &[u8]) -> io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    LzmaReader::new_mem_limit(packed, MEMORY_KIB, None)?.take(MOST_BYTES).read_to_end(&mut plain)?;
    Ok(plain)
}

fn parse(plain: &[u8]) -> Option<Index> {
    let (length, rest) = plain.split_first_chunk()?;
    let (header, mut rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    let header: Header = serde_json::from_slice(header).ok()?;
    let rest = &mut rest;
    let mut source = 0u32;
    let mut notes = 0;
    let mut segments = Vec::new();
    let mut starts = Vec::new();
    for _ in 0..next_number(rest)? {
        source = source.checked_add(next_number(rest)?).filter(|&source| (source as usize) < header.sources.len())?;
        let bar = next_number(rest)?;
        let notes_by_bar = (0..next_number(rest)?).map(|_| next_number(rest)).collect::<Option<Vec<u32>>>()?;
        starts.push(notes);
        notes += notes_by_bar.iter().map(|&notes| notes as usize).sum::<usize>();
        segments.push(Segment { source, bar, notes_by_bar });
    }
    let text = rest.to_vec();
    if !text.iter().all(|&byte| byte == BREAK || interval(byte) < 12) {
        return None;
    }
    let breaks = (0..text.len()).filter(|&at| text[at] == BREAK);
    (notes == text.len() && breaks.eq(starts)).then(|| Index::new(header, segments, text))
}

/// Writes a number in LEB128: seven bits a byte, the lowest first.
fn number(mut number: u32, out: &mut Vec<u8>) {
    while number > 127 {
        out.push(number as u8 | 128);
        number >>= 7;
    }
    out.push(number as u8);
}

fn next_number(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0u32;
    for shift in (0..35).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u32::from(byte & 127) << shift;
        if byte < 128 {
            return Some(number);
        }
    }
    None
}
