use ripieno_score::Chord;
use ripieno_score::chord::Quality;

use super::*;
use crate::test_pieces::{parts, scale_piece};

#[test]
fn a_shape_is_what_the_bars_of_a_piece_are_like() {
    let mut piece = scale_piece();
    piece.events.bars.extend(piece.events.bars.clone());
    piece.attributes.extend(piece.attributes.clone());
    let habits = Habits::of(&[&piece]);
    let [shape] = habits.shapes.as_slice() else { panic!("{habits:?}") };
    assert_eq!((shape.meter, shape.tempo, shape.parts), (piece.events.bars[0].meter, 20, 2));
    assert_eq!(shape.bar(3), SHAPED.map(|kind| piece.attributes[3][kind]));
    assert_eq!(shape.bar(19), shape.bar(3));
    assert!(habits.is_valid());
}

#[test]
fn a_bar_has_sixteen_slots_however_long_it_is() {
    use manner::slot;
    assert_eq!([slot(0, 96), slot(5, 96), slot(6, 96), slot(95, 96)], [0, 0, 1, 15]);
    assert_eq!([slot(36, 72), slot(71, 72), slot(191, 192), slot(9, 0)], [8, 15, 15, 15]);
    let habits = Habits::of(&[&scale_piece()]);
    assert_eq!(habits.manner.unwrap().slots, [333, 0, 0, 0, 167, 0, 0, 0, 333, 0, 0, 0, 167, 0, 0, 0]);
}

#[test]
fn keys_are_drawn_as_often_as_they_are_found() {
    let keys = (0..24).map(|index| if index == 4 { 1 } else { 3 * u32::from(index == 7) }).collect();
    let habits = Habits { keys, ..Habits::default() };
    let drawn: Vec<u8> = (0..8).map(|place| habits.key(place as f32 / 8.0).unwrap().index()).collect();
    assert_eq!(drawn, [4, 4, 7, 7, 7, 7, 7, 7]);
    assert_eq!(Habits::default().key(0.5), None);
}

#[test]
fn the_shape_of_a_piece_for_as_many_players_is_preferred() {
    let shape = |parts| Shape { meter: 0, tempo: 0, parts, seats: Vec::new(), bars: vec![[1; 4]], manner: None };
    let habits = Habits { shapes: vec![shape(1), shape(2), shape(9)], ..Habits::default() };
    let found = |wanted: usize, unit| habits.shape(&parts(&[0; 20][..wanted]), unit).unwrap().parts;
    assert_eq!([found(1, 0.0), found(1, 0.99), found(20, 0.3)], [1, 2, 9]);
}

#[test]
fn the_most_frequent_ensemble_is_kept_with_its_roles_and_where_they_play() {
    let duo = scale_piece();
    let mut solo = scale_piece();
    solo.events.parts.truncate(1);
    solo.events.bars.iter_mut().for_each(|bar| bar.notes.retain(|note| note.part == 0));
    let habits = Habits::of(&[&solo, &duo, &duo]);
    assert_eq!((habits.shapes.len(), habits.ensemble.len()), (3, 2));
    let [flute, bass] = duo.events.parts[..] else { panic!("two parts") };
    let seats = [Seat { part: flute, low: 60, high: 72 }, Seat { part: bass, low: 36, high: 43 }];
    assert_eq!(habits.seats(&[73, 32], 0.7), Some(&seats[..]));
    assert_eq!(habits.seats(&[73], 0.7), None);
    assert_eq!(habits.shape(&[flute, bass], 0.0), habits.ensemble.first());
    assert_eq!(habits.shape(&[flute], 0.0), habits.shapes.first());
    let text = serde_json::to_string(&seats).unwrap();
    assert_eq!(text, r#"[[73,"any",60,72],[32,"any",36,43]]"#);
    assert_eq!(serde_json::from_str::<Vec<Seat>>(&text).unwrap(), seats);
}

#[test]
fn how_full_music_usually_is_depends_on_the_players() {
    let shape = |parts, density| Shape {
        meter: 0,
        tempo: 0,
        parts,
        seats: Vec::new(),
        bars: vec![[density, 1, 1, 1]],
        manner: None,
    };
    let habits = Habits { shapes: vec![shape(1, 3), shape(1, 5), shape(9, 8)], ..Habits::default() };
    let [one, nine] = [1, 9].map(|parts| habits.rate(parts).unwrap());
    assert!((one - (1.6f32 * 3.5).sqrt()).abs() < 0.01 && nine > 10.0, "{one} {nine}");
    assert_eq!(Habits::default().rate(1), None);
}

#[test]
fn twelve_bars_that_come_back_are_a_period_of_twelve() {
    let mut piece = scale_piece();
    let (bar, said) = (piece.events.bars[0].clone(), piece.attributes[0]);
    piece.events.bars = vec![bar; 144];
    let key: Key = "C major".parse().unwrap();
    let blues = [0, 0, 0, 0, 5, 5, 0, 0, 7, 5, 0, 7u8];
    piece.attributes = (0..144)
        .map(|bar| {
            let mut said = said;
            let chord =
                ripieno_score::Chord { root: blues[bar % 12], quality: ripieno_score::chord::Quality::Dominant7 };
            said[attribute::KEY] = attribute::key_class(key);
            (said[attribute::CHORD_1], said[attribute::CHORD_2]) =
                (attribute::chord_class(Some(chord)), attribute::chord_class(Some(chord)));
            said
        })
        .collect();
    let habits = Habits::of(&[&piece]);
    let chords = habits.chords(Mode::Major).unwrap();
    assert_eq!((chords.period, chords.chords.len()), (12, 3));
    let likeliest = |half: usize| {
        let row = &chords.places[half];
        chords.chords[(0..3).max_by_key(|&state| row[state]).unwrap()] - 1
    };
    let roots: Vec<u8> = (0..12).map(|bar| likeliest(2 * bar) / 10).collect();
    assert_eq!(roots, blues);
}

#[test]
fn a_blues_is_at_home_where_its_sevenths_are_at_rest() {
    let home = |roots: &[u8], quality: Quality| {
        let mut piece = scale_piece();
        let (bar, said) = (piece.events.bars[0].clone(), piece.attributes[0]);
        piece.events.bars = vec![bar; 48];
        piece.attributes = (0..48)
            .map(|bar| {
                let mut said = said;
                let chord = |quality| attribute::chord_class(Some(Chord { root: roots[bar % roots.len()], quality }));
                // The notes of a blues in C are those of F.
                said[attribute::KEY] = attribute::key_class("F major".parse().unwrap());
                let quality = if roots[bar % roots.len()] == 5 { quality } else { Quality::Dominant7 };
                (said[attribute::CHORD_1], said[attribute::CHORD_2]) = (chord(quality), chord(quality));
                said
            })
            .collect();
        let keys = Habits::of(&[&piece]).keys;
        keys.iter().position(|&pieces| pieces > 0).unwrap()
    };
    let blues = [0, 0, 0, 0, 5, 5, 0, 0, 7, 5, 0, 7];
    assert_eq!(home(&blues, Quality::Dominant7), 0);
    // With a plain triad on F the chords on C are its dominants.
    assert_eq!(home(&blues, Quality::Major), 5);
}

#[test]
fn weights_with_habits_that_cannot_be_are_refused() {
    let network = crate::test_pieces::tiny().init(&crate::device::DeviceChoice::Flex.device(), 1);
    let read = |habits: Habits| {
        let mut header = crate::test_pieces::header("corpus");
        header.habits.insert("one".into(), habits);
        let bytes = crate::model::to_bytes(&network, &header, crate::model::Precision::Half).unwrap();
        crate::model::read_header(&bytes)
    };
    let shape = Shape { meter: 0, tempo: 0, parts: 1, seats: Vec::new(), bars: Vec::new(), manner: None };
    let chords = ChordHabits { chords: vec![1, 2], follows: vec![vec![1]], period: 0, places: Vec::new() };
    assert!(read(Habits::default()).is_ok());
    assert!(read(Habits { shapes: vec![shape], ..Habits::default() }).is_err());
    let mut upside_down = Habits::of(&[&scale_piece()]);
    assert!(read(upside_down.clone()).is_ok());
    (upside_down.ensemble[0].seats[0].low, upside_down.ensemble[0].seats[0].high) = (70, 60);
    assert!(read(upside_down).is_err());
    assert!(read(Habits { chords: [Some(chords), None], ..Habits::default() }).is_err());
    assert!(read(Habits { drums: vec![200], ..Habits::default() }).is_err());
    assert!(read(Habits { manner: Some(Manner::default()), ..Habits::default() }).is_err());
}

#[test]
fn a_manner_is_what_the_notes_are_like_and_mixes_by_weight() {
    let mut piece = scale_piece();
    (piece.events.parts[0].role, piece.events.parts[1].role) = (crate::event::Role::Melody, crate::event::Role::Bass);
    piece.events.bars = (0..100).flat_map(|_| piece.events.bars.clone()).collect();
    let scale = Manner::of(&[&piece]);
    assert!(scale.is_valid());
    // Four notes of the tune and two of the bass in every bar, all on beats.
    assert_eq!(scale.places[0], 1000);
    let tune = scale.roles[0].as_ref().unwrap();
    let bass = scale.roles[1].as_ref().unwrap();
    assert_eq!((tune.share, bass.share), (667, 333));
    // The rhythm always comes again, and of the pitches those of the second note of the bass.
    assert_eq!((tune.again, bass.again), (0, 500));
    assert_eq!(scale.rhythm_again, 1000);
    // Of three first notes at a moment two are joined by another.
    assert_eq!(scale.together[0], 667);

    let mut other = scale.clone();
    other.places = vec![0; 24];
    other.places[12] = 1000;
    other.roles[1] = None;
    let mixed = Manner::mixed(&[(&scale, 0.25), (&other, 0.75)]).unwrap();
    assert_eq!((mixed.places[0], mixed.places[12]), (250, 750));
    assert_eq!(mixed.roles[1].as_ref().unwrap().durations, bass.durations);
    assert_eq!(mixed.roles[1].as_ref().unwrap().share, 83);
    assert!(mixed.is_valid());
}
