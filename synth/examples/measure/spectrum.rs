//! Spectra and pitches of what was rendered.

use std::f64::consts::{PI, TAU};

use realfft::RealFftPlanner;

/// One side of frames.
pub(crate) fn left(frames: &[[f32; 2]]) -> Vec<f64> {
    frames.iter().map(|frame| f64::from(frame[0])).collect()
}

/// The power spectrum under a window whose side lobes lie 92 dB down (Blackman and Harris, four terms, 1978).
pub(crate) fn power(samples: &[f64]) -> Vec<f64> {
    let n = samples.len() as f64;
    let mut windowed: Vec<f64> = samples
        .iter()
        .enumerate()
        .map(|(i, x)| {
            let t = TAU * i as f64 / n;
            x * (0.35875 - 0.48829 * t.cos() + 0.14128 * (2.0 * t).cos() - 0.01168 * (3.0 * t).cos())
        })
        .collect();
    let plan = RealFftPlanner::<f64>::new().plan_fft_forward(samples.len());
    let mut spectrum = plan.make_output_vec();
    plan.process(&mut windowed, &mut spectrum).expect("the plan was made for this length");
    spectrum.iter().map(|c| c.norm_sqr()).collect()
}

/// The worst partial that is no harmonic of `f0_hz`, in decibels below the strongest partial, up to `limit_hz`.
///
/// Samples must hold a steady tone.
pub(crate) fn worst_alias_db(samples: &[f64], f0_hz: f64, rate: f64, limit_hz: f64) -> f64 {
    let power = power(samples);
    let bin_hz = rate / samples.len() as f64;
    let strongest = power.iter().copied().fold(0.0, f64::max);
    let mut worst: f64 = 0.0;
    for (bin, &p) in power.iter().enumerate().skip(8) {
        let hz = bin as f64 * bin_hz;
        let nearest = (hz / f0_hz).round().max(1.0) * f0_hz;
        // The main lobe of a harmonic is four bins wide on either side.
        if hz < limit_hz && (hz - nearest).abs() > 8.0 * bin_hz {
            worst = worst.max(p);
        }
    }
    10.0 * (worst / strongest).log10()
}

/// The pitch in cents above `expected_hz`, by the slope of the phase of that partial.
///
/// Harmonics are averaged away over whole periods, vibrato over the length.
pub(crate) fn cents_off(samples: &[f64], expected_hz: f64, rate: f64) -> f64 {
    let window = ((12.0 * rate / expected_hz).max(0.02 * rate) as usize).min(samples.len() / 3);
    let hop = (window / 8).max(1);
    let mut phases: Vec<(f64, f64)> = Vec::new();
    let mut strongest = 0.0_f64;
    let mut last = 0.0;
    let mut turns = 0.0;
    for start in (0..samples.len() - window).step_by(hop) {
        let (mut re, mut im) = (0.0, 0.0);
        for (i, x) in samples[start..start + window].iter().enumerate() {
            let hann = 0.5 - 0.5 * (TAU * i as f64 / window as f64).cos();
            let angle = -TAU * expected_hz / rate * (start + i) as f64;
            re += x * hann * angle.cos();
            im += x * hann * angle.sin();
        }
        strongest = strongest.max(re.hypot(im));
        if re.hypot(im) < 0.003 * strongest {
            // The tone has died away: what is left is not its pitch.
            break;
        }
        let phase = im.atan2(re);
        if !phases.is_empty() {
            let step: f64 = phase - last;
            turns -= (step / TAU).round();
        }
        last = phase;
        phases.push((start as f64 / rate, phase + turns * TAU));
    }
    let n = phases.len() as f64;
    let (mean_t, mean_p) = (phases.iter().map(|p| p.0).sum::<f64>() / n, phases.iter().map(|p| p.1).sum::<f64>() / n);
    let slope = phases.iter().map(|(t, p)| (t - mean_t) * (p - mean_p)).sum::<f64>()
        / phases.iter().map(|(t, _)| (t - mean_t).powi(2)).sum::<f64>();
    1200.0 * ((expected_hz + slope / TAU) / expected_hz).log2()
}

/// The loudest 5 ms above `cutoff_hz`, in decibels of full scale: where a click shows.
pub(crate) fn loudest_burst_db(samples: &[f64], cutoff_hz: f64, rate: f64) -> f64 {
    let high = high_passed(samples, cutoff_hz, rate);
    let window = (0.005 * rate) as usize;
    let most =
        high.windows(window).step_by(window / 4).map(|w| w.iter().map(|x| x * x).sum::<f64>()).fold(0.0, f64::max);
    10.0 * (most / window as f64 + 1e-20).log10()
}

/// A windowed-sinc high-pass, 110 dB deep.
fn high_passed(samples: &[f64], cutoff_hz: f64, rate: f64) -> Vec<f64> {
    const HALF: isize = 160;
    let taps: Vec<f64> = (-HALF..=HALF)
        .map(|i| {
            let x = i as f64;
            let t = TAU * (x + HALF as f64) / (2 * HALF) as f64;
            let window = 0.35875 - 0.48829 * t.cos() + 0.14128 * (2.0 * t).cos() - 0.01168 * (3.0 * t).cos();
            let low = if i == 0 { 2.0 * cutoff_hz / rate } else { (TAU * cutoff_hz / rate * x).sin() / (PI * x) };
            (if i == 0 { 1.0 - low } else { -low }) * window
        })
        .collect();
    samples.windows(taps.len()).map(|window| window.iter().zip(&taps).map(|(x, tap)| x * tap).sum()).collect()
}
