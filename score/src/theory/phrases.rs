//! Phrases: where the melody breathes.
//!
//! A boundary is worth the rest and the long note before it (as in E. Cambouropoulos, "The local boundary detection model",
//! 2001) and the cadence under that; phrases of eight to sixteen beats are the likeliest. The best division of the whole
//! melody is found by dynamic programming. The costs were set on the excerpts of the tests and on the chorales 1 to 20
//! (Riemenschneider), whose analyses are published.

use serde::Serialize;

use super::cadence::{Cadence, CadenceKind, cadence, record};
use super::evidence::beat_steps;
use super::harmony::RomanChord;
use super::place::Place;
use crate::grid::{GridNote, GridScore};
use crate::key::Key;

/// A phrase is not longer than so many bars.
const LONGEST_BARS: f32 = 16.5;

/// Phrases last so many beats as a rule: two bars of a chorale, four of a waltz or of a song.
const USUAL_BEATS: [f32; 2] = [8.0, 16.0];

/// One of fewer notes is short, however many beats it has.
const USUAL_NOTES: f32 = 5.5;

/// What a phrase costs for each doubling or halving beyond these.
const LENGTH_COST: f32 = 0.9;

/// What any phrase costs: an end must be heard.
const PHRASE_COST: f32 = 0.5;

/// A phrase that begins at another place of the bar than the one before costs this.
const SHIFT_COST: f32 = 0.7;

/// Where so many phrases are equally long and begin at the same place of the bar, one that does not costs this.
const USUAL_START_SHARE: f32 = 0.55;
const UNUSUAL_START_COST: f32 = 0.5;

/// A phrase of fewer notes is hardly one.
const FEWEST_NOTES: usize = 3;
const FEW_NOTES_COST: f32 = 1.5;

/// What it is worth that no other voice moves while the melody waits.
const ALL_WAIT: f32 = 0.6;

/// A phrase of the melody.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Phrase {
    /// Where its first note begins.
    pub from: Place,
    /// The step at which its last note ends.
    pub end: u32,
    /// What it is called beside the others: the same letter is the same music, a prime marks a variant. Empty in very
    /// long pieces.
    pub letter: String,
    /// The bar in which its last note begins.
    pub last_bar: usize,
    /// How it ends.
    pub cadence: Option<CadenceKind>,
    /// Whether a rest, a long note or a cadence marks its end, or that is only where four bars are over.
    pub is_marked: bool,
}

/// The phrases of the melody and the cadences at their ends.
pub(super) fn phrases(grid: &GridScore, melody: &[usize], chords: &[RomanChord]) -> (Vec<Phrase>, Vec<Cadence>) {
    let notes: Vec<GridNote> = melody.iter().map(|&index| grid.notes[index]).collect();
    if notes.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let ends: Vec<End> = (0..notes.len()).map(|last| End::new(grid, chords, &notes, last)).collect();
    let mut phrases = Vec::new();
    let mut cadences: Vec<Cadence> = Vec::new();
    let mut division = divide(grid, &notes, &ends, None);
    if let Some(start) = usual_start(grid, &notes, &division) {
        division = divide(grid, &notes, &ends, Some(start));
    }
    for (first, last) in division {
        let end = &ends[last];
        if let Some(found) = end.cadence {
            cadences.push(record(grid, chords, found, notes[last].end()));
        }
        phrases.push(Phrase {
            from: Place::of(grid, notes[first].onset),
            end: notes[last].end(),
            letter: String::new(),
            last_bar: Place::of(grid, notes[last].onset).bar,
            cadence: end.cadence.map(|(_, kind, _)| kind),
            is_marked: end.strength >= 0.6 || last + 1 == notes.len(),
        });
    }
    (phrases, cadences)
}

/// What speaks for an end of a phrase after a note.
struct End {
    strength: f32,
    /// The chord of the cadence.
    cadence: Option<(usize, CadenceKind, Key)>,
}

impl End {
    fn new(grid: &GridScore, chords: &[RomanChord], notes: &[GridNote], last: usize) -> Self {
        let bar_length = grid.bars.get(grid.bar_of(notes[last].onset)).map_or(0, |bar| bar.length);
        let note = notes[last];
        let interval = |index: usize| Some(notes.get(index + 1)?.onset.saturating_sub(notes.get(index)?.onset) as f32);
        let here = interval(last).unwrap_or(note.duration as f32);
        let around: Vec<f32> =
            (last.saturating_sub(6)..=last + 4).filter(|&at| at != last).filter_map(interval).collect();
        let mean = (around.iter().sum::<f32>() / around.len().max(1) as f32).max(1.0);
        let length = (here / mean).log2().clamp(-0.5, 2.0);
        let rest = notes.get(last + 1).map_or(0, |next| next.onset.saturating_sub(note.end()));
        let rest = (rest as f32 / 24.0).min(2.0) * 0.5;
        // All voices wait, as in a hymn.
        let next = notes.get(last + 1).map_or(note.end(), |next| next.onset);
        let moves = |other: &GridNote| other.onset > note.onset && other.onset < next && grid.is_pitched(other);
        let from = grid.notes.partition_point(|other| other.onset <= note.onset);
        let all_wait = length >= 0.5 && !grid.notes[from..].iter().take_while(|other| other.onset < next).any(moves);
        let together = if all_wait { ALL_WAIT } else { 0.0 };
        // The chord under the end of the note: a cadence arrives while its last note sounds, or just before.
        let under = chords.partition_point(|chord| chord.from.step < note.end()).checked_sub(1);
        let found = under.and_then(|index| {
            let settled = (0..=index)
                .rev()
                .take_while(|&at| chords[at].root == chords[index].root && chords[at].key == chords[index].key)
                .last();
            let (kind, key) = cadence(chords, settled?, Some(note.pitch))?;
            Some((settled?, kind, key))
        });
        // A cadence long past ends nothing here.
        let found = found.filter(|&(index, ..)| {
            let arrival = &chords[index].from;
            note.onset.saturating_sub(arrival.step) <= bar_length
        });
        // Where the dominant is inverted the cadence alone does not say that this is an end.
        let says_little = found.is_some_and(|(index, kind, _)| {
            kind == CadenceKind::ImperfectAuthentic
                && chords[..index].last().is_some_and(|before| !before.is_in_root_position())
                && length + rest < 0.5
                && last + 1 < notes.len()
        });
        let harmony = match found {
            _ if says_little => 0.0,
            Some((_, CadenceKind::PerfectAuthentic, _)) => 1.3,
            Some((_, CadenceKind::ImperfectAuthentic | CadenceKind::Half | CadenceKind::PhrygianHalf, _)) => 0.6,
            Some((_, CadenceKind::Deceptive | CadenceKind::Plagal, _)) => 0.4,
            None => 0.0,
        };
        Self { strength: length + rest + together + harmony, cadence: found }
    }
}

/// Steps from the bar line to the note.
fn place_in_bar(grid: &GridScore, note: &GridNote) -> u32 {
    grid.bars.get(grid.bar_of(note.onset)).map_or(0, |bar| note.onset.saturating_sub(bar.start))
}

/// The place of the bar at which most of four phrases or more begin, if many do, and many are equally long.
fn usual_start(grid: &GridScore, notes: &[GridNote], division: &[(usize, usize)]) -> Option<u32> {
    let usual = |values: &[u32]| {
        let count = |value: &u32| values.iter().filter(|&other| other == value).count();
        let found = values.iter().copied().max_by_key(count)?;
        (count(&found) as f32 >= USUAL_START_SHARE * values.len() as f32).then_some(found)
    };
    let onsets: Vec<u32> = division.iter().map(|&(first, _)| notes[first].onset).collect();
    let lengths: Vec<u32> = onsets.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let starts: Vec<u32> = division.iter().map(|&(first, _)| place_in_bar(grid, &notes[first])).collect();
    usual(&lengths).filter(|_| starts.len() >= 4)?;
    usual(&starts)
}

/// The first and the last note of each phrase; `usual` is the place of the bar at which phrases are expected to begin.
fn divide(grid: &GridScore, notes: &[GridNote], ends: &[End], usual: Option<u32>) -> Vec<(usize, usize)> {
    let bar_at = |step: u32| {
        let index = grid.bar_of(step);
        grid.bars.get(index).map_or(0.0, |bar| {
            index as f32 + (step.saturating_sub(bar.start) as f32 / bar.length.max(1) as f32).min(1.0)
        })
    };
    let beats_of = |bar: f32| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of a bar")]
        let bar = grid.bars.get(bar as usize);
        bar.map_or(4.0, |bar| bar.length as f32 / beat_steps(bar) as f32)
    };
    let starts: Vec<f32> = notes.iter().map(|note| bar_at(note.onset)).collect();
    let close = starts[notes.len() - 1].floor() + 1.0;
    // The best score of a division of the notes before each note, and where its last phrase begins.
    let mut best: Vec<(f32, usize)> = vec![(0.0, 0)];
    for next in 1..=notes.len() {
        let end = starts.get(next).copied().unwrap_or(close);
        let strength = ends[next - 1].strength;
        let mut choice = (f32::NEG_INFINITY, next - 1);
        for first in (0..next).rev() {
            // The upbeat belongs to the phrase but not to its length.
            let length = (end - starts[first]).max(0.05);
            if length > LONGEST_BARS && first + 1 < next {
                break;
            }
            let shift = (length - length.round()).abs().min(0.5) * 2.0 * SHIFT_COST;
            let is_unusual = first > 0 && usual.is_some_and(|usual| place_in_bar(grid, &notes[first]) != usual);
            let start = if is_unusual { UNUSUAL_START_COST } else { 0.0 };
            let few = if next - first < FEWEST_NOTES { FEW_NOTES_COST } else { 0.0 };
            let beats = length * beats_of(starts[first]);
            let count = (next - first) as f32;
            let short = (USUAL_BEATS[0] / beats).log2().max((USUAL_NOTES / count).log2());
            let unusual = short.max((beats / USUAL_BEATS[1]).log2()).max(0.0);
            let score = best[first].0 - PHRASE_COST - start - few - LENGTH_COST * unusual - shift;
            if score > choice.0 {
                choice = (score, first);
            }
        }
        best.push((choice.0 + if next < notes.len() { strength } else { 0.0 }, choice.1));
    }
    let mut phrases = Vec::new();
    let mut next = notes.len();
    while next > 0 {
        let first = best[next].1;
        phrases.push((first, next - 1));
        next = first;
    }
    phrases.reverse();
    phrases
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::Analysis;
    use crate::theory::test_pieces::piece;

    #[test]
    fn a_cadence_too_weak_to_end_a_phrase_is_told_where_the_phrase_ends() {
        // Four bars each from an upbeat on; the third phrase ends with V6-I and the next begins at once.
        let closed = [
            "C5q D5 E5 D5 | E5q F5 E5 D5 | C5q D5 E5 D5 | C5h.",
            "E4q G4 G4 F4 | G4q A4 G4 F4 | E4q G4 G4 F4 | E4h.",
            "C3q B2 C3 G2 | C3q F2 C3 G2 | C3q B2 C3 G2 | C3h.",
        ];
        let open = [
            "E5q | D5q C5 A4 G4 | A4q C5 D5 E5 | D5q C5 A4 G4 | B4q B4 C5",
            "C4q | F4q E4 F4 D4 | C4q E4 F4 G4 | F4q E4 F4 D4 | D4q D4 E4",
            "C3q | B2q C3 F2 G2 | F2q A2 B2 C3 | B2q C3 F2 G2 | G2q B2 C3",
        ];
        let voices: Vec<String> = (0..3)
            .map(|voice| {
                let (up, closed, open) = (["G4q", "E4q", "C3q"][voice], closed[voice], open[voice]);
                format!("Rh. {up} | {closed} {up} | {closed} {open} {up} | {closed}")
            })
            .collect();
        let analysis = Analysis::of(&piece("4/4", &[&voices[0], &voices[1], &voices[2]]));
        let at_its_end = analysis.cadences.iter().find(|cadence| cadence.at.bar == 13);
        assert_eq!(
            at_its_end.map(|cadence| cadence.kind),
            Some(CadenceKind::ImperfectAuthentic),
            "{:?}",
            analysis.phrases
        );
    }
}
