//! Musical time as MIDI files count it: ticks, and ticks per quarter note.

use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

use crate::out_of_range::checked;

checked!(Ppq, u16, "a resolution is 1 to 32767 ticks a quarter note");

/// A moment, or a length, in ticks of the file's own resolution ([`Ppq`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Tick(pub u32);

impl Tick {
    /// The start of the piece.
    pub const ZERO: Self = Self(0);

    /// `self - earlier`, or zero when `earlier` is in fact later.
    pub const fn since(self, earlier: Self) -> Self {
        Self(self.0.saturating_sub(earlier.0))
    }
}

impl Add for Tick {
    type Output = Self;
    fn add(self, rhs: Self) -> Self {
        Self(self.0.saturating_add(rhs.0))
    }
}

impl Sub for Tick {
    type Output = Self;
    fn sub(self, rhs: Self) -> Self {
        self.since(rhs)
    }
}

/// Ticks per quarter note ("pulses per quarter"), `1..=32767`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16")]
pub struct Ppq(u16);

impl Ppq {
    /// A resolution that represents thirty-second notes, triplets and quintuplets exactly.
    pub const DEFAULT: Self = Self(480);

    /// `None` outside `1..=32767` (15 bits in the file header).
    pub const fn new(value: u16) -> Option<Self> {
        if value == 0 || value > 0x7fff { None } else { Some(Self(value)) }
    }

    /// Ticks in a quarter note.
    pub const fn ticks(self) -> u32 {
        self.0 as u32
    }

    /// The number itself, as the header stores it.
    pub const fn value(self) -> u16 {
        self.0
    }
}

impl Default for Ppq {
    fn default() -> Self {
        Self::DEFAULT
    }
}
