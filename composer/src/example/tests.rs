use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::*;
use crate::event::Role;
use crate::memory::FORBIDDEN;
use crate::network::batch::position_mask;
use crate::task::{self, Gap, TaskMix, plain};
use crate::test_pieces::{common_bar, example, parts, quarter, random_events};

proptest! {
    #[test]
    fn every_target_is_legal_and_every_row_belongs_to_the_step_after_it(
        piece: u64, seed: u64, first in 0.0..1.0f64, context in 1..300usize,
    ) {
        let events = random_events(piece);
        let first = (first * events.bars.len() as f64) as usize;
        let mix = TaskMix { plain: 1.0, parts: 1.0, notes: 1.0, gap: 1.0 };
        let plan = task::draw(&events, first, context, &mix, &mut ChaCha8Rng::seed_from_u64(seed));
        let example = example(&events, &plan, context);

        prop_assert!((1..=context).contains(&example.steps.len()));
        prop_assert!(example.positions.iter().all(|row| row.step < example.steps.len()));
        prop_assert!(example.positions.is_sorted_by(|a, b| a.step < b.step));
        prop_assert_eq!(example.bar_rows.len() + example.notes.len() + usize::from(ends(&example)), example.positions.len());
        for row in &example.positions {
            let mut mask = [0.0; POSITIONS];
            position_mask(row, &mut mask);
            prop_assert_eq!(mask[usize::from(row.target)], 0.0, "position {} is illegal: {:?}", row.target, row.query);
        }
        for bar in &example.bars {
            prop_assert_eq!(example.steps[bar.step].mark, mark::BAR);
            for (class, classes) in bar.attributes.into_iter().zip(attribute::CLASSES) {
                prop_assert!(usize::from(class) < classes);
            }
        }
        for row in &example.bar_rows {
            prop_assert_eq!(usize::from(example.positions[row.row].target), NEXT_BAR);
            if let Some(step) = example.steps.get(example.positions[row.row].step + 1) {
                prop_assert_eq!(step.mark, mark::BAR);
            }
        }
        for row in &example.notes {
            let (position, target) = (&example.positions[row.row], &row.target);
            prop_assert_eq!(position.target, u16::from(target.position));
            prop_assert_eq!(row.states.len(), events.parts.len());
            prop_assert_ne!(row.states[usize::from(target.part)], FORBIDDEN);
            prop_assert!(target.pitch >= row.query.floor);
            if let Some(step) = example.steps.get(position.step + 1) {
                prop_assert_eq!(*step, Step::note(*target, events.parts[usize::from(target.part)], false));
            }
        }
        let played: usize = plan.bars.iter().map(|bar| bar.played.len()).sum();
        prop_assert!(example.notes.len() <= played);
        if example.steps.len() < context {
            prop_assert_eq!(example.notes.len(), played, "nothing is lost where everything fits");
        }
    }
}

/// Whether the last row predicts what comes after the stretch.
fn ends(example: &Example) -> bool {
    let last = example.positions.len().checked_sub(1);
    last.is_some_and(|last| {
        example.notes.iter().all(|row| row.row != last) && example.bar_rows.iter().all(|row| row.row != last)
    })
}

/// Three bars: a tune, and a bass that plays on the first beat.
fn duet() -> EventScore {
    let bar = |pitch| common_bar(vec![quarter(0, 0, pitch), quarter(0, 1, 48), quarter(48, 0, pitch)]);
    EventScore { parts: parts(&[73, 32]), bars: vec![bar(72), bar(74), bar(76)] }
}

/// The stream in words: what the steps are, and their pitches.
fn words(example: &Example) -> String {
    let word = |step: &Step| match step.mark {
        mark::OPENING => "start".into(),
        mark::MIDDLE => "middle".into(),
        mark::BAR => "|".into(),
        _ if step.mark == mark::part(Role::Any) => format!("part{}", step.part),
        _ if step.mark == mark::given(Role::Any) => format!("given{}", step.pitch),
        _ if step.mark == mark::note(Role::Any) => format!("{}", step.pitch),
        ahead => format!("ahead{}", ahead - mark::ahead(0)),
    };
    example.steps.iter().map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn given_notes_come_a_bar_before_they_sound() {
    let events = duet();
    let mut plan = plain(&events, 0, 3);
    assert_eq!(words(&example(&events, &plan, 99)), "start part0 part1 | 72 48 72 | 74 48 74 | 76 48 76");
    task::lock_parts(&mut plan, 0b01, 3);
    let given = example(&events, &plan, 99);
    let stream =
        "start part0 part1 ahead0 given72 given72 | ahead1 given74 given74 48 | ahead1 given76 given76 48 | 48";
    assert_eq!(words(&given), stream);
    assert_eq!(given.positions.last().map(|row| usize::from(row.target)), Some(END));
    assert_eq!(given.notes[0].query.top, 72, "the bass hears the tune that is given");
}

#[test]
fn a_gap_is_told_what_follows_and_how_far_it_is() {
    let events = duet();
    let mut plan = plain(&events, 0, 2);
    plan.gap = Some(Gap { start: 1, after: vec![events.bars[2].notes.clone()] });
    let example = example(&events, &plan, 99);
    let stream = "start part0 part1 | 72 48 72 | ahead1 given76 given48 given76 74 48 74";
    assert_eq!(words(&example), stream);
    let future: Vec<u8> = example.bars.iter().map(|bar| bar.attributes[attribute::FUTURE]).collect();
    assert_eq!(future, [0, 1], "nothing is said outside the gap");
    assert_eq!(example.positions.last().map(|row| usize::from(row.target)), Some(NEXT_BAR), "the piece goes on");
}

#[test]
fn a_gap_counts_the_bars_to_the_given_music() {
    let bars = (0..9).map(|_| common_bar(vec![quarter(0, 0, 60)])).collect();
    let events = EventScore { parts: parts(&[0]), bars };
    let mut plan = plain(&events, 2, 7);
    plan.gap = Some(Gap { start: 2, after: events.bars[7..].iter().map(|bar| bar.notes.clone()).collect() });
    let example = example(&events, &plan, 99);
    assert_eq!(words(&example), "middle part0 | 60 | 60 | ahead3 given60 ahead4 given60 60 | 60 | 60");
    let future: Vec<u8> = example.bars.iter().map(|bar| bar.attributes[attribute::FUTURE]).collect();
    assert_eq!(future, [0, 0, 3, 2, 1]);
}

#[test]
fn a_stretch_that_is_cut_off_predicts_no_end() {
    let events = duet();
    for context in 1..16 {
        let example = example(&events, &plain(&events, 0, 3), context);
        assert_eq!(example.steps.len(), context.min(15));
        let end = example.positions.last().is_some_and(|row| usize::from(row.target) == END);
        assert_eq!(end, context > 15, "{context} steps");
    }
}

#[test]
fn marks_do_not_meet() {
    const ROLES: [Role; Role::COUNT] = [Role::Melody, Role::Bass, Role::Chords, Role::Inner, Role::Drums, Role::Any];
    let mut marks = vec![mark::OPENING, mark::MIDDLE, mark::BAR];
    marks.extend(ROLES.into_iter().flat_map(|role| [mark::part(role), mark::given(role), mark::note(role)]));
    marks.extend((0..=16).map(mark::ahead));
    assert_eq!(mark::ahead(17), mark::ahead(16));
    marks.sort_unstable();
    marks.dedup();
    assert_eq!(marks.len(), mark::COUNT);
    assert!(marks.iter().all(|&mark| usize::from(mark) < mark::COUNT));
}

#[test]
fn each_half_of_a_bar_has_its_chord() {
    let mut said = [0; attribute::COUNT];
    (said[attribute::CHORD_1], said[attribute::CHORD_2]) = (5, 9);
    assert_eq!([0, 47, 48, 95].map(|position| chord_at(&said, position, 96)), [5, 5, 9, 9]);
    assert_eq!([1, 2].map(|position| chord_at(&said, position, 3)), [5, 9]);
}
