//! Finding files, telling MIDI from the rest by content, and reading them on all cores.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use ripieno_score::{GridScore, midi};
use walkdir::WalkDir;

use crate::corpus::blob;
use crate::duplicates::fingerprint;
use crate::journal::{Content, Entry, Outcome};
use crate::report::Rejected;

/// How far into a file its header may begin: some old files have 128 bytes of a Macintosh envelope before it.
const SEARCHED: usize = 256;

/// A file of a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Path within the collection, with `/` between folders.
    pub(crate) path: String,
    /// Where it is.
    pub(crate) full: PathBuf,
    /// Size in bytes.
    pub(crate) bytes: u64,
    /// Time of last change, nanoseconds since 1970.
    pub(crate) modified_ns: u64,
}

/// What lies below a folder, sorted by path.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    /// All files that may be music.
    pub(crate) files: Vec<Found>,
    /// `manifest.csv` and `manifest.toml`, wherever they are.
    pub(crate) manifests: Vec<Found>,
}

/// Everything below `folder`. Links are followed, loops are not. Hidden files and folders and everything below `out_dir`
/// are passed over, and so is what cannot be listed, with a warning in the log.
pub(crate) fn walk(folder: &Path, out_dir: &Path) -> Walked {
    let out_dir = out_dir.canonicalize().ok();
    let is_ours = |path: &Path| out_dir.is_some() && path.canonicalize().ok() == out_dir;
    let hidden = |name: &std::ffi::OsStr| name.to_str().is_some_and(|name| name.starts_with('.'));
    let walker = WalkDir::new(folder)
        .follow_links(true)
        .into_iter()
        .filter_entry(|e| e.depth() == 0 || !(hidden(e.file_name()) || (e.file_type().is_dir() && is_ours(e.path()))));
    let mut walked = Walked::default();
    for entry in walker {
        let found = entry.and_then(|entry| {
            let kind = if is_manifest(&entry) { &mut walked.manifests } else { &mut walked.files };
            if entry.file_type().is_file() {
                kind.push(found(folder, &entry)?);
            }
            Ok(())
        });
        if let Err(error) = found {
            tracing::warn!(%error, "passed over");
        }
    }
    walked.files.sort_by(|a, b| a.path.cmp(&b.path));
    walked.manifests.sort_by(|a, b| a.path.cmp(&b.path));
    walked
}

fn is_manifest(entry: &walkdir::DirEntry) -> bool {
    matches!(entry.file_name().to_str(), Some("manifest.csv" | "manifest.toml"))
}

fn found(folder: &Path, entry: &walkdir::DirEntry) -> Result<Found, walkdir::Error> {
    let metadata = entry.metadata()?;
    let age = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    let inside = entry.path().strip_prefix(folder).unwrap_or(entry.path());
    let names: Vec<_> = inside.iter().map(|name| name.to_string_lossy()).collect();
    Ok(Found {
        path: names.join("/"),
        full: entry.path().to_owned(),
        bytes: metadata.len(),
        modified_ns: u64::try_from(age.as_nanos()).unwrap_or(u64::MAX),
    })
}

/// Where the MIDI file begins within `head`, the first bytes of a file; `None` when it is something else.
///
/// A Standard MIDI File begins with `MThd`; one within a RIFF file has `RIFF`, a length and `RMID`.
pub fn midi_start(head: &[u8]) -> Option<usize> {
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"RMID") {
        return Some(0);
    }
    head.windows(4).take(SEARCHED).position(|window| window == b"MThd")
}

/// What reading a file gave, ready for the journal.
pub(crate) struct Reading {
    pub(crate) entry: Entry,
    pub(crate) shingles: Vec<u64>,
    pub(crate) blob: Vec<u8>,
}

/// Reads one file. Whatever is wrong with it ends up in the entry.
pub(crate) fn read(found: &Found) -> Reading {
    let (outcome, shingles, blob) = match read_piece(&found.full) {
        Ok((content, shingles, blob)) => (Outcome::Piece(content), shingles, blob),
        Err(reason) => (Outcome::Rejected(reason), Vec::new(), Vec::new()),
    };
    let entry = Entry { path: found.path.clone(), bytes: found.bytes, modified_ns: found.modified_ns, outcome };
    Reading { entry, shingles, blob }
}

fn read_piece(path: &Path) -> Result<(Content, Vec<u64>, Vec<u8>), Rejected> {
    let unreadable = |reason: String| Rejected::Unreadable(reason);
    let inaccessible = |error: io::Error| Rejected::Inaccessible(error.to_string());
    let (bytes, start) = read_midi(path).map_err(inaccessible)?.ok_or(Rejected::NotMidi)?;
    let file = midi::read(&bytes[start..]).map_err(|error| unreadable(error.to_string()))?;
    let (grid, _) = GridScore::from_score(&file.score);
    if grid.notes.is_empty() {
        return Err(Rejected::NoNotes);
    }
    let mut velocities = [false; 256];
    grid.notes.iter().for_each(|note| velocities[usize::from(note.velocity)] = true);
    let content = Content {
        content_hash: blake3::hash(&bytes).to_hex().to_string(),
        music_hash: fingerprint::music_hash(&grid),
        notes: grid.notes.len(),
        bars: grid.bars.len(),
        velocities: velocities.iter().filter(|&&used| used).count(),
        rescued: !file.rescued.is_empty(),
    };
    let blob = blob::encode(&grid).ok_or_else(|| unreadable("more parts or notes than can be kept".to_owned()))?;
    Ok((content, fingerprint::shingles(&grid), blob))
}

/// The bytes of a file and where the MIDI data begins in them; `None`, and most of it left unread, for other files.
fn read_midi(path: &Path) -> io::Result<Option<(Vec<u8>, usize)>> {
    let mut file = File::open(path)?;
    let mut bytes = Vec::new();
    (&mut file).take(SEARCHED as u64 + 3).read_to_end(&mut bytes)?;
    let Some(start) = midi_start(&bytes) else { return Ok(None) };
    // No more than will be read of it, however much it has grown since it was found.
    file.take(midi::MAX_BYTES as u64).read_to_end(&mut bytes)?;
    Ok(Some((bytes, start)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn midi_is_known_by_its_content() {
        assert_eq!(midi_start(b"MThd\0\0\0\x06"), Some(0));
        assert_eq!(midi_start(b"RIFF\x10\0\0\0RMIDdata"), Some(0));
        let enveloped = [vec![7; 128], b"MThd".to_vec()].concat();
        assert_eq!(midi_start(&enveloped), Some(128));
        assert_eq!(midi_start(b"RIFF\x10\0\0\0WAVEfmt "), None);
        assert_eq!(midi_start(b""), None);
        let late = [vec![7; 1000], b"MThd".to_vec()].concat();
        assert_eq!(midi_start(&late), None);
    }

    #[test]
    fn walking_is_sorted_and_skips_what_is_ours() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.mid", "a/x.mid", "a/manifest.csv", "manifest.csv", "out/kept.bin", ".git/x", "c"] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, name).unwrap();
        }
        let walked = walk(folder.path(), &folder.path().join("out"));
        let paths = |found: Vec<Found>| found.into_iter().map(|f| f.path).collect::<Vec<_>>();
        assert_eq!(paths(walked.files), ["a/x.mid", "b.mid", "c"]);
        assert_eq!(paths(walked.manifests), ["a/manifest.csv", "manifest.csv"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_loop_of_links_ends() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.mid"), "x").unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("again")).unwrap();
        assert_eq!(walk(folder.path(), &folder.path().join("out")).files.len(), 1);
    }
}
