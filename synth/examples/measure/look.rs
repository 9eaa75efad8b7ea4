//! Whole pieces as spectrograms, one picture for each.

use std::error::Error;
use std::path::Path;

use ripieno_score::midi;
use ripieno_synth::offline::{Performance, RenderOptions, render};
use ripieno_synth::{Synth, SynthConfig};

use crate::picture::Picture;

const RATE: u32 = 48_000;
const ROWS: usize = 4;
const WIDTH: usize = 1200;

/// Writes the pictures into `folder`: `01-NAME.png` and so on, four rows of equal length, left and right together.
pub(crate) fn write(folder: &Path, paths: &[String]) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    for (index, path) in paths.iter().enumerate() {
        let timeline = midi::read(&std::fs::read(path)?)?.timeline;
        let mut synth = Synth::new(SynthConfig::default())?;
        let mut sound = Vec::new();
        render(&mut synth, &Performance::new(&timeline, RATE), &RenderOptions::default(), |block, _| {
            sound.extend(block.iter().map(|[left, right]| 0.5 * f64::from(left + right)));
            true
        });
        let mut picture = Picture::new(1, ROWS, WIDTH);
        let row_frames = sound.len().div_ceil(ROWS).max(1);
        let column_s = row_frames as f64 / WIDTH as f64 / f64::from(RATE);
        for (row, part) in sound.chunks(row_frames).enumerate() {
            picture.draw(0, row, WIDTH, part, column_s);
        }
        let name = Path::new(path).file_stem().unwrap_or_default().to_string_lossy();
        picture.write(&folder.join(format!("{:02}-{name}.png", index + 1)))?;
    }
    Ok(())
}
