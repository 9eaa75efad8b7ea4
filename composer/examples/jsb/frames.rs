//! Chorales as the network sees them.
//!
//! A frame is a bar of one quarter note, and its pitches are notes that fill it, from the lowest up; the lowest belongs to
//! the first part, the next one to the second, and so on. So the network sees in each part how its voice moves (as far as
//! voices do not cross), and knows nothing that the frames do not say: which notes are held, the meter and the bar lines
//! are not in them.

use ripieno_composer::event::{BarEvents, EventScore, NoteEvent, PartEvent, Role};
use ripieno_composer::train::{Piece, unsaid};
use ripieno_composer::vocabulary::{duration_class, meter_class, tempo_class, velocity_class};
use ripieno_score::{Meter, STEPS_PER_QUARTER};
use serde::Deserialize;

/// The three parts of the split.
#[derive(Debug, Deserialize)]
pub(crate) struct Chorales {
    pub(crate) train: Vec<Vec<Vec<u8>>>,
    pub(crate) valid: Vec<Vec<Vec<u8>>>,
    pub(crate) test: Vec<Vec<Vec<u8>>>,
}

/// Parts that the network is told of; no frame of the set has more than four pitches.
const PARTS: usize = 4;
/// General MIDI's choir.
const CHOIR: u8 = 52;

/// A chorale as events; `None` where a frame has more pitches than there are parts, or one above 127.
pub(crate) fn piece(frames: &[Vec<u8>]) -> Option<Piece> {
    let bars = frames.iter().map(|frame| {
        let mut pitches = frame.clone();
        pitches.sort_unstable();
        pitches.dedup();
        let fits = pitches.len() <= PARTS && pitches.iter().all(|&pitch| pitch < 128);
        let note = |(part, pitch): (u8, u8)| NoteEvent {
            position: 0,
            part,
            pitch,
            duration: duration_class(STEPS_PER_QUARTER),
            velocity: velocity_class(80),
        };
        fits.then(|| BarEvents {
            meter: meter_class(STEPS_PER_QUARTER, Meter::new(1, 4).expect("1/4 is a meter")),
            tempo: tempo_class(72.0),
            notes: (0..).zip(pitches).map(note).collect(),
        })
    });
    let parts = vec![PartEvent { instrument: CHOIR, role: Role::Any }; PARTS];
    let bars = bars.collect::<Option<Vec<_>>>()?;
    // A frame's number, counted in eights, is all that is said about it.
    let attributes = unsaid(bars.len());
    Some(Piece { events: EventScore { parts, bars }, attributes, style: 1 })
}
