//! Random wishes, and whether each was kept: pieces are written by dice, which know nothing of music, read back from MIDI, and
//! compared with what was asked for.
//!
//! `cargo run --release --example constraints -- [CASES] [FIRST] [model]`; with `model` the base model writes.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

mod check;
mod draw;
mod impossible;
mod tally;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use ripieno_composer::base;
use ripieno_composer::device::DeviceChoice;
use ripieno_composer::generate::Player;
use tally::{Outcome, Tally, run_case};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize, usual: usize| arguments.get(index).map_or(Ok(usual), |number| number.parse());
    let (cases, first) = (number(0, 10_000)?, number(1, 0)?);
    let header = base::header()?;
    let model =
        arguments.iter().any(|word| word == "model").then(|| base::load(&DeviceChoice::Flex.device())).transpose()?;
    let player = model.as_ref().map_or(Player::Dice(&header), Player::Model);
    let (next, tally, start) = (AtomicUsize::new(first), Mutex::new(Tally::default()), Instant::now());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= first + cases {
                        break;
                    }
                    let (case, outcome) = run_case(number as u64, player);
                    if let Outcome::Broken(broken) = &outcome {
                        println!("case {number}: {}\n  {:?}", broken.join("; "), case.wishes);
                    }
                    tally.lock().expect("no thread panics while it counts").add(&case, &outcome);
                }
            });
        }
    });
    let tally = tally.into_inner()?;
    println!("{:<34} {:>7} {:>7} {:>8}", "wish", "asked", "kept", "refused");
    let rows: BTreeMap<_, _> = tally.wishes.iter().collect();
    for (wish, [asked, kept, refused]) in rows {
        println!("{wish:<34} {asked:>7} {kept:>7} {refused:>8}");
    }
    println!("\nrefused because");
    for (reason, count) in &tally.reasons {
        println!("{count:>7}  {reason}");
    }
    println!(
        "\n{} cases, {} pieces with {} written notes, {} refused, {} broken, {:.0} s",
        tally.cases,
        tally.pieces,
        tally.notes,
        tally.refused,
        tally.broken,
        start.elapsed().as_secs_f64()
    );
    anyhow::ensure!(tally.broken == 0, "{} wishes were not kept", tally.broken);
    Ok(())
}
