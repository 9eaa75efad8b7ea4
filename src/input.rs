//! Reading what the person gave.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use ripieno_score::midi::{self, MidiFile};

use crate::failure::InputError;

/// Reads a MIDI file and tells what was wrong with it.
pub(crate) fn read_midi_aloud(path: &Path) -> Result<MidiFile, InputError> {
    let file = read_midi(path)?;
    for rescue in &file.rescued {
        tracing::warn!("{}: {rescue}", path.display());
    }
    Ok(file)
}

/// Reads a MIDI file. Errors name it.
pub(crate) fn read_midi(path: &Path) -> Result<MidiFile, InputError> {
    let failed = |source| InputError { message: format!("cannot read {}", path.display()), source: Some(source) };
    // One byte more than is read, so that a larger file is told apart without holding it all.
    let limit = midi::MAX_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)).map_err(|error| failed(error.into()))?;
    midi::read(&bytes).map_err(|error| failed(error.into()))
}
