//! Moments of a piece, as musicians count them.

use std::fmt;

use serde::Serialize;

use crate::grid::GridScore;

/// A moment: bar and beat, and the step of the grid.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Place {
    /// Grid steps from the start of the piece.
    pub step: u32,
    /// The number of the bar; the first bar of the file is 1.
    pub bar: usize,
    /// Felt beats ([`Meter::beat_quarters`](crate::Meter::beat_quarters)); the first of a bar is 1, halfway to the
    /// second is 1.5.
    pub beat: f32,
}

impl Place {
    /// Where `step` lies; in the last bar when it lies behind the end.
    pub fn of(grid: &GridScore, step: u32) -> Self {
        let index = grid.bar_of(step);
        let beat = grid.bars.get(index).map_or(1.0, |bar| {
            #[expect(clippy::cast_possible_truncation, reason = "a few beats fit")]
            let steps = bar.meter.beat_quarters() as f32 * 24.0;
            1.0 + step.saturating_sub(bar.start) as f32 / steps
        });
        Self { step, bar: index + 1, beat: (beat * 100.0).round() / 100.0 }
    }
}

impl fmt::Display for Place {
    /// `bar 3`, or `bar 3 beat 2.5` inside the bar.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.beat <= 1.0 { write!(f, "bar {}", self.bar) } else { write!(f, "bar {} beat {}", self.bar, self.beat) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{GridBar, Meter};

    #[test]
    fn a_place_counts_felt_beats() {
        let meter = Meter { numerator: 6, denominator: 8 };
        let bar = |start| GridBar { start, length: 72, meter, tempo_bpm: 120.0 };
        let grid = GridScore { bars: vec![bar(0), bar(72)], ..GridScore::default() };
        assert_eq!(Place::of(&grid, 72).to_string(), "bar 2");
        assert_eq!(Place::of(&grid, 108).to_string(), "bar 2 beat 2");
        assert_eq!(Place::of(&grid, 12).to_string(), "bar 1 beat 1.33");
        assert_eq!(Place::of(&GridScore::default(), 5).bar, 1);
    }
}
