//! Bars that bring back what was written before, recognisably and not quite the same, or keep its rhythm.

use rand_chacha::ChaCha8Rng;

use super::{Attack, BarRequest, Generator};
use crate::event::{NoteEvent, PartEvent, Role};
use crate::task::unit;
use crate::vocabulary::{DURATION_STEPS, meter_of};

/// A bar does not keep the rhythm of one that has less than such a share of the notes it is to have.
const FULL_ENOUGH: f32 = 0.75;

/// What a bar brings back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Echo {
    /// Index into [`Request::bars`](super::Request::bars) of an earlier bar.
    pub of: usize,
    /// How likely a part comes back as it was, for the tune.
    pub tune: f32,
    /// The same for parts that accompany.
    pub others: f32,
    /// Where a part is varied, how likely a note on a beat, and one between the beats, stays.
    pub kept: (f32, f32),
}

/// Earlier bars whose rhythm a bar keeps in parts that do not come back whole: indices into
/// [`Request::bars`](super::Request::bars).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rhythms {
    /// The tune's.
    pub tune: Option<usize>,
    /// That of what accompanies.
    pub others: Option<usize>,
}

impl Rhythms {
    /// Notes that start in `bar` as they do in the earlier ones, whose notes `source` tells, and the parts that are bound to that, a
    /// bit each. Parts with another rhythm of their own are left out, and those that were silent.
    pub(super) fn attacks(
        self,
        source: impl Fn(usize) -> Vec<NoteEvent>,
        parts: &[PartEvent],
        bar: &BarRequest,
    ) -> (Vec<Attack>, u64) {
        let length = meter_of(bar.meter).0;
        let tune = tune(parts);
        let (mut attacks, mut bound) = (Vec::new(), 0u64);
        for (of, is_tune) in [(self.tune, true), (self.others, false)] {
            let mut notes = of.map(&source).unwrap_or_default();
            notes.sort_unstable();
            for NoteEvent { position, part, duration, .. } in notes {
                let is_free = (bar.locked | bar.bound) >> part & 1 == 0;
                if is_free && (Some(usize::from(part)) == tune) == is_tune && u32::from(position) < length {
                    attacks.push(Attack { position, part, duration });
                    bound |= 1 << part;
                }
            }
        }
        // In a chord the lowest note keeps its duration, too.
        attacks.sort_by_key(|attack| (attack.position, attack.part));
        (attacks, bound)
    }
}

impl Echo {
    /// The notes that come back in `bar`, sorted, and the parts that are whole and need no others, a bit each.
    pub(super) fn draw(
        self,
        source: &[NoteEvent],
        parts: &[PartEvent],
        bar: &BarRequest,
        rng: &mut ChaCha8Rng,
    ) -> (Vec<NoteEvent>, u64) {
        let (length, meter) = meter_of(bar.meter);
        let on_beat = |note: &NoteEvent| (f64::from(note.position) / 24.0 % meter.beat_quarters()).abs() < 1e-9;
        let mut notes: Vec<NoteEvent> = Vec::new();
        let mut whole = 0u64;
        let tune = tune(parts);
        for part in (0..parts.len()).filter(|part| bar.locked >> part & 1 == 0) {
            let comes_back = if Some(part) == tune { self.tune } else { self.others };
            let own = source.iter().filter(|note| usize::from(note.part) == part && u32::from(note.position) < length);
            if unit(rng) < comes_back {
                whole |= 1 << part;
                notes.extend(own);
            } else {
                let stays = |note: &&NoteEvent| unit(rng) < if on_beat(note) { self.kept.0 } else { self.kept.1 };
                notes.extend(own.filter(stays));
            }
        }
        // What is bound to a rhythm may have lost notes at its attacks; it is not whole in that sense, and need not be.
        notes.sort_unstable();
        notes.dedup_by_key(|note| (note.position, note.part, note.pitch));
        (notes, whole)
    }
}

impl Generator<'_> {
    /// Draws what a bar brings back, as soon as the bar that it comes from is written.
    pub(super) fn bring_back(&mut self, bar: usize) {
        let Some(echo) = self.request.bars.get(bar).and_then(|request| request.echo) else { return };
        if echo.of >= self.next_bar || self.open == Some(echo.of) {
            return;
        }
        // What was written obeys the bar that it comes back in, too; what the person gave stays as it was.
        let coming = &self.request.bars[bar];
        let obeys = |note: &&NoteEvent| {
            let part = self.request.parts[usize::from(note.part)];
            part.is_drums() || coming.forbidden_classes(note.position, part.role) >> (note.pitch % 12) & 1 == 0
        };
        let written = self.written[echo.of].iter().filter(obeys);
        let mut source: Vec<NoteEvent> = self.request.bars[echo.of].given.iter().chain(written).copied().collect();
        source.sort_unstable();
        source.dedup();
        let left = self.steps_left(bar);
        let request = &mut self.request.bars[bar];
        let (mut notes, whole) = echo.draw(&source, &self.request.parts, request, &mut self.rng);
        for note in &mut notes {
            // What rings over the end of its section does not ring over the end of the piece.
            let fits = |&class: &u8| u32::from(DURATION_STEPS[usize::from(class)]) <= left - u32::from(note.position);
            note.duration = (0..=note.duration).rev().find(fits).unwrap_or(0);
        }
        request.locked |= whole & !request.bound;
        request.given.extend(&notes);
        request.given.sort_unstable();
        request.given.dedup_by_key(|note| (note.position, note.part, note.pitch));
        request.echo = None;
        // As full as it was.
        request.aim.notes = request.aim.notes.or(Some(source.len() as f32));
        self.returned[bar] = notes;
    }

    /// Binds parts of a bar to the rhythm of earlier ones.
    pub(super) fn keep_rhythms(&mut self, bar: usize) {
        let bars = &self.request.bars;
        let notes = |of: usize| [&bars[of].given[..], &self.written[of]].concat();
        let least = FULL_ENOUGH * bars[bar].aim.notes.unwrap_or(0.0);
        let source = |of: usize| {
            let notes = if of < bar { notes(of) } else { Vec::new() };
            if notes.len() as f32 >= least { notes } else { Vec::new() }
        };
        let (mut attacks, bound) = bars[bar].rhythms.attacks(source, &self.request.parts, &bars[bar]);
        let request = &mut self.request.bars[bar];
        request.bound |= bound;
        request.attacks.append(&mut attacks);
        request.attacks.sort_by_key(|attack| (attack.position, attack.part));
    }
}

/// The part by which a listener knows a piece again: the tune, or else the first that is not drums.
pub(crate) fn tune(parts: &[PartEvent]) -> Option<usize> {
    let melody = parts.iter().position(|part| part.role == Role::Melody);
    melody.or_else(|| parts.iter().position(|part| !part.is_drums()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::{Generated, PartLimits, Player, Request, Sampling};
    use crate::test_pieces::{common_bar, header, parts, quarter};

    /// Written notes of each bar: when, who, how long, what.
    fn written(rhythms: Rhythms, seed: u64) -> Vec<Vec<(u8, u8, u8, u8)>> {
        let meter = common_bar(Vec::new()).meter;
        let first = BarRequest { meter, ..BarRequest::default() };
        let second = BarRequest { rhythms, ..first.clone() };
        let request = Request {
            parts: parts(&[73, 32]),
            limits: vec![PartLimits::open(4); 2],
            past: Vec::new(),
            // Behind them there is room for the longest notes.
            bars: [vec![first.clone(), second], vec![first; 8]].concat(),
            after: Vec::new(),
            style: vec![1.0, 0.0, 0.0, 0.0],
            style_strength: 1.0,
            manner: None,
            sampling: Sampling::default(),
            seed,
        };
        let header = header("corpus");
        let mut bars = vec![Vec::new(); 10];
        for event in Generator::new(Player::Dice(&header), request) {
            if let Generated::Note { bar, note, .. } = event {
                bars[bar].push((note.position, note.part, note.duration, note.pitch));
            }
        }
        bars
    }

    #[test]
    fn a_bar_keeps_the_rhythm_of_another_with_notes_of_its_own() {
        let both = Rhythms { tune: Some(0), others: Some(0) };
        let only_tune = Rhythms { others: None, ..both };
        for seed in 0..20 {
            let of = |bar: &[(u8, u8, u8, u8)], part: Option<u8>| -> Vec<(u8, u8, u8)> {
                let of_part = bar.iter().filter(|note| Some(note.1) == part);
                of_part.map(|&(position, part, duration, _)| (position, part, duration)).collect()
            };
            for (rhythms, parts) in [(both, 0..2), (only_tune, 0..1)] {
                let bars = written(rhythms, seed);
                // Who was silent is free.
                for part in parts.map(Some).filter(|&part| !of(&bars[0], part).is_empty()) {
                    assert_eq!(of(&bars[0], part), of(&bars[1], part));
                }
                assert!(bars[0] != bars[1] || bars[0].is_empty(), "the notes are the same, too");
            }
        }
    }

    #[test]
    fn who_has_a_rhythm_already_and_who_is_silent_there_is_not_bound() {
        let parts = parts(&[73, 32, 0, 40]);
        let source = |_| vec![quarter(0, 0, 60), quarter(24, 1, 40), quarter(48, 2, 64)];
        let bar =
            BarRequest { meter: common_bar(Vec::new()).meter, locked: 0b1, bound: 0b100, ..BarRequest::default() };
        let (attacks, bound) = Rhythms { tune: Some(0), others: Some(0) }.attacks(source, &parts, &bar);
        let of_bass = Attack { position: 24, part: 1, duration: quarter(0, 0, 60).duration };
        assert_eq!((attacks, bound), (vec![of_bass], 0b10));
    }
}
