//! The sine of a 32-bit phase.

/// `sin(2 pi phase / 2^32)`, within 3e-7.
///
/// A fixed-point phase wraps by itself and never loses pitch to rounding: at 48 kHz its step is 1.1e-5 Hz.
/// The polynomial is a Chebyshev fit of `sin(pi v) / (v (1 - v^2))` in `v^2`.
#[inline(always)]
pub(crate) fn sine(phase: u32) -> f32 {
    sine_of_half_turns(phase.cast_signed() as f32 * (1.0 / 2_147_483_648.0))
}

/// `sin(pi v)` for `v` in `-1..=1`; the error shrinks with `v`.
#[inline(always)]
pub(crate) fn sine_of_half_turns(v: f32) -> f32 {
    let s = v * v;
    let p = std::f32::consts::PI + s * (-2.026_082 + s * (0.523_736_36 + s * (-0.074_346_26 + s * 0.005_897_206_7)));
    v * (1.0 - s) * p
}

/// Turns of a circle as a phase; whole turns vanish. Exact to 2^-20 turns, for up to 2048 turns either way.
#[inline(always)]
pub(crate) fn phase_of_turns(turns: f32) -> u32 {
    ((turns * 1_048_576.0) as i32).cast_unsigned() << 12
}

/// The phase step of one frame.
pub(crate) fn step_of(frequency_hz: f64, sample_rate_hz: f64) -> u32 {
    ((frequency_hz / sample_rate_hz * 4_294_967_296.0).clamp(0.0, 2_147_483_647.0) + 0.5) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_polynomial_is_a_sine() {
        for step in 0..4096_u32 {
            let phase = step << 20;
            let exact = (f64::from(phase) / 4_294_967_296.0 * std::f64::consts::TAU).sin();
            assert!((f64::from(sine(phase)) - exact).abs() < 1e-6, "{phase}");
        }
    }

    #[test]
    fn whole_turns_vanish() {
        assert_eq!(phase_of_turns(-3.25), phase_of_turns(0.75));
        assert_eq!(phase_of_turns(7.0), 0);
    }
}
