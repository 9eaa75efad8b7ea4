//! Live playing: the engine behind a loudspeaker.
//!
//! ```text
//! your thread ── Output::send(event, frame) ──> lock-free queue ──> audio callback: Synth ──> speakers
//!                Output::position_frames, peaks, underruns <── atomics ──┘
//!                        supervisor thread: opens, watches, reopens with back-off
//! ```
//!
//! Musical time is the number of frames that the engine has rendered. When a device goes away the count stands still
//! and goes on when one is back: events that were sent ahead are neither lost nor late.

mod callback;
mod choose;
mod engine;
mod error;
pub(crate) mod mock;
mod notice;
mod supervisor;
mod taps;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rtrb::{Producer, RingBuffer};
use thiserror::Error;

use crate::config::SynthConfig;
use crate::event::Event;
use crate::offline::Band;
use callback::Shared;
pub use choose::{DeviceListing, HostListing, list_devices};
use engine::LiveEngine;
pub use error::OpenDeviceError;
pub use notice::Notice;
use supervisor::Supervisor;
pub use taps::{Keys, Tape};

/// Which device to open, and how.
#[derive(Debug, Clone)]
pub struct DeviceOptions {
    /// The name of the sound system, as [`list_devices`] gives it; `None` is the system's choice.
    pub host: Option<String>,
    /// The identity or name of a device, or a part of its name; `None` is the system's choice.
    pub device: Option<String>,
    /// Frames a second; `None` is the device's choice.
    pub sample_rate_hz: Option<u32>,
    /// Frames between two callbacks. A device that cannot do so many gives the nearest that it can.
    pub buffer_frames: u32,
    /// Whose instruments sound.
    pub band: Band,
    /// How to build the engine; its sample rate becomes the device's.
    pub synth: SynthConfig,
    /// Events that may wait in the queue.
    pub queue_events: usize,
    /// Frames that may wait to be recorded ([`Output::take_tape`]); 0 records nothing.
    pub tape_frames: usize,
}

impl Default for DeviceOptions {
    fn default() -> Self {
        Self {
            host: None,
            device: None,
            sample_rate_hz: None,
            buffer_frames: 512,
            band: Band::default(),
            synth: SynthConfig::default(),
            queue_events: 8192,
            tape_frames: 0,
        }
    }
}

/// The queue to the audio callback is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("too many events wait for the sound device: send fewer ahead of time")]
pub struct QueueFull(
    /// The event that found no room.
    pub Event,
);

/// What has been counted while playing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Gaps that the sound system reported.
    pub underruns: u64,
    /// Callbacks that took longer than what they rendered lasts.
    pub overloads: u64,
    /// Events that came after their frame.
    pub late_events: u64,
    /// Callbacks so far.
    pub callbacks: u64,
    /// The longest callback, in microseconds.
    pub longest_callback_us: u64,
}

/// The musical clock of an [`Output`], for threads that do not own it. After the output is dropped it stands still.
#[derive(Debug, Clone)]
pub struct Clock {
    shared: Arc<Shared>,
    sample_rate_hz: u32,
}

impl Clock {
    /// Frames rendered so far.
    pub fn position_frames(&self) -> u64 {
        self.shared.position.load(Ordering::Acquire)
    }

    /// Frames a second.
    pub fn sample_rate_hz(&self) -> u32 {
        self.sample_rate_hz
    }
}

/// An open output: plays until it is dropped.
#[derive(Debug)]
pub struct Output {
    events: Producer<(u64, Event)>,
    keys: Option<Keys>,
    tape: Option<Tape>,
    shared: Arc<Shared>,
    supervisor: Option<JoinHandle<()>>,
    device: String,
    sample_rate_hz: u32,
    latency_frames: usize,
    buffer_frames: u32,
}

impl Output {
    /// Opens a device and starts playing silence. `on_notice` is called on a thread of its own.
    ///
    /// # Errors
    ///
    /// When nothing opens; the message says what was tried.
    pub fn open(
        options: &DeviceOptions,
        on_notice: impl FnMut(Notice) + Send + 'static,
    ) -> Result<Self, OpenDeviceError> {
        let chosen = choose::choose(options, None)?;
        let sample_rate_hz = chosen.config.sample_rate;
        let player = options.band.player(&SynthConfig { sample_rate_hz, ..options.synth.clone() })?;
        let latency_frames = player.latency_frames();
        let (producer, consumer) = RingBuffer::new(options.queue_events.max(16));
        let (taps, keys, tape) = taps::taps(options.tape_frames, latency_frames);
        let shared = Arc::new(Shared::new(LiveEngine::new(player, consumer, taps)));
        let device = chosen.name.clone();
        let supervisor = Supervisor::start(chosen, options.clone(), Arc::clone(&shared), Box::new(on_notice))?;
        let (keys, tape) = (Some(keys), (options.tape_frames > 0).then_some(tape));
        Ok(Self {
            events: producer,
            keys,
            tape,
            shared,
            supervisor: Some(supervisor),
            device,
            sample_rate_hz,
            latency_frames,
            buffer_frames: options.buffer_frames,
        })
    }

    /// Lets `event` happen at a frame of the engine's count; in the past means now. Events must be sent in the order
    /// of their frames.
    ///
    /// # Errors
    ///
    /// When the queue is full: try again when some have been played.
    pub fn send(&mut self, event: Event, frame: u64) -> Result<(), QueueFull> {
        self.events.push((frame, event)).map_err(|rtrb::PushError::Full((_, event))| QueueFull(event))
    }

    /// What a person plays on: given away once, for a thread that listens to a keyboard.
    pub fn take_keys(&mut self) -> Option<Keys> {
        self.keys.take()
    }

    /// The sound as it is played: given away once, where [`DeviceOptions::tape_frames`] asked for it.
    pub fn take_tape(&mut self) -> Option<Tape> {
        self.tape.take()
    }

    /// How many events find room in the queue.
    pub fn free_events(&self) -> usize {
        self.events.slots()
    }

    /// Frames rendered so far: the musical clock.
    pub fn position_frames(&self) -> u64 {
        self.shared.position.load(Ordering::Acquire)
    }

    /// The musical clock for another thread.
    pub fn clock(&self) -> Clock {
        Clock { shared: Arc::clone(&self.shared), sample_rate_hz: self.sample_rate_hz }
    }

    /// Frames a second.
    pub fn sample_rate_hz(&self) -> u32 {
        self.sample_rate_hz
    }

    /// How much later than its frame an event is rendered (the limiter's foresight); the device adds its own buffer.
    pub fn latency_frames(&self) -> usize {
        self.latency_frames
    }

    /// Frames between two callbacks that were asked for.
    pub fn buffer_frames(&self) -> u32 {
        self.buffer_frames
    }

    /// The name of the device.
    pub fn device(&self) -> &str {
        &self.device
    }

    /// The loudest samples, left and right, since the last call: for a meter.
    pub fn take_peaks(&self) -> [f32; 2] {
        [&self.shared.peaks[0], &self.shared.peaks[1]].map(|peak| f32::from_bits(peak.swap(0, Ordering::Relaxed)))
    }

    /// Voices that sound.
    pub fn active_voices(&self) -> usize {
        self.shared.voices.load(Ordering::Relaxed)
    }

    /// Whether the SoundFont that plays has turned out to be damaged; nothing is heard of it any more.
    pub fn has_player_failed(&self) -> bool {
        self.shared.has_player_failed.load(Ordering::Relaxed)
    }

    /// What has been counted since the output was opened.
    pub fn counters(&self) -> Counters {
        self.shared.counters()
    }

    /// Lets the sound fade away within 10 ms, for good. Returns when that has happened, or cannot be expected any more.
    pub fn fade_out(&self) {
        self.shared.is_muted.store(true, Ordering::Relaxed);
        // The callback that runs now may not have seen it; the next ones have.
        let wanted = self.position_frames() + u64::from(self.sample_rate_hz / 100) + u64::from(self.buffer_frames);
        let deadline = Instant::now() + Duration::from_millis(200);
        while self.is_playing() && self.position_frames() < wanted && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Whether sound comes out now: `false` while a lost device is being reopened.
    pub fn is_playing(&self) -> bool {
        self.shared.is_open.load(Ordering::Acquire)
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        self.shared.is_stopping.store(true, Ordering::Release);
        if let Some(supervisor) = self.supervisor.take() {
            supervisor.thread().unpark();
            // It gives its stream to a thread that may hang without us, so this returns at once.
            let _ = supervisor.join();
        }
    }
}
