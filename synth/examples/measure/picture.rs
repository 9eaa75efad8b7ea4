//! Spectrograms, drawn side by side.

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use realfft::RealFftPlanner;

const RATE: f64 = 48_000.0;
const LOWEST_HZ: f64 = 20.0;
const HIGHEST_HZ: f64 = 20_000.0;
const WINDOW: usize = 4096;
const HEIGHT: usize = 230;
const GAP: usize = 6;
/// What is black and what is white, in decibels of a sine at full scale.
pub(crate) const DARKEST_DB: f64 = -110.0;
pub(crate) const BRIGHTEST_DB: f64 = -20.0;

/// Red, green, blue.
type Color = [u8; 3];

pub(crate) struct Picture {
    width: usize,
    pixels: Vec<Color>,
}

impl Picture {
    pub(crate) fn new(columns: usize, rows: usize, panel_width: usize) -> Self {
        let width = columns * (panel_width + GAP);
        Self { width, pixels: vec![[90; 3]; width * rows * (HEIGHT + GAP)] }
    }

    pub(crate) fn write(&self, path: &Path) -> Result<(), Box<dyn Error>> {
        let height = self.pixels.len() / self.width;
        let mut encoder =
            png::Encoder::new(BufWriter::new(File::create(path)?), u32::try_from(self.width)?, u32::try_from(height)?);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header()?.write_image_data(self.pixels.as_flattened())?;
        Ok(())
    }

    /// Draws the spectrogram of a sound in the panel at `column` and `row`: across is time, `column_s` to a column.
    pub(crate) fn draw(&mut self, column: usize, row: usize, panel_width: usize, sound: &[f64], column_s: f64) {
        let mut planner = RealFftPlanner::<f64>::new();
        let plan = planner.plan_fft_forward(WINDOW);
        let mut spectrum = plan.make_output_vec();
        for x in 0..panel_width {
            let centre = (x as f64 * column_s * RATE) as usize;
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
