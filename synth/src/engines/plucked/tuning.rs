//! Losses and length of the loop, so that the string decays as asked and is in tune.

use std::f32::consts::TAU;

use crate::dsp::interpolate::cubic_weights;

/// The pole of a one-pole low-pass that, once a period, makes partials at 4 kHz decay in `bright_s` seconds where
/// the fundamental takes `t60_s`.
pub(super) fn damping_for(hz: f32, t60_s: f32, bright_s: f32, rate: f32) -> f32 {
    let bright_hz = 4000.0_f32.max(hz * 1.5).min(0.4 * rate);
    let wanted_db = -60.0 / hz * (1.0 / bright_s - 1.0 / t60_s).max(0.0);
    let loss_db = |d: f32, hz: f32| {
        let cosine = (TAU * hz / rate).cos();
        10.0 * ((1.0 - d) * (1.0 - d) / (1.0 + d * d - 2.0 * d * cosine)).log10()
    };
    let (mut low, mut high) = (0.0_f32, 0.95_f32);
    for _ in 0..24 {
        let middle = 0.5 * (low + high);
        if loss_db(middle, bright_hz) - loss_db(middle, hz) > wanted_db {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// Where to read so that the whole loop is one period long at the fundamental.
pub(super) fn delay_for(period: f32, damping: f32) -> f32 {
    let omega = f64::from(TAU / period);
    let d = f64::from(damping);
    let loss_delay = (d * omega.sin()).atan2(1.0 - d * omega.cos()) / omega;
    let wanted = f64::from(period) - loss_delay - 1.0;
    let mut delay = wanted;
    for _ in 0..4 {
        let whole = delay.floor();
        let weights = cubic_weights((delay - whole) as f32);
        let (mut re, mut im) = (0.0, 0.0);
        for (tap, weight) in weights.into_iter().enumerate() {
            let angle = omega * (tap as f64 - 1.0);
            re += f64::from(weight) * angle.cos();
            im += f64::from(weight) * angle.sin();
        }
        delay += wanted - (whole + im.atan2(re) / omega);
    }
    (delay as f32).max(1.0)
}
