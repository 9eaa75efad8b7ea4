//! Dice in the place of the network: logits that know nothing of music.
//!
//! Whatever is kept when dice write is kept by the constraints alone, and they write thousands of pieces in the time in which
//! the network writes one.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::Request;
use super::stream::bar_of_past;
use crate::event::{BarEvents, NoteEvent};
use crate::memory::Memory;
use crate::task::unit;
use crate::vocabulary::meter_of;

/// How far logits lie apart at most: a die that is thrown once for the whole piece chooses below that.
const WIDEST: f32 = 8.0;

/// A stream of random logits, with the same memory as the network's.
#[derive(Clone)]
pub(super) struct Dice {
    pub(super) memory: Memory,
    rng: ChaCha8Rng,
    spread: f32,
}

impl Dice {
    pub(super) fn new(request: &Request) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(request.seed);
        rng.set_stream(u64::MAX - 1);
        let spread = WIDEST * unit(&mut rng);
        let mut memory = Memory::new(&request.parts);
        for bar in &request.past {
            bar_of_past(&mut memory, bar);
        }
        Self { memory, rng, spread }
    }

    pub(super) fn open_bar(&mut self, request: &Request, index: usize) {
        let bar = &request.bars[index];
        self.memory.open_bar(meter_of(bar.meter).0, &bar.given, bar.locked);
    }

    pub(super) fn push(&mut self, notes: &[NoteEvent]) {
        for &note in notes {
            self.memory.reach(note.position);
            self.memory.push(note);
        }
    }

    pub(super) fn take_in(&mut self, bar: &BarEvents) {
        bar_of_past(&mut self.memory, bar);
    }

    pub(super) fn logits(&mut self, classes: usize) -> Vec<f32> {
        (0..classes).map(|_| self.spread * unit(&mut self.rng)).collect()
    }
}
