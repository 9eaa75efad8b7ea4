//! Several takes of one piece: their files, and how they differ.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ripieno_composer::compose::{Composition, SectionReport};

/// The name of take `index` (from 1) of `takes`: `OUT-1.mid`; for a single take the name itself.
pub(crate) fn path_of_take(path: &Path, index: usize, takes: usize) -> PathBuf {
    if takes < 2 {
        return path.to_owned();
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().map_or(String::new(), |extension| format!(".{}", extension.to_string_lossy()));
    path.with_file_name(format!("{stem}-{index}{extension}"))
}

/// A table of the takes: key figures, and what each shares with the others.
pub(crate) fn print_differences(out: &mut impl Write, takes: &[Composition]) -> io::Result<()> {
    writeln!(out, "take  seed        notes  a beat  register  off the beat  same notes as {}", numbers(takes.len()))?;
    for (index, take) in takes.iter().enumerate() {
        let Some(figures) = &take.figures else { continue };
        let shared: Vec<String> = figures
            .shared
            .iter()
            .enumerate()
            .map(|(other, shared)| if other == index { "   -".into() } else { format!("{:3.0}%", 100.0 * shared) })
            .collect();
        writeln!(
            out,
            "{:>4}  {:<10}  {:>5}  {:>6.1}  {:>8}  {:>11.0}%  {}",
            index + 1,
            take.seed,
            figures.notes,
            figures.density,
            pitch_name(figures.register),
            100.0 * figures.offbeats,
            shared.join(" ")
        )?;
        writeln!(out, "      {}", figures.chords.join(" | "))?;
    }
    Ok(())
}

/// The sections and how like they are.
pub(crate) fn print_sections(out: &mut impl Write, sections: &[SectionReport]) -> io::Result<()> {
    for section in sections {
        let bars = format!("bars {}-{}", section.first_bar, section.last_bar);
        match section.alike {
            None => writeln!(out, "form      {:<4} {bars}", section.name)?,
            Some(alike) => writeln!(
                out,
                "          {:<4} {bars:<11} like {}: {:.0} % of the tune, {:.0} % of its rhythm, {:.0} % of all notes",
                section.name,
                section.like,
                100.0 * alike.tune,
                100.0 * alike.rhythm,
                100.0 * alike.all
            )?,
        }
    }
    Ok(())
}

fn numbers(takes: usize) -> String {
    (1..=takes).map(|take| format!("{take:>4}")).collect::<Vec<_>>().join(" ")
}

fn pitch_name(key: f32) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float cast saturates")]
    let key = key.round() as u8;
    ripieno_score::Pitch::new(key).map_or("-".to_owned(), ripieno_score::Pitch::name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_are_numbered_before_the_ending() {
        let name = |path: &str, takes| path_of_take(Path::new(path), 2, takes).display().to_string();
        assert_eq!(name("a/out.mid", 4), "a/out-2.mid");
        assert_eq!(name("out", 4), "out-2");
        assert_eq!(name("out.mid", 1), "out.mid");
    }
}
