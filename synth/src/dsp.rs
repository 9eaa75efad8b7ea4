//! The small machines that instruments and effects are made of.

pub(crate) mod delay;
pub(crate) mod envelope;
pub(crate) mod fft;
pub(crate) mod hearing;
pub(crate) mod interpolate;
pub(crate) mod noise;
pub(crate) mod one_pole;
pub(crate) mod peaks;
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
#[inline(always)]
pub(crate) fn smoothstep(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}

/// What a one-pole smoother multiplies its distance by in one step of `step_s` for the time constant `tau_s`.
pub(crate) fn approach(step_s: f32, tau_s: f32) -> f32 {
    if tau_s <= 0.0 { 1.0 } else { 1.0 - (-step_s / tau_s).exp() }
}

/// Multiplies `samples` by a gain that moves by `slope` each frame.
#[inline(always)]
pub(crate) fn ramp(gain: &mut f32, slope: f32, samples: &mut [f32]) {
    if slope == 0.0 {
        for x in samples {
            *x *= *gain;
        }
    } else {
        for x in samples {
            *gain += slope;
            *x *= *gain;
        }
    }
}

/// Fades `samples` out by `step` each frame; `level` goes from one to zero.
#[inline(always)]
pub(crate) fn fade(level: &mut f32, step: f32, samples: &mut [f32]) {
    if step > 0.0 {
        for x in samples {
            *level = (*level - step).max(0.0);
            *x *= smoothstep(*level);
        }
    }
}

/// Adds `samples` times `gain` to `to`.
#[inline(always)]
pub(crate) fn add(samples: &[f32], gain: f32, to: &mut [f32]) {
    for (x, to) in samples.iter().zip(to) {
        *to += x * gain;
    }
}

/// A function that does the work of another as compiled for the widest registers of this machine: AVX2 where x86-64
/// has it.
///
/// What is not `#[inline(always)]` within that work does not gain. Products and sums are never fused: the samples are
/// the same on all.
macro_rules! wide {
    (fn $name:ident<$life:lifetime>($($argument:ident: $kind:ty),*) = $work:path) => {
        fn $name<$life>($($argument: $kind),*) {
            struct Work<$life>($($kind),*);
            impl<$life> pulp::WithSimd for Work<$life> {
                type Output = ();
                #[inline(always)]
                fn with_simd<S: pulp::Simd>(self, _: S) {
                    let Self($($argument),*) = self;
                    $work($($argument),*);
                }
            }
            pulp::Arch::new().dispatch(Work($($argument),*));
        }
    };
}
pub(crate) use wide;
