//! The small machines that instruments and effects are made of.

pub(crate) mod delay;
pub(crate) mod envelope;
pub(crate) mod fft;
pub(crate) mod interpolate;
pub(crate) mod noise;
pub(crate) mod sine;
pub(crate) mod svf;
pub(crate) mod wave;
pub(crate) mod wavetable;

/// How many voices are computed side by side: two SSE or one AVX register of `f32`.
pub(crate) const LANES: usize = 8;

/// One number for each voice of a group.
pub(crate) type Lanes = [f32; LANES];

/// The longest stretch that is rendered between two control ticks, in frames.
pub(crate) const MAX_SEGMENT: usize = 128;

/// Amplitude of a level in decibels.
pub(crate) fn gain_of_db(db: f32) -> f32 {
    10.0_f32.powf(db / 20.0)
}

/// A curve from 0 to 1 with flat ends, for fades without a corner.
#[inline]
pub(crate) fn smoothstep(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}

/// What a one-pole smoother multiplies its distance by in one step of `step_s` for the time constant `tau_s`.
pub(crate) fn approach(step_s: f32, tau_s: f32) -> f32 {
    if tau_s <= 0.0 { 1.0 } else { 1.0 - (-step_s / tau_s).exp() }
}
