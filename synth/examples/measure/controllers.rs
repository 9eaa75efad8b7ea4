//! Every controller, bend, pressure and mode: one MIDI file that turns them all, rendered and measured against the
//! numbers that they should give.

use std::error::Error;

use ripieno_score::midi;
use ripieno_synth::Synth;
use ripieno_synth::offline::{Performance, RenderOptions, render};

use crate::hearing::at;
use crate::play::dry;
use crate::scene::{RATE, SCENE_MS, file};
use crate::scenes::scenes;

/// A measured scene.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) wanted: (f64, f64),
    pub(crate) measured: f64,
    unit: &'static str,
}

impl Row {
    pub(crate) fn is_met(&self) -> bool {
        (self.wanted.0..=self.wanted.1).contains(&self.measured)
    }
}

/// All scenes, rendered and measured.
pub(crate) fn measure() -> Result<Vec<Row>, Box<dyn Error>> {
    let scenes = scenes();
    let performance = Performance::new(&midi::read(&file(&scenes))?.timeline, RATE as u32);
    let mut synth: Synth = dry(RATE as u32)?;
    let mut frames: Vec<[f32; 2]> = Vec::new();
    render(&mut synth, &performance, &RenderOptions::default(), |block, _| {
        frames.extend_from_slice(block);
        true
    });
    let length = at(SCENE_MS);
    frames.resize(scenes.len() * length, [0.0; 2]);
    Ok(scenes
        .iter()
        .zip(frames.chunks(length))
        .map(|(scene, frames)| Row {
            name: scene.name.clone(),
            wanted: scene.wanted,
            measured: scene.measure.of(frames),
            unit: scene.measure.unit(),
        })
        .collect())
}

pub(crate) fn print() -> Result<(), Box<dyn Error>> {
    println!("Controllers, bends, pressures, modes and resets, from a MIDI file:");
    println!("  {:48} {:>10}    wanted", "", "measured");
    for row in measure()? {
        let mark = if row.is_met() { " " } else { "!" };
        let (low, high) = row.wanted;
        println!("{mark} {:48} {:10.2}    {low:.1} to {high:.1} {}", row.name, row.measured, row.unit);
    }
    Ok(())
}
