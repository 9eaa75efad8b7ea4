//! The seam between the improviser and what writes its notes: the model, or a mock in tests.

use crate::event::{BarEvents, NoteEvent};
use crate::generate::{BarRequest, Generated, Generator, PartLimits, Sampling};

/// What is to be written next.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Draft {
    /// Bars that are settled but not over yet, with the parts (a bit each) that were not the model's to play.
    pub settled: Vec<(BarEvents, u64)>,
    /// The bars to be written; the first may have begun.
    pub bars: Vec<BarRequest>,
    /// What stands in the first bar already, sorted.
    pub played: Vec<NoteEvent>,
    /// The first position of the first bar at which a note may start.
    pub from: u8,
}

/// Writes bars of notes, a note at a time.
pub trait Writer {
    /// Takes in a bar that is over.
    fn take_in(&mut self, bar: &BarEvents, locked: u64);
    /// Drops what was begun and begins a draft.
    fn begin(&mut self, draft: Draft);
    /// One more bar at the end of the draft.
    fn ask_more(&mut self, bar: BarRequest);
    /// Writes the next note or opens the next bar; `None` when all bars of the draft are written.
    fn write(&mut self) -> Option<Generated>;
    /// Another mix of styles from the next draft on: a weight for each row of the style table.
    fn restyle(&mut self, style: Vec<f32>, strength: f32);
    /// Another way of drawing from the next draft on.
    fn set_sampling(&mut self, sampling: Sampling);
    /// Other limits of the parts from the next draft on.
    fn set_limits(&mut self, limits: Vec<PartLimits>);
}

/// The model as a writer: a generator that has read what is over, and a clone of it that runs ahead.
pub struct ModelWriter<'m> {
    ground: Generator<'m>,
    draft: Option<Generator<'m>>,
}

impl<'m> ModelWriter<'m> {
    /// A writer that goes on where `ground` stands.
    pub fn new(ground: Generator<'m>) -> Self {
        Self { ground, draft: None }
    }
}

impl Writer for ModelWriter<'_> {
    fn take_in(&mut self, bar: &BarEvents, locked: u64) {
        self.ground.take_in(bar, locked);
    }

    fn begin(&mut self, draft: Draft) {
        let mut writer = self.ground.clone();
        for (bar, locked) in &draft.settled {
            writer.take_in(bar, *locked);
        }
        writer.ask(draft.bars, &draft.played, draft.from);
        self.draft = Some(writer);
    }

    fn ask_more(&mut self, bar: BarRequest) {
        if let Some(draft) = &mut self.draft {
            draft.ask_more(bar);
        }
    }

    fn write(&mut self) -> Option<Generated> {
        self.draft.as_mut()?.next()
    }

    fn restyle(&mut self, style: Vec<f32>, strength: f32) {
        self.ground.restyle(style, strength);
    }

    fn set_sampling(&mut self, sampling: Sampling) {
        self.ground.set_sampling(sampling);
    }

    fn set_limits(&mut self, limits: Vec<PartLimits>) {
        self.ground.set_limits(limits);
    }
}
