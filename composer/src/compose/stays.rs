//! Which notes of the seed are in the piece.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use ripieno_score::{Note, Part, STEPS_PER_QUARTER, Tick};

use super::controls::{Controls, PartNames, resolve};
use super::seed::Seed;
use super::{ComposeError, Task};
use crate::generate::BarRequest;

/// Which notes of the seed are in the piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SeedStays {
    /// For every bar of the seed, the parts that stay whole, a bit each.
    pub(super) bars: Vec<u64>,
    /// Whether single notes that the request gives stay, too.
    pub(super) single: bool,
}

impl SeedStays {
    /// What the task and the locks say.
    pub(super) fn new(
        seed: Option<&Seed>,
        task: Task,
        controls: &Controls,
        names: &PartNames<'_>,
    ) -> Result<Self, ComposeError> {
        let bars = seed.map_or(0, Seed::bars);
        let mut stays = Self { bars: vec![u64::MAX; bars], single: task == Task::Vary };
        let (changed, title) = match task {
            Task::Infill { from, to } => (from - 1..to, "infill"),
            Task::Vary => (0..bars, "vary"),
            _ => (0..0, ""),
        };
        let has_locks = !controls.locked_parts.is_empty() || !controls.locked_bars.is_empty();
        if has_locks && changed.is_empty() {
            return Err(ComposeError::NothingToLock);
        }
        let mut locked = 0;
        for choice in &controls.locked_parts {
            locked |= resolve(choice, names)?;
        }
        for bar in changed.clone() {
            let whole = controls.locked_bars.iter().any(|range| range.contains(&(bar + 1)));
            stays.bars[bar] = if whole { u64::MAX } else { locked };
        }
        if let Some(range) = controls.locked_bars.iter().find(|range| !touches(range, bars)) {
            return Err(ComposeError::LockOutside { from: *range.start(), to: *range.end(), bars });
        }
        let all = (1u64 << names.parts.len()) - 1;
        if !changed.is_empty() && stays.bars[changed].iter().all(|&parts| parts & all == all) {
            return Err(ComposeError::Excluded {
                one: format!("the task {title}"),
                other: "what is locked".to_owned(),
                reason: "nothing is left to be written".to_owned(),
            });
        }
        Ok(stays)
    }

    /// The notes of part `slot` of the seed that are in the piece.
    pub(super) fn notes(&self, seed: &Seed, slot: usize, part: &Part, given: &[BarRequest]) -> Vec<Note> {
        let stays = |note: &&Note| {
            let bar = seed.bar_at(seed.step_of(note.onset));
            self.bars.get(bar).is_none_or(|parts| parts >> slot & 1 == 1)
        };
        if !self.single {
            return part.notes.iter().filter(stays).copied().collect();
        }
        let kept: BTreeSet<(Tick, u8)> = (given.iter().enumerate())
            .flat_map(|(index, bar)| {
                let start = seed.bar_start(index);
                let notes = bar.given.iter().filter(|note| usize::from(note.part) == slot);
                notes.map(move |note| (seed.tick_of(start + u32::from(note.position)), note.pitch))
            })
            .collect();
        // A note is found again by the step nearest to it.
        let near = |note: &Note| {
            let slack = seed.score.ppq.ticks() / STEPS_PER_QUARTER;
            let from = (Tick(note.onset.0.saturating_sub(slack)), 0);
            kept.range(from..=(note.onset + Tick(slack), 127)).any(|&(_, pitch)| pitch == note.pitch.value())
        };
        part.notes.iter().filter(|note| stays(note) || near(note)).copied().collect()
    }
}

fn touches(range: &RangeInclusive<usize>, bars: usize) -> bool {
    *range.start() >= 1 && range.start() <= range.end() && *range.end() <= bars
}
