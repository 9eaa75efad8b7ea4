use ripieno_score::{GridScore, Instrument, Program};

use super::*;
use crate::procedural::Style;

fn piece(style: &str, number: u32) -> GridScore {
    GridScore::from_score(&Style::find(style).unwrap().compose(1, number)).0
}

fn described(grid: &GridScore) -> Vec<f32> {
    Features::of(grid).unwrap().values().to_vec()
}

#[test]
fn what_does_not_belong_to_the_notes_is_not_heard() {
    let grid = piece("jazz-combo", 1).excerpt(0..16);
    let heard = described(&grid);
    let mut other = grid.clone();
    for part in other.parts.iter_mut().filter(|part| !part.instrument.is_drums()) {
        part.instrument = Instrument::Program(Program::new(73).unwrap());
        part.name = "flute".to_owned();
    }
    other.notes.iter_mut().for_each(|note| note.velocity = 1 + note.velocity / 2);
    other.bars.iter_mut().for_each(|bar| bar.tempo_bpm *= 1.7);
    assert_eq!(heard, described(&other));
}

#[test]
fn transposing_changes_the_heights_alone() {
    let grid = piece("blues", 1).excerpt(0..16);
    let features = Features::of(&grid).unwrap();
    let moved = described(&grid.transpose(3).unwrap());
    for ((name, before), after) in features.names().iter().zip(features.values()).zip(moved) {
        let change = if name.contains("height") { 3.0 } else { 0.0 };
        assert!((after - before - change).abs() < 2e-4, "{name}: {before}, {after}");
    }
}

#[test]
fn every_number_has_a_name_of_its_own_and_is_finite() {
    for style in &crate::procedural::STYLES {
        let features = Features::of(&piece(style.name, 2)).unwrap();
        let names: std::collections::BTreeSet<&String> = features.names().iter().collect();
        assert_eq!(names.len(), features.values().len());
        assert!(features.values().iter().all(|value| value.is_finite()), "{}", style.name);
    }
    assert!(Features::of(&GridScore::default()).is_none());
    // Drums alone are music, too.
    let mut drums = piece("latin", 1);
    drums.parts.iter_mut().for_each(|part| part.instrument = Instrument::Drums);
    assert!(described(&drums).iter().all(|value| value.is_finite()));
}

#[test]
fn passages_are_sixteen_bars_from_the_beginning_to_the_end() {
    let grid = piece("latin", 1);
    let cut = passages(&grid);
    assert!(cut.iter().all(|passage| passage.bars.len() == PASSAGE_BARS));
    assert_eq!(cut[0], grid.excerpt(0..16));
    assert_eq!(cut[cut.len() - 1], grid.excerpt(grid.bars.len() - 16..grid.bars.len()));
    assert_eq!(passages(&grid.excerpt(0..31)).len(), 1);
}

#[test]
fn styles_are_recognised_in_pieces_that_were_not_learnt() {
    let styles = ["blues", "minimalist", "serial"];
    let examples = |numbers: std::ops::Range<u32>| {
        let of = |style: usize| numbers.clone().map(move |number| (piece(styles[style], number), style));
        (0..3).flat_map(of).collect::<Vec<_>>()
    };
    let rows: Vec<(Vec<f32>, usize)> =
        examples(1..9).iter().map(|(grid, style)| (described(&grid.excerpt(0..16)), *style)).collect();
    let recognizer = Recognizer { regression: Regression::fit(&rows, 3, 1).unwrap(), passages: rows.len() };
    let unseen = examples(9..13);
    let right = unseen.iter().filter(|(grid, style)| {
        let heard = recognizer.hear(&grid.excerpt(0..16)).unwrap();
        (0..3).all(|other| heard[other] <= heard[*style])
    });
    assert!(right.count() >= 10);
}
