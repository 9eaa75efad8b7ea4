//! `ripieno render`: a MIDI file becomes a WAV file.

use std::io::{self, Write};

use crate::cli::Render;
use crate::failure::UsageError;
use crate::input::read_midi_aloud;
use crate::instruments::Instruments;
use crate::output::{OutputFile, is_same};
use crate::progress;
use crate::provenance::Label;
use crate::recording::{Level, Recording};
use crate::stems::{StemFolder, named_parts};

pub(crate) fn run(typed: &Render) -> anyhow::Result<()> {
    if is_same(&typed.output, &typed.file) {
        return Err(UsageError(format!("{} would be replaced by its own sound", typed.file.display())).into());
    }
    let output = OutputFile::new(&typed.output, typed.force)?;
    let stems = typed.stems.as_deref().map(|folder| StemFolder::new(folder, typed.force, output.path())).transpose()?;
    let file = read_midi_aloud(&typed.file)?;
    let instruments = Instruments::read(typed.soundfont.as_deref())?;
    let cancelled = progress::cancelled_by_ctrl_c()?;
    let recording = Recording {
        sample_rate_hz: typed.rate,
        bits: typed.bits.into(),
        level: typed.normalize.map_or(Level::Gain(typed.gain.unwrap_or_default()), Level::Normalize),
        instruments: &instruments,
        label: Label::of_file(&file),
        cancelled: &cancelled,
    };
    let performance = recording.performance(&file.timeline, &typed.file)?;
    let names = stems.as_ref().map(|_| named_parts(&performance, &file, &typed.file)).transpose()?;
    let mut recorded = recording.record(&performance, &output)?;
    if let (Some(stems), Some(names)) = (stems, names) {
        recorded.stems = stems.write(&recording, &performance, &names, recorded.gain_db, recorded.frames)?;
    }
    let mut out = io::stdout().lock();
    if typed.json {
        serde_json::to_writer_pretty(&mut out, &recorded).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        recorded.print(&mut out)?;
    }
    Ok(())
}
