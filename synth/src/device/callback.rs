//! What happens on the audio thread: nothing that waits, allocates or can fail.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

use cpal::{FromSample, SizedSample};

use super::Counters;
use super::engine::LiveEngine;

/// What the audio thread, the supervisor and the owner see of each other.
pub(super) struct Shared {
    /// Held by one callback at a time; a callback that finds it taken plays silence instead of waiting.
    engine: Mutex<LiveEngine>,
    /// Which stream may play: callbacks of streams that were given up fall silent.
    pub(super) generation: AtomicU64,
    pub(super) position: AtomicU64,
    pub(super) voices: AtomicUsize,
    /// Bits of `f32`; of positive numbers they sort like the numbers.
    pub(super) peaks: [AtomicU32; 2],
    /// Whether the player has failed for good.
    pub(super) has_player_failed: AtomicBool,
    /// Whether the sound shall fade away.
    pub(super) is_muted: AtomicBool,
    pub(super) is_stopping: AtomicBool,
    pub(super) is_open: AtomicBool,
    /// Whether the stream said that it will not go on.
    pub(super) is_broken: AtomicBool,
    pub(super) callbacks: AtomicU64,
    underruns: AtomicU64,
    overloads: AtomicU64,
    late_events: AtomicU64,
    longest_us: AtomicU64,
    pub(super) errors: AtomicU64,
    pub(super) last_error: Mutex<Option<cpal::Error>>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("counters", &self.counters()).finish_non_exhaustive()
    }
}

impl Shared {
    pub(super) fn new(engine: LiveEngine) -> Self {
        Self {
            engine: Mutex::new(engine),
            generation: AtomicU64::new(0),
            position: AtomicU64::new(0),
            voices: AtomicUsize::new(0),
            peaks: [AtomicU32::new(0), AtomicU32::new(0)],
            has_player_failed: AtomicBool::new(false),
            is_muted: AtomicBool::new(false),
            is_stopping: AtomicBool::new(false),
            is_open: AtomicBool::new(false),
            is_broken: AtomicBool::new(false),
            callbacks: AtomicU64::new(0),
            underruns: AtomicU64::new(0),
            overloads: AtomicU64::new(0),
            late_events: AtomicU64::new(0),
            longest_us: AtomicU64::new(0),
            errors: AtomicU64::new(0),
            last_error: Mutex::new(None),
        }
    }

    pub(super) fn counters(&self) -> Counters {
        Counters {
            underruns: self.underruns.load(Ordering::Relaxed),
            overloads: self.overloads.load(Ordering::Relaxed),
            late_events: self.late_events.load(Ordering::Relaxed),
            callbacks: self.callbacks.load(Ordering::Relaxed),
            longest_callback_us: self.longest_us.load(Ordering::Relaxed),
        }
    }

    /// The callback of the stream of a generation.
    pub(super) fn play<T: SizedSample + FromSample<f32>>(&self, generation: u64, buffer: &mut [T], channels: usize) {
        let engine =
            if self.generation.load(Ordering::Acquire) == generation { self.engine.try_lock().ok() } else { None };
        let Some(mut engine) = engine else {
            buffer.fill(T::EQUILIBRIUM);
            return;
        };
        let start = Instant::now();
        engine.fill(buffer, channels, self.is_muted.load(Ordering::Relaxed));
        let elapsed = start.elapsed();

        self.position.store(engine.position(), Ordering::Release);
        self.has_player_failed.store(engine.player().is_broken(), Ordering::Relaxed);
        self.voices.store(engine.player().active_voices(), Ordering::Relaxed);
        self.late_events.store(engine.late_events(), Ordering::Relaxed);
        for (shared, own) in self.peaks.iter().zip(engine.take_peaks()) {
            shared.fetch_max(own.to_bits(), Ordering::Relaxed);
        }
        self.longest_us.fetch_max(u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        let lasts_s = (buffer.len() / channels) as f64 / f64::from(engine.player().sample_rate_hz());
        if elapsed.as_secs_f64() > lasts_s {
            self.overloads.fetch_add(1, Ordering::Relaxed);
        }
        self.callbacks.fetch_add(1, Ordering::Release);
    }

    /// The error callback of the stream of a generation. May be called a million times a second: it only counts.
    pub(super) fn complain(&self, generation: u64, error: cpal::Error) {
        use cpal::ErrorKind;
        if self.generation.load(Ordering::Acquire) != generation {
            return;
        }
        match error.kind() {
            ErrorKind::Xrun => {
                self.underruns.fetch_add(1, Ordering::Relaxed);
                return;
            }
            ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable | ErrorKind::StreamInvalidated => {
                self.is_broken.store(true, Ordering::Release);
            }
            _ => {}
        }
        self.errors.fetch_add(1, Ordering::Relaxed);
        if let Ok(mut last) = self.last_error.try_lock()
            && last.is_none()
        {
            *last = Some(error);
        }
    }

    /// What was last complained of.
    pub(super) fn take_complaint(&self) -> String {
        let error = self.last_error.lock().ok().and_then(|mut last| last.take());
        error.map_or_else(|| "it stopped asking for sound".to_owned(), |error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use rtrb::RingBuffer;

    use super::*;
    use crate::config::SynthConfig;
    use crate::device::taps::Taps;
    use crate::synth::Synth;

    fn player() -> Box<Synth> {
        Box::new(Synth::new(SynthConfig::default()).expect("the default is valid"))
    }

    #[test]
    fn a_stream_that_was_given_up_is_silent() {
        let (_producer, consumer) = RingBuffer::new(64);
        let shared = Shared::new(LiveEngine::new(player(), consumer, Taps::closed()));
        let mut buffer = [7.0_f32; 64];
        shared.play(1, &mut buffer, 2);
        assert_eq!(buffer, [0.0; 64]);
        assert_eq!(shared.counters().callbacks, 0);
        shared.play(0, &mut buffer, 2);
        assert_eq!(shared.position.load(Ordering::Relaxed), 32);
    }

    #[test]
    fn a_storm_of_errors_is_only_counted() {
        let (_producer, consumer) = RingBuffer::new(64);
        let shared = Shared::new(LiveEngine::new(player(), consumer, Taps::closed()));
        for _ in 0..100_000 {
            shared.complain(0, cpal::ErrorKind::DeviceBusy.into());
            shared.complain(0, cpal::ErrorKind::Xrun.into());
        }
        assert_eq!(shared.counters().underruns, 100_000);
        assert_eq!(shared.errors.load(Ordering::Relaxed), 100_000);
        assert!(!shared.is_broken.load(Ordering::Relaxed));
        shared.complain(0, cpal::ErrorKind::DeviceNotAvailable.into());
        assert!(shared.is_broken.load(Ordering::Relaxed));
    }
}
