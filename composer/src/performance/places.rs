//! Where the notes of a score stand: their steps, and what of a performance they have already.

use ripieno_score::{GridBar, GridScore, Note, Ppq, STEPS_PER_QUARTER, Score};

use super::sheet::{Kind, Sheet, SheetNote};

/// How far an onset may be from its step to count as written there, in quarter notes: a tick of a coarse file.
const ON_GRID: f64 = 0.005;
/// Notes that a part has at least whose timing binds all others.
const LEAST_NOTES: usize = 8;

/// A note by its part and its place there.
pub(super) type NoteIndex = (usize, usize);

/// The notes of a score on the grid.
pub(super) struct Places {
    /// The step of every note of every part.
    pub(super) steps: Vec<Vec<u32>>,
    /// How much of every part stands on the grid, `0.0..=1.0`; the rest was played by somebody.
    pub(super) on_grid: Vec<f32>,
    /// The least of it among pitched parts: they bend the tempo together or not at all.
    pub(super) steady: f32,
    bars: Vec<GridBar>,
}

impl Places {
    pub(super) fn of(score: &Score) -> Self {
        let (grid, report) = GridScore::from_score(score);
        let ppq = f64::from(score.ppq.ticks());
        let place = |note: &Note| {
            let steps = (f64::from(note.onset.0) / ppq - report.offset_quarters) * f64::from(STEPS_PER_QUARTER);
            let step = steps.round().max(0.0);
            #[expect(clippy::cast_sign_loss, reason = "not negative, and ticks are more than steps")]
            let number = step as u32;
            (number, (steps - step).abs() / f64::from(STEPS_PER_QUARTER) <= ON_GRID)
        };
        let (mut steps, mut on_grid, mut steady) = (Vec::new(), Vec::new(), 1.0f32);
        for part in &score.parts {
            let (places, exact): (Vec<u32>, Vec<bool>) = part.notes.iter().map(place).unzip();
            let share = exact.iter().filter(|&&exact| exact).count() as f32 / exact.len().max(1) as f32;
            // What stands anywhere stands on the grid now and then.
            let share = (2.0 * share - 1.0).max(0.0);
            if !part.instrument.is_drums() && places.len() >= LEAST_NOTES {
                steady = steady.min(share);
            }
            steps.push(places);
            on_grid.push(share);
        }
        Self { steps, on_grid, steady, bars: grid.bars }
    }

    /// Steps of a length in ticks, at least one.
    pub(super) fn length(duration: ripieno_score::Tick, ppq: Ppq) -> u32 {
        let ticks = u64::from(duration.0) * u64::from(STEPS_PER_QUARTER);
        let half = u64::from(ppq.ticks()) / 2;
        u32::try_from((ticks + half) / u64::from(ppq.ticks())).unwrap_or(u32::MAX).max(1)
    }

    /// Whether the tempo map has a shape already: a change in every other bar.
    pub(super) fn bends_already(&self, score: &Score) -> bool {
        score.tempos.len() > 1 && score.tempos.len() >= self.bars.len() / 2
    }

    /// The notes of all parts of a kind as one sheet, and which note of the score each is.
    pub(super) fn sheet(&self, score: &Score, kind: Kind) -> (Sheet, Vec<NoteIndex>) {
        let of_kind = |part: usize| score.parts[part].instrument.is_drums() == (kind == Kind::Drums);
        let mut indices: Vec<NoteIndex> = (0..score.parts.len())
            .filter(|&part| of_kind(part))
            .flat_map(|part| (0..score.parts[part].notes.len()).map(move |note| (part, note)))
            .collect();
        let pitch = |&(part, note): &NoteIndex| score.parts[part].notes[note].pitch.value();
        indices.sort_by_key(|index| {
            let order = if kind == Kind::Drums { pitch(index) } else { 127 - pitch(index) };
            (self.steps[index.0][index.1], order, *index)
        });
        let written = |index: &NoteIndex| SheetNote {
            step: self.steps[index.0][index.1],
            pitch: pitch(index),
            duration: Self::length(score.parts[index.0].notes[index.1].duration, score.ppq),
        };
        let notes: Vec<SheetNote> = indices.iter().map(written).collect();
        let sheet = Sheet { kind, quarter_s: Vec::new(), notes, bars: self.bars.clone() };
        let seconds = |note: &SheetNote| 60.0 / self.bars[sheet.bar_of(note.step)].tempo_bpm.max(1.0);
        let quarter_s = sheet.notes.iter().map(seconds).collect();
        (Sheet { quarter_s, ..sheet }, indices)
    }
}
