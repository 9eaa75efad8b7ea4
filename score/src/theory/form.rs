//! Form: which phrases and sections are alike, periods and sentences.
//!
//! Bars are compared by the melody's notes, its rhythm and the pitch classes of all parts; phrases and sections by their
//! bars. Terms as in W. Caplin, *Classical Form* (Oxford, 1998).

use serde::Serialize;

use super::cadence::CadenceKind;
use super::phrases::Phrase;
use crate::grid::GridScore;

/// Longer pieces have no form that could be told in letters.
const MOST_BARS: usize = 1200;

/// How alike two stretches must be for the same letter, and for the same letter with a prime.
const SAME: f32 = 0.8;
const VARIED: f32 = 0.58;

/// A stretch of the piece with a letter; the same letter is the same music.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Section {
    /// `A`, `B`, `A'`.
    pub letter: String,
    /// Its first bar, from 1.
    pub first_bar: usize,
    /// Its last bar.
    pub last_bar: usize,
}

/// Phrases that belong together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Theme {
    /// What they make.
    pub kind: ThemeKind,
    /// The first bar, from 1.
    pub first_bar: usize,
    /// The last bar.
    pub last_bar: usize,
}

/// How a theme is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeKind {
    /// A question and an answer that begin alike.
    ParallelPeriod,
    /// A question and an answer that begin differently.
    ContrastingPeriod,
    /// An idea, the idea again, and a continuation twice as long.
    Sentence,
}

/// What was found out about the form.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Form {
    /// The sections; none in a piece that is too short or too long to have them.
    pub sections: Vec<Section>,
    /// Periods and sentences.
    pub themes: Vec<Theme>,
    /// What such a row of sections is called: `ternary form`, `binary form`, `rondo`, `theme and variations`, `strophic form`.
    pub name: Option<&'static str>,
}

/// The form, and the letters of the phrases into them.
pub(super) fn form(grid: &GridScore, melody: &[usize], phrases: &mut [Phrase]) -> Form {
    let bars = grid.bars.len();
    if phrases.is_empty() || bars > MOST_BARS {
        return Form::default();
    }
    let alike = Alikeness::new(grid, melody);
    let starts: Vec<usize> = phrases.iter().map(|phrase| first_bar(grid, phrase)).collect();
    let last = phrases.last().map_or(bars, |phrase| phrase.last_bar.max(1));
    let spans = spans(&starts, last);
    let sections = sections(&alike, phrases, &spans);
    for (phrase, letter) in phrases.iter_mut().zip(letters(&alike, &spans, 'a')) {
        phrase.letter = letter;
    }
    let section_letters = letters(&alike, &sections, 'A');
    let name = name(&section_letters);
    Form {
        themes: themes(&alike, phrases, &spans),
        sections: sections
            .iter()
            .zip(section_letters)
            .map(|(&(first, end), letter)| Section { letter, first_bar: first + 1, last_bar: end })
            .collect(),
        name,
    }
}

/// The bar (from 0) that a phrase begins with; one that begins in the second half of a bar begins with an upbeat.
fn first_bar(grid: &GridScore, phrase: &Phrase) -> usize {
    let index = phrase.from.bar - 1;
    let bar = &grid.bars[index];
    let is_upbeat = 2 * (phrase.from.step - bar.start.min(phrase.from.step)) >= bar.length;
    if is_upbeat { (index + 1).min(grid.bars.len() - 1) } else { index }
}

/// From each start to the next: ranges of bars.
fn spans(starts: &[usize], end: usize) -> Vec<(usize, usize)> {
    let ends = starts.iter().skip(1).copied().chain([end]);
    starts.iter().zip(ends).map(|(&start, end)| (start, end.max(start + 1))).collect()
}

/// How alike bars are, `0.0..=1.0`.
struct Alikeness {
    bars: usize,
    values: Vec<f32>,
    rhythm: Vec<Vec<u32>>,
}

impl Alikeness {
    fn new(grid: &GridScore, melody: &[usize]) -> Self {
        let bars = grid.bars.len();
        let mut tunes: Vec<Vec<(u32, u8)>> = vec![Vec::new(); bars];
        let mut chroma = vec![[0.0_f32; 12]; bars];
        for &index in melody {
            let note = &grid.notes[index];
            let bar = grid.bar_of(note.onset);
            // Performed notes are a little early or late.
            tunes[bar].push(((note.onset - grid.bars[bar].start.min(note.onset) + 1) / 3, note.pitch));
        }
        for note in grid.notes.iter().filter(|note| grid.is_pitched(note)) {
            chroma[grid.bar_of(note.onset)][usize::from(note.pitch % 12)] += note.duration.min(96) as f32;
        }
        for row in &mut chroma {
            let length = row.iter().map(|weight| weight * weight).sum::<f32>().sqrt().max(1e-6);
            row.iter_mut().for_each(|weight| *weight /= length);
        }
        let rhythm: Vec<Vec<u32>> = tunes.iter().map(|tune| tune.iter().map(|&(onset, _)| onset).collect()).collect();
        let mut values = vec![0.0; bars * bars];
        for a in 0..bars {
            for b in 0..bars {
                let colour: f32 = chroma[a].iter().zip(&chroma[b]).map(|(x, y)| x * y).sum();
                values[a * bars + b] = if tunes[a].is_empty() && tunes[b].is_empty() {
                    0.5 + 0.5 * colour
                } else {
                    0.5 * shared(&tunes[a], &tunes[b]) + 0.2 * shared(&rhythm[a], &rhythm[b]) + 0.3 * colour
                };
            }
        }
        Self { bars, values, rhythm }
    }

    fn bar(&self, a: usize, b: usize) -> f32 {
        if a < self.bars && b < self.bars { self.values[a * self.bars + b] } else { 0.0 }
    }

    /// How alike two stretches are, bar by bar; the rest of the longer one is like nothing.
    fn stretch(&self, a: (usize, usize), b: (usize, usize)) -> f32 {
        let (short, long) = ((a.1 - a.0).min(b.1 - b.0), (a.1 - a.0).max(b.1 - b.0));
        let sum: f32 = (0..short).map(|offset| self.bar(a.0 + offset, b.0 + offset)).sum();
        sum / short.max(1) as f32 * (short as f32 / long.max(1) as f32).sqrt()
    }

    fn rhythm(&self, a: usize, b: usize) -> f32 {
        match (self.rhythm.get(a), self.rhythm.get(b)) {
            (Some(a), Some(b)) if !a.is_empty() && !b.is_empty() => shared(a, b),
            _ => 0.0,
        }
    }
}

/// The share of what two sorted rows have in common.
fn shared<T: Ord>(a: &[T], b: &[T]) -> f32 {
    let (mut at, mut both) = (0, 0);
    for item in a {
        while b.get(at).is_some_and(|other| other < item) {
            at += 1;
        }
        if b.get(at) == Some(item) {
            both += 1;
            at += 1;
        }
    }
    let all = a.len() + b.len() - both;
    if all == 0 { 0.0 } else { both as f32 / all as f32 }
}

/// A letter for each stretch: a new one, that of an earlier stretch that is the same, or that with a prime.
fn letters(alike: &Alikeness, spans: &[(usize, usize)], first: char) -> Vec<String> {
    // The models: stretch, letter, and how many varied ones there are.
    let mut models: Vec<((usize, usize), char, usize)> = Vec::new();
    let mut letters = Vec::new();
    let mut next = first;
    for &span in spans {
        let best = models
            .iter()
            .enumerate()
            .map(|(index, model)| (index, alike.stretch(model.0, span)))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        match best.filter(|&(_, value)| value >= VARIED) {
            Some((index, value)) => {
                let model = &mut models[index];
                if value < SAME {
                    model.2 += 1;
                }
                let primes = if value < SAME { "'".repeat(model.2.min(3)) } else { String::new() };
                letters.push(format!("{}{primes}", model.1));
            }
            None => {
                letters.push(next.to_string());
                models.push((span, next, 0));
                next = if next.eq_ignore_ascii_case(&'z') {
                    next
                } else {
                    char::from(u8::try_from(next).map_or(b'z', |letter| letter + 1))
                };
            }
        }
    }
    letters
}

/// Phrases joined to sections of about eight, sixteen or thirty-two bars, so that what comes again is a section.
fn sections(alike: &Alikeness, phrases: &[Phrase], spans: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let (Some(first), Some(last)) = (spans.first(), spans.last()) else { return Vec::new() };
    let bars = last.1 - first.0;
    let target: f32 = match bars {
        0..12 => return Vec::new(),
        12..=48 => 8.0,
        49..=128 => 16.0,
        _ => 32.0,
    };
    let mut best: Vec<(f32, usize)> = vec![(0.0, 0)];
    for next in 1..=spans.len() {
        let mut choice = (f32::NEG_INFINITY, next - 1);
        for start in (0..next).rev() {
            let span = (spans[start].0, spans[next - 1].1);
            let length = span.1 - span.0;
            if length as f32 > 2.5 * target && start + 1 < next {
                break;
            }
            let earlier = spans[..start].iter().filter(|other| other.0 + length <= span.0);
            let again = earlier.map(|other| alike.stretch((other.0, other.0 + length), span)).fold(0.0, f32::max);
            let closes = phrases[next - 1].cadence == Some(CadenceKind::PerfectAuthentic);
            let score = best[start].0 - 1.2 * (length as f32 / target).log2().abs()
                + if again >= VARIED { 1.5 * again } else { 0.0 }
                + if closes { 0.4 } else { 0.0 };
            if score > choice.0 {
                choice = (score, start);
            }
        }
        best.push(choice);
    }
    let mut sections = Vec::new();
    let mut next = spans.len();
    while next > 0 {
        let start = best[next].1;
        sections.push((spans[start].0, spans[next - 1].1));
        next = start;
    }
    sections.reverse();
    sections
}

fn name(letters: &[String]) -> Option<&'static str> {
    let plain: Vec<char> = letters.iter().filter_map(|letter| letter.chars().next()).collect();
    let mut runs = plain.clone();
    runs.dedup();
    let runs: String = runs.into_iter().collect();
    match runs.as_str() {
        "A" if plain.len() >= 3 && letters.iter().any(|letter| letter.ends_with('\'')) => Some("theme and variations"),
        "A" if plain.len() >= 2 => Some("strophic form: one section and its repeats"),
        "AB" => Some("binary form"),
        "ABA" if plain == ['A', 'A', 'B', 'A'] => Some("song form, AABA"),
        "ABA" => Some("ternary form"),
        "ABAC" | "ABACA" | "ABACAB" | "ABACABA" | "ABACADA" => Some("rondo-like form"),
        _ => None,
    }
}

/// Periods of two phrases, and sentences of one or two.
fn themes(alike: &Alikeness, phrases: &[Phrase], spans: &[(usize, usize)]) -> Vec<Theme> {
    let mut themes = Vec::new();
    let mut index = 0;
    while index < spans.len() {
        if let Some(kind) = phrases.get(index..index + 2).and_then(|pair| period(alike, pair, &spans[index..index + 2]))
        {
            themes.push(Theme { kind, first_bar: spans[index].0 + 1, last_bar: spans[index + 1].1 });
            index += 2;
            continue;
        }
        let two = spans.get(index + 1).map(|next| (spans[index].0, next.1)).filter(|span| span.1 - span.0 == 8);
        let one = Some(spans[index]).filter(|span| span.1 - span.0 == 8);
        let found = one.map(|span| (span, 1)).into_iter().chain(two.map(|span| (span, 2)));
        let sentence = found
            .into_iter()
            .find(|&(span, count)| phrases[index + count - 1].cadence.is_some() && is_sentence(alike, span.0));
        if let Some((span, count)) = sentence {
            themes.push(Theme { kind: ThemeKind::Sentence, first_bar: span.0 + 1, last_bar: span.1 });
            index += count;
        } else {
            index += 1;
        }
    }
    themes
}

fn period(alike: &Alikeness, pair: &[Phrase], spans: &[(usize, usize)]) -> Option<ThemeKind> {
    use CadenceKind::{Half, ImperfectAuthentic, PerfectAuthentic, PhrygianHalf};
    let lengths = [spans[0].1 - spans[0].0, spans[1].1 - spans[1].0];
    let asks = matches!(pair[0].cadence, Some(Half | PhrygianHalf | ImperfectAuthentic));
    let answers = pair[1].cadence == Some(PerfectAuthentic);
    if !asks || !answers || lengths[0] != lengths[1] || !(2..=8).contains(&lengths[0]) {
        return None;
    }
    let opening = lengths[0].div_ceil(2);
    let begins = alike.stretch((spans[0].0, spans[0].0 + opening), (spans[1].0, spans[1].0 + opening));
    Some(if begins >= VARIED { ThemeKind::ParallelPeriod } else { ThemeKind::ContrastingPeriod })
}

/// Two bars, the same two bars again or moved, and then something else.
fn is_sentence(alike: &Alikeness, first: usize) -> bool {
    let again = alike.rhythm(first, first + 2).min(alike.rhythm(first + 1, first + 3) + 0.2);
    let on = alike.rhythm(first, first + 4).max(alike.rhythm(first + 2, first + 6));
    again >= 0.75 && on < 0.6
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::Analysis;
    use crate::theory::test_pieces::piece;

    /// Beethoven, the theme of the Ninth Symphony's finale.
    fn ode() -> Analysis {
        let (question, answer) = (
            "E5q E5 F5 G5 | G5 F5 E5 D5 | C5 C5 D5 E5 | E5q. D5e D5h | ",
            "E5q E5 F5 G5 | G5 F5 E5 D5 | C5 C5 D5 E5 | D5q. C5e C5h | ",
        );
        let middle = "D5q D5 E5 C5 | D5 E5e F5 E5q C5 | D5 E5e F5 E5q D5 | C5q D5 G4h | ";
        let asks = "C4+G4w | B3+G4 | C4+G4 | G3+B3 | ";
        let closes = "C4+G4w | B3+G4 | C4+G4 | G3+B3h C3+G3 | ";
        let bass = "G3w | G3 | G3 | D3h G3 | ";
        Analysis::of(&piece(
            "4/4",
            &[&[question, answer, middle, answer].concat(), &[asks, closes, bass, closes].concat()],
        ))
    }

    #[test]
    fn phrases_that_are_alike_share_a_letter() {
        let letters: String = ode().phrases.iter().map(|phrase| phrase.letter.clone()).collect();
        assert_eq!(letters.replace('\'', ""), "aaba");
    }

    #[test]
    fn a_question_and_its_answer_are_a_period() {
        let form = ode().form;
        let first = form.themes.first().expect("a theme");
        assert_eq!((first.kind, first.first_bar, first.last_bar), (ThemeKind::ParallelPeriod, 1, 8));
    }

    #[test]
    fn rows_of_letters_have_names() {
        let name = |text: &str| name(&text.split(' ').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(name("A B A'"), Some("ternary form"));
        assert_eq!(name("A A B A"), Some("song form, AABA"));
        assert_eq!(name("A B C D"), None);
    }
}
