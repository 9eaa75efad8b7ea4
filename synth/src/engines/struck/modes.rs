//! From a patch and a note to a list of modes.

use super::MAX_MODES;
use super::patch::{Modes, StruckPatch};
use crate::dsp::noise::noise_at;
use crate::engines::NoteStart;

/// One damped sinusoid.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mode {
    pub(super) frequency_hz: f32,
    pub(super) gain: f32,
    pub(super) t60_s: f32,
}

/// A list that never allocates.
#[derive(Debug)]
pub(super) struct ModeList {
    modes: [Mode; MAX_MODES],
    length: usize,
}

impl Default for ModeList {
    fn default() -> Self {
        Self { modes: [Mode::default(); MAX_MODES], length: 0 }
    }
}

impl ModeList {
    pub(super) fn modes(&self) -> &[Mode] {
        &self.modes[..self.length]
    }

    /// Works out the modes of a note, the longest ringing first.
    pub(super) fn fill(&mut self, patch: &StruckPatch, note: &NoteStart, rate: f32) {
        self.length = 0;
        let limit_hz = (0.45 * rate).min(18_000.0);
        let base_hz = if patch.fixed_hz > 0.0 { patch.fixed_hz } else { note.frequency_hz as f32 };
        match patch.modes {
            Modes::Piano { stiffness, spread_cents, slope } => {
                self.piano(patch, note, stiffness, spread_cents, slope, limit_hz);
            }
            Modes::Table(table) => {
                let shortening = if patch.fixed_hz > 0.0 { 1.0 } else { shortening(patch, note) };
                for &(ratio, gain, share) in table {
                    let frequency_hz = base_hz * ratio;
                    let softness = softness(frequency_hz, patch, note);
                    self.push(frequency_hz, gain * softness * patch.tone, patch.decay_s * shortening * share, limit_hz);
                }
            }
            Modes::Cloud { count, low_hz, high_hz } => {
                for index in 0..count {
                    // The places belong to the instrument, not to the stroke.
                    let place = (index as f32 + 0.5 + 0.5 * noise_at(count as u32, index as u32)) / count as f32;
                    let frequency_hz = low_hz * (high_hz / low_hz).powf(place);
                    // Plates radiate their lowest modes badly.
                    let radiated = (place / 0.4).min(1.0).powi(2);
                    let gain = radiated * (1.0 + 0.7 * noise_at(77, index as u32)) / (count as f32).sqrt();
                    let softness = softness(frequency_hz, patch, note);
                    let t60_s = patch.decay_s * (low_hz / frequency_hz).powf(patch.decay_power);
                    self.push(frequency_hz, gain * softness * patch.tone, t60_s, limit_hz);
                }
            }
            Modes::None => {}
        }
        self.modes[..self.length].sort_unstable_by(|a, b| b.t60_s.total_cmp(&a.t60_s));
    }

    fn push(&mut self, frequency_hz: f32, gain: f32, t60_s: f32, limit_hz: f32) {
        if self.length < MAX_MODES && frequency_hz < limit_hz && gain.abs() > 1e-5 {
            self.modes[self.length] = Mode { frequency_hz, gain, t60_s: t60_s.max(0.004) };
            self.length += 1;
        }
    }

    fn piano(
        &mut self,
        patch: &StruckPatch,
        note: &NoteStart,
        stiffness: f32,
        spread_cents: f32,
        slope: f32,
        limit_hz: f32,
    ) {
        let first_hz = note.frequency_hz as f32;
        let key = f32::from(note.key);
        // Inharmonicity of a concert grand, by key (after Fletcher and Rossing, fig. 12.19): least around A2, then
        // doubling about every eight semitones.
        let bass = (-(key - 21.0) / 9.0).exp2() * 3.0e-4;
        let treble = ((key - 45.0) / 8.0).exp2() * 9.0e-5;
        let inharmonicity = stiffness * (bass + treble).min(0.02);
        let t60_s = patch.decay_s * shortening(patch, note);
        // The first partial, not the ideal string, is in tune.
        let reference = (1.0 + inharmonicity).sqrt();
        for partial in 1..MAX_MODES {
            let n = partial as f32;
            let frequency_hz = first_hz * n * (1.0 + inharmonicity * n * n).sqrt() / reference;
            if frequency_hz > limit_hz {
                break;
            }
            // A hammer at an eighth of the string hardly moves the eighth partial.
            let position = (std::f32::consts::PI * n / 8.3).sin().abs().max(0.12);
            // The soundboard is weak below about 100 Hz.
            let board = 1.0 / (1.0 + (70.0 / frequency_hz).powi(2));
            let wobble = 1.0 + 0.3 * noise_at(u32::from(note.key), partial as u32);
            let gain = patch.tone * n.powf(-slope) * position * board * wobble * softness(frequency_hz, patch, note);
            // Air and felt take the highs: above 2.5 kHz the losses grow with the square of the frequency.
            let decay_s = t60_s / (1.0 + 0.25 * (n - 1.0)).powf(patch.decay_power);
            let decay_s = 1.0 / (1.0 / decay_s + 0.25 * (frequency_hz / 2500.0).powi(2));
            if partial <= 14 && key < 96.0 {
                // Two polarisations of three strings, told as two modes: a loud one that dies soon, a soft one that sings.
                let apart =
                    (spread_cents * (1.0 + 0.5 * noise_at(u32::from(note.key) + 128, partial as u32)) / 1200.0).exp2();
                self.push(frequency_hz, gain * 0.8, decay_s * 0.55, limit_hz);
                self.push(frequency_hz * apart, gain * 0.28, decay_s * 1.5, limit_hz);
            } else {
                self.push(frequency_hz, gain, decay_s * 0.7, limit_hz);
            }
        }
    }
}

/// How much shorter high notes ring.
fn shortening(patch: &StruckPatch, note: &NoteStart) -> f32 {
    (-note.octave() / patch.decay_octaves).exp2().clamp(0.02, 2.2)
}

/// How much of a mode a soft hammer excites.
fn softness(frequency_hz: f32, patch: &StruckPatch, note: &NoteStart) -> f32 {
    let harder = patch.hardness_octaves * (note.velocity - 0.63) + 0.3 * note.octave() + note.hardness_octaves;
    let hardness_hz = patch.hardness_hz * harder.exp2();
    1.0 / (1.0 + (frequency_hz / hardness_hz).powi(2))
}
