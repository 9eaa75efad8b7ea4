//! A piece becomes a WAV file.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context, bail};
use ripieno_score::Timeline;
use ripieno_synth::offline::{BitDepth, Loudness, LoudnessMeter, Performance, RenderOptions, WavSink, render};
use ripieno_synth::{Synth, SynthConfig};
use serde::Serialize;

use crate::failure::InputError;
use crate::output::OutputFile;
use crate::progress;

/// How to record.
#[derive(Debug, Clone)]
pub(crate) struct Recording {
    pub(crate) sample_rate_hz: u32,
    pub(crate) bits: BitDepth,
    pub(crate) gain_db: f32,
}

/// What came of it; printed with `--json`.
#[derive(Debug, Serialize)]
pub(crate) struct Recorded {
    output: PathBuf,
    sample_rate_hz: u32,
    /// Of the file, its tail included.
    duration_s: f64,
    times_real_time: f64,
    gain_db: f32,
    /// `None` when nothing is heard.
    integrated_lufs: Option<f64>,
    true_peak_dbtp: Option<f64>,
}

impl Recording {
    /// Plays `timeline` into `output`. `file` is where it comes from, for complaints.
    pub(crate) fn record(
        &self,
        timeline: &Timeline,
        file: &Path,
        output: &OutputFile,
        cancelled: &AtomicBool,
    ) -> anyhow::Result<Recorded> {
        let options = RenderOptions::default();
        let performance = performance(timeline, file, self.sample_rate_hz, &options)?;
        let config =
            SynthConfig { sample_rate_hz: self.sample_rate_hz, gain_db: self.gain_db, ..SynthConfig::default() };
        let mut player = Synth::new(config)?;
        let pending = output.begin()?;
        let mut wav = WavSink::new(BufWriter::new(pending.file()), self.sample_rate_hz, self.bits)?;
        let mut meter = LoudnessMeter::new(self.sample_rate_hz)?;
        let started = Instant::now();
        let bar = progress::bar("s");
        bar.set_message("rendering");
        let rate = u64::from(self.sample_rate_hz);
        bar.set_length(performance.end_frame / rate);
        let mut written = Ok(());
        let is_whole = render(&mut player, &performance, &options, |block, so_far| {
            bar.set_position(so_far.done_frames.min(so_far.piece_frames) / rate);
            written = wav.write(block).map_err(anyhow::Error::from).and_then(|()| Ok(meter.add(block)?));
            written.is_ok() && !cancelled.load(Ordering::Relaxed)
        });
        bar.finish_and_clear();
        written.with_context(|| output.complaint())?;
        if !is_whole {
            bail!("interrupted: nothing was written");
        }
        let duration_s = wav.frames() as f64 / f64::from(self.sample_rate_hz);
        wav.finish().with_context(|| output.complaint())?;
        pending.keep()?;
        let Loudness { integrated_lufs, true_peak_dbtp } = meter.loudness()?;
        Ok(Recorded {
            output: output.path().to_owned(),
            sample_rate_hz: self.sample_rate_hz,
            duration_s,
            times_real_time: duration_s / started.elapsed().as_secs_f64(),
            gain_db: self.gain_db,
            integrated_lufs: finite(integrated_lufs),
            true_peak_dbtp: finite(true_peak_dbtp),
        })
    }
}

/// Silence has no loudness, and JSON no infinity.
fn finite(level: f64) -> Option<f64> {
    level.is_finite().then_some(level)
}

/// What `timeline` asks to be played; refused where that is nothing, or too much.
fn performance(
    timeline: &Timeline,
    file: &Path,
    sample_rate_hz: u32,
    options: &RenderOptions,
) -> Result<Performance, InputError> {
    let refused = |reason: String| InputError { message: format!("{}: {reason}", file.display()), source: None };
    let duration_s = timeline.duration_s();
    if duration_s > options.max_length_s {
        let hours = options.max_length_s / 3600.0;
        return Err(refused(format!(
            "the piece lasts {:.0} hours; at most {hours} can be rendered",
            duration_s / 3600.0
        )));
    }
    let performance = Performance::new(timeline, sample_rate_hz);
    if performance.parts().is_empty() {
        return Err(refused("there are no notes in it, so there is nothing to hear".into()));
    }
    Ok(performance)
}

impl Recorded {
    pub(crate) fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let minutes = (self.duration_s / 60.0).floor();
        writeln!(
            out,
            "rendered  {minutes}:{:04.1} at {} Hz, {:.0} times faster than it sounds",
            self.duration_s - 60.0 * minutes,
            self.sample_rate_hz,
            self.times_real_time
        )?;
        match (self.integrated_lufs, self.true_peak_dbtp) {
            (Some(lufs), Some(peak)) => writeln!(out, "loudness  {lufs:.1} LUFS, true peak {peak:.1} dBTP")?,
            _ => writeln!(out, "loudness  silent")?,
        }
        writeln!(out, "written   {}", self.output.display())
    }
}
