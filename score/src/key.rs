//! Keys: their names, their scales, and finding them.

use serde::{Deserialize, Serialize};

/// Major or minor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Mode {
    /// The Ionian scale.
    Major,
    /// Natural, harmonic or melodic minor.
    Minor,
}

/// A tonic and a mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// Pitch class of the tonic, `0..=11`, C is 0.
    pub tonic: u8,
    /// Major or minor.
    pub mode: Mode,
}

impl Key {
    /// `0..=11` are the major keys from C upwards, `12..=23` the minor ones.
    pub const fn index(self) -> u8 {
        match self.mode {
            Mode::Major => self.tonic,
            Mode::Minor => 12 + self.tonic,
        }
    }

    /// The inverse of [`Key::index`]; `None` above 23.
    pub const fn from_index(index: u8) -> Option<Self> {
        match index {
            0..12 => Some(Self { tonic: index, mode: Mode::Major }),
            12..24 => Some(Self { tonic: index - 12, mode: Mode::Minor }),
            _ => None,
        }
    }
}
