//! What a composed piece has in common with what the model was trained on.

use std::collections::BTreeSet;
use std::sync::Arc;

use ripieno_datasets::originality::{ALARM, Index, Passage, compare};
use ripieno_score::{GridBar, GridScore, Note, Score};

use super::Seed;

/// How much of a source may be written again.
#[derive(Debug, Clone, PartialEq)]
pub struct OverlapLimit {
    /// What the model was trained on.
    pub index: Arc<Index>,
    /// A note with which a copy would weigh more is drawn again; in notes that say something.
    pub max_overlap: f32,
}

/// What became of an [`OverlapLimit`].
#[derive(Debug, Clone, PartialEq)]
pub struct Originality {
    /// How often a pitch was drawn again because a copy would have grown too long.
    pub rerolls: usize,
    /// The heaviest passage that what was written has in common with a source; the person's notes do not count.
    pub heaviest: Option<Passage>,
    /// The heaviest passage of the seed, where the seed is a known piece.
    pub seed: Option<Passage>,
}

impl Originality {
    /// `returns` says whether the seed comes back in the piece: then its notes are the person's there, too.
    pub(super) fn of(
        index: &Index,
        (score, given): (&Score, &[Vec<bool>]),
        seed: Option<&Seed>,
        returns: bool,
        rerolls: usize,
    ) -> Self {
        let back = seed.filter(|_| returns).map(|seed| (seed, Returned::new(seed, score)));
        let mut written = score.clone();
        for (slot, (part, given)) in written.parts.iter_mut().zip(given).enumerate() {
            let mut given = given.iter();
            let is_back = |note: &Note| back.as_ref().is_some_and(|(seed, back)| back.has(seed, slot, note));
            part.notes.retain(|note| given.next() == Some(&false) && !is_back(note));
        }
        let heaviest =
            |score: &Score| compare(index, &GridScore::from_score(score).0, |_| true).passages.into_iter().next();
        let seed = seed.and_then(|seed| heaviest(&seed.score)).filter(|passage| passage.overlap >= ALARM);
        Self { rerolls, heaviest: heaviest(&written), seed }
    }
}

/// Where notes of the seed come back: the same pitch at the same place of a bar.
struct Returned {
    seed: BTreeSet<(usize, u8, u8)>,
    bars: Vec<GridBar>,
}

impl Returned {
    fn new(seed: &Seed, score: &Score) -> Self {
        let notes = seed.events.bars.iter().flat_map(|bar| &bar.notes);
        let seed = notes.map(|note| (usize::from(note.part), note.position, note.pitch)).collect();
        Self { seed, bars: GridScore::from_score(score).0.bars }
    }

    fn has(&self, seed: &Seed, slot: usize, note: &Note) -> bool {
        let step = seed.step_of(note.onset);
        let bar = self.bars.partition_point(|bar| bar.start <= step).saturating_sub(1);
        let position = step - self.bars.get(bar).map_or(0, |bar| bar.start).min(step);
        u8::try_from(position).is_ok_and(|position| self.seed.contains(&(slot, position, note.pitch.value())))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use ripieno_datasets::originality::{IndexBuilder, Source};

    use super::super::{Composition, Wishes, compose};
    use super::*;
    use crate::base;
    use crate::device::DeviceChoice;

    fn composed(limit: Option<OverlapLimit>) -> Composition {
        let model = base::load(&DeviceChoice::Flex.device()).unwrap();
        let wishes = Wishes { bars: Some(16), seed: 4, candidates: 1, overlap_limit: limit, ..Wishes::default() };
        compose(&model, None, &wishes, &|_, _| {}, &AtomicBool::new(false)).unwrap()
    }

    #[test]
    fn a_piece_that_would_be_composed_again_is_not() {
        let first = composed(None);
        let source = Source {
            path: "first.mid".into(),
            composer: String::new(),
            title: String::new(),
            source: String::new(),
            licence: String::new(),
            work: 1,
        };
        let mut builder = IndexBuilder::default();
        builder.add(source, &GridScore::from_score(&first.score).0);
        let index = Arc::new(builder.build("the first"));
        let with = |max_overlap| composed(Some(OverlapLimit { index: index.clone(), max_overlap }));

        let free = with(1e6);
        let found = free.originality.unwrap();
        assert_eq!(free.score, first.score, "a limit that is not reached changes nothing");
        assert_eq!(found.rerolls, 0);
        let whole = found.heaviest.unwrap().overlap;

        let found = with(8.0).originality.unwrap();
        assert!(found.rerolls > 0);
        let kept = found.heaviest.map_or(0.0, |passage| passage.overlap);
        assert!(kept < 0.5 * whole, "{kept} of {whole}");
    }
}
