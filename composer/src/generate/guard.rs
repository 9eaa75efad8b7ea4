//! Against degeneration: loops, silence, stuck notes, parts that fall asleep.

use super::BarRequest;
use crate::event::{NoteEvent, PartEvent, Role};
use crate::vocabulary::{DURATION_STEPS, meter_of};

/// Notes in a bar beyond which it is closed: more is a stuck key, not music.
const FULL_BAR: usize = 160;
/// Bars of silence after which something must be played.
const SILENT_BARS: usize = 1;
/// Bars that a part may rest before it is pushed.
const REST_BARS: usize = 2;
/// Logit added for each bar beyond that.
const PUSH: f32 = 1.2;
/// Bars that may be the same in a row before the temperature rises.
const SAME_BARS: usize = 3;

/// Watches what is written.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    bias: Vec<f32>,
    /// Bars that each part may rest: none for a tune.
    patience: Vec<usize>,
    rests: Vec<usize>,
    /// Steps from the start of the open bar to the end of what each part has struck.
    sounds: Vec<u32>,
    /// Steps in the open bar.
    length: u32,
    /// Parts that have played, or whose notes are given, a bit each.
    played: u64,
    /// Parts that must play before the open bar ends, a bit each.
    last_call: u64,
    /// Whether the open bar must sound, for the music ends with it.
    must_sound: bool,
    silent_bars: usize,
    same_bars: usize,
    bar: Vec<NoteEvent>,
    last_bar: Vec<NoteEvent>,
    /// Parts that may play in the open bar, a bit each.
    free: u64,
}

impl Guard {
    pub(super) fn new(parts: &[PartEvent]) -> Self {
        Self {
            bias: vec![0.0; parts.len()],
            patience: parts.iter().map(|part| if part.role == Role::Melody { 0 } else { REST_BARS }).collect(),
            rests: vec![0; parts.len()],
            sounds: vec![0; parts.len()],
            length: 0,
            played: 0,
            last_call: 0,
            must_sound: false,
            silent_bars: 0,
            same_bars: 0,
            bar: Vec::new(),
            last_bar: Vec::new(),
            free: 0,
        }
    }

    /// Opens a bar, which may be the `last` one.
    pub(super) fn open_bar(&mut self, request: &BarRequest, last: bool) {
        self.free = !request.locked;
        self.length = meter_of(request.meter).0;
        self.played |= request.given.iter().fold(0, |parts, note| parts | 1 << note.part);
        self.last_call = 0;
        self.must_sound = last && request.given.is_empty();
        for part in 0..self.bias.len() {
            let waits = last && (self.free & !self.played) >> part & 1 == 1;
            self.last_call |= u64::from(waits) << part;
            let rest = self.rests[part].saturating_sub(self.patience[part]);
            self.bias[part] = PUSH * rest as f32;
        }
    }

    pub(super) fn push(&mut self, note: NoteEvent) {
        let end = u32::from(note.position) + u32::from(DURATION_STEPS[usize::from(note.duration)]);
        let sounds = &mut self.sounds[usize::from(note.part)];
        *sounds = end.max(*sounds);
        self.bar.push(note);
        self.played |= 1 << note.part;
        self.last_call &= !(1 << note.part);
        self.rests[usize::from(note.part)] = 0;
        self.bias[usize::from(note.part)] = 0.0;
    }

    pub(super) fn close_bar(&mut self) {
        let is_silent = self.bar.is_empty() && self.sounds.iter().all(|&end| end < self.length);
        self.silent_bars = if is_silent { self.silent_bars + 1 } else { 0 };
        for (part, rest) in self.rests.iter_mut().enumerate() {
            // Who holds a note does not rest.
            let played = self.sounds[part] >= self.length || self.bar.iter().any(|note| usize::from(note.part) == part);
            let free = self.free >> part & 1 == 1;
            *rest = if played || !free { 0 } else { *rest + 1 };
            self.sounds[part] = self.sounds[part].saturating_sub(self.length);
        }
        self.same_bars = if !self.bar.is_empty() && self.bar == self.last_bar { self.same_bars + 1 } else { 0 };
        self.last_bar = std::mem::take(&mut self.bar);
    }

    /// Whether the bar may not end yet: it would be one more empty bar, the piece would lose its last bar, or a part
    /// would not play in the whole piece.
    pub(super) fn must_play(&self) -> bool {
        let may_not_be_empty = self.must_sound || self.silent_bars >= SILENT_BARS;
        self.last_call != 0 || (self.bar.is_empty() && may_not_be_empty)
    }

    /// The part that must play next, so that every part plays in the piece.
    pub(super) fn waits_for(&self) -> Option<u8> {
        (self.last_call != 0).then(|| self.last_call.trailing_zeros() as u8)
    }

    /// Whether no more notes fit into the bar.
    pub(super) fn bar_is_full(&self) -> bool {
        self.bar.len() >= FULL_BAR
    }

    /// Added to the logits of the parts.
    pub(super) fn part_bias(&self) -> &[f32] {
        &self.bias
    }

    /// Factor on the temperature: more than one when the music is caught in a loop.
    pub(super) fn heat(&self) -> f32 {
        1.0 + 0.15 * self.same_bars.saturating_sub(SAME_BARS - 1) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_pieces::{parts, quarter};

    #[test]
    fn a_part_that_never_played_is_waited_for_in_the_last_bar() {
        let mut guard = Guard::new(&parts(&[73, 32]));
        let bar = BarRequest::default();
        guard.open_bar(&bar, false);
        assert!(!guard.must_play());
        guard.push(quarter(0, 0, 60));
        guard.close_bar();
        guard.open_bar(&bar, true);
        assert!(guard.must_play());
        assert_eq!(guard.waits_for(), Some(1));
        guard.push(quarter(0, 1, 36));
        assert!(!guard.must_play());
    }

    #[test]
    fn a_part_whose_notes_are_given_or_that_is_locked_is_not_waited_for() {
        let mut guard = Guard::new(&parts(&[73, 32]));
        guard.open_bar(&BarRequest { given: vec![quarter(0, 0, 60)], locked: 2, ..BarRequest::default() }, true);
        assert!(!guard.must_play());
    }

    #[test]
    fn bars_that_repeat_raise_the_temperature() {
        let mut guard = Guard::new(&parts(&[0]));
        for _ in 0..6 {
            guard.open_bar(&BarRequest::default(), false);
            guard.push(quarter(0, 0, 60));
            guard.close_bar();
        }
        assert!(guard.heat() > 1.0);
    }

    #[test]
    fn who_holds_a_note_does_not_rest_and_the_bar_is_not_silent() {
        let bar = BarRequest { meter: crate::test_pieces::common_bar(Vec::new()).meter, ..BarRequest::default() };
        let after_four_bars = |steps: u32| {
            let mut guard = Guard::new(&parts(&[48]));
            for place in 0..4 {
                guard.open_bar(&bar, false);
                if place == 0 {
                    guard.push(NoteEvent { duration: crate::vocabulary::duration_class(steps), ..quarter(0, 0, 60) });
                }
                guard.close_bar();
            }
            guard.open_bar(&bar, false);
            (guard.must_play(), guard.part_bias()[0] > 0.0)
        };
        assert_eq!(after_four_bars(384), (false, false));
        assert_eq!(after_four_bars(24), (true, true));
    }
}
