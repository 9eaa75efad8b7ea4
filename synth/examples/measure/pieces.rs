//! Whole pieces: loudness, dynamics, peaks, direct current, spectral balance, and how fast they are rendered.

use std::error::Error;
use std::io::{self, Seek, SeekFrom, Write};
use std::time::Instant;

use ebur128::{EbuR128, Mode};
use ripieno_score::midi;
use ripieno_synth::offline::{BitDepth, LoudnessMeter, Performance, RenderOptions, WavSink, render};
use ripieno_synth::{Synth, SynthConfig};

use crate::balance::Balance;

const RATE: u32 = 48_000;
const TARGET_LUFS: f64 = -18.0;
const TOLERANCE_LU: f64 = 2.0;

/// What was heard of a piece.
struct Heard {
    lufs: f64,
    /// Power below 200 Hz and above 2 kHz, in decibels of the whole.
    balance_db: [f64; 2],
    /// Loudness range, EBU Tech 3342.
    range_lu: f64,
    peak_db: f64,
    direct_current: f64,
    length_s: f64,
    stolen: u64,
}

fn hear(performance: &Performance, config: SynthConfig) -> Result<Heard, Box<dyn Error>> {
    let mut synth = Synth::new(config)?;
    let mut meter = EbuR128::new(2, RATE, Mode::I | Mode::LRA | Mode::TRUE_PEAK)?;
    let mut sums = [0.0_f64; 2];
    let mut frames = 0_usize;
    let mut balance = Balance::new();
    render(&mut synth, performance, &RenderOptions::default(), |block, _| {
        frames += block.len();
        balance.hear(block);
        for frame in block {
            sums[0] += f64::from(frame[0]);
            sums[1] += f64::from(frame[1]);
        }
        meter.add_frames_f32(block.as_flattened()).is_ok()
    });
    Ok(Heard {
        lufs: meter.loudness_global()?,
        balance_db: balance.decibels(),
        range_lu: meter.loudness_range()?,
        peak_db: 20.0 * meter.true_peak(0)?.max(meter.true_peak(1)?).log10(),
        direct_current: (sums[0].abs().max(sums[1].abs())) / frames as f64,
        length_s: frames as f64 / f64::from(RATE),
        stolen: synth.stolen_voices(),
    })
}

/// A file that is thrown away.
struct Nowhere(u64);

impl Write for Nowhere {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Nowhere {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if let SeekFrom::Start(place) = to {
            self.0 = place;
        }
        Ok(self.0)
    }
}

/// How many times faster than it sounds a piece becomes a WAV file, as `ripieno render` does it: its loudness is
/// measured on the way.
fn times_real_time(performance: &Performance) -> Result<f64, Box<dyn Error>> {
    let start = Instant::now();
    let mut synth = Synth::new(SynthConfig::default())?;
    let mut meter = LoudnessMeter::new(RATE);
    let mut wav = WavSink::new(Nowhere(0), RATE, BitDepth::TwentyFour)?;
    render(&mut synth, performance, &RenderOptions::default(), |block, _| {
        meter.add(block);
        wav.write(block).is_ok()
    });
    let length_s = wav.frames() as f64 / f64::from(RATE);
    wav.finish()?;
    Ok(length_s / start.elapsed().as_secs_f64())
}

pub(crate) fn print(paths: &[String]) -> Result<(), Box<dyn Error>> {
    println!(
        "Pieces at 48 kHz (targets: -18 LUFS +/- 2, true peak below -1 dBTP, |DC| below 1e-4, 100 times real time).\n\
         In brackets: without the leveler. LRA is the loudness range in LU: what is left of the dynamics.\n\
         Bass (below 200 Hz) and treble (above 2 kHz) in decibels of the whole; x time as `ripieno render` takes it."
    );
    println!(
        "  {:>7} {:>8} {:>6} {:>7} {:>7} {:>8} {:>6} {:>6} {:>7} {:>7} {:>6}  file",
        "LUFS", "", "LRA", "", "dBTP", "DC", "bass", "treble", "s", "x time", "stolen"
    );
    let (mut reached, mut reached_before, mut range_lu, mut range_before_lu) = (0, 0, 0.0, 0.0);
    for path in paths {
        let timeline = midi::read(&std::fs::read(path)?)?.timeline;
        let performance = Performance::new(&timeline, RATE);
        let heard = hear(&performance, SynthConfig::default())?;
        let before = hear(&performance, SynthConfig { leveler: false, ..SynthConfig::default() })?;
        let is_near = |lufs: f64| (lufs - TARGET_LUFS).abs() <= TOLERANCE_LU;
        reached += usize::from(is_near(heard.lufs));
        reached_before += usize::from(is_near(before.lufs));
        range_lu += heard.range_lu;
        range_before_lu += before.range_lu;
        println!(
            "{} {:7.1} ({:6.1}) {:6.1} ({:5.1}) {:7.2} {:8.0e} {:6.1} {:6.1} {:7.1} {:7.0} {:6}  {path}",
            if is_near(heard.lufs) { " " } else { "!" },
            heard.lufs,
            before.lufs,
            heard.range_lu,
            before.range_lu,
            heard.peak_db,
            heard.direct_current,
            heard.balance_db[0],
            heard.balance_db[1],
            heard.length_s,
            times_real_time(&performance)?,
            heard.stolen,
        );
    }
    let count = paths.len().max(1) as f64;
    println!(
        "Within {TOLERANCE_LU} LU of {TARGET_LUFS} LUFS: {reached} of {} ({reached_before} without the leveler); \
         mean LRA {:.1} LU ({:.1}).",
        paths.len(),
        range_lu / count,
        range_before_lu / count,
    );
    Ok(())
}
