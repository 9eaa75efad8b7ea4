//! Lines of notes as one reads them: places on the staff, and from each note to the next.

use super::keys::KeyArea;
use super::spelling::{pitch_name, staff_place};
use super::voices::Voices;
use crate::grid::{GridScore, STEPS_PER_QUARTER};
use crate::key::{Key, Mode};

/// A voice that is shorter has nothing to say.
const FEWEST_NOTES: usize = 6;

/// A line, note by note.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    /// Indices into [`GridScore::notes`].
    pub(super) notes: Vec<usize>,
    pub(super) onsets: Vec<u32>,
    /// Places on the staff: letters.
    pub(super) places: Vec<i16>,
    pub(super) names: Vec<String>,
    /// Steps to the next onset, rounded to usual durations; the last one's own duration.
    pub(super) rhythm: Vec<u32>,
    /// Steps of silence before the next onset.
    rests: Vec<u32>,
}

impl Line {
    fn new(grid: &GridScore, notes: &[usize], keys: &[KeyArea]) -> Self {
        let mut line = Self::default();
        for (at, &index) in notes.iter().enumerate() {
            let note = &grid.notes[index];
            let area = keys.partition_point(|area| area.from.step <= note.onset).saturating_sub(1);
            let key = keys.get(area).map_or(Key { tonic: 0, mode: Mode::Major }, |area| area.key);
            let next = notes.get(at + 1).map_or(note.end(), |&next| grid.notes[next].onset);
            line.notes.push(index);
            line.onsets.push(note.onset);
            line.places.push(staff_place(note.pitch, key));
            line.names.push(pitch_name(note.pitch, key));
            line.rhythm.push(usual_duration(next.saturating_sub(note.onset)));
            line.rests.push(next.saturating_sub(note.end()));
        }
        line
    }

    /// The steps between `length` notes and the time from each to the next.
    pub(super) fn figure(&self, start: usize, length: usize) -> Vec<(i16, u32)> {
        let places = self.places[start..start + length].windows(2).map(|pair| pair[1] - pair[0]);
        places.zip(self.rhythm[start..].iter().copied()).collect()
    }

    /// Whether a rest of a quarter note or more lies inside.
    pub(super) fn has_rest(&self, start: usize, length: usize) -> bool {
        self.rests[start..start + length - 1].iter().any(|&rest| rest >= STEPS_PER_QUARTER)
    }
}

/// The melody first, then all voices that are long enough.
pub(super) fn lines(grid: &GridScore, voices: &Voices, melody: &[usize], keys: &[KeyArea]) -> Vec<Line> {
    let others = voices.lines.iter().filter(|line| line.len() >= FEWEST_NOTES).map(Vec::as_slice);
    std::iter::once(melody).chain(others).map(|notes| Line::new(grid, notes, keys)).collect()
}

/// Played notes are never quite as long as written ones.
fn usual_duration(steps: u32) -> u32 {
    const USUAL: [u32; 14] = [1, 2, 3, 4, 6, 8, 12, 16, 18, 24, 32, 36, 42, 48];
    if steps > 48 {
        return (steps + 6) / 12 * 12;
    }
    USUAL.into_iter().min_by_key(|usual| usual.abs_diff(steps)).unwrap_or(steps)
}
