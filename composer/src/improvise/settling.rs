//! What becomes of the plan: settled notes, bars that are over, and what is played when there is no plan.

use super::form::SECTION;
use super::{HISTORY, Improviser, PlannedNote, TUNE, Writer, fallback};
use crate::attribute::density_class;
use crate::event::NoteEvent;
use crate::vocabulary::{duration_class, velocity_class};

impl<W: Writer> Improviser<W> {
    /// Reads the bars that are over.
    pub(super) fn take_in(&mut self, now: f64) {
        while let Some(bar) = self.bars.front() {
            let end = (bar.number + 1) * self.bar_steps();
            if self.committed < end || now < end as f64 {
                return;
            }
            let (events, locked) = (self.events(bar), self.locked(bar));
            let bar = self.bars.pop_front().expect("it was looked at");
            self.writer.take_in(&events, locked);
            let tune = events.notes.iter().filter(|note| note.part == TUNE).copied().collect();
            self.form.learn(bar.number, tune, bar.chords);
            if bar.number + 1 == SECTION {
                let classes = self.history.iter().map(|bar| density_class(bar.notes.len(), bar.length()));
                let (sum, count) =
                    classes.fold((0u32, 0u32), |(sum, count), class| (sum + u32::from(class), count + 1));
                self.usual_density = sum.checked_div(count).map(|mean| mean as u8);
            }
            self.history.push_back(events);
            if self.history.len() > HISTORY {
                self.history.pop_front();
            }
            self.held.retain(|&(_, number, _)| number + 4 > bar.number);
            self.follow_key();
        }
    }

    pub(super) fn settle(&mut self, note: PlannedNote, notes: &mut Vec<PlannedNote>) {
        let number = note.onset / self.bar_steps();
        let event = NoteEvent {
            position: (note.onset % self.bar_steps()) as u8,
            part: note.part,
            pitch: note.pitch,
            duration: duration_class(note.duration),
            velocity: velocity_class(note.velocity),
        };
        if let Some(bar) = self.bars.iter_mut().find(|bar| bar.number == number) {
            bar.machine.push(event);
        }
        notes.push(note);
    }

    /// Fills up to `until` with what was heard, because nothing was written in time.
    pub(super) fn fall_back(&mut self, until: u64, notes: &mut Vec<PlannedNote>) {
        self.fallbacks += 1;
        let written: Vec<PlannedNote> =
            self.plan.drain(..).filter(|note| note.onset < until.min(self.planned)).collect();
        let from = self.planned.max(self.committed);
        let number = from / self.bar_steps();
        let chord = self.place(from).and_then(|(_, chord)| chord);
        let tune_is_free = self.has_tune(number);
        let drums: Vec<bool> = self.parts().iter().map(|part| part.is_drums()).collect();
        let again =
            fallback::repeat(&self.history, from..until, self.bar_steps(), chord, &drums, &mut self.rng(3, from));
        for note in written.into_iter().chain(again.into_iter().filter(|note| note.part != TUNE || tune_is_free)) {
            self.settle(note, notes);
        }
        self.planned = until;
        // What the writer is at lies in the past now.
        self.draft_end = 0;
    }

    /// Time has jumped, because the machine slept: takes the music up at the next bar.
    pub(super) fn jump(&mut self, now: f64) {
        #[expect(clippy::cast_sign_loss, reason = "later than what was committed")]
        let bar = (now / self.bar_steps() as f64).ceil() as u64;
        while self.bars.front().is_some_and(|front| front.number < bar) {
            let front = self.bars.pop_front().expect("it was looked at");
            let (events, locked) = (self.events(&front), self.locked(&front));
            self.writer.take_in(&events, locked);
        }
        if self.bars.is_empty() {
            self.open_bar(bar);
        }
        self.committed = bar * self.bar_steps();
        self.planned = self.committed;
        self.plan.clear();
        self.held.clear();
        self.draft_end = 0;
    }
}
