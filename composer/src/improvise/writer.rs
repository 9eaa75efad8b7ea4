//! The seam between the improviser and what writes its notes: the model, or a mock in tests.

use ripieno_datasets::originality::Index;

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
    /// What the watch for copies found; nothing where nobody watches.
    fn copies(&self) -> Copies {
        Copies::default()
    }
}

/// What became of the watch for copies of what the model was trained on.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Copies {
    /// How often a pitch was drawn again because a copy would have grown too long; also in drafts that were thrown away.
    pub rerolls: u64,
    /// The heaviest copy in the bars that are over, in notes that say something. What the person played is not in it.
    pub heaviest: f32,
}

/// The model as a writer: a generator that has read what is over, and a clone of it that runs ahead.
pub struct ModelWriter<'m> {
    ground: Generator<'m>,
    draft: Option<Generator<'m>>,
    rerolls: u64,
}

impl<'m> ModelWriter<'m> {
    /// A writer that goes on where `ground` stands.
    pub fn new(ground: Generator<'m>) -> Self {
        Self { ground, draft: None, rerolls: 0 }
    }

    /// The same writer, which from the next draft on draws a pitch again where a copy of a source of `index` would weigh
    /// more than `max_overlap` notes that say something.
    pub(super) fn watched(self, index: &'m Index, max_overlap: f32) -> Self {
        Self { ground: self.ground.watched(index, max_overlap), ..self }
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
        let draft = self.draft.as_mut()?;
        let before = draft.rerolls();
        let written = draft.next();
        self.rerolls += (draft.rerolls() - before) as u64;
        written
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

    fn copies(&self) -> Copies {
        Copies { rerolls: self.rerolls, heaviest: self.ground.heaviest_copy() }
    }
}

#[cfg(test)]
mod tests {
    use ripieno_datasets::originality::{IndexBuilder, Source};
    use ripieno_score::{GridBar, GridNote, GridPart, GridScore, Instrument, Meter};

    use super::super::{Improviser, PlannedNote, Settings};
    use super::*;
    use crate::base;
    use crate::device::DeviceChoice;

    /// Eight bars of the machine alone, with a limit or without.
    fn play(limit: Option<(&Index, f32)>) -> (GridScore, Copies) {
        let model = base::load(&DeviceChoice::Flex.device()).unwrap();
        let mut improviser = Improviser::new(&model, &Settings { seed: 3, ..Settings::default() }).unwrap();
        if let Some((index, max_overlap)) = limit {
            improviser = improviser.watched(index, max_overlap);
        }
        let mut notes: Vec<PlannedNote> = Vec::new();
        let end = 8 * improviser.bar_steps();
        for now in (0..end).step_by(6) {
            let now = now as f64;
            while improviser.think(now) {}
            notes.extend(improviser.commit(now));
        }
        let grid_note = |note: &PlannedNote| GridNote {
            onset: note.onset as u32,
            part: note.part.into(),
            pitch: note.pitch,
            duration: note.duration,
            velocity: note.velocity,
        };
        let part = |part: &crate::event::PartEvent| GridPart {
            name: String::new(),
            instrument: Instrument::from_index(part.instrument).unwrap(),
        };
        let bar = GridBar { start: 0, length: end as u32, meter: Meter::COMMON, tempo_bpm: 100.0 };
        let mut notes: Vec<GridNote> = notes.iter().map(grid_note).collect();
        notes.sort_unstable();
        let parts = improviser.parts().iter().map(part).collect();
        (GridScore { parts, bars: vec![bar], notes }, improviser.copies())
    }

    #[test]
    fn what_would_be_improvised_again_is_not() {
        let (first, unwatched) = play(None);
        assert_eq!(unwatched, Copies::default());
        let text = String::new;
        let source = Source { path: text(), composer: text(), title: text(), source: text(), licence: text(), work: 1 };
        let mut builder = IndexBuilder::default();
        builder.add(source, &first);
        let index = builder.build("the first");
        let (free, whole) = play(Some((&index, 1e6)));
        assert_eq!(free, first, "a limit that is not reached changes nothing");
        assert!(whole.rerolls == 0 && whole.heaviest > 16.0, "{whole:?}");
        let (_, kept) = play(Some((&index, 8.0)));
        assert!(kept.rerolls > 0 && kept.heaviest < 0.6 * whole.heaviest, "{kept:?} {whole:?}");
    }
}
