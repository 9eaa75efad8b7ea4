//! Writing music: a seeded iterator of events under hard constraints.
//!
//! The caller decides how far ahead to run: nothing is computed until [`Generator::next`] is called, and a generator
//! that is dropped stops. Constraints are masks on single fields, so they hold at any temperature.

mod constraint;
mod guard;
mod sampling;
mod stream;
mod strike;
mod watch;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

pub use constraint::PartLimits;
use ripieno_datasets::originality::Index;
use ripieno_score::Chord;
pub use sampling::Sampling;

use crate::attribute::{self, Attributes};
use crate::event::{BarEvents, NoteEvent, PartEvent, Role};
use crate::example::chord_at;
use crate::model::Model;
use crate::vocabulary::{DURATION_STEPS, END, NEXT_BAR, PITCHES, POSITIONS, meter_of};
use constraint::Legal;
use guard::Guard;
use stream::Stream;
pub use strike::Strike;
use watch::Watch;

/// How much more strongly the last chord is kept than others.
const CLOSING_PULL: f32 = 4.0;

/// What is to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// All parts, given ones included; at most 48.
    pub parts: Vec<PartEvent>,
    /// What each part may play; as many as parts.
    pub limits: Vec<PartLimits>,
    /// Music that comes before the first bar to be written.
    pub past: Vec<BarEvents>,
    /// Bars to be written.
    pub bars: Vec<BarRequest>,
    /// Music that follows the last bar to be written, for a gap: up to two bars of notes, else empty.
    pub after: Vec<Vec<NoteEvent>>,
    /// Weight of each row of the model's style table ("no style" first); sums to one.
    pub style: Vec<f32>,
    /// How strongly the style is followed: 1 as the model learnt it, more exaggerates it, 0 ignores it
    /// (classifier-free guidance, Ho & Salimans 2022, arXiv:2207.12598).
    pub style_strength: f32,
    /// How classes are drawn.
    pub sampling: Sampling,
    /// Seed of the random numbers.
    pub seed: u64,
}

/// One bar to be written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BarRequest {
    /// Meter class.
    pub meter: u16,
    /// Tempo class.
    pub tempo: u8,
    /// What is said about the bar; zeros where nothing is.
    pub attributes: Attributes,
    /// Notes that are there already, sorted.
    pub given: Vec<NoteEvent>,
    /// Parts that play nothing else in this bar, a bit each.
    pub locked: u64,
    /// For a bar in which the music closes: the last position at which a note may start. The chord that is said for the
    /// bar is then kept more strictly, and a bass plays its root.
    pub closes: Option<u8>,
    /// How much the logits of pitches outside the bar's chords are lowered, on beats; half as much between them. 0 leaves
    /// harmony to the model.
    pub chord_pull: f32,
    /// A beat that must be struck before anything else is written behind it.
    pub strike: Option<Strike>,
}

/// What a [`Generator`] yields.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Generated {
    /// Bar number `bar` of the request begins.
    Bar {
        /// Index into [`Request::bars`].
        bar: usize,
    },
    /// A note of the open bar.
    Note {
        /// Index into [`Request::bars`].
        bar: usize,
        /// The note.
        note: NoteEvent,
        /// Its negative log-likelihood among what was legal, in nats.
        nats: f32,
    },
}

/// The iterator.
///
/// A clone is a draft: it goes its own way from where the original stands, which stays there. What is played live is
/// written so: [`take_in`](Self::take_in) what has happened, clone, [`ask`](Self::ask) the clone for what comes next,
/// and drop it when something else has happened.
#[derive(Clone)]
pub struct Generator<'m> {
    request: Request,
    stream: Stream<'m>,
    rng: ChaCha8Rng,
    guard: Guard,
    /// Against copies, where they are looked for.
    watch: Option<Watch<'m>>,
    /// The open bar.
    open: Option<usize>,
    next_bar: usize,
    /// Bars that were taken in.
    taken_in: u64,
    /// The first position of the open bar at which a note may start.
    from: u8,
    /// Parts that have still to strike in the open bar, in order.
    striking: Vec<u8>,
    /// Whether the last bar that is asked for is only the last for now.
    is_endless: bool,
}

impl<'m> Generator<'m> {
    /// Reads the past; writes nothing yet.
    pub fn new(model: &'m Model, request: Request) -> Self {
        let mut stream = Stream::new(model, &request);
        stream.begin(&request);
        let rng = ChaCha8Rng::seed_from_u64(request.seed);
        let guard = Guard::new(&request.parts);
        Self {
            request,
            stream,
            rng,
            guard,
            watch: None,
            open: None,
            next_bar: 0,
            taken_in: 0,
            from: 0,
            striking: Vec::new(),
            is_endless: false,
        }
    }

    /// The same generator, which from now on draws a pitch again where a copy of a source of `index` would weigh more
    /// than `max_overlap` notes that say something.
    pub fn watched(mut self, index: &'m Index, max_overlap: f32) -> Self {
        self.watch = Some(Watch::new(index, max_overlap, &self.request.parts));
        self
    }

    /// How often a pitch was drawn again because of a copy.
    pub fn rerolls(&self) -> usize {
        self.watch.as_ref().map_or(0, Watch::rerolls)
    }

    /// Reads a bar that was played, by whomever, in which `locked` parts (a bit each) were not the model's to play.
    /// No bar may be open.
    pub fn take_in(&mut self, bar: &BarEvents, locked: u64) {
        self.guard.open_bar(&BarRequest { locked, ..BarRequest::default() }, false);
        bar.notes.iter().for_each(|&note| self.guard.push(note));
        self.guard.close_bar();
        self.stream.take_in(bar);
        self.taken_in += 1;
    }

    /// Asks for other bars than before, and for no end behind them. The first is open already: `played` (sorted) stands
    /// in it, and what is written starts at the position `from` or later.
    pub fn ask(&mut self, bars: Vec<BarRequest>, played: &[NoteEvent], from: u8) {
        self.is_endless = true;
        self.rng.set_stream(self.taken_in);
        self.request.bars = bars;
        self.next_bar = 0;
        self.stream.say_ahead(&self.request.bars[0].given);
        self.open_next_bar();
        self.from = from;
        self.striking = Strike::parts(&self.request.bars[0], &self.request.parts, from);
        played.iter().for_each(|&note| self.guard.push(note));
        self.stream.push(played);
    }

    /// Asks for one more bar behind those that were [asked](Self::ask) for.
    pub fn ask_more(&mut self, bar: BarRequest) {
        self.request.bars.push(bar);
    }

    /// Reads everything again in another style.
    pub fn restyle(&mut self, style: Vec<f32>, strength: f32) {
        (self.request.style, self.request.style_strength) = (style, strength);
        self.stream.restyle(&self.request);
    }

    /// How classes are drawn from now on.
    pub fn set_sampling(&mut self, sampling: Sampling) {
        self.request.sampling = sampling;
    }

    /// What each part may play from now on.
    pub fn set_limits(&mut self, limits: Vec<PartLimits>) {
        self.request.limits = limits;
    }

    fn open_next_bar(&mut self) -> Option<Generated> {
        let bar = self.next_bar;
        if bar >= self.request.bars.len() {
            return None;
        }
        self.stream.open_bar(&self.request, bar);
        let request = &self.request.bars[bar];
        let is_last = if self.is_endless { request.closes.is_some() } else { bar + 1 == self.request.bars.len() };
        self.guard.open_bar(request, is_last);
        if let Some(watch) = &mut self.watch {
            watch.open_bar(request);
        }
        self.from = 0;
        self.striking = Strike::parts(request, &self.request.parts, 0);
        self.open = Some(bar);
        self.next_bar += 1;
        Some(Generated::Bar { bar })
    }

    /// The part that has to strike next, where it can; those that cannot are let off.
    fn next_strike(&mut self, bar: usize) -> Option<(Strike, u8)> {
        let request = &self.request.bars[bar];
        let strike = request.strike?;
        let legal = Legal { parts: &self.request.parts, limits: &self.request.limits, bar: request };
        while !self.striking.is_empty() {
            let part = self.striking.remove(0);
            if legal.part(&self.stream.memory, strike.position, part) {
                return Some((strike, part));
            }
        }
        None
    }

    /// The next note of the open bar; `None` when the bar is full.
    fn next_note(&mut self, bar: usize) -> Option<Generated> {
        let strike = self.next_strike(bar);
        let request = &self.request.bars[bar];
        let legal = Legal { parts: &self.request.parts, limits: &self.request.limits, bar: request };
        let sampling = self.request.sampling.warmer(self.guard.heat());
        let strength = self.request.style_strength;

        let memory = &self.stream.memory;
        let mut allowed = [false; POSITIONS];
        legal.positions(memory, &mut allowed);
        allowed[..usize::from(self.from)].fill(false);
        allowed[END] = false;
        if let Some((strike, _)) = strike {
            allowed = std::array::from_fn(|position| position == usize::from(strike.position));
        } else if let Some(part) = self.guard.waits_for() {
            let can_play = |position: usize| allowed[position] && legal.part(memory, position as u8, part);
            let narrowed: [bool; POSITIONS] = std::array::from_fn(|position| position < NEXT_BAR && can_play(position));
            if narrowed.contains(&true) {
                allowed = narrowed;
            }
        }
        let any = allowed[..NEXT_BAR].iter().any(|&allowed| allowed);
        if !any || (self.guard.bar_is_full() && strike.is_none()) {
            return None;
        }
        allowed[NEXT_BAR] = !self.guard.must_play() && strike.is_none();
        let row = self.stream.position_row();
        let (position, mut nats) = sampling.draw(&row.logits(strength), &allowed, &[], &mut self.rng);
        if position == NEXT_BAR {
            return None;
        }
        let position = position as u8;
        self.stream.memory.reach(position);

        let memory = &self.stream.memory;
        let parts = self.request.parts.len();
        let mut allowed: Vec<bool> = (0..parts).map(|part| legal.part(memory, position, part as u8)).collect();
        let waited = strike.map(|(_, part)| part).or_else(|| self.guard.waits_for()).map(usize::from);
        if let Some(waited) = waited.filter(|&part| allowed[part]) {
            allowed.fill(false);
            allowed[waited] = true;
        }
        let row = self.stream.part_row(row, position);
        let (part, part_nats) = sampling.draw(&row.logits(strength), &allowed, self.guard.part_bias(), &mut self.rng);
        let part = part as u8;

        let mut allowed = legal.pitches(&self.stream.memory, position, part);
        if let Some((strike, part)) = strike {
            let classes = strike.classes(self.request.parts[usize::from(part)]);
            let narrowed = std::array::from_fn(|pitch| allowed[pitch] && classes[pitch % 12]);
            if narrowed.contains(&true) {
                allowed = narrowed;
            }
        }
        let length = meter_of(request.meter).0;
        let chord = chord_at(&request.attributes, position, length);
        let row = self.stream.pitch_row(row, position, part, chord, request.attributes[attribute::KEY]);
        let pull = self.pull(chord, request, position, part);
        let logits = row.logits(strength);
        let first = sampling.draw(&logits, &allowed, &pull, &mut self.rng);
        let (mut pitch, mut pitch_nats) = first;
        while self.watch.as_mut().is_some_and(|watch| !watch.allows(position, part, pitch as u8)) {
            allowed[pitch] = false;
            // Where every pitch would be a copy, the range is too narrow for anything else.
            let is_left = allowed.contains(&true);
            (pitch, pitch_nats) = if is_left { sampling.draw(&logits, &allowed, &pull, &mut self.rng) } else { first };
            if !is_left {
                break;
            }
        }

        let left = self.steps_left(bar) - u32::from(position);
        let allowed: Vec<bool> = DURATION_STEPS.iter().map(|&steps| u32::from(steps) <= left).collect();
        let row = self.stream.duration_row(row, pitch);
        let (duration, duration_nats) = sampling.draw(&row.logits(strength), &allowed, &[], &mut self.rng);

        let row = self.stream.velocity_row(row, duration);
        let (velocity, velocity_nats) = sampling.cooler().draw(&row.logits(strength), &[], &[], &mut self.rng);
        nats += part_nats + pitch_nats + duration_nats + velocity_nats;

        let note = NoteEvent { position, part, pitch: pitch as u8, duration: duration as u8, velocity: velocity as u8 };
        self.stream.push(&[note]);
        self.guard.push(note);
        if let Some(watch) = &mut self.watch {
            watch.push(note);
        }
        Some(Generated::Note { bar, note, nats })
    }

    /// What is added to the logits of pitches so that they lean towards the chord; nothing where none is said.
    fn pull(&self, chord: u8, bar: &BarRequest, position: u8, part: u8) -> Vec<f32> {
        let part = self.request.parts[usize::from(part)];
        let chord = chord.checked_sub(1).and_then(Chord::from_index);
        let Some(chord) = chord.filter(|_| !part.is_drums()) else {
            return Vec::new();
        };
        let closes = bar.closes.is_some();
        let mut tones = chord.pitch_classes();
        if closes && part.role == Role::Bass {
            tones = std::array::from_fn(|class| class == usize::from(chord.root));
        }
        let pull = bar.chord_pull
            * match (closes, position.is_multiple_of(24)) {
                (true, _) => CLOSING_PULL,
                (false, true) => 1.0,
                (false, false) => 0.5,
            };
        (0..PITCHES).map(|pitch| if tones[pitch % 12] { 0.0 } else { -pull }).collect()
    }

    /// Steps from the start of a bar to the end of what is to be written; endless music has two bars more.
    fn steps_left(&self, bar: usize) -> u32 {
        let steps = |bar: &BarRequest| meter_of(bar.meter).0;
        let asked: u32 = self.request.bars[bar..].iter().map(steps).sum();
        let last = self.request.bars.last().filter(|bar| self.is_endless && bar.closes.is_none());
        asked + last.map_or(0, |bar| 2 * steps(bar))
    }
}

impl Iterator for Generator<'_> {
    type Item = Generated;

    fn next(&mut self) -> Option<Generated> {
        if let Some(bar) = self.open {
            if let Some(note) = self.next_note(bar) {
                return Some(note);
            }
            self.guard.close_bar();
            self.open = None;
        }
        self.open_next_bar()
    }
}
