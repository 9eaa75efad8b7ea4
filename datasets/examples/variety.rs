//! How alike the pieces of a style are: `cargo run --release -p ripieno-datasets --example variety -- [PIECES [CORPUS …]]`.
//!
//! For each style that is composed by rules, and each style of the prepared corpora that are named (see `ripieno data scan`),
//! every piece is compared with every other: by the interval 4-grams of the upper lines of its parts, and by drum 4-grams
//! (sixteenth notes since the last stroke, and which drums). What two pieces share is the sum, over all n-grams, of the
//! smaller of their shares in each; 1 is the same. Of every piece the first 400 n-grams count, so that long ones are no likelier
//! to meet. `works` is how many different works the scan finds, which is as many as there are pieces when none is a version
//! of another.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use ripieno_datasets::procedural::{ComposedCollection, STYLES};
use ripieno_datasets::{Corpus, PrepareOptions, prepare};
use ripieno_score::{GridNote, GridScore};

/// N-grams of a piece that count.
const COUNTED: usize = 400;
/// Styles with fewer pieces say little.
const FEWEST: usize = 20;

/// Share of each n-gram, sorted by n-gram.
type Shares = Vec<(Vec<i64>, f64)>;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let pieces: u32 = arguments.next().map_or(Ok(300), |text| text.parse())?;
    println!("{:<40}{:^26}{:^26}", "", "melody 4-grams shared", "drum 4-grams shared");
    print!("{:<22}{:>6}{:>6}{:>6}", "style", "pieces", "works", "bars");
    println!("{:>8}{:>8}{:>10}{:>8}{:>8}{:>10}", "median", "95 %", "nearest", "median", "95 %", "nearest");
    for style in &STYLES {
        let folder = tempfile::tempdir()?;
        for (name, bytes) in (ComposedCollection { style, pieces, seed: 0 }).files() {
            std::fs::write(folder.path().join(name), bytes)?;
        }
        let options = PrepareOptions { allow_unknown_licence: true, ..PrepareOptions::default() };
        let out = folder.path().join("prepared");
        let (corpus, _) = prepare(folder.path(), &out, &options, &|_| {}, &AtomicBool::new(false))?;
        print_row(style.name, &corpus, &(0..corpus.pieces().len()).collect::<Vec<_>>());
    }
    for folder in arguments {
        let corpus = Corpus::open(Path::new(&folder))?;
        for (style, name) in corpus.styles().iter().enumerate() {
            let members: Vec<usize> =
                (0..corpus.pieces().len()).filter(|&index| corpus.pieces()[index].style == style).collect();
            let every = members.len().div_ceil(usize::try_from(pieces)?).max(1);
            let members: Vec<usize> = members.into_iter().step_by(every).collect();
            if members.len() >= FEWEST {
                print_row(name, &corpus, &members);
            }
        }
    }
    Ok(())
}

fn print_row(name: &str, corpus: &Corpus, members: &[usize]) {
    let grids: Vec<GridScore> = members.iter().map(|&index| corpus.load(index)).collect();
    let mut works: Vec<u64> = members.iter().map(|&index| corpus.pieces()[index].work).collect();
    works.sort_unstable();
    works.dedup();
    let mut bars: Vec<usize> = grids.iter().map(|grid| grid.bars.len()).collect();
    bars.sort_unstable();
    print!("{name:<22}{:>6}{:>6}{:>6}", members.len(), works.len(), bars[bars.len() / 2]);
    for shares in [grids.iter().map(melody).collect::<Vec<_>>(), grids.iter().map(drums).collect()] {
        let shares: Vec<Shares> = shares.into_iter().filter(|shares| !shares.is_empty()).collect();
        if shares.len() < FEWEST {
            print!("{:>8}{:>8}{:>10}", "-", "-", "-");
            continue;
        }
        let mut pairs = Vec::new();
        let mut nearest = vec![0.0_f64; shares.len()];
        for a in 0..shares.len() {
            for b in a + 1..shares.len() {
                let shared = shared(&shares[a], &shares[b]);
                pairs.push(shared);
                nearest[a] = nearest[a].max(shared);
                nearest[b] = nearest[b].max(shared);
            }
        }
        let at = |list: &mut Vec<f64>, percent: usize| {
            list.sort_by(f64::total_cmp);
            list[(list.len() - 1) * percent / 100]
        };
        print!("{:>8.3}{:>8.3}{:>10.3}", at(&mut pairs, 50), at(&mut pairs, 95), at(&mut nearest, 50));
    }
    println!();
}

/// What two pieces have in common, `0.0..=1.0`.
fn shared(a: &Shares, b: &Shares) -> f64 {
    let (mut i, mut j, mut sum) = (0, 0, 0.0);
    while i < a.len() && j < b.len() {
        match a[i].0.cmp(&b[j].0) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                sum += a[i].1.min(b[j].1);
                (i, j) = (i + 1, j + 1);
            }
        }
    }
    sum
}

fn shares(mut grams: Vec<(u32, Vec<i64>)>) -> Shares {
    grams.sort();
    grams.truncate(COUNTED);
    let mut counts = BTreeMap::<Vec<i64>, u32>::new();
    let all = f64::from(u32::try_from(grams.len()).expect("at most 400"));
    grams.into_iter().for_each(|(_, gram)| *counts.entry(gram).or_default() += 1);
    counts.into_iter().map(|(gram, count)| (gram, f64::from(count) / all)).collect()
}

fn is_drum(grid: &GridScore, note: &GridNote) -> bool {
    grid.parts.get(usize::from(note.part)).is_some_and(|part| part.instrument.is_drums())
}

/// Interval 4-grams of the highest notes of every part, in order of time.
fn melody(grid: &GridScore) -> Shares {
    let mut lines = vec![BTreeMap::<u32, u8>::new(); grid.parts.len()];
    for note in grid.notes.iter().filter(|note| !is_drum(grid, note)) {
        let highest = lines[usize::from(note.part)].entry(note.onset).or_default();
        *highest = note.pitch.max(*highest);
    }
    let mut grams = Vec::new();
    for line in lines {
        let notes: Vec<(u32, i64)> = line.into_iter().map(|(onset, pitch)| (onset, i64::from(pitch))).collect();
        for window in notes.windows(5) {
            grams.push((window[0].0, window.windows(2).map(|two| two[1].1 - two[0].1).collect()));
        }
    }
    shares(grams)
}

/// 4-grams of drum strokes: for each sixteenth note with any, its distance from the last one and its drums.
fn drums(grid: &GridScore) -> Shares {
    let mut slots = BTreeMap::<u32, Vec<i64>>::new();
    for note in grid.notes.iter().filter(|note| is_drum(grid, note)) {
        slots.entry((note.onset + 3) / 6).or_default().push(i64::from(note.pitch));
    }
    let slots: Vec<(u32, Vec<i64>)> = slots.into_iter().collect();
    let mut grams = Vec::new();
    for window in slots.windows(4) {
        let mut gram = Vec::new();
        for (place, (slot, drums)) in window.iter().enumerate() {
            let distance = if place == 0 { 0 } else { i64::from(slot - window[place - 1].0) };
            gram.push(-1 - distance);
            let mut drums = drums.clone();
            drums.sort_unstable();
            gram.extend(drums);
        }
        grams.push((window[0].0, gram));
    }
    shares(grams)
}
