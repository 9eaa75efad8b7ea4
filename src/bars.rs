//! Where the bars of a score lie, in its own ticks.

use ripieno_score::{Meter, MeterChange, Score, Tick};

/// One bar: from its bar line up to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bar {
    /// The bar line.
    pub(crate) start: Tick,
    /// The next bar line; earlier than the meter says where a time signature cuts the bar short.
    pub(crate) end: Tick,
    /// The time signature in force.
    pub(crate) meter: Meter,
}

/// The bars from tick zero until the last note has ended.
///
/// Lazy, because a hostile file can hold four thousand million of them.
pub(crate) fn bars(score: &Score) -> impl Iterator<Item = Bar> + '_ {
    segments(score).flat_map(|(start, end, meter)| {
        let length = meter.bar_ticks(score.ppq);
        let mut next = start;
        std::iter::from_fn(move || {
            let bar = Bar { start: next, end: (next + length).min(end), meter };
            next = bar.end;
            (bar.start < end).then_some(bar)
        })
    })
}

/// How many bars [`bars`] would give, without counting them one by one.
pub(crate) fn bar_count(score: &Score) -> u64 {
    segments(score)
        .map(|(start, end, meter)| u64::from(end.since(start).0.div_ceil(meter.bar_ticks(score.ppq).0)))
        .sum()
}

/// The number of the bar in which `tick` lies; the first is 1.
pub(crate) fn number_at(score: &Score, tick: Tick) -> u64 {
    place_at(score, tick).0
}

/// The bar in which `tick` lies, and the beat of its time signature; the first are 1.
pub(crate) fn place_at(score: &Score, tick: Tick) -> (u64, u64) {
    let mut bar = 1;
    for (start, end, meter) in segments(score).take_while(|(start, _, _)| *start <= tick) {
        let length = u64::from(meter.bar_ticks(score.ppq).0);
        if tick < end {
            let since = u64::from(tick.since(start).0);
            return (bar + since / length, 1 + since % length * u64::from(meter.numerator) / length);
        }
        bar += u64::from(end.since(start).0).div_ceil(length);
    }
    (bar, 1)
}

/// Stretches of one meter that together cover the piece. The last ends on a bar line.
fn segments(score: &Score) -> impl Iterator<Item = (Tick, Tick, Meter)> + '_ {
    let end = score.end();
    let before = MeterChange { tick: Tick::ZERO, meter: Meter::COMMON };
    let starts = std::iter::once(before).chain(score.meters.iter().copied());
    let ends = score.meters.iter().map(|change| change.tick).chain([end]);
    starts.zip(ends).take_while(move |(change, _)| change.tick < end).map(move |(change, next)| {
        let length = change.meter.bar_ticks(score.ppq).0;
        let last = next >= end;
        let whole = change.tick + Tick(end.since(change.tick).0.div_ceil(length).saturating_mul(length));
        (change.tick, if last { whole } else { next }, change.meter)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_scores::score_of;

    fn starts(score: &Score) -> Vec<u32> {
        bars(score).map(|bar| bar.start.0).collect()
    }

    #[test]
    fn bars_cover_the_last_note() {
        let score = score_of(&[(0, 60, 480), (1900, 62, 480)]);
        assert_eq!(starts(&score), [0, 1920]);
        assert_eq!(bar_count(&score), 2);
    }

    #[test]
    fn a_time_signature_cuts_a_bar_short() {
        let mut score = score_of(&[(0, 60, 480), (480, 62, 2880)]);
        score.meters = vec![
            MeterChange { tick: Tick(0), meter: Meter { numerator: 4, denominator: 4 } },
            MeterChange { tick: Tick(480), meter: Meter { numerator: 3, denominator: 4 } },
        ];
        assert_eq!(starts(&score), [0, 480, 1920]);
        assert_eq!(bar_count(&score), 3);
        assert_eq!([0, 479, 480, 1919, 1920].map(|tick| number_at(&score, Tick(tick))), [1, 1, 2, 2, 3]);
        assert_eq!([470, 480, 1440, 9999].map(|tick| place_at(&score, Tick(tick))), [(1, 1), (2, 1), (2, 3), (4, 1)]);
    }

    #[test]
    fn an_empty_score_has_no_bars() {
        assert_eq!(starts(&Score::default()), [0_u32; 0]);
        assert_eq!(bar_count(&Score::default()), 0);
    }

    #[test]
    fn bars_of_an_endless_file_are_counted_at_once() {
        let mut score = score_of(&[(u32::MAX - 10, 60, 10)]);
        score.ppq = ripieno_score::Ppq::new(1).expect("one tick a quarter is allowed");
        assert_eq!(bar_count(&score), u64::from(u32::MAX.div_ceil(4)));
    }
}
