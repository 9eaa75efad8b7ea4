//! A zero-delay state-variable filter (A. Simper, "Linear Trapezoidal Integrated SVF", Cytomic 2013).

use super::sine::sine_of_half_turns;

/// What the filter does with its input; made of a frequency and a quality.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct SvfCoefficients {
    pub(crate) a1: f32,
    pub(crate) a2: f32,
    pub(crate) a3: f32,
    /// Damping, `1 / q`.
    pub(crate) k: f32,
}

impl SvfCoefficients {
    /// The cut-off is held between 5 Hz and 0.49 of the sample rate.
    pub(crate) fn new(cutoff_hz: f32, q: f32, sample_rate_hz: f32) -> Self {
        // The tangent of half the angle.
        let turns = (cutoff_hz / sample_rate_hz).clamp(5.0 / sample_rate_hz, 0.49);
        let g = sine_of_half_turns(turns) / sine_of_half_turns(0.5 - turns);
        let k = 1.0 / q.max(0.1);
        let a1 = 1.0 / (1.0 + g * (g + k));
        let a2 = g * a1;
        Self { a1, a2, a3: g * a2, k }
    }
}

/// One step of a filter: its band and low outputs.
///
/// The outputs are the means of its states before and after. So written, a state waits for three operations after the
/// one before, not for five: what a processor can do at once is what makes filters fast.
#[inline(always)]
pub(crate) fn step(x: f32, [a1, a2, a3]: [f32; 3], [ic1, ic2]: [&mut f32; 2]) -> [f32; 2] {
    let v3 = x - *ic2;
    let first = (2.0 * a1 - 1.0) * *ic1 + 2.0 * a2 * v3;
    let second = (*ic2 + 2.0 * a2 * *ic1) + 2.0 * a3 * v3;
    let outputs = [0.5 * (*ic1 + first), 0.5 * (*ic2 + second)];
    (*ic1, *ic2) = (first, second);
    outputs
}

/// The three outputs of one step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SvfOutput {
    pub(crate) low: f32,
    pub(crate) band: f32,
    pub(crate) high: f32,
}

/// The memory of one filter.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Svf {
    ic1: f32,
    ic2: f32,
}

impl Svf {
    #[inline(always)]
    pub(crate) fn step(&mut self, x: f32, c: &SvfCoefficients) -> SvfOutput {
        let [band, low] = step(x, [c.a1, c.a2, c.a3], [&mut self.ic1, &mut self.ic2]);
        SvfOutput { low, band: band * c.k, high: x - c.k * band - low }
    }

    /// Forgets what is too small to hear before it becomes denormal and slow.
    pub(crate) fn flush(&mut self) {
        if self.ic1.abs() < 1e-15 {
            self.ic1 = 0.0;
        }
        if self.ic2.abs() < 1e-15 {
            self.ic2 = 0.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cutoff_is_where_it_is_asked_for() {
        for cutoff_hz in [5.0_f32, 30.0, 440.0, 7000.0, 23_000.0] {
            let c = SvfCoefficients::new(cutoff_hz, 0.707, 48_000.0);
            let exact = (std::f64::consts::PI * f64::from(cutoff_hz) / 48_000.0).tan();
            let g = f64::from(c.a2) / f64::from(c.a1);
            assert!((g / exact - 1.0).abs() < 1e-5, "{cutoff_hz} Hz: {g} is not {exact}");
        }
    }
}
