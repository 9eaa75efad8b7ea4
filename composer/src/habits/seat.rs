//! Who plays in a piece: what each part does, and where on the keyboard.

use serde::{Deserialize, Serialize};

use crate::event::{PartEvent, Role};
use crate::train::Piece;
use crate::vocabulary::INSTRUMENTS;

/// Pieces with more parts are for no usual set of instruments.
const MOST_PARTS: usize = 6;
/// The share of a part's notes that may lie below where it plays, and above.
const OUTSIDE: usize = 20;

/// A part of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(u8, Role, u8, u8)", into = "(u8, Role, u8, u8)")]
pub struct Seat {
    /// Its instrument and its role.
    pub part: PartEvent,
    /// The lowest MIDI key where it plays; one note in twenty is lower.
    pub low: u8,
    /// The highest MIDI key where it plays; one note in twenty is higher.
    pub high: u8,
}

impl Seat {
    /// Those of all parts of a piece; none where one does not play.
    pub(super) fn all_of(piece: &Piece) -> Vec<Self> {
        let parts = &piece.events.parts;
        let mut pitches: Vec<Vec<u8>> = vec![Vec::new(); parts.len()];
        let notes = piece.events.bars.iter().flat_map(|bar| &bar.notes);
        notes.for_each(|note| pitches[usize::from(note.part)].push(note.pitch));
        if pitches.iter().any(Vec::is_empty) {
            return Vec::new();
        }
        let seat = |(&part, pitches): (&PartEvent, &mut Vec<u8>)| {
            pitches.sort_unstable();
            let outside = pitches.len() / OUTSIDE;
            Self { part, low: pitches[outside], high: pitches[pitches.len() - 1 - outside] }
        };
        parts.iter().zip(&mut pitches).map(seat).collect()
    }

    pub(super) fn is_valid(&self) -> bool {
        usize::from(self.part.instrument) < INSTRUMENTS && self.low <= self.high && self.high < 128
    }
}

/// The instruments of a piece; `None` where there are more than six.
pub(crate) fn instruments(piece: &Piece) -> Option<Vec<u8>> {
    let instruments = piece.events.parts.iter().map(|part| part.instrument);
    (instruments.len() <= MOST_PARTS).then(|| instruments.collect())
}

impl From<(u8, Role, u8, u8)> for Seat {
    fn from((instrument, role, low, high): (u8, Role, u8, u8)) -> Self {
        Self { part: PartEvent { instrument, role }, low, high }
    }
}

impl From<Seat> for (u8, Role, u8, u8) {
    fn from(Seat { part: PartEvent { instrument, role }, low, high }: Seat) -> Self {
        (instrument, role, low, high)
    }
}
