//! The report as a person reads it.

use std::fmt::Display;
use std::io::{self, Write};

use super::report::{Change, Report};

/// Changes of key, meter or tempo that are listed before the rest is only counted.
const CHANGES_SHOWN: usize = 8;

/// Tracks and parts that are listed.
const TRACKS_SHOWN: usize = 40;

pub(super) fn print(out: &mut impl Write, report: &Report) -> io::Result<()> {
    let Report { format, ticks_per_quarter, notes, bars, .. } = report;
    writeln!(out, "{}", cut(report.heading(), 100))?;
    writeln!(out, "  file     {}", report.file)?;
    writeln!(out, "  format   {format}, {} tracks, {ticks_per_quarter} ticks a quarter note", report.tracks.len())?;
    writeln!(out, "  length   {bars} bars, {}, {notes} notes", report.clock())?;
    if let Some(key) = &report.key {
        let doubt = if key.is_close_call() { ", but only just" } else { "" };
        let written = if key.written.is_empty() { String::new() } else { format!("; written {}", list(&key.written)) };
        writeln!(out, "  key      {} by its notes{doubt}{written}", key.found)?;
    }
    writeln!(out, "  meter    {}", list(&report.meters))?;
    if report.tempos.len() > CHANGES_SHOWN {
        writeln!(out, "  tempo    {} bpm, {} changes", report.tempo_range(), report.tempos.len() - 1)?;
    } else {
        writeln!(out, "  tempo    {} bpm", list(&report.tempos))?;
    }
    writeln!(out, "  grid     {:.0} % of notes on 24 steps a quarter note", 100.0 * report.on_grid)?;
    print_tracks(out, report)?;
    print_parts(out, report)?;
    print_chords(out, report)?;
    if !report.rescued.is_empty() {
        writeln!(out, "\n  rescued")?;
        for rescue in &report.rescued {
            writeln!(out, "    {rescue}")?;
        }
    }
    Ok(())
}

/// `4/4, 3/4 from bar 9`.
fn list<T: Display>(changes: &[Change<T>]) -> String {
    let shown = changes.iter().take(CHANGES_SHOWN).map(|Change { bar, value }| match bar {
        1 => value.to_string(),
        bar => format!("{value} from bar {bar}"),
    });
    let rest = changes.len().saturating_sub(CHANGES_SHOWN);
    shown.chain((rest > 0).then(|| format!("and {rest} more"))).collect::<Vec<_>>().join(", ")
}

fn print_tracks(out: &mut impl Write, report: &Report) -> io::Result<()> {
    writeln!(out, "\n  {:<33}{:>8}{:>8}", "tracks", "events", "notes")?;
    for (index, track) in report.tracks.iter().take(TRACKS_SHOWN).enumerate() {
        writeln!(out, "  {:>3}  {:<28}{:>8}{:>8}", index + 1, cut(&track.name, 27), track.events, track.notes)?;
    }
    print_rest(out, report.tracks.len())
}

fn print_parts(out: &mut impl Write, report: &Report) -> io::Result<()> {
    writeln!(out, "\n  {:<33}{:<26}{:>7}  range", "parts", "instrument", "notes")?;
    for (index, part) in report.parts.iter().take(TRACKS_SHOWN).enumerate() {
        let range = match (&part.lowest, &part.highest) {
            (Some(lowest), Some(highest)) => format!("  {lowest} to {highest}"),
            _ => String::new(),
        };
        let name = cut(&part.name, 27);
        writeln!(out, "  {:>3}  {name:<28}{:<26}{:>7}{range}", index + 1, part.instrument, part.notes)?;
    }
    print_rest(out, report.parts.len())
}

fn print_rest(out: &mut impl Write, all: usize) -> io::Result<()> {
    if all > TRACKS_SHOWN { writeln!(out, "       and {} more", all - TRACKS_SHOWN) } else { Ok(()) }
}

/// Four bars a line, as on a lead sheet.
fn print_chords(out: &mut impl Write, report: &Report) -> io::Result<()> {
    const LINES: usize = 64;
    if report.chords.iter().flatten().all(|chord| chord == "-") {
        return Ok(());
    }
    writeln!(out, "\n  chords")?;
    for (line, bars) in report.chords.chunks(4).take(LINES).enumerate() {
        let bars: Vec<String> = bars.iter().map(|chords| format!("{:<13}", chords.join(" "))).collect();
        writeln!(out, "  {:>3}  | {}|", 4 * line + 1, bars.join("| "))?;
    }
    if report.chords.len() > 4 * LINES {
        writeln!(out, "       and {} more bars; --json has all", report.chords.len() - 4 * LINES)?;
    }
    Ok(())
}

/// At most `length` letters and no control characters: names come out of files and go to a terminal.
fn cut(text: &str, length: usize) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_read_like_a_sentence() {
        let meters = [Change { bar: 1, value: "4/4" }, Change { bar: 9, value: "3/4" }];
        assert_eq!(list(&meters), "4/4, 3/4 from bar 9");
        let many: Vec<_> = (1..=10).map(|bar| Change { bar, value: bar }).collect();
        assert!(list(&many).ends_with("8 from bar 8, and 2 more"));
    }

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        assert_eq!(cut("a\u{1b}[2Jb", 4), "a [2");
    }
}
