//! Learning rate: linear warm-up, then half a cosine down to a floor.

use serde::{Deserialize, Serialize};

/// Learning rate over the steps of a run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    /// The highest rate, reached after the warm-up.
    pub peak: f64,
    /// The rate of the last step.
    pub floor: f64,
    /// Steps until the peak.
    pub warm_up: u64,
}

impl Default for Schedule {
    fn default() -> Self {
        Self { peak: 2e-3, floor: 5e-5, warm_up: 150 }
    }
}

impl Schedule {
    /// The rate of a step (from 0) in a run of `steps`.
    pub fn rate(&self, step: u64, steps: u64) -> f64 {
        if step < self.warm_up {
            return self.peak * (step + 1) as f64 / self.warm_up as f64;
        }
        let length = steps.saturating_sub(self.warm_up).max(1) as f64;
        let done = ((step - self.warm_up) as f64 / length).min(1.0);
        self.floor + (self.peak - self.floor) * 0.5 * (1.0 + (std::f64::consts::PI * done).cos())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rises_to_the_peak_and_falls_to_the_floor() {
        let schedule = Schedule { peak: 1.0, floor: 0.1, warm_up: 10 };
        assert!((schedule.rate(0, 100) - 0.1).abs() < 1e-12);
        assert!((schedule.rate(10, 100) - 1.0).abs() < 1e-12);
        assert!((schedule.rate(100, 100) - 0.1).abs() < 1e-12);
        assert!((11..100).all(|step| schedule.rate(step, 100) < schedule.rate(step - 1, 100) + 1e-12));
    }
}
