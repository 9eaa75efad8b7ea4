//! How often bars of a style come back.

use serde::{Deserialize, Serialize};

use super::manner::WHOLE;
use crate::event::{BarEvents, NoteEvent, Role};
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
        // Rounded down, so that together they are not more than all.
        let share = |part: u64, whole: u64| u16::try_from(u64::from(WHOLE) * part / whole.max(1)).unwrap_or(WHOLE);
        Self { others: others.map(|count| share(count, bars)), tune: share(tunes, others.iter().sum()) }
    }

    /// How many bars back lies what comes back, by a number in `0.0..1.0`.
    pub(crate) fn lag(&self, unit: f32) -> Option<usize> {
        let mut left = unit * f32::from(WHOLE);
        let drawn = LAGS.into_iter().zip(self.others).find(|&(_, share)| {
            left -= f32::from(share);
            left < 0.0
        });
        drawn.map(|(lag, _)| lag)
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
        self.tune <= WHOLE && self.others.iter().map(|&share| u32::from(share)).sum::<u32>() <= u32::from(WHOLE)
    }
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
        assert_eq!(returns, Returns { others: [0, 0, 1000], tune: 0 });
        assert_eq!([returns.lag(0.0), returns.lag(0.999)], [Some(4), Some(4)]);
        // Without a tune all of a bar comes back.
        piece.events.parts[0].role = Role::Inner;
        assert_eq!(Returns::of(&[&piece]).others, [0; 3]);
        assert_eq!(Returns::default().lag(0.0), None);
    }
}
