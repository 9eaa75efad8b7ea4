//! Which note follows which: the voices inside the parts.
//!
//! A part that plays one note at a time is a voice. In a part of chords or of several lines, the notes that start together
//! go on from the voices that are free then, nearest pitches first and without crossing.

use std::collections::BTreeMap;

use crate::grid::{GridNote, GridScore, STEPS_PER_QUARTER};

/// A voice that has been silent for longer than this is not gone on with.
const LONGEST_REST: u32 = 4 * STEPS_PER_QUARTER;

/// A larger leap than this is another voice.
const LARGEST_LEAP: u8 = 16;

/// So many voices of one part are looked at.
const MAX_VOICES: usize = 16;

/// The voices of a piece. All numbers of notes are indices into [`GridScore::notes`].
#[derive(Debug, Clone, Default)]
pub(super) struct Voices {
    /// The notes of each voice in order of time; drums belong to none.
    pub(super) lines: Vec<Vec<usize>>,
    /// The note before each note in its voice.
    pub(super) before: Vec<Option<usize>>,
    /// The note after it.
    pub(super) after: Vec<Option<usize>>,
}

impl Voices {
    pub(super) fn new(grid: &GridScore) -> Self {
        let count = grid.notes.len();
        let mut voices = Self { lines: Vec::new(), before: vec![None; count], after: vec![None; count] };
        let mut parts: BTreeMap<u16, Vec<usize>> = BTreeMap::new();
        for (index, note) in grid.notes.iter().enumerate().filter(|(_, note)| grid.is_pitched(note)) {
            parts.entry(note.part).or_default().push(index);
        }
        for notes in parts.values() {
            voices.add_part(grid, notes);
        }
        voices
    }

    /// Whether the voice of one note comes to another within a few notes.
    pub(super) fn leads(&self, from: usize, to: usize) -> bool {
        std::iter::successors(self.before[to], |&note| self.before[note]).take(8).any(|note| note == from)
    }

    fn add_part(&mut self, grid: &GridScore, notes: &[usize]) {
        let note = |index: usize| &grid.notes[index];
        // Lines of this part that can still go on.
        let mut open: Vec<usize> = Vec::new();
        for group in notes.chunk_by(|&a, &b| note(a).onset == note(b).onset) {
            let onset = note(group[0]).onset;
            open.retain(|&line| {
                let last = self.lines[line].last().copied().map(note);
                last.is_some_and(|last| last.end().saturating_add(LONGEST_REST) >= onset)
            });
            let free: Vec<(usize, usize)> = open
                .iter()
                .map(|&line| (line, self.lines[line][self.lines[line].len() - 1]))
                .filter(|&(_, last)| is_over(note(last), onset))
                .take(MAX_VOICES)
                .collect();
            for &(index, line) in &match_nearest(grid, group, &free) {
                match line {
                    Some(line) => {
                        let last = self.lines[line][self.lines[line].len() - 1];
                        self.before[index] = Some(last);
                        self.after[last] = Some(index);
                        self.lines[line].push(index);
                    }
                    None => {
                        self.lines.push(vec![index]);
                        open.push(self.lines.len() - 1);
                    }
                }
            }
        }
    }
}

/// Whether a note has ended, or as good as ended, at `onset`: legato playing overlaps a little.
fn is_over(last: &GridNote, onset: u32) -> bool {
    last.onset < onset && last.end() <= onset + (last.duration / 4).min(6)
}

/// For each note of the group the line that it goes on from, if any.
fn match_nearest(grid: &GridScore, group: &[usize], free: &[(usize, usize)]) -> Vec<(usize, Option<usize>)> {
    let mut matched: Vec<(usize, Option<usize>)> = group.iter().map(|&index| (index, None)).collect();
    let onset = grid.notes[group[0]].onset;
    let mut pairs: Vec<(u32, usize, usize)> = Vec::new();
    for (at, &index) in group.iter().take(MAX_VOICES).enumerate() {
        for (voice, &(_, last)) in free.iter().enumerate() {
            let last = &grid.notes[last];
            let leap = grid.notes[index].pitch.abs_diff(last.pitch);
            if leap <= LARGEST_LEAP {
                // A quarter of rest weighs as much as three semitones.
                pairs.push((8 * u32::from(leap) + onset.saturating_sub(last.end()), at, voice));
            }
        }
    }
    pairs.sort_unstable();
    let mut taken = vec![None::<usize>; free.len()];
    for (_, at, voice) in pairs {
        let pitch = |index: usize| grid.notes[index].pitch;
        let crosses = taken.iter().zip(free).any(|(other, &(_, last))| {
            other.is_some_and(|other| {
                let ends = pitch(group[other]).cmp(&pitch(group[at]));
                ends != pitch(last).cmp(&pitch(free[voice].1)) && pitch(last) != pitch(free[voice].1)
            })
        });
        if matched[at].1.is_none() && taken[voice].is_none() && !crosses {
            matched[at].1 = Some(free[voice].0);
            taken[voice] = Some(at);
        }
    }
    matched
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::test_pieces::piece;

    #[test]
    fn chords_of_one_part_fall_into_voices() {
        let grid = piece("4/4", &["C4+E4+G4q B3+F4+G4 C4+E4+G4h"]);
        let voices = Voices::new(&grid);
        let pitches: Vec<Vec<u8>> =
            voices.lines.iter().map(|line| line.iter().map(|&index| grid.notes[index].pitch).collect()).collect();
        assert_eq!(pitches, [[60, 59, 60], [64, 65, 64], [67, 67, 67]]);
    }

    #[test]
    fn a_melody_over_held_notes_is_one_voice() {
        let grid = piece("4/4", &["C4w", "E5q F5 G5 E5"]);
        let voices = Voices::new(&grid);
        assert_eq!(voices.lines.len(), 2);
        assert_eq!(voices.lines[1].len(), 4);
    }
}
