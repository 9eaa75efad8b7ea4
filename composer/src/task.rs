//! What is given and what is asked for: the training tasks, and a plan of both bar by bar.
//!
//! Given notes are placed ahead of the bars in which they sound (anticipation, Thickstun et al. 2023,
//! arXiv:2306.08620, here on bars instead of seconds), so that one causal network continues, accompanies,
//! infills and varies.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;
use serde::{Deserialize, Serialize};

use crate::event::{EventScore, NoteEvent};

/// How often each task is drawn in training; the weights need not sum to one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TaskMix {
    /// Nothing is given.
    pub plain: f32,
    /// Whole parts are given, throughout or up to a bar.
    pub parts: f32,
    /// Random notes are given.
    pub notes: f32,
    /// The bars after a gap are given.
    pub gap: f32,
}

impl Default for TaskMix {
    fn default() -> Self {
        Self { plain: 0.30, parts: 0.43, notes: 0.10, gap: 0.17 }
    }
}

/// What is given in one bar, and what must be played.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BarPlan {
    /// Notes given in this bar, sorted.
    pub given: Vec<NoteEvent>,
    /// Notes to be played, sorted; empty when generating.
    pub played: Vec<NoteEvent>,
    /// Parts that play nothing but what is given, a bit each.
    pub locked: u64,
}

/// A stretch of bars with what is given in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// First bar of the stretch in the piece.
    pub first: usize,
    /// One for each bar of the stretch.
    pub bars: Vec<BarPlan>,
    /// A gap in the stretch, as bar numbers inside it: the bars after it are given ahead of it, and the stretch
    /// ends with it.
    pub gap: Option<Gap>,
}

/// Bars to be filled in before music that is already there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// First bar of the gap, counted from the start of the stretch. The gap reaches to the end of the stretch.
    pub start: usize,
    /// The notes of up to two bars that follow the gap.
    pub after: Vec<Vec<NoteEvent>>,
}

/// Draws a task for a stretch of `events` that starts at bar `first` and has at most `max_bars` bars.
pub fn draw(events: &EventScore, first: usize, max_bars: usize, mix: &TaskMix, rng: &mut ChaCha8Rng) -> Plan {
    let last = (first + max_bars).min(events.bars.len());
    let mut plan = plain(events, first, last);
    let total = mix.plain + mix.parts + mix.notes + mix.gap;
    let draw = unit(rng) * total;
    if draw < mix.plain {
    } else if draw < mix.plain + mix.parts {
        give_parts(&mut plan, events.parts.len(), rng);
    } else if draw < mix.plain + mix.parts + mix.notes {
        give_notes(&mut plan, rng);
    } else {
        give_after_gap(&mut plan, events, rng);
    }
    plan
}

/// Nothing given: bars `first..last`.
pub fn plain(events: &EventScore, first: usize, last: usize) -> Plan {
    let bars = events.bars[first..last].iter();
    let bars = bars.map(|bar| BarPlan { played: bar.notes.clone(), ..BarPlan::default() }).collect();
    Plan { first, bars, gap: None }
}

/// Gives the parts of `mask` (a bit each) in the first `until` bars of the stretch and locks them there.
pub fn lock_parts(plan: &mut Plan, mask: u64, until: usize) {
    for bar in plan.bars.iter_mut().take(until) {
        let (given, played) = std::mem::take(&mut bar.played).into_iter().partition(|note| mask >> note.part & 1 == 1);
        bar.given = given;
        bar.played = played;
        bar.locked = mask;
    }
}

fn give_parts(plan: &mut Plan, parts: usize, rng: &mut ChaCha8Rng) {
    if parts < 2 {
        return;
    }
    let given = if unit(rng) < 0.6 { 1 } else { 1 + below(rng, parts - 1) };
    let mut slots: Vec<usize> = (0..parts).collect();
    let mut mask = 0;
    for _ in 0..given {
        // The first part is the melody in most music: it is what people bring.
        let index = if mask == 0 && unit(rng) < 0.5 { 0 } else { below(rng, slots.len()) };
        mask |= 1 << slots.swap_remove(index);
    }
    let until = if unit(rng) < 0.35 { 1 + below(rng, plan.bars.len()) } else { plan.bars.len() };
    lock_parts(plan, mask, until);
}

fn give_notes(plan: &mut Plan, rng: &mut ChaCha8Rng) {
    let share = 0.1 + 0.8 * unit(rng);
    for bar in &mut plan.bars {
        for note in std::mem::take(&mut bar.played) {
            if unit(rng) < share {
                bar.given.push(note);
            } else {
                bar.played.push(note);
            }
        }
    }
}

fn give_after_gap(plan: &mut Plan, events: &EventScore, rng: &mut ChaCha8Rng) {
    let bars = plan.bars.len();
    if bars < 2 {
        return;
    }
    let length = 1 + below(rng, 8.min(bars - 1));
    let start = below(rng, bars - length + 1).min(24);
    plan.bars.truncate(start + length);
    let after = plan.first + start + length;
    if after >= events.bars.len() {
        return;
    }
    let after = events.bars[after..].iter().take(2).map(|bar| bar.notes.clone()).collect();
    plan.gap = Some(Gap { start, after });
    if events.parts.len() > 1 && unit(rng) < 0.4 {
        let mask = 1 << below(rng, events.parts.len());
        let end = plan.bars.len();
        let mut tail = Plan { first: 0, bars: plan.bars.split_off(start), gap: None };
        lock_parts(&mut tail, mask, end);
        plan.bars.append(&mut tail.bars);
    }
}

/// Uniform in `0.0..1.0`.
pub fn unit(rng: &mut ChaCha8Rng) -> f32 {
    (rng.next_u32() >> 8) as f32 / (1u32 << 24) as f32
}

/// Uniform in `0..n`; `n` is at least one.
pub fn below(rng: &mut ChaCha8Rng, n: usize) -> usize {
    ((u64::from(rng.next_u32()) * n as u64) >> 32) as usize
}

#[cfg(test)]
mod tests;
