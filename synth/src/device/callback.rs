//! What happens on the audio thread: nothing that waits, allocates or can fail.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

use cpal::{FromSample, SizedSample};
use rtrb::Consumer;

use super::Counters;
use super::taps::Taps;
use crate::event::Event;
use crate::offline::Player;

/// Frames rendered at a time, however long the device's buffer is.
const BLOCK: usize = 512;
/// How long the sound fades when it is stopped: too short to hear, too long for a click.
const FADE_S: f32 = 0.01;

/// The engine and the queue that feeds it.
#[derive(Debug)]
pub(super) struct LiveEngine {
    player: Box<dyn Player + Send>,
    events: Consumer<(u64, Event)>,
    taps: Taps,
    block: Box<[[f32; 2]; BLOCK]>,
    /// Frames rendered so far.
    position: u64,
    /// 1 while playing; sinks to 0 once the sound is stopped.
    fade: f32,
    late: u64,
    peaks: [f32; 2],
}

impl LiveEngine {
    pub(super) fn new(player: Box<dyn Player + Send>, events: Consumer<(u64, Event)>, taps: Taps) -> Self {
        Self {
            player,
            events,
            taps,
            block: Box::new([[0.0; 2]; BLOCK]),
            position: 0,
            fade: 1.0,
            late: 0,
            peaks: [0.0; 2],
        }
    }

    pub(super) fn sample_rate_hz(&self) -> u32 {
        self.player.sample_rate_hz()
    }

    /// Lowers what was rendered, until nothing is left of it.
    fn fade_out(block: &mut [[f32; 2]], fade: &mut f32, step: f32) {
        for frame in block {
            *fade = (*fade - step).max(0.0);
            *frame = frame.map(|sample| sample * *fade);
        }
    }

    /// Fills a buffer of interleaved channels: the first two are left and right, one alone is their mean.
    pub(super) fn fill<T: SizedSample + FromSample<f32>>(
        &mut self,
        buffer: &mut [T],
        channels: usize,
        is_stopped: bool,
    ) {
        for part in buffer.chunks_mut(BLOCK * channels) {
            let frames = part.len() / channels;
            let start = self.position;
            while let Some(event) = self.taps.next_key(start) {
                self.player.handle(event, 0);
            }
            while let Ok(&(frame, event)) = self.events.peek() {
                if frame >= start + frames as u64 {
                    break;
                }
                self.late += u64::from(frame < start);
                self.player.handle(event, frame.saturating_sub(start) as usize);
                let _ = self.events.pop();
            }
            let block = &mut self.block[..frames];
            self.player.render(block);
            self.position += frames as u64;
            if is_stopped {
                let step = 1.0 / (FADE_S * self.player.sample_rate_hz() as f32);
                Self::fade_out(block, &mut self.fade, step);
            }
            self.taps.record(block);
            for (out, &[left, right]) in part.chunks_exact_mut(channels).zip(block.iter()) {
                self.peaks = [self.peaks[0].max(left.abs()), self.peaks[1].max(right.abs())];
                match out {
                    [mono] => *mono = T::from_sample(0.5 * (left + right)),
                    [first, second, rest @ ..] => {
                        *first = T::from_sample(left);
                        *second = T::from_sample(right);
                        rest.fill(T::EQUILIBRIUM);
                    }
                    [] => {}
                }
            }
        }
    }
}

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

        self.position.store(engine.position, Ordering::Release);
        self.has_player_failed.store(engine.player.is_broken(), Ordering::Relaxed);
        self.voices.store(engine.player.active_voices(), Ordering::Relaxed);
        self.late_events.store(engine.late, Ordering::Relaxed);
        for (shared, own) in self.peaks.iter().zip(&mut engine.peaks) {
            shared.fetch_max(std::mem::take(own).to_bits(), Ordering::Relaxed);
        }
        self.longest_us.fetch_max(u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        let lasts_s = (buffer.len() / channels) as f64 / f64::from(engine.sample_rate_hz());
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
    use ripieno_score::{Channel, Pitch, Velocity};
    use rtrb::RingBuffer;

    use super::*;
    use crate::config::SynthConfig;
    use crate::synth::Synth;

    fn player() -> Box<Synth> {
        Box::new(Synth::new(SynthConfig::default()).expect("the default is valid"))
    }

    fn note(step: u64) -> (u64, Event) {
        let pitch = Pitch::new(48 + (step * 5 % 36) as u8).expect("below 128");
        let channel = Channel::new((step % 9) as u8).expect("below 16");
        (step * 777, Event::NoteOn { channel, pitch, velocity: Velocity::DEFAULT })
    }

    #[test]
    fn live_equals_offline() {
        let config = SynthConfig { polyphony: 32, ..SynthConfig::default() };
        let frames = 24_000;
        let mut offline = vec![[0.0_f32; 2]; frames];
        let mut synth = Synth::new(config.clone()).expect("the default is valid");
        for step in 0..30 {
            let (frame, event) = note(step);
            synth.handle(event, frame as usize);
        }
        synth.render(&mut offline);

        let (mut producer, consumer) = RingBuffer::new(64);
        for step in 0..30 {
            producer.push(note(step)).expect("the ring has room");
        }
        let mut engine =
            LiveEngine::new(Box::new(Synth::new(config).expect("the default is valid")), consumer, Taps::closed());
        let mut live = vec![0.0_f32; frames * 2];
        let mut at = 0;
        for length in [128, 1024, 37, 480, 4000].into_iter().cycle() {
            let end = (at + length * 2).min(live.len());
            engine.fill(&mut live[at..end], 2, false);
            at = end;
            if at == live.len() {
                break;
            }
        }
        assert!(live == offline.as_flattened());
        assert_eq!(engine.late, 0);
    }

    #[test]
    fn late_events_are_counted_and_played() {
        let (mut producer, consumer) = RingBuffer::new(64);
        let mut engine = LiveEngine::new(player(), consumer, Taps::closed());
        let mut buffer = [0.0_f32; 1024];
        engine.fill(&mut buffer, 2, false);
        producer.push(note(0)).expect("the ring has room");
        engine.fill(&mut buffer, 2, false);
        assert_eq!((engine.late, engine.player.active_voices()), (1, 2));
    }

    #[test]
    fn a_stop_is_a_fade_and_then_silence() {
        let (mut producer, consumer) = RingBuffer::new(64);
        let mut engine = LiveEngine::new(player(), consumer, Taps::closed());
        producer.push(note(0)).expect("the ring has room");
        let mut buffer = [0.0_f32; 9600];
        engine.fill(&mut buffer, 2, false);
        let loudest_step = |buffer: &[f32]| buffer.windows(3).map(|x| (x[2] - x[0]).abs()).fold(0.0, f32::max);
        let before = loudest_step(&buffer);
        let last = buffer[9598];
        engine.fill(&mut buffer, 2, true);
        assert!(loudest_step(&buffer) <= 1.1 * before && (buffer[0] - last).abs() <= before);
        assert!(buffer[..960].iter().any(|x| *x != 0.0) && buffer[960..].iter().all(|x| *x == 0.0));
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
