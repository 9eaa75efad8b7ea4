//! Chords: their names, their pitch classes, and labelling music with them.

use serde::{Deserialize, Serialize};

/// A root and a quality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Chord {
    /// Pitch class of the root, `0..=11`, C is 0.
    pub root: u8,
    /// What stands on the root.
    pub quality: Quality,
}

/// The shape of a chord. The discriminants are stored in models: add at the end, never renumber.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Quality {
    /// 0 4 7
    Major = 0,
    /// 0 3 7
    Minor = 1,
    /// 0 3 6
    Diminished = 2,
    /// 0 4 8
    Augmented = 3,
    /// 0 4 7 10
    Dominant7 = 4,
    /// 0 4 7 11
    Major7 = 5,
    /// 0 3 7 10
    Minor7 = 6,
    /// 0 3 6 10
    HalfDiminished7 = 7,
    /// 0 3 6 9
    Diminished7 = 8,
    /// 0 5 7
    Suspended4 = 9,
}

impl Chord {
    /// How many different chords there are: 12 roots of 10 qualities.
    pub const COUNT: usize = 120;

    /// `0..Chord::COUNT`: root-major order, `root * 10 + quality`.
    pub const fn index(self) -> u8 {
        self.root * 10 + self.quality as u8
    }
}
