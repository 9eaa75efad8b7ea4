//! What quantising did to a score.

/// What was lost or moved on the way to the grid. Lengths are in quarter notes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct GridReport {
    /// Notes of the score.
    pub notes_in: usize,
    /// Notes of the grid.
    pub notes_out: usize,
    /// Notes that fell together with another of the same part, step and pitch.
    pub duplicates_merged: usize,
    /// Notes left out because they start after the last bar that is kept, or belong to a part beyond the 65,536th.
    pub notes_dropped: usize,
    /// The constant amount by which the music was late, and which was taken out; negative when early.
    pub offset_quarters: f64,
    /// How far an onset lies from the grid: half of the notes lie closer.
    pub median_error_quarters: f64,
    /// How far an onset lies from the grid: 99 of 100 notes lie closer.
    pub p99_error_quarters: f64,
    /// How far the worst onset lies from the grid.
    pub max_error_quarters: f64,
    /// The share of onsets within half a tick of the grid, `0.0..=1.0`; 1 without notes. At some resolutions no file
    /// can come closer.
    pub on_grid: f64,
}

impl GridReport {
    /// Fills in the onset errors, given in ticks times 24 (which this sorts).
    pub(super) fn measure(&mut self, errors: &mut [u64], ppq: crate::time::Ppq) {
        errors.sort_unstable();
        let quarter = f64::from(ppq.ticks() * super::STEPS_PER_QUARTER);
        let quantile = |percent: usize| {
            let rank = errors.len().saturating_sub(1) * percent / 100;
            errors.get(rank).map_or(0.0, |&error| error as f64 / quarter)
        };
        self.median_error_quarters = quantile(50);
        self.p99_error_quarters = quantile(99);
        self.max_error_quarters = quantile(100);
        let half_tick = u64::from(super::STEPS_PER_QUARTER) / 2;
        let close = errors.partition_point(|&error| error <= half_tick);
        self.on_grid = if errors.is_empty() { 1.0 } else { close as f64 / errors.len() as f64 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_summed_up_in_quarter_notes() {
        let mut errors: Vec<u64> = (0..100).map(|note| if note < 60 { 0 } else { note * 12 }).collect();
        let mut report = GridReport::default();
        report.measure(&mut errors, crate::Ppq::DEFAULT);
        assert_eq!(report.median_error_quarters, 0.0);
        assert_eq!(report.p99_error_quarters, 98.0 * 0.5 / 480.0);
        assert_eq!(report.max_error_quarters, 99.0 * 0.5 / 480.0);
        assert_eq!(report.on_grid, 0.6);
    }
}
