//! Keeps what is written near to what is usual in the style.
//!
//! The network follows what it reads: behind a melody of another style it drifts away from the style that is asked for, note by
//! note. The ledger counts what was written and leans towards what is missing: a class that is rarer than usual gains, one that
//! is more frequent loses. Where the music is as it usually is, nothing is added.

use crate::event::{BarEvents, NoteEvent, PartEvent, Role};
use crate::habits::manner::{Counts, Manner, RoleManner, WHOLE, away_class, is_step, slot, step_class};
use crate::memory::{Memory, NO_PITCH, NO_POSITION, NoteQuery, PositionQuery};
use crate::vocabulary::{NEXT_BAR, PITCHES, POSITIONS};

/// Notes for which the usual stands until so many are written.
const PATIENCE: f32 = 4.0;
/// After each note older ones weigh so much less: some two hundred notes are remembered.
const FADING: f32 = 0.995;
/// No share is taken to be smaller.
const LEAST: f32 = 0.004;
/// Most that is added to a logit, or taken away, for each unit of strength.
const MOST: f32 = 3.6;
/// How many notes sound together is kept to more strictly: it is heard at once.
const TOGETHER: f32 = 2.0;
/// The place in the bar follows in part from that in the beat.
const IN_BAR: f32 = 0.5;
/// Thousandths up to which a piece's manner is taken to leave no doubt: a lead sheet has a melody, or a melody and a whole chord.
const NO_DOUBT: u16 = 30;

/// What was written in a style.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    manner: Manner,
    /// Logits for each unit of the logarithm of usual over written: the strength of the style.
    pull: f32,
    /// Whether nothing is given that holds parts where they are.
    is_free: bool,
    counts: Counts,
}

impl Ledger {
    pub(super) fn new(manner: Manner, strength: f32) -> Self {
        Self { manner, pull: strength.max(0.0), is_free: false, counts: Counts::default() }
    }

    /// Where nothing is given, parts keep as near to where they have been as they do in the style. A tune holds its players by
    /// itself, and its style is heard less often where they are held twice.
    pub(super) fn free(self, is_free: bool) -> Self {
        Self { is_free, ..self }
    }

    /// What goes on in another style.
    pub(super) fn restyled(self, manner: Manner, strength: f32) -> Self {
        Self { counts: self.counts, is_free: self.is_free, ..Self::new(manner, strength) }
    }

    /// Leaves of the allowed positions only what the manner leaves where there is no doubt in it: whether one more note starts with
    /// the `struck` ones before. None is asked for unless it `can_go_on` with one that suits.
    pub(super) fn narrow_positions(&self, query: &PositionQuery, struck: usize, can_go_on: bool, allowed: &mut [bool]) {
        let here = usize::from(query.cursor);
        let Some(class) = struck.checked_sub(1).filter(|_| self.pull > 0.0 && allowed[here]) else { return };
        let goes_on = self.manner.together[class.min(self.manner.together.len() - 1)];
        if self.more(struck) > 0 && can_go_on {
            allowed.fill(false);
            allowed[here] = true;
        } else if goes_on <= NO_DOUBT && allowed.iter().filter(|&&allowed| allowed).count() > 1 {
            allowed[here] = false;
        }
    }

    /// How many notes certainly start with `struck` ones.
    pub(super) fn more(&self, struck: usize) -> usize {
        let goes_on = |&class: &usize| self.manner.together[class] >= WHOLE - NO_DOUBT;
        let classes = struck.saturating_sub(1)..self.manner.together.len() - 1;
        if struck == 0 || self.pull <= 0.0 { 0 } else { classes.take_while(goes_on).count() }
    }

    /// Adds to the logits of positions.
    pub(super) fn positions(&self, query: &PositionQuery, bias: &mut Vec<f32>) {
        bias.resize(POSITIONS, 0.0);
        let places = self.table(&self.manner.places, &self.counts.places);
        let slots = self.table(&self.manner.slots, &self.counts.slots);
        let in_bar = |position: usize| slots.get(slot(position, query.length)).map_or(0.0, |lean| IN_BAR * lean);
        let goes_on = usize::from(query.next_one_bar_ago);
        let lean = |position: usize| spared(places[position % places.len()] + in_bar(position), position == goes_on);
        (0..NEXT_BAR).for_each(|position| bias[position] += lean(position));
        if query.next_one_bar_ago != NO_POSITION && query.next_one_bar_ago != query.cursor {
            bias[usize::from(query.next_one_bar_ago)] += self.odds(self.manner.rhythm_again, self.counts.rhythm);
        }
    }

    /// What is added to the logit of one more note where `struck` ones start.
    pub(super) fn goes_on(&self, struck: usize) -> f32 {
        let class = struck.saturating_sub(1).min(self.manner.together.len() - 1);
        TOGETHER * self.odds(self.manner.together[class], self.counts.together[class])
    }

    /// Adds to the logits of the parts that may play.
    pub(super) fn parts(&self, parts: &[PartEvent], allowed: &[bool], bias: &mut [f32]) {
        let of_role = |role: Role| self.manner.roles[role as usize].as_ref();
        let plays = |role: usize| (0..parts.len()).any(|part| allowed[part] && parts[part].role as usize == role);
        let usual: f32 = (0..Role::COUNT)
            .filter(|&role| plays(role))
            .filter_map(|role| self.manner.roles[role].as_ref())
            .map(|role| f32::from(role.share))
            .sum();
        let written: f32 = (0..Role::COUNT)
            .filter(|&role| plays(role) && self.manner.roles[role].is_some())
            .map(|role| self.counts.roles[role].notes)
            .sum();
        for (part, bias) in bias.iter_mut().enumerate().filter(|(part, _)| allowed[*part]) {
            let role = parts[part].role;
            if let Some(manner) = of_role(role).filter(|_| usual > 0.0) {
                *bias += self.lean(f32::from(manner.share) / usual, self.counts.roles[role as usize].notes, written);
            }
        }
    }

    /// Adds to the logits of pitches.
    pub(super) fn pitches(&self, role: Role, query: &NoteQuery, bias: &mut Vec<f32>) {
        let Some(manner) = &self.manner.roles[role as usize] else { return };
        bias.resize(PITCHES, 0.0);
        let counts = &self.counts.roles[role as usize];
        let comes_again = |pitch: usize| pitch == usize::from(query.one_bar_ago);
        if is_step(query) && role != Role::Drums {
            let steps = self.table(&manner.steps, &counts.steps);
            for (pitch, bias) in bias.iter_mut().enumerate() {
                *bias += spared(steps[step_class(query.last, pitch as u8)], comes_again(pitch));
            }
        }
        if self.is_free && query.home != NO_PITCH && !manner.away.is_empty() {
            let away = self.table(&manner.away, &counts.away);
            for (pitch, bias) in bias.iter_mut().enumerate() {
                *bias += spared(away[away_class(query.home, pitch as u8)], comes_again(pitch));
            }
        }
        if query.one_bar_ago != NO_PITCH {
            bias[usize::from(query.one_bar_ago)] += self.odds(manner.again, counts.again);
        }
    }

    /// Adds to the logits of durations.
    pub(super) fn durations(&self, role: Role, query: &NoteQuery, bias: &mut Vec<f32>) {
        let Some(RoleManner { durations, .. }) = &self.manner.roles[role as usize] else { return };
        bias.resize(durations.len(), 0.0);
        let table = self.table(durations, &self.counts.roles[role as usize].durations);
        for (class, (bias, lean)) in bias.iter_mut().zip(table).enumerate() {
            *bias += spared(lean, class == usize::from(query.one_bar_ago_duration));
        }
    }

    /// Takes in a note that was written, and what was known before.
    pub(super) fn push(
        &mut self,
        note: NoteEvent,
        role: Role,
        (before, struck): (&PositionQuery, usize),
        query: &NoteQuery,
    ) {
        self.counts.fade(FADING);
        self.counts.add(note, role, before, query, struck);
    }

    /// Takes in a bar that was played; what `locked` parts (a bit each) played does not count.
    pub(super) fn take_in(&mut self, memory: &mut Memory, bar: &BarEvents, parts: &[PartEvent], locked: u64) {
        self.counts.fade(FADING.powi(bar.notes.len().try_into().unwrap_or(i32::MAX)));
        self.counts.read(memory, bar, parts, locked);
    }

    fn table(&self, usual: &[u16], written: &[f32]) -> Vec<f32> {
        let total: f32 = written.iter().sum();
        usual
            .iter()
            .zip(written)
            .map(|(&usual, &written)| self.lean(f32::from(usual) / f32::from(WHOLE), written, total))
            .collect()
    }

    /// For a class that usually has this share, and was written so often of so many.
    fn lean(&self, usual: f32, written: f32, of: f32) -> f32 {
        let share = (written + PATIENCE * usual) / (of + PATIENCE);
        self.pull * ((usual + LEAST) / (share + LEAST)).ln().clamp(-MOST, MOST)
    }

    /// For what usually happens in so many thousandths of the cases, and did in the second of the first.
    fn odds(&self, usual: u16, [cases, done]: [f32; 2]) -> f32 {
        let usual = f32::from(usual) / f32::from(WHOLE);
        self.lean(usual, done, cases) - self.lean(1.0 - usual, cases - done, cases)
    }
}

/// What repeats the bar before is never held back for being frequent.
fn spared(lean: f32, repeats: bool) -> f32 {
    if repeats { lean.max(0.0) } else { lean }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::{BarRequest, Generated, Generator, PartLimits, Player, Request, Sampling};
    use crate::test_pieces::{common_bar, header, parts, quarter, scale_piece};
    use crate::vocabulary::duration_class;

    /// Half of the notes are quarter notes on the beat, half are eighth notes between beats.
    fn manner() -> Manner {
        let mut piece = scale_piece();
        let bars = (0..200).map(|_| {
            common_bar(
                (0..8)
                    .map(|eighth| NoteEvent {
                        duration: duration_class(if eighth % 2 == 0 { 24 } else { 12 }),
                        ..quarter(12 * eighth, 0, 60)
                    })
                    .collect(),
            )
        });
        piece.events.bars = bars.collect();
        crate::habits::Habits::of(&[&piece]).manner.unwrap()
    }

    fn queries() -> (PositionQuery, NoteQuery) {
        let mut memory = Memory::new(&parts(&[73, 32]));
        memory.open_bar(96, &[], 0);
        (memory.position_query(), memory.note_query(0, 0))
    }

    #[test]
    fn nothing_is_added_before_something_is_written() {
        let ledger = Ledger::new(manner(), 2.0);
        let (mut positions, mut durations) = (Vec::new(), Vec::new());
        let (before, query) = queries();
        ledger.positions(&before, &mut positions);
        ledger.durations(Role::Any, &query, &mut durations);
        assert!(positions.iter().chain(&durations).all(|&bias| bias.abs() < 1e-6));
    }

    #[test]
    fn what_is_missing_gains_and_what_abounds_loses() {
        let mut ledger = Ledger::new(manner(), 2.0);
        let (before, query) = queries();
        (0..30).for_each(|beat| ledger.push(quarter(24 * (beat % 4), 0, 60), Role::Any, (&before, 0), &query));
        let (mut positions, mut durations) = (Vec::new(), Vec::new());
        ledger.positions(&before, &mut positions);
        ledger.durations(Role::Any, &query, &mut durations);
        assert!(positions[36] > 0.5 && positions[24] < -0.2, "{:?}", &positions[..48]);
        let [quarters, eighths] = [24, 12].map(|steps| durations[usize::from(duration_class(steps))]);
        assert!(eighths > 0.5 && quarters < -0.2, "{eighths} {quarters}");
        // What is never played in the style is left to the hard habits.
        assert!(durations[usize::from(duration_class(96))].abs() < 1e-6);
    }

    #[test]
    fn the_place_in_the_bar_matters_as_well_as_that_in_the_beat() {
        // All notes are on beats: three on the first, one on the third.
        let mut piece = scale_piece();
        let notes = [48, 50, 52].map(|pitch| quarter(0, 1, pitch)).into_iter().chain([quarter(48, 0, 60)]);
        piece.events.bars = vec![common_bar(notes.collect()); 40];
        let mut ledger = Ledger::new(crate::habits::Habits::of(&[&piece]).manner.unwrap(), 2.0);
        let (before, query) = queries();
        (0..30).for_each(|beat| ledger.push(quarter(24 * (beat % 4), 0, 60), Role::Any, (&before, 0), &query));
        let mut positions = Vec::new();
        ledger.positions(&before, &mut positions);
        assert!(positions[0] > 0.3 && positions[24] < -0.3 && positions[72] < -0.3, "{:?}", &positions[..96]);
    }

    #[test]
    fn a_part_that_went_far_from_where_it_was_is_drawn_back() {
        let mut piece = scale_piece();
        let bar = |low: u8| common_bar((0..4).map(|beat| quarter(24 * beat, 0, low + 2 * beat)).collect());
        piece.events.bars = vec![bar(60); 40];
        let parts = piece.events.parts.clone();
        let mut ledger = Ledger::new(crate::habits::Habits::of(&[&piece]).manner.unwrap(), 2.0).free(true);
        let mut memory = Memory::new(&parts);
        (0..4).for_each(|_| ledger.take_in(&mut memory, &bar(60), &parts, 0));
        let lean_down = |ledger: &Ledger, memory: &mut Memory| {
            memory.open_bar(96, &[], 0);
            let (query, mut bias) = (memory.note_query(0, 0), Vec::new());
            ledger.pitches(parts[0].role, &query, &mut bias);
            // As far from the last note, which is 66 or 72.
            (bias[usize::from(query.last) - 6] - bias[usize::from(query.last) + 6], query.home)
        };
        let mut high = memory.clone();
        (0..4).for_each(|_| ledger.take_in(&mut high, &bar(66), &parts, 0));
        let (usual, home) = lean_down(&Ledger::new(ledger.manner.clone(), 2.0).free(true), &mut memory);
        assert!(usual.abs() < 1e-6 && home == 63, "{usual} {home}");
        let (lean, home) = lean_down(&ledger, &mut high);
        assert!(lean > 0.5 && home == 66, "{lean} {home}");
        assert!(lean_down(&ledger.free(false), &mut high).0 < lean);
    }

    #[test]
    fn chords_have_as_many_notes_as_there_is_no_doubt_about() {
        let mut manner = manner();
        manner.together = vec![500, 1000, 980, 0, 300, 1000];
        let positions = |struck: usize, strength: f32, only_here: bool| {
            let query = PositionQuery { cursor: 24, ..queries().0 };
            let mut allowed: [bool; POSITIONS] = std::array::from_fn(|position| position == 24 || !only_here);
            Ledger::new(manner.clone(), strength).narrow_positions(&query, struck, true, &mut allowed);
            (allowed[24], allowed[36])
        };
        let (all, join, leave) = ((true, true), (true, false), (false, true));
        assert_eq!(
            [0, 1, 2, 3, 4, 5, 6, 9].map(|struck| positions(struck, 2.0, false)),
            [all, all, join, join, leave, all, all, all]
        );
        // Where nothing else may come, and where the style does not count, nothing is forbidden.
        assert_eq!(positions(4, 2.0, true), join);
        assert_eq!(positions(4, 0.0, false), all);
        let mut allowed = [true; POSITIONS];
        let query = PositionQuery { cursor: 24, ..queries().0 };
        Ledger::new(manner.clone(), 2.0).narrow_positions(&query, 2, false, &mut allowed);
        assert!(allowed[24] && allowed[36], "a note that does not suit is not asked for");
        let ledger = Ledger::new(manner.clone(), 2.0);
        assert_eq!([0, 1, 2, 3, 4, 6].map(|struck| ledger.more(struck)), [0, 0, 2, 1, 0, 0]);
    }

    #[test]
    fn what_was_played_by_others_does_not_count() {
        let bar = common_bar((0..4).map(|beat| quarter(24 * beat, 0, 60)).collect());
        let lean = |locked: u64| {
            let mut ledger = Ledger::new(manner(), 2.0);
            let parts = parts(&[73, 32]);
            let mut memory = Memory::new(&parts);
            (0..8).for_each(|_| ledger.take_in(&mut memory, &bar, &parts, locked));
            let mut durations = Vec::new();
            ledger.durations(Role::Any, &queries().1, &mut durations);
            durations[usize::from(duration_class(12))]
        };
        assert!(lean(0) > 0.5 && lean(1).abs() < 1e-6);
    }

    /// The share of notes on beats and half beats that dice throw.
    fn thrown_in_place(manner: Option<Manner>) -> f32 {
        let bar = BarRequest { meter: common_bar(Vec::new()).meter, ..BarRequest::default() };
        let request = Request {
            parts: parts(&[73]),
            limits: vec![PartLimits::open(4)],
            past: Vec::new(),
            bars: vec![bar; 24],
            after: Vec::new(),
            style: vec![1.0, 0.0, 0.0, 0.0],
            style_strength: 2.0,
            manner,
            sampling: Sampling::default(),
            seed: 1,
        };
        let header = header("corpus");
        let written = Generator::new(Player::Dice(&header), request).filter_map(|event| match event {
            Generated::Note { note, .. } => Some(note.position),
            Generated::Bar { .. } => None,
        });
        let positions: Vec<u8> = written.collect();
        positions.iter().filter(|position| position.is_multiple_of(12)).count() as f32 / positions.len() as f32
    }

    #[test]
    fn what_is_written_comes_near_to_the_manner_that_is_asked_for() {
        let (free, leaning) = (thrown_in_place(None), thrown_in_place(Some(manner())));
        assert!(free < 0.1 && leaning > 0.3, "{free} {leaning}");
    }
}
