//! Opens the stream, watches it, and reopens it when it is lost.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{FromSample, SampleFormat, SizedSample};

use super::callback::Shared;
use super::choose::{Chosen, choose};
use super::{DeviceOptions, Notice, OpenDeviceError};

/// How often the stream is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// A stream that asks for nothing this long is lost, whether it says so or not.
const WATCHDOG: Duration = Duration::from_millis(1500);
const FIRST_RETRY: Duration = Duration::from_millis(250);
const LAST_RETRY: Duration = Duration::from_secs(4);
/// Notices of errors that do not end the stream.
const NOTICE_EVERY: Duration = Duration::from_secs(2);

/// The thread that owns the stream.
pub(super) struct Supervisor {
    options: DeviceOptions,
    sample_rate_hz: u32,
    shared: Arc<Shared>,
    on_notice: Box<dyn FnMut(Notice) + Send>,
    stream: Option<cpal::Stream>,
}

impl Supervisor {
    /// Opens the first stream here, so that its failure is the caller's to hear, and watches it on a thread.
    pub(super) fn start(
        chosen: Chosen,
        options: DeviceOptions,
        shared: Arc<Shared>,
        on_notice: Box<dyn FnMut(Notice) + Send>,
    ) -> Result<JoinHandle<()>, OpenDeviceError> {
        let stream = open(&chosen, &shared, 0)?;
        let sample_rate_hz = chosen.config.sample_rate;
        shared.is_open.store(true, Ordering::Release);
        let supervisor = Self { options, sample_rate_hz, shared, on_notice, stream: Some(stream) };
        std::thread::Builder::new()
            .name("ripieno-device".to_owned())
            .spawn(move || supervisor.watch())
            .map_err(OpenDeviceError::Thread)
    }

    fn is_stopping(&self) -> bool {
        self.shared.is_stopping.load(Ordering::Acquire)
    }

    fn watch(mut self) {
        let mut seen = self.shared.callbacks.load(Ordering::Acquire);
        let mut seen_at = Instant::now();
        let mut noticed_at = Instant::now();
        while !self.is_stopping() {
            std::thread::park_timeout(LOOK);
            let callbacks = self.shared.callbacks.load(Ordering::Acquire);
            if callbacks != seen {
                (seen, seen_at) = (callbacks, Instant::now());
            }
            let is_lost = self.shared.is_broken.load(Ordering::Acquire) || seen_at.elapsed() > WATCHDOG;
            if is_lost && !self.is_stopping() {
                self.reopen();
                seen_at = Instant::now();
                noticed_at = Instant::now();
            } else if noticed_at.elapsed() > NOTICE_EVERY {
                noticed_at = Instant::now();
                let count = self.shared.errors.swap(0, Ordering::Relaxed);
                if count > 0 {
                    let last = self.shared.take_complaint();
                    (self.on_notice)(Notice::Errors { count, last });
                }
            }
        }
        self.let_go();
    }

    /// Gives the stream up. Dropping one whose server is gone may hang: that happens on a thread that may be lost.
    fn let_go(&mut self) {
        self.shared.is_open.store(false, Ordering::Release);
        self.shared.generation.fetch_add(1, Ordering::AcqRel);
        if let Some(stream) = self.stream.take() {
            // Where no thread can be started the stream is dropped with the closure, here.
            let _ = std::thread::Builder::new().name("ripieno-drop".to_owned()).spawn(move || drop(stream));
        }
    }

    fn reopen(&mut self) {
        self.let_go();
        (self.on_notice)(Notice::Lost { reason: self.shared.take_complaint() });
        let mut wait = FIRST_RETRY;
        let mut attempts = 0;
        loop {
            let until = Instant::now() + wait;
            while Instant::now() < until {
                if self.is_stopping() {
                    return;
                }
                std::thread::park_timeout(LOOK);
            }
            attempts += 1;
            self.shared.is_broken.store(false, Ordering::Release);
            self.shared.errors.store(0, Ordering::Relaxed);
            let generation = self.shared.generation.load(Ordering::Acquire);
            let opened = choose(&self.options, Some(self.sample_rate_hz))
                .and_then(|chosen| open(&chosen, &self.shared, generation));
            match opened {
                Ok(stream) => {
                    self.stream = Some(stream);
                    self.shared.is_open.store(true, Ordering::Release);
                    (self.on_notice)(Notice::Restored { attempts });
                    return;
                }
                Err(error) => {
                    let source = std::error::Error::source(&error).map(|source| format!(": {source}"));
                    let reason = format!("{error}{}", source.unwrap_or_default());
                    (self.on_notice)(Notice::StillLost { attempts, reason });
                    wait = (wait * 2).min(LAST_RETRY);
                }
            }
        }
    }
}

fn open(chosen: &Chosen, shared: &Arc<Shared>, generation: u64) -> Result<cpal::Stream, OpenDeviceError> {
    let built = match chosen.format {
        SampleFormat::F32 => build::<f32>(chosen, shared, generation),
        SampleFormat::I32 => build::<i32>(chosen, shared, generation),
        SampleFormat::I16 => build::<i16>(chosen, shared, generation),
        SampleFormat::F64 => build::<f64>(chosen, shared, generation),
        SampleFormat::U16 => build::<u16>(chosen, shared, generation),
        SampleFormat::U8 => build::<u8>(chosen, shared, generation),
        _ => Err(cpal::ErrorKind::UnsupportedConfig.into()),
    };
    // Streams start paused.
    built
        .and_then(|stream| stream.play().map(|()| stream))
        .map_err(|source| OpenDeviceError::Refused { device: chosen.name.clone(), source })
}

fn build<T: SizedSample + FromSample<f32>>(
    chosen: &Chosen,
    shared: &Arc<Shared>,
    generation: u64,
) -> Result<cpal::Stream, cpal::Error> {
    let channels = usize::from(chosen.config.channels);
    let (player, complainer) = (Arc::clone(shared), Arc::clone(shared));
    chosen.device.build_output_stream(
        chosen.config,
        move |buffer: &mut [T], _: &cpal::OutputCallbackInfo| player.play(generation, buffer, channels),
        move |error| complainer.complain(generation, error),
        None,
    )
}
