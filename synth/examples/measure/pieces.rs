//! Whole pieces: loudness, peaks, direct current, and how fast they are rendered.

use std::error::Error;
use std::time::Instant;

use ebur128::{EbuR128, Mode};
use ripieno_score::midi;
use ripieno_synth::offline::{Performance, RenderOptions, render};
use ripieno_synth::{Synth, SynthConfig};

pub(crate) fn print(paths: &[String]) -> Result<(), Box<dyn Error>> {
    println!(
        "Pieces at 48 kHz (targets: -18 LUFS +/- 2, true peak below -1 dBTP, |DC| below 1e-4, 100 times real time):"
    );
    println!("  {:>7} {:>7} {:>9} {:>7} {:>7} {:>6}  file", "LUFS", "dBTP", "DC", "s", "x time", "stolen");
    for path in paths {
        let timeline = midi::read(&std::fs::read(path)?)?.timeline;
        let mut synth = Synth::new(SynthConfig::default())?;
        let performance = Performance::new(&timeline, 48_000);
        let mut meter = EbuR128::new(2, 48_000, Mode::I | Mode::TRUE_PEAK)?;
        let mut sums = [0.0_f64; 2];
        let mut frames = 0_usize;
        let mut metered_s = 0.0;
        let start = Instant::now();
        render(&mut synth, &performance, &RenderOptions::default(), |block, _| {
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
        let rendered_s = start.elapsed().as_secs_f64() - metered_s;
        let peak = meter.true_peak(0)?.max(meter.true_peak(1)?);
        let dc = (sums[0].abs().max(sums[1].abs())) / frames as f64;
        let length_s = frames as f64 / 48_000.0;
        println!(
            "  {:7.1} {:7.2} {dc:9.1e} {length_s:7.1} {:7.0} {:6}  {path}",
            meter.loudness_global()?,
            20.0 * peak.log10(),
            length_s / rendered_s,
            synth.stolen_voices(),
        );
    }
    Ok(())
}
