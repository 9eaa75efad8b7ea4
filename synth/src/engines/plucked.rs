//! Plucked strings: a delay line that loses its high partials first.
//!
//! K. Karplus and A. Strong, "Digital Synthesis of Plucked-String and Drum Timbres" (1983), with the tuning and
//! decay control of D. Jaffe and J. Smith, "Extensions of the Karplus-Strong Plucked-String Algorithm" (1983).
//! The delay is read by a third-order Lagrange interpolator whose phase delay, and that of the loss filter, is
//! counted into the period: notes are in tune at any rate, and bends slide without steps.

mod patch;
mod tuning;

pub(crate) use patch::PluckedPatch;

use std::f32::consts::TAU;

use super::vibrato::Vibrato;
use super::{Clock, Engine, Modulation, NoteStart};
use crate::bus::Buses;
use crate::dsp::interpolate::cubic;
use crate::dsp::noise::noise_at;
use crate::dsp::{MAX_SEGMENT, add, fade, wide};
use tuning::{damping_for, delay_for};

#[derive(Debug, Clone)]
struct Voice {
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
    /// Loss of the loop in one period, and its memory: `y = x + (y - x) * damping`.
    loss: f32,
    damping: f32,
    memory: f32,
    at: usize,
    excited: u32,
    excite_frames: u32,
    excite_gain: f32,
    excite_pole: f32,
    excite_memory: [f32; 2],
    blocker: f32,
    peak: f32,
    age_s: f32,
    vibrato: Vibrato,
    fade: f32,
    fade_step: f32,
    pan: (f32, f32),
}

/// A pool of strings.
#[derive(Debug)]
pub(crate) struct Strings {
    clock: Clock,
    voices: Vec<Option<Voice>>,
    /// All slots from here on are empty.
    end: usize,
    /// One ring for each voice.
    rings: Vec<f32>,
    ring_frames: usize,
}

/// Below this the string is longer than its ring: notes are played an octave up.
const LOWEST_HZ: f64 = 18.0;

impl Strings {
    pub(crate) fn new(clock: Clock, voices: usize) -> Self {
        let ring_frames = ((clock.sample_rate_hz / LOWEST_HZ as f32) as usize + 8).next_power_of_two();
        Self { clock, voices: vec![None; voices], end: 0, rings: vec![0.0; voices * ring_frames], ring_frames }
    }
}

impl Engine for Strings {
    type Patch = PluckedPatch;

    fn free_slot(&self) -> Option<usize> {
        self.voices.iter().position(Option::is_none)
    }

    fn start(&mut self, slot: usize, patch: &'static PluckedPatch, note: &NoteStart) {
        self.rings[slot * self.ring_frames..][..self.ring_frames].fill(0.0);
        self.end = self.end.max(slot + 1);
        self.voices[slot] = Some(Voice::new(patch, note, &self.clock));
    }

    fn release(&mut self, slot: usize) {
        if let Some(voice) = &mut self.voices[slot] {
            voice.released = true;
        }
    }

    fn fade(&mut self, slot: usize, frames: f32) {
        if let Some(voice) = &mut self.voices[slot] {
            voice.fade_step = voice.fade_step.max(1.0 / frames);
        }
    }

    fn control(&mut self, slot: usize, modulation: &Modulation, frames: usize) -> bool {
        let rate = self.clock.sample_rate_hz;
        self.voices[slot].as_mut().is_some_and(|voice| voice.control(modulation, frames, rate, self.ring_frames))
    }

    fn level(&self, slot: usize) -> f32 {
        self.voices[slot].as_ref().map_or(0.0, |voice| voice.peak)
    }

    fn stop(&mut self, slot: usize) {
        self.voices[slot] = None;
        while self.end > 0 && self.voices[self.end - 1].is_none() {
            self.end -= 1;
        }
    }

    fn render(&mut self, frames: usize, buses: &mut Buses) {
        for (voice, ring) in self.voices[..self.end].iter_mut().zip(self.rings.chunks_exact_mut(self.ring_frames)) {
            if let Some(voice) = voice {
                let bus = buses.input(voice.note.bus);
                render(voice, ring, &mut bus.left[..frames], &mut bus.right[..frames]);
            }
        }
    }
}

wide!(fn render<'a>(voice: &'a mut Voice, ring: &'a mut [f32], left: &'a mut [f32], right: &'a mut [f32]) = Voice::render);

impl Voice {
    fn new(patch: &'static PluckedPatch, note: &NoteStart, clock: &Clock) -> Self {
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
            damping,
            memory: 0.0,
            at: 0,
            excited: 0,
            excite_frames: period.ceil() as u32,
            excite_gain: note.gain * 0.4 / band.sqrt(),
            excite_pole,
            excite_memory: [0.0; 2],
            blocker: 0.0,
            peak: note.gain,
            age_s: 0.0,
            vibrato: Vibrato::default(),
            fade: 1.0,
            fade_step: 0.0,
            pan: note.pan_gains(),
        }
    }

    fn control(&mut self, modulation: &Modulation, frames: usize, rate: f32, ring_frames: usize) -> bool {
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
            self.delay_target = delay_for((self.period / ratio).min(longest), self.damping);
        }
        if is_new {
            self.delay = self.delay_target;
        }
        self.delay_slope = (self.delay_target - self.delay) / frames as f32;
        if self.memory.abs() < 1e-15 {
            self.memory = 0.0;
        }
        let is_ringing = self.peak > 2e-5 || self.excited < self.excite_frames || self.age_s < 0.05;
        // The peak is what was heard since the last tick, let down slowly so that zero crossings do not end the string.
        self.peak *= (-step_s / 0.03).exp();
        is_ringing && self.fade > 0.0
    }

    #[inline(always)]
    fn render(&mut self, ring: &mut [f32], left: &mut [f32], right: &mut [f32]) {
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
        for x in out.iter_mut() {
            self.memory = *x + (self.memory - *x) * self.damping;
            *x = self.memory * self.loss;
        }
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
        for x in out.iter_mut() {
            // A string cannot stand still off its rest: a one-pole high-pass.
            self.blocker += (*x - self.blocker) * 0.0015;
            *x -= self.blocker;
        }
        self.peak = out.iter().fold(self.peak, |peak, x| if x.abs() > peak { x.abs() } else { peak });
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
