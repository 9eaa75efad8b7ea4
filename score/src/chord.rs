//! Chords: their names, their pitch classes, and labelling music with them.

mod fit;
mod label;
mod name;
mod span;

use serde::{Deserialize, Serialize};

pub use label::{ChordGrid, ChordSpan, label_chords};
pub use name::ParseChordError;

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

    /// The inverse of [`Chord::index`]; `None` from [`Chord::COUNT`] on.
    pub const fn from_index(index: u8) -> Option<Self> {
        if (index as usize) < Self::COUNT {
            Some(Self { root: index / 10, quality: Quality::ALL[(index % 10) as usize] })
        } else {
            None
        }
    }

    /// Which pitch classes the chord has, from C upwards.
    pub const fn pitch_classes(self) -> [bool; 12] {
        let mut classes = [false; 12];
        let intervals = self.quality.intervals();
        let mut index = 0;
        while index < intervals.len() {
            classes[(self.root as usize + intervals[index] as usize) % 12] = true;
            index += 1;
        }
        classes
    }
}

impl Quality {
    /// All qualities, each at the index of its discriminant.
    pub const ALL: [Self; 10] = [
        Self::Major,
        Self::Minor,
        Self::Diminished,
        Self::Augmented,
        Self::Dominant7,
        Self::Major7,
        Self::Minor7,
        Self::HalfDiminished7,
        Self::Diminished7,
        Self::Suspended4,
    ];

    /// Semitones above the root, the root's 0 first, rising.
    pub const fn intervals(self) -> &'static [u8] {
        match self {
            Self::Major => &[0, 4, 7],
            Self::Minor => &[0, 3, 7],
            Self::Diminished => &[0, 3, 6],
            Self::Augmented => &[0, 4, 8],
            Self::Dominant7 => &[0, 4, 7, 10],
            Self::Major7 => &[0, 4, 7, 11],
            Self::Minor7 => &[0, 3, 7, 10],
            Self::HalfDiminished7 => &[0, 3, 6, 10],
            Self::Diminished7 => &[0, 3, 6, 9],
            Self::Suspended4 => &[0, 5, 7],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_index_is_a_chord_and_comes_back() {
        for index in 0..120 {
            assert_eq!(Chord::from_index(index).map(Chord::index), Some(index));
        }
        assert_eq!(Chord::from_index(120), None);
        assert_eq!(Chord::from_index(255), None);
    }

    #[test]
    fn a_chord_has_the_pitch_classes_above_its_root() {
        let dominant = Chord { root: 7, quality: Quality::Dominant7 };
        let classes: Vec<usize> = (0..12).filter(|&class| dominant.pitch_classes()[class]).collect();
        assert_eq!(classes, [2, 5, 7, 11]);
    }
}
