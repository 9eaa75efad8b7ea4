//! How often the chords, keys and cadences that are computed from the notes are those of published analyses.
//!
//! ```sh
//! cargo run --release -p ripieno-score --example analyses -- FOLDER [--misses]
//! ```
//!
//! In `FOLDER`, or in folders in it, which are reported apart, lie MIDI files and beside each its analysis in RomanText:
//! `1.mid` and `1.rntxt` (or `1.txt`). The bars of the MIDI file are the measures of the analysis, an upbeat fills the
//! end of a bar of its own. `benches/analyses.py` writes such folders from the chorales and madrigals of music21, from a
//! copy of the When in Rome collection, and for the rags and blues whose analyses are in `benches/analyses/`.
//!
//! Each published chord is a place, however short. It is right where for at least half of the time that it holds the
//! same chord is told: the same root, third, fifth and seventh, whatever the key and the bass. Its numeral (`+key`) is right where
//! the key is right as well. `--misses` lists every place whose numeral is not, and every cadence.
//!
//! The constants of the analysis were set on the chorales 1 to 20, the madrigals and the analyses of `benches/analyses/`. None was
//! fitted to later chorales (of When in Rome), though figures of some were looked at.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to whoever runs it")]

mod compare;
mod numeral;
mod romantext;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use compare::{Miss, Tally, compare};
use ripieno_score::{GridScore, midi};
use romantext::RomanText;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = arguments.iter().find(|word| !word.starts_with("--")).ok_or("which folder? See the first lines")?;
    let with_misses = arguments.iter().any(|word| word == "--misses");
    let mut groups: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    collect(Path::new(folder), &mut groups)?;
    println!(
        "{:<34}{:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6}  cadences",
        "", "places", "chord", "(time)", "triad", "+bass", "+key", "key"
    );
    let mut all = Tally::default();
    for (group, files) in &groups {
        let mut sum = Tally::default();
        let mut lists = Vec::new();
        println!("{}", group.strip_prefix(folder).unwrap_or(group).display());
        for file in files {
            let (tally, misses) = read(file).map_err(|error| format!("{}: {error}", file.display()))?;
            let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            line(&format!("  {name}"), &tally);
            sum.add(&tally);
            lists.push((name, misses));
        }
        line("  all", &sum);
        if with_misses {
            lists.iter().for_each(|(name, misses)| list(name, misses));
        }
        all.add(&sum);
    }
    line("all", &all);
    Ok(())
}

/// Analyses with a MIDI file beside them, by folder.
fn collect(folder: &Path, groups: &mut BTreeMap<PathBuf, Vec<PathBuf>>) -> Result<(), Box<dyn Error>> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, groups)?;
        } else if path.extension().is_some_and(|end| end == "rntxt" || end == "txt")
            && path.with_extension("mid").exists()
        {
            groups.entry(folder.to_owned()).or_default().push(path);
        }
    }
    Ok(())
}

fn read(analysis: &Path) -> Result<(Tally, Vec<Miss>), Box<dyn Error>> {
    let text = RomanText::parse(&std::fs::read_to_string(analysis)?);
    for unread in &text.unread {
        eprintln!("{}: not understood: {unread}", analysis.display());
    }
    let file = midi::read(&std::fs::read(analysis.with_extension("mid"))?)?;
    let (grid, _) = GridScore::from_score(&file.score);
    Ok(compare(&grid, &text))
}

fn percent(part: usize, whole: usize) -> String {
    format!("{:.1}", 100.0 * part as f64 / whole.max(1) as f64)
}

fn line(name: &str, tally: &Tally) {
    let of = |part: usize| percent(part, tally.places);
    let time = |part: u32| percent(part as usize, tally.steps as usize);
    print!(
        "{name:<34}{:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6}",
        tally.places,
        of(tally.chord),
        time(tally.chord_steps),
        of(tally.triad),
        of(tally.inversion),
        of(tally.numeral),
        time(tally.key)
    );
    let cadences = &tally.cadences;
    if cadences.published > 0 {
        let (published, told) = (cadences.published, cadences.told);
        print!(
            "  {}/{published} found, {} of the kind, {}/{told} told at ends",
            cadences.found, cadences.kind, cadences.told_at_ends
        );
    }
    println!();
}

fn list(name: &str, misses: &[Miss]) {
    println!("  misses in {name}");
    for miss in misses {
        println!("    m{} b{}  {}  heard as {}", miss.measure, miss.beat, miss.published, miss.found);
    }
}
