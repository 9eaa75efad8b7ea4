//! What is asked of the writer, and what comes back.

use ripieno_score::{Chord, Mode};

use super::{Draft, Improviser, OpenBar, PlannedNote, Playing, Writer};
use crate::attribute::{self, Attributes, chord_class, key_class, phrase_class};
use crate::event::NoteEvent;
use crate::generate::{BarRequest, Generated, Strike};
use crate::vocabulary::{DURATION_STEPS, tempo_class, velocity_of};

impl<W: Writer> Improviser<W> {
    /// Asks the writer for everything that is not settled.
    pub(super) fn begin(&mut self, now: f64) {
        self.replans += u64::from(self.draft_end > 0);
        self.dirty_since = None;
        (self.asked_at, self.cost_open) = (now, Some(now));
        let first = self.committed / self.bar_steps();
        self.ensure_bars(first + 2);
        if self.playing != Playing::Alone {
            self.follow_harmony(now, first);
        }
        let from = self.committed % self.bar_steps();
        let settled = self.bars.iter().filter(|bar| bar.number < first);
        let settled = settled.map(|bar| (self.events(bar), self.locked(bar))).collect();
        let open = self.bars.iter().find(|bar| bar.number == first).expect("bars up to it were made");
        let mut played = open.machine.clone();
        played.sort_unstable();
        let end = self.closing_bar.map_or(first + 2, |closing| (closing + 1).min(first + 2));
        let bars = self.bars.iter().filter(|bar| (first..end).contains(&bar.number));
        let bars = bars.map(|bar| self.request(bar)).collect();
        self.draft_first = first;
        self.draft_end = end;
        self.plan.clear();
        self.planned = self.committed;
        let theme = self.theme(first, from, self.bar_steps());
        self.plan.extend(theme);
        self.writer.begin(Draft { settled, bars, played, from: from as u8 });
    }

    /// The notes that come back in a bar, from one position up to another.
    fn theme(&self, number: u64, from: u64, until: u64) -> Vec<PlannedNote> {
        let Some(bar) = self.bars.iter().find(|bar| bar.number == number) else { return Vec::new() };
        let within = |note: &&NoteEvent| (from..until).contains(&u64::from(note.position));
        bar.theme.iter().filter(within).map(|&note| self.planned_note(number, note)).collect()
    }

    fn planned_note(&self, number: u64, note: NoteEvent) -> PlannedNote {
        PlannedNote {
            onset: number * self.bar_steps() + u64::from(note.position),
            part: note.part,
            pitch: note.pitch,
            duration: DURATION_STEPS[usize::from(note.duration)].into(),
            velocity: velocity_of(note.velocity),
        }
    }

    fn request(&self, bar: &OpenBar) -> BarRequest {
        let mut attributes: Attributes = [0; attribute::COUNT];
        attributes[attribute::PHRASE] = phrase_class(bar.number as usize);
        if self.prepared.is_tonal {
            attributes[attribute::KEY] = key_class(self.key);
            [attributes[attribute::CHORD_1], attributes[attribute::CHORD_2]] = bar.chords;
        }
        let arc = self.usual_density.filter(|_| bar.density != 0);
        let moved = arc.map(|usual| usual.saturating_add_signed(bar.density).clamp(2, 8));
        attributes[attribute::DENSITY] = self.density.or(moved).unwrap_or(0);
        let mut closes = None;
        if let Some(closing) = self.closing_bar {
            attributes[attribute::REMAINING] = attribute::remaining_class(closing.saturating_sub(bar.number) as usize);
            if closing == bar.number && self.prepared.is_tonal {
                let quality = match self.key.mode {
                    Mode::Major => ripieno_score::chord::Quality::Major,
                    Mode::Minor => ripieno_score::chord::Quality::Minor,
                };
                let tonic = chord_class(Some(Chord { root: self.key.tonic, quality }));
                [attributes[attribute::CHORD_1], attributes[attribute::CHORD_2]] = [tonic; 2];
            }
            closes = (closing == bar.number).then_some((self.bar_steps() / 2 - 1) as u8);
        }
        let mut given = [bar.theme.as_slice(), bar.person.as_slice()].concat();
        // What was settled of the theme is played, not given.
        given.retain(|note| !bar.machine.contains(note));
        given.sort_unstable();
        given.dedup_by_key(|note| (note.position, note.part, note.pitch));
        // What is settled has been struck.
        let is_open = |(step, _): &(u64, Strike)| *step >= self.committed && step / self.bar_steps() == bar.number;
        let strike = self.strike.filter(is_open);
        BarRequest {
            meter: self.prepared.meter_class,
            tempo: tempo_class(self.tempo_bpm as f32),
            attributes,
            given,
            locked: self.locked(bar),
            closes,
            chord_pull: bar.chord_pull,
            strike: strike.map(|(_, strike)| strike),
            ..BarRequest::default()
        }
    }

    /// Lets the writer write a note or open a bar.
    pub(super) fn write(&mut self) {
        let at = self.planned / self.bar_steps();
        let last = self.closing_bar.map_or(u64::MAX, |closing| closing + 1);
        while self.draft_end < (at + 3).min(last) {
            self.ensure_bars(self.draft_end + 1);
            let Some(bar) = self.bars.iter().find(|bar| bar.number == self.draft_end) else { break };
            let request = self.request(bar);
            self.writer.ask_more(request);
            self.draft_end += 1;
        }
        match self.writer.write() {
            Some(Generated::Bar { bar }) => {
                let number = self.draft_first + bar as u64;
                self.planned = number * self.bar_steps();
                let theme = self.theme(number, 0, self.bar_steps());
                self.plan.extend(theme);
            }
            Some(Generated::Note { bar, note, .. }) => {
                let number = self.draft_first + bar as u64;
                let note = self.planned_note(number, note);
                self.planned = self.planned.max(note.onset);
                let place = self.plan.partition_point(|other| other < &note);
                self.plan.insert(place, note);
            }
            None => self.planned = self.planned.max(self.draft_end * self.bar_steps()),
        }
    }
}
