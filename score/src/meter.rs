//! Time signatures.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::time::{Ppq, Tick};

/// A time signature: `numerator` notes of one `denominator`-th of a whole note in a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Meter {
    /// Beats as written, `1..=255`.
    pub numerator: u8,
    /// A power of two, `1..=64`.
    pub denominator: u8,
}

impl Meter {
    /// 4/4, what a file without a time signature means.
    pub const COMMON: Self = Self { numerator: 4, denominator: 4 };

    /// `None` when the numerator is zero or the denominator is no power of two in `1..=64`.
    pub const fn new(numerator: u8, denominator: u8) -> Option<Self> {
        if numerator == 0 || denominator > 64 || !denominator.is_power_of_two() {
            None
        } else {
            Some(Self { numerator, denominator })
        }
    }

    /// The length of a bar in ticks, rounded to the nearest and at least one.
    pub fn bar_ticks(self, ppq: Ppq) -> Tick {
        let quarters = 4 * u32::from(self.numerator) * ppq.ticks();
        let denominator = u32::from(self.denominator);
        Tick(((quarters + denominator / 2) / denominator).max(1))
    }

    /// The length of a bar in quarter notes.
    pub fn bar_quarters(self) -> f64 {
        4.0 * f64::from(self.numerator) / f64::from(self.denominator)
    }

    /// Whether beats divide into three: 6/8, 9/8, 12/8 and their like.
    pub const fn is_compound(self) -> bool {
        self.numerator > 3 && self.numerator.is_multiple_of(3) && self.denominator >= 8
    }

    /// The length of a felt beat in quarter notes: a dotted quarter in 6/8, a quarter in 4/4.
    pub fn beat_quarters(self) -> f64 {
        let unit = 4.0 / f64::from(self.denominator);
        if self.is_compound() { 3.0 * unit } else { unit }
    }
}

impl fmt::Display for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}
