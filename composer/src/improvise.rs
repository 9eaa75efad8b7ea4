//! Playing along: endless music, written a few beats ahead of the moment, that listens.
//!
//! ```text
//! person's notes ─ hear ─> Ears ─┐                    ┌─ think: a note at a time, up to the look-ahead
//! style, key, density ─ change ──┼─> dirty? ask anew ─┤
//! Form: what comes back ─────────┘                    └─ commit: what is settled, a beat at a time ─> PlannedNote
//! ```
//!
//! The [`Improviser`] knows only musical time: steps of a 24th of a quarter note since the music began. It never waits, has
//! no thread and reads no clock; whoever drives it says what time it is. What is planned but not committed is thrown
//! away when the person plays or wishes something else. When the [`Writer`] is too slow, bars that have been heard are
//! played again, changed, and counted: the music goes on.

mod drafting;
mod ears;
mod fallback;
mod form;
mod harmony;
mod hearing;
mod settings;
mod settling;
mod writer;

use std::collections::VecDeque;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use ripieno_datasets::originality::Index;
use ripieno_score::{Chord, Key, Meter};

use crate::compose::ComposeError;
use crate::compose::plan::CHORD_PULL;
use crate::event::{BarEvents, NoteEvent, PartEvent};
use crate::generate::{Sampling, Strike};
use crate::model::Model;
use crate::vocabulary::{meter_of, tempo_class};
use ears::Ears;
use form::{Form, SECTION};
use settings::Prepared;
pub use settings::{Playing, Settings};
pub use writer::{Copies, Draft, ModelWriter, Writer};

/// The part that person and machine share: when one has it, the other has not.
pub const TUNE: u8 = 0;
/// Steps of a beat, by which music is committed.
pub const BEAT: u64 = 24;

/// Seconds before its beat at which music is committed.
const LEAD_S: f64 = 0.16;
/// Seconds before its beat at which music that is not written is replaced.
const LAST_MOMENT_S: f64 = 0.06;
/// Steps after a note of the person until the plan is made anew: the other notes of its chord come meanwhile.
const CHORD_STEPS: f64 = 2.0;
/// Steps between two new plans at least.
const PLAN_EVERY: f64 = 6.0;
/// Bars that are remembered as played.
const HISTORY: usize = 16;
/// Bars by which the time may jump before the music is taken up anew instead of being made up for.
const JUMP_BARS: u64 = 2;
/// A note that will be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlannedNote {
    /// Step at which it starts.
    pub onset: u64,
    /// Index into [`Improviser::parts`].
    pub part: u8,
    /// MIDI key, `0..=127`.
    pub pitch: u8,
    /// Steps that it lasts, at least 1.
    pub duration: u32,
    /// MIDI velocity, `1..=127`.
    pub velocity: u8,
}

/// A wish of the person while the music plays.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A weight for each row of the style table, and how strongly it is followed.
    Style(Vec<f32>, f32),
    /// The key of what is written; `None`: as the person plays, or as it was.
    Key(Option<Key>),
    /// Density class, `1..=8` ([`DENSITY`](crate::attribute::DENSITY)); `None`: the model and the form decide.
    Density(Option<u8>),
    /// How classes are drawn.
    Sampling(Sampling),
    /// Who plays what.
    Playing(Playing),
    /// Quarter notes a minute.
    Tempo(f64),
    /// A cadence in two bars, and then the end.
    Finish,
}

/// A bar that is not over.
#[derive(Debug, Clone)]
struct OpenBar {
    number: u64,
    letter: u8,
    /// Notes of the tune that come back.
    theme: Vec<NoteEvent>,
    theme_is_complete: bool,
    density: i8,
    chords: [u8; 2],
    /// How strictly the chords are kept.
    chord_pull: f32,
    /// Committed.
    machine: Vec<NoteEvent>,
    person: Vec<NoteEvent>,
}

/// The improviser.
pub struct Improviser<W> {
    writer: W,
    prepared: Prepared,
    form: Form,
    ears: Ears,
    key: Key,
    /// Whether the key was asked for.
    key_is_fixed: bool,
    density: Option<u8>,
    usual_density: Option<u8>,
    tempo_bpm: f64,
    playing: Playing,
    /// The bar that is playing, and those behind it that are asked for.
    bars: VecDeque<OpenBar>,
    history: VecDeque<BarEvents>,
    /// The chords of the section that is being asked for.
    section_chords: Vec<[u8; 2]>,
    /// The chord that the person holds or held last.
    told: Option<Chord>,
    /// The beat, in steps, on which the band shows that it has heard a new one.
    strike: Option<(u64, Strike)>,
    /// The person's keys that are down, with the bar and the note that they became.
    held: Vec<(u8, u64, f64)>,
    committed: u64,
    /// Everything before this step is written.
    planned: u64,
    plan: VecDeque<PlannedNote>,
    /// Number of the first bar of the draft.
    draft_first: u64,
    /// Number of the bar behind the last one of the draft; 0 when there is no draft.
    draft_end: u64,
    dirty_since: Option<f64>,
    asked_at: f64,
    /// Steps that pass from asking until the next beat is written.
    cost: f64,
    cost_open: Option<f64>,
    answers_until: Option<f64>,
    closing_bar: Option<u64>,
    fallbacks: u64,
    replans: u64,
    seed: u64,
}

impl<'m> Improviser<ModelWriter<'m>> {
    /// An improviser that plays with a model.
    ///
    /// # Errors
    ///
    /// When a style is unknown, a part cannot play a note of the key, or there are too many parts.
    pub fn new(model: &'m Model, settings: &Settings) -> Result<Self, ComposeError> {
        let (prepared, request) = settings::prepare(model, settings)?;
        let writer = ModelWriter::new(crate::generate::Generator::new(model, request));
        Ok(Self::with_writer(writer, prepared, settings))
    }

    /// The same improviser, which draws a pitch again where a copy of a source of `index` would weigh more than
    /// `max_overlap` notes that say something. Before the first note.
    pub fn watched(self, index: &'m Index, max_overlap: f32) -> Self {
        Self { writer: self.writer.watched(index, max_overlap), ..self }
    }
}

impl<W: Writer> Improviser<W> {
    fn with_writer(writer: W, prepared: Prepared, settings: &Settings) -> Self {
        let key = prepared.key;
        Self {
            writer,
            form: Form::new(&prepared.theme, settings.seed),
            ears: Ears::new(),
            key,
            key_is_fixed: settings.key.is_some(),
            density: settings.density,
            usual_density: None,
            tempo_bpm: prepared.tempo_bpm,
            playing: settings.playing,
            bars: VecDeque::new(),
            history: VecDeque::new(),
            section_chords: Vec::new(),
            told: None,
            strike: None,
            held: Vec::new(),
            committed: 0,
            planned: 0,
            plan: VecDeque::new(),
            draft_first: 0,
            draft_end: 0,
            dirty_since: None,
            asked_at: f64::MIN,
            cost: 0.0,
            cost_open: None,
            answers_until: None,
            closing_bar: None,
            fallbacks: 0,
            replans: 0,
            seed: settings.seed,
            prepared,
        }
    }

    /// The parts, the tune first.
    pub fn parts(&self) -> &[PartEvent] {
        &self.prepared.parts
    }

    /// Steps of a bar.
    pub fn bar_steps(&self) -> u64 {
        self.prepared.bar_steps
    }

    /// The meter.
    pub fn meter(&self) -> Meter {
        meter_of(self.prepared.meter_class).1
    }

    /// The key that is played in.
    pub fn key(&self) -> Key {
        self.key
    }

    /// Quarter notes a minute.
    pub fn tempo_bpm(&self) -> f64 {
        self.tempo_bpm
    }

    /// Who plays what.
    pub fn playing(&self) -> Playing {
        self.playing
    }

    /// Letter of the section at a step, and its chord there; `None` where nothing is planned.
    pub fn place(&self, step: u64) -> Option<(char, Option<Chord>)> {
        let bar = self.bars.iter().find(|bar| bar.number == step / self.bar_steps())?;
        let half = usize::from(2 * (step % self.bar_steps()) >= self.bar_steps());
        Some((char::from(b'A' + bar.letter), bar.chords[half].checked_sub(1).and_then(Chord::from_index)))
    }

    /// Everything before this step is settled.
    pub fn committed(&self) -> u64 {
        self.committed
    }

    /// Everything before this step is written.
    pub fn planned(&self) -> u64 {
        self.planned.max(self.committed)
    }

    /// Notes that are written and not settled.
    pub fn plan(&self) -> impl Iterator<Item = &PlannedNote> {
        self.plan.iter()
    }

    /// Beats that had to be filled with what was heard before, because nothing was written in time.
    pub fn fallbacks(&self) -> u64 {
        self.fallbacks
    }

    /// What the watch for copies found.
    pub fn copies(&self) -> Copies {
        self.writer.copies()
    }

    /// How often a plan was thrown away.
    pub fn replans(&self) -> u64 {
        self.replans
    }

    /// Whether the music has ended.
    pub fn is_over(&self) -> bool {
        self.closing_bar.is_some_and(|bar| self.committed >= (bar + 1) * self.bar_steps())
    }

    /// Does what the person wishes, from the next beat that is not settled.
    pub fn change(&mut self, now: f64, change: Change) {
        match change {
            Change::Style(weights, strength) => self.writer.restyle(weights, strength),
            Change::Key(key) => {
                self.key_is_fixed = key.is_some();
                self.key = key.unwrap_or(self.key);
                self.writer.set_limits(self.prepared.limits(key));
                self.section_chords.clear();
                self.forget_chords();
            }
            Change::Density(class) => self.density = class,
            Change::Sampling(sampling) => self.writer.set_sampling(sampling),
            Change::Playing(playing) => {
                (self.playing, self.answers_until) = (playing, None);
                self.forget_theme();
            }
            Change::Tempo(bpm) => {
                self.tempo_bpm = bpm;
                return;
            }
            Change::Finish => {
                let bar = self.committed / self.bar_steps() + 1;
                self.closing_bar.get_or_insert(bar);
            }
        }
        // At once, not when a chord might be complete.
        self.dirty_since = Some(now - CHORD_STEPS);
    }

    /// Works a little: at most one note. Returns whether there is more to do now.
    pub fn think(&mut self, now: f64) -> bool {
        self.take_in(now);
        self.take_turns(now);
        if self.is_over() {
            return false;
        }
        let no_draft = self.draft_end == 0;
        if no_draft || self.dirty_since.is_some_and(|since| self.may_plan(now, since)) {
            self.begin(now);
            return true;
        }
        let end = self.closing_bar.map_or(f64::INFINITY, |bar| ((bar + 1) * self.bar_steps()) as f64);
        let wanted = (now + (self.prepared.look_ahead * BEAT) as f64).min(end);
        if self.planned as f64 >= wanted {
            return false;
        }
        self.write();
        if let Some(since) = self.cost_open
            && self.planned >= self.committed + BEAT
        {
            self.cost_open = None;
            self.cost = 0.7 * self.cost + 0.3 * (now - since).max(0.0);
        }
        true
    }

    /// Settles the music up to a little ahead of `now`, and returns its notes, in order.
    pub fn commit(&mut self, now: f64) -> Vec<PlannedNote> {
        let mut notes = Vec::new();
        if now > (self.committed + JUMP_BARS * self.bar_steps()) as f64 {
            self.jump(now);
        }
        let unit = self.prepared.commit * BEAT;
        while !self.is_over() && now + self.steps(LEAD_S) >= self.committed as f64 {
            let until = self.committed + unit;
            self.ensure_bars(until / self.bar_steps() + 1);
            if self.planned < until {
                if now + self.steps(LAST_MOMENT_S) < self.committed as f64 {
                    break;
                }
                self.fall_back(until, &mut notes);
            } else {
                while let Some(note) = self.plan.pop_front_if(|note| note.onset < until) {
                    self.settle(note, &mut notes);
                }
            }
            self.committed = until;
        }
        notes.sort_unstable();
        notes
    }

    fn steps(&self, seconds: f64) -> f64 {
        seconds * self.tempo_bpm / 60.0 * BEAT as f64
    }

    /// A plan is made anew when the person's chord is complete, not too often, and not when the old one is needed at once.
    fn may_plan(&self, now: f64, since: f64) -> bool {
        let slack = self.committed as f64 - now - self.steps(LEAD_S);
        now >= since + CHORD_STEPS && now >= self.asked_at + PLAN_EVERY && slack > 1.5 * self.cost
    }

    /// Makes sure that the bars before `end` exist.
    fn ensure_bars(&mut self, end: u64) {
        // A person who plays far ahead of time does not make the music longer.
        let end = end.min(self.committed / self.bar_steps() + 2 * SECTION);
        loop {
            let number = self.bars.back().map_or(0, |bar| bar.number + 1);
            if number >= end {
                return;
            }
            self.open_bar(number);
        }
    }

    /// Makes a bar behind the last one, as the form says.
    fn open_bar(&mut self, number: u64) {
        let plan = self.form.bar(number);
        let is_alone = self.playing == Playing::Alone;
        let (theme, theme_is_complete) = if is_alone { (plan.given, plan.is_complete) } else { (Vec::new(), false) };
        let chords = match plan.chords.filter(|_| is_alone) {
            Some(chords) => chords,
            None if is_alone => self.chords_of_section(number),
            None => [0; 2],
        };
        self.bars.push_back(OpenBar {
            number,
            letter: plan.letter,
            theme,
            theme_is_complete,
            density: plan.density,
            chords,
            chord_pull: CHORD_PULL,
            machine: Vec::new(),
            person: Vec::new(),
        });
    }

    /// Nothing of a tune comes back in the bars that are not over.
    fn forget_theme(&mut self) {
        for bar in &mut self.bars {
            bar.theme.clear();
            bar.theme_is_complete = false;
        }
    }

    fn rng(&self, purpose: u64, number: u64) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream((purpose << 48) + number);
        rng
    }

    /// Whether the machine has the tune in a bar.
    fn has_tune(&self, number: u64) -> bool {
        match self.playing {
            Playing::Alone => true,
            Playing::Accompany | Playing::Band { .. } => false,
            Playing::Answer => self.answers_until.is_some_and(|until| ((number * self.bar_steps()) as f64) < until),
            Playing::Trade { bars } => (number / bars.max(1)) % 2 == 1,
        }
    }

    fn locked(&self, bar: &OpenBar) -> u64 {
        u64::from(!self.has_tune(bar.number) || bar.theme_is_complete) << TUNE
    }

    fn events(&self, bar: &OpenBar) -> BarEvents {
        let mut notes = [bar.machine.as_slice(), bar.person.as_slice()].concat();
        notes.sort_unstable();
        notes.dedup_by_key(|note| (note.position, note.part, note.pitch));
        BarEvents { meter: self.prepared.meter_class, tempo: tempo_class(self.tempo_bpm as f32), notes }
    }

    /// Makes the first plan before the music begins.
    pub fn prepare(&mut self) {
        while self.think(0.0) {}
    }
}

/// Steps of the bar of a meter class.
fn steps_of(meter_class: u16) -> u64 {
    u64::from(meter_of(meter_class).0)
}

#[cfg(test)]
mod tests;
