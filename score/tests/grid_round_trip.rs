//! Grid and score carry the same music.
#![allow(clippy::cast_possible_truncation, reason = "tempos are kept as f32")]

use proptest::prelude::*;
use ripieno_score::{
    Channel, GridBar, GridNote, GridPart, GridScore, Instrument, Meter, MeterChange, Note, Part, Pitch, Ppq, Score,
    TempoChange, Tick, Velocity,
};

/// One bar: meter, share of it that is kept when another meter follows (255: all), quarter notes a minute.
type BarPlan = (Meter, u8, f32);

fn meters() -> impl Strategy<Value = Meter> {
    (1..=255_u8, 0..=5_u32).prop_filter_map("a meter", |(numerator, power)| Meter::new(numerator, 1 << power))
}

fn common_meters() -> impl Strategy<Value = Meter> {
    prop_oneof![
        4 => prop::sample::select(vec![(4, 4), (3, 4), (6, 8), (2, 2), (7, 8)])
            .prop_filter_map("a meter", |(numerator, denominator)| Meter::new(numerator, denominator)),
        1 => meters(),
    ]
}

fn bars_of(plan: &[BarPlan]) -> Vec<GridBar> {
    let mut start = 0;
    let bars = plan.iter().map(|&(meter, kept, tempo_bpm)| {
        let natural = 96 * u32::from(meter.numerator) / u32::from(meter.denominator);
        let length = (natural * u32::from(kept) / 255).max(1);
        let bar = GridBar { start, length, meter, tempo_bpm };
        start += length;
        bar
    });
    bars.collect()
}

/// Tempos that a MIDI file can state exactly.
fn tempos() -> impl Strategy<Value = f32> {
    (200_000..2_000_000_u32)
        .prop_map(|micros_per_quarter| TempoChange { tick: Tick::ZERO, micros_per_quarter }.bpm() as f32)
}

prop_compose! {
    /// A piece in which every rule of the types holds and the last bar holds a note.
    fn grids()(
        plan in prop::collection::vec(
            (common_meters(), prop_oneof![3 => Just(255_u8), 1 => 0..=255_u8], tempos()),
            1..12,
        ),
        instruments in prop::collection::vec(0..=128_u8, 1..20),
        raw_notes in prop::collection::vec((any::<u32>(), any::<u16>(), 0..=127_u8, 1..400_u32, 1..=127_u8), 0..60),
    ) -> GridScore {
        let bars = bars_of(&plan);
        let last = *bars.last().expect("at least one bar");
        let parts: Vec<GridPart> = instruments.iter().enumerate().map(|(index, &instrument)| GridPart {
            name: format!("part {index}"),
            instrument: Instrument::from_index(instrument).expect("in range"),
        }).collect();
        let part_count = u16::try_from(parts.len()).expect("few parts");
        let mut notes: Vec<GridNote> = raw_notes.iter().map(|&(onset, part, pitch, duration, velocity)| {
            let onset = onset % last.end();
            GridNote { onset, part: part % part_count, pitch, duration: duration.min(last.end() - onset), velocity }
        }).collect();
        notes.push(GridNote { onset: last.start, part: 0, pitch: 60, duration: last.length, velocity: 80 });
        notes.sort_unstable();
        notes.dedup_by_key(|note| (note.onset, note.part, note.pitch));
        // The deduplication keeps the first: make sure that one still reaches the last bar.
        if let Some(note) = notes.iter_mut().find(|note| (note.onset, note.part, note.pitch) == (last.start, 0, 60)) {
            note.duration = last.length;
        }
        GridScore { parts, bars, notes }
    }
}

fn ticks() -> impl Strategy<Value = Tick> {
    prop_oneof![4 => 0..20_000_u32, 1 => any::<u32>()].prop_map(Tick)
}

prop_compose! {
    /// Any score at all, sensible or not.
    fn scores()(
        ppq in 1..=32767_u16,
        notes in prop::collection::vec((ticks(), 0..=127_u8, ticks(), 1..=127_u8), 0..40),
        meters in prop::collection::vec((ticks(), meters()), 0..6),
        tempos in prop::collection::vec((ticks(), any::<u32>()), 0..6),
    ) -> Score {
        let notes = notes.into_iter().map(|(onset, pitch, duration, velocity)| Note {
            onset,
            pitch: Pitch::new(pitch).expect("in range"),
            duration,
            velocity: Velocity::new(velocity).expect("in range"),
        });
        let part = Part {
            name: String::new(),
            instrument: Instrument::Drums,
            channel: Channel::DRUMS,
            notes: notes.collect(),
        };
        Score {
            ppq: Ppq::new(ppq).expect("in range"),
            title: None,
            parts: vec![part],
            tempos: tempos.into_iter().map(|(tick, micros_per_quarter)| TempoChange { tick, micros_per_quarter }).collect(),
            meters: meters.into_iter().map(|(tick, meter)| MeterChange { tick, meter }).collect(),
            keys: Vec::new(),
        }
    }
}

proptest! {
    #[test]
    fn a_grid_comes_back_from_a_score_unchanged(grid in grids(), multiple in 1..40_u16) {
        let score = grid.to_score(Ppq::new(24 * multiple).expect("in range"));
        let (back, report) = GridScore::from_score(&score);
        prop_assert_eq!(report.on_grid, 1.0);
        prop_assert_eq!(back, grid);
    }

    #[test]
    fn any_score_becomes_a_grid_with_sound_bars_and_sorted_notes(score in scores()) {
        let (grid, report) = GridScore::from_score(&score);
        prop_assert_eq!(report.notes_in, score.note_count());
        prop_assert_eq!(report.notes_in, report.notes_out + report.notes_dropped + report.duplicates_merged);
        let mut end = 0;
        for bar in &grid.bars {
            prop_assert_eq!(bar.start, end);
            prop_assert!(bar.length >= 1);
            prop_assert!(bar.tempo_bpm > 0.0 && bar.tempo_bpm.is_finite());
            end = bar.end();
        }
        prop_assert!(grid.notes.iter().all(|note| note.duration >= 1 && note.end() <= end));
        prop_assert!(grid.notes.is_sorted_by_key(|note| (note.onset, note.part, note.pitch)));
    }

    #[test]
    fn quantising_twice_changes_no_note(score in scores()) {
        let (once, _) = GridScore::from_score(&score);
        let (twice, report) = GridScore::from_score(&once.to_score(Ppq::DEFAULT));
        if once.end_step() < u32::MAX / 20 {
            prop_assert_eq!(twice.notes, once.notes);
            prop_assert_eq!(report.offset_quarters, 0.0);
        }
    }
}
