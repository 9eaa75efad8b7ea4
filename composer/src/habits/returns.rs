//! How often bars of a style come back.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::manner::WHOLE;
use crate::event::{BarEvents, NoteEvent, Role};
use crate::generate::echo;
use crate::train::Piece;

/// A bar may come back so many bars later, in the order in which that is looked for.
pub const LAGS: [usize; 3] = [1, 2, 4];

/// How often bars come back, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Returns {
    /// Bars in which what accompanies is the same, note for note, as so many bars before ([`LAGS`]), the nearest one counting.
    pub others: [u16; LAGS.len()],
    /// In so many of these bars the tune is the same, too.
    pub tune: u16,
    /// How often the tune keeps its rhythm, and what accompanies does, where it is not the same: notes start at the same moments
    /// as so many bars before ([`LAGS`]), the nearest one counting. Zeros in weights that were trained before this was counted.
    #[serde(default)]
    pub rhythms: [[u16; LAGS.len()]; 2],
}

impl Returns {
    /// Counts in pieces.
    pub(super) fn of(pieces: &[&Piece]) -> Self {
        let (mut bars, mut others, mut tunes) = (0u64, [0u64; LAGS.len()], 0u64);
        for events in pieces.iter().map(|piece| &piece.events) {
            let is_tune = |note: &&NoteEvent| events.parts[usize::from(note.part)].role == Role::Melody;
            let accompanies = |bar: &BarEvents| heard(bar.notes.iter().filter(|note| !is_tune(note)));
            let tune = |bar: &BarEvents| heard(bar.notes.iter().filter(is_tune));
            for bar in LAGS[LAGS.len() - 1]..events.bars.len() {
                let now = accompanies(&events.bars[bar]);
                if now.is_empty() {
                    continue;
                }
                bars += 1;
                if let Some(lag) = LAGS.iter().position(|lag| accompanies(&events.bars[bar - lag]) == now) {
                    others[lag] += 1;
                    tunes += u64::from(tune(&events.bars[bar - LAGS[lag]]) == tune(&events.bars[bar]));
                }
            }
        }
        Self {
            others: others.map(|count| share(count, bars)),
            tune: share(tunes, others.iter().sum()),
            rhythms: [true, false].map(|of_tune| rhythms(pieces, of_tune)),
        }
    }

    /// How many bars back lies what comes back, by a number in `0.0..1.0`.
    pub(crate) fn lag(&self, unit: f32) -> Option<usize> {
        drawn_lag(self.others, unit)
    }

    /// How many bars back lies the rhythm that the tune keeps, and that what accompanies keeps, by a number in `0.0..1.0`: as one
    /// keeps it where the other does.
    pub(crate) fn rhythm_lags(&self, unit: f32) -> [Option<usize>; 2] {
        self.rhythms.map(|shares| drawn_lag(shares, unit))
    }

    /// As often, where the bar before can only come back in such a share of the bars.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "thousandths are small and not negative"
    )]
    pub(crate) fn where_chords_stay(self, share: f32) -> Self {
        let [before, others @ ..] = self.others;
        let left = f32::from(WHOLE.saturating_sub(others.iter().sum()));
        let before = (f32::from(before) / share.max(f32::MIN_POSITIVE)).min(left) as u16;
        Self { others: [before, others[0], others[1]], ..self }
    }

    /// Whether the tune of such a bar comes back with it, by a number in `0.0..1.0`.
    pub(crate) fn has_tune(&self, unit: f32) -> bool {
        unit * f32::from(WHOLE) < f32::from(self.tune)
    }

    pub(super) fn is_valid(&self) -> bool {
        let is_table = |shares: &[u16]| shares.iter().map(|&share| u32::from(share)).sum::<u32>() <= u32::from(WHOLE);
        self.tune <= WHOLE && is_table(&self.others) && self.rhythms.iter().all(|shares| is_table(shares))
    }
}

/// How often the tune of pieces, or what accompanies it, keeps the rhythm of an earlier bar and not its notes.
fn rhythms(pieces: &[&Piece], of_tune: bool) -> [u16; LAGS.len()] {
    let (mut bars, mut kept) = (0u64, [0u64; LAGS.len()]);
    for events in pieces.iter().map(|piece| &piece.events) {
        let tune = echo::tune(&events.parts);
        let of = |bar: usize| {
            let is_wanted = |note: &&NoteEvent| (Some(usize::from(note.part)) == tune) == of_tune;
            events.bars[bar].notes.iter().filter(is_wanted).copied().collect::<Vec<_>>()
        };
        for bar in LAGS[LAGS.len() - 1]..events.bars.len() {
            let now = of(bar);
            let same = |lag: &usize| heard(of(bar - lag).iter()) == heard(now.iter());
            if now.is_empty() || LAGS.iter().any(same) {
                continue;
            }
            bars += 1;
            let rhythm = |notes: &[NoteEvent]| notes.iter().map(|note| note.position).collect::<BTreeSet<u8>>();
            if let Some(lag) = LAGS.iter().position(|lag| rhythm(&of(bar - lag)) == rhythm(&now)) {
                kept[lag] += 1;
            }
        }
    }
    kept.map(|count| share(count, bars))
}

/// Thousandths, rounded down, so that together they are not more than all.
fn share(part: u64, whole: u64) -> u16 {
    u16::try_from(u64::from(WHOLE) * part / whole.max(1)).unwrap_or(WHOLE)
}

fn drawn_lag(shares: [u16; LAGS.len()], unit: f32) -> Option<usize> {
    let mut left = unit * f32::from(WHOLE);
    let drawn = LAGS.into_iter().zip(shares).find(|&(_, share)| {
        left -= f32::from(share);
        left < 0.0
    });
    drawn.map(|(lag, _)| lag)
}

/// What is heard of notes: when, what, how long.
fn heard<'a>(notes: impl Iterator<Item = &'a NoteEvent>) -> Vec<(u8, u8, u8)> {
    notes.map(|note| (note.position, note.pitch, note.duration)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_pieces::scale_piece;

    #[test]
    fn a_bass_that_comes_round_after_four_bars_returns_and_its_tune_does_not() {
        let mut piece = scale_piece();
        (piece.events.parts[0].role, piece.events.parts[1].role) = (Role::Melody, Role::Bass);
        let returns = Returns::of(&[&piece]);
        assert_eq!((returns.others, returns.tune), ([0, 0, 1000], 0));
        assert_eq!([returns.lag(0.0), returns.lag(0.999)], [Some(4), Some(4)]);
        // Without a tune all of a bar comes back.
        piece.events.parts[0].role = Role::Inner;
        assert_eq!(Returns::of(&[&piece]).others, [0; 3]);
        assert_eq!(Returns::default().lag(0.0), None);
    }

    #[test]
    fn a_tune_that_starts_at_the_same_moments_keeps_its_rhythm() {
        let mut piece = scale_piece();
        (piece.events.parts[0].role, piece.events.parts[1].role) = (Role::Melody, Role::Bass);
        // Quarter notes all the way, and never the same ones four bars later.
        let [tune, others] = Returns::of(&[&piece]).rhythms;
        assert_eq!((tune[0], others), (1000, [0; 3]));
        let returns = Returns { rhythms: [[0, 300, 0], [200, 300, 0]], ..Returns::default() };
        assert_eq!(
            [0.1, 0.25, 0.4, 0.6].map(|unit| returns.rhythm_lags(unit)),
            [[Some(2), Some(1)], [Some(2), Some(2)], [None, Some(2)], [None, None]]
        );
    }
}
