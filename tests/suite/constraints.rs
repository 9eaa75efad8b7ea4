//! Wishes that are always kept, whoever writes: a part of what `examples/constraints` runs.

#[path = "../../examples/constraints/check.rs"]
mod check;
#[path = "../../examples/constraints/draw.rs"]
mod draw;
#[path = "../../examples/constraints/impossible.rs"]
mod impossible;
#[path = "../../examples/constraints/tally.rs"]
mod tally;

use ripieno_composer::base;
use ripieno_composer::device::DeviceChoice;
use ripieno_composer::generate::Player;
use tally::{Outcome, Tally, run_case};

fn run(cases: impl Iterator<Item = u64>, player: Player<'_>) -> Tally {
    let mut tally = Tally::default();
    for number in cases {
        let (case, outcome) = run_case(number, player);
        if let Outcome::Broken(broken) = &outcome {
            panic!("case {number}: {broken:?}\n{:?}", case.wishes);
        }
        tally.add(&case, &outcome);
    }
    tally
}

#[test]
fn dice_keep_every_wish_or_are_told_why_not() {
    let header = base::header().unwrap();
    let tally = run(0..400, Player::Dice(&header));
    assert!(tally.pieces > 200 && tally.refused > 20, "{} pieces, {} refused", tally.pieces, tally.refused);
    for (wish, [asked, kept, _]) in &tally.wishes {
        assert!(*asked > 5 && *kept > 2, "{wish} is hardly tried: {asked} asked, {kept} kept");
    }
}

/// The seed lies a quarter of a beat behind its bars: what is written for the end of its last bar would begin behind it.
#[test]
fn a_gap_in_music_that_lies_behind_its_grid_keeps_its_bars() {
    let header = base::header().unwrap();
    assert_eq!(run(40_375..40_376, Player::Dice(&header)).pieces, 1);
}

#[test]
fn the_model_keeps_every_wish_or_is_told_why_not() {
    let model = base::load(&DeviceChoice::Flex.device()).unwrap();
    let tally = run(20_000..20_024, Player::Model(&model));
    assert!(tally.pieces > 8, "{} pieces", tally.pieces);
}
