//! What the files that are written say about themselves, and what is read of it again.

mod keys;
mod label;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::Context;
use ripieno_composer::provenance::{Comparison, Origin, ReadRecordError, Told, compare};
use ripieno_score::Score;
use ripieno_score::midi::{self, MidiFile, write_with};
use ripieno_synth::offline::{ReadChunkError, find_chunk};

use crate::failure::InputError;
use crate::input::read_midi_aloud;

pub(crate) use keys::{new_key, read_key};
pub(crate) use label::Label;

/// Name and version of this program.
pub(crate) const PROGRAM: &str = concat!("ripieno ", env!("CARGO_PKG_VERSION"));

/// The chunk of a WAV file that holds the record.
const CHUNK: [u8; 4] = *b"rpno";

/// What to do about a record that is too large.
pub(crate) const LEAVE_OUT: &str = "--no-provenance writes the piece without its record";

/// The bytes of a MIDI file that says how it was made. Whoever reads it can read all of it.
pub(crate) fn midi_bytes(score: &Score, told: &Told) -> anyhow::Result<Vec<u8>> {
    let bytes = write_with(score, &told.write_options());
    let (length, most) = (bytes.len() >> 20, midi::MAX_BYTES >> 20);
    anyhow::ensure!(bytes.len() <= midi::MAX_BYTES, "the file would have {length} MiB, more than {most}: {LEAVE_OUT}");
    Ok(bytes)
}

/// A file that may say how it was made.
pub(crate) struct Source {
    pub(crate) told: Option<Told>,
    /// The piece, where the file holds notes and not sound.
    pub(crate) midi: Option<MidiFile>,
}

impl Source {
    /// Reads a MIDI or a WAV file. A record that is there and cannot be read, or was forged, is an error.
    pub(crate) fn read(path: &Path) -> Result<Self, InputError> {
        let failed = |verb: &str, source: Box<dyn std::error::Error + Send + Sync>| InputError {
            message: format!("cannot {verb} {}", path.display()),
            source: Some(source),
        };
        if is_wav(path).map_err(|error| failed("read", error.into()))? {
            let file = File::open(path).map_err(|error| failed("read", error.into()))?;
            let limit = u32::try_from(ripieno_composer::provenance::MAX_BYTES).unwrap_or(u32::MAX);
            let found = find_chunk(file, CHUNK, limit).map_err(|error| match error {
                ReadChunkError::TooLarge { .. } => failed("trust", ReadRecordError::TooLarge.into()),
                error => failed("read", error.into()),
            })?;
            let told = found.map(|bytes| Told::from_bytes(&bytes)).transpose();
            return Ok(Self { told: told.map_err(|error| failed("trust", error.into()))?, midi: None });
        }
        let file = read_midi_aloud(path)?;
        let told = Told::in_midi(&file.timeline).map_err(|error| failed("trust", error.into()))?;
        Ok(Self { told, midi: Some(file) })
    }
}

/// What differs between a record and the notes beside it.
pub(crate) fn compared(told: &Told, score: &Score) -> anyhow::Result<(Score, Comparison)> {
    let (recorded, origins) = told.record.piece.unpack()?;
    let comparison = compare(&recorded, &origins, score);
    Ok((recorded, comparison))
}

/// Who the notes of a file are from that somebody gives: the person, but where the file says that a machine wrote them.
pub(crate) fn origins_of_given(file: &MidiFile, path: &Path) -> Vec<Vec<Origin>> {
    let told = Told::in_midi(&file.timeline).map_err(anyhow::Error::from);
    let compared = told.and_then(|told| told.map(|told| compared(&told, &file.score)).transpose());
    match compared {
        Ok(Some((_, comparison))) => return comparison.origins,
        Ok(None) => {}
        Err(error) => tracing::warn!("{}: {error:#}; its notes are taken for yours", path.display()),
    }
    file.score.parts.iter().map(|part| vec![Origin::Person; part.notes.len()]).collect()
}

fn is_wav(path: &Path) -> std::io::Result<bool> {
    let mut head = Vec::new();
    File::open(path)?.take(12).read_to_end(&mut head)?;
    Ok(head.starts_with(b"RIFF") && head.ends_with(b"WAVE"))
}

/// A record ready to be written.
pub(crate) fn told(
    record: Result<ripieno_composer::provenance::Record, ripieno_composer::provenance::TooLarge>,
    key: Option<&ripieno_composer::provenance::SigningKey>,
) -> anyhow::Result<Told> {
    let mut told = record.and_then(Told::new).context(LEAVE_OUT)?;
    if let Some(key) = key {
        told.sign(key);
    }
    Ok(told)
}
