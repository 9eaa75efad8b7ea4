//! A device without a device: what a stream calls, called by hand. For measurements and tests.

use std::sync::atomic::Ordering;

use rtrb::{Producer, RingBuffer};

use super::Counters;
use super::callback::Shared;
use super::engine::LiveEngine;
use super::taps;
use crate::event::Event;
use crate::synth::Synth;

/// The two ends of the audio callback.
#[derive(Debug)]
pub struct Mock {
    events: Producer<(u64, Event)>,
    shared: Shared,
    /// Which stream calls.
    generation: u64,
}

impl Mock {
    /// A stream that is open.
    pub fn open(synth: Synth, queue_events: usize) -> Self {
        let (events, consumer) = RingBuffer::new(queue_events);
        let (taps, _keys, _tape) = taps::taps(0, 0);
        Self { events, shared: Shared::new(LiveEngine::new(Box::new(synth), consumer, taps)), generation: 0 }
    }

    /// Sends an event as an owner does; `false` when the queue is full.
    pub fn send(&mut self, event: Event, frame: u64) -> bool {
        self.events.push((frame, event)).is_ok()
    }

    /// The callback of the stream, for so many interleaved channels.
    pub fn call(&self, buffer: &mut [f32], channels: usize) {
        self.shared.play(self.generation, buffer, channels);
    }

    /// The error callback: a gap.
    pub fn underrun(&self) {
        self.shared.complain(self.generation, cpal::ErrorKind::Xrun.into());
    }

    /// The error callback: the device is gone.
    pub fn lose(&self) {
        self.shared.complain(self.generation, cpal::ErrorKind::DeviceNotAvailable.into());
    }

    /// Whether the supervisor would reopen.
    pub fn is_lost(&self) -> bool {
        self.shared.is_broken.load(Ordering::Acquire)
    }

    /// What the supervisor does to the callback: the old stream loses its right to play, ...
    pub fn give_up(&self) {
        self.shared.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// ... and a new one gets it.
    pub fn reopen(&mut self) {
        self.shared.is_broken.store(false, Ordering::Release);
        self.generation = self.shared.generation.load(Ordering::Acquire);
    }

    /// Frames rendered.
    pub fn position_frames(&self) -> u64 {
        self.shared.position.load(Ordering::Acquire)
    }

    /// What has been counted.
    pub fn counters(&self) -> Counters {
        self.shared.counters()
    }
}
