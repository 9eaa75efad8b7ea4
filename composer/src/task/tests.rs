use proptest::prelude::*;
use rand_chacha::rand_core::SeedableRng;

use super::*;
use crate::test_pieces::{common_bar, parts, quarter, random_events};

const EACH: [TaskMix; 4] = [
    TaskMix { plain: 1.0, parts: 0.0, notes: 0.0, gap: 0.0 },
    TaskMix { plain: 0.0, parts: 1.0, notes: 0.0, gap: 0.0 },
    TaskMix { plain: 0.0, parts: 0.0, notes: 1.0, gap: 0.0 },
    TaskMix { plain: 0.0, parts: 0.0, notes: 0.0, gap: 1.0 },
];

proptest! {
    #[test]
    fn every_note_of_the_stretch_is_given_or_played_exactly_once(
        piece: u64, seed: u64, task in 0..4usize, first in 0.0..1.0f64, max_bars in 1..20usize,
    ) {
        let events = random_events(piece);
        let first = (first * events.bars.len() as f64) as usize;
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let plan = draw(&events, first, max_bars, &EACH[task], &mut rng);
        prop_assert_eq!(plan.first, first);
        prop_assert!((1..=max_bars).contains(&plan.bars.len()));
        for (bar, written) in plan.bars.iter().zip(&events.bars[first..]) {
            prop_assert!(bar.given.is_sorted() && bar.played.is_sorted());
            let mut all = [bar.given.clone(), bar.played.clone()].concat();
            all.sort_unstable();
            prop_assert_eq!(&all, &written.notes);
            prop_assert!(bar.played.iter().all(|note| bar.locked >> note.part & 1 == 0), "a locked part plays nothing");
        }
        prop_assert_eq!(plan.gap.is_some() && task != 3, false);
        if let Some(gap) = &plan.gap {
            prop_assert!(gap.start < plan.bars.len());
            let end = first + plan.bars.len();
            let behind: Vec<_> = events.bars[end..].iter().take(2).map(|bar| bar.notes.clone()).collect();
            prop_assert!(!behind.is_empty());
            prop_assert_eq!(&gap.after, &behind);
            prop_assert!(plan.bars[..gap.start].iter().all(|bar| bar.given.is_empty() && bar.locked == 0));
        }
    }

    #[test]
    fn drawn_numbers_are_in_range(seed: u64, n in 1..5000usize) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        for _ in 0..20 {
            prop_assert!(below(&mut rng, n) < n);
            prop_assert!((0.0..1.0).contains(&unit(&mut rng)));
        }
    }
}

fn duet(bars: usize) -> EventScore {
    let bar = || common_bar(vec![quarter(0, 0, 72), quarter(0, 1, 48), quarter(48, 1, 50)]);
    EventScore { parts: parts(&[73, 32]), bars: (0..bars).map(|_| bar()).collect() }
}

#[test]
fn locked_parts_are_given_up_to_a_bar() {
    let mut plan = plain(&duet(3), 0, 3);
    lock_parts(&mut plan, 0b10, 2);
    let counts: Vec<_> = plan.bars.iter().map(|bar| (bar.given.len(), bar.played.len(), bar.locked)).collect();
    assert_eq!(counts, [(2, 1, 0b10), (2, 1, 0b10), (0, 3, 0)]);
}

#[test]
fn every_task_is_drawn_and_all_parts_are_never_given() {
    let events = duet(12);
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mix = TaskMix::default();
    let (mut plain, mut whole_parts, mut scattered, mut gaps) = (0, 0, 0, 0);
    for _ in 0..1000 {
        let plan = draw(&events, 0, 12, &mix, &mut rng);
        assert!(plan.bars.iter().all(|bar| bar.locked != 0b11));
        let given = plan.bars.iter().any(|bar| !bar.given.is_empty());
        let locked = plan.bars.iter().any(|bar| bar.locked != 0);
        match (plan.gap.is_some(), locked, given) {
            (true, ..) => gaps += 1,
            (false, true, _) => whole_parts += 1,
            (false, false, true) => scattered += 1,
            (false, false, false) => plain += 1,
        }
    }
    // 30, 43, 10 and 17 per cent; a gap that reaches the end of the piece is plain.
    assert!((270..400).contains(&plain), "{plain}");
    assert!((380..500).contains(&whole_parts), "{whole_parts}");
    assert!((60..140).contains(&scattered), "{scattered}");
    assert!((80..200).contains(&gaps), "{gaps}");
}
