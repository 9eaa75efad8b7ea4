//! A piece becomes a WAV file.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::Context;
use indicatif::ProgressBar;
use ripieno_score::Timeline;
use ripieno_synth::SynthConfig;
use ripieno_synth::offline::{
    BitDepth, Loudness, LoudnessMeter, MeasureLoudnessError, Performance, Progress, RenderOptions, WavSink,
    gain_to_reach, render,
};
use serde::Serialize;

use crate::failure::{InputError, UsageError};
use crate::instruments::Instruments;
use crate::output::{OutputFile, PendingFile};
use crate::progress;
use crate::provenance::Label;

/// How far a piece may end up from the loudness that was asked for before the person is told.
const NEAR_LU: f64 = 0.5;

/// How to record.
#[derive(Debug)]
pub(crate) struct Recording<'a> {
    pub(crate) sample_rate_hz: u32,
    pub(crate) bits: BitDepth,
    pub(crate) level: Level,
    pub(crate) instruments: &'a Instruments,
    /// What the file says about itself.
    pub(crate) label: Label,
    pub(crate) cancelled: &'a AtomicBool,
}

/// How loud it shall be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Level {
    /// Decibels more or less than usual.
    Gain(f32),
    /// Loudness units of the whole, relative to full scale.
    Normalize(f64),
}

/// What came of it; printed with `--json`.
#[derive(Debug, Serialize)]
pub(crate) struct Recorded {
    output: PathBuf,
    sample_rate_hz: u32,
    /// Of the file, its tail included.
    duration_s: f64,
    times_real_time: f64,
    pub(crate) gain_db: f32,
    /// `None` when nothing is heard.
    integrated_lufs: Option<f64>,
    true_peak_dbtp: Option<f64>,
    #[serde(skip)]
    pub(crate) frames: u64,
    pub(crate) stems: Vec<PathBuf>,
    remarks: Vec<String>,
}

impl<'a> Recording<'a> {
    /// As it is usually wanted: 48 kHz, 24 bits.
    pub(crate) fn new(instruments: &'a Instruments, label: Label, cancelled: &'a AtomicBool) -> Self {
        let sample_rate_hz = SynthConfig::default().sample_rate_hz;
        Self { sample_rate_hz, bits: BitDepth::default(), level: Level::Gain(0.0), instruments, label, cancelled }
    }

    /// What `timeline` asks to be played; refused where that is nothing, or too much. `file` is where it comes from.
    pub(crate) fn performance(&self, timeline: &Timeline, file: &Path) -> anyhow::Result<Performance> {
        let refused = |reason| InputError { message: format!("{} {reason}", file.display()), source: None };
        let options = RenderOptions::default();
        let duration_s = timeline.duration_s();
        if duration_s > options.max_length_s {
            let (hours, most) = (duration_s / 3600.0, options.max_length_s / 3600.0);
            return Err(refused(format!("lasts {hours:.1} hours; at most {most} can be rendered")).into());
        }
        let frame_bytes = match self.bits {
            BitDepth::Sixteen => 4.0,
            BitDepth::TwentyFour => 6.0,
            BitDepth::Float => 8.0,
        };
        let bytes = (duration_s + options.max_tail_s) * f64::from(self.sample_rate_hz) * frame_bytes;
        if bytes > f64::from(u32::MAX) {
            let gigabytes = bytes / 1e9;
            let message = format!("that makes {gigabytes:.1} GB, a WAV file holds 4.2: lower --rate or --bits");
            return Err(UsageError(message).into());
        }
        let performance = Performance::new(timeline, self.sample_rate_hz);
        if performance.parts().is_empty() {
            return Err(refused("has no notes: there is nothing to hear".into()).into());
        }
        Ok(performance)
    }

    /// Plays `performance` into `output`.
    pub(crate) fn record(&self, performance: &Performance, output: &OutputFile) -> anyhow::Result<Recorded> {
        let pending = output.begin()?;
        let gain_db = match self.level {
            Level::Gain(gain_db) => gain_db,
            Level::Normalize(target_lufs) => self.gain_to_reach(target_lufs, performance)?,
        };
        let mut meter = LoudnessMeter::new(self.sample_rate_hz);
        let bar = self.bar("rendering", performance, 1);
        let started = Instant::now();
        let frames = self.write_wav(&self.config(gain_db), performance, self.bits, &pending, 0, |block, so_far| {
            bar.set_position(self.seconds(so_far));
            meter.add(block);
            Ok(())
        })?;
        bar.finish_and_clear();
        let seconds = started.elapsed().as_secs_f64();
        pending.close().keep()?;
        let duration_s = frames as f64 / f64::from(self.sample_rate_hz);
        let Loudness { integrated_lufs, true_peak_dbtp } = meter.loudness();
        // Silence has no loudness, and JSON no infinity.
        let finite = |level: f64| level.is_finite().then_some(level);
        Ok(Recorded {
            output: output.path().to_owned(),
            sample_rate_hz: self.sample_rate_hz,
            duration_s,
            times_real_time: duration_s / seconds,
            gain_db,
            integrated_lufs: finite(integrated_lufs),
            true_peak_dbtp: finite(true_peak_dbtp),
            frames,
            stems: Vec::new(),
            remarks: self.missed(integrated_lufs).into_iter().collect(),
        })
    }

    /// What to say when the loudness that was asked for was not reached.
    fn missed(&self, integrated_lufs: f64) -> Option<String> {
        let Level::Normalize(target_lufs) = self.level else { return None };
        let is_near = (integrated_lufs - target_lufs).abs() <= NEAR_LU;
        (!is_near).then(|| {
            format!("{target_lufs} LUFS cannot be reached with the true peak below -1 dBTP; it is {integrated_lufs:.1}")
        })
    }

    fn gain_to_reach(&self, target_lufs: f64, performance: &Performance) -> anyhow::Result<f32> {
        let bar = self.bar("measuring", performance, 1);
        let band = &self.instruments.band;
        let options = RenderOptions::default();
        let found = gain_to_reach(target_lufs, band, &self.config(0.0), performance, &options, |so_far| {
            bar.set_position(self.seconds(so_far));
            !self.cancelled.load(Ordering::Relaxed)
        });
        bar.finish_and_clear();
        found.map_err(|error| match error {
            MeasureLoudnessError::Cancelled => interrupted(),
            MeasureLoudnessError::Broken => self.instruments.broken().into(),
            MeasureLoudnessError::Silent => InputError { message: error.to_string(), source: None }.into(),
            error => error.into(),
        })
    }

    pub(crate) fn config(&self, gain_db: f32) -> SynthConfig {
        SynthConfig { sample_rate_hz: self.sample_rate_hz, gain_db, ..SynthConfig::default() }
    }

    /// A bar that counts the seconds of `times` performances.
    pub(crate) fn bar(&self, message: &'static str, performance: &Performance, times: u64) -> ProgressBar {
        let bar = progress::bar("s");
        bar.set_message(message);
        bar.set_length(times * performance.end_frame / u64::from(self.sample_rate_hz));
        bar
    }

    /// What is done of a piece, without its tail.
    pub(crate) fn seconds(&self, so_far: Progress) -> u64 {
        so_far.done_frames.min(so_far.piece_frames) / u64::from(self.sample_rate_hz)
    }

    /// Plays into a WAV file, followed by silence up to `least_frames`, and gives the number of its frames. `hear` gets
    /// every block.
    pub(crate) fn write_wav(
        &self,
        config: &SynthConfig,
        performance: &Performance,
        bits: BitDepth,
        pending: &PendingFile,
        least_frames: u64,
        mut hear: impl FnMut(&[[f32; 2]], Progress) -> anyhow::Result<()>,
    ) -> anyhow::Result<u64> {
        let complaint = || pending.output().complaint();
        let mut player = self.instruments.band.player(config)?;
        let writer = BufWriter::new(pending.file());
        let mut wav = WavSink::new(writer, self.sample_rate_hz, bits).with_context(complaint)?;
        let mut written = Ok(());
        let is_whole = render(player.as_mut(), performance, &RenderOptions::default(), |block, so_far| {
            written = wav.write(block).with_context(complaint).and_then(|()| hear(block, so_far));
            written.is_ok() && !self.cancelled.load(Ordering::Relaxed)
        });
        written?;
        if !is_whole {
            return Err(interrupted());
        }
        self.instruments.check(player.as_ref())?;
        while wav.frames() < least_frames {
            let missing = least_frames - wav.frames();
            wav.write(&[[0.0; 2]; 1024][..missing.min(1024) as usize]).with_context(complaint)?;
        }
        let frames = wav.frames();
        wav.finish().with_context(complaint)?;
        self.label.append(pending.file()).with_context(complaint)?;
        Ok(frames)
    }
}

fn interrupted() -> anyhow::Error {
    anyhow::anyhow!("interrupted: nothing was written")
}

impl Recorded {
    pub(crate) fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let minutes = (self.duration_s / 60.0).floor();
        let seconds = self.duration_s - 60.0 * minutes;
        let (rate, times) = (self.sample_rate_hz, self.times_real_time);
        writeln!(out, "rendered  {minutes}:{seconds:04.1} at {rate} Hz, {times:.0} times faster than it sounds")?;
        if let (Some(lufs), Some(peak)) = (self.integrated_lufs, self.true_peak_dbtp) {
            let gain = self.gain_db;
            writeln!(out, "loudness  {lufs:.1} LUFS, true peak {peak:.1} dBTP, gain {gain:+.1} dB")?;
        } else {
            writeln!(out, "loudness  silent")?;
        }
        for remark in &self.remarks {
            writeln!(out, "note      {remark}")?;
        }
        for stem in &self.stems {
            writeln!(out, "stem      {}", stem.display())?;
        }
        writeln!(out, "written   {}", self.output.display())
    }
}
