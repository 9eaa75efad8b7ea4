//! Where notes start and how long they last in a style, and nowhere else.

use super::Habits;
use crate::vocabulary::NEXT_BAR;

/// Rhythm that is usual in a style; whatever else is heard there by chance sounds like a slip. It is written only where a
/// wish leaves nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Usual {
    /// Places in the quarter note, of 24, at which notes start, a bit each; 0 for all.
    places: u32,
    /// Duration classes, a bit each; 0 for all.
    durations: u64,
}

impl Usual {
    /// What is usual in one of several styles.
    pub(crate) fn of<'a>(habits: impl IntoIterator<Item = &'a Habits>) -> Self {
        habits.into_iter().fold(Self::default(), |usual, habits| Self {
            places: usual.places | habits.places,
            durations: usual.durations | habits.durations,
        })
    }

    /// Leaves the usual ones of the allowed positions, and the end of the bar, if that leaves anything.
    pub(crate) fn narrow_positions(self, allowed: &mut [bool]) {
        narrow(allowed, |position| position >= NEXT_BAR || self.places >> (position % 24) & 1 == 1, self.places == 0);
    }

    /// Leaves the usual ones of the allowed durations, if there are any.
    pub(crate) fn narrow_durations(self, allowed: &mut [bool]) {
        narrow(allowed, |class| self.durations >> class & 1 == 1, self.durations == 0);
    }
}

fn narrow(allowed: &mut [bool], is_usual: impl Fn(usize) -> bool, all: bool) {
    if !all && (0..allowed.len()).any(|class| allowed[class] && is_usual(class)) {
        allowed.iter_mut().enumerate().for_each(|(class, allowed)| *allowed &= is_usual(class));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::generate::{BarRequest, Generated, Generator, PartLimits, Player, Request, Sampling};
    use crate::test_pieces::{common_bar, header, parts};

    #[test]
    fn what_is_unusual_is_left_only_where_nothing_else_is() {
        let usual = Usual { places: 1 | 1 << 12, durations: 0b110 };
        let mut positions = vec![true; NEXT_BAR + 1];
        usual.narrow_positions(&mut positions);
        let left: Vec<usize> = (0..50).filter(|&position| positions[position]).collect();
        assert_eq!(left, [0, 12, 24, 36, 48]);
        assert!(positions[NEXT_BAR]);
        let mut only = vec![false; NEXT_BAR + 1];
        only[5] = true;
        usual.narrow_positions(&mut only);
        assert!(only[5]);
        let mut durations = vec![true, true, false, true];
        usual.narrow_durations(&mut durations);
        assert_eq!(durations, [false, true, false, false]);
        let mut all = vec![true; 4];
        Usual::default().narrow_durations(&mut all);
        assert_eq!(all, [true; 4]);
    }

    #[test]
    fn music_that_goes_on_in_another_style_goes_on_in_its_rhythm() {
        let mut header = header("corpus");
        let habits = |place: u32| Habits { places: 1 | 1 << place, ..Habits::default() };
        header.habits.extend([("one".to_owned(), habits(12)), ("two".to_owned(), habits(8))]);
        let bar = BarRequest { meter: common_bar(Vec::new()).meter, ..BarRequest::default() };
        let request = Request {
            parts: parts(&[73]),
            limits: vec![PartLimits::open(4)],
            past: Vec::new(),
            bars: Vec::new(),
            after: Vec::new(),
            style: vec![0.0, 1.0, 0.0, 0.0],
            style_strength: 2.0,
            manner: None,
            sampling: Sampling::default(),
            seed: 1,
        };
        let mut generator = Generator::new(Player::Dice(&header), request);
        let places = |generator: &mut Generator<'_>| {
            generator.ask(vec![bar.clone(); 8], &[], 0);
            let position = |event| match event {
                Generated::Note { note, .. } => Some(note.position % 24),
                Generated::Bar { .. } => None,
            };
            generator.by_ref().filter_map(position).collect::<BTreeSet<u8>>().into_iter().collect::<Vec<u8>>()
        };
        assert_eq!(places(&mut generator), [0, 12]);
        generator.restyle(vec![0.0, 0.0, 1.0, 0.0], 2.0);
        assert_eq!(places(&mut generator), [0, 8]);
        generator.restyle(vec![0.0, 0.5, 0.5, 0.0], 2.0);
        assert_eq!(places(&mut generator), [0, 8, 12]);
        generator.restyle(vec![1.0, 0.0, 0.0, 0.0], 2.0);
        assert!(places(&mut generator).len() > 12);
    }
}
