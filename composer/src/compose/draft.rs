//! Writing a candidate: a few bars in several ways, the best of which goes on.
//!
//! What is chosen at the end only is chosen among wholes, each with its better and its worse passages. Bars chosen on the way
//! leave the worse ones behind (as in beam search, but between passages, since single notes have no merits).

use std::sync::atomic::{AtomicBool, Ordering};

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
    /// Writes all bars of a plan. `progress` is told of every bar that is begun in any way.
    pub(super) fn write(
        generator: Generator<'m>,
        plan: &Plan,
        ear: &StyleEar,
        progress: &dyn Fn(),
        cancel: &AtomicBool,
    ) -> Result<(Self, Merits), ComposeError> {
        let bars = plan.request.bars.len();
        let mut best = Self { generator, bars: vec![Vec::new(); bars], cost: (0.0, 0) };
        let mut merits = None;
        for (stage, start) in (0..bars).step_by(STAGE).enumerate() {
            let end = (start + STAGE).min(bars);
            let mut found: Option<(Self, Merits)> = None;
            for way in 0..WAYS {
                let mut draft = best.clone();
                if way > 0 {
                    draft.generator.draw_from(OTHER_WAYS + (stage * WAYS + way) as u64);
                }
                draft.write_to(end, progress, cancel)?;
                let merits = judge(plan, &draft.bars[..end], draft.cost.0 / f64::from(draft.cost.1.max(1)), ear);
                if found.as_ref().is_none_or(|(_, best)| merits.score > best.score) {
                    found = Some((draft, merits));
                }
            }
            let (draft, of_draft) = found.expect("there are ways");
            (best, merits) = (draft, Some(of_draft));
        }
        let merits = merits.unwrap_or_else(|| judge(plan, &[], 0.0, ear));
        Ok((best, merits))
    }

    /// Goes on until bar `end` is open, or the piece ends.
    fn write_to(&mut self, end: usize, progress: &dyn Fn(), cancel: &AtomicBool) -> Result<(), ComposeError> {
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
    use std::cell::Cell;

    use super::*;
    use crate::compose::Wishes;
    use crate::generate::Player;
    use crate::model::ModelHeader;
    use crate::test_pieces::header;

    fn plan(header: &ModelHeader, bars: usize) -> Plan {
        let wishes = Wishes { bars: Some(bars), seed: 3, ..Wishes::default() };
        Plan::new(Player::Dice(header), None, &wishes).unwrap()
    }

    #[test]
    fn of_the_ways_to_write_a_few_bars_the_best_goes_on() {
        let header = header("corpus");
        let (plan, ear) = (plan(&header, STAGE), StyleEar::of(&header));
        let generator = Generator::new(Player::Dice(&header), plan.request.clone());
        let never = AtomicBool::new(false);
        let (draft, merits) = Draft::write(generator.clone(), &plan, &ear, &|| (), &never).unwrap();
        let ways: Vec<(Vec<Vec<NoteEvent>>, f64)> = (0..WAYS as u64)
            .map(|way| {
                let mut alone = Draft { generator: generator.clone(), bars: vec![Vec::new(); STAGE], cost: (0.0, 0) };
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
        let (plan, ear, begun) = (plan(&header, bars), StyleEar::of(&header), Cell::new(0));
        let generator = Generator::new(Player::Dice(&header), plan.request.clone());
        let cancelled = AtomicBool::new(false);
        let count = || begun.set(begun.get() + 1);
        let (draft, merits) = Draft::write(generator.clone(), &plan, &ear, &count, &cancelled).unwrap();
        assert_eq!(begun.get(), bars * WAYS);
        assert_eq!((draft.bars.len(), merits.notes), (bars, draft.bars.iter().map(Vec::len).sum()));
        assert!(draft.bars.iter().all(|bar| !bar.is_empty() && bar.is_sorted()));
        cancelled.store(true, Ordering::Relaxed);
        let stopped = Draft::write(generator, &plan, &ear, &count, &cancelled);
        assert!(matches!(stopped, Err(ComposeError::Cancelled)));
    }
}
