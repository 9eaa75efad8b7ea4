//! Opens a device, feeds it, and tells how it went.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use anyhow::Context;
use ripieno_score::midi::MidiFile;
use ripieno_synth::SynthConfig;
use ripieno_synth::device::{DeviceOptions, Notice, Output};
use ripieno_synth::offline::{Performance, RenderOptions};
use serde::Serialize;

use super::display::{Display, Moment, clock};
use super::feed::Feed;
use super::{Play, devices};
use crate::bars::{bars, place_at};
use crate::device_notice::words;
use crate::failure::{InputError, UsageError};
use crate::input::read_midi_aloud;
use crate::instruments::Instruments;
use crate::progress;
use crate::settings::Start;

/// How often events are sent.
const LOOP: Duration = Duration::from_millis(10);
/// How often the line is drawn.
const DRAW: Duration = Duration::from_millis(50);
/// How far ahead of the device events are sent, beside its own buffer: no pause of this thread below that is heard.
const AHEAD_S: f64 = 0.1;
/// Below this, for so long, a tail is over.
const SILENCE: f32 = 1e-4;
const QUIET: Duration = Duration::from_millis(300);

/// How it went; printed with `--json`.
#[derive(Debug, Serialize)]
pub(crate) struct Played {
    file: PathBuf,
    device: String,
    sample_rate_hz: u32,
    /// Where the playing stopped.
    at_s: f64,
    total_s: f64,
    is_interrupted: bool,
    events: usize,
    late_events: u64,
    underruns: u64,
    /// Callbacks that took longer than what they rendered lasts.
    overloads: u64,
    longest_callback_us: u64,
}

pub(crate) fn run(typed: &Play) -> anyhow::Result<()> {
    // Without a file, devices are to be listed: the parser has seen to that.
    let Some(path) = &typed.file else { return devices::list(typed.json) };
    let file = read_midi_aloud(path)?;
    let from_s = begin(&file, typed.from)?;
    let instruments = Instruments::read(typed.soundfont.as_deref())?;
    if !file.score.parts.iter().any(|part| !part.notes.is_empty()) {
        let message = format!("{} has no notes: there is nothing to hear", path.display());
        return Err(InputError { message, source: None }.into());
    }
    let options = DeviceOptions {
        host: typed.host.clone(),
        device: typed.device.clone(),
        sample_rate_hz: typed.rate,
        buffer_frames: typed.buffer,
        band: instruments.band.clone(),
        synth: SynthConfig { gain_db: typed.gain, ..SynthConfig::default() },
        ..DeviceOptions::default()
    };
    let played = perform(&file, path, from_s, &options, &instruments)?;
    tell(&played, typed.json)
}

/// Prints how it went.
pub(crate) fn tell(played: &Played, is_json: bool) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    if is_json {
        serde_json::to_writer_pretty(&mut out, played).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        played.print(&mut out)?;
    }
    Ok(())
}

/// Opens a device and plays a file from a second on, until it ends or Ctrl-C is pressed.
pub(crate) fn perform(
    file: &MidiFile,
    path: &Path,
    from_s: f64,
    options: &DeviceOptions,
    instruments: &Instruments,
) -> anyhow::Result<Played> {
    let cancelled = progress::cancelled_by_ctrl_c()?;
    let (teller, notices) = channel();
    let output = Output::open(options, move |notice| {
        // When nobody listens any more the program is ending.
        let _ = teller.send(notice);
    });
    let output = output.context("nothing can be played here; `ripieno render` makes a WAV file of a MIDI file")?;
    let stage = Stage { file, path, from_s, buffer_frames: options.buffer_frames, notices, cancelled: &cancelled };
    stage.play(output, instruments)
}

/// The second at which to begin.
fn begin(file: &MidiFile, from: Option<Start>) -> Result<f64, UsageError> {
    let total_s = file.timeline.duration_s();
    let from_s = match from {
        None => 0.0,
        Some(Start::Seconds(seconds)) => seconds,
        Some(Start::Bar(number)) => {
            let bar = usize::try_from(number - 1).ok().and_then(|index| bars(&file.score).nth(index));
            let bar = bar.ok_or_else(|| UsageError(format!("the piece has fewer than {number} bars")))?;
            file.timeline.tempo_map().seconds(bar.start)
        }
    };
    if from_s > total_s {
        return Err(UsageError(format!("the piece ends at {}, before {}", clock(total_s), clock(from_s))));
    }
    Ok(from_s)
}

struct Stage<'a> {
    file: &'a MidiFile,
    path: &'a Path,
    from_s: f64,
    buffer_frames: u32,
    notices: Receiver<Notice>,
    cancelled: &'a AtomicBool,
}

impl Stage<'_> {
    fn play(&self, mut output: Output, instruments: &Instruments) -> anyhow::Result<Played> {
        let rate_hz = output.sample_rate_hz();
        let rate = f64::from(rate_hz);
        let tempo_map = self.file.timeline.tempo_map();
        let total_s = self.file.timeline.duration_s();
        let performance = Performance::new(&self.file.timeline, rate_hz).starting_at(frames(self.from_s * rate));
        let ahead = frames(AHEAD_S * rate) + 2 * u64::from(self.buffer_frames);
        let start_frame = output.position_frames() + ahead;
        let mut feed = Feed::new(&performance, start_frame);
        let last_frame = feed.end_frame() + frames(RenderOptions::default().max_tail_s * rate);
        let mut display = Display::new();
        display.say(&format!("{} on {} at {rate_hz} Hz", self.path.display(), output.device()));
        let (mut drawn, mut loud) = (Instant::now(), Instant::now());
        let at_s = |output: &Output| {
            let played = output.position_frames().saturating_sub(start_frame) as f64 / rate;
            (self.from_s + played).min(total_s)
        };
        while !self.cancelled.load(Ordering::Relaxed) {
            let position = output.position_frames();
            feed.send_until(position + ahead, |event, frame| output.send(event, frame));
            for notice in self.notices.try_iter() {
                display.say(&words(&notice));
            }
            if output.has_player_failed() {
                display.clear();
                return Err(instruments.broken().into());
            }
            if drawn.elapsed() > DRAW {
                drawn = Instant::now();
                let peaks = output.take_peaks();
                if peaks[0].max(peaks[1]) > SILENCE || output.active_voices() > 0 {
                    loud = Instant::now();
                }
                let at_s = at_s(&output);
                let (bar, beat) = place_at(&self.file.score, tempo_map.tick(at_s));
                let underruns = output.counters().underruns;
                display.show(&Moment { bar, beat, at_s, total_s, peaks, underruns });
                // While the device is gone the clock stands, and silence means nothing.
                let is_over = feed.has_ended() && position > feed.end_frame() && loud.elapsed() > QUIET;
                if position > last_frame || is_over && output.is_playing() {
                    break;
                }
            }
            std::thread::sleep(LOOP);
        }
        let is_interrupted = self.cancelled.load(Ordering::Relaxed);
        let (at_s, counters, device) = (at_s(&output), output.counters(), output.device().to_owned());
        output.fade_out();
        drop(output);
        display.clear();
        Ok(Played {
            file: self.path.to_owned(),
            device,
            sample_rate_hz: rate_hz,
            at_s,
            total_s,
            is_interrupted,
            events: feed.sent(),
            late_events: counters.late_events,
            underruns: counters.underruns,
            overloads: counters.overloads,
            longest_callback_us: counters.longest_callback_us,
        })
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of frames, rounded on purpose")]
fn frames(exact: f64) -> u64 {
    exact.round().max(0.0) as u64
}

impl Played {
    fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let word = if self.is_interrupted { "stopped" } else { "played " };
        writeln!(out, "{word}   {} of {} on {}", clock(self.at_s), clock(self.total_s), self.device)?;
        let Self { events, late_events, underruns, overloads, .. } = self;
        writeln!(out, "events    {events}, {late_events} of them late")?;
        writeln!(out, "underruns {underruns}; {overloads} times the synthesizer took too long")
    }
}
