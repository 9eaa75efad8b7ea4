//! Writing music: a seeded iterator of events under hard constraints.
//!
//! The caller decides how far ahead to run: nothing is computed until [`Generator::next`] is called, and a generator
//! that is dropped stops. Constraints are masks on single fields, so they hold at any temperature.

mod aim;
pub(crate) mod constraint;
mod dice;
pub(crate) mod echo;
mod feasible;
mod guard;
mod hand;
mod held;
mod ledger;
mod live;
mod request;
mod sampling;
mod stream;
mod strike;
mod watch;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

pub use aim::Aim;
pub use constraint::{Attack, PartLimits};
pub use echo::{Echo, Rhythms};
pub(crate) use feasible::first_missed;
pub use hand::Player;
pub use request::{BarRequest, Generated, Request};
use ripieno_datasets::originality::Index;
use ripieno_score::Chord;
pub use sampling::Sampling;

use crate::attribute;
use crate::event::{NoteEvent, Role};
use crate::example::chord_at;
use crate::habits::Usual;
use crate::model::ModelHeader;
use crate::vocabulary::{DURATION_STEPS, END, NEXT_BAR, PITCHES, POSITIONS, meter_of};
use constraint::Legal;
use guard::Guard;
use hand::Hand;
use held::{GivenNotes, Held};
use ledger::Ledger;
pub use strike::Strike;
use watch::Watch;

/// How much more strongly the last chord is kept than others.
const CLOSING_PULL: f32 = 4.0;

/// Steps between the onsets that are possible in the bar that closes a piece: an eighth note.
const CLOSING_GRID: usize = 12;

/// The iterator.
///
/// A clone is a draft: it goes its own way from where the original stands, which stays there. What is played live is
/// written so: [`take_in`](Self::take_in) what has happened, clone, [`ask`](Self::ask) the clone for what comes next,
/// and drop it when something else has happened.
#[derive(Clone)]
pub struct Generator<'m> {
    request: Request,
    /// The pitches that each part may play, a bit each.
    pitches: Vec<u128>,
    header: &'m ModelHeader,
    hand: Hand<'m>,
    rng: ChaCha8Rng,
    guard: Guard,
    /// All given notes, and those that sound in the open bar.
    given: GivenNotes,
    held: Held,
    /// What was written in each bar, and what each brought back.
    written: Vec<Vec<NoteEvent>>,
    returned: Vec<Vec<NoteEvent>>,
    /// Attacks of the open bar that are still to come, first one first.
    attacks: Vec<Attack>,
    /// Where notes start and how long they last in the style.
    usual: Usual,
    /// What was written, where a style says how notes usually are.
    ledger: Option<Ledger>,
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
    pub fn new(player: impl Into<Player<'m>>, request: Request) -> Self {
        let player = player.into();
        let header = player.header();
        let hand = Hand::new(player, &request);
        let rng = ChaCha8Rng::seed_from_u64(request.seed);
        let guard = Guard::new(&request.parts);
        let is_free = request.past.is_empty() && request.bars.iter().all(|bar| bar.given.is_empty());
        let ledger = |manner| Ledger::new(manner, request.style_strength).free(is_free);
        Self {
            pitches: request.limits.iter().map(PartLimits::bits).collect(),
            hand,
            rng,
            guard,
            given: GivenNotes::of(&request),
            held: Held::default(),
            written: vec![Vec::new(); request.bars.len()],
            returned: vec![Vec::new(); request.bars.len()],
            attacks: Vec::new(),
            usual: header.usual(&request.style),
            ledger: request.manner.clone().map(ledger),
            header,
            request,
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

    /// Draws from another stream of random numbers from now on.
    pub(crate) fn draw_from(&mut self, stream: u64) {
        self.rng.set_stream(stream);
    }

    /// What a bar of the request that has been opened brought back of an earlier one.
    pub fn returned(&self, bar: usize) -> &[NoteEvent] {
        &self.returned[bar]
    }

    fn open_next_bar(&mut self) -> Option<Generated> {
        let bar = self.next_bar;
        if bar >= self.request.bars.len() {
            return None;
        }
        self.bring_back(bar);
        self.bring_back(bar + 1);
        self.keep_rhythms(bar);
        self.hand.open_bar(&self.request, bar);
        let request = &self.request.bars[bar];
        self.held = self.given.held_in(bar, meter_of(request.meter).0, request.locked);
        self.attacks.clone_from(&request.attacks);
        for given in &request.given {
            let here = |attack: &Attack| (attack.position, attack.part) == (given.position, given.part);
            if let Some(index) = self.attacks.iter().position(here) {
                self.attacks.remove(index);
            }
        }
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
        let strike = self.request.bars[bar].strike?;
        while !self.striking.is_empty() {
            let part = self.striking.remove(0);
            if self.legal(bar).part(self.hand.memory(), strike.position, part) {
                return Some((strike, part));
            }
        }
        None
    }

    /// The next note of the open bar; `None` when the bar is full.
    fn next_note(&mut self, bar: usize) -> Option<Generated> {
        let strike = self.next_strike(bar);
        self.skip_impossible_attacks(bar);
        let request = &self.request.bars[bar];
        let legal = self.legal(bar);
        let sampling = self.request.sampling.warmer(self.guard.heat());
        let strength = self.request.style_strength;

        let memory = self.hand.memory();
        let mut allowed = [false; POSITIONS];
        legal.positions(memory, &mut allowed);
        allowed[..usize::from(self.from)].fill(false);
        allowed[END] = false;
        if request.closes.is_some() && !self.is_endless {
            // A piece does not end in a hurry.
            let is_quick = |position: usize| !position.is_multiple_of(CLOSING_GRID) && request.bound == 0;
            (0..NEXT_BAR).filter(|&position| is_quick(position)).for_each(|position| allowed[position] = false);
        }
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
        let due = self.attacks.first().copied();
        if !any || (self.guard.bar_is_full() && due.is_none() && strike.is_none()) {
            return None;
        }
        allowed[NEXT_BAR] = !self.guard.must_play() && due.is_none() && strike.is_none();
        self.usual.narrow_positions(&mut allowed);
        let mut leaning = request.aim.positions(request, &self.written[bar]);
        let mut leaning_durations = Vec::new();
        let (before, struck) = (self.hand.memory().position_query(), self.hand.memory().struck());
        if let Some(ledger) = &self.ledger {
            ledger.positions(&before, &mut leaning);
            if request.aim.thickness.is_none() {
                let can_go_on = struck > 0 && legal.has_tone(memory, before.cursor, self.tones(request, before.cursor));
                ledger.narrow_positions(&before, struck, can_go_on, &mut allowed);
            }
        }
        let aim = request.aim;
        let field = self.hand.position();
        let logits = field.logits(strength);
        let here = usize::from(before.cursor);
        if self.written[bar].last().is_some_and(|last| usize::from(last.position) == here) && !leaning.is_empty() {
            aim.at_chord(&mut leaning, &logits, &allowed, here);
        }
        if struck > 0 && !leaning.is_empty() {
            leaning[here] += aim.thickness_pull() + self.ledger.as_ref().map_or(0.0, |ledger| ledger.goes_on(struck));
        }
        let (position, mut nats) = sampling.draw(&logits, &allowed, &leaning, &mut self.rng);
        if position == NEXT_BAR {
            return None;
        }
        let position = position as u8;
        self.hand.reach(position);

        let legal = self.legal(bar);
        let memory = self.hand.memory();
        let parts = self.request.parts.len();
        let mut allowed: Vec<bool> = (0..parts).map(|part| legal.part(memory, position, part as u8)).collect();
        let waited = strike.map(|(_, part)| part).or_else(|| self.guard.waits_for()).map(usize::from);
        if let Some(waited) = waited.filter(|&part| allowed[part]) {
            allowed.fill(false);
            allowed[waited] = true;
        }
        let field = self.hand.part(field, position, parts);
        let mut leaning = self.guard.part_bias().to_vec();
        if let Some(ledger) = &self.ledger {
            ledger.parts(&self.request.parts, &allowed, &mut leaning);
        }
        let logits = field.logits(strength);
        let here = |last: &&NoteEvent| last.position == position && allowed[usize::from(last.part)];
        if let Some(last) = self.written[bar].last().filter(here) {
            aim::leave_chords_alone(&mut leaning, &logits, &allowed, last.part.into());
        }
        let (part, part_nats) = sampling.draw(&logits, &allowed, &leaning, &mut self.rng);
        let part = part as u8;
        let role = self.request.parts[usize::from(part)].role;
        let query = self.hand.memory().note_query(position, part);
        let attack = due.filter(|attack| (attack.position, attack.part) == (position, part));

        // What makes up a chord and cannot be left to others comes above this note.
        let (memory, legal) = (self.hand.memory(), self.legal(bar));
        let ledger = self.ledger.as_ref().filter(|_| self.request.bars[bar].aim.thickness.is_none());
        let started: usize = (0..parts as u8).map(|part| memory.started_at(position, part)).sum();
        let more = ledger.map_or(0, |ledger| ledger.more(started + 1));
        let others = (part + 1..parts as u8).filter(|&part| legal.part(memory, position, part));
        let others: usize = others.map(|part| usize::from(legal.limits[usize::from(part)].polyphony)).sum();
        let request = &self.request.bars[bar];
        let tones = self.tones(request, position);
        let mut allowed = legal.pitches(memory, position, part, (more.saturating_sub(others), tones));
        if let Some((strike, part)) = strike {
            let classes = strike.classes(self.request.parts[usize::from(part)]);
            let narrowed = std::array::from_fn(|pitch| allowed[pitch] && classes[pitch % 12]);
            if narrowed.contains(&true) {
                allowed = narrowed;
            }
        }
        let length = meter_of(request.meter).0;
        let chord = chord_at(&request.attributes, position, length);
        let field = self.hand.pitch(field, position, part, chord, request.attributes[attribute::KEY]);
        let mut pull = self.pull(chord, request, position, part);
        request.aim.pitches(self.request.parts[usize::from(part)], &mut pull);
        if let Some(ledger) = &self.ledger {
            ledger.pitches(role, &query, &mut pull);
            ledger.durations(role, &query, &mut leaning_durations);
        }
        let logits = field.logits(strength);
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
        let fits = |steps: u32| steps <= left;
        let kept =
            attack.map(|attack| attack.duration).filter(|&class| fits(DURATION_STEPS[usize::from(class)].into()));
        let mut allowed: Vec<bool> = match kept {
            Some(kept) => (0..DURATION_STEPS.len()).map(|class| class == usize::from(kept)).collect(),
            None => DURATION_STEPS.iter().map(|&steps| fits(steps.into())).collect(),
        };
        self.usual.narrow_durations(&mut allowed);
        let field = self.hand.duration(field, pitch);
        let (duration, duration_nats) =
            sampling.draw(&field.logits(strength), &allowed, &leaning_durations, &mut self.rng);

        let field = self.hand.velocity(field, duration);
        let (velocity, velocity_nats) = sampling.cooler().draw(&field.logits(strength), &[], &[], &mut self.rng);
        nats += part_nats + pitch_nats + duration_nats + velocity_nats;

        let note = NoteEvent { position, part, pitch: pitch as u8, duration: duration as u8, velocity: velocity as u8 };
        self.hand.push(&[note]);
        self.guard.push(note);
        if let Some(ledger) = &mut self.ledger {
            ledger.push(note, role, (&before, struck), &query);
        }
        self.written[bar].push(note);
        if attack.is_some() {
            self.attacks.remove(0);
        }
        if let Some(watch) = &mut self.watch {
            watch.push(note);
        }
        Some(Generated::Note { bar, note, nats })
    }

    fn legal(&self, bar: usize) -> Legal<'_> {
        Legal {
            parts: &self.request.parts,
            limits: &self.request.limits,
            pitches: &self.pitches,
            bar: &self.request.bars[bar],
            held: &self.held,
            attacks: &self.attacks,
        }
    }

    /// A rhythm of four notes at once is kept by three where only three can sound.
    fn skip_impossible_attacks(&mut self, bar: usize) {
        while let Some(attack) = self.attacks.first() {
            let can_play = self.legal(bar).part(self.hand.memory(), attack.position, attack.part);
            if can_play && attack.position >= self.hand.memory().first_position() {
                break;
            }
            self.attacks.remove(0);
        }
    }

    /// The pitches of the chord at a position, a bit each; all where none is said.
    fn tones(&self, bar: &BarRequest, position: u8) -> u128 {
        let chord = chord_at(&bar.attributes, position, meter_of(bar.meter).0);
        let chord = chord.checked_sub(1).and_then(Chord::from_index);
        let Some(classes) = chord.map(Chord::pitch_classes) else { return u128::MAX };
        (0..PITCHES).filter(|pitch| classes[pitch % 12]).fold(0, |bits, pitch| bits | 1 << pitch)
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
