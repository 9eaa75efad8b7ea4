use proptest::prelude::*;
use ripieno_score::{Meter, Program};

use super::*;
use crate::vocabulary::MAX_BAR_STEPS;

fn part(instrument: u8) -> GridPart {
    GridPart { name: String::new(), instrument: Instrument::from_index(instrument).unwrap() }
}

fn note(onset: u32, part: u16, pitch: u8) -> GridNote {
    GridNote { onset, part, pitch, duration: 24, velocity: 80 }
}

/// Any grid that keeps the promises of its fields: odd meters, bars cut short, bars of up to 16 whole notes.
fn grids() -> impl Strategy<Value = GridScore> {
    let instruments = prop::collection::vec(0..=128u8, 1..=60);
    let meters = prop::collection::vec((1..=20u8, 0..=6u32, 0.01..=1.0f64, 15.0..700.0f32), 1..8);
    let notes = prop::collection::vec((0.0..1.0f64, 0.0..1.0f64, 0..=127u8, 1..2000u32, 1..=127u8), 1..80);
    (instruments, meters, notes).prop_map(|(instruments, meters, notes)| {
        let mut start = 0;
        let bar = |(numerator, power, share, tempo_bpm): (u8, u32, f64, f32)| {
            let meter = Meter::new(numerator, 1 << power).unwrap();
            let full = 96 * u32::from(numerator) / u32::from(meter.denominator);
            let length = ((f64::from(full) * share) as u32).max(1);
            let bar = GridBar { start, length, meter, tempo_bpm };
            start += length;
            bar
        };
        let bars: Vec<GridBar> = meters.into_iter().map(bar).collect();
        let parts: Vec<GridPart> = instruments.into_iter().map(part).collect();
        let place = |share: f64, n: usize| ((share * n as f64) as usize).min(n - 1);
        let note = |(when, who, pitch, duration, velocity)| GridNote {
            onset: place(when, start as usize) as u32,
            part: place(who, parts.len()) as u16,
            pitch,
            duration,
            velocity,
        };
        let mut notes: Vec<GridNote> = notes.into_iter().map(note).collect();
        notes.sort_unstable();
        notes.dedup_by_key(|note| (note.onset, note.part, note.pitch));
        GridScore { parts, bars, notes }
    })
}

proptest! {
    #[test]
    fn cutting_long_bars_moves_no_note(grid in grids()) {
        let cut = split_long_bars(&grid);
        prop_assert_eq!(&cut.notes, &grid.notes);
        prop_assert_eq!(cut.bars.last().map(GridBar::end), grid.bars.last().map(GridBar::end));
        prop_assert!(cut.bars.windows(2).all(|pair| pair[0].end() == pair[1].start));
        prop_assert!(cut.bars.iter().all(|bar| (1..=MAX_BAR_STEPS as u32).contains(&bar.length)));
        let starts: Vec<u32> = cut.bars.iter().map(|bar| bar.start).collect();
        prop_assert!(grid.bars.iter().all(|bar| starts.contains(&bar.start)), "a written bar line is still one");
    }

    #[test]
    fn what_is_encoded_comes_back(grid in grids()) {
        let grid = split_long_bars(&grid);
        let events = encode(&grid);
        let decoded = decode(&events);
        let kept = kept_parts(&grid);
        prop_assert_eq!(kept.len(), grid.parts.len().min(PARTS));

        let instruments = |parts: &[GridPart]| parts.iter().map(|part| part.instrument).collect::<Vec<_>>();
        let kept_instruments: Vec<_> = kept.iter().map(|&part| grid.parts[part].instrument).collect();
        prop_assert_eq!(instruments(&decoded.parts), kept_instruments);

        let expected: Vec<GridNote> = grid.notes.iter().filter_map(|note| {
            Some(GridNote {
                part: kept.iter().position(|&part| part == usize::from(note.part))? as u16,
                duration: DURATION_STEPS[usize::from(duration_class(note.duration))].into(),
                velocity: velocity_of(velocity_class(note.velocity)),
                ..*note
            })
        }).collect();
        prop_assert_eq!(&decoded.notes, &expected);

        let lines = |bars: &[GridBar]| bars.iter().map(|bar| (bar.start, bar.length)).collect::<Vec<_>>();
        prop_assert_eq!(lines(&decoded.bars), lines(&grid.bars));
        if grid.parts.len() <= PARTS {
            prop_assert_eq!(encode(&decoded), events, "classes are their own nearest");
        }
    }

    #[test]
    fn events_are_in_order_and_within_their_classes(grid in grids()) {
        let events = encode(&split_long_bars(&grid));
        for bar in &events.bars {
            let key = |note: &NoteEvent| (note.position, note.part, note.pitch);
            prop_assert!(bar.notes.windows(2).all(|pair| key(&pair[0]) < key(&pair[1])));
            for note in &bar.notes {
                prop_assert!(u32::from(note.position) < bar.length());
                prop_assert!(usize::from(note.part) < events.parts.len());
                prop_assert!(note.pitch < 128 && note.duration < 64 && note.velocity < 32);
            }
        }
    }
}

#[test]
fn the_parts_with_the_fewest_notes_are_left_out_beyond_48() {
    // Part n plays n % 7 + 1 notes.
    let mut notes: Vec<GridNote> = (0..60).flat_map(|p| (0..=p % 7).map(move |n| note(u32::from(n), p, 60))).collect();
    notes.sort_unstable();
    let bars = vec![GridBar { start: 0, length: 96, meter: Meter::COMMON, tempo_bpm: 120.0 }];
    let grid = GridScore { parts: (0..60).map(part).collect(), bars, notes };
    let kept = kept_parts(&grid);
    assert_eq!(kept.len(), PARTS);
    assert!(kept.is_sorted());
    let fewest_kept = kept.iter().map(|part| part % 7).min();
    let most_left_out = (0..60).filter(|part| !kept.contains(part)).map(|part| part % 7).max();
    assert!(fewest_kept >= most_left_out);
    assert_eq!(encode(&grid).note_count(), kept.iter().map(|part| part % 7 + 1).sum::<usize>());
}

#[test]
fn parts_are_given_the_roles_that_a_listener_hears() {
    use Role::{Bass, Chords, Drums, Inner, Melody};
    /// Instrument, and what it plays at once.
    type Playing<'a> = (u8, &'a [u8]);
    #[rustfmt::skip]
    let cases: [(&str, &[Playing<'_>], &[Role]); 6] = [
        ("a tune alone", &[(73, &[72])], &[Melody]),
        ("even a low one", &[(42, &[40])], &[Melody]),
        ("a duet of high voices has no bass", &[(40, &[74]), (41, &[62])], &[Melody, Inner]),
        ("a choir", &[(52, &[74]), (52, &[67]), (52, &[60]), (52, &[48])], &[Melody, Inner, Inner, Bass]),
        ("a band", &[(0, &[60, 64, 67]), (32, &[40]), (128, &[36]), (73, &[79])], &[Chords, Bass, Drums, Melody]),
        ("a piano alone", &[(0, &[48, 64, 67])], &[Chords]),
    ];
    for (name, played, roles) in cases {
        let parts = played.iter().map(|&(instrument, _)| part(instrument)).collect();
        let chord = |(slot, &(_, pitches)): (usize, &(u8, &[u8]))| {
            pitches.iter().map(move |&p| note(0, slot as u16, p)).collect::<Vec<_>>()
        };
        let notes = played.iter().enumerate().flat_map(chord).collect();
        let grid = GridScore { parts, bars: Vec::new(), notes };
        assert_eq!(find_roles(&grid), roles, "{name}");
    }
}

#[test]
fn nothing_becomes_nothing() {
    assert_eq!(decode(&encode(&GridScore::default())), GridScore::default());
    let drums = GridPart { name: String::new(), instrument: Instrument::Drums };
    let piano = GridPart { name: "Piano".into(), instrument: Instrument::Program(Program::default()) };
    let silent = GridScore { parts: vec![drums, piano], ..GridScore::default() };
    assert_eq!(encode(&silent).parts.len(), 2);
}
