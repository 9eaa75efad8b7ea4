//! `ripieno render`: a MIDI file becomes a WAV file.

use std::io::{self, Write};

use crate::cli::Render;
use crate::input::read_midi;
use crate::output::OutputFile;
use crate::progress;
use crate::recording::Recording;

pub(crate) fn run(typed: &Render) -> anyhow::Result<()> {
    let output = OutputFile::new(&typed.output, typed.force)?;
    let file = read_midi(&typed.file)?;
    for rescue in &file.rescued {
        tracing::warn!("{}: {rescue}", typed.file.display());
    }
    let recording =
        Recording { sample_rate_hz: typed.rate, bits: typed.bits.into(), gain_db: typed.gain.unwrap_or_default() };
    let cancelled = progress::cancelled_by_ctrl_c()?;
    let recorded = recording.record(&file.timeline, &typed.file, &output, &cancelled)?;
    let mut out = io::stdout().lock();
    if typed.json {
        serde_json::to_writer_pretty(&mut out, &recorded).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        recorded.print(&mut out)?;
    }
    Ok(())
}
