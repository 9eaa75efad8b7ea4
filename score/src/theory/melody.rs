//! The melody: the part that sings, or the upper edge of what sounds.

use crate::grid::{GridNote, GridScore};

/// A part is a line of its own when so many of its notes have the moment for themselves.
const SINGLE_SHARE: f32 = 0.9;

/// The notes of the melody in order of time, as indices into [`GridScore::notes`].
///
/// A part of single notes that plays in most bars and lies above the others is the melody; otherwise at every moment the
/// highest note that is not below one that still sounds.
pub(super) fn melody(grid: &GridScore) -> Vec<usize> {
    let pitched: Vec<usize> = (0..grid.notes.len()).filter(|&index| grid.is_pitched(&grid.notes[index])).collect();
    match singing_part(grid, &pitched) {
        Some(part) => upper_edge(grid, pitched.into_iter().filter(|&index| grid.notes[index].part == part)),
        None => upper_edge(grid, pitched),
    }
}

fn upper_edge(grid: &GridScore, notes: impl IntoIterator<Item = usize>) -> Vec<usize> {
    let mut line: Vec<usize> = Vec::new();
    let note = |index: usize| &grid.notes[index];
    for index in notes {
        let here = note(index);
        match line.last().copied() {
            Some(last) if note(last).onset == here.onset => {
                if here.pitch > note(last).pitch {
                    line.pop();
                    line.push(index);
                }
            }
            // A lower note under one that still sounds accompanies it.
            Some(last)
                if note(last).pitch > here.pitch && note(last).end() > here.onset + here.duration.min(12) / 2 => {}
            _ => line.push(index),
        }
    }
    line
}

/// What is known of a part.
#[derive(Default, Clone)]
struct Portrait {
    notes: usize,
    chords: usize,
    pitch_sum: u64,
    bars: usize,
    last: Option<GridNote>,
    last_bar: Option<usize>,
}

fn singing_part(grid: &GridScore, pitched: &[usize]) -> Option<u16> {
    let mut parts = vec![Portrait::default(); grid.parts.len()];
    for &index in pitched {
        let note = grid.notes[index];
        let Some(part) = parts.get_mut(usize::from(note.part)) else { continue };
        part.notes += 1;
        part.pitch_sum += u64::from(note.pitch);
        part.chords += usize::from(part.last.is_some_and(|last| last.end() > note.onset + note.duration / 4 + 2));
        part.last = Some(note);
        let bar = grid.bar_of(note.onset);
        part.bars += usize::from(part.last_bar != Some(bar));
        part.last_bar = Some(bar);
    }
    let mean = |part: &Portrait| part.pitch_sum as f32 / part.notes.max(1) as f32;
    let highest = parts.iter().filter(|part| part.notes > 0).map(mean).fold(0.0, f32::max);
    let sings = |part: &Portrait| {
        part.notes >= 8
            && (part.chords as f32) < (1.0 - SINGLE_SHARE) * part.notes as f32
            && 2 * part.bars > grid.bars.len()
            && mean(part) > highest - 7.0
    };
    let first = parts.iter().position(sings)?;
    u16::try_from(first).ok()
}
