//! The words of a teacher for what the analysis found.

use std::io::{self, Write};

use ripieno_score::theory::{CadenceKind, Function, OrnamentKind, Pattern, TextureKind, ThemeKind, Transformation};
use ripieno_score::{Key, Mode};

/// The widest line.
const WIDTH: usize = 100;

pub(super) const fn cadence(kind: CadenceKind) -> &'static str {
    match kind {
        CadenceKind::PerfectAuthentic => "perfect authentic cadence",
        CadenceKind::ImperfectAuthentic => "imperfect authentic cadence",
        CadenceKind::Half => "half cadence",
        CadenceKind::PhrygianHalf => "Phrygian half cadence",
        CadenceKind::Plagal => "plagal cadence",
        CadenceKind::Deceptive => "deceptive cadence",
    }
}

/// A cadence in a picture.
pub(super) const fn short_cadence(kind: CadenceKind) -> &'static str {
    match kind {
        CadenceKind::PerfectAuthentic => "PAC",
        CadenceKind::ImperfectAuthentic => "IAC",
        CadenceKind::Half => "half",
        CadenceKind::PhrygianHalf => "Phrygian",
        CadenceKind::Plagal => "plagal",
        CadenceKind::Deceptive => "deceptive",
    }
}

/// A key in short: `G` for G major, `g` for G minor.
pub(super) fn key(key: Key) -> String {
    let name = key.to_string();
    let tonic = name.split(' ').next().unwrap_or_default();
    if key.mode == Mode::Minor { tonic.to_lowercase() } else { tonic.to_owned() }
}

/// What a cadence feels like.
pub(super) const fn cadence_effect(kind: CadenceKind) -> &'static str {
    match kind {
        CadenceKind::PerfectAuthentic => "a full stop",
        CadenceKind::ImperfectAuthentic => "home, but not quite at rest",
        CadenceKind::Half | CadenceKind::PhrygianHalf => "a question left open",
        CadenceKind::Plagal => "home by way of the subdominant",
        CadenceKind::Deceptive => "the dominant does not go home",
    }
}

/// The function of a chord in a letter or two.
pub(super) const fn function(function: Function) -> &'static str {
    match function {
        Function::Tonic => "T",
        Function::Predominant => "P",
        Function::Dominant => "D",
        Function::AppliedDominant => "(D)",
        Function::Other => "·",
    }
}

/// One ornament, with its article.
pub(super) fn ornament(kind: OrnamentKind) -> String {
    let name = ornament_plain(kind);
    let article = if name.starts_with(['a', 'e']) { "an" } else { "a" };
    format!("{article} {name}")
}

/// An ornament without its article; an `s` makes many of it.
pub(super) const fn ornament_plain(kind: OrnamentKind) -> &'static str {
    match kind {
        OrnamentKind::Passing => "passing note",
        OrnamentKind::Neighbour => "neighbour note",
        OrnamentKind::Suspension => "suspension",
        OrnamentKind::Retardation => "retardation",
        OrnamentKind::Appoggiatura => "appoggiatura",
        OrnamentKind::Anticipation => "anticipation",
        OrnamentKind::Escape => "escape note",
        OrnamentKind::Pedal => "pedal point",
    }
}

pub(super) const fn texture(kind: TextureKind) -> &'static str {
    match kind {
        TextureKind::Monophony => "one line alone",
        TextureKind::Homophony => "chords, all voices moving together",
        TextureKind::MelodyAndAccompaniment => "melody and accompaniment",
        TextureKind::Polyphony => "several independent lines",
    }
}

pub(super) const fn pattern(pattern: Pattern) -> &'static str {
    match pattern {
        Pattern::AlbertiBass => "an Alberti bass",
        Pattern::Arpeggio => "arpeggios",
        Pattern::BassAndChords => "bass notes and chords after them",
        Pattern::RepeatedChords => "repeated chords",
        Pattern::WalkingBass => "a walking bass",
        Pattern::HeldChords => "held chords",
    }
}

pub(super) const fn theme(kind: ThemeKind) -> &'static str {
    match kind {
        ThemeKind::ParallelPeriod => "a parallel period: question and answer begin alike",
        ThemeKind::ContrastingPeriod => "a contrasting period: the answer begins differently from the question",
        ThemeKind::Sentence => "a sentence: an idea, the idea again, and a continuation",
    }
}

pub(super) fn transformation(kind: Transformation, steps: i16) -> String {
    let place = interval(steps);
    match kind {
        Transformation::Statement => "stated".into(),
        Transformation::Repetition if steps == 0 => "repeated".into(),
        Transformation::Repetition => format!("repeated {place}"),
        Transformation::Transposition => place,
        Transformation::Inversion => "turned upside down".into(),
        Transformation::Retrograde => "backwards".into(),
        Transformation::Augmentation => "twice as slow".into(),
        Transformation::Diminution => "twice as fast".into(),
    }
}

/// `a third higher`.
pub(super) fn interval(steps: i16) -> String {
    const NAMES: [&str; 8] =
        ["a unison", "a second", "a third", "a fourth", "a fifth", "a sixth", "a seventh", "an octave"];
    let size = usize::from(steps.unsigned_abs());
    let name = match (size, size % 7) {
        (0..=7, _) => NAMES[size].to_owned(),
        (_, 0) => format!("{} octaves", size / 7),
        (_, rest) => format!("{} and {}", if size < 14 { "an octave" } else { "two octaves or more" }, NAMES[rest]),
    };
    match steps {
        0 => "at the same pitch".into(),
        1.. => format!("{name} higher"),
        _ => format!("{name} lower"),
    }
}

/// `bar 4`, `bars 4 and 6`, `bars 1, 2 and 3`, and after many of them how many more.
pub(super) fn bars(numbers: &[usize]) -> String {
    const SHOWN: usize = 8;
    let mut numbers = numbers.to_vec();
    numbers.dedup();
    let texts: Vec<String> = numbers.iter().take(SHOWN).map(ToString::to_string).collect();
    match texts.as_slice() {
        [] => String::new(),
        [one] => format!("bar {one}"),
        _ if numbers.len() > SHOWN => format!("bars {} and {} more", texts.join(", "), numbers.len() - SHOWN),
        [first @ .., last] => format!("bars {} and {last}", first.join(", ")),
    }
}

/// `bar 4` or `bars 4-8`.
pub(super) fn span(first: usize, last: usize) -> String {
    if last <= first { format!("bar {first}") } else { format!("bars {first}-{last}") }
}

/// Prints a paragraph, broken into lines, every line but the first moved in by two letters more.
pub(super) fn paragraph(out: &mut impl Write, indent: usize, text: &str) -> io::Result<()> {
    let mut line = " ".repeat(indent);
    let mut is_empty = true;
    for word in text.split_whitespace() {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            writeln!(out, "{line}")?;
            line = " ".repeat(indent + 2);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    if is_empty { Ok(()) } else { writeln!(out, "{line}") }
}

/// At most `length` letters and no control characters: names come out of files and go to a terminal.
pub(super) fn safe(text: &str, length: usize) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_and_intervals_read_as_one_says_them() {
        assert_eq!(bars(&[4]), "bar 4");
        assert_eq!(bars(&[1, 2, 2, 5]), "bars 1, 2 and 5");
        assert_eq!(bars(&(1..=11).collect::<Vec<_>>()), "bars 1, 2, 3, 4, 5, 6, 7, 8 and 3 more");
        assert_eq!(
            [0, 2, -7, 9].map(interval).join("; "),
            "at the same pitch; a third higher; an octave lower; an octave and a third higher"
        );
        assert_eq!((span(3, 3), span(3, 8)), ("bar 3".into(), "bars 3-8".into()));
    }

    #[test]
    fn a_long_paragraph_is_broken_into_lines() {
        let mut out = Vec::new();
        paragraph(&mut out, 2, &"word ".repeat(40)).expect("memory does not fail");
        let text = String::from_utf8(out).expect("text");
        assert!(text.lines().count() == 3 && text.lines().all(|line| line.len() <= WIDTH), "{text}");
    }
}
