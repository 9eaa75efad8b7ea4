//! How much of the power lies in the bass, and how much in the treble.

use realfft::{RealFftPlanner, RealToComplex};
use std::sync::Arc;

const RATE: f64 = 48_000.0;
const WINDOW: usize = 4096;
const BASS_HZ: f64 = 200.0;
const TREBLE_HZ: f64 = 2000.0;

/// The powers of what was heard.
pub(crate) struct Balance {
    plan: Arc<dyn RealToComplex<f64>>,
    window: Vec<f64>,
    bass: f64,
    treble: f64,
    whole: f64,
}

impl Balance {
    pub(crate) fn new() -> Self {
        let plan = RealFftPlanner::<f64>::new().plan_fft_forward(WINDOW);
        Self { plan, window: Vec::with_capacity(WINDOW), bass: 0.0, treble: 0.0, whole: 0.0 }
    }

    /// Hears frames, left and right together.
    pub(crate) fn hear(&mut self, block: &[[f32; 2]]) {
        for [left, right] in block {
            let place = std::f64::consts::TAU * self.window.len() as f64 / WINDOW as f64;
            self.window.push(f64::from(left + right) * (0.5 - 0.5 * place.cos()));
            if self.window.len() == WINDOW {
                let mut spectrum = self.plan.make_output_vec();
                self.plan.process(&mut self.window, &mut spectrum).expect("the plan was made for this length");
                self.window.clear();
                for (bin, power) in spectrum.iter().map(|c| c.norm_sqr()).enumerate() {
                    let hz = bin as f64 * RATE / WINDOW as f64;
                    self.whole += power;
                    self.bass += if hz < BASS_HZ { power } else { 0.0 };
                    self.treble += if hz > TREBLE_HZ { power } else { 0.0 };
                }
            }
        }
    }

    /// Bass and treble, in decibels of the whole.
    pub(crate) fn decibels(&self) -> [f64; 2] {
        [self.bass, self.treble].map(|power| 10.0 * (power / self.whole).log10())
    }
}
