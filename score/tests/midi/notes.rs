//! From messages to notes and parts.

use ripieno_score::midi::RescueKind;
use ripieno_score::timeline::{Message, TextKind};
use ripieno_score::{Channel, Instrument, Program};

use crate::build::{QUARTER, file, header, kinds, notes, read_file, track};

const PEDAL_DOWN: &[u8] = &[0, 0xb0, 64, 127];
const PEDAL_UP: &[u8] = &[48, 0xb0, 64, 0];

#[test]
fn a_note_on_of_velocity_zero_ends_the_note() {
    let file = read_file(&file(&[0, 0x90, 60, 100, 96, 60, 0]));
    assert_eq!(notes(&file), [(0, 96, 60)]);
    assert!(matches!(file.timeline.events[1].message, Message::NoteOff { velocity: 64, .. }));
}

#[test]
fn overlapping_notes_of_one_pitch_end_in_the_order_in_which_they_began() {
    let file = read_file(&file(&[0, 0x90, 60, 100, 10, 60, 90, 10, 60, 0, 10, 60, 0]));
    assert_eq!(notes(&file), [(0, 20, 60), (10, 20, 60)]);
    assert_eq!(kinds(&file), []);
}

#[test]
fn where_releases_are_missing_a_new_stroke_ends_the_note() {
    let file = read_file(&file(&[0, 0x90, 60, 100, 10, 60, 90, 0, 60, 0, 10, 60, 0, 10, 60, 90, 5, 62, 1, 5, 62, 0]));
    assert_eq!(notes(&file), [(0, 10, 60), (10, 10, 60), (30, 10, 60), (35, 5, 62)]);
    assert_eq!(kinds(&file), [RescueKind::RestartedNote, RescueKind::HangingNote]);
}

#[test]
fn a_hanging_note_ends_with_its_track_or_after_sixteen_quarters() {
    let short = read_file(&file(&[0, 0x90, 60, 100, 96, 0xff, 1, 0]));
    assert_eq!(notes(&short), [(0, 96, 60)]);
    let long = read_file(&file(&[0, 0x90, 60, 100, 0xa0, 0, 0xff, 1, 0]));
    assert_eq!(notes(&long), [(0, 16 * 96, 60)]);
    assert_eq!(kinds(&long), [RescueKind::HangingNote]);
}

#[test]
fn a_note_without_length_lasts_one_tick() {
    assert_eq!(notes(&read_file(&file(&[0, 0x90, 60, 100, 0, 60, 0]))), [(0, 1, 60)]);
}

#[test]
fn the_pedal_holds_a_note_until_it_is_lifted() {
    let file = read_file(&file(&[PEDAL_DOWN, QUARTER, PEDAL_UP].concat()));
    assert_eq!(notes(&file), [(0, 144, 60)]);
}

#[test]
fn the_pedal_holds_a_note_until_its_key_is_struck_again() {
    let file = read_file(&file(&[PEDAL_DOWN, QUARTER, &[4, 0x90, 60, 90, 8, 60, 0], PEDAL_UP].concat()));
    assert_eq!(notes(&file), [(0, 100, 60), (100, 56, 60)]);
}

#[test]
fn a_pedal_that_nobody_lifts_holds_a_note_for_eight_quarters() {
    let file = read_file(&file(&[PEDAL_DOWN, QUARTER, &[0xa0, 0, 0xff, 1, 0]].concat()));
    assert_eq!(notes(&file), [(0, 96 + 8 * 96, 60)]);
}

#[test]
fn the_pedal_of_one_track_holds_the_notes_of_another_on_its_channel() {
    let pedal = [PEDAL_DOWN, &[100], &PEDAL_UP[1..]].concat();
    let file = read_file(&[header(1, 2, 96), track(&pedal), track(QUARTER)].concat());
    assert_eq!(notes(&file), [(0, 100, 60)]);
    let other_port = [&[0, 0xff, 0x21, 1, 1], QUARTER].concat();
    let file = read_file(&[header(1, 2, 96), track(&pedal), track(&other_port)].concat());
    assert_eq!(notes(&file), [(0, 96, 60)]);
}

#[test]
fn a_channel_becomes_a_part_for_each_program_that_sounds_on_it() {
    let events = [&[0, 0xc0, 5, 0, 0xc0, 40], QUARTER, &[0, 0xc0, 73], QUARTER, &[0, 0xc0, 40], QUARTER].concat();
    let file = read_file(&file(&events));
    let found: Vec<_> = file.score.parts.iter().map(|part| (part.instrument, part.notes.len())).collect();
    let program = |number| Instrument::Program(Program::new(number).expect("a program"));
    assert_eq!(found, [(program(40), 2), (program(73), 1)]);
}

#[test]
fn a_track_without_a_program_plays_what_another_chose_for_its_channel() {
    let file = read_file(
        &[header(1, 3, 96), track(&[0, 0xc0, 40]), track(QUARTER), track(&[&[0, 0xc0, 9], QUARTER].concat())].concat(),
    );
    let found: Vec<_> = file.score.parts.iter().map(|part| part.instrument.index()).collect();
    assert_eq!(found, [40, 9]);
}

#[test]
fn channel_ten_is_drums_whatever_its_program() {
    let file = read_file(&file(&[0, 0xc9, 25, 0, 0x99, 36, 100, 10, 0x89, 36, 0]));
    assert_eq!(file.score.parts[0].instrument, Instrument::Drums);
    assert_eq!(file.score.parts[0].channel, Channel::DRUMS);
}

#[test]
fn names_and_title_are_decoded() {
    let title = b"\0\xff\x03\x09F\xfcr Elise";
    let name = b"\0\xff\x03\x06Violin";
    let named = [name, QUARTER].concat();
    let file = read_file(&[header(1, 2, 96), track(title), track(&named)].concat());
    assert_eq!(file.score.title.as_deref(), Some("Für Elise"));
    assert_eq!(file.score.parts[0].name, "Violin");
    assert_eq!(file.timeline.texts(TextKind::TrackName).collect::<Vec<_>>(), ["Für Elise", "Violin"]);
}

#[test]
fn every_kind_of_message_is_kept_for_the_player() {
    let events = [
        0, 0xa0, 60, 1, 0, 0xb0, 7, 99, 0, 0xd0, 5, 0, 0xe0, 0, 0, 0, 0xe0, 0x7f, 0x7f, 0, 0xf0, 2, 1, 0xf7, 0, 0xf7,
        1, 2,
    ];
    let file = read_file(&file(&events));
    let found: Vec<_> = file.timeline.events.into_iter().map(|event| event.message).collect();
    assert!(matches!(found[0], Message::PolyPressure { pressure: 1, .. }));
    assert!(matches!(found[1], Message::Controller { controller: 7, value: 99, .. }));
    assert!(matches!(found[2], Message::ChannelPressure { pressure: 5, .. }));
    assert!(matches!(found[3], Message::PitchBend { bend: -8192, .. }));
    assert!(matches!(found[4], Message::PitchBend { bend: 8191, .. }));
    assert_eq!(found[5], Message::SysEx([1, 0xf7].into()));
    assert_eq!(found[6], Message::Escape([2].into()));
}
