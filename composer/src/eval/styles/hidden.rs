//! Real passages as composed pieces are heard where the given melody is left out.

use ripieno_datasets::recognition::PASSAGE_BARS;
use ripieno_score::GridScore;

use super::MELODY_BARS;
use crate::encode::encode;
use crate::event::Role;
use crate::vocabulary::{MAX_BAR_STEPS, PARTS};

/// A passage without its tune in the bars in which a composed piece has the given melody.
pub(super) fn hide(passage: &GridScore) -> GridScore {
    match tune(passage) {
        Some(tune) => hide_part(passage, tune),
        None => passage.clone(),
    }
}

/// The part that has the tune of a passage.
pub(super) fn tune(passage: &GridScore) -> Option<usize> {
    let is_encodable =
        passage.parts.len() <= PARTS && passage.bars.iter().all(|bar| bar.length <= MAX_BAR_STEPS as u32);
    is_encodable.then(|| encode(passage).parts.iter().position(|part| part.role == Role::Melody)).flatten()
}

/// Whether a composed piece has the given melody in this bar.
pub(super) fn is_given(bar: usize) -> bool {
    bar < MELODY_BARS || (PASSAGE_BARS - MELODY_BARS..PASSAGE_BARS).contains(&bar)
}

/// A passage without what part `tune` plays in the first bars and in the last of [`PASSAGE_BARS`]: there a composed piece
/// has the given melody, and brings it back.
pub(super) fn hide_part(passage: &GridScore, tune: usize) -> GridScore {
    let mut passage = passage.clone();
    let bars = passage.bars.clone();
    let bar_of = |onset: u32| bars.partition_point(|bar| bar.start <= onset).saturating_sub(1);
    passage.notes.retain(|note| usize::from(note.part) != tune || !is_given(bar_of(note.onset)));
    passage
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::decode;
    use crate::test_pieces::scale_piece;

    #[test]
    fn the_tune_is_hidden_where_it_would_be_given_and_nothing_else() {
        let mut events = scale_piece().events;
        events.bars.extend(events.bars.clone());
        (events.parts[0].role, events.parts[1].role) = (Role::Melody, Role::Bass);
        let whole = decode(&events);
        let hidden = hide(&whole);
        let notes = |grid: &GridScore, part: u16, bar: usize| {
            let bar = &grid.bars[bar];
            let inside = grid.notes.iter().filter(|note| (bar.start..bar.end()).contains(&note.onset));
            inside.filter(|note| note.part == part).count()
        };
        for bar in 0..16 {
            let is_given = !(4..12).contains(&bar);
            assert_eq!(notes(&hidden, 0, bar), if is_given { 0 } else { notes(&whole, 0, bar) }, "bar {bar}");
            assert_eq!(notes(&hidden, 1, bar), notes(&whole, 1, bar), "bar {bar}");
        }
    }
}
