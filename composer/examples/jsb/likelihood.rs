//! What chorales cost.

use std::fmt;
use std::iter::Sum;

use ripieno_composer::example::{Example, Source};
use ripieno_composer::model::Model;
use ripieno_composer::network::batch::Batch;
use ripieno_composer::task;

use crate::frames::piece;

/// Nats of some chorales.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Likelihood {
    chorales: usize,
    frames: usize,
    /// Position, part, pitch, duration, velocity, bar.
    fields: [f64; 6],
}

impl Likelihood {
    /// Of one chorale as a whole, its end included.
    pub(crate) fn of(model: &Model, frames: &[Vec<u8>]) -> Option<Self> {
        let piece = piece(frames)?;
        let plan = task::plain(&piece.events, 0, frames.len());
        let example = Example::build(Source {
            events: &piece.events,
            attributes: &piece.attributes,
            plan: &plan,
            style: piece.style,
            context: usize::MAX,
        });
        let batch = Batch::new(&[example], model.header.styles.len(), &model.device);
        Some(Self { chorales: 1, frames: frames.len(), fields: model.network.losses(&batch).values() })
    }
}

impl Sum for Likelihood {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, more| Self {
            chorales: sum.chorales + more.chorales,
            frames: sum.frames + more.frames,
            fields: std::array::from_fn(|field| sum.fields[field] + more.fields[field]),
        })
    }
}

impl fmt::Display for Likelihood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per_frame = |nats: f64| nats / self.frames.max(1) as f64;
        write!(
            f,
            "{:>8}{:>8}{:>8.3}{:>8.3}{:>8.3}",
            self.chorales,
            self.frames,
            per_frame(self.fields[0]),
            per_frame(self.fields[2]),
            per_frame(self.fields.iter().sum())
        )
    }
}
