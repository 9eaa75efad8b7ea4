//! `ripieno inspect`: what is in a MIDI file.

mod report;
mod text;

use std::io::{self, Write};

use crate::chords::chord_names;
use crate::cli::Inspect;
use crate::input::read_midi;
use crate::output::OutputFile;
use crate::piano_roll::PianoRoll;
use report::Report;

pub(crate) fn run(typed: &Inspect) -> anyhow::Result<()> {
    let plot = typed.plot.as_deref().map(|path| OutputFile::new(path, typed.force)).transpose()?;
    let file = read_midi(&typed.file)?;
    let report = Report::new(&typed.file, &file);
    if let Some(plot) = plot {
        let picture = PianoRoll {
            score: &file.score,
            title: report.heading(),
            subtitle: &report.summary(),
            chords: &chord_names(&file.score),
            outlined: None,
        };
        plot.write(picture.to_svg().as_bytes())?;
        tracing::info!("piano roll drawn in {}", plot.path().display());
    }
    let mut out = io::stdout().lock();
    if typed.json {
        serde_json::to_writer_pretty(&mut out, &report).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        text::print(&mut out, &report)?;
    }
    Ok(())
}
