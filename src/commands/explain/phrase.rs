//! What is said phrase by phrase: the chords of every bar, the cadence, what is remarkable, and the ornaments.

use std::collections::BTreeMap;
use std::io::{self, Write};

use ripieno_score::theory::{Analysis, Cadence, Ornament, OrnamentKind, Phrase, RomanChord};
use ripieno_score::{GridScore, Key, Mode};

use super::Explanation;
use super::words::{self, paragraph, span};

/// Phrases that are printed before the rest is left to `--bars`.
const PHRASES: usize = 64;

/// Ornaments of one kind that are named in a phrase.
const ORNAMENTS: usize = 6;

/// Bars in a line of chords.
const BARS_A_LINE: usize = 4;

pub(super) fn print_all(out: &mut impl Write, explanation: &Explanation, grid: &GridScore) -> io::Result<()> {
    let analysis = &explanation.analysis;
    if analysis.phrases.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n  phrase by phrase")?;
    let legend = "Under each numeral its function: T tonic, P predominant, D dominant, (D) dominant of another \
                  chord. A ? marks a chord of which too little is heard to be sure.";
    paragraph(out, 2, legend)?;
    let [first_bar, last_bar] = explanation.spoken_of;
    for (index, phrase) in analysis.phrases.iter().enumerate().take(PHRASES) {
        // From this phrase up to the next; the first and the last one reach to the ends of what is spoken of.
        let start = if index == 0 { grid.bars[first_bar - 1].start } else { phrase.from.step };
        let close = grid.bars[last_bar - 1].end();
        let end = analysis.phrases.get(index + 1).map_or(close, |next| next.from.step.min(close));
        print(out, analysis, grid, phrase, index + 1, (start, end))?;
    }
    if analysis.phrases.len() > PHRASES {
        let next = analysis.phrases[PHRASES].from.bar;
        writeln!(
            out,
            "\n  … and {} more phrases; --bars {next}-{last_bar} has them",
            analysis.phrases.len() - PHRASES
        )?;
    }
    Ok(())
}

fn print(
    out: &mut impl Write,
    analysis: &Analysis,
    grid: &GridScore,
    phrase: &Phrase,
    number: usize,
    (start, end): (u32, u32),
) -> io::Result<()> {
    let chords: Vec<&RomanChord> =
        analysis.chords.iter().filter(|chord| chord.from.step < end && chord.end > start).collect();
    let letter = if phrase.letter.is_empty() { String::new() } else { format!(" ({})", phrase.letter) };
    let doubt = if phrase.is_marked { "" } else { ", though nothing marks its end plainly" };
    let before = grid.bar_of(start) + 1;
    let after = if before + 1 < phrase.from.bar {
        format!(" after an introduction from bar {before} on")
    } else {
        String::new()
    };
    let key = chords.first().map_or_else(String::new, |chord| format!(", {}", chord.key));
    writeln!(out, "\n  phrase {number}{letter}, {}{after}{key}{doubt}", span(phrase.from.bar, phrase.last_bar))?;
    if !chords.is_empty() && chords.iter().all(|chord| chord.is_implied) {
        return paragraph(out, 4, &line_text(grid, phrase, chords[0].key));
    }
    print_chords(out, grid, &chords, (start, end), phrase.last_bar)?;
    let cadence = analysis.cadences.iter().find(|cadence| cadence.at.step < end && cadence.phrase_end == phrase.end);
    match cadence {
        Some(cadence) => paragraph(out, 4, &cadence_text(cadence))?,
        None => paragraph(out, 4, "No cadence closes it.")?,
    }
    for remark in remarks(&chords, start) {
        paragraph(out, 4, &remark)?;
    }
    print_ornaments(out, analysis, (start, end))
}

/// What one line alone says: where it comes to rest. Which chords it wants is for the reader to hear.
fn line_text(grid: &GridScore, phrase: &Phrase, key: Key) -> String {
    let last = grid.notes.iter().filter(|note| grid.is_pitched(note) && note.end() == phrase.end);
    let degree = last.map(|note| (note.pitch % 12 + 12 - key.tonic) % 12).next();
    let rest = match (degree, key.mode) {
        (Some(0), _) => "It comes to rest on the tonic: at home.",
        (Some(7), _) => "It comes to rest on the fifth degree, between home and the dominant.",
        (Some(2), _) => "It comes to rest on the second degree, a note of the dominant: a question left open.",
        (Some(11), _) => "It comes to rest on the leading note, a note of the dominant: a question left open.",
        (Some(4), Mode::Major) | (Some(3), Mode::Minor) => {
            "It comes to rest on the third degree: home, but not quite at rest."
        }
        _ => "It does not come to rest on a note of the tonic or the dominant.",
    };
    format!("One line alone. {rest}")
}

fn cadence_text(cadence: &Cadence) -> String {
    let [before, last] = &cadence.chords;
    let implied = if cadence.is_implied { ", as far as the melody alone tells" } else { "" };
    let kind = words::cadence(cadence.kind);
    let article = if kind.starts_with('i') { "an" } else { "a" };
    let effect = words::cadence_effect(cadence.kind);
    format!("It ends with {article} {kind} in {} ({before} {last} in {}{implied}): {effect}.", cadence.at, cadence.key)
}

/// Numerals over functions, four bars a line; a chord that goes on is not said again in its phrase.
fn print_chords(
    out: &mut impl Write,
    grid: &GridScore,
    chords: &[&RomanChord],
    (start, end): (u32, u32),
    last_bar: usize,
) -> io::Result<()> {
    let first = grid.bar_of(start);
    // The last chord may sound on into the bar of the next upbeat.
    let last_chord = chords.last().map_or(first, |chord| chord.from.bar - 1);
    let last = grid.bar_of(end.saturating_sub(1).max(start)).min(last_chord.max(last_bar - 1));
    for line in (first..=last).step_by(BARS_A_LINE) {
        let (mut numerals, mut functions) = (String::new(), String::new());
        for bar in line..(line + BARS_A_LINE).min(last + 1) {
            let from = grid.bars[bar].start.max(start);
            let inside: Vec<&&RomanChord> = chords
                .iter()
                .filter(|chord| chord.from.bar == bar + 1 && chord.from.step >= from && chord.from.step < end)
                .collect();
            let mut cells: Vec<(String, &str)> = inside
                .iter()
                .map(|chord| {
                    let doubt = if chord.is_plain || chord.is_implied { "" } else { "?" };
                    (format!("{}{doubt}", chord.numeral), words::function(chord.function))
                })
                .collect();
            if inside.first().is_none_or(|chord| chord.from.step > from) {
                let old = chords.iter().find(|chord| chord.from.step < from && chord.end > from);
                // At the beginning it is named again.
                cells.insert(
                    0,
                    match old {
                        Some(old) if bar == first => (old.numeral.clone(), words::function(old.function)),
                        Some(_) => ("–".into(), ""),
                        None => ("(rest)".into(), ""),
                    },
                );
            }
            if bar > line {
                numerals.push_str("| ");
                functions.push_str("  ");
            }
            let widest = 18;
            let (mut top, mut bottom) = (String::new(), String::new());
            for (numeral, function) in cells {
                let width = numeral.chars().count().max(function.chars().count()) + 1;
                top.push_str(&pad(&numeral, width));
                bottom.push_str(&pad(function, width));
            }
            numerals.push_str(&pad(&top, widest));
            functions.push_str(&pad(&bottom, widest));
        }
        writeln!(out, "    {:>4} | {}", line + 1, numerals.trim_end())?;
        writeln!(out, "           {}", functions.trim_end())?;
    }
    Ok(())
}

fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.chars().count())))
}

/// What a student should notice about the chords.
fn remarks(chords: &[&RomanChord], start: u32) -> Vec<String> {
    let mut notes: BTreeMap<&'static str, Vec<(usize, String)>> = BTreeMap::new();
    for (index, chord) in chords.iter().enumerate().filter(|(_, chord)| chord.from.step >= start) {
        let next = chords.get(index + 1);
        let kind = if chord.cadential_six_four {
            "a cadential six-four: the notes of the tonic over the dominant's bass, which delay the dominant"
        } else if chord.numeral.starts_with('N') {
            "the Neapolitan, a major chord on the lowered second degree, a predominant"
        } else if ["Ger+6", "Fr+6", "It+6"].iter().any(|name| chord.numeral.starts_with(name)) {
            "an augmented sixth chord, whose outer notes spread by semitones to the dominant's octave"
        } else if let Some((_, target)) =
            chord.numeral.split_once('/').filter(|(_, to)| to.contains(['i', 'v', 'I', 'V']))
        {
            let target = target.rsplit('/').next().unwrap_or(target);
            let goes = next
                .is_some_and(|next| next.numeral.trim_end_matches(|c: char| c.is_ascii_digit() || c == '/') == target);
            let how = if goes { format!("{} goes to {target}", chord.numeral) } else { chord.numeral.clone() };
            notes.entry("a dominant of another chord than the tonic").or_default().push((chord.from.bar, how));
            continue;
        } else {
            continue;
        };
        notes.entry(kind).or_default().push((chord.from.bar, chord.numeral.clone()));
    }
    notes
        .into_iter()
        .map(|(kind, places)| {
            let shown: Vec<String> =
                places.iter().take(4).map(|(bar, numeral)| format!("{numeral} (bar {bar})")).collect();
            let more = if places.len() > 4 { format!(" and {} more", places.len() - 4) } else { String::new() };
            let verb = if places.len() == 1 { "is" } else { "are each" };
            format!("{}{more} {verb} {kind}.", shown.join(", "))
        })
        .collect()
}

/// Ornaments that are heard as events are named one by one; passing and neighbour notes are everywhere and only counted.
fn print_ornaments(out: &mut impl Write, analysis: &Analysis, (start, end): (u32, u32)) -> io::Result<()> {
    let mut kinds: BTreeMap<OrnamentKind, Vec<&Ornament>> = BTreeMap::new();
    for ornament in analysis.ornaments.iter().filter(|ornament| (start..end).contains(&ornament.at.step)) {
        kinds.entry(ornament.kind).or_default().push(ornament);
    }
    if kinds.is_empty() {
        return Ok(());
    }
    let texts: Vec<String> = kinds
        .into_iter()
        .map(|(kind, ornaments)| {
            let is_common = matches!(kind, OrnamentKind::Passing | OrnamentKind::Neighbour);
            let shown = if is_common { 1 } else { ORNAMENTS };
            let names: Vec<String> = ornaments
                .iter()
                .take(shown)
                .map(|ornament| {
                    let figure = ornament.figure.map_or_else(String::new, |figure| format!(" {figure}"));
                    format!("{}{figure} in {}", ornament.name, ornament.at)
                })
                .collect();
            let names = names.join(", ");
            let more = ornaments.len().saturating_sub(shown);
            match (is_common, ornaments.len()) {
                (_, 1) => format!("{} ({names})", words::ornament(kind)),
                (true, count) => format!("{count} {}s (the first {names})", words::ornament_plain(kind)),
                (false, count) if more > 0 => {
                    format!("{count} {}s ({names} and {more} more)", words::ornament_plain(kind))
                }
                (false, count) => format!("{count} {}s ({names})", words::ornament_plain(kind)),
            }
        })
        .collect();
    paragraph(out, 4, &format!("Non-chord tones: {}.", texts.join("; ")))
}
