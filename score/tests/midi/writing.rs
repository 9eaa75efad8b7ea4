//! What other programs find in the files that we write.

use ripieno_score::midi::{WriteOptions, read, write, write_with};
use ripieno_score::timeline::{Message, TextKind};
use ripieno_score::{Channel, Instrument, Note, Part, Pitch, Program, Score, Tick, Velocity};

fn note(onset: u32, duration: u32) -> Note {
    let pitch = Pitch::new(60).expect("a pitch");
    Note { onset: Tick(onset), pitch, duration: Tick(duration), velocity: Velocity::DEFAULT }
}

fn part(instrument: u8, channel: u8) -> Part {
    Part {
        name: String::new(),
        instrument: Instrument::from_index(instrument).expect("an instrument"),
        channel: Channel::new(channel).expect("a channel"),
        notes: vec![note(0, 10)],
    }
}

/// The channels and programs that a player hears the parts on.
fn written(parts: Vec<Part>) -> Vec<(u8, u8)> {
    let file = read(&write(&Score { parts, ..Score::default() })).expect("it reads");
    let parts = file.score.parts.iter();
    parts.map(|part| (part.channel.value(), part.instrument.index())).collect()
}

#[test]
fn parts_keep_distinct_channels_and_drums_go_to_channel_ten() {
    assert_eq!(written(vec![part(4, 3), part(128, 1), part(5, 0)]), [(3, 4), (9, 128), (0, 5)]);
}

#[test]
fn a_taken_channel_and_the_drum_channel_give_way_to_a_free_one() {
    assert_eq!(written(vec![part(4, 0), part(4, 0), part(5, 9), part(6, 1)]), [(0, 4), (2, 4), (3, 5), (1, 6)]);
}

#[test]
fn many_parts_share_channels_by_program() {
    let parts = (0..40).map(|index| part(index % 12, index % 16)).collect();
    let mut programs = [None; 16];
    for (channel, program) in written(parts) {
        assert_ne!(channel, 9);
        assert_eq!(*programs[usize::from(channel)].get_or_insert(program), program);
    }
}

#[test]
fn texts_are_written_and_read() {
    let options =
        WriteOptions { texts: vec!["composed by ripieno".into(), "ñ".repeat(1_000)], ..WriteOptions::default() };
    let file = read(&write_with(&Score::default(), &options)).expect("it reads");
    assert_eq!(file.timeline.texts(TextKind::Text).collect::<Vec<_>>(), options.texts);
}

#[test]
fn what_is_for_one_program_comes_last_and_comes_back() {
    let sequencer_data = vec![vec![0x7d, 0, 255], vec![0x7d; 40_000], Vec::new()];
    let options = WriteOptions { sequencer_data: sequencer_data.clone(), ..WriteOptions::default() };
    let score = Score { parts: vec![part(0, 0)], ..Score::default() };
    let file = read(&write_with(&score, &options)).expect("it reads");
    let found = file.timeline.events.iter().filter_map(|event| match &event.message {
        Message::SequencerSpecific(content) => Some((event.tick, content.to_vec())),
        _ => None,
    });
    assert!(found.eq(sequencer_data.into_iter().map(|content| (Tick(10), content))));
    assert_eq!(file.score, read(&write(&score)).expect("it reads").score);
}

#[test]
fn a_release_comes_before_a_stroke_on_the_same_tick() {
    let notes = vec![note(0, 10), note(10, 10)];
    let score = Score { parts: vec![Part { notes, ..part(0, 0) }], ..Score::default() };
    let file = read(&write(&score)).expect("it reads");
    assert_eq!(file.score.parts[0].notes, score.parts[0].notes);
    let program = Message::Program { channel: score.parts[0].channel, program: Program::default() };
    assert_eq!(file.timeline.events[0].message, program);
    assert!(matches!(file.timeline.events[2].message, Message::NoteOff { .. }));
}

#[test]
fn notes_inside_longer_ones_of_their_pitch_exchange_their_ends() {
    let notes = vec![note(0, 30), note(10, 10)];
    let score = Score { parts: vec![Part { notes, ..part(0, 0) }], ..Score::default() };
    let file = read(&write(&score)).expect("it reads");
    assert_eq!(file.score.parts[0].notes, [note(0, 20), note(10, 20)]);
}

#[test]
fn every_track_ends_with_the_score() {
    let score = Score { parts: vec![part(0, 0), Part { notes: vec![note(5, 500)], ..part(0, 1) }], ..Score::default() };
    let file = read(&write(&score)).expect("it reads");
    assert!(file.tracks.iter().all(|track| track.end == Tick(505)));
}

#[test]
fn a_pause_longer_than_a_delta_time_is_bridged() {
    let far = 0x2000_0000;
    let ppq = ripieno_score::Ppq::new(0x7fff).expect("a resolution");
    let score = Score { ppq, parts: vec![Part { notes: vec![note(far, 10)], ..part(0, 0) }], ..Score::default() };
    let file = read(&write(&score)).expect("it reads");
    assert_eq!(file.score.parts[0].notes, [note(far, 10)]);
}
