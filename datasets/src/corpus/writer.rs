//! Writing a corpus so that at every moment either the old or the new one is whole.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::PieceRecord;
use super::index::{INDEX_FILE, Index, VERSION, to_text};
use super::listing::leave;
use crate::report::ScanReport;

const MAGIC: &[u8; 8] = b"RIPMUSIC";

/// A corpus to be written.
pub(crate) struct Contents {
    pub(crate) inputs: String,
    pub(crate) styles: Vec<String>,
    /// Sorted by path; offsets and lengths are filled in by [`write`].
    pub(crate) pieces: Vec<PieceRecord>,
    pub(crate) report: ScanReport,
}

/// Writes the corpus into `dir`; `blob` gives a piece's bytes by path.
pub(crate) fn write(
    dir: &Path,
    mut contents: Contents,
    mut blob: impl FnMut(&str) -> io::Result<Vec<u8>>,
) -> io::Result<()> {
    let temporary = dir.join("music.new");
    let mut out = BufWriter::with_capacity(1 << 20, File::create(&temporary)?);
    let mut hasher = blake3::Hasher::new();
    let mut offset = 0;
    let mut put = |bytes: &[u8]| {
        hasher.update(bytes);
        offset += bytes.len();
        out.write_all(bytes).map(|()| offset - bytes.len())
    };
    let [a, b, c, d] = VERSION.to_le_bytes();
    put(MAGIC)?;
    put(&[a, b, c, d, 0, 0, 0, 0])?;
    for piece in &mut contents.pieces {
        let bytes = blob(&piece.path)?;
        piece.length = bytes.len();
        piece.offset = put(&bytes)?;
    }
    out.into_inner()?.sync_all()?;
    let music_checksum = hasher.finalize().to_hex().to_string();
    let music_file = format!("music-{}.bin", &music_checksum[..16]);
    std::fs::rename(&temporary, dir.join(&music_file))?;

    let index = Index {
        inputs: contents.inputs,
        manifest_hash: manifest_hash(&contents.pieces),
        music_file,
        music_checksum,
        styles: contents.styles,
        pieces: contents.pieces,
        report: contents.report,
    };
    let temporary = dir.join("index.new");
    let mut file = File::create(&temporary)?;
    file.write_all(to_text(&index)?.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&temporary, dir.join(INDEX_FILE))?;
    remove_old(dir, &index.music_file)
}

fn manifest_hash(pieces: &[PieceRecord]) -> String {
    let mut hasher = blake3::Hasher::new();
    for piece in pieces {
        for field in [piece.content_hash.as_str(), &leave(&piece.licence), piece.split.name()] {
            hasher.update(field.as_bytes());
            hasher.update(b"\n");
        }
    }
    hasher.finalize().to_hex().to_string()
}

/// Removes music files of earlier corpora. One that is still mapped somewhere stays readable there.
fn remove_old(dir: &Path, current: &str) -> io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_music = name.to_str().is_some_and(|n| n.starts_with("music-") && n.ends_with(".bin") && n != current);
        if is_music && let Err(error) = std::fs::remove_file(entry.path()) {
            tracing::warn!(path = %entry.path().display(), %error, "an old music file stays behind");
        }
    }
    Ok(())
}
