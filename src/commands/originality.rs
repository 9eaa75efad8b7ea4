//! `ripieno originality`: what of a piece is in the music that a model was trained on.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anyhow::Context;
use ripieno_composer::base;
use ripieno_composer::model::read_header;
use ripieno_datasets::originality::{ALARM, Comparison, Index, Passage, ReadIndexError, Source, compare};
use ripieno_datasets::{PrepareOptions, SplitShares};
use ripieno_score::{GridNote, GridScore, Note, Ppq, STEPS_PER_QUARTER, Tick};
use serde::Serialize;

use super::data_scan::scan;
use crate::cli::Originality;
use crate::failure::InputError;
use crate::input::read_midi_aloud;
use crate::output::OutputFile;
use crate::piano_roll::{Outline, PianoRoll};

/// Passages that are told.
const SHOWN: usize = 10;

/// What is printed with `--json`.
#[derive(Serialize)]
struct Answer<'a> {
    file: &'a Path,
    notes: usize,
    /// Pieces that it was compared with.
    pieces: usize,
    /// Weight of the heaviest passage, in notes that say something.
    overlap: f32,
    /// Share of real pieces that overlap less with pieces of other works.
    share_of_real_pieces_below: Option<f32>,
    /// Overlap from which on a passage is worth a look.
    alarm: f32,
    longest: Option<Told<'a>>,
    closest: Option<Told<'a>>,
    /// The heaviest passages.
    passages: Vec<Told<'a>>,
}

/// A passage as it is told.
#[derive(Serialize)]
pub(super) struct Told<'a> {
    pub(super) overlap: f32,
    /// Common notes of the voice that has most.
    pub(super) notes: usize,
    /// Notes put in or left out there.
    changes: u32,
    voices: usize,
    /// First and last bar, from 1.
    bars: (usize, usize),
    source_bars: (u32, u32),
    source: &'a Source,
}

pub(crate) fn run(typed: &Originality) -> anyhow::Result<()> {
    let plot = typed.plot.as_deref().map(|path| OutputFile::new(path, typed.force)).transpose()?;
    let file = read_midi_aloud(&typed.file)?;
    let index = index(typed)?;
    let (grid, _) = GridScore::from_score(&file.score);
    let comparison = compare(&index, &grid, |_| true);
    if let Some(plot) = plot {
        let title = file.score.title.clone().unwrap_or_else(|| typed.file.display().to_string());
        plot.write(picture(&title, &grid, &index, &comparison).as_bytes())?;
    }
    let told = |passage| told(&index, passage);
    let answer = Answer {
        file: &typed.file,
        notes: file.score.note_count(),
        pieces: index.sources().len(),
        overlap: comparison.overlap(),
        share_of_real_pieces_below: index.usual().share_below(comparison.overlap()),
        alarm: ALARM,
        longest: comparison.longest().map(told),
        closest: comparison.closest().map(told),
        passages: comparison.passages.iter().take(SHOWN).map(told).collect(),
    };
    let mut out = io::stdout().lock();
    if typed.json {
        serde_json::to_writer_pretty(&mut out, &answer).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        print(&mut out, &answer)?;
    }
    Ok(())
}

/// The index to compare with. What is usual is judged by the base corpus, which is large.
fn index(typed: &Originality) -> anyhow::Result<Index> {
    let base = base::originality().context("the index inside the program cannot be used")?;
    if let Some(folder) = &typed.against {
        let prepared = tempfile::tempdir().context("cannot make a temporary folder")?;
        let shares = SplitShares { validation: 0.0, test: 0.0, ..SplitShares::default() };
        // Comparing with music asks for nobody's leave, training on it would.
        let options = PrepareOptions { allow_unknown_licence: true, shares, ..PrepareOptions::default() };
        let (corpus, _, _) = scan(folder, prepared.path(), &options)?;
        return Ok(Index::of_corpus_alone(&corpus).judged_by(&base));
    }
    let Some(path) = &typed.index else { return Ok(base) };
    let refused = |error: ReadIndexError| InputError {
        message: format!("cannot use {}", path.display()),
        source: Some(error.into()),
    };
    let bytes = fs::read(path).map_err(|error| InputError {
        message: format!("cannot read {}", path.display()),
        source: Some(error.into()),
    })?;
    let index = Index::from_bytes(&bytes).map_err(refused)?;
    if let Some(weights) = &typed.model {
        let named = |error: Box<dyn std::error::Error + Send + Sync>| InputError {
            message: format!("cannot use {}", weights.display()),
            source: Some(error),
        };
        let bytes = fs::read(weights).map_err(|error| named(error.into()))?;
        let header = read_header(&bytes).map_err(|error| named(error.into()))?;
        index.check_corpus(&header.corpus).map_err(refused)?;
    }
    Ok(index.judged_by(&base))
}

pub(super) fn told<'a>(index: &'a Index, passage: &Passage) -> Told<'a> {
    Told {
        overlap: passage.overlap,
        notes: passage.length,
        changes: passage.changes,
        voices: passage.voices,
        bars: (passage.bars.0 + 1, passage.bars.1 + 1),
        source_bars: (passage.source_bars.0 + 1, passage.source_bars.1 + 1),
        source: &index.sources()[passage.source],
    }
}

fn print(out: &mut impl Write, answer: &Answer<'_>) -> io::Result<()> {
    writeln!(out, "{}, {} notes, compared with {} pieces", answer.file.display(), answer.notes, answer.pieces)?;
    if answer.passages.is_empty() {
        return writeln!(out, "nothing in common but what everybody plays");
    }
    write!(out, "overlap   {:.1} notes that say something", answer.overlap)?;
    match answer.share_of_real_pieces_below {
        Some(share) => writeln!(out, "; {:.0} % of real pieces share less with works by others", 100.0 * share)?,
        None => writeln!(out)?,
    }
    if answer.overlap >= answer.alarm {
        writeln!(out, "          that is worth a look: from {} on it is mostly the same tune", answer.alarm)?;
    }
    for (name, passage) in [("longest", &answer.longest), ("closest", &answer.closest)] {
        if let Some(passage) = passage {
            writeln!(out, "{name:<10}{}", sentence(passage))?;
        }
    }
    writeln!(out, "\n{:>7} {:>6} {:>8} {:>7}  {:<10} source", "overlap", "notes", "changed", "voices", "bars")?;
    for passage in &answer.passages {
        let Told { overlap, notes, changes, voices, .. } = passage;
        writeln!(
            out,
            "{overlap:>7.1} {notes:>6} {changes:>8} {voices:>7}  {:<10} {}",
            bars(passage.bars),
            from(passage)
        )?;
    }
    Ok(())
}

fn sentence(passage: &Told<'_>) -> String {
    let changes = match passage.changes {
        0 => "none changed".to_owned(),
        changes => format!("{changes} put in or left out"),
    };
    format!("{} notes, {changes}, in bars {}: {}", passage.notes, bars(passage.bars), from(passage))
}

fn bars<N: PartialEq + std::fmt::Display>((first, last): (N, N)) -> String {
    if first == last { first.to_string() } else { format!("{first}-{last}") }
}

/// Where it is from, in words.
pub(super) fn from(passage: &Told<'_>) -> String {
    let Source { path, licence, .. } = passage.source;
    format!("{}, bars {} ({path}, {licence})", name(passage.source), bars(passage.source_bars))
}

/// Composer and title, as far as they are known.
fn name(source: &Source) -> String {
    let parts = [&source.composer, &source.title].into_iter().filter(|part| !part.is_empty());
    let name = parts.map(String::as_str).collect::<Vec<_>>().join(", ");
    if name.is_empty() { source.path.clone() } else { name }
}

/// A piano roll of the piece on its grid: common notes are outlined, and where a passage begins its source is named.
fn picture(title: &str, grid: &GridScore, index: &Index, comparison: &Comparison) -> String {
    let ppq = Ppq::new(480).expect("480 ticks a quarter note are usual");
    let tick = |note: &GridNote| Tick(note.onset.saturating_mul(ppq.ticks() / STEPS_PER_QUARTER));
    let score = grid.to_score(ppq);
    // What is worth a look, or the heaviest where nothing is.
    let least = ALARM.min(comparison.overlap());
    let shown: Vec<&Passage> =
        comparison.passages.iter().filter(|passage| passage.overlap >= least).take(SHOWN).collect();
    let common: HashSet<(usize, Tick, u8)> = shown
        .iter()
        .flat_map(|passage| &passage.notes)
        .map(|note| (usize::from(note.part), tick(note), note.pitch))
        .collect();
    let is_common = |part: usize, note: &Note| common.contains(&(part, note.onset, note.pitch.value()));
    let mut names: Vec<(Tick, String)> = shown
        .iter()
        .filter_map(|passage| Some((tick(passage.notes.first()?), name(&index.sources()[passage.source]))))
        .collect();
    names.sort_by_key(|(tick, _)| *tick);
    let subtitle = match comparison.passages.first() {
        Some(heaviest) => format!(
            "outlined: notes that other pieces have too; most with {}: {:.1} notes that say something",
            name(&index.sources()[heaviest.source]),
            heaviest.overlap
        ),
        None => "nothing in common but what everybody plays".to_owned(),
    };
    let outline = Some(Outline { notes: &is_common, label: "also elsewhere", others: "not found elsewhere" });
    PianoRoll { title, subtitle: &subtitle, chords: &names, outline, ..PianoRoll::of(&score) }.to_svg()
}
