//! The words for what the model thought.

use std::io::{self, Write};

use ripieno_composer::considered::Instruction;

use super::{Point, Telling};
use crate::commands::explain::words::{paragraph, safe, span};

/// Alternatives that are named.
const NAMED: usize = 3;

/// A pull is told from here on, up or down.
const PULL: f32 = 1.5;

/// A moment less likely than this is told, with when the note was expected.
const UNEXPECTED: f32 = 0.1;

pub(in crate::commands::explain) fn print(out: &mut impl Write, telling: &Telling) -> io::Result<()> {
    writeln!(out, "\n  what the model considered")?;
    paragraph(out, 2, &opening(telling))?;
    for (heading, points) in [
        ("the notes that it expected least", &telling.surprising),
        ("the notes of which it was least sure", &telling.uncertain),
        ("the first notes of bars", &telling.bar_starts),
    ] {
        if points.is_empty() {
            continue;
        }
        writeln!(out, "\n  {heading}")?;
        for point in points {
            paragraph(out, 4, &text(point))?;
        }
    }
    Ok(())
}

fn opening(telling: &Telling) -> String {
    let whose = if telling.is_composed {
        "ripieno composed this piece. Its notes are read again here, and the probabilities are the model's own: limits, \
         temperature and the lean towards chords came on top of them."
    } else {
        "Nothing in the file says that ripieno composed it, so this is the model's opinion of somebody else's notes."
    };
    let style = match (&telling.style, telling.style_is) {
        (Some(name), "asked") => format!("the style {name}, "),
        (Some(name), "recorded") => format!("the style {name} (the file says that it was asked for), "),
        (Some(name), _) => format!("the style {name} (the notes are likeliest in it; --style tells another), "),
        (None, _) => String::new(),
    };
    let given = match telling.given_parts.as_slice() {
        [] => String::new(),
        [part] => format!(", and that part {part} is given"),
        parts => {
            let names: Vec<String> = parts.iter().map(ToString::to_string).collect();
            format!(", and that parts {} are given", names.join(", "))
        }
    };
    format!(
        "{whose} It was told {style}the chords and the key that are heard in the piece and where it ends{given}. In the \
         middle of the {} notes in {}, choosing a pitch was as hard as among {:.1} that are equally likely.",
        telling.notes,
        span(telling.bars[0], telling.bars[1]),
        telling.usual_choices
    )
}

fn text(point: &Point) -> String {
    let others: Vec<String> = point
        .others
        .iter()
        .take(NAMED)
        .filter(|other| other.probability >= 0.01)
        .map(|other| format!("{} {} %", other.name, percent(other.probability)))
        .collect();
    let instead = if others.is_empty() { String::new() } else { format!("; instead of it {}", others.join(", ")) };
    let mut text = format!(
        "{}: {} ({}), {} %{instead}. {}",
        point.at,
        point.name,
        safe(&point.part_name, 30),
        percent(point.probability),
        certainty(point.choices)
    );
    let pulls: Vec<String> = point.pulls.iter().filter_map(|(&instruction, &ratio)| pull(instruction, ratio)).collect();
    if !pulls.is_empty() {
        text.push_str(&format!(" {}.", capital(&pulls.join(", "))));
    }
    if point.moment < UNEXPECTED {
        let expected = point.other_moments.first().map_or_else(String::new, |other| {
            let when = other.at.map_or_else(|| "no more in this bar".to_owned(), |at| format!("in {at}"));
            format!(", expected {when} ({} %)", percent(other.probability))
        });
        text.push_str(&format!(" A note at this moment: {} %{expected}.", percent(point.moment)));
    }
    text
}

/// How sure the model was, in words.
fn certainty(choices: f32) -> String {
    match choices {
        ..1.3 => "It was sure.".into(),
        ..2.2 => "It was nearly sure.".into(),
        ..4.5 => format!("It hesitated, as between {choices:.0} notes."),
        ..9.0 => format!("It was undecided, as among {choices:.0} notes."),
        _ => format!("It was at a loss, as among {choices:.0} notes."),
    }
}

/// What an instruction did, where it did much.
fn pull(instruction: Instruction, ratio: f32) -> Option<String> {
    let name = match instruction {
        Instruction::Style => "the style",
        Instruction::Chord => "the chord",
        Instruction::Key => "the key",
        Instruction::Form => "the nearness of the end",
        Instruction::Given => "the given part",
    };
    match ratio {
        PULL.. => Some(format!("{name} made it {} times likelier", times(ratio))),
        r if r > 0.0 && r <= 1.0 / PULL => Some(format!("{name} made it {} times less likely", times(1.0 / r))),
        _ => None,
    }
}

fn times(ratio: f32) -> String {
    if ratio < 10.0 { format!("{ratio:.1}") } else { format!("{:.0}", ratio.min(9999.0)) }
}

/// A probability in percent, with more digits where there would be none.
pub(super) fn percent(probability: f32) -> String {
    let percent = 100.0 * probability;
    match percent {
        ..0.01 => "less than 0.01".into(),
        ..0.1 => format!("{percent:.2}"),
        ..1.0 => format!("{percent:.1}"),
        _ => format!("{percent:.0}"),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_one_says_them() {
        assert_eq!(
            (percent(0.345), percent(0.0047), percent(0.00001)),
            ("34".into(), "0.5".into(), "less than 0.01".into())
        );
        assert_eq!(certainty(1.0), "It was sure.");
        assert_eq!(certainty(3.6), "It hesitated, as between 4 notes.");
        assert_eq!(pull(Instruction::Chord, 3.2), Some("the chord made it 3.2 times likelier".into()));
        assert_eq!(pull(Instruction::Style, 0.25), Some("the style made it 4.0 times less likely".into()));
        assert_eq!(pull(Instruction::Key, 1.2), None);
    }
}
