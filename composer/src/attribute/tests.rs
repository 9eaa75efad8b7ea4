use proptest::prelude::*;

use super::*;
use crate::encode::decode;
use crate::test_pieces::{common_bar, parts, quarter, random_events, scale_piece};

proptest! {
    #[test]
    fn everything_said_about_any_piece_is_a_class(seed: u64) {
        let events = random_events(seed);
        let described = describe(&decode(&events), &events);
        prop_assert_eq!(described.len(), events.bars.len());
        for attributes in described {
            for (class, classes) in attributes.into_iter().zip(CLASSES) {
                prop_assert!(usize::from(class) < classes, "{:?}", attributes);
            }
            prop_assert!(attributes[PHRASE] > 0 && attributes[REMAINING] > 0 && attributes[DENSITY] > 0);
        }
    }

    #[test]
    fn numbers_of_any_size_have_a_class(n: usize, length: u32) {
        prop_assert!(usize::from(density_class(n, length)) < CLASSES[DENSITY]);
        prop_assert!((1..9).contains(&remaining_class(n)));
        prop_assert!((1..17).contains(&future_class(n)));
        prop_assert!((1..9).contains(&phrase_class(n)));
    }
}

#[test]
fn a_scale_over_a_bass_is_described_as_a_musician_would() {
    let piece = scale_piece();
    let first = piece.attributes[0];
    assert_eq!(first[DENSITY], density_class(6, 96));
    assert_eq!(first[RHYTHM], 1, "nothing between the beats");
    assert_eq!(first[PHRASE], 1);
    assert_eq!(first[REMAINING], remaining_class(7));
    assert_eq!(piece.attributes[7][REMAINING], remaining_class(0));
    assert_eq!(first[FUTURE], 0);
    let c_major = key_class("C major".parse().unwrap());
    assert_eq!(piece.attributes[4][KEY], c_major);
}

#[test]
fn an_empty_bar_and_a_bar_of_drums_have_no_register() {
    let bars = vec![common_bar(vec![]), common_bar(vec![quarter(0, 0, 36)]), common_bar(vec![quarter(12, 1, 100)])];
    let events = EventScore { parts: parts(&[128, 0]), bars };
    let described = describe(&decode(&events), &events);
    assert_eq!([0, 1, 2].map(|bar| described[bar][REGISTER]), [0, 0, 8]);
    assert_eq!(described[2][RHYTHM], 6, "all onsets lie between the beats");
    assert_eq!([0, 1].map(|bar| described[bar][DENSITY]), [1, 2]);
}

#[test]
fn more_notes_never_make_a_lower_density() {
    let classes: Vec<u8> = (0..100).map(|notes| density_class(notes, 96)).collect();
    assert!(classes.is_sorted());
    assert_eq!((classes[0], classes[99]), (1, 8));
}

#[test]
fn what_is_said_moves_with_the_notes() {
    let chords = [[48, 64, 67, 72], [53, 65, 69, 72], [55, 62, 67, 71], [48, 64, 67, 72]];
    let bars = (0..8).map(|bar| common_bar(chords[bar % 4].iter().map(|&pitch| quarter(0, 0, pitch)).collect()));
    let mut events = EventScore { parts: parts(&[0]), bars: bars.collect() };
    let before = describe(&decode(&events), &events);
    for note in events.bars.iter_mut().flat_map(|bar| &mut bar.notes) {
        note.pitch += 5;
    }
    for (before, after) in before.iter().zip(describe(&decode(&events), &events)) {
        let moved = transpose(before, 5);
        assert!(moved[CHORD_1] > 0 && moved[KEY] > 0, "chord and key are heard");
        assert_eq!([CHORD_1, CHORD_2, KEY].map(|kind| moved[kind]), [CHORD_1, CHORD_2, KEY].map(|kind| after[kind]));
        assert_eq!(transpose(&moved, -5), *before);
    }
}
