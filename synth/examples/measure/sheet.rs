//! A contact sheet: spectrograms of every program and drum, one picture for each family.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use realfft::RealFftPlanner;
use ripieno_score::Program;

use crate::levels::{KITS, phrase};
use crate::play::{dry, off, on, program, seconds};
use crate::spectrum::left;

const RATE: f64 = 48_000.0;
const LOWEST_HZ: f64 = 20.0;
const HIGHEST_HZ: f64 = 20_000.0;
const WINDOW: usize = 4096;
/// Seconds of each column.
const COLUMN_S: f64 = 0.0125;
const HEIGHT: usize = 230;
const GAP: usize = 6;
/// What is black and what is white, in decibels of a sine at full scale.
const DARKEST_DB: f64 = -110.0;
const BRIGHTEST_DB: f64 = -20.0;

const FAMILIES: [&str; 16] = [
    "piano",
    "chromatic",
    "organ",
    "guitar",
    "bass",
    "strings",
    "ensemble",
    "brass",
    "reed",
    "pipe",
    "lead",
    "pad",
    "effects",
    "ethnic",
    "percussive",
    "noises",
];

/// Red, green, blue.
type Color = [u8; 3];

struct Picture {
    width: usize,
    pixels: Vec<Color>,
}

impl Picture {
    fn new(columns: usize, rows: usize, panel_width: usize) -> Self {
        let width = columns * (panel_width + GAP);
        Self { width, pixels: vec![[90; 3]; width * rows * (HEIGHT + GAP)] }
    }

    fn write(&self, path: &Path) -> Result<(), Box<dyn Error>> {
        let height = self.pixels.len() / self.width;
        let mut encoder =
            png::Encoder::new(BufWriter::new(File::create(path)?), u32::try_from(self.width)?, u32::try_from(height)?);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header()?.write_image_data(self.pixels.as_flattened())?;
        Ok(())
    }

    /// Draws the spectrogram of a sound in the panel at `column` and `row`.
    fn draw(&mut self, column: usize, row: usize, panel_width: usize, sound: &[f64]) {
        let mut planner = RealFftPlanner::<f64>::new();
        let plan = planner.plan_fft_forward(WINDOW);
        let mut spectrum = plan.make_output_vec();
        let hop = (COLUMN_S * RATE) as usize;
        for x in 0..panel_width {
            let centre = x * hop;
            let mut windowed: Vec<f64> = (0..WINDOW)
                .map(|i| {
                    let window = 0.5 - 0.5 * (std::f64::consts::TAU * i as f64 / WINDOW as f64).cos();
                    let place = (centre + i).checked_sub(WINDOW / 2);
                    window * place.and_then(|place| sound.get(place)).copied().unwrap_or(0.0)
                })
                .collect();
            plan.process(&mut windowed, &mut spectrum).expect("the plan was made for this length");
            for y in 0..HEIGHT {
                let hz = |y: usize| HIGHEST_HZ * (LOWEST_HZ / HIGHEST_HZ).powf(y as f64 / HEIGHT as f64);
                let bin = |hz: f64| ((hz * WINDOW as f64 / RATE).round() as usize).min(WINDOW / 2);
                // Rows that cover many bins show the strongest of them.
                let most = spectrum[bin(hz(y + 1))..=bin(hz(y))].iter().map(|c| c.norm_sqr()).fold(0.0_f64, f64::max);
                let db = 10.0 * (most * 16.0 / (WINDOW * WINDOW) as f64 + 1e-20).log10();
                let is_line = [100.0, 1000.0, 10_000.0].iter().any(|line| (hz(y + 1)..hz(y)).contains(line));
                let mut color = color_of((db - DARKEST_DB) / (BRIGHTEST_DB - DARKEST_DB));
                if is_line {
                    color = color.map(|part| part.saturating_add(45));
                }
                self.pixels[(row * (HEIGHT + GAP) + y) * self.width + column * (panel_width + GAP) + x] = color;
            }
        }
    }
}

/// From black over violet and orange to white.
fn color_of(level: f64) -> Color {
    const STOPS: [[f64; 3]; 5] =
        [[0.0, 0.0, 8.0], [70.0, 10.0, 110.0], [190.0, 50.0, 90.0], [250.0, 150.0, 40.0], [255.0, 255.0, 230.0]];
    let place = level.clamp(0.0, 0.9999) * (STOPS.len() - 1) as f64;
    let (index, share) = (place as usize, place.fract());
    [0, 1, 2].map(|part| (STOPS[index][part] + (STOPS[index + 1][part] - STOPS[index][part]) * share) as u8)
}

/// The three keys of a program's phrase at velocity 100, and the middle one at 40: a second each, 0.75 s held.
fn program_sound(number: u8) -> Result<Vec<f64>, Box<dyn Error>> {
    let mut synth = dry(RATE as u32)?;
    synth.handle(program(0, number), 0);
    let keys = phrase(number);
    let mut frames = Vec::new();
    for (key, velocity) in [(keys[0], 100), (keys[1], 100), (keys[2], 100), (keys[1], 40)] {
        synth.handle(on(0, key, velocity), 0);
        frames.extend(seconds(&mut synth, 0.75));
        synth.handle(off(0, key), 0);
        frames.extend(seconds(&mut synth, 0.25));
    }
    Ok(left(&frames))
}

fn drum_sound(kit: u8, key: u8) -> Result<Vec<f64>, Box<dyn Error>> {
    let mut synth = dry(RATE as u32)?;
    synth.handle(program(9, kit), 0);
    synth.handle(on(9, key, 100), 0);
    Ok(left(&seconds(&mut synth, 1.5)))
}

/// Writes the pictures into `folder`, and beside them a text that says what is where.
pub(crate) fn write(folder: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    let mut legend = BufWriter::new(File::create(folder.join("legend.txt"))?);
    writeln!(
        legend,
        "Across: time, four notes of a second each: low, middle, high at velocity 100, middle at 40 (drums: 1.5 s).\n\
         Up: 20 Hz to 20 kHz, logarithmic, lines at 100 Hz, 1 kHz, 10 kHz. Dark to bright: {DARKEST_DB} to \
         {BRIGHTEST_DB} dBFS. Panels by rows:\n"
    )?;
    let width = (4.0 / COLUMN_S) as usize;
    for (family, name) in FAMILIES.iter().enumerate() {
        let mut picture = Picture::new(4, 2, width);
        writeln!(legend, "{family:02}-{name}.png")?;
        for place in 0..8 {
            let number = u8::try_from(family * 8 + place)?;
            picture.draw(place % 4, place / 4, width, &program_sound(number)?);
            writeln!(legend, "  {number:3} {}", Program::new(number).map_or("", Program::name))?;
        }
        picture.write(&folder.join(format!("{family:02}-{name}.png")))?;
    }
    let width = (1.5 / COLUMN_S) as usize;
    writeln!(legend, "16-drums-PROGRAM.png: the kits, keys 27 to 87, thirteen in a row")?;
    for kit in [0].into_iter().chain(KITS) {
        let mut picture = Picture::new(13, 5, width);
        for key in 27..=87_u8 {
            let place = usize::from(key - 27);
            picture.draw(place % 13, place / 13, width, &drum_sound(kit, key)?);
        }
        picture.write(&folder.join(format!("16-drums-{kit:02}.png")))?;
    }
    Ok(())
}
