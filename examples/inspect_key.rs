//! The key and the chords of a MIDI file: `cargo run --release --example inspect_key examples/seeds/minuet-in-g.mid`.

use anyhow::{Context, Result};
use ripieno_score::chord::{ChordGrid, label_chords};
use ripieno_score::key::find_key_of;
use ripieno_score::{GridScore, midi};

#[expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]
fn main() -> Result<()> {
    let path = std::env::args().nth(1).context("which file? Give the path of a MIDI file")?;
    let bytes = std::fs::read(&path).with_context(|| path.clone())?;
    let file = midi::read(&bytes).with_context(|| path.clone())?;
    // Keys and chords are found on the grid: it knows where the bars and beats are.
    let (grid, report) = GridScore::from_score(&file.score);
    let estimate = find_key_of(&grid);
    println!("{} notes in {} bars, {:.0} % on the grid", report.notes_in, grid.bars.len(), 100.0 * report.on_grid);
    println!("key: {} (ahead of the next by {:.2})", estimate.key, estimate.confidence);
    for span in label_chords(&grid, ChordGrid::HalfBar) {
        let name = span.chord.map_or_else(|| "-".into(), |chord| chord.to_string());
        println!("bar {:>3}, step {:>5}: {name}", span.bar + 1, span.start);
    }
    Ok(())
}
