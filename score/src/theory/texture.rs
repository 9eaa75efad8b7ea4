//! Texture: how many voices there are, and how they share the work.

use serde::Serialize;

use super::voices::Voices;
use crate::grid::{GridBar, GridNote, GridScore, STEPS_PER_QUARTER};

/// A texture that holds for fewer bars is part of the one around it.
const SHORTEST_BARS: usize = 2;

/// How the voices share the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TextureKind {
    /// One line.
    Monophony,
    /// All voices move together, as in a hymn.
    Homophony,
    /// A melody over something that accompanies it.
    MelodyAndAccompaniment,
    /// Several lines of equal right.
    Polyphony,
}

/// What an accompaniment does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// Low, high, middle, high.
    AlbertiBass,
    /// The notes of the chord one after another.
    Arpeggio,
    /// A bass note on the beat, chords after it: waltz, march, ragtime.
    BassAndChords,
    /// One chord again and again.
    RepeatedChords,
    /// A bass that walks a note on every beat.
    WalkingBass,
    /// Chords that are held.
    HeldChords,
}

/// Bars of one texture.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Texture {
    /// The first bar, from 1.
    pub first_bar: usize,
    /// The last bar.
    pub last_bar: usize,
    /// What it is.
    pub kind: TextureKind,
    /// What accompanies, where that has a name.
    pub pattern: Option<Pattern>,
    /// How many notes sound at once where the texture is fullest, in the middle of all bars.
    pub voices: usize,
}

/// The textures of a piece, one after another; bars of silence and of drums alone belong to the texture before them.
pub(super) fn textures(grid: &GridScore, voices: &Voices, melody: &[usize]) -> Vec<Texture> {
    let mut is_melody = vec![false; grid.notes.len()];
    melody.iter().for_each(|&index| is_melody[index] = true);
    let mut line_of = vec![usize::MAX; grid.notes.len()];
    for (line, notes) in voices.lines.iter().enumerate() {
        notes.iter().for_each(|&note| line_of[note] = line);
    }
    let seen: Vec<Option<Seen>> = (0..grid.bars.len()).map(|bar| see(grid, bar, &is_melody, &line_of)).collect();
    let mut kinds: Vec<Option<(TextureKind, Option<Pattern>)>> =
        (0..seen.len()).map(|bar| majority(&seen, bar)).collect();
    for bar in 1..kinds.len() {
        kinds[bar] = kinds[bar].or(kinds[bar - 1]);
    }
    let mut textures: Vec<Texture> = Vec::new();
    let mut first = 0;
    for run in kinds.chunk_by(|a, b| a == b) {
        let end = first + run.len();
        let Some((kind, pattern)) = run[0] else {
            first = end;
            continue;
        };
        let mut counts: Vec<usize> = seen[first..end].iter().flatten().map(|seen| seen.voices).collect();
        counts.sort_unstable();
        let voices = counts.get(counts.len() / 2).copied().unwrap_or(1);
        match textures.last_mut() {
            Some(last) if run.len() < SHORTEST_BARS || (last.kind, last.pattern) == (kind, pattern) => {
                last.last_bar = end;
            }
            _ => textures.push(Texture { first_bar: first + 1, last_bar: end, kind, pattern, voices }),
        }
        first = end;
    }
    textures
}

/// What one bar looks like.
#[derive(Debug, Clone, Copy)]
struct Seen {
    kind: TextureKind,
    pattern: Option<Pattern>,
    voices: usize,
}

/// The kind, and the pattern, of most of the five bars around one.
fn majority(seen: &[Option<Seen>], bar: usize) -> Option<(TextureKind, Option<Pattern>)> {
    let here = seen[bar]?;
    let around = || seen[bar.saturating_sub(2)..(bar + 3).min(seen.len())].iter().flatten();
    let count = |kind: TextureKind| around().filter(|seen| seen.kind == kind).count();
    let kind = around()
        .map(|seen| seen.kind)
        .fold(here.kind, |best, kind| if count(kind) > count(best) { kind } else { best });
    if kind != TextureKind::MelodyAndAccompaniment {
        return Some((kind, None));
    }
    let patterns = || around().filter(|seen| seen.kind == kind).map(|seen| seen.pattern);
    let count = |pattern: Option<Pattern>| patterns().filter(|&other| other == pattern).count();
    let pattern =
        patterns().fold(here.pattern, |best, pattern| if count(pattern) > count(best) { pattern } else { best });
    Some((kind, pattern))
}

fn see(grid: &GridScore, index: usize, is_melody: &[bool], line_of: &[usize]) -> Option<Seen> {
    let bar = &grid.bars[index];
    let all = grid.notes_in_bars(index..index + 1);
    let offset = grid.notes.partition_point(|note| note.onset < bar.start);
    let notes: Vec<(usize, &GridNote)> = all
        .iter()
        .enumerate()
        .map(|(at, note)| (offset + at, note))
        .filter(|(_, note)| grid.is_pitched(note))
        .collect();
    if notes.is_empty() {
        return None;
    }
    let voices = most_at_once(&notes);
    let accompaniment: Vec<&GridNote> =
        notes.iter().filter(|(index, _)| !is_melody[*index]).map(|&(_, note)| note).collect();
    if voices == 1 && accompaniment.len() * 4 <= notes.len() {
        return Some(Seen { kind: TextureKind::Monophony, pattern: None, voices });
    }
    let pattern = pattern(bar, &accompaniment);
    let is_figured = matches!(
        pattern,
        Some(Pattern::AlbertiBass | Pattern::Arpeggio | Pattern::BassAndChords | Pattern::WalkingBass)
    );
    let kind = if !is_figured && is_chordal(&notes, voices) {
        TextureKind::Homophony
    } else if pattern.is_none() && is_polyphonic(grid, &notes, line_of) {
        TextureKind::Polyphony
    } else {
        TextureKind::MelodyAndAccompaniment
    };
    Some(Seen { kind, pattern, voices })
}

/// The most notes that sound together, short overlaps left aside.
fn most_at_once(notes: &[(usize, &GridNote)]) -> usize {
    let sounding =
        |step: u32| notes.iter().filter(move |(_, n)| n.onset <= step && n.end().saturating_sub(n.duration / 8) > step);
    notes.iter().map(|(_, note)| sounding(note.onset).count()).max().unwrap_or(0)
}

/// Whether three voices or more strike most of their notes together.
fn is_chordal(notes: &[(usize, &GridNote)], voices: usize) -> bool {
    let groups = || notes.chunk_by(|a, b| a.1.onset == b.1.onset);
    let full = groups().filter(|group| group.len() + 1 >= voices.max(3)).count();
    voices >= 3 && 10 * full >= 7 * groups().count()
}

/// Whether two lines or more move by themselves, mostly by step.
fn is_polyphonic(grid: &GridScore, notes: &[(usize, &GridNote)], line_of: &[usize]) -> bool {
    let mut lines: Vec<usize> = notes.iter().map(|&(index, _)| line_of[index]).collect();
    lines.sort_unstable();
    lines.dedup();
    let melodic: Vec<Vec<u32>> = lines
        .iter()
        .map(|&line| {
            notes.iter().filter(|&&(index, _)| line_of[index] == line).map(|&(_, note)| note).collect::<Vec<_>>()
        })
        .filter(|line| {
            let steps = line.windows(2).filter(|pair| (1..=4).contains(&pair[0].pitch.abs_diff(pair[1].pitch))).count();
            line.len() >= 3 && 2 * steps >= line.len() - 1
        })
        .map(|line| line.iter().map(|note| note.onset).collect())
        .collect();
    debug_assert!(grid.bars.len() >= usize::from(!notes.is_empty()));
    let independent = |a: &Vec<u32>, b: &Vec<u32>| {
        let together = a.iter().filter(|onset| b.contains(onset)).count();
        10 * together < 8 * a.len().max(b.len())
    };
    melodic.iter().enumerate().any(|(index, a)| melodic[index + 1..].iter().any(|b| independent(a, b)))
}

/// What the notes under the melody do in a bar.
fn pattern(bar: &GridBar, notes: &[&GridNote]) -> Option<Pattern> {
    let groups: Vec<&[&GridNote]> = notes.chunk_by(|a, b| a.onset == b.onset).collect();
    if groups.is_empty() {
        return None;
    }
    let singles = groups.iter().filter(|group| group.len() == 1).count();
    let onsets: Vec<u32> = groups.iter().map(|group| group[0].onset).collect();
    let lows: Vec<u8> = groups.iter().map(|group| group[0].pitch).collect();
    let is_even = onsets.windows(3).all(|o| o[1] - o[0] == o[2] - o[1]);
    if singles == groups.len() && groups.len() >= 4 && is_even {
        let each = onsets[1] - onsets[0];
        let alberti = |four: &[u8]| four[0] < four[2] && four[2] < four[1] && four[1] == four[3];
        if lows.chunks_exact(4).all(alberti) {
            return Some(Pattern::AlbertiBass);
        }
        let small = lows.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) <= 2 && pair[0] != pair[1]).count();
        let mut distinct = lows.clone();
        distinct.sort_unstable();
        distinct.dedup();
        if each == STEPS_PER_QUARTER && distinct.len() >= 3 && lows[0] < 58 && 2 * small + 1 >= lows.len() - 1 {
            return Some(Pattern::WalkingBass);
        }
        let leaps = lows.windows(2).filter(|pair| (3..=12).contains(&pair[0].abs_diff(pair[1]))).count();
        if each <= 16 && distinct.len() >= 3 && 3 * leaps >= 2 * (lows.len() - 1) {
            return Some(Pattern::Arpeggio);
        }
        return None;
    }
    let repeated = groups
        .windows(2)
        .filter(|pair| pair[0].len() >= 2 && pair[0].iter().map(|n| n.pitch).eq(pair[1].iter().map(|n| n.pitch)));
    let low = groups
        .iter()
        .filter(|group| group.len() <= 2 && group[0].pitch + 5 < lows.iter().copied().max().unwrap_or(0))
        .count();
    let chords = groups.iter().filter(|group| group.len() >= 2).count();
    if groups.len() >= 2
        && groups[0][0].pitch + 5 <= lows.get(1).copied().unwrap_or(0)
        && chords >= 1
        && low >= 1
        && groups[1].len() >= 2
        && groups[0].len() <= 2
    {
        return Some(Pattern::BassAndChords);
    }
    if groups.len() >= 3 && repeated.count() + 2 >= groups.len() {
        return Some(Pattern::RepeatedChords);
    }
    let held = groups.iter().filter(|group| group.iter().all(|note| 3 * note.duration >= bar.length)).count();
    (held == groups.len() && groups.iter().any(|group| group.len() >= 2)).then_some(Pattern::HeldChords)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::Analysis;
    use crate::theory::test_pieces::piece;

    fn check(meter: &str, parts: &[&str], kind: TextureKind, pattern: Option<Pattern>) {
        let textures = Analysis::of(&piece(meter, parts)).textures;
        assert_eq!(textures.len(), 1, "{textures:?}");
        assert_eq!((textures[0].kind, textures[0].pattern), (kind, pattern));
    }

    #[test]
    fn accompaniments_are_told_apart() {
        let accompanied =
            |meter, parts: &[&str], pattern| check(meter, parts, TextureKind::MelodyAndAccompaniment, Some(pattern));
        let tune = "C5h E5q G5 | B4q. C5e C5h | C5h E5q G5 | B4q. C5e C5h";
        let alberti =
            "C4e G4 E4 G4 C4 G4 E4 G4 | D4 G4 F4 G4 C4 G4 E4 G4 | C4e G4 E4 G4 C4 G4 E4 G4 | D4 G4 F4 G4 C4 G4 E4 G4";
        accompanied("4/4", &[tune, alberti], Pattern::AlbertiBass);
        let waltz = "C3q E4+G4 E4+G4 | G2q F4+G4 F4+G4 | C3q E4+G4 E4+G4";
        accompanied("3/4", &["G5h E5q | F5h D5q | E5h.", waltz], Pattern::BassAndChords);
        let walking = "C3q D3 E3 G3 | A3 G3 F3 E3 | D3 E3 F3 G3 | C3 B2 A2 G2";
        accompanied("4/4", &["E5q. G5e R E5e G5q | A5h R | F5e A5 R A5 D5h | E5w", walking], Pattern::WalkingBass);
    }

    #[test]
    fn a_hymn_moves_together_and_a_tune_goes_alone() {
        let hymn = [
            "E5q F5 G5 E5 | D5 D5 C5h",
            "C5q C5 B4 C5 | A4 B4 C5h",
            "G4q A4 G4 G4 | F4 G4 E4h",
            "C4q F3 G3 C4 | F3 G3 C3h",
        ];
        check("4/4", &hymn, TextureKind::Homophony, None);
        check("4/4", &["C5q D5 E5 F5 | G5h E5h | D5q E5 D5 B4 | C5w"], TextureKind::Monophony, None);
    }

    #[test]
    fn lines_of_equal_right_are_polyphony() {
        let upper = "C5e D5 E5 F5 G5q E5 | A5e G5 F5 E5 D5q F5 | E5e F5 G5 E5 C5h";
        let lower = "C4q E4e F4 G4 F4 E4 D4 | F4q D4e E4 F4 G4 A4 B4 | C5q G4e A4 B4 A4 G4 F4";
        check("4/4", &[upper, lower], TextureKind::Polyphony, None);
    }
}
