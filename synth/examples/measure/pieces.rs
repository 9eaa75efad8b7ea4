//! Whole pieces: loudness, dynamics, peaks, direct current, and how fast they are rendered.

use std::error::Error;
use std::time::Instant;

use ebur128::{EbuR128, Mode};
use ripieno_score::midi;
use ripieno_synth::offline::{Performance, RenderOptions, render};
use ripieno_synth::{Synth, SynthConfig};

const RATE: u32 = 48_000;
const TARGET_LUFS: f64 = -18.0;
const TOLERANCE_LU: f64 = 2.0;

/// What was heard of a piece.
struct Heard {
    lufs: f64,
    /// Loudness range, EBU Tech 3342.
    range_lu: f64,
    peak_db: f64,
    direct_current: f64,
    length_s: f64,
    rendered_s: f64,
    stolen: u64,
}

fn hear(performance: &Performance, config: SynthConfig) -> Result<Heard, Box<dyn Error>> {
    let mut synth = Synth::new(config)?;
    let mut meter = EbuR128::new(2, RATE, Mode::I | Mode::LRA | Mode::TRUE_PEAK)?;
    let mut sums = [0.0_f64; 2];
    let mut frames = 0_usize;
    let mut metered_s = 0.0;
    let start = Instant::now();
    render(&mut synth, performance, &RenderOptions::default(), |block, _| {
        let start = Instant::now();
        frames += block.len();
        for frame in block {
            sums[0] += f64::from(frame[0]);
            sums[1] += f64::from(frame[1]);
        }
        let is_metered = meter.add_frames_f32(block.as_flattened()).is_ok();
        metered_s += start.elapsed().as_secs_f64();
        is_metered
    });
    Ok(Heard {
        lufs: meter.loudness_global()?,
        range_lu: meter.loudness_range()?,
        peak_db: 20.0 * meter.true_peak(0)?.max(meter.true_peak(1)?).log10(),
        direct_current: (sums[0].abs().max(sums[1].abs())) / frames as f64,
        length_s: frames as f64 / f64::from(RATE),
        rendered_s: start.elapsed().as_secs_f64() - metered_s,
        stolen: synth.stolen_voices(),
    })
}

pub(crate) fn print(paths: &[String]) -> Result<(), Box<dyn Error>> {
    println!(
        "Pieces at 48 kHz (targets: -18 LUFS +/- 2, true peak below -1 dBTP, |DC| below 1e-4, 100 times real time).\n\
         In brackets: without the leveler. LRA is the loudness range in LU: what is left of the dynamics."
    );
    println!(
        "  {:>7} {:>8} {:>6} {:>7} {:>7} {:>8} {:>7} {:>7} {:>6}  file",
        "LUFS", "", "LRA", "", "dBTP", "DC", "s", "x time", "stolen"
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
            "{} {:7.1} ({:5.1}) {:6.1} ({:4.1}) {:7.2} {:8.0e} {:7.1} {:7.0} {:6}  {path}",
            if is_near(heard.lufs) { " " } else { "!" },
            heard.lufs,
            before.lufs,
            heard.range_lu,
            before.range_lu,
            heard.peak_db,
            heard.direct_current,
            heard.length_s,
            heard.length_s / heard.rendered_s,
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
