//! Bars that come back as often as is usual in the style.

use std::mem;

use rand_chacha::ChaCha8Rng;
use ripieno_score::Chord;

use crate::attribute::{CHORD_1, CHORD_2};
use crate::generate::{BarRequest, Echo, Rhythms};
use crate::habits::Returns;
use crate::habits::returns::LAGS;
use crate::task::unit;

/// Draws which bars come back, passage by passage, among those for which nobody asked anything else: not the first ones and the
/// last two, and none with a chord that was `asked` for. The chords of a bar come back with it, but for those of the bar before,
/// which must be the same, or the harmony would stand still. Where notes are given all chords stay, and what accompanied the same
/// chords before comes back, above all where it accompanied the same tune. What does not come back keeps the rhythm of an
/// earlier bar as often as is usual.
pub(super) fn plan_returns(
    bars: &mut [BarRequest],
    asked: &[[Option<Chord>; 2]],
    returns: &Returns,
    rng: &mut ChaCha8Rng,
) {
    let chords = |bar: &BarRequest| [CHORD_1, CHORD_2].map(|kind| bar.attributes[kind]);
    let pairs = bars.windows(2).filter(|pair| chords(&pair[0]) == chords(&pair[1])).count();
    let returns = returns.where_chords_stay(pairs as f32 / bars.len().max(1) as f32);
    let (mut running, mut tune) = (None, 0.0);
    for bar in 1..bars.len().saturating_sub(2) {
        let before = mem::take(&mut running);
        let drawn = [(); 3].map(|()| unit(rng));
        let rhythms = returns.rhythm_lags(unit(rng));
        let is_asked = asked.get(bar).is_some_and(|chords| chords.iter().any(Option::is_some));
        let (earlier, now) = bars.split_at_mut(bar);
        let now = &mut now[0];
        if now.echo.is_some() || now.bound != 0 {
            continue;
        }
        let meter = now.meter;
        let of = |lag: usize| bar.checked_sub(lag).filter(|&of| earlier[of].meter == meter);
        let [of_tune, of_others] = rhythms.map(|lag| lag.and_then(of));
        now.rhythms = Rhythms { tune: of_tune, others: of_others };
        if is_asked {
            continue;
        }
        let suits = |of: &usize| chords(&earlier[*of]) == chords(now);
        let lag = returns.lag(before, [drawn[0], drawn[1]]);
        if now.given.is_empty() {
            let Some((lag, of)) = lag.and_then(|lag| Some((lag, of(lag)?))) else { continue };
            if lag == 1 && !suits(&of) {
                continue;
            }
            // A passage keeps its tune or leaves it.
            if before != Some(lag) {
                tune = drawn[2];
            }
            running = Some(lag);
            let coming = [CHORD_1, CHORD_2].into_iter().zip(chords(&earlier[of]));
            coming.for_each(|(kind, chord)| now.attributes[kind] = chord);
            let tune = f32::from(u8::from(returns.has_tune(lag, tune)));
            now.echo = Some(Echo { of, tune, others: 1.0, kept: (0.0, 0.0) });
        } else {
            let same_tune = (0..bar).rev().filter(|&of| earlier[of].meter == meter && earlier[of].given == now.given);
            let of_tune = same_tune.filter(suits).find(|_| returns.is_under_tune(drawn[2]));
            let of_lag = || lag.into_iter().chain(LAGS).filter(|_| lag.is_some()).filter_map(of).find(suits);
            let suiting = of_tune.or_else(of_lag);
            running = suiting.map(|of| bar - of);
            now.echo = suiting.map(|of| Echo { of, tune: 0.0, others: 1.0, kept: (0.0, 0.0) });
        }
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::rand_core::SeedableRng;

    use super::*;
    use crate::test_pieces::quarter;

    fn planned(
        returns: Returns,
        change: impl FnOnce(&mut [BarRequest], &mut [[Option<Chord>; 2]]),
    ) -> Vec<Option<usize>> {
        let mut bars = vec![BarRequest::default(); 8];
        let mut asked = vec![[None; 2]; 8];
        (0..8).for_each(|bar| bars[bar].attributes[CHORD_1] = bar as u8);
        change(&mut bars, &mut asked);
        plan_returns(&mut bars, &asked, &returns, &mut ChaCha8Rng::seed_from_u64(1));
        let of = |bar: &BarRequest| bar.echo.map(|echo| echo.of);
        assert!(
            bars.iter().all(|bar| of(bar).is_none_or(|of| bar.attributes[CHORD_1] == bars[of].attributes[CHORD_1]))
        );
        bars.iter().map(of).collect()
    }

    #[test]
    fn bars_that_always_return_do_so_with_their_chords_until_the_end_comes() {
        let always = Returns { begins: [0, 1000, 0, 0], goes_on: [0, 1000, 0, 0], ..Returns::default() };
        assert_eq!(planned(always, |_, _| ()), [None, None, Some(0), Some(1), Some(2), Some(3), None, None]);
        assert_eq!(planned(Returns::default(), |_, _| ()), [None; 8]);
    }

    #[test]
    fn harmony_does_not_stand_still_because_bars_come_back() {
        let often = Returns { begins: [500, 0, 0, 0], goes_on: [500, 0, 0, 0], ..Returns::default() };
        assert_eq!(planned(often, |_, _| ()), [None; 8]);
        // Half of the bars have the chords of the bar before: all of them bring it back.
        let found = planned(often, |bars, _| (0..8).for_each(|bar| bars[bar].attributes[CHORD_1] = bar as u8 / 2));
        assert_eq!(found, [None, Some(0), None, Some(2), None, Some(4), None, None]);
    }

    #[test]
    fn what_the_person_gave_or_asked_for_stays() {
        let always =
            Returns { begins: [0, 1000, 0, 0], goes_on: [0, 1000, 0, 0], with_tune: [1000; 4], ..Returns::default() };
        let found = planned(always, |bars, asked| {
            bars[3].given.push(quarter(0, 0, 60));
            asked[4][1] = Some("F".parse().unwrap());
        });
        assert_eq!(found, [None, None, Some(0), None, None, Some(3), None, None]);
    }

    #[test]
    fn under_a_tune_comes_back_what_accompanied_the_same_chords() {
        let always = Returns { begins: [1000, 0, 0, 0], goes_on: [1000, 0, 0, 0], ..Returns::default() };
        let found = planned(always, |bars, _| {
            (0..8).for_each(|bar| bars[bar].given.push(quarter(0, 0, 60 + bar as u8)));
            // The chords of bars 0 and 4, and of bars 2 and 3, are the same.
            bars[4].attributes[CHORD_1] = 0;
            bars[3].attributes[CHORD_1] = 2;
        });
        assert_eq!(found, [None, None, None, Some(2), Some(0), None, None, None]);
    }

    #[test]
    fn a_passage_that_comes_back_is_whole() {
        let returns = Returns { begins: [0, 400, 0, 0], goes_on: [0, 1000, 0, 0], ..Returns::default() };
        let found = planned(returns, |_, _| ());
        let first = found.iter().position(Option::is_some).unwrap();
        assert!((first..6).all(|bar| found[bar] == Some(bar - 2)) && first < 6, "{found:?}");
    }

    #[test]
    fn what_accompanied_a_tune_comes_back_with_it() {
        let with_tune = |under_tune: u16| {
            let returns = Returns { under_tune, ..Returns::default() };
            planned(returns, |bars, _| {
                for bar in [1, 4] {
                    bars[bar].given.push(quarter(0, 0, 60));
                    bars[bar].attributes[CHORD_1] = 0;
                }
            })
        };
        assert_eq!(with_tune(1000), [None, None, None, None, Some(1), None, None, None]);
        assert_eq!(with_tune(0), [None; 8]);
    }

    #[test]
    fn what_does_not_come_back_keeps_its_rhythm_as_often_as_is_usual() {
        let returns = Returns { rhythm_lags: [[0, 1000, 0, 0], [1000, 0, 0, 0]], ..Returns::default() };
        let mut bars = vec![BarRequest::default(); 6];
        bars[2].bound = 1;
        plan_returns(&mut bars, &[[None; 2]; 6], &returns, &mut ChaCha8Rng::seed_from_u64(1));
        let kept: Vec<_> = bars.iter().map(|bar| (bar.rhythms.tune, bar.rhythms.others)).collect();
        let none = (None, None);
        assert_eq!(kept, [none, (None, Some(0)), none, (Some(1), Some(2)), none, none]);
    }
}
