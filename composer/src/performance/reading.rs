//! Performances in MIDI files: what is written, and how it was played.

use ripieno_score::{GridBar, GridScore, STEPS_PER_QUARTER, Score};

use super::click;
use super::level::levels;
use super::rubato::Rubato;
use super::sheet::{Kind, Sheet, SheetNote};

/// Milliseconds from its place beyond which a hit was not meant to be there.
const FARTHEST_MS: f32 = 62.0;
/// Quarter notes of lateness beyond which the tempo was not bent, but another.
const LATEST: f32 = 0.3;
/// Distinct velocities that a person's touch has at least.
const LEAST_VELOCITIES: usize = 16;
/// Notes that a performance has at least.
const LEAST_NOTES: usize = 16;

/// A sheet and how it was played.
#[derive(Debug, Clone)]
pub struct Performance {
    /// What was played.
    pub sheet: Sheet,
    /// Timing of every note in units of one [`Scale::timing`](super::Scale) per class; `None` where it cannot be told.
    pub timing: Vec<Option<f32>>,
    /// Velocity of every note against the level of the music around it.
    pub velocity: Vec<f32>,
}

impl Performance {
    /// What a file tells about playing: drums that somebody played to a click, or pitched parts with a tempo and with
    /// velocities that somebody shaped by hand. `None` for all other files: scores, and what was played without a click.
    pub fn read(score: &Score) -> Option<Self> {
        if score.note_count() < LEAST_NOTES || velocities(score) < LEAST_VELOCITIES {
            return None;
        }
        let is_drums = |drums: bool| score.parts.iter().all(|part| part.instrument.is_drums() == drums);
        let (grid, report) = GridScore::from_score(score);
        if is_drums(true) && report.on_grid < 0.5 && tempos(score) == 1 {
            return Self::drums(score, &grid.bars);
        }
        let shaped = tempos(score) >= (grid.bars.len() / 2).max(2);
        if is_drums(false) && report.on_grid > 0.8 && shaped { Some(Self::pitched(score, &grid)) } else { None }
    }

    fn drums(score: &Score, bars: &[GridBar]) -> Option<Self> {
        let quarter_s = (60.0 / score.tempo_at(score.end())) as f32;
        let ppq = score.ppq.ticks() as f32;
        let notes = score.parts.iter().flat_map(|part| &part.notes);
        let mut played: Vec<(f32, u8, f32)> = notes
            .map(|note| (note.onset.0 as f32 / ppq, note.pitch.value(), f32::from(note.velocity.value())))
            .collect();
        played.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        // Whoever plays a little ahead of the click throughout does not play each note early.
        let mut usual = 0.0;
        let mut steps = Vec::new();
        for _ in 0..2 {
            let hits: Vec<click::Hit> = played.iter().map(|&(time, pitch, _)| (time - usual, pitch)).collect();
            steps = click::steps(&hits);
            let late = steps.iter().zip(&played).map(|(&step, hit)| hit.0 - step as f32 / STEPS_PER_QUARTER as f32);
            usual = median(late.collect());
        }
        let mut notes: Vec<(SheetNote, f32, f32)> = steps
            .iter()
            .zip(&played)
            .map(|(&step, &(time, pitch, velocity))| {
                let late = time - usual - step as f32 / STEPS_PER_QUARTER as f32;
                (SheetNote { step, pitch, duration: 1 }, late * quarter_s * 1000.0, velocity)
            })
            .collect();
        // Of two hits of one drum on one place the softer one is an ornament.
        notes.sort_by(|one, other| {
            (one.0.step, one.0.pitch).cmp(&(other.0.step, other.0.pitch)).then(other.2.total_cmp(&one.2))
        });
        notes.dedup_by_key(|note| (note.0.step, note.0.pitch));
        let last = notes.last()?.0.step;
        let mut bars = bars.to_vec();
        // A hit before the last bar line may be written behind it.
        while let Some(bar) = bars.last().copied().filter(|bar| bar.end() <= last) {
            bars.push(GridBar { start: bar.end(), ..bar });
        }
        let sheet = Sheet {
            kind: Kind::Drums,
            quarter_s: vec![quarter_s; notes.len()],
            notes: notes.iter().map(|note| note.0).collect(),
            bars,
        };
        let timing = notes.iter().map(|note| Some(note.1).filter(|late| late.abs() <= FARTHEST_MS)).collect();
        Some(Self { velocity: against_level(&sheet, notes.iter().map(|note| note.2)), timing, sheet })
    }

    fn pitched(score: &Score, grid: &GridScore) -> Self {
        let rubato = Rubato::of(score);
        let mut notes: Vec<(SheetNote, f32)> = grid
            .notes
            .iter()
            .map(|note| {
                let written = SheetNote { step: note.onset, pitch: note.pitch, duration: note.duration };
                (written, f32::from(note.velocity))
            })
            .collect();
        notes.sort_by_key(|(note, _)| (note.step, std::cmp::Reverse(note.pitch)));
        let sheet = Sheet {
            kind: Kind::Pitched,
            quarter_s: notes.iter().map(|(note, _)| rubato.quarter_s(note.step)).collect(),
            notes: notes.iter().map(|&(note, _)| note).collect(),
            bars: grid.bars.clone(),
        };
        let late = |note: &(SheetNote, f32)| Some(rubato.late(note.0.step)).filter(|late| late.abs() <= LATEST);
        let timing = notes.iter().map(|note| late(note).map(|late| 100.0 * late)).collect();
        Self { velocity: against_level(&sheet, notes.iter().map(|&(_, velocity)| velocity)), timing, sheet }
    }
}

fn against_level(sheet: &Sheet, velocities: impl Iterator<Item = f32>) -> Vec<f32> {
    let notes: Vec<(u32, f32)> = sheet.notes.iter().map(|note| note.step).zip(velocities).collect();
    notes.iter().zip(levels(&notes)).map(|(&(_, velocity), level)| velocity - level).collect()
}

fn velocities(score: &Score) -> usize {
    let mut seen = [false; 128];
    score.parts.iter().flat_map(|part| &part.notes).for_each(|note| seen[usize::from(note.velocity.value())] = true);
    seen.iter().filter(|&&seen| seen).count()
}

/// Tempos that the piece has one after another.
fn tempos(score: &Score) -> usize {
    let mut micros: Vec<u32> = score.tempos.iter().map(|change| change.micros_per_quarter).collect();
    micros.dedup();
    micros.len().max(1)
}

fn median(mut numbers: Vec<f32>) -> f32 {
    numbers.sort_by(f32::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(0.0)
}
