//! How well copies are found: `cargo run --release -p ripieno-datasets --example originality -- PREPARED [INDEX]`.
//!
//! Builds the index of the training split (or reads it), plants copies of training pieces in test pieces, and compares
//! the test pieces as they are. PREPARED is what `ripieno data scan` made.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]
#![expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small numbers")]

mod plant;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use plant::{KINDS, Kind, below, cut, plant};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use ripieno_datasets::originality::{ALARM, Comparison, Index, compare};
use ripieno_datasets::{Corpus, Split};

/// Copies have these many notes.
const LENGTHS: [(usize, usize); 5] = [(8, 11), (12, 15), (16, 23), (24, 31), (32, 40)];
const HOSTS: usize = 200;
const UNTOUCHED: usize = 500;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let corpus = Corpus::open(Path::new(&arguments.next().ok_or("usage: originality PREPARED [INDEX]")?))?;
    let index = match arguments.next() {
        Some(path) => read(&std::fs::read(path)?)?,
        None => {
            let start = Instant::now();
            let index = Index::of_corpus(&corpus);
            println!("built in {:.1} s", start.elapsed().as_secs_f64());
            let start = Instant::now();
            let bytes = index.to_bytes();
            println!("packed in {:.1} s", start.elapsed().as_secs_f64());
            read(&bytes)?
        }
    };
    let of_split = |split: Split| -> Vec<usize> {
        (0..corpus.pieces().len()).filter(|&piece| corpus.pieces()[piece].split == split).collect()
    };
    let (training, test) = (of_split(Split::Train), of_split(Split::Test));
    untouched(&index, &corpus, &test);
    planted(&index, &corpus, &training, &test);
    Ok(())
}

fn read(bytes: &[u8]) -> Result<Index, Box<dyn std::error::Error>> {
    let start = Instant::now();
    let index = Index::from_bytes(bytes)?;
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{} pieces, {} notes, {} bytes, opened in {seconds:.2} s",
        index.sources().len(),
        index.notes(),
        bytes.len()
    );
    Ok(index)
}

fn untouched(index: &Index, corpus: &Corpus, test: &[usize]) {
    let mut times = Vec::new();
    let mut overlaps = Vec::new();
    let mut alarms: Vec<(f32, String)> = Vec::new();
    for &piece in test.iter().take(UNTOUCHED) {
        let grid = corpus.load(piece);
        let start = Instant::now();
        let found = compare(index, &grid, |_| true);
        times.push(start.elapsed());
        overlaps.push(found.overlap());
        if let Some(passage) = found.passages.first().filter(|passage| passage.overlap >= ALARM) {
            let source = &index.sources()[passage.source];
            alarms.push((
                passage.overlap,
                format!("{:>3} notes  {}  as in  {}", passage.length, corpus.pieces()[piece].path, source.path),
            ));
        }
    }
    times.sort();
    overlaps.sort_by(f32::total_cmp);
    alarms.sort_by(|a, b| b.0.total_cmp(&a.0));
    let total: Duration = times.iter().sum();
    println!(
        "\n{} untouched test pieces: {:.0} ms each, the slowest {:.0} ms",
        times.len(),
        total.as_secs_f64() * 1e3 / times.len() as f64,
        times[times.len() - 1].as_secs_f64() * 1e3
    );
    let at = |share: f64| overlaps[((overlaps.len() - 1) as f64 * share).round() as usize];
    println!(
        "overlap: median {:.1}, 75 % {:.1}, 90 % {:.1}, 95 % {:.1}, 99 % {:.1}",
        at(0.5),
        at(0.75),
        at(0.9),
        at(0.95),
        at(0.99)
    );
    println!("{} alarms at {ALARM}:", alarms.len());
    for (overlap, alarm) in alarms {
        println!("{overlap:>7.1}  {alarm}");
    }
}

/// Copies found and copies planted.
#[derive(Default, Clone, Copy)]
struct Tally {
    found: usize,
    named: usize,
    planted: usize,
}

fn planted(index: &Index, corpus: &Corpus, training: &[usize], test: &[usize]) {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut tallies: BTreeMap<(Kind, usize), Tally> = BTreeMap::new();
    let (mut right, mut wrong) = (0, 0);
    let is_pitched = |&&piece: &&usize| corpus.load(piece).parts.iter().any(|part| !part.instrument.is_drums());
    let hosts: Vec<usize> = test.iter().filter(is_pitched).copied().collect();
    for (number, &host) in hosts.iter().cycle().take(HOSTS * KINDS.len()).enumerate() {
        let kind = KINDS[number % KINDS.len()];
        let bin = number / KINDS.len() % LENGTHS.len();
        let (from, to) = LENGTHS[bin];
        let host = corpus.load(host);
        let (source, grid, notes) = loop {
            let source = training[below(training.len(), &mut rng)];
            let copy = cut(&corpus.load(source), from + below(to + 1 - from, &mut rng), &mut rng);
            let Some(copy) = copy else { continue };
            if let Some((grid, notes)) = plant(&host, &copy, kind, &mut rng) {
                break (source, grid, notes);
            }
        };
        let work = corpus.pieces()[source].work;
        // What the host had before is not the copy's fault.
        let before: Vec<_> = alarms(&compare(index, &host, |_| true)).map(|passage| passage.source).collect();
        let found = compare(index, &grid, |_| true);
        let covers = |passage: &ripieno_datasets::originality::Passage| {
            2 * notes.iter().filter(|note| passage.notes.contains(note)).count() >= notes.len()
        };
        let tally = tallies.entry((kind, bin)).or_default();
        tally.planted += 1;
        tally.found += usize::from(alarms(&found).any(covers));
        tally.named +=
            usize::from(alarms(&found).any(|passage| covers(passage) && index.sources()[passage.source].work == work));
        for passage in alarms(&found).filter(|passage| !before.contains(&passage.source)) {
            let touches = passage.notes.iter().any(|note| notes.contains(note));
            *(if touches { &mut right } else { &mut wrong }) += 1;
        }
    }
    println!("\nplanted copies found, of all, at {ALARM} (in brackets: with the work that they are from)\n");
    print!("{:<12}", "notes");
    LENGTHS.iter().for_each(|(from, to)| print!("{:>18}", format!("{from}-{to}")));
    println!();
    for kind in KINDS {
        print!("{:<12}", format!("{kind:?}"));
        for bin in 0..LENGTHS.len() {
            let Tally { found, named, planted } = tallies.get(&(kind, bin)).copied().unwrap_or_default();
            print!("{:>18}", format!("{found}/{planted} ({named})"));
        }
        println!();
    }
    println!(
        "\n{right} of {} new alarms touch the copy: precision {:.3}",
        right + wrong,
        right as f64 / (right + wrong).max(1) as f64
    );
}

fn alarms(found: &Comparison) -> impl Iterator<Item = &ripieno_datasets::originality::Passage> {
    found.passages.iter().filter(|passage| passage.overlap >= ALARM)
}
