//! Copies are found however they are disguised, and what everybody plays is not a copy.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use ripieno_score::{GridBar, GridNote, GridPart, GridScore, Instrument, Meter, Program};

use super::line::{Edge, Line};
use super::*;

/// A melody of quavers, crotchets and steps and leaps that nobody would guess.
fn melody(seed: u64, notes: usize) -> Vec<GridNote> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut draw = |n: u64| (rng.next_u64() % n) as u8;
    let mut onset = 0;
    let note = |_| {
        let duration = [12, 12, 12, 24, 6][usize::from(draw(5))];
        onset += duration;
        GridNote { onset: onset - duration, part: 0, pitch: 55 + draw(25), duration, velocity: 80 }
    };
    (0..notes).map(note).collect()
}

fn piece(parts: &[Vec<GridNote>]) -> GridScore {
    let instrument = Instrument::Program(Program::default());
    let mut grid = GridScore::default();
    for (part, notes) in parts.iter().enumerate() {
        grid.parts.push(GridPart { name: String::new(), instrument });
        grid.notes.extend(notes.iter().map(|note| GridNote { part: part as u16, ..*note }));
    }
    grid.notes.sort_unstable();
    let end = grid.notes.iter().map(GridNote::end).max().unwrap_or(0);
    let bar = |number| GridBar { start: number * 96, length: 96, meter: Meter::COMMON, tempo_bpm: 120.0 };
    grid.bars = (0..end.div_ceil(96)).map(bar).collect();
    grid
}

fn source(number: u64) -> Source {
    let text = |what: &str| format!("{what} {number}");
    Source {
        path: format!("{number}.mid"),
        composer: text("composer"),
        title: text("title"),
        source: String::new(),
        licence: "CC0-1.0".into(),
        work: number,
    }
}

fn index_of(pieces: &[GridScore]) -> Index {
    let mut builder = IndexBuilder::default();
    pieces.iter().enumerate().for_each(|(number, piece)| builder.add(source(number as u64), piece));
    builder.build("corpus")
}

/// An index of forty melodies of 200 notes.
fn index() -> Index {
    index_of(&(0..40).map(|seed| piece(&[melody(seed, 200)])).collect::<Vec<_>>())
}

/// Notes 50 to 80 of melody 7, from onset 0 on, in another key.
fn copy() -> Vec<GridNote> {
    let notes = &melody(7, 200)[50..80];
    notes.iter().map(|note| GridNote { onset: note.onset - notes[0].onset, pitch: note.pitch + 3, ..*note }).collect()
}

/// Other music before and behind some notes.
fn between(notes: &[GridNote]) -> GridScore {
    let mut all = melody(1000, 40);
    let later = |notes: &[GridNote], start| -> Vec<GridNote> {
        notes.iter().map(|note| GridNote { onset: note.onset + start, ..*note }).collect()
    };
    let end = |all: &[GridNote]| all.last().unwrap().end();
    all.extend(later(notes, end(&all)));
    all.extend(later(&melody(1001, 40), end(&all)));
    piece(&[all])
}

fn found(grid: &GridScore) -> Passage {
    let comparison = compare(&index(), grid, |_| true);
    let passage = comparison.passages.into_iter().next().expect("something is common");
    assert_eq!(passage.source, 7);
    passage
}

#[test]
fn a_copy_in_another_key_is_found_with_its_bars() {
    let passage = found(&between(&copy()));
    assert!((29..=31).contains(&passage.length) && passage.changes == 0, "{passage:?}");
    assert!(passage.overlap > ALARM);
    let original = piece(&[melody(7, 200)]);
    let bar = |note: usize| original.bar_of(original.notes[note].onset) as u32;
    assert_eq!(passage.source_bars, (bar(50), bar(79)));
    let host = between(&copy());
    let bars = (host.bar_of(host.notes[40].onset), host.bar_of(host.notes[69].onset));
    assert_eq!(passage.bars, bars);
}

#[test]
fn a_copy_at_another_tempo_and_in_other_octaves_is_found() {
    let mut notes = copy();
    for (number, note) in notes.iter_mut().enumerate() {
        (note.onset, note.duration) = (note.onset * 2, note.duration * 2);
        note.pitch = if number % 4 == 1 { note.pitch - 12 } else { note.pitch };
    }
    assert!(found(&between(&notes)).length >= 28);
}

#[test]
fn ornaments_and_missing_notes_do_not_hide_a_copy() {
    let mut notes = copy();
    let ornament = |note: GridNote| GridNote { onset: note.onset + 3, pitch: note.pitch + 2, duration: 3, ..note };
    notes.extend([9, 22].map(|at| ornament(notes[at])));
    [9, 22].into_iter().for_each(|at| notes[at].duration = 3);
    notes.remove(15);
    notes.sort_unstable();
    let passage = found(&between(&notes));
    assert!(passage.length >= 26 && (2..=5).contains(&passage.changes), "{passage:?}");
    assert!(passage.closeness() < 1.0);
}

#[test]
fn an_inner_voice_is_followed() {
    let mut grid = piece(&[copy(), copy()]);
    grid.parts.pop();
    grid.notes.iter_mut().for_each(|note| {
        // The second voice becomes chords around the first.
        note.pitch = if note.part == 1 { 110 + (note.onset / 24 % 3) as u8 } else { note.pitch };
        note.part = 0;
    });
    grid.notes.sort_unstable();
    assert!(found(&grid).length > 15);
}

#[test]
fn other_music_is_no_copy() {
    for seed in 500..520 {
        let overlap = compare(&index(), &piece(&[melody(seed, 300)]), |_| true).overlap();
        assert!(overlap < ALARM, "{overlap}");
    }
}

/// Quavers.
fn even(pitches: impl Fn(u32) -> u8) -> GridScore {
    let note = |number| GridNote { onset: number * 12, part: 0, pitch: pitches(number), duration: 12, velocity: 80 };
    piece(&[(0..64).map(note).collect()])
}

#[test]
fn broken_chords_and_repeated_notes_are_nobodys() {
    let chords = even(|n| [60, 67, 64, 67][(n % 4) as usize] + if n / 16 % 2 == 0 { 0 } else { 5 });
    for figure in [chords, even(|_| 60)] {
        let overlap = compare(&index_of(std::slice::from_ref(&figure)), &figure, |_| true).overlap();
        assert!(overlap < ALARM, "{overlap}");
    }
}

#[test]
fn what_many_pieces_have_is_nobodys() {
    // Scales that turn at other places in every piece.
    let scale = |turn: u32| {
        let step = move |n: u32| if (n / turn).is_multiple_of(2) { n % turn } else { turn - n % turn };
        even(move |n| [60, 62, 64, 65, 67, 69, 71][(step(n) % 7) as usize] + 12 * (step(n) / 7) as u8)
    };
    let pieces: Vec<GridScore> = (0..60).map(|number| scale(7 + number % 13)).collect();
    let own = compare(&index_of(&[scale(9)]), &scale(9), |_| true).overlap();
    let usual = compare(&index_of(&pieces), &scale(9), |_| true).overlap();
    assert!(usual < 0.7 * own, "{usual} of {own}");
    let judged = index_of(&[scale(9)]).judged_by(&index_of(&pieces));
    assert!(compare(&judged, &scale(9), |_| true).overlap() < 0.7 * own);
}

#[test]
fn sources_that_do_not_count_are_left_out() {
    let comparison = compare(&index(), &between(&copy()), |source| source.work != 7);
    assert!(comparison.overlap() < ALARM);
}

#[test]
fn voices_that_follow_one_source_are_one_passage() {
    let chorale: Vec<_> = (70..74).map(|seed| melody(seed, 120)).collect();
    let index = index_of(&[piece(&chorale)]);
    let some: Vec<Vec<GridNote>> = chorale.iter().map(|voice| voice[..30].to_vec()).collect();
    let alone = compare(&index, &piece(&some[..1]), |_| true);
    let together = compare(&index, &piece(&some), |_| true);
    assert_eq!((alone.passages[0].voices, together.passages[0].voices), (1, 4));
    assert!(together.overlap() > 1.5 * alone.overlap());
    let doubled = compare(&index, &piece(&[some[0].clone(), some[0].clone()]), |_| true);
    assert_eq!((doubled.passages[0].voices, doubled.overlap()), (1, alone.overlap()));
}

#[test]
fn a_tracker_says_how_long_a_copy_has_become() {
    let index = index();
    let mut tracker = Tracker::new(&index, Edge::Upper);
    let weights: Vec<f32> = copy().into_iter().map(|note| tracker.push(note)).collect();
    assert_eq!(weights[..5], [0.0; 5]);
    assert!(weights[5] > 0.0 && weights.is_sorted(), "{weights:?}");
    assert!(weights[29] > ALARM);
    let next = GridNote { onset: 2000, pitch: 60, ..copy()[0] };
    assert!(tracker.weigh(next) < weights[29] && tracker.weigh(next) == tracker.weigh(next));
    tracker.clear();
    assert_eq!(tracker.push(next), 0.0);
}

#[test]
fn a_higher_note_of_the_same_chord_takes_the_place_of_the_lower() {
    let index = index();
    let (mut plain, mut chords) = (Tracker::new(&index, Edge::Upper), Tracker::new(&index, Edge::Upper));
    for note in copy() {
        let expected = plain.push(note);
        chords.push(GridNote { pitch: note.pitch - 7, ..note });
        assert_eq!(chords.push(note), expected);
        assert_eq!(chords.push(GridNote { pitch: note.pitch - 3, ..note }), 0.0, "it is hidden");
    }
}

#[test]
fn the_edges_of_a_part_are_what_the_ear_follows() {
    let note = |onset, pitch, duration| GridNote { onset, part: 0, pitch, duration, velocity: 80 };
    // A melody in minims over broken chords in quavers.
    let tune = [note(0, 72, 48), note(48, 74, 48)];
    let bass: Vec<GridNote> = (0..8).map(|n| note(n * 12, [48, 55, 52, 55][n as usize % 4], 12)).collect();
    let lines = Line::edges(&piece(&[[tune.to_vec(), bass.clone()].concat()]));
    assert_eq!(lines.iter().map(|line| line.notes.clone()).collect::<Vec<_>>(), [tune.to_vec(), bass]);
    assert_eq!(Line::edges(&piece(&[tune.to_vec()])).len(), 1);
}

#[test]
fn an_index_comes_back_from_its_bytes() {
    let mut index = index();
    index.header.usual = Usual::new(vec![3.0, 1.0, 2.0]);
    let read = Index::from_bytes(&index.to_bytes()).unwrap();
    assert_eq!((read.corpus(), read.sources(), read.usual()), ("corpus", index.sources(), index.usual()));
    let grid = between(&copy());
    assert_eq!(compare(&read, &grid, |_| true), compare(&index, &grid, |_| true));
    assert!(read.check_corpus("corpus").is_ok());
    assert_eq!(index_of(&[]).judged_by(&read).usual(), read.usual());
}

#[test]
fn what_is_no_index_is_refused_with_a_reason() {
    let bytes = index_of(&[piece(&[melody(1, 50)])]).to_bytes();
    let error = |bytes: &[u8]| Index::from_bytes(bytes).unwrap_err().to_string();
    assert!(error(b"MThd").starts_with("it is no originality index"));
    assert!(error(b"").starts_with("it is no originality index"));
    let mut newer = bytes.clone();
    newer[7] = 9;
    assert!(error(&newer).starts_with("it has format version 9"));
    for cut in 8..bytes.len() {
        assert!(error(&bytes[..cut]).starts_with("it is damaged"), "cut at {cut}");
    }
    for at in 8..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 16;
        assert!(error(&damaged).starts_with("it is damaged"), "changed at {at}");
    }
    let other = Index::from_bytes(&bytes).unwrap().check_corpus("0123456789abcdef0123").unwrap_err();
    assert_eq!(
        other.to_string(),
        "it is of the corpus corpus, but the model was trained on 0123456789abcdef; use the index that was made with the model"
    );
}

#[test]
fn nothing_overlaps_with_nothing() {
    let empty = index_of(&[]);
    assert_eq!(compare(&empty, &piece(&[melody(1, 50)]), |_| true).overlap(), 0.0);
    assert_eq!(compare(&index(), &GridScore::default(), |_| true).overlap(), 0.0);
    assert!(
        compare(&Index::from_bytes(&empty.to_bytes()).unwrap(), &piece(&[melody(1, 5)]), |_| true).longest().is_none()
    );
}

#[test]
fn notes_at_the_end_of_time_are_no_reason_to_fail() {
    let mut notes = melody(7, 60);
    notes.iter_mut().skip(30).for_each(|note| note.onset = u32::MAX - (100 - note.onset % 100));
    notes.iter_mut().for_each(|note| note.duration = u32::MAX - note.onset);
    let mut grid = piece(&[melody(7, 60)]);
    notes.sort_unstable();
    grid.notes = notes;
    let _ = compare(&index(), &grid, |_| true);
}

#[test]
fn an_overlap_has_its_place_among_the_usual_ones() {
    let usual = Usual::new((0..100u8).rev().map(f32::from).collect());
    assert_eq!(
        (usual.share_below(25.0), usual.share_below(-1.0), usual.share_below(1e9)),
        (Some(0.25), Some(0.0), Some(1.0))
    );
    assert_eq!((usual.quantile(0.0), usual.quantile(1.0), usual.quantile(7.0)), (Some(0.0), Some(99.0), Some(99.0)));
    assert_eq!((Usual::default().share_below(1.0), Usual::default().quantile(0.5)), (None, None));
}
