//! The slow side of wavetable voices: envelopes, vibrato, filters.

use super::{Group, Voice};
use crate::dsp::envelope::Adsr;
use crate::dsp::sine::{sine, step_of};
use crate::dsp::smoothstep;
use crate::dsp::svf::SvfCoefficients;
use crate::dsp::wavetable::WaveBank;
use crate::engines::{Clock, Modulation};

impl Group {
    /// Works out what lane `lane` does in the next `frames`; `false` when its voice is over.
    pub(super) fn control(
        &mut self,
        lane: usize,
        modulation: &Modulation,
        frames: usize,
        clock: &Clock,
        bank: &WaveBank,
    ) -> bool {
        let Some(voice) = &mut self.voices[lane] else { return false };
        let patch = voice.patch;
        let step_s = clock.seconds(frames);
        let is_new = std::mem::take(&mut voice.is_new);
        voice.age_s += step_s;
        let slope = 1.0 / frames as f32;

        let shape = &modulation.shape;
        let swing = voice.swing(step_s, shape.vibrato_rate);
        let wander = sine(voice.drift);
        let grown = smoothstep((voice.age_s / (patch.vibrato_delay_s * shape.vibrato_delay).max(1e-3)).min(1.0));
        let cents = swing
            * ((patch.vibrato_cents * shape.vibrato_depth + shape.vibrato_cents) * grown + modulation.vibrato_cents)
            + wander * patch.drift_cents
            + if voice.age_s < 12.0 * patch.scoop_s {
                patch.scoop_cents * (-voice.age_s / patch.scoop_s).exp()
            } else {
                0.0
            };
        let ratio = modulation.pitch_ratio * (cents * (1.0 / 1200.0)).exp2();
        for (index, oscillator) in patch.oscillators.iter().enumerate() {
            if oscillator.level == 0.0 {
                continue;
            }
            let frequency_hz = voice.base_hz[index] * f64::from(ratio);
            let target = step_of(frequency_hz, f64::from(clock.sample_rate_hz));
            let current = if is_new { target } else { self.step_targets[index][lane] };
            self.steps[index][lane] = current;
            self.step_slopes[index][lane] = target.wrapping_sub(current).cast_signed() / frames as i32;
            self.step_targets[index][lane] = target;
            if is_new || target != current {
                self.tables[index][lane] = bank.table(oscillator.wave, frequency_hz as f32);
            }
        }

        let filter = Adsr { decay_s: patch.filter.decay_s * shape.decay, ..patch.filter };
        let open = voice.filter.advance(&filter, step_s);
        let octaves = patch.key_track * voice.note.octave()
            + patch.sweep_octaves * open
            + patch.velocity_octaves * (voice.note.velocity - 0.63)
            + patch.wander_octaves * wander
            + modulation.brightness_octaves;
        let q = patch.q * shape.resonance;
        // Most filters stand still most of the time.
        if is_new || (octaves, q) != voice.filtered {
            voice.filtered = (octaves, q);
            let c = SvfCoefficients::new(patch.cutoff_hz * octaves.exp2(), q, clock.sample_rate_hz);
            for (index, target) in [c.a1, c.a2, c.a3].into_iter().enumerate() {
                let current = if is_new { target } else { self.low_target[index][lane] };
                self.low[index][lane] = current;
                self.low_slope[index][lane] = (target - current) * slope;
                self.low_target[index][lane] = target;
            }
        } else {
            for index in 0..3 {
                self.low[index][lane] = self.low_target[index][lane];
                self.low_slope[index][lane] = 0.0;
            }
        }

        let amp = Adsr {
            attack_s: patch.amp.attack_s * shape.attack,
            decay_s: patch.amp.decay_s * shape.decay,
            release_s: patch.amp.release_s * shape.release,
            ..patch.amp
        };
        let envelope = voice.amp.advance(&amp, step_s);
        let level = envelope * voice.note.gain * modulation.gain * (1.0 + patch.tremolo * swing);
        self.amp[lane] = self.amp_target[lane];
        self.amp_slope[lane] = (level - self.amp_target[lane]) * slope;
        self.amp_target[lane] = level;

        if patch.noise > 0.0 {
            // -150 dB after so long.
            let is_chiff = voice.age_s < 17.0 * patch.chiff_s;
            let chiff = if is_chiff { 1.0 + patch.chiff * (-voice.age_s / patch.chiff_s).exp() } else { 1.0 };
            let noise = level * patch.noise * chiff;
            self.noise_level[lane] = self.noise_target[lane];
            self.noise_slope[lane] = (noise - self.noise_target[lane]) * slope;
            self.noise_target[lane] = noise;
            if is_new {
                let centre_hz = if patch.noise_hz > 0.0 {
                    patch.noise_hz
                } else {
                    voice.note.frequency_hz as f32 * patch.noise_ratio
                };
                let c = SvfCoefficients::new(centre_hz, patch.noise_q, clock.sample_rate_hz);
                // Noise in a narrow band is weak: make up for it.
                let loudness = (3000.0 * patch.noise_q / centre_hz).sqrt() * 2.0;
                for (index, value) in [c.a1, c.a2, c.a3, c.k * loudness].into_iter().enumerate() {
                    self.band[index][lane] = value;
                }
            }
        }
        self.fade[lane] > 0.0 && !voice.amp.is_over(&patch.amp)
    }
}

impl Voice {
    /// Moves the slow oscillators on; gives the vibrato's position, `-1..=1`.
    fn swing(&mut self, step_s: f32, rate: f32) -> f32 {
        let turn = |hz: f32| step_of(f64::from(hz * step_s), 1.0);
        self.vibrato = self.vibrato.wrapping_add(turn(self.patch.vibrato_hz * rate * self.pace));
        self.drift = self.drift.wrapping_add(turn(0.55 * self.pace));
        // A player's vibrato is never quite regular.
        let unsteady = 1.0 + 0.2 * sine(self.drift.wrapping_mul(3));
        sine(self.vibrato) * unsteady
    }
}
