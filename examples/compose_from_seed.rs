//! Composes an accompaniment for a melody, with the composer as a library.
//!
//! `cargo run --release --example compose_from_seed -- examples/seeds/ode-to-joy.mid accompanied.mid`

use std::sync::atomic::AtomicBool;

use anyhow::Context;
use ripieno_composer::base;
use ripieno_composer::compose::{Seed, Task, Wishes, compose};
use ripieno_composer::device::DeviceChoice;
use ripieno_score::midi;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (input, output) =
        arguments.next().zip(arguments.next()).context("give a MIDI file and a name for the new one")?;

    let model = base::load(&DeviceChoice::Flex.device())?;
    let seed = Seed::hear(&midi::read(&std::fs::read(&input)?)?.score)?;
    let wishes = Wishes { task: Task::Accompany, seed: 1, ..Wishes::default() };
    let piece = compose(&model, Some(&seed), &wishes, &|_, _| {}, &AtomicBool::new(false))?;

    std::fs::write(&output, midi::write(&piece.score))?;
    Ok(())
}
