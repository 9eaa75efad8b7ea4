//! What is struck: a bank of damped sinusoids, and a burst of filtered noise.
//!
//! Each mode is a number that turns and shrinks in the complex plane; eight are computed side by side, four frames
//! from each position. For pianos see N. Fletcher and T. Rossing, "The Physics of Musical Instruments" (2nd ed., ch. 12).

mod chunk;
mod modes;
mod patch;
mod voice;

pub(crate) use patch::{Burst, Modes, Pick, StruckPatch};

use super::{Clock, Engine, Modulation, NoteStart};
use crate::bus::Buses;
use crate::dsp::{MAX_SEGMENT, wide};
use chunk::{Chunk, WIDTH, Wide};
use modes::ModeList;
use voice::Voice;

const CHUNKS: usize = 12;
/// The most modes of one voice.
pub(crate) const MAX_MODES: usize = WIDTH * CHUNKS;

/// A pool of struck bodies.
#[derive(Debug)]
pub(crate) struct Bodies {
    clock: Clock,
    voices: Vec<Option<Voice>>,
    /// All slots from here on are empty.
    end: usize,
    chunks: Vec<[Chunk; CHUNKS]>,
    /// Sums of modes, lane by lane.
    block: Box<[Wide; MAX_SEGMENT]>,
    /// Where the modes of a new voice are worked out.
    list: ModeList,
}

impl Bodies {
    pub(crate) fn new(clock: Clock, voices: usize) -> Self {
        Self {
            clock,
            voices: vec![None; voices],
            end: 0,
            chunks: vec![[Chunk::default(); CHUNKS]; voices],
            block: Box::new([[0.0; WIDTH]; MAX_SEGMENT]),
            list: ModeList::default(),
        }
    }
}

impl Engine for Bodies {
    type Patch = StruckPatch;

    fn free_slot(&self) -> Option<usize> {
        self.voices.iter().position(Option::is_none)
    }

    fn start(&mut self, slot: usize, patch: &'static StruckPatch, note: &NoteStart) {
        let rate = self.clock.sample_rate_hz;
        self.list.fill(patch, note, rate);
        self.end = self.end.max(slot + 1);
        self.voices[slot] = Some(Voice::new(patch, note, self.list.modes(), &mut self.chunks[slot], rate));
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
        let chunks = &mut self.chunks[slot];
        self.voices[slot].as_mut().is_some_and(|voice| voice.control(chunks, modulation, frames, &self.clock))
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
        for (voice, chunks) in self.voices[..self.end].iter_mut().zip(&mut self.chunks) {
            if let Some(voice) = voice {
                let bus = buses.input(voice.bus());
                let (left, right) = (&mut bus.left[..frames], &mut bus.right[..frames]);
                render(voice, chunks, &mut self.block[..frames], left, right);
            }
        }
    }
}

wide!(
    fn render<'a>(
        voice: &'a mut Voice,
        chunks: &'a mut [Chunk; CHUNKS],
        block: &'a mut [Wide],
        left: &'a mut [f32],
        right: &'a mut [f32]
    ) = Voice::render
);
