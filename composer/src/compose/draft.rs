//! Writing a candidate: a few bars in several ways, the best of which goes on.
//!
//! What is chosen at the end only is chosen among wholes, each with its better and its worse passages. Bars chosen on the way
//! leave the worse ones behind (as in beam search, but between passages, since single notes have no merits).

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::ComposeError;
use super::plan::Plan;
use super::rank::{Merits, judge};
use crate::event::NoteEvent;
use crate::generate::{Generated, Generator};
use crate::habits::StyleEar;

/// Bars after which a way is chosen.
const STAGE: usize = 4;
/// Ways in which they are written.
pub(super) const WAYS: usize = 3;
/// Streams of random numbers from this one on are those of other ways than the first.
const OTHER_WAYS: u64 = 1 << 32;

/// A piece as far as it is written.
#[derive(Clone)]
pub(super) struct Draft<'m> {
    pub(super) generator: Generator<'m>,
    /// The notes of each bar, in order.
    pub(super) bars: Vec<Vec<NoteEvent>>,
    /// Nats of the notes that were drawn, and how many these are.
    cost: (f64, u32),
}

impl<'m> Draft<'m> {
    /// Nothing yet of so many bars.
    pub(super) fn new(generator: Generator<'m>, bars: usize) -> Self {
        Self { generator, bars: vec![Vec::new(); bars], cost: (0.0, 0) }
    }

    /// Writes all bars of plans that have equally many. `progress` is told of every bar that is begun in any way.
    pub(super) fn write_all(
        plans: &[(Self, &Plan)],
        ear: &StyleEar,
        is_parallel: bool,
        progress: &(dyn Fn() + Sync),
        cancel: &AtomicBool,
    ) -> Result<Vec<(Self, Merits)>, ComposeError> {
        let bars = plans.iter().map(|(draft, _)| draft.bars.len()).max().unwrap_or(0);
        let mut best: Vec<(Self, Merits)> =
            plans.iter().map(|(draft, plan)| (draft.clone(), judge(plan, &[], 0.0, ear))).collect();
        for (stage, start) in (0..bars).step_by(STAGE).enumerate() {
            let end = (start + STAGE).min(bars);
            let go_on = |job: usize| {
                let (candidate, way) = (job / WAYS, job % WAYS);
                let mut draft = best[candidate].0.clone();
                if way > 0 {
                    draft.generator.draw_from(OTHER_WAYS + (stage * WAYS + way) as u64);
                }
                draft.write_to(end, progress, cancel)?;
                let nats_per_note = draft.cost.0 / f64::from(draft.cost.1.max(1));
                let merits = judge(plans[candidate].1, &draft.bars[..end], nats_per_note, ear);
                Ok((draft, merits))
            };
            let jobs = 0..plans.len() * WAYS;
            let found: Result<Vec<(Self, Merits)>, ComposeError> =
                if is_parallel { jobs.into_par_iter().map(go_on).collect() } else { jobs.map(go_on).collect() };
            let mut found = found?.into_iter();
            for best in &mut best {
                let ways = found.by_ref().take(WAYS);
                *best = ways.reduce(|a, b| if b.1.score > a.1.score { b } else { a }).expect("there are ways");
            }
        }
        Ok(best)
    }

    /// Goes on until bar `end` is open, or the piece ends.
    fn write_to(&mut self, end: usize, progress: &(dyn Fn() + Sync), cancel: &AtomicBool) -> Result<(), ComposeError> {
        while let Some(event) = self.generator.next() {
            match event {
                Generated::Bar { bar } => {
                    self.bars[bar].extend(self.generator.returned(bar));
                    progress();
                    if bar == end {
                        break;
                    }
                }
                Generated::Note { bar, note, nats } => {
                    self.bars[bar].push(note);
                    self.cost = (self.cost.0 + f64::from(nats), self.cost.1 + 1);
                }
            }
            if cancel.load(Ordering::Relaxed) {
                return Err(ComposeError::Cancelled);
            }
        }
        self.bars.iter_mut().for_each(|bar| bar.sort_unstable());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;
    use crate::compose::Wishes;
    use crate::generate::Player;
    use crate::model::ModelHeader;
    use crate::test_pieces::header;

    fn plan_of(header: &ModelHeader, bars: usize, seed: u64) -> Plan {
        let wishes = Wishes { bars: Some(bars), seed, ..Wishes::default() };
        Plan::new(Player::Dice(header), None, &wishes).unwrap()
    }

    #[test]
    fn of_the_ways_to_write_a_few_bars_the_best_goes_on() {
        let header = header("corpus");
        let (plan, ear) = (plan_of(&header, STAGE, 3), StyleEar::of(&header));
        let generator = Generator::new(Player::Dice(&header), plan.request.clone());
        let never = AtomicBool::new(false);
        let plans = [(Draft::new(generator.clone(), STAGE), &plan)];
        let write = |is_parallel: bool| Draft::write_all(&plans, &ear, is_parallel, &|| (), &never).unwrap().remove(0);
        let (draft, merits) = write(false);
        assert_eq!(draft.bars, write(true).0.bars);
        let ways: Vec<(Vec<Vec<NoteEvent>>, f64)> = (0..WAYS as u64)
            .map(|way| {
                let mut alone = Draft::new(generator.clone(), STAGE);
                if way > 0 {
                    alone.generator.draw_from(OTHER_WAYS + way);
                }
                alone.write_to(STAGE, &|| (), &never).unwrap();
                let merits = judge(&plan, &alone.bars, alone.cost.0 / f64::from(alone.cost.1), &ear);
                (alone.bars, merits.score)
            })
            .collect();
        let best = ways.iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
        assert_eq!((&draft.bars, merits.score), (&best.0, best.1));
        assert!(ways[1..].iter().all(|way| way.0 != ways[0].0), "the ways differ");
    }

    #[test]
    fn every_bar_is_begun_in_every_way_and_music_goes_on_over_the_stages() {
        let header = header("corpus");
        let bars = 2 * STAGE + 1;
        let (plan, ear, begun) = (plan_of(&header, bars, 3), StyleEar::of(&header), AtomicUsize::new(0));
        let cancelled = AtomicBool::new(false);
        let count = || {
            begun.fetch_add(1, Ordering::Relaxed);
        };
        let other = plan_of(&header, bars, 4);
        let plans = [&plan, &other]
            .map(|plan| (Draft::new(Generator::new(Player::Dice(&header), plan.request.clone()), bars), plan));
        let mut written = Draft::write_all(&plans, &ear, true, &count, &cancelled).unwrap();
        assert_eq!(begun.load(Ordering::Relaxed), 2 * bars * WAYS);
        let alone = Draft::write_all(&plans[1..], &ear, false, &|| (), &cancelled).unwrap();
        assert_eq!(written[1].0.bars, alone[0].0.bars, "whatever else is written beside it");
        let (draft, merits) = written.remove(0);
        assert_eq!((draft.bars.len(), merits.notes), (bars, draft.bars.iter().map(Vec::len).sum()));
        assert!(draft.bars.iter().all(|bar| !bar.is_empty() && bar.is_sorted()));
        cancelled.store(true, Ordering::Relaxed);
        let stopped = Draft::write_all(&plans, &ear, true, &count, &cancelled);
        assert!(matches!(stopped, Err(ComposeError::Cancelled)));
    }
}
