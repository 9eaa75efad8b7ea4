//! Plucked strings: a delay line that loses its high partials first.
//!
//! K. Karplus and A. Strong, "Digital Synthesis of Plucked-String and Drum Timbres" (1983), with the tuning and
//! decay control of D. Jaffe and J. Smith, "Extensions of the Karplus-Strong Plucked-String Algorithm" (1983).
//! The delay is read by a third-order Lagrange interpolator whose phase delay, and that of the loss filter, is
//! counted into the period: notes are in tune at any rate, and bends slide without steps.

mod patch;
mod tuning;
mod voice;

pub(crate) use patch::PluckedPatch;

use super::{Clock, Engine, Modulation, NoteStart};
use crate::bus::Buses;
use crate::dsp::wide;
use voice::Voice;

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
            voice.release();
        }
    }

    fn fade(&mut self, slot: usize, frames: f32) {
        if let Some(voice) = &mut self.voices[slot] {
            voice.fade_out(frames);
        }
    }

    fn control(&mut self, slot: usize, modulation: &Modulation, frames: usize) -> bool {
        let rate = self.clock.sample_rate_hz;
        self.voices[slot].as_mut().is_some_and(|voice| voice.control(modulation, frames, rate, self.ring_frames))
    }

    fn level(&self, slot: usize) -> f32 {
        self.voices[slot].as_ref().map_or(0.0, Voice::level)
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
                let bus = buses.input(voice.bus());
                render(voice, ring, &mut bus.left[..frames], &mut bus.right[..frames]);
            }
        }
    }
}

wide!(fn render<'a>(voice: &'a mut Voice, ring: &'a mut [f32], left: &'a mut [f32], right: &'a mut [f32]) = Voice::render);
