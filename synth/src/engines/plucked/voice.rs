//! One string.

use std::f32::consts::TAU;

use super::tuning::{damping_for, delay_for};
use super::{LOWEST_HZ, PluckedPatch};
use crate::dsp::interpolate::cubic;
use crate::dsp::noise::noise_at;
use crate::dsp::one_pole::OnePole;
use crate::dsp::{LANES, MAX_SEGMENT, add, fade};
use crate::engines::vibrato::Vibrato;
use crate::engines::{Clock, Modulation, NoteStart};

#[derive(Debug, Clone)]
pub(super) struct Voice {
    patch: &'static PluckedPatch,
    note: NoteStart,
    /// The period without bends, in frames.
    period: f32,
    /// Frames between the newest sample and the place that is read.
    delay: f32,
    delay_slope: f32,
    delay_target: f32,
    pitch_ratio: f32,
    /// Seconds to 60 dB of the free string.
    t60_s: f32,
    /// As it is damped now.
    damped_s: f32,
    released: bool,
    /// Loss of the loop in one period.
    loss: f32,
    /// Where the high partials lose more.
    damper: OnePole,
    at: usize,
    excited: u32,
    excite_frames: u32,
    excite_gain: f32,
    excite_pole: f32,
    excite_memory: [f32; 2],
    blocker: OnePole,
    peak: f32,
    age_s: f32,
    vibrato: Vibrato,
    fade: f32,
    fade_step: f32,
    pan: (f32, f32),
}

impl Voice {
    pub(super) fn new(patch: &'static PluckedPatch, note: &NoteStart, clock: &Clock) -> Self {
        let rate = clock.sample_rate_hz;
        let mut frequency_hz = note.frequency_hz;
        while frequency_hz < LOWEST_HZ {
            frequency_hz *= 2.0;
        }
        let period = (f64::from(rate) / frequency_hz) as f32;
        let hz = frequency_hz as f32;
        let t60_s = patch.decay_s * (-note.octave() / patch.decay_octaves).exp2().clamp(0.05, 3.0);
        let bright_s = patch.bright_decay_s.min(t60_s);
        let damping = damping_for(hz, t60_s, bright_s, rate);

        let harder = patch.hardness_octaves * (note.velocity - 0.63) + 0.35 * note.octave() + note.hardness_octaves;
        let hardness_hz = patch.hardness_hz * harder.exp2();
        let excite_pole = (-TAU * (hardness_hz / rate).min(0.45)).exp();
        // Both kinds of pluck are scaled to the same power, whatever the period and the hardness.
        let band = (hardness_hz / (0.5 * rate)).min(1.0);
        Self {
            patch,
            note: *note,
            period,
            delay: 0.0,
            delay_slope: 0.0,
            delay_target: 0.0,
            pitch_ratio: 0.0,
            t60_s,
            damped_s: 0.0,
            released: false,
            loss: 0.0,
            damper: OnePole::new(damping),
            at: 0,
            excited: 0,
            excite_frames: period.ceil() as u32,
            excite_gain: note.gain * 0.4 / band.sqrt(),
            excite_pole,
            excite_memory: [0.0; 2],
            blocker: OnePole::new(1.0 - 0.0015),
            peak: note.gain,
            age_s: 0.0,
            vibrato: Vibrato::default(),
            fade: 1.0,
            fade_step: 0.0,
            pan: note.pan_gains(),
        }
    }

    pub(super) fn bus(&self) -> usize {
        self.note.bus
    }

    /// About how loud it is now.
    pub(super) fn level(&self) -> f32 {
        self.peak
    }

    pub(super) fn release(&mut self) {
        self.released = true;
    }

    pub(super) fn fade_out(&mut self, frames: f32) {
        self.fade_step = self.fade_step.max(1.0 / frames);
    }

    pub(super) fn control(&mut self, modulation: &Modulation, frames: usize, rate: f32, ring_frames: usize) -> bool {
        let step_s = frames as f32 / rate;
        self.age_s += step_s;
        let (decay, release) = (modulation.shape.decay, modulation.shape.release);
        let mut t60_s = self.t60_s * decay;
        if self.released {
            t60_s = t60_s.min(self.patch.release_s * release);
        }
        if t60_s != self.damped_s {
            self.damped_s = t60_s;
            self.loss = 10.0_f32.powf(-3.0 * self.period / (rate * t60_s));
        }
        let twang = self.patch.twang_cents * self.note.velocity * (-self.age_s * 8.0).exp();
        let cents = self.vibrato.advance(modulation, step_s) + if twang > 0.02 { twang } else { 0.0 };
        let ratio = modulation.pitch_ratio * (cents * (1.0 / 1200.0)).exp2();
        let is_new = self.delay == 0.0;
        self.delay = self.delay_target;
        if ratio != self.pitch_ratio {
            self.pitch_ratio = ratio;
            let longest = ring_frames as f32 - 4.0;
            self.delay_target = delay_for((self.period / ratio).min(longest), self.damper.pole());
        }
        if is_new {
            self.delay = self.delay_target;
        }
        self.delay_slope = (self.delay_target - self.delay) / frames as f32;
        self.damper.flush();
        self.blocker.flush();
        let is_ringing = self.peak > 2e-5 || self.excited < self.excite_frames || self.age_s < 0.05;
        // The peak is what was heard since the last tick, let down slowly so that zero crossings do not end the string.
        self.peak *= (-step_s / 0.03).exp();
        is_ringing && self.fade > 0.0
    }

    #[inline(always)]
    pub(super) fn render(&mut self, ring: &mut [f32], left: &mut [f32], right: &mut [f32]) {
        let mut done = 0;
        while done < left.len() {
            // As many frames as come back only after this stretch is written.
            let end = self.delay + self.delay_slope * (left.len() - done) as f32;
            let frames = ((self.delay.min(end) - 0.01) as usize).clamp(1, left.len() - done);
            let stretch = done..done + frames;
            self.swing(ring, &mut left[stretch.clone()], &mut right[stretch]);
            done += frames;
        }
    }

    /// A stretch that is at most one period long.
    #[inline(always)]
    fn swing(&mut self, ring: &mut [f32], left: &mut [f32], right: &mut [f32]) {
        let mut out = [0.0; MAX_SEGMENT];
        let out = &mut out[..left.len()];
        self.listen(ring, out);
        self.damper.process(out);
        out.iter_mut().for_each(|x| *x *= self.loss);
        let excited = (self.excite_frames + 64).saturating_sub(self.excited) as usize;
        for x in out.iter_mut().take(excited) {
            *x += self.pluck();
        }
        if self.patch.buzz > 0.0 {
            // The string meets an obstacle on one side of its swing.
            let limit = self.note.gain * self.patch.buzz;
            for x in out.iter_mut() {
                *x = if *x > limit { limit + (*x - limit) * 0.35 } else { *x };
            }
        }
        write(ring, self.at + 1, out);
        self.at = (self.at + out.len()) & (ring.len() - 1);
        // A string cannot stand still off its rest: a high-pass.
        let mut rest = [0.0; MAX_SEGMENT];
        let rest = &mut rest[..out.len()];
        rest.copy_from_slice(out);
        self.blocker.process(rest);
        out.iter_mut().zip(rest.iter()).for_each(|(x, rest)| *x -= rest);
        self.peak = loudest(out, self.peak);
        fade(&mut self.fade, self.fade_step, out);
        add(out, self.pan.0, left);
        add(out, self.pan.1, right);
    }

    /// What comes back from the far end of the string.
    #[inline(always)]
    fn listen(&mut self, ring: &[f32], out: &mut [f32]) {
        let mask = ring.len() - 1;
        if self.delay_slope == 0.0 {
            let whole = self.delay as i32 as usize;
            let fraction = self.delay - whole as f32;
            let mut window = [0.0; MAX_SEGMENT + 3];
            let window = &mut window[..out.len() + 3];
            read(ring, self.at.wrapping_sub(whole + 2), window);
            for (out, y) in out.iter_mut().zip(window.windows(4)) {
                *out = cubic([y[3], y[2], y[1], y[0]], fraction);
            }
            return;
        }
        for (frame, out) in out.iter_mut().enumerate() {
            self.delay += self.delay_slope;
            let whole = self.delay as i32 as usize;
            let newest = (self.at + frame).wrapping_sub(whole);
            let y = [1, 0, -1, -2].map(|by: isize| ring[newest.wrapping_add_signed(by) & mask]);
            *out = cubic(y, self.delay - whole as f32);
        }
    }

    /// The next sample of what sets the string in motion: it comes once, and again upside down from the near end.
    #[inline]
    fn pluck(&mut self) -> f32 {
        let index = self.excited;
        self.excited += 1;
        // Never at once: the two would cancel, and the highest strings be silent.
        let back = ((self.period * self.patch.position) as u32).max(1);
        let burst = |index: u32| {
            if index < self.excite_frames { noise_at(self.note.seed, index) * 1.7 } else { 0.0 }
        };
        let mut x = burst(index) * self.patch.roughness;
        if index >= back {
            x -= burst(index - back) * self.patch.roughness;
        }
        let pulse = self.period.sqrt() * (1.0 - self.patch.roughness);
        if index == 0 {
            x += pulse;
        }
        if index == back {
            x -= pulse;
        }
        for memory in &mut self.excite_memory {
            *memory = x + (*memory - x) * self.excite_pole;
            x = *memory;
        }
        x * self.excite_gain
    }
}

/// The highest of `samples`, or `least`.
#[inline(always)]
fn loudest(samples: &[f32], least: f32) -> f32 {
    let higher = |a: f32, b: f32| if b.abs() > a { b.abs() } else { a };
    let (groups, rest) = samples.as_chunks::<LANES>();
    let mut highest = [least; LANES];
    for group in groups {
        for lane in 0..LANES {
            highest[lane] = higher(highest[lane], group[lane]);
        }
    }
    highest.iter().chain(rest).fold(least, |highest, x| higher(highest, *x))
}

/// Reads a stretch of a ring from `at` on.
#[inline(always)]
fn read(ring: &[f32], at: usize, samples: &mut [f32]) {
    let start = at & (ring.len() - 1);
    let (first, rest) = samples.split_at_mut(samples.len().min(ring.len() - start));
    first.copy_from_slice(&ring[start..start + first.len()]);
    rest.copy_from_slice(&ring[..rest.len()]);
}

/// Writes a stretch of a ring from `at` on.
#[inline(always)]
fn write(ring: &mut [f32], at: usize, samples: &[f32]) {
    let start = at & (ring.len() - 1);
    let (first, rest) = samples.split_at(samples.len().min(ring.len() - start));
    ring[start..start + first.len()].copy_from_slice(first);
    ring[..rest.len()].copy_from_slice(rest);
}
