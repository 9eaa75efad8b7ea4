//! How timings and velocities are counted: in classes of equal width.

use super::sheet::Kind;

/// Classes of timing; the middle one is "in time".
pub(super) const TIMINGS: usize = 41;
/// Classes of velocity; the middle one is "as loud as the music around it".
pub(super) const VELOCITIES: usize = 33;

/// Widths of the classes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Width of a class of timing: milliseconds for drums, hundredths of a quarter note for pitched parts, whose timing is
    /// that of the tempo.
    pub timing: f32,
    /// Width of a class of velocity.
    pub velocity: f32,
}

impl Scale {
    /// Of a kind of performer.
    pub const fn of(kind: Kind) -> Self {
        match kind {
            Kind::Pitched => Self { timing: 1.0, velocity: 3.0 },
            Kind::Drums => Self { timing: 3.0, velocity: 5.0 },
        }
    }

    /// The class of a timing; what lies beyond the last goes into the last.
    pub fn timing_class(self, timing: f32) -> usize {
        class(timing / self.timing, TIMINGS)
    }

    /// The class of a velocity.
    pub fn velocity_class(self, velocity: f32) -> usize {
        class(velocity / self.velocity, VELOCITIES)
    }
}

/// A number of classes from the middle one, `0.0` for its centre, for the network to read: about -1 to 1.
pub(super) fn normal(classes: f32) -> f32 {
    classes / 10.0
}

fn class(from_middle: f32, classes: usize) -> usize {
    let middle = (classes / 2) as f32;
    #[expect(clippy::cast_sign_loss, reason = "clamped to the classes")]
    let class = (from_middle.round() + middle).clamp(0.0, 2.0 * middle) as usize;
    class
}
