//! Rhythms as cycles: which of so many steps are struck.

use super::drums::stroke;
use super::sheet::Tone;

/// A cycle of steps.
pub(crate) type Cycle = Vec<bool>;

/// `hits` strokes as even as can be among `steps` (Toussaint, "The Euclidean algorithm generates traditional musical
/// rhythms", 2005): E(3,8) is the tresillo, E(5,8) the cinquillo. Bresenham's line gives the same necklaces as Bjorklund's
/// algorithm; the first step is struck.
pub(crate) fn euclid(hits: i32, steps: i32) -> Cycle {
    (0..steps).map(|step| step * hits % steps < hits).collect()
}

/// A cycle written as `x..x`.
pub(crate) fn cycle(text: &str) -> Cycle {
    text.chars().map(|mark| mark != '.').collect()
}

/// The same cycle from step `by` on.
pub(crate) fn rotated(cycle: &[bool], by: i32) -> Cycle {
    let size = i32::try_from(cycle.len()).unwrap_or(1).max(1);
    let mut turned = cycle.to_vec();
    turned.rotate_left(usize::try_from(by.rem_euclid(size)).unwrap_or(0));
    turned
}

/// The onsets of `cycle` from `from` to `to`, a step every `step` ticks.
pub(crate) fn onsets(cycle: &[bool], from: i32, to: i32, step: i32) -> Vec<i32> {
    let places = (0..).map(|place| from + place * step).take_while(|&at| at < to);
    places.zip(cycle.iter().cycle()).filter(|&(_, &struck)| struck).map(|(at, _)| at).collect()
}

/// The same as strokes of a drum.
pub(crate) fn strokes(onsets: &[i32], drum: i32, velocity: i32) -> impl Iterator<Item = Tone> {
    onsets.iter().map(move |&at| stroke(at, drum, velocity))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_spacing_gives_traditional_rhythms() {
        assert_eq!(euclid(3, 8), cycle("x..x..x."));
        assert_eq!(rotated(&euclid(5, 8), 2), cycle("x.xx.xx."), "the cinquillo");
        assert_eq!(euclid(4, 16), cycle("x...x...x...x..."));
        for (hits, steps) in [(3, 7), (5, 16), (7, 12), (11, 24)] {
            assert_eq!(
                euclid(hits, steps).into_iter().filter(|&struck| struck).count(),
                usize::try_from(hits).unwrap()
            );
        }
    }

    #[test]
    fn a_cycle_repeats_to_the_end() {
        assert_eq!(onsets(&cycle("x.x"), 100, 150, 10), [100, 120, 130]);
    }
}
