//! Cutting time into bars: where the bar lines fall, and how fast each bar goes.
//!
//! Positions are counted in *fine* units of `1 / ppq` grid step, in which both ticks (24 each) and steps (`ppq` each)
//! are whole numbers, so that nothing drifts however long the piece.

use super::{GridBar, STEPS_PER_QUARTER};
use crate::meter::Meter;
use crate::time::Ppq;
use crate::timeline::DEFAULT_MICROS_PER_QUARTER;

/// The most bars that a piece keeps, over ten hours of 4/4 at 120. A score that claims more is broken or hostile.
pub const MAX_BARS: usize = 20_000;

/// A value that holds from a fine position on.
pub(super) type Change<T> = (u64, T);

/// The step nearest to a fine position; halves go up.
pub(super) const fn nearest_step(fine: u64, ppq: Ppq) -> u64 {
    let step = ppq.ticks() as u64;
    (fine + step / 2) / step
}

/// How far the `count`-th bar line lies behind the first, in fine units, rounded down.
const fn bars_fine(meter: Meter, count: u64, ppq: Ppq) -> u64 {
    let whole_note = 4 * STEPS_PER_QUARTER as u64 * ppq.ticks() as u64;
    count * whole_note * meter.numerator as u64 / meter.denominator as u64
}

/// How far the `count`-th bar line lies behind the first, in steps, rounded to the nearest.
pub(super) const fn bars_steps(meter: Meter, count: u64) -> u64 {
    let whole_notes_twice = 2 * 4 * STEPS_PER_QUARTER as u64 * count * meter.numerator as u64;
    (whole_notes_twice + meter.denominator as u64) / (2 * meter.denominator as u64)
}

#[derive(Clone, Copy)]
struct BarLine {
    fine: u64,
    step: u32,
    meter: Meter,
}

/// Bars from step 0 to at least `end_step`, [`MAX_BARS`] at most; none when `end_step` is 0.
///
/// Both maps are sorted. A bar that rounds to no step at all is left out, and the next one starts in its place.
pub(super) fn bars(meters: &[Change<Meter>], tempos: &[Change<u32>], ppq: Ppq, end_step: u64) -> Vec<GridBar> {
    if end_step == 0 {
        return Vec::new();
    }
    let lines = bar_lines(meters, ppq, end_step);
    let mut tempo = TempoWalk { changes: tempos, micros: DEFAULT_MICROS_PER_QUARTER };
    lines
        .windows(2)
        .map(|pair| GridBar {
            start: pair[0].step,
            length: pair[1].step - pair[0].step,
            meter: pair[0].meter,
            tempo_bpm: tempo.mean_bpm(pair[0].fine, pair[1].fine),
        })
        .collect()
}

/// The start of every bar, then the end of the last.
fn bar_lines(meters: &[Change<Meter>], ppq: Ppq, end_step: u64) -> Vec<BarLine> {
    let mut lines: Vec<BarLine> = Vec::new();
    let starts_late = meters.first().is_none_or(|change| change.0 > 0);
    let default = starts_late.then_some((0, Meter::COMMON));
    let mut changes = default.into_iter().chain(meters.iter().copied()).peekable();
    while let Some((anchor, meter)) = changes.next() {
        let cut = changes.peek().map_or(u64::MAX, |next| next.0);
        for count in 0.. {
            let fine = anchor + bars_fine(meter, count, ppq);
            if fine >= cut {
                break;
            }
            let step = nearest_step(fine, ppq);
            let line = BarLine { fine, step: u32::try_from(step).unwrap_or(u32::MAX), meter };
            match lines.last_mut() {
                Some(last) if last.step == line.step => *last = line,
                _ => lines.push(line),
            }
            if step >= end_step || lines.len() > MAX_BARS {
                return lines;
            }
        }
    }
    lines
}

/// Reads a tempo map once, bar after bar.
struct TempoWalk<'a> {
    changes: &'a [Change<u32>],
    micros: u32,
}

impl TempoWalk<'_> {
    /// The steady tempo at which the span takes as long as with its changes. Spans are asked for in order.
    fn mean_bpm(&mut self, start: u64, end: u64) -> f32 {
        self.advance(start);
        let mut micros_fine = 0_u128;
        let mut at = start;
        while let Some(next) = self.changes.first().map(|change| change.0).filter(|&next| next < end) {
            micros_fine += u128::from(self.micros) * u128::from(next - at);
            at = next;
            self.advance(next);
        }
        let micros = if at == start {
            f64::from(self.micros)
        } else {
            micros_fine += u128::from(self.micros) * u128::from(end - at);
            micros_fine as f64 / (end - start) as f64
        };
        #[expect(clippy::cast_possible_truncation, reason = "a tempo needs no more than seven digits")]
        let bpm = (60_000_000.0 / micros.max(1.0)) as f32;
        bpm
    }

    /// Takes every change at or before `position`.
    fn advance(&mut self, position: u64) {
        while let Some(((at, micros), rest)) = self.changes.split_first()
            && *at <= position
        {
            self.micros = *micros;
            self.changes = rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PPQ: Ppq = Ppq::DEFAULT;

    fn meter(numerator: u8, denominator: u8) -> Meter {
        Meter::new(numerator, denominator).expect("in range")
    }

    fn at_quarter(quarter: u64) -> u64 {
        quarter * 480 * 24
    }

    fn lengths(meters: &[Change<Meter>], end_step: u64) -> Vec<u32> {
        bars(meters, &[], PPQ, end_step).iter().map(|bar| bar.length).collect()
    }

    #[test]
    fn a_time_signature_cuts_the_bar_before_it_short() {
        let meters = [(0, meter(3, 4)), (at_quarter(4), meter(6, 8))];
        let bars = bars(&meters, &[], PPQ, 100);
        assert_eq!(bars.iter().map(|bar| bar.length).collect::<Vec<_>>(), [72, 24, 72]);
        assert_eq!(bars[1].meter, meter(3, 4));
        assert_eq!(bars[2].meter, meter(6, 8));
    }

    #[test]
    fn the_meter_is_common_until_the_file_says_otherwise() {
        assert_eq!(lengths(&[], 97), [96, 96]);
        assert_eq!(lengths(&[(at_quarter(4), meter(2, 4))], 97), [96, 48]);
        assert_eq!(lengths(&[], 0), [0; 0]);
    }

    #[test]
    fn odd_meters_do_not_drift() {
        assert_eq!(lengths(&[(0, meter(1, 64))], 6), [2, 1, 2, 1]);
    }

    #[test]
    fn of_several_time_signatures_on_one_step_the_last_holds() {
        let bars = bars(&[(0, meter(3, 4)), (0, meter(5, 4)), (5, meter(2, 4))], &[], PPQ, 48);
        assert_eq!(bars.len(), 1);
        assert_eq!(bars[0].meter, meter(2, 4));
    }

    #[test]
    fn a_bar_with_tempo_changes_lasts_as_long_as_with_them() {
        let tempos = [(at_quarter(4), 1_000_000), (at_quarter(6), 2_000_000)];
        let bars = bars(&[], &tempos, PPQ, 200);
        assert_eq!(bars.iter().map(|bar| bar.tempo_bpm).collect::<Vec<_>>(), [120.0, 40.0, 30.0]);
    }
}
