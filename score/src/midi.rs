//! Standard MIDI Files: bytes to [`Timeline`](crate::Timeline) and [`Score`](crate::Score), and back.

use crate::{Score, Timeline};

/// What was found in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct MidiFile {
    /// For a player.
    pub timeline: Timeline,
    /// For a composer.
    pub score: Score,
}
