//! The loudness of a whole, by ITU-R BS.1770-4 and EBU R 128.

use super::loudness::Loudness;
use crate::dsp::hearing::{Ears, loudness_of, power_of};
use crate::dsp::peaks::TruePeak;

/// Blocks overlap: each is made of four steps ...
const STEPS: usize = 4;
/// ... of a tenth of a second.
const STEP_S: f64 = 0.1;
/// What is softer than this is silence.
const SILENCE_LUFS: f64 = -70.0;
/// And what is so much softer than the mean of the rest is background.
const BACKGROUND_LU: f64 = 10.0;

/// Listens to frames as they pass.
#[derive(Debug)]
pub struct LoudnessMeter {
    ears: Ears,
    peaks: [TruePeak; 2],
    step_frames: usize,
    frames: usize,
    sum: f64,
    /// The mean power of each step.
    steps: Vec<f64>,
}

impl LoudnessMeter {
    /// A meter for left and right.
    pub fn new(sample_rate_hz: u32) -> Self {
        let rate = f64::from(sample_rate_hz);
        Self {
            ears: Ears::new(rate),
            peaks: [TruePeak::new(), TruePeak::new()],
            step_frames: ((STEP_S * rate).round() as usize).max(1),
            frames: 0,
            sum: 0.0,
            steps: Vec::new(),
        }
    }

    /// Hears the next frames.
    pub fn add(&mut self, block: &[[f32; 2]]) {
        for (side, peak) in self.peaks.iter_mut().enumerate() {
            peak.add(block.iter().map(|frame| frame[side]));
        }
        let mut rest = block;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(self.step_frames - self.frames));
            self.sum = now.iter().fold(self.sum, |sum, frame| sum + self.ears.power(*frame));
            self.frames += now.len();
            if self.frames == self.step_frames {
                self.steps.push(self.sum / self.step_frames as f64);
                (self.frames, self.sum) = (0, 0.0);
            }
            rest = later;
        }
        self.ears.flush();
    }

    /// The loudness of all that was heard.
    pub fn loudness(&self) -> Loudness {
        let blocks = || self.steps.windows(STEPS).map(|steps| steps.iter().sum::<f64>() / STEPS as f64);
        let mean_above = |gate: f64| {
            let (count, sum) = blocks()
                .filter(|power| *power > gate)
                .fold((0_u32, 0.0), |(count, sum), power| (count + 1, sum + power));
            if count == 0 { 0.0 } else { sum / f64::from(count) }
        };
        let silence = power_of(SILENCE_LUFS);
        let background = mean_above(silence) * 10.0_f64.powf(-BACKGROUND_LU / 10.0);
        let peak = self.peaks[0].peak().max(self.peaks[1].peak());
        Loudness {
            integrated_lufs: loudness_of(mean_above(background.max(silence))),
            true_peak_dbtp: 20.0 * f64::from(peak).log10(),
        }
    }
}
