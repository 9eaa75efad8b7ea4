//! Prepares a corpus from a folder and says what is in it: `cargo run --release --example scan -- FOLDER OUT`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::path::Path;
use std::sync::atomic::AtomicBool;

use ripieno_datasets::{PrepareOptions, Split, prepare};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, out] = arguments.as_slice() else { return Err("usage: scan FOLDER OUT".into()) };
    let options = PrepareOptions { allow_unknown_licence: true, ..PrepareOptions::default() };
    let progress = |step: ripieno_datasets::Progress| {
        if step.done.is_multiple_of(500) {
            eprintln!("{:?} {} of {}", step.stage, step.done, step.total);
        }
    };
    let (corpus, report) = prepare(Path::new(folder), Path::new(out), &options, &progress, &AtomicBool::new(false))?;

    println!("{} files, {} read, {:.2} s", report.files, report.files_read, report.seconds);
    println!("{} pieces, {} notes, {} works", report.pieces, report.notes, report.works);
    for (reason, count) in &report.reasons {
        println!("left out, {reason}: {count}");
    }
    for (style, all) in &report.styles {
        let of =
            |split| report.splits.get(&split).and_then(|styles| styles.get(style)).map_or(0, |amount| amount.notes);
        let [train, validation, test] = Split::ALL.map(of);
        println!("{style}: {} pieces, notes {train} + {validation} + {test}", all.pieces);
    }
    for group in &report.largest_works {
        println!("{} pieces like {}", group.pieces, group.examples.join(", "));
    }
    for ((source, licence), amount) in corpus.licences() {
        println!("{source}, {licence}: {} pieces", amount.pieces);
    }
    Ok(())
}
