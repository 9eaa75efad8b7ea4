//! Motifs: short figures that come again, and what happens to them; and sequences.
//!
//! A figure is a row of steps on the staff and of durations, so that it stays itself when it is moved inside the key. The
//! figure is taken that explains most: often repeated, not too short, with a shape of its own, at the beginning of phrases.

use std::collections::HashMap;

use serde::Serialize;

use super::keys::KeyArea;
use super::lines::{Line, lines};
use super::place::Place;
use super::voices::Voices;
use crate::grid::GridScore;

/// Notes in a motif.
const SHORTEST: usize = 4;
const LONGEST: usize = 8;

/// So many motifs are told.
const MOTIFS: usize = 3;

/// Less than this is worth no word.
const LEAST_SCORE: f32 = 7.0;

/// A motif lasts no longer than so many bars.
const LONGEST_BARS: u32 = 2;

/// A figure that comes again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Motif {
    /// `x`, `y`, `z`.
    pub letter: char,
    /// Its notes where it is first heard, with octaves.
    pub notes: Vec<String>,
    /// Every place where it is heard, the first one first.
    pub occurrences: Vec<Occurrence>,
}

/// A motif at a place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Occurrence {
    /// Where it begins.
    pub at: Place,
    /// The step at which its last note ends.
    pub end: u32,
    /// The notes, as indices into [`GridScore::notes`].
    pub notes: Vec<usize>,
    /// What was done to it.
    pub transformation: Transformation,
    /// How far its first note lies above that of the first statement, in steps of the scale.
    pub steps: i16,
}

/// What happens to a motif.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Transformation {
    /// Heard for the first time.
    Statement,
    /// As before, perhaps in another octave.
    Repetition,
    /// On another degree.
    Transposition,
    /// Up for down.
    Inversion,
    /// Backwards.
    Retrograde,
    /// Twice as slow.
    Augmentation,
    /// Twice as fast.
    Diminution,
}

/// A figure that is repeated at once, each time moved by the same number of steps.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sequence {
    /// Where it begins.
    pub from: Place,
    /// The bar in which it ends.
    pub last_bar: usize,
    /// How often the figure is heard.
    pub members: usize,
    /// Steps of the scale from each to the next.
    pub steps: i16,
    /// Notes in the figure.
    pub length: usize,
}

/// A place in a line.
type Start = (usize, usize);

/// The motifs of a piece, the most important first.
pub(super) fn motifs(
    grid: &GridScore,
    voices: &Voices,
    melody: &[usize],
    keys: &[KeyArea],
    phrase_starts: &[u32],
) -> Vec<Motif> {
    let lines = lines(grid, voices, melody, keys);
    let mut covered = vec![false; grid.notes.len()];
    let ranked = ranked(grid, &lines, phrase_starts);
    let mut motifs = Vec::new();
    for (length, starts) in ranked {
        let is_new = |&&(line, start): &&Start| {
            let notes = &lines[line].notes[start..start + length];
            2 * notes.iter().filter(|&&note| covered[note]).count() < length
        };
        if motifs.len() == MOTIFS || 3 * starts.iter().filter(is_new).count() < 2 * starts.len() {
            continue;
        }
        let Some(&(line, start)) = starts.iter().min_by_key(|&&(line, start)| (lines[line].onsets[start], line)) else {
            continue;
        };
        let occurrences = occurrences(grid, &lines, (line, start), length);
        for note in occurrences.iter().flat_map(|occurrence| &occurrence.notes) {
            covered[*note] = true;
        }
        let letter = ['x', 'y', 'z'][motifs.len()];
        motifs.push(Motif { letter, notes: lines[line].names[start..start + length].to_vec(), occurrences });
    }
    motifs
}

/// Figures that are worth to be called motifs, the best first: the number of notes, and where they begin.
fn ranked(grid: &GridScore, lines: &[Line], phrase_starts: &[u32]) -> Vec<(usize, Vec<Start>)> {
    let mut candidates: Vec<(f32, usize, Vec<Start>)> = Vec::new();
    for length in SHORTEST..=LONGEST {
        let mut figures: HashMap<Vec<(i16, u32)>, Vec<Start>> = HashMap::new();
        for (index, line) in lines.iter().enumerate() {
            for start in 0..(line.notes.len() + 1).saturating_sub(length) {
                let bar = grid.bars[grid.bar_of(line.onsets[start])].length;
                let span = line.onsets[start + length - 1] - line.onsets[start];
                if span > LONGEST_BARS * bar || line.has_rest(start, length) {
                    continue;
                }
                let starts = figures.entry(line.figure(start, length)).or_default();
                let is_free = starts.last().is_none_or(|&(other, at)| other != index || at + length <= start);
                let is_same =
                    starts.iter().rev().take(8).any(|&(other, at)| lines[other].notes[at] == line.notes[start]);
                if is_free && !is_same {
                    starts.push((index, start));
                }
            }
        }
        for (figure, starts) in figures {
            // What comes but twice is a motif where it has a rhythm to be known by.
            let has_rhythm = figure.iter().any(|&(_, duration)| duration != figure[0].1);
            if starts.len() < if has_rhythm { 2 } else { 4 } || is_scale(&figure) {
                continue;
            }
            let begins = starts.iter().any(|&(_, start)| start == 0);
            let sings = starts.iter().any(|&(line, _)| line == 0);
            let opens = starts.iter().any(|&(line, start)| phrase_starts.contains(&lines[line].onsets[start]));
            let weight = (length - 1) as f32;
            let score = ((starts.len() - 1) as f32).min(12.0)
                * weight.powf(1.3)
                * interest(&figure)
                * if opens { 1.6 } else { 1.0 }
                * if begins { 1.4 } else { 1.0 }
                * if sings { 1.5 } else { 1.0 };
            if score >= LEAST_SCORE {
                candidates.push((score, length, starts));
            }
        }
    }
    // The map has no order: of equals the earliest comes first, the longest before it.
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.2.cmp(&b.2)).then(b.1.cmp(&a.1)));
    candidates.truncate(400);
    candidates.into_iter().map(|(_, length, starts)| (length, starts)).collect()
}

/// Steps in one direction, in notes of one length.
fn is_scale(figure: &[(i16, u32)]) -> bool {
    figure[0].0.abs() <= 1 && figure.iter().all(|&place| place == figure[0])
}

/// How much of a shape a figure has: none where one note is repeated, little in a scale of equal notes.
fn interest(figure: &[(i16, u32)]) -> f32 {
    let distinct = |count: usize| (count - 1).min(3) as f32;
    let mut steps: Vec<i16> = figure.iter().map(|&(step, _)| step).collect();
    let mut durations: Vec<u32> = figure.iter().map(|&(_, duration)| duration).collect();
    let is_still = steps.iter().all(|&step| step == 0);
    steps.sort_unstable();
    steps.dedup();
    durations.sort_unstable();
    durations.dedup();
    let plain = if is_still { 0.1 } else { 0.35 };
    plain + 0.25 * distinct(steps.len()) + 0.3 * distinct(durations.len())
}

/// Everything that is made of the figure at `first`, in order of time.
fn occurrences(grid: &GridScore, lines: &[Line], first: Start, length: usize) -> Vec<Occurrence> {
    let home = &lines[first.0];
    let model = home.figure(first.1, length);
    let place = home.places[first.1];
    let last_duration = home.rhythm[first.1 + length - 1];
    let has_shape = |count: usize| {
        let mut steps: Vec<i16> = model.iter().map(|&(step, _)| step).collect();
        steps.sort_unstable();
        steps.dedup();
        steps.len() >= count
    };
    let has_rhythm = model.iter().any(|&(_, duration)| duration != model[0].1);
    // What a plain figure becomes when it is turned round is found everywhere by chance.
    let turned: Vec<(i16, u32)> = model.iter().map(|&(step, duration)| (-step, duration)).collect();
    let mut backwards: Vec<(i16, u32)> = Vec::new();
    for (index, &(step, _)) in model.iter().enumerate().rev() {
        let duration = model.get(index + 1).map_or(last_duration, |&(_, duration)| duration);
        backwards.push((-step, duration));
    }
    let may_turn = has_shape(3) && (has_rhythm || length >= 6) && turned != model;
    let may_go_back = has_shape(3) && has_rhythm && length >= 5 && backwards != model && backwards != turned;
    let scaled = |up: u32, down: u32| -> Vec<(i16, u32)> {
        model.iter().map(|&(step, duration)| (step, duration * up / down)).collect()
    };
    let (slow, fast) = (scaled(2, 1), scaled(1, 2));
    let mut found: Vec<Occurrence> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let mut free = 0;
        for start in 0..(line.notes.len() + 1).saturating_sub(length) {
            let figure = line.figure(start, length);
            let steps = line.places[start] - place;
            let transformation = if (index, start) == first {
                Transformation::Statement
            } else if figure == model {
                if steps % 7 == 0 { Transformation::Repetition } else { Transformation::Transposition }
            } else if may_turn && figure == turned {
                Transformation::Inversion
            } else if may_go_back && figure == backwards {
                Transformation::Retrograde
            } else if has_shape(2) && figure == slow {
                Transformation::Augmentation
            } else if has_shape(2) && has_rhythm && figure == fast {
                Transformation::Diminution
            } else {
                continue;
            };
            let is_first = transformation == Transformation::Statement;
            let is_known = found.iter().any(|other| other.notes[0] == line.notes[start]);
            if (start < free && !is_first) || line.has_rest(start, length) || is_known {
                continue;
            }
            free = start + length;
            let notes = line.notes[start..start + length].to_vec();
            let end = notes.iter().map(|&note| grid.notes[note].end()).max().unwrap_or(0);
            found.push(Occurrence { at: Place::of(grid, line.onsets[start]), end, notes, transformation, steps });
        }
    }
    found.sort_by_key(|occurrence| (occurrence.at.step, occurrence.notes[0]));
    found
}

/// The sequences of the melody: three members or more.
pub(super) fn sequences(grid: &GridScore, voices: &Voices, melody: &[usize], keys: &[KeyArea]) -> Vec<Sequence> {
    let lines = lines(grid, voices, melody, keys);
    let Some(line) = lines.first() else { return Vec::new() };
    let count = line.notes.len();
    let mut sequences = Vec::new();
    let mut start = 0;
    while start + 2 * SHORTEST < count {
        let best = (3..=12)
            .filter_map(|length| Some((length, members(line, start, length)?)))
            .max_by_key(|&(length, (members, _))| (length * members, std::cmp::Reverse(length)));
        let Some((length, (members, steps))) = best else {
            start += 1;
            continue;
        };
        let last = (start + length * members - 1).min(count - 1);
        sequences.push(Sequence {
            from: Place::of(grid, line.onsets[start]),
            last_bar: Place::of(grid, line.onsets[last]).bar,
            members,
            steps,
            length,
        });
        start = last + 1;
    }
    sequences
}

/// How often the figure of `length` notes at `start` is repeated at once, moved by the same steps; `None` below three.
fn members(line: &Line, start: usize, length: usize) -> Option<(usize, i16)> {
    let count = line.notes.len();
    if start + 2 * length > count {
        return None;
    }
    let shift = line.places[start + length] - line.places[start];
    let figure = line.figure(start, length);
    let goes_on = line.places[start + 1] - line.places[start];
    let is_scale = figure.iter().all(|&(step, _)| step == goes_on)
        && line.rhythm[start..start + length].windows(2).all(|r| r[0] == r[1]);
    if shift == 0 || shift.abs() > 4 || is_scale {
        return None;
    }
    let mut members = 1;
    let mut next = start + length;
    while next + length <= count
        && line.places[next] - line.places[next - length] == shift
        && line.rhythm[next - 1] == line.rhythm[start + length - 1]
        && line.figure(next, length) == figure
    {
        members += 1;
        next += length;
    }
    (members >= 3).then_some((members, shift))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::Analysis;
    use crate::theory::test_pieces::piece;

    fn transformations(melody: &str) -> Vec<(usize, Transformation, i16)> {
        let analysis = Analysis::of(&piece("4/4", &[melody]));
        let motif = analysis.motifs.first().expect("a motif");
        motif.occurrences.iter().map(|o| (o.at.bar, o.transformation, o.steps)).collect()
    }

    #[test]
    fn a_motif_is_followed_through_its_transformations() {
        use Transformation::{Augmentation, Inversion, Repetition, Statement, Transposition};
        let found = transformations(
            "C5q. E5e D5q G5 | F5h E5 | D5q. F5e E5q A5 | D5q A4 G4h | C5q. E5e D5q G5 | C5e D5 C5 B4 A4h | C6q. A5e B5q F5 | E5h R | C5h. E5q | D5h G5 | C5w",
        );
        assert_eq!(found[..3], [(1, Statement, 0), (3, Transposition, 1), (5, Repetition, 0)]);
        assert!(found.contains(&(7, Inversion, 7)) && found.contains(&(9, Augmentation, 0)), "{found:?}");
    }

    #[test]
    fn a_sequence_counts_its_members() {
        let grid = piece("4/4", &["G5e F5 E5 F5 E5q C5 | F5e E5 D5 E5 D5q B4 | E5e D5 C5 D5 C5q A4 | D5w"]);
        let found = Analysis::of(&grid).sequences;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].members, found[0].steps, found[0].from.bar, found[0].last_bar), (3, -1, 1, 3));
    }

    #[test]
    fn a_scale_is_neither() {
        let analysis = Analysis::of(&piece("4/4", &["C4q D4 E4 F4 | G4 A4 B4 C5 | D5 E5 F5 G5 | A5w"]));
        assert!(analysis.sequences.is_empty());
    }
}
