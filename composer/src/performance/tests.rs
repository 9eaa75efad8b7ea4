use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use ripieno_score::{
    Channel, GridScore, Instrument, Meter, MeterChange, Note, Part, Pitch, Ppq, Score, TempoChange, TempoMap, Tick,
    Velocity,
};

use super::*;
use crate::model::LoadModelError;
use crate::train::Schedule;

fn note(onset: u32, pitch: u8, duration: u32, velocity: u8) -> Note {
    Note {
        onset: Tick(onset),
        pitch: Pitch::new(pitch).unwrap(),
        duration: Tick(duration),
        velocity: Velocity::new(velocity).unwrap(),
    }
}

fn part(instrument: u8, channel: u8, notes: Vec<Note>) -> Part {
    let mut notes = notes;
    notes.sort_unstable();
    Part {
        name: String::new(),
        instrument: Instrument::from_index(instrument).unwrap(),
        channel: Channel::new(channel).unwrap(),
        notes,
    }
}

/// A tune over chords, sixteen bars, all notes as long and as loud as they are written.
fn song() -> Score {
    let tune = (0..128u32).map(|eighth| note(240 * eighth, 67 + (eighth * 5 % 12) as u8, 240, 80));
    let chords = (0..32u32).flat_map(|half| [48, 52, 55].map(|pitch| note(960 * half, pitch, 960, 80)));
    Score {
        parts: vec![part(73, 0, tune.collect()), part(0, 1, chords.collect())],
        tempos: vec![TempoChange::from_bpm(Tick::ZERO, 96.0)],
        ..Score::default()
    }
}

/// Sixteen bars of kick, snare and hi-hat.
fn beat() -> Part {
    let hat = (0..128u32).map(|eighth| note(240 * eighth, 42, 60, 90));
    let drums = (0..64u32).map(|quarter| note(480 * quarter, if quarter % 2 == 0 { 36 } else { 38 }, 60, 90));
    part(128, 9, hat.chain(drums).collect())
}

fn shipped() -> PerformanceModel {
    PerformanceModel::shipped().unwrap()
}

/// Milliseconds by which every note was moved, part by part, in the order of the played notes.
fn moved_ms(was: &Score, played: &Humanized) -> Vec<Vec<f64>> {
    let (before, after) = (TempoMap::new(was.ppq, &was.tempos), TempoMap::new(played.score.ppq, &played.score.tempos));
    let parts = played.score.parts.iter().zip(&played.written);
    let ms = |(is, was): (&Note, &Note)| 1000.0 * (after.seconds(is.onset) - before.seconds(was.onset));
    parts.map(|(part, written)| part.notes.iter().zip(written).map(ms).collect()).collect()
}

fn spread_of(numbers: &[f64]) -> f64 {
    (numbers.iter().map(|number| number * number).sum::<f64>() / numbers.len() as f64).sqrt()
}

#[test]
fn nothing_is_changed_by_an_amount_of_nothing() {
    let played = humanize(&shipped(), &song(), 0.0, 1);
    assert_eq!(played.score, song());
    assert!(played.written.iter().zip(&song().parts).all(|(written, part)| *written == part.notes));
}

#[test]
fn the_same_seed_plays_the_same_and_another_does_not() {
    let model = shipped();
    let play = |seed| humanize(&model, &song(), 1.0, seed);
    assert_eq!(play(3), play(3));
    assert_ne!(play(3).score, play(4).score);
}

#[test]
fn the_amount_scales_what_is_done() {
    let model = shipped();
    let [little, much] = [0.3, 0.9].map(|amount| {
        let played = humanize(&model, &song(), amount, 5);
        let loud = played.score.parts.iter().zip(&played.written).flat_map(|(part, written)| {
            part.notes
                .iter()
                .zip(written)
                .map(|(is, was)| f64::from(is.velocity.value()) - f64::from(was.velocity.value()))
        });
        (spread_of(&moved_ms(&song(), &played).concat()), spread_of(&loud.collect::<Vec<_>>()))
    });
    assert!((2.0..4.0).contains(&(much.0 / little.0)), "{little:?} {much:?}");
    assert!((2.0..4.0).contains(&(much.1 / little.1)), "{little:?} {much:?}");
}

#[test]
fn people_play_together_and_in_time() {
    let played = humanize(&shipped(), &song(), 1.0, 2);
    let [tune, chords] = &moved_ms(&song(), &played)[..] else { panic!("two parts") };
    assert!((5.0..120.0).contains(&spread_of(tune)), "{}", spread_of(tune));
    let mean = tune.iter().sum::<f64>() / tune.len() as f64;
    assert!(mean.abs() < 25.0, "the beat stays where it is: {mean}");
    for (bar, chord) in chords.chunks(3).enumerate() {
        let beat = tune[4 * bar];
        // Both go with the same tempo; what is left is what hands do.
        assert!(chord.iter().all(|late| (late - beat).abs() < 70.0), "half bar {bar}: {chord:?} at {beat}");
        let (first, last) =
            (chord.iter().copied().fold(f64::MAX, f64::min), chord.iter().copied().fold(f64::MIN, f64::max));
        assert!(last - first < 40.0, "no chord is broken: {chord:?}");
    }
}

#[test]
fn with_a_drummer_the_tempo_is_not_bent() {
    let mut band = song();
    band.parts.push(beat());
    let model = shipped();
    let (alone, together) = (humanize(&model, &song(), 1.0, 2), humanize(&model, &band, 1.0, 2));
    let (alone, together) = (moved_ms(&song(), &alone), moved_ms(&band, &together));
    assert!(spread_of(&together[0]) < 25.0, "{}", spread_of(&together[0]));
    assert!(spread_of(&together[0]) < spread_of(&alone[0]));
    assert!((3.0..30.0).contains(&spread_of(&together[2])), "{}", spread_of(&together[2]));
}

#[test]
fn what_somebody_played_already_is_left_as_it_is() {
    let mut played_in = song();
    for (index, note) in played_in.parts.iter_mut().flat_map(|part| &mut part.notes).enumerate() {
        note.onset.0 += 5 + (index as u32 * 37) % 60;
        note.duration.0 = 150;
        note.velocity = Velocity::new(if index % 2 == 0 { 40 } else { 110 }).unwrap();
    }
    played_in.parts.iter_mut().for_each(|part| part.notes.sort_unstable());
    let again = humanize(&shipped(), &played_in, 1.0, 2);
    let moved = moved_ms(&played_in, &again).concat();
    assert!(spread_of(&moved) < 8.0, "{}", spread_of(&moved));
    let loud = again.score.parts.iter().zip(&again.written).flat_map(|(part, written)| part.notes.iter().zip(written));
    assert!(loud.into_iter().all(|(is, was)| is.velocity == was.velocity), "its accents are its own");
    let mut bent = song();
    bent.tempos = (0..32).map(|half| TempoChange::from_bpm(Tick(960 * half), 90.0 + f64::from(half % 5))).collect();
    let moved = moved_ms(&bent, &humanize(&shipped(), &bent, 1.0, 2));
    assert!(spread_of(&moved[0]) < 20.0, "only the hands: {}", spread_of(&moved[0]));
}

#[test]
fn a_coarse_file_becomes_fine_enough_for_milliseconds() {
    let notes = (0..32).map(|quarter| note(24 * quarter, 60, 24, 80)).collect();
    let coarse = Score { ppq: Ppq::new(24).unwrap(), parts: vec![part(0, 0, notes)], ..Score::default() };
    let played = humanize(&shipped(), &coarse, 1.0, 1);
    assert_eq!(played.score.ppq.ticks(), 480);
    assert_eq!(played.written, [coarse.parts[0].notes.clone()], "the notes as they were written have their own ticks");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_score_can_be_played(
        notes in prop::collection::vec((0u32..20_000, 0u8..128, 1u32..3000, 1u8..128, 0usize..3), 1..60),
        ppq in 1u16..1000,
        bpm in 5.0..900.0f64,
        numerator in 1u8..16,
        seed in any::<u64>(),
    ) {
        let of_part = |index: usize| {
            let own = notes.iter().filter(|note| note.4 == index);
            own.map(|&(onset, pitch, duration, velocity, _)| note(onset, pitch, duration, velocity)).collect()
        };
        let score = Score {
            ppq: Ppq::new(ppq).unwrap(),
            parts: vec![part(0, 0, of_part(0)), part(128, 9, of_part(1)), part(40, 2, of_part(2))],
            tempos: vec![TempoChange::from_bpm(Tick::ZERO, bpm)],
            meters: vec![MeterChange { tick: Tick::ZERO, meter: Meter::new(numerator, 8).unwrap() }],
            ..Score::default()
        };
        let played = humanize(&shipped(), &score, 1.0, seed);
        prop_assert_eq!(played.score.note_count(), score.note_count());
        let factor = played.score.ppq.ticks() / score.ppq.ticks();
        prop_assert!(played.score.end().0 <= score.end().0 * factor);
        for ((is, was), written) in played.score.parts.iter().zip(&score.parts).zip(&played.written) {
            prop_assert!(is.notes.is_sorted());
            let mut back = written.clone();
            back.sort_unstable();
            prop_assert_eq!(&back, &was.notes);
            let pairs: Vec<(&Note, &Note)> = is.notes.iter().zip(written).collect();
            for pair in pairs.windows(2) {
                prop_assert!(pair[0].1.onset <= pair[1].1.onset, "the order of a part stays");
            }
            prop_assert!(is.notes.iter().zip(written).all(|(is, was)| is.pitch == was.pitch));
        }
        prop_assert_eq!(GridScore::from_score(&played.score).0.bars.len() <= GridScore::from_score(&score).0.bars.len() + 1, true);
    }
}

#[test]
fn drums_to_a_click_and_shaped_pieces_are_performances_and_scores_are_not() {
    assert!(Performance::read(&song()).is_none());
    let mut drummed = Score { parts: vec![beat()], ..Score::default() };
    assert!(Performance::read(&drummed).is_none(), "a drum computer is nobody");
    for (index, note) in drummed.parts[0].notes.iter_mut().enumerate() {
        let late = (index as u32 * 37) % 23;
        (note.onset.0, note.velocity) = (note.onset.0 + late, Velocity::new(50 + (index * 13 % 60) as u8).unwrap());
    }
    drummed.parts[0].notes.sort_unstable();
    let read = Performance::read(&drummed).unwrap();
    assert_eq!(read.sheet.kind, Kind::Drums);
    let places: Vec<u32> = read.sheet.notes.iter().map(|note| note.step % 12).collect();
    assert!(places.iter().all(|&place| place == 0), "what was meant are eighth notes: {places:?}");
    let late: Vec<f64> = read.timing.iter().flatten().map(|&late| late.into()).collect();
    assert!(late.iter().all(|late| late.abs() < 25.0) && spread_of(&late) > 4.0);

    let mut shaped = song();
    shaped.tempos =
        (0..64).map(|beat| TempoChange::from_bpm(Tick(480 * beat), 80.0 + f64::from(beat * 7 % 30))).collect();
    for (index, note) in shaped.parts.iter_mut().flat_map(|part| &mut part.notes).enumerate() {
        note.velocity = Velocity::new(50 + (index * 13 % 60) as u8).unwrap();
    }
    let read = Performance::read(&shaped).unwrap();
    assert_eq!((read.sheet.kind, read.timing.len()), (Kind::Pitched, shaped.note_count()));
    assert!(read.timing.iter().flatten().any(|late| late.abs() > 2.0));
}

/// Performances in which every other stroke is late and loud.
fn limping() -> Vec<Performance> {
    let bars = GridScore::from_score(&song()).0.bars;
    let notes: Vec<SheetNote> =
        (0..96).map(|eighth| SheetNote { step: 12 * eighth, pitch: 38, duration: 12 }).collect();
    let alternating = |size: f32| move |index: usize| if index.is_multiple_of(2) { -size } else { size };
    let performance = |kind| Performance {
        timing: (0..notes.len()).map(alternating(6.0)).map(Some).collect(),
        velocity: (0..notes.len()).map(alternating(12.0)).collect(),
        sheet: Sheet { kind, quarter_s: vec![0.5; notes.len()], notes: notes.clone(), bars: bars.clone() },
    };
    vec![performance(Kind::Pitched), performance(Kind::Drums)]
}

fn header() -> PerformanceHeader {
    PerformanceHeader {
        version: 1,
        network: small().network,
        vocabulary: fingerprint(),
        corpus: "c".into(),
        licences: std::collections::BTreeMap::new(),
        training: crate::training_record::TrainingRecord::default(),
        people: People::of(&limping()),
        steps: 0,
        notes_seen: 0,
        validation: None,
    }
}

fn small() -> PerformanceTraining {
    PerformanceTraining {
        network: PerformanceConfig { width: 16, layers: 2, head_width: 16 },
        steps: 60,
        batch: 4,
        notes: 48,
        schedule: Schedule { peak: 2e-2, floor: 1e-3, warm_up: 4 },
        validate_every: 20,
        ..PerformanceTraining::default()
    }
}

#[test]
fn a_small_network_learns_to_limp_and_the_same_seed_teaches_the_same() {
    let prepared: Vec<Prepared> = limping().iter().map(Prepared::new).collect();
    let learn = || {
        let mut losses = Vec::new();
        let report = |event: &PerformanceEvent| {
            if let PerformanceEvent::Step { loss, .. } = event {
                losses.push(*loss);
            }
        };
        let (model, _) = train(&small(), &header(), &prepared, &prepared, &AtomicBool::new(false), report);
        (losses, model.unwrap())
    };
    let (losses, model) = learn();
    assert!(losses[59] < 0.4 * losses[0], "from {} to {}", losses[0], losses[59]);
    assert_eq!(learn().0, losses);

    let again = PerformanceModel::from_bytes(model.to_bytes().unwrap()).unwrap();
    assert_eq!((again.header.people, again.header.steps), (model.header.people, 60));
    let eighths = (0..96u32).map(|eighth| note(240 * eighth, 38, 200, 80)).collect();
    let score = Score { parts: vec![part(128, 9, eighths)], ..Score::default() };
    let played = humanize(&again, &score, 1.0, 1);
    let moved = &moved_ms(&score, &played)[0];
    let late = moved.iter().skip(1).step_by(2).sum::<f64>() / 48.0;
    let early = moved.iter().step_by(2).sum::<f64>() / 48.0;
    assert!(late - early > 6.0, "{early} {late}");
}

#[test]
fn damaged_or_foreign_weights_are_refused() {
    for length in [0, 7, 100, WEIGHTS.len() - 1] {
        assert!(PerformanceModel::from_bytes(WEIGHTS[..length].to_vec()).is_err(), "{length} bytes");
    }
    assert!(PerformanceModel::from_bytes(crate::base::WEIGHTS.to_vec()).is_err());
    let mut foreign = WEIGHTS.to_vec();
    let name = fingerprint();
    let at = foreign.windows(name.len()).position(|bytes| bytes == name.as_bytes()).unwrap();
    foreign[at] = b'P';
    assert!(matches!(PerformanceModel::from_bytes(foreign), Err(LoadModelError::Vocabulary { .. })));
}

#[test]
fn the_shipped_weights_are_small() {
    assert!(WEIGHTS.len() < 1 << 20);
    assert_eq!(shipped().header.version, 1);
}
