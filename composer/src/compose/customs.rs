//! What a style brings to the plan of a piece beside its chords and its shape.

use rand_chacha::ChaCha8Rng;

use super::seed::Seed;
use crate::event::{PartEvent, Role};
use crate::habits::{Habits, Manner, Shape};
use crate::model::ModelHeader;
use crate::task::unit;
use crate::vocabulary::PITCHES;

/// Share of all notes that a tune of the seed has at most where it has more than is usual in the style.
const MOST_TUNE: f32 = 0.35;

/// The habits of one of the styles, drawn by their weights.
pub(super) fn drawn_habits<'a>(
    header: &'a ModelHeader,
    styles: &[(String, f32)],
    rng: &mut ChaCha8Rng,
) -> Option<&'a Habits> {
    let total: f32 = styles.iter().map(|(_, weight)| weight.max(0.0)).sum();
    let mut left = unit(rng) * total;
    let drawn = styles.iter().find(|(_, weight)| {
        left -= weight.max(0.0);
        left < 0.0
    });
    header.habits.get(&drawn?.0)
}

/// A tune of the seed goes on as one, though others play far more notes in the style.
pub(super) fn with_tune(manner: Manner, seed: &Seed, shape: &Shape) -> Manner {
    let share = seed.tune_rate() / shape.rate().max(0.1);
    manner.with_share(Role::Melody, share.min(MOST_TUNE))
}

/// In a style without tunes, parts of the seed whose role nobody has there, a bit each; none where nobody else would play.
pub(super) fn resting(seed: &Seed, parts: &[PartEvent], manner: Option<&Manner>) -> u64 {
    let Some(manner) = manner.filter(|manner| manner.share(Role::Melody as usize) == 0.0) else { return 0 };
    let own = seed.events.parts.len();
    let has_no_place = |slot: &usize| parts[*slot].role != Role::Any && manner.share(parts[*slot].role as usize) == 0.0;
    if (own..parts.len()).all(|slot| has_no_place(&slot)) {
        return 0;
    }
    (0..own).filter(has_no_place).fold(0, |resting, slot| resting | 1 << slot)
}

/// What drums play in one of the styles.
pub(super) fn usual_drums(header: &ModelHeader, style: &[f32]) -> Option<[bool; PITCHES]> {
    let mut drums = [false; PITCHES];
    let habits = header.habits_in(style).unwrap_or_default();
    habits.iter().flat_map(|(habits, _)| &habits.drums).for_each(|&key| drums[usize::from(key)] = true);
    drums.contains(&true).then_some(drums)
}

#[cfg(test)]
mod tests {
    use ripieno_score::Ppq;

    use super::super::Wishes;
    use super::super::plan::Plan;
    use super::*;
    use crate::encode::decode;
    use crate::generate::{Player, Request};
    use crate::test_pieces::{header, scale_piece};

    /// A style in which nearly all notes are those of chords.
    fn chordal() -> (Seed, ModelHeader) {
        let mut piece = scale_piece();
        piece.events.bars.extend(piece.events.bars.clone());
        piece.attributes.extend(piece.attributes.clone());
        (piece.events.parts[0].role, piece.events.parts[1].role) = (Role::Melody, Role::Chords);
        let mut habits = Habits::of(&[&piece]);
        let of_pieces = habits.shapes.iter_mut().filter_map(|shape| shape.manner.as_mut());
        for manner in habits.manner.iter_mut().chain(of_pieces) {
            for (role, share) in [(Role::Melody, 50), (Role::Chords, 950)] {
                manner.roles[role as usize].as_mut().unwrap().share = share;
            }
        }
        let mut header = header("corpus");
        header.habits.insert("one".to_owned(), habits);
        let mut tune = decode(&piece.events);
        tune.parts.truncate(1);
        tune.notes.retain(|note| note.part == 0);
        (Seed::hear(&tune.to_score(Ppq::new(480).unwrap())).unwrap(), header)
    }

    fn plan(header: &ModelHeader, seed: &Seed, style: &str) -> Request {
        let wishes = Wishes {
            styles: vec![(style.to_owned(), 1.0)],
            parts: vec![PartEvent { instrument: 0, role: Role::Chords }],
            bars: Some(32),
            ..Wishes::default()
        };
        Plan::new(Player::Dice(header), Some(seed), &wishes).unwrap().request
    }

    #[test]
    fn a_tune_goes_on_as_one_and_is_accompanied_as_fully_as_others() {
        let (seed, header) = chordal();
        assert!((seed.tune_rate() - 1.0).abs() < 1e-6);
        let request = plan(&header, &seed, "one");
        assert!((request.manner.unwrap().share(Role::Melody as usize) - MOST_TUNE).abs() < 1e-3);
        let usual = header.habits["one"].shapes[0].notes(0, 4.0);
        let there = request.bars[0].given.len() as f32;
        assert!((request.bars[0].aim.notes.unwrap() - (0.95 * usual + there)).abs() < 1e-3);
        // Behind the seed all notes are written.
        let (bar, usual) = (&request.bars[17], header.habits["one"].shapes[0].notes(17, 4.0));
        assert!(bar.given.is_empty() && (bar.aim.notes.unwrap() - usual).abs() < 1e-3);
    }

    #[test]
    fn in_a_style_without_tunes_the_seed_rests_where_somebody_else_plays() {
        let (seed, mut header) = chordal();
        let habits = header.habits.get_mut("one").unwrap();
        let of_pieces = habits.shapes.iter_mut().filter_map(|shape| shape.manner.as_mut());
        habits.manner.iter_mut().chain(of_pieces).for_each(|manner| manner.roles[Role::Melody as usize] = None);
        let request = plan(&header, &seed, "one");
        assert_eq!((request.bars[17].locked, request.bars[31].locked), (1, 1));
        assert!(request.bars[17].given.is_empty() && !request.bars[31].given.is_empty());
        let manner = request.manner.unwrap();
        assert_eq!(resting(&seed, &[request.parts[0]], Some(&manner)), 0);
        assert_eq!(plan(&header, &seed, "two").bars[17].locked, 0);
    }
}
