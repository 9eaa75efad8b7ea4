//! How much composed pieces have in common with what the model was trained on, with and without a limit, beside real
//! pieces that it has not seen; and what looking for copies costs.
//!
//! `cargo run --release --example overlap -- [PIECES] [PREPARED]`; PREPARED is the base model's corpus (`ripieno data scan`).
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

mod table;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use ripieno_composer::base;
use ripieno_composer::compose::{OverlapLimit, Wishes, compose};
use ripieno_composer::device::DeviceChoice;
use ripieno_datasets::originality::compare;
use ripieno_datasets::{Corpus, Split};
use ripieno_score::GridScore;

use table::{HEADING, Row, middle};

/// Bars of a composed piece, and of what is taken from the middle of a real one.
const BARS: usize = 16;
const LIMITS: [Option<f32>; 4] = [None, Some(16.0), Some(12.0), Some(8.0)];

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let pieces: usize = arguments.next().map_or(Ok(32), |number| number.parse())?;
    let corpus = arguments.next().map(|path| Corpus::open(path.as_ref())).transpose()?;
    let model = base::load(&DeviceChoice::Flex.device())?;
    let index = Arc::new(base::originality()?);
    let overlap = |grid: &GridScore| compare(&index, grid, |_| true).overlap();
    let mut rows = LIMITS.map(|_| Row::default());
    // Limit by limit within each piece: what else the machine does then slows all of them alike.
    for number in 0..pieces {
        let style = model.header.styles[number % model.header.styles.len()].clone();
        for (limit, row) in LIMITS.iter().zip(&mut rows) {
            let overlap_limit = limit.map(|max_overlap| OverlapLimit { index: index.clone(), max_overlap });
            let (styles, bars, seed) = (vec![(style.clone(), 1.0)], Some(BARS), number as u64);
            let wishes = Wishes { styles, bars, seed, candidates: 1, overlap_limit, ..Wishes::default() };
            let start = Instant::now();
            let piece = compose(&model, None, &wishes, &|_, _| {}, &AtomicBool::new(false))?;
            row.seconds += start.elapsed().as_secs_f64();
            row.notes += piece.score.note_count();
            row.rerolls += piece.originality.map_or(0, |originality| originality.rerolls);
            row.overlaps.push(overlap(&GridScore::from_score(&piece.score).0));
        }
    }
    println!("{HEADING}");
    for (limit, row) in LIMITS.iter().zip(rows) {
        println!("{}", row.composed(&limit.map_or("no limit".to_owned(), |limit| format!("limit {limit}"))));
    }
    let Some(corpus) = corpus else { return Ok(()) };
    index.check_corpus(corpus.manifest_hash())?;
    let is_test = |&piece: &usize| corpus.pieces()[piece].split == Split::Test;
    let test = || (0..corpus.pieces().len()).filter(is_test).map(|piece| corpus.load(piece));
    println!("{}", Row::of(test().map(|grid| overlap(&middle(&grid, BARS)))).real("test, 16 bars"));
    println!("{}", Row::of(test().map(|grid| overlap(&grid))).real("test, whole"));
    Ok(())
}
