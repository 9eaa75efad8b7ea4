//! Bars that come back as often as is usual in the style.

use rand_chacha::ChaCha8Rng;
use ripieno_score::Chord;

use crate::attribute::{CHORD_1, CHORD_2};
use crate::generate::{BarRequest, Echo};
use crate::habits::Returns;
use crate::task::unit;

/// Draws which bars come back, among those for which nobody asked anything else: not the first ones and the last two, none that
/// is given in part and none with a chord that was `asked` for. The chords of a bar come back with it.
pub(super) fn plan_returns(
    bars: &mut [BarRequest],
    asked: &[[Option<Chord>; 2]],
    returns: &Returns,
    rng: &mut ChaCha8Rng,
) {
    for bar in 1..bars.len().saturating_sub(2) {
        let (drawn, tune) = (unit(rng), returns.has_tune(unit(rng)));
        let Some(of) = returns.lag(drawn).and_then(|lag| bar.checked_sub(lag)) else { continue };
        let (earlier, now) = bars.split_at_mut(bar);
        let (source, now) = (&earlier[of], &mut now[0]);
        let is_free = now.echo.is_none() && now.bound == 0 && now.meter == source.meter && now.given.is_empty();
        let is_asked = asked.get(bar).is_some_and(|chords| chords.iter().any(Option::is_some));
        if is_free && !is_asked {
            [CHORD_1, CHORD_2].into_iter().for_each(|kind| now.attributes[kind] = source.attributes[kind]);
            now.echo = Some(Echo { of, tune: f32::from(u8::from(tune)), others: 1.0, kept: (0.0, 0.0) });
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
        let always = Returns { others: [0, 1000, 0], tune: 0 };
        assert_eq!(planned(always, |_, _| ()), [None, None, Some(0), Some(1), Some(2), Some(3), None, None]);
        assert_eq!(planned(Returns::default(), |_, _| ()), [None; 8]);
    }

    #[test]
    fn what_the_person_gave_or_asked_for_stays() {
        let always = Returns { others: [0, 1000, 0], tune: 0 };
        let found = planned(always, |bars, asked| {
            bars[3].given.push(quarter(0, 0, 60));
            asked[4][1] = Some("F".parse().unwrap());
        });
        assert_eq!(found, [None, None, Some(0), None, None, Some(3), None, None]);
    }
}
