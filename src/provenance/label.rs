//! What a WAV file says about itself.

use std::fs::File;

use ripieno_composer::provenance::{Sound, Told};
use ripieno_score::midi::MidiFile;
use ripieno_synth::offline::{ChunkId, append_chunks, info_chunk};

use super::{CHUNK, PROGRAM, compared};

/// What is written behind the sound: the program, and the record of the piece where it has one.
#[derive(Debug, Default)]
pub(crate) struct Label {
    comment: Option<String>,
    lines: Option<Vec<u8>>,
}

impl Label {
    /// For the sound of a MIDI file.
    pub(crate) fn of_file(file: &MidiFile) -> Self {
        let label = match Told::in_midi(&file.timeline) {
            Ok(None) => return Self::default(),
            Ok(Some(told)) => Self::of_piece(told, &file.score),
            Err(error) => Err(error.into()),
        };
        label.unwrap_or_else(|error| {
            tracing::warn!("{error:#}; the sound goes without");
            Self::default()
        })
    }

    /// For the sound of a piece that may have been changed since it was recorded.
    pub(crate) fn of_piece(mut told: Told, score: &ripieno_score::Score) -> anyhow::Result<Self> {
        let (_, comparison) = compared(&told, score)?;
        let edited_bars = comparison.bars();
        let edited = match edited_bars.is_empty() {
            true => String::new(),
            false => format!(". Changed since in bars {edited_bars}"),
        };
        let comment = format!("{}{edited}", told.record.summary());
        told.sound = Some(Sound { rendered_by: PROGRAM.into(), edited_bars });
        Ok(Self { comment: Some(comment), lines: Some(told.to_bytes()) })
    }

    /// Writes it behind the sound of a finished WAV file.
    pub(crate) fn append(&self, file: &File) -> std::io::Result<()> {
        let mut entries: Vec<(ChunkId, &str)> = vec![(*b"ISFT", PROGRAM)];
        entries.extend(self.comment.as_deref().map(|comment| (*b"ICMT", comment)));
        let mut chunks = vec![info_chunk(&entries)];
        chunks.extend(self.lines.iter().map(|lines| (CHUNK, lines.clone())));
        append_chunks(file, &chunks)
    }
}
