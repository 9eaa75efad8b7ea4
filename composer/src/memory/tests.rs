use super::*;
use crate::test_pieces::{parts, quarter};
use crate::vocabulary::duration_class;

/// `matching`: 0 nothing was played here a bar ago, 1 that has not come yet, 2 it has.
fn state(matching: u8, sounds: bool, gap: u8) -> u8 {
    (matching * 2 + u8::from(sounds)) * 6 + gap
}

fn states(memory: &Memory, position: u8) -> Vec<u8> {
    let mut states = vec![99];
    memory.part_states(position, &mut states);
    states
}

/// Flute, bass and drums in a bar of 96 steps.
fn trio() -> Memory {
    let mut memory = Memory::new(&parts(&[73, 32, 128]));
    memory.open_bar(96, &[], 0);
    memory
}

fn play(memory: &mut Memory, notes: &[NoteEvent]) {
    for &note in notes {
        memory.reach(note.position);
        memory.push(note);
    }
}

#[test]
fn silence_is_told_as_silence() {
    let fresh = Memory::new(&parts(&[0]));
    let nowhere = PositionQuery {
        cursor: NO_POSITION,
        length: 0,
        next_one_bar_ago: NO_POSITION,
        next_two_bars_ago: NO_POSITION,
        next_given: NO_POSITION,
    };
    assert_eq!(fresh.position_query(), nowhere);
    let memory = trio();
    assert_eq!(memory.position_query(), PositionQuery { length: 96, ..nowhere });
    assert_eq!(states(&memory, 0), [state(0, false, 5); 3]);
    let silent = NoteQuery {
        floor: 0,
        last: NO_PITCH,
        second_last: NO_PITCH,
        home: NO_PITCH,
        last_duration: NO_DURATION,
        last_velocity: NO_VELOCITY,
        any_velocity: NO_VELOCITY,
        gap: 9,
        bass: NO_PITCH,
        top: NO_PITCH,
        one_bar_ago: NO_PITCH,
        one_bar_ago_duration: NO_DURATION,
        two_bars_ago: NO_PITCH,
        sounding: 0,
        recent: [0.0; 12],
        coming: [0.0; 12],
    };
    assert_eq!(memory.note_query(0, 1), silent);
}

#[test]
fn a_part_remembers_its_last_notes_and_others_hear_them() {
    let mut memory = trio();
    let loud = NoteEvent { velocity: 31, ..quarter(24, 0, 64) };
    play(&mut memory, &[quarter(0, 0, 60), loud]);
    let flute = memory.note_query(30, 0);
    assert_eq!((flute.last, flute.second_last, flute.gap), (64, 60, 2));
    assert_eq!((flute.last_duration, flute.last_velocity), (duration_class(24), 31));
    let bass = memory.note_query(30, 1);
    assert_eq!((bass.last, bass.gap, bass.any_velocity), (NO_PITCH, 9, 31));
    assert_eq!((bass.bass, bass.top, bass.sounding), (64, 64, 1 << 4));
    assert_eq!((bass.recent[0], bass.recent[4], bass.recent[7]), (1.0, 1.0, 0.0));
    assert_eq!(memory.note_query(48, 1).sounding, 0, "the note ends at step 48");
}

#[test]
fn the_time_since_a_part_played_is_told_in_classes() {
    let mut memory = trio();
    memory.open_bar(192, &[], 0);
    play(&mut memory, &[quarter(0, 0, 60)]);
    let classes = [(0, 0, 0), (6, 2, 1), (7, 3, 2), (24, 4, 3), (48, 5, 4), (96, 6, 4), (97, 7, 5)];
    for (position, in_query, in_state) in classes {
        assert_eq!(memory.note_query(position, 0).gap, in_query, "{position} steps later");
        assert_eq!(states(&memory, position)[0] % 6, in_state, "{position} steps later");
    }
    memory.open_bar(96, &[], 0);
    assert_eq!(memory.note_query(1, 0).gap, 8);
}

#[test]
fn the_stream_goes_up_by_position_then_part_then_pitch() {
    let mut memory = trio();
    play(&mut memory, &[quarter(24, 1, 60)]);
    assert_eq!(memory.first_position(), 24);
    assert_eq!(memory.position_query().cursor, 24);
    let here = states(&memory, 24);
    assert_eq!((here[0], here[1]), (FORBIDDEN, state(0, true, 0)));
    assert_eq!(here[2], state(0, false, 5));
    assert_eq!(memory.note_query(24, 1).floor, 61);
    assert_eq!(memory.note_query(24, 2).floor, 0);
    assert!(!states(&memory, 25).contains(&FORBIDDEN));
    assert_eq!(memory.note_query(25, 1).floor, 0);
    play(&mut memory, &[quarter(24, 1, 127)]);
    assert!(!memory.part_allowed(24, 1), "no pitch is left");
    assert!(memory.part_allowed(24, 2));
}

#[test]
fn locked_parts_are_forbidden_and_their_given_notes_are_heard_when_reached() {
    let mut memory = Memory::new(&parts(&[73, 32]));
    let given = [quarter(48, 0, 67), quarter(0, 0, 72)];
    memory.open_bar(96, &given, 0b01);
    assert_eq!(memory.position_query().next_given, 0);
    assert_eq!(memory.note_query(0, 1).sounding, 0, "not reached yet");
    memory.reach(0);
    assert_eq!(memory.position_query().next_given, 48);
    assert_eq!(states(&memory, 0), [FORBIDDEN, state(0, false, 5)]);
    let query = memory.note_query(0, 1);
    assert_eq!((query.top, query.sounding, query.floor), (72, 1, 0));
    assert_eq!(memory.position_query().cursor, NO_POSITION, "a given note does not move the cursor");
    memory.open_bar(96, &[], 0);
    let query = memory.note_query(0, 0);
    assert_eq!((query.last, query.second_last, query.gap), (67, 72, 5), "the rest of the bar is heard when it closes");
    assert!(!states(&memory, 0).contains(&FORBIDDEN), "a lock lasts for a bar");
}

#[test]
fn the_bars_before_tell_what_to_expect() {
    let mut memory = trio();
    play(&mut memory, &[quarter(0, 0, 60), quarter(0, 1, 36), quarter(72, 0, 62)]);
    memory.open_bar(96, &[], 0);
    let half = NoteEvent { duration: duration_class(48), ..quarter(0, 0, 64) };
    play(&mut memory, &[half, quarter(48, 0, 65)]);
    memory.open_bar(96, &[], 0);

    let query = memory.position_query();
    assert_eq!((query.next_one_bar_ago, query.next_two_bars_ago), (0, 0));
    assert_eq!(states(&memory, 0), [state(1, false, 4), state(0, false, 5), state(0, false, 5)]);
    let flute = memory.note_query(0, 0);
    assert_eq!((flute.one_bar_ago, flute.one_bar_ago_duration, flute.two_bars_ago), (64, duration_class(48), 60));
    assert_eq!(memory.note_query(0, 1).two_bars_ago, 36);

    play(&mut memory, &[quarter(0, 0, 67)]);
    assert_eq!(states(&memory, 0)[0], state(2, true, 0));
    let query = memory.position_query();
    assert_eq!(query.next_one_bar_ago, 48);
    assert_eq!(query.next_two_bars_ago, 0, "two notes then, one so far");
    assert_eq!(memory.note_query(0, 0).one_bar_ago, NO_PITCH, "a second note here has no model");
}

#[test]
fn expectations_leave_locked_parts_out() {
    let mut memory = trio();
    play(&mut memory, &[quarter(0, 0, 60), quarter(24, 1, 36)]);
    memory.open_bar(96, &[quarter(0, 0, 60)], 0b001);
    assert_eq!(memory.position_query().next_one_bar_ago, 24);
}

#[test]
fn pitch_classes_fade_after_two_bars() {
    let mut memory = trio();
    play(&mut memory, &[quarter(0, 0, 60), quarter(24, 0, 60), quarter(48, 0, 67)]);
    memory.open_bar(96, &[], 0);
    let recent = memory.note_query(0, 0).recent;
    assert_eq!((recent[0], recent[7]), (1.0, 0.5));
    memory.open_bar(96, &[], 0);
    assert_eq!(memory.note_query(0, 0).recent, [0.0; 12]);
}

#[test]
fn drums_are_no_harmony() {
    let mut memory = trio();
    play(&mut memory, &[quarter(0, 2, 36)]);
    let query = memory.note_query(0, 2);
    assert_eq!((query.sounding, query.bass, query.recent), (0, NO_PITCH, [0.0; 12]));
    assert_eq!(query.last, 36);
}

#[test]
fn a_long_note_sounds_into_the_next_bar() {
    let mut memory = trio();
    let long = NoteEvent { duration: duration_class(192), ..quarter(0, 1, 40) };
    play(&mut memory, &[long]);
    memory.open_bar(96, &[], 0);
    assert_eq!(memory.note_query(95, 0).bass, 40);
    assert_eq!(states(&memory, 95)[1], state(0, true, 5));
    memory.open_bar(96, &[], 0);
    assert_eq!(memory.note_query(0, 0).bass, NO_PITCH);
}

#[test]
fn given_notes_of_the_bar_are_seen_coming() {
    let mut memory = Memory::new(&parts(&[73, 0, 128]));
    memory.open_bar(96, &[quarter(0, 0, 60), quarter(24, 0, 64), quarter(72, 0, 67), quarter(48, 2, 38)], 1);
    memory.reach(0);
    let coming = memory.note_query(0, 1).coming;
    assert_eq!((coming[0], coming[4], coming[7], coming[2]), (0.0, 0.5, 0.25, 0.0), "drums have no pitch class");
    memory.reach(24);
    let coming = memory.note_query(24, 1).coming;
    assert_eq!((coming[4], coming[7]), (0.0, 1.0 / 3.0));
}
