//! Against degeneration: loops, silence, stuck notes, parts that fall asleep.

use super::BarRequest;
use crate::event::NoteEvent;

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
    rests: Vec<usize>,
    silent_bars: usize,
    same_bars: usize,
    bar: Vec<NoteEvent>,
    last_bar: Vec<NoteEvent>,
    /// Parts that may play in the open bar, a bit each.
    free: u64,
}

impl Guard {
    pub(super) fn new(parts: usize) -> Self {
        Self {
            bias: vec![0.0; parts],
            rests: vec![0; parts],
            silent_bars: 0,
            same_bars: 0,
            bar: Vec::new(),
            last_bar: Vec::new(),
            free: 0,
        }
    }

    pub(super) fn open_bar(&mut self, request: &BarRequest) {
        self.free = !request.locked;
        for (bias, &rest) in self.bias.iter_mut().zip(&self.rests) {
            *bias = PUSH * rest.saturating_sub(REST_BARS) as f32;
        }
    }

    pub(super) fn push(&mut self, note: NoteEvent) {
        self.bar.push(note);
        self.rests[usize::from(note.part)] = 0;
        self.bias[usize::from(note.part)] = 0.0;
    }

    pub(super) fn close_bar(&mut self) {
        for (part, rest) in self.rests.iter_mut().enumerate() {
            let played = self.bar.iter().any(|note| usize::from(note.part) == part);
            let free = self.free >> part & 1 == 1;
            *rest = if played || !free { 0 } else { *rest + 1 };
        }
        self.silent_bars = if self.bar.is_empty() { self.silent_bars + 1 } else { 0 };
        self.same_bars = if !self.bar.is_empty() && self.bar == self.last_bar { self.same_bars + 1 } else { 0 };
        self.last_bar = std::mem::take(&mut self.bar);
    }

    /// Whether the bar may not stay empty.
    pub(super) fn must_play(&self) -> bool {
        self.bar.is_empty() && self.silent_bars >= SILENT_BARS
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
