//! What every file of a collection holds, kept between scans in one append-only file.
//!
//! ```text
//! header  8 bytes "RIPSCAN\0" | version u32
//! frame   payload length u32 | first 16 bytes of the payload's BLAKE3 | payload
//! payload length of entry u32 | number of shingles u32 | entry (JSON) | shingles u64... | piece (see `corpus::blob`)
//! ```
//!
//! A process may be killed while it writes: the tail behind the last whole frame is dropped at the next opening.
//! A later frame for the same path replaces the earlier one.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::report::Rejected;

/// Raise when reading, quantising or fingerprinting changes, so that old results are made anew.
pub(crate) const VERSION: u32 = 2;
const HEADER: &[u8; 12] = &{
    let v = VERSION.to_le_bytes();
    [b'R', b'I', b'P', b'S', b'C', b'A', b'N', 0, v[0], v[1], v[2], v[3]]
};
const FRAME_HEADER: usize = 4 + 16;

/// A file as it was when it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Path within the collection, with `/` between folders.
    pub(crate) path: String,
    /// Size in bytes.
    pub(crate) bytes: u64,
    /// Time of last change, nanoseconds since 1970.
    pub(crate) modified_ns: u64,
    /// What it held.
    pub(crate) outcome: Outcome,
}

/// What a file held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Outcome {
    /// No music.
    Rejected(Rejected),
    /// Music.
    Piece(Content),
}

/// The music of a file in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Content {
    /// BLAKE3 of the file's bytes, hexadecimal.
    pub(crate) content_hash: String,
    /// The same for the same music in another key, tempo or order of parts.
    pub(crate) music_hash: u64,
    /// Notes on the grid.
    pub(crate) notes: usize,
    /// Bars on the grid.
    pub(crate) bars: usize,
    /// Distinct velocities.
    pub(crate) velocities: usize,
    /// Whether damage was rescued.
    pub(crate) rescued: bool,
}

/// An entry and where the rest of it lies.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) entry: Entry,
    pub(crate) shingles: Vec<u64>,
    blob_offset: u64,
    blob_length: usize,
}

/// The open journal.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    length: u64,
    live: u64,
    kept: BTreeMap<String, Kept>,
}

impl Journal {
    /// Opens or makes the journal, locks it against other processes, and drops what a killed writer left behind.
    ///
    /// # Errors
    /// What the file system says; `WouldBlock` when another process holds the lock.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        file.try_lock()?;
        let total = file.metadata()?.len();
        let mut reader = BufReader::with_capacity(1 << 20, &file);
        let mut header = [0; HEADER.len()];
        let known = total >= HEADER.len() as u64 && reader.read_exact(&mut header).is_ok() && header == *HEADER;
        let mut kept = BTreeMap::new();
        let mut length = HEADER.len() as u64;
        let mut live = 0;
        if known {
            while let Some((one, frame)) = read_frame(&mut reader, length, total)? {
                live += frame;
                length += frame;
                if let Some(old) = kept.insert(one.entry.path.clone(), one) {
                    live -= old.frame_length();
                }
            }
        }
        drop(reader);
        if known {
            file.set_len(length)?;
        } else {
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(HEADER)?;
        }
        Ok(Self { file, length, live, kept })
    }

    /// What is known about `path`, if it could be read and still has this size and time of change.
    pub(crate) fn fresh(&self, path: &str, bytes: u64, modified_ns: u64) -> Option<&Kept> {
        let is_same = |entry: &Entry| entry.bytes == bytes && entry.modified_ns == modified_ns;
        let is_read = |entry: &Entry| !matches!(entry.outcome, Outcome::Rejected(Rejected::Inaccessible(_)));
        self.kept.get(path).filter(|kept| is_same(&kept.entry) && is_read(&kept.entry))
    }

    /// What is known about `path`.
    pub(crate) fn kept(&self, path: &str) -> Option<&Kept> {
        self.kept.get(path)
    }

    /// Writes one result behind the others; `blob` is empty when there is no music.
    pub(crate) fn append(&mut self, entry: Entry, shingles: Vec<u64>, blob: &[u8]) -> io::Result<()> {
        let json = serde_json::to_vec(&entry)?;
        let frame = frame(&json, &shingles, blob)?;
        self.file.seek(SeekFrom::Start(self.length))?;
        self.file.write_all(&frame)?;
        self.length += frame.len() as u64;
        self.live += frame.len() as u64;
        let blob_offset = self.length - blob.len() as u64;
        let path = entry.path.clone();
        let one = Kept { entry, shingles, blob_offset, blob_length: blob.len() };
        if let Some(old) = self.kept.insert(path, one) {
            self.live -= old.frame_length();
        }
        Ok(())
    }

    /// The encoded piece of an entry.
    pub(crate) fn blob(&mut self, path: &str) -> io::Result<Vec<u8>> {
        let Some(kept) = self.kept.get(path) else { return Ok(Vec::new()) };
        let mut blob = vec![0; kept.blob_length];
        self.file.seek(SeekFrom::Start(kept.blob_offset))?;
        self.file.read_exact(&mut blob)?;
        Ok(blob)
    }

    /// Forgets files that `is_there` denies, and rewrites the journal at `path` when less than half of it is of use.
    pub(crate) fn compact(&mut self, path: &Path, is_there: impl Fn(&str) -> bool) -> io::Result<()> {
        let gone: Vec<String> = self.kept.keys().filter(|path| !is_there(path)).cloned().collect();
        for name in gone {
            if let Some(old) = self.kept.remove(&name) {
                self.live -= old.frame_length();
            }
        }
        if self.length <= 2 * self.live + (1 << 16) {
            return Ok(());
        }
        let temporary = path.with_extension("new");
        match std::fs::remove_file(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut fresh = Self::open(&temporary)?;
        let paths: Vec<String> = self.kept.keys().cloned().collect();
        for name in paths {
            let blob = self.blob(&name)?;
            if let Some(kept) = self.kept.get(&name) {
                fresh.append(kept.entry.clone(), kept.shingles.clone(), &blob)?;
            }
        }
        fresh.file.sync_all()?;
        std::fs::rename(&temporary, path)?;
        *self = fresh;
        Ok(())
    }
}

impl Kept {
    fn frame_length(&self) -> u64 {
        let json = serde_json::to_vec(&self.entry).map_or(0, |json| json.len());
        (FRAME_HEADER + 8 + json + 8 * self.shingles.len() + self.blob_length) as u64
    }
}

fn frame(json: &[u8], shingles: &[u64], blob: &[u8]) -> io::Result<Vec<u8>> {
    let too_large = |_| io::Error::new(io::ErrorKind::FileTooLarge, "a piece of more than 4 GiB");
    let length = 8 + json.len() + 8 * shingles.len() + blob.len();
    let mut frame = Vec::with_capacity(FRAME_HEADER + length);
    frame.extend(u32::try_from(length).map_err(too_large)?.to_le_bytes());
    frame.extend([0; 16]);
    frame.extend(u32::try_from(json.len()).map_err(too_large)?.to_le_bytes());
    frame.extend(u32::try_from(shingles.len()).map_err(too_large)?.to_le_bytes());
    frame.extend(json);
    for shingle in shingles {
        frame.extend(shingle.to_le_bytes());
    }
    frame.extend(blob);
    let hash = blake3::hash(&frame[FRAME_HEADER..]);
    frame[4..FRAME_HEADER].copy_from_slice(&hash.as_bytes()[..16]);
    Ok(frame)
}

/// The frame at `at` and its length; `None` at the end of the file and at the first frame that is not whole.
fn read_frame(reader: &mut impl Read, at: u64, total: u64) -> io::Result<Option<(Kept, u64)>> {
    let rest = total - at;
    if rest < FRAME_HEADER as u64 {
        return Ok(None);
    }
    let mut length = [0; 4];
    let mut checksum = [0; 16];
    reader.read_exact(&mut length)?;
    reader.read_exact(&mut checksum)?;
    let length = u32::from_le_bytes(length);
    let frame = FRAME_HEADER as u64 + u64::from(length);
    let (true, Ok(length)) = (frame <= rest, usize::try_from(length)) else { return Ok(None) };
    let mut payload = vec![0; length];
    reader.read_exact(&mut payload)?;
    if blake3::hash(&payload).as_bytes()[..16] != checksum {
        return Ok(None);
    }
    Ok(parse(&payload, at + frame).map(|kept| (kept, frame)))
}

fn parse(payload: &[u8], end: u64) -> Option<Kept> {
    let (&[a, b, c, d, e, f, g, h], rest) = payload.split_first_chunk::<8>()?;
    let (json, rest) = rest.split_at_checked(usize::try_from(u32::from_le_bytes([a, b, c, d])).ok()?)?;
    let shingles = usize::try_from(u32::from_le_bytes([e, f, g, h])).ok()?.checked_mul(8)?;
    let (shingles, blob) = rest.split_at_checked(shingles)?;
    Some(Kept {
        entry: serde_json::from_slice(json).ok()?,
        shingles: shingles.as_chunks().0.iter().map(|&bytes| u64::from_le_bytes(bytes)).collect(),
        blob_offset: end - blob.len() as u64,
        blob_length: blob.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str) -> Entry {
        Entry { path: path.into(), bytes: 7, modified_ns: 9, outcome: Outcome::Rejected(Rejected::NoNotes) }
    }

    #[test]
    fn a_journal_cut_anywhere_keeps_all_whole_frames() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scan.journal");
        let mut ends = vec![HEADER.len()];
        {
            let mut journal = Journal::open(&path).unwrap();
            for i in 0..4u8 {
                journal.append(entry(&i.to_string()), vec![u64::from(i); 3], &[i; 5]).unwrap();
                ends.push(usize::try_from(journal.length).unwrap());
            }
        }
        let whole = std::fs::read(&path).unwrap();
        for cut in 0..=whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let mut journal = Journal::open(&path).unwrap();
            let expected = ends.iter().filter(|&&end| end <= cut).count().saturating_sub(1);
            assert_eq!(journal.kept.len(), expected, "cut at {cut}");
            journal.append(entry("new"), vec![1], &[42]).unwrap();
            drop(journal);
            let mut journal = Journal::open(&path).unwrap();
            assert_eq!(journal.kept.len(), expected + 1);
            assert_eq!(journal.blob("new").unwrap(), [42]);
            if expected > 0 {
                assert_eq!(journal.blob("0").unwrap(), [0; 5]);
            }
        }
    }

    #[test]
    fn a_flipped_bit_ends_the_journal_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scan.journal");
        {
            let mut journal = Journal::open(&path).unwrap();
            journal.append(entry("a"), vec![], b"x").unwrap();
            journal.append(entry("b"), vec![], b"y").unwrap();
        }
        let mut bytes = std::fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        let journal = Journal::open(&path).unwrap();
        assert!(journal.kept("a").is_some() && journal.kept("b").is_none());
    }

    #[test]
    fn only_a_file_that_was_read_and_has_not_changed_is_fresh() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(&folder.path().join("scan.journal")).unwrap();
        journal.append(entry("a"), vec![], b"").unwrap();
        let outcome = Outcome::Rejected(Rejected::Inaccessible("permission denied".into()));
        journal.append(Entry { outcome, ..entry("b") }, vec![], b"").unwrap();
        assert!(journal.fresh("a", 7, 9).is_some());
        assert!(journal.fresh("a", 8, 9).is_none() && journal.fresh("a", 7, 8).is_none());
        assert!(journal.fresh("b", 7, 9).is_none());
    }

    #[test]
    fn compaction_keeps_what_is_still_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scan.journal");
        let mut journal = Journal::open(&path).unwrap();
        let large = vec![3; 100_000];
        for name in ["a", "b", "b", "c"] {
            journal.append(entry(name), vec![5], &large).unwrap();
        }
        let before = journal.length;
        journal.compact(&path, |name| name != "a" && name != "c").unwrap();
        assert!(journal.length < before / 3);
        assert_eq!(std::fs::metadata(&path).unwrap().len(), journal.length);
        assert_eq!(journal.blob("b").unwrap(), large);
        assert!(Journal::open(&path).is_err(), "it stays locked");
        drop(journal);
        assert_eq!(Journal::open(&path).unwrap().live, 100_000 + entry_frame());
    }

    fn entry_frame() -> u64 {
        (FRAME_HEADER + 8 + 8 + serde_json::to_vec(&entry("b")).unwrap().len()) as u64
    }
}
