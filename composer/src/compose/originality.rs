//! What a composed piece has in common with what the model was trained on.

use std::collections::BTreeSet;
use std::sync::Arc;

use ripieno_datasets::originality::{ALARM, Index, Passage, compare};
use ripieno_score::{GridScore, Note, Pitch, Score, Tick};

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
    /// `restated` are the notes of the seed that come back, by onset and pitch: the person's own, like the given ones.
    pub(super) fn of(
        index: &Index,
        score: &Score,
        given: &[Vec<bool>],
        restated: &BTreeSet<(Tick, Pitch)>,
        seed: Option<&Seed>,
        rerolls: usize,
    ) -> Self {
        let mut written = score.clone();
        for (part, given) in written.parts.iter_mut().zip(given) {
            let mut given = given.iter();
            let is_own = |note: &Note| restated.contains(&(note.onset, note.pitch));
            part.notes.retain(|note| given.next() == Some(&false) && !is_own(note));
        }
        let heaviest =
            |score: &Score| compare(index, &GridScore::from_score(score).0, |_| true).passages.into_iter().next();
        let seed = seed.and_then(|seed| heaviest(&seed.score)).filter(|passage| passage.overlap >= ALARM);
        Self { rerolls, heaviest: heaviest(&written), seed }
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
        let wishes = Wishes { bars: Some(8), seed: 4, candidates: 1, overlap_limit: limit, ..Wishes::default() };
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
    #[test]
    fn a_known_seed_that_comes_back_is_the_persons_own() {
        let model = base::load(&DeviceChoice::Flex.device()).unwrap();
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/seeds/greensleeves.mid");
        let seed = Seed::hear(&ripieno_score::midi::read(&std::fs::read(path).unwrap()).unwrap().score).unwrap();
        let index = Arc::new(base::originality().unwrap());
        let limit = OverlapLimit { index, max_overlap: 16.0 };
        let wishes = Wishes { seed: 5, candidates: 1, overlap_limit: Some(limit), ..Wishes::default() };
        let piece = compose(&model, Some(&seed), &wishes, &|_, _| {}, &AtomicBool::new(false)).unwrap();
        assert!(piece.remarks.iter().any(|remark| remark.contains("bring back")), "{:?}", piece.remarks);
        let found = piece.originality.unwrap();
        assert!(found.seed.is_some(), "the seed is known");
        assert!(found.heaviest.is_none_or(|passage| passage.overlap < 20.0));
    }
}
