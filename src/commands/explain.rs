//! `ripieno explain`: a piece in the words of music theory.

mod considered;
mod overview;
mod phrase;
mod picture;
mod words;

use std::io::{self, Write};

use ripieno_score::GridScore;
use ripieno_score::theory::Analysis;
use serde::Serialize;

use crate::cli::Explain;
use crate::failure::UsageError;
use crate::input::read_midi;
use crate::output::OutputFile;
use considered::Telling;

/// Everything that is said. The field names are those of the JSON document.
#[derive(Debug, Serialize)]
struct Explanation {
    file: String,
    title: Option<String>,
    /// How many bars the piece has; a bar that the file begins with an upbeat counts.
    bars: usize,
    /// The bars that are spoken of, the first and the last.
    spoken_of: [usize; 2],
    analysis: Analysis,
    considered: Option<Telling>,
}

pub(crate) fn run(typed: &Explain) -> anyhow::Result<()> {
    let plot = typed.plot.as_deref().map(|path| OutputFile::new(path, typed.force)).transpose()?;
    let file = read_midi(&typed.file)?;
    let (grid, report) = GridScore::from_score(&file.score);
    let bars = grid.bars.len();
    let asked = typed.bars.clone().unwrap_or(1..=bars.max(1));
    if typed.bars.is_some() && *asked.start() > bars {
        return Err(UsageError(format!("{} has only {bars} bars", typed.file.display())).into());
    }
    let spoken_of = [*asked.start(), (*asked.end()).min(bars.max(1))];
    let mut analysis = Analysis::of(&grid);
    let considered = typed
        .considered
        .then(|| considered::ask(typed, &file, &grid, spoken_of[0]..=spoken_of[1], &analysis))
        .transpose()?;
    if typed.bars.is_some() {
        analysis = analysis.within(asked);
    }
    let explanation = Explanation {
        file: typed.file.display().to_string(),
        title: file.score.title.clone().filter(|title| !title.trim().is_empty()),
        bars,
        spoken_of,
        analysis,
        considered,
    };
    if let Some(plot) = plot {
        let picture = picture::draw(&explanation, &file.score, &grid, report.offset_quarters);
        plot.write(picture.as_bytes())?;
        tracing::info!("annotated piano roll drawn in {}", plot.path().display());
    }
    let mut out = io::stdout().lock();
    if typed.json {
        serde_json::to_writer_pretty(&mut out, &explanation).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        overview::print(&mut out, &explanation, &grid)?;
        phrase::print_all(&mut out, &explanation, &grid)?;
        if let Some(telling) = &explanation.considered {
            considered::print(&mut out, telling)?;
        }
    }
    Ok(())
}

impl Explanation {
    /// The title, or else the file's name.
    fn heading(&self) -> &str {
        self.title.as_deref().unwrap_or_else(|| self.file.rsplit(['/', '\\']).next().unwrap_or(&self.file))
    }
}
