//! How much composed pieces have in common with what the model was trained on, with and without a limit.
//!
//! `cargo run --release --example overlap -- [PIECES]`
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use ripieno_composer::base;
use ripieno_composer::compose::{OverlapLimit, Wishes, compose};
use ripieno_composer::device::DeviceChoice;
use ripieno_datasets::originality::{Usual, compare};
use ripieno_score::GridScore;

fn main() -> anyhow::Result<()> {
    let pieces: usize = std::env::args().nth(1).map_or(Ok(32), |number| number.parse())?;
    let model = base::load(&DeviceChoice::Flex.device())?;
    let index = Arc::new(base::originality()?);
    let quantiles = |usual: &Usual| [0.5, 0.9, 1.0].map(|share| usual.quantile(share).unwrap_or(0.0));
    println!("limit     median    90 %     most   drawn again   notes   seconds");
    for max_overlap in [None, Some(16.0), Some(12.0), Some(8.0)] {
        let (mut overlaps, mut rerolls, mut notes, mut seconds) = (Vec::new(), 0, 0, 0.0);
        for number in 0..pieces {
            let style = model.header.styles[number % model.header.styles.len()].clone();
            let limit = max_overlap.map(|max_overlap| OverlapLimit { index: index.clone(), max_overlap });
            let wishes = Wishes {
                styles: vec![(style, 1.0)],
                bars: Some(16),
                seed: number as u64,
                candidates: 1,
                overlap_limit: limit,
                ..Wishes::default()
            };
            let start = Instant::now();
            let piece = compose(&model, None, &wishes, &|_, _| {}, &AtomicBool::new(false))?;
            seconds += start.elapsed().as_secs_f64();
            notes += piece.score.note_count();
            rerolls += piece.originality.map_or(0, |originality| originality.rerolls);
            overlaps.push(compare(&index, &GridScore::from_score(&piece.score).0, |_| true).overlap());
        }
        let [median, high, most] = quantiles(&Usual::new(overlaps));
        let limit = max_overlap.map_or("none".to_owned(), |limit| limit.to_string());
        println!("{limit:<8} {median:>7.1} {high:>7.1} {most:>8.1} {rerolls:>13} {notes:>7} {seconds:>9.1}");
    }
    let real = index.usual();
    let [median, high, most] = quantiles(real);
    println!(
        "real     {median:>7.1} {high:>7.1} {most:>8.1}   ({} training pieces with works by others)",
        real.pieces()
    );
    Ok(())
}
