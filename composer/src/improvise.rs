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

mod ears;
mod fallback;
mod form;
mod settings;
mod writer;

use std::collections::VecDeque;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use ripieno_score::{Chord, Key, Meter, Mode};

use crate::attribute::{self, Attributes, chord_class, density_class, key_class, phrase_class};
use crate::compose::ComposeError;
use crate::compose::harmony::{BarNotes, harmonize};
use crate::event::{BarEvents, NoteEvent, PartEvent};
use crate::generate::{BarRequest, Generated, Sampling};
use crate::model::Model;
use crate::vocabulary::{DURATION_STEPS, PITCHES, duration_class, meter_of, tempo_class, velocity_class, velocity_of};
use ears::{Ears, meant};
use form::{Form, SECTION};
use settings::Prepared;
pub use settings::{Playing, Settings};
pub use writer::{Draft, ModelWriter, Writer};

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
/// Steps of silence after which a phrase of the person has ended.
const PAUSE: f64 = BEAT as f64;

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
    /// Density class, `1..=8` ([`attribute::DENSITY`]); `None`: the model and the form decide.
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

    /// How often a plan was thrown away.
    pub fn replans(&self) -> u64 {
        self.replans
    }

    /// Whether the music has ended.
    pub fn is_over(&self) -> bool {
        self.closing_bar.is_some_and(|bar| self.committed >= (bar + 1) * self.bar_steps())
    }

    /// The person's key goes down at `step`.
    pub fn note_on(&mut self, step: f64, pitch: u8, velocity: u8) {
        self.ears.note_on(step, pitch);
        self.dirty_since.get_or_insert(step);
        if matches!(self.playing, Playing::Band { split } if pitch < split) {
            return;
        }
        #[expect(clippy::cast_sign_loss, reason = "not negative")]
        let at = meant(step).max(0.0) as u64;
        let number = at / self.bar_steps();
        self.ensure_bars(number + 1);
        let position = (at % self.bar_steps()) as u8;
        let Some(bar) = self.bars.iter_mut().find(|bar| bar.number == number) else { return };
        let note = NoteEvent {
            position,
            part: TUNE,
            pitch,
            duration: duration_class(BEAT as u32),
            velocity: velocity_class(velocity),
        };
        if !bar.person.iter().any(|other| (other.position, other.pitch) == (position, pitch)) {
            bar.person.push(note);
            self.held.push((pitch, number, step));
        }
    }

    /// The person's key goes up at `step`.
    pub fn note_off(&mut self, step: f64, pitch: u8) {
        self.ears.note_off(step, pitch);
        let Some(index) = self.held.iter().position(|&(held, ..)| held == pitch) else { return };
        let (_, number, onset) = self.held.swap_remove(index);
        if let Some(bar) = self.bars.iter_mut().find(|bar| bar.number == number)
            && let Some(note) = bar.person.iter_mut().rev().find(|note| note.pitch == pitch)
        {
            #[expect(clippy::cast_sign_loss, reason = "at least 1")]
            let steps = (step - onset).round().max(1.0) as u32;
            note.duration = duration_class(steps);
        }
    }

    /// All of the person's keys are up: the keyboard is gone.
    pub fn all_notes_off(&mut self, step: f64) {
        self.ears.all_off(step);
        self.held.clear();
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
            Change::Playing(playing) => (self.playing, self.answers_until) = (playing, None),
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
        let no_draft = self.draft_end == 0;
        if no_draft || self.dirty_since.is_some_and(|since| self.may_plan(now, since)) {
            self.begin(now);
            return true;
        }
        let wanted = now + (self.prepared.look_ahead * BEAT) as f64;
        if self.planned as f64 >= wanted || self.is_over() {
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
            let plan = self.form.bar(number);
            let is_alone = self.playing == Playing::Alone;
            let (theme, theme_is_complete) =
                if is_alone { (plan.given, plan.is_complete) } else { (Vec::new(), false) };
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
                machine: Vec::new(),
                person: Vec::new(),
            });
        }
    }

    /// Chords of a bar of new material, drawn for its whole section at once.
    fn chords_of_section(&mut self, number: u64) -> [u8; 2] {
        if !self.prepared.is_tonal {
            return [0; 2];
        }
        let index = (number % SECTION) as usize;
        if index == 0 || self.section_chords.is_empty() {
            let length = self.bar_steps() as u32;
            let bars: Vec<BarNotes<'_>> =
                (0..SECTION as usize).map(|place| BarNotes { length, notes: Vec::new(), place }).collect();
            let chords = harmonize(&bars, self.parts(), self.key, false, &mut self.rng(1, number));
            self.section_chords =
                chords.into_iter().map(|halves| halves.map(|chord| chord_class(Some(chord)))).collect();
        }
        self.section_chords[index]
    }

    /// Chords that are only planned give way, after a change of key.
    fn forget_chords(&mut self) {
        let settled = self.committed / self.bar_steps();
        let numbers: Vec<u64> = self.bars.iter().map(|bar| bar.number).filter(|&number| number > settled).collect();
        for number in numbers {
            let chords = self.chords_of_section(number);
            if let Some(bar) = self.bars.iter_mut().find(|bar| bar.number == number) {
                (bar.chords, bar.theme) = (chords, Vec::new());
                bar.theme_is_complete = false;
            }
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

    /// Reads the bars that are over.
    fn take_in(&mut self, now: f64) {
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

    fn follow_key(&mut self) {
        let heard = self.ears.classes();
        if self.key_is_fixed || heard.iter().sum::<f32>() < 8.0 {
            return;
        }
        let (key, confidence) = ripieno_score::key::find_key(heard);
        if confidence > 0.1 {
            self.key = key;
        }
    }

    /// Whose turn it is, where turns follow the person's phrases.
    fn take_turns(&mut self, now: f64) {
        if self.playing != Playing::Answer {
            return;
        }
        let Some(silence) = self.ears.silent_for(now) else { return };
        match self.answers_until {
            Some(_) if silence < PAUSE => self.answers_until = None,
            None if silence >= PAUSE => {
                let bar = self.bar_steps() as f64;
                let length = (self.ears.phrase_length() / bar).ceil().clamp(2.0, 8.0);
                self.answers_until = Some(((now / bar).floor() + 1.0 + length) * bar);
            }
            _ => return,
        }
        self.dirty_since = Some(now - CHORD_STEPS);
    }

    /// Asks the writer for everything that is not settled.
    fn begin(&mut self, now: f64) {
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
        BarRequest {
            meter: self.prepared.meter_class,
            tempo: tempo_class(self.tempo_bpm as f32),
            attributes,
            given,
            locked: self.locked(bar),
            closes,
        }
    }

    /// Finds chords for the bars from `first` on that fit what the person plays.
    fn follow_harmony(&mut self, now: f64, first: u64) {
        if !self.prepared.is_tonal {
            return;
        }
        let (split, least) = match self.playing {
            Playing::Band { split } => (split, 2),
            _ => (PITCHES as u8, 3),
        };
        let held = self.ears.chord(now, split, least);
        let length = self.bar_steps() as u32;
        let past = self.history.len().min(3);
        let mut notes: Vec<Vec<NoteEvent>> =
            self.history.iter().skip(self.history.len() - past).map(|bar| bar.notes.clone()).collect();
        let begin = self.bars.front().map_or(first, |bar| bar.number);
        notes.extend(self.bars.iter().map(|bar| self.events(bar).notes));
        let half_steps = self.bar_steps() / 2;
        let now_half = (self.committed / half_steps.max(1)) as i64;
        // A chord that is held goes on until the end of the next bar.
        let held_halves = now_half..(2 * (first as i64 + 2));
        if let Some(chord) = held {
            let evidence = |half: i64| {
                let position = if half % 2 == 0 { 0 } else { length.div_ceil(2) as u8 };
                let classes = (0..12u8).filter(|&class| chord.pitch_classes()[usize::from(class)]);
                classes.map(move |class| NoteEvent {
                    position,
                    part: TUNE,
                    pitch: 60 + class,
                    duration: duration_class(length / 2),
                    velocity: 20,
                })
            };
            for half in held_halves.clone() {
                let index = half / 2 - begin as i64 + past as i64;
                if let Some(bar) = usize::try_from(index).ok().and_then(|index| notes.get_mut(index)) {
                    bar.retain(|note| (i64::from(2 * u32::from(note.position) >= length)) != half % 2);
                    bar.extend(evidence(half));
                }
            }
        }
        let place = |index: usize| ((begin as usize + 8 * HISTORY + index) - past) % 8;
        let bars: Vec<BarNotes<'_>> = notes
            .iter()
            .enumerate()
            .map(|(index, notes)| BarNotes { length, notes: notes.iter().collect(), place: place(index) })
            .collect();
        let found = harmonize(&bars, self.parts(), self.key, false, &mut self.rng(2, begin));
        for (bar, chords) in self.bars.iter_mut().zip(&found[past..]) {
            for (half, &planned) in chords.iter().enumerate() {
                let number = (2 * bar.number + half as u64) as i64;
                if number >= now_half {
                    let chord = held.filter(|_| held_halves.contains(&number)).unwrap_or(planned);
                    bar.chords[half] = chord_class(Some(chord));
                }
            }
        }
    }

    /// Lets the writer write a note or open a bar.
    fn write(&mut self) {
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

    fn settle(&mut self, note: PlannedNote, notes: &mut Vec<PlannedNote>) {
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
    fn fall_back(&mut self, until: u64, notes: &mut Vec<PlannedNote>) {
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
    fn jump(&mut self, now: f64) {
        #[expect(clippy::cast_sign_loss, reason = "later than what was committed")]
        let bar = (now / self.bar_steps() as f64).ceil() as u64;
        while self.bars.front().is_some_and(|front| front.number < bar) {
            let front = self.bars.pop_front().expect("it was looked at");
            let (events, locked) = (self.events(&front), self.locked(&front));
            self.writer.take_in(&events, locked);
        }
        if self.bars.is_empty() {
            let plan = self.form.bar(bar);
            self.bars.push_back(OpenBar {
                number: bar,
                letter: plan.letter,
                theme: Vec::new(),
                theme_is_complete: false,
                density: 0,
                chords: [0; 2],
                machine: Vec::new(),
                person: Vec::new(),
            });
        }
        self.committed = bar * self.bar_steps();
        self.planned = self.committed;
        self.plan.clear();
        self.held.clear();
        self.draft_end = 0;
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
