//! What is said about the piece as a whole.

use std::collections::BTreeMap;
use std::io::{self, Write};

use ripieno_score::theory::{KeyArea, Modulation, Motif, Occurrence, Texture, TextureKind, Transformation};
use ripieno_score::{GridScore, Key, Meter, Mode};

use super::Explanation;
use super::words::{self, paragraph, span};

/// Textures that are told before the rest is only counted.
const TEXTURES: usize = 6;

/// Modulations and sequences that are told before the rest is only counted.
const SHOWN: usize = 12;

pub(super) fn print(out: &mut impl Write, explanation: &Explanation, grid: &GridScore) -> io::Result<()> {
    writeln!(out, "{}", words::safe(explanation.heading(), 90))?;
    writeln!(out, "\n  overview")?;
    paragraph(out, 2, &opening(explanation, grid))?;
    if explanation.analysis.chords.is_empty() {
        return paragraph(out, 2, "There are no notes with a pitch here, so there is nothing to explain.");
    }
    print_keys(out, &explanation.analysis.keys)?;
    print_form(out, explanation)?;
    print_textures(out, &explanation.analysis.textures)?;
    print_motifs(out, explanation)
}

fn opening(explanation: &Explanation, grid: &GridScore) -> String {
    let [first, last] = explanation.spoken_of;
    // That of most bars: the first may be an upbeat.
    let spoken = grid.bars.get(first - 1..last).unwrap_or_default();
    let share = |meter: Meter| spoken.iter().filter(|bar| bar.meter == meter).count();
    let meter = spoken.iter().map(|bar| bar.meter).max_by_key(|&meter| share(meter));
    let meter = meter.map_or_else(String::new, |meter| format!(" in {meter}"));
    let part = if (first, last) == (1, explanation.bars.max(1)) {
        format!("{} bars{meter}.", explanation.bars)
    } else {
        format!("{} of {}{meter}.", words::span(first, last), explanation.bars)
    };
    let starts_late = explanation.analysis.phrases.first().is_some_and(|phrase| {
        phrase.from.bar == 1 && {
            let bar = &grid.bars[0];
            2 * (phrase.from.step - bar.start.min(phrase.from.step)) >= bar.length
        }
    });
    let is_short = grid.bars.len() > 1 && grid.bars[0].length < grid.bars[1].length;
    let upbeat = if first == 1 && (starts_late || is_short) {
        " The first bar is an upbeat, so a printed score may count one bar less."
    } else {
        ""
    };
    let implied = explanation.analysis.chords.iter().filter(|chord| chord.is_implied).count();
    let alone = if 2 * implied > explanation.analysis.chords.len() {
        " Most of it is one line alone, which leaves its chords open."
    } else {
        ""
    };
    format!("{part}{upbeat}{alone}")
}

fn print_keys(out: &mut impl Write, keys: &[KeyArea]) -> io::Result<()> {
    let (Some(first), Some(home)) = (keys.first(), home(keys)) else { return Ok(()) };
    if keys.len() == 1 {
        return paragraph(out, 2, &format!("Key: {home} throughout."));
    }
    let mut text = format!("Key: {home}.");
    if first.key != home {
        text.push_str(&format!(" It begins in {}{}.", first.key, relation(home, first.key)));
    }
    for pair in keys.windows(2).take(SHOWN) {
        text.push_str(&modulation(home, &pair[0], &pair[1]));
    }
    if keys.len() - 1 > SHOWN {
        text.push_str(&format!(" And {} more changes of key.", keys.len() - 1 - SHOWN));
    }
    paragraph(out, 2, &text)
}

/// The key in which music ends is that of the piece, unless it is only a last excursion: then the one that lasts longest.
fn home(keys: &[KeyArea]) -> Option<Key> {
    let lasts =
        |key: Key| keys.iter().filter(|area| area.key == key).map(|area| area.end - area.from.step).sum::<u32>();
    let all: u32 = keys.iter().map(|area| area.end - area.from.step).sum();
    let last = keys.last()?.key;
    if 4 * lasts(last) >= all { Some(last) } else { keys.iter().map(|area| area.key).max_by_key(|&key| lasts(key)) }
}

fn modulation(home: Key, before: &KeyArea, area: &KeyArea) -> String {
    let relation = if area.key == home { " (home)".to_owned() } else { relation(home, area.key) };
    let way = match &area.arrival {
        Some(Modulation::Pivot { at, was, becomes }) => {
            format!(" by way of a chord of both keys ({at}: {was} in {}, {becomes} in {})", before.key, area.key)
        }
        Some(Modulation::ChangeOfMode) => " by a change of mode".to_owned(),
        Some(Modulation::Direct) | None => " directly".to_owned(),
    };
    format!(" From bar {} on {}{relation}, reached{way}.", area.from.bar, area.key)
}

/// How a key is related to the first one.
fn relation(home: Key, key: Key) -> String {
    let up = (key.tonic + 12 - home.tonic) % 12;
    let name = match (home.mode, key.mode, up) {
        (_, _, 0) => "the parallel key",
        (Mode::Major, Mode::Minor, 9) | (Mode::Minor, Mode::Major, 3) => "the relative key",
        (_, Mode::Major, 7) | (Mode::Minor, Mode::Minor, 7) => "the dominant",
        (Mode::Major, Mode::Major, 5) | (Mode::Minor, Mode::Minor, 5) => "the subdominant",
        _ => return String::new(),
    };
    format!(" ({name})")
}

fn print_form(out: &mut impl Write, explanation: &Explanation) -> io::Result<()> {
    let form = &explanation.analysis.form;
    if form.sections.len() > 1 {
        let sections: Vec<String> = form
            .sections
            .iter()
            .take(24)
            .map(|section| format!("{} ({})", section.letter, span(section.first_bar, section.last_bar)))
            .collect();
        let rest = form.sections.len().saturating_sub(24);
        let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        let name = form.name.map_or_else(String::new, |name| format!(" This is like {name}."));
        paragraph(out, 2, &format!("Sections: {}{more}.{name}", sections.join(", ")))?;
    }
    for theme in form.themes.iter().take(SHOWN) {
        let bars = span(theme.first_bar, theme.last_bar);
        paragraph(out, 2, &format!("Theme: {bars} are {}.", words::theme(theme.kind)))?;
    }
    Ok(())
}

fn print_textures(out: &mut impl Write, textures: &[Texture]) -> io::Result<()> {
    let texts: Vec<String> = textures
        .iter()
        .take(TEXTURES)
        .map(|texture| {
            let pattern = texture.pattern.map_or_else(String::new, |pattern| format!(" ({})", words::pattern(pattern)));
            let voices = match (texture.kind, texture.voices) {
                (TextureKind::Monophony, _) | (_, 0 | 1) => String::new(),
                (_, voices) => format!(", up to {voices} notes at once"),
            };
            format!(
                "{}{pattern}{voices} in {}",
                words::texture(texture.kind),
                span(texture.first_bar, texture.last_bar)
            )
        })
        .collect();
    if texts.is_empty() {
        return Ok(());
    }
    let rest = textures.len().saturating_sub(TEXTURES);
    let more = if rest > 0 { format!("; and {rest} more changes") } else { String::new() };
    paragraph(out, 2, &format!("Texture: {}{more}.", texts.join("; ")))
}

fn print_motifs(out: &mut impl Write, explanation: &Explanation) -> io::Result<()> {
    let analysis = &explanation.analysis;
    if let Some(imitation) = &analysis.imitation {
        let entries: Vec<String> = imitation.entries[1..]
            .iter()
            .map(|entry| {
                let how = if entry.is_exact { "exactly" } else { "with some intervals changed, as in a tonal answer" };
                format!("{} {}, {how}", entry.at, words::interval(entry.steps))
            })
            .collect();
        let subject = imitation.subject.join(" ");
        let text = format!(
            "Imitation: one voice begins alone with {subject}; other voices enter with it in {}.",
            entries.join("; in ")
        );
        paragraph(out, 2, &text)?;
    }
    for motif in &analysis.motifs {
        paragraph(out, 2, &motif_text(motif))?;
    }
    for sequence in analysis.sequences.iter().take(SHOWN) {
        let bars = span(sequence.from.bar, sequence.last_bar);
        let each = words::interval(sequence.steps);
        let text = format!(
            "Sequence: in {bars} a figure of {} notes is heard {} times, each time {each}.",
            sequence.length, sequence.members
        );
        paragraph(out, 2, &text)?;
    }
    Ok(())
}

fn motif_text(motif: &Motif) -> String {
    let first = &motif.occurrences[0];
    let mut groups: BTreeMap<(u8, String), Vec<usize>> = BTreeMap::new();
    for occurrence in &motif.occurrences[1..] {
        let Occurrence { transformation, steps, at, .. } = occurrence;
        let place = match transformation {
            Transformation::Repetition => 0,
            Transformation::Transposition => 1,
            _ => 2,
        };
        groups.entry((place, words::transformation(*transformation, *steps))).or_default().push(at.bar);
    }
    let count = motif.occurrences.len();
    let all: Vec<String> =
        groups.iter().take(8).map(|((_, how), bars)| format!("{how} in {}", words::bars(bars))).collect();
    let rest = groups.len().saturating_sub(8);
    let more = if rest > 0 { format!("; and in {rest} other ways") } else { String::new() };
    let comes = if all.is_empty() { String::new() } else { format!(": {}{more}", all.join("; ")) };
    format!("Motif {}: {} ({}), heard {count} times{comes}.", motif.letter, motif.notes.join(" "), first.at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_related_to_the_first_one() {
        let key = |text: &str| text.parse::<Key>().expect("a key");
        let check = |home: &str, other: &str, expect: &str| assert_eq!(relation(key(home), key(other)), expect);
        check("C", "G", " (the dominant)");
        check("Am", "C", " (the relative key)");
        check("C", "Cm", " (the parallel key)");
        check("Am", "Dm", " (the subdominant)");
        check("C", "E", "");
    }
}
