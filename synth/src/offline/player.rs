//! What a performance can be rendered on.

use crate::event::Event;
use crate::synth::Synth;

/// Turns events into frames.
pub trait Player {
    /// Frames a second.
    fn sample_rate_hz(&self) -> u32;
    /// Lets `event` happen `offset_frames` after the start of the next block.
    fn handle(&mut self, event: Event, offset_frames: usize);
    /// Replaces `block` by the next frames.
    fn render(&mut self, block: &mut [[f32; 2]]);
    /// How much later a note leaves than its event comes.
    fn latency_frames(&self) -> usize;
    /// Whether no voice sounds. Where that cannot be known: `true`, and the tail ends when it is quiet.
    fn is_at_rest(&self) -> bool;
}

impl Player for Synth {
    fn sample_rate_hz(&self) -> u32 {
        self.config().sample_rate_hz
    }

    fn handle(&mut self, event: Event, offset_frames: usize) {
        Self::handle(self, event, offset_frames);
    }

    fn render(&mut self, block: &mut [[f32; 2]]) {
        Self::render(self, block);
    }

    fn latency_frames(&self) -> usize {
        Self::latency_frames(self)
    }

    fn is_at_rest(&self) -> bool {
        self.active_voices() == 0
    }
}
