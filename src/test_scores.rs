//! Small scores that tests of several modules use.

use ripieno_score::{Channel, Instrument, Note, Part, Pitch, Program, Score, Tick, Velocity};

/// One piano part of `(onset, pitch, duration)` in ticks, 480 a quarter.
pub(crate) fn score_of(notes: &[(u32, u8, u32)]) -> Score {
    let notes = notes.iter().map(|&(onset, pitch, duration)| Note {
        onset: Tick(onset),
        pitch: Pitch::new(pitch).expect("tests use pitches up to 127"),
        duration: Tick(duration),
        velocity: Velocity::DEFAULT,
    });
    Score {
        parts: vec![Part {
            name: "Melody".into(),
            instrument: Instrument::Program(Program::default()),
            channel: Channel::new(0).expect("channel 0 exists"),
            notes: notes.collect(),
        }],
        ..Score::default()
    }
}
