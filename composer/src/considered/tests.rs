use super::*;
use crate::base;
use crate::device::DeviceChoice;
use crate::network::batch::Batch;
use crate::test_pieces::scale_piece;

/// The base model, and a scale over a bass in eight bars.
fn model_and_grid() -> (Model, GridScore) {
    (base::load(&DeviceChoice::Flex.device()).unwrap(), crate::encode::decode(&scale_piece().events))
}

#[test]
fn the_probabilities_are_those_of_the_loss() {
    let (model, grid) = model_and_grid();
    let piece = Piece::new(&grid, 0).unwrap();
    let whole = Stretch { first: 0, told_from: 0, end: 8 };
    let example = whole.example(&model, &piece, 3, &[Instruction::Chord], 0);
    let batch = Batch::new(std::slice::from_ref(&example), model.header.styles.len(), &model.device);
    let [_, part, pitch, duration, _, _] = model.network.losses(&batch).values();
    let read = reading::read(&model, &example);
    assert_eq!(read.len(), piece.events.note_count());
    let nats = |of: fn(&reading::Fields) -> f32| read.iter().map(|fields| -f64::from(of(fields).ln())).sum::<f64>();
    for (told, lost) in [
        (nats(|fields| fields.part.probability), part),
        (nats(|fields| fields.pitch.probability), pitch),
        (nats(|fields| fields.duration.probability), duration),
    ] {
        assert!((told - lost).abs() < 1e-3 * lost, "{told} {lost}");
    }
}

#[test]
fn every_note_that_was_asked_about_is_told_of_once() {
    let (model, grid) = model_and_grid();
    let ask = |question: Question| consider(&model, &grid, &question).unwrap();
    let all = ask(Question { style: Some(2), ..Question::default() });
    assert_eq!(all.notes.len(), grid.notes.len());
    assert!(all.notes.iter().zip(&grid.notes).all(|(told, note)| (told.onset, told.pitch) == (note.onset, note.pitch)));
    assert!(all.notes.iter().all(|note| note.pulls.len() == all.told.len() && note.pitches.choices >= 0.999));

    let some = ask(Question { style: Some(2), bars: Some(3..=4), ..Question::default() });
    assert!(some.notes.len() == 12 && some.notes.iter().all(|note| (3..=4).contains(&note.bar)));
    let few = ask(Question { style: Some(2), most_notes: Some(7), ..Question::default() });
    assert_eq!(few.notes.len(), 12, "two bars");

    let bass = ask(Question { given: 1, ..Question::default() });
    assert!(bass.notes.len() == 16 && bass.notes.iter().all(|note| note.part == 1));
    assert!(bass.told.contains(&Instruction::Given));
}

#[test]
fn chords_that_are_told_pull_notes_towards_them() {
    let (model, grid) = model_and_grid();
    let opinion = consider(&model, &grid, &Question { style: Some(2), ..Question::default() }).unwrap();
    let pull = |note: &Considered| note.pulls.iter().find(|pull| pull.0 == Instruction::Chord).unwrap().1.ln();
    let mean = opinion.notes.iter().map(pull).sum::<f32>() / opinion.notes.len() as f32;
    assert!(mean > 0.02, "{mean}");
}

#[test]
fn what_cannot_be_considered_is_said() {
    let (model, mut grid) = model_and_grid();
    grid.parts = vec![grid.parts[0].clone(); PARTS + 1];
    let error = consider(&model, &grid, &Question::default()).unwrap_err();
    assert_eq!(error, ConsiderError::TooManyParts(PARTS + 1));
    assert_eq!(consider(&model, &GridScore::default(), &Question::default()).unwrap_err(), ConsiderError::NoNotes);
}
