//! How often bars of a style come back.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::manner::WHOLE;
use crate::event::{BarEvents, NoteEvent, Role};
use crate::generate::echo;
use crate::train::Piece;

/// A bar may come back so many bars later, in the order in which that is looked for.
pub const LAGS: [usize; 4] = [1, 2, 4, 8];

/// Thousandths for each of [`LAGS`].
type Shares = [u16; LAGS.len()];

/// How often bars come back, in thousandths. Zeros in weights that were trained before this was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Returns {
    /// Bars in which what accompanies is the same, note for note, as so many bars before, the nearest one counting, though it
    /// was not so in the bar before: here a passage begins to come back.
    pub begins: Shares,
    /// The same where it was so in the bar before: the passage goes on.
    pub goes_on: Shares,
    /// Of the bars that come back after so many bars, those in which the tune is the same, too.
    pub with_tune: Shares,
    /// Where the tune is the same, how often what accompanies it is, too.
    pub under_tune: u16,
    /// How often the tune keeps its rhythm, and what accompanies does, where it is not the same: notes start at the same moments
    /// as so many bars before, the nearest one counting.
    pub rhythm_lags: [Shares; 2],
}

impl Returns {
    /// Counts in pieces.
    pub(super) fn of(pieces: &[&Piece]) -> Self {
        let mut counts = Counts::default();
        pieces.iter().for_each(|piece| counts.add(piece));
        let shares = |of: [[u64; 2]; LAGS.len()]| of.map(|[cases, done]| share(done, cases));
        Self {
            begins: shares(counts.begins),
            goes_on: shares(counts.goes_on),
            with_tune: shares(counts.with_tune),
            under_tune: share(counts.under_tune[1], counts.under_tune[0]),
            rhythm_lags: [true, false].map(|of_tune| rhythms(pieces, of_tune)),
        }
    }

    /// How many bars back lies what comes back in a bar, by numbers in `0.0..1.0`; `before` is that of the bar before.
    pub(crate) fn lag(&self, before: Option<usize>, [first, second]: [f32; 2]) -> Option<usize> {
        let running = before.and_then(|before| LAGS.iter().position(|&lag| lag == before));
        if let Some(index) = running.filter(|&index| is_drawn(self.goes_on[index], first)) {
            return Some(LAGS[index]);
        }
        let mut begins = self.begins;
        running.into_iter().for_each(|index| begins[index] = 0);
        drawn_lag(begins, second)
    }

    /// How many bars back lies the rhythm that the tune keeps, and that what accompanies keeps, by a number in `0.0..1.0`: as one
    /// keeps it where the other does.
    pub(crate) fn rhythm_lags(&self, unit: f32) -> [Option<usize>; 2] {
        self.rhythm_lags.map(|shares| drawn_lag(shares, unit))
    }

    /// As often, where the bar before can only come back in such a share of the bars.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "thousandths are small and not negative"
    )]
    pub(crate) fn where_chords_stay(mut self, share: f32) -> Self {
        let others: u16 = self.begins[1..].iter().sum();
        let more =
            |usual: u16, most: u16| (f32::from(usual) / share.max(f32::MIN_POSITIVE)).min(f32::from(most)) as u16;
        self.begins[0] = more(self.begins[0], WHOLE.saturating_sub(others));
        self.goes_on[0] = more(self.goes_on[0], WHOLE);
        self
    }

    /// Whether the tune of what comes back after so many bars comes back with it, by a number in `0.0..1.0`.
    pub(crate) fn has_tune(&self, lag: usize, unit: f32) -> bool {
        LAGS.iter().zip(self.with_tune).any(|(&known, share)| known == lag && is_drawn(share, unit))
    }

    /// Whether what accompanied a tune comes back with it, by a number in `0.0..1.0`.
    pub(crate) fn is_under_tune(&self, unit: f32) -> bool {
        is_drawn(self.under_tune, unit)
    }

    pub(super) fn is_valid(&self) -> bool {
        let are_shares = |shares: &Shares| shares.iter().all(|&share| share <= WHOLE);
        let is_table = |shares: &Shares| shares.iter().map(|&share| u32::from(share)).sum::<u32>() <= u32::from(WHOLE);
        let tables = [self.begins, self.goes_on, self.with_tune].iter().all(are_shares);
        tables && self.under_tune <= WHOLE && self.rhythm_lags.iter().all(is_table)
    }
}

/// Cases and how often it was so.
#[derive(Default)]
struct Counts {
    begins: [[u64; 2]; LAGS.len()],
    goes_on: [[u64; 2]; LAGS.len()],
    with_tune: [[u64; 2]; LAGS.len()],
    under_tune: [u64; 2],
}

impl Counts {
    fn add(&mut self, piece: &Piece) {
        let events = &piece.events;
        let is_tune = |note: &&NoteEvent| events.parts[usize::from(note.part)].role == Role::Melody;
        let accompanies = |bar: &BarEvents| heard(bar.notes.iter().filter(|note| !is_tune(note)));
        let tune = |bar: &BarEvents| heard(bar.notes.iter().filter(is_tune));
        let others: Vec<_> = events.bars.iter().map(accompanies).collect();
        let tunes: Vec<_> = events.bars.iter().map(tune).collect();
        let mut before: Option<usize> = None;
        for bar in 1..events.bars.len() {
            let earlier = |index: &usize| bar.checked_sub(LAGS[*index]);
            if others[bar].is_empty() {
                before = None;
                continue;
            }
            let now = (0..LAGS.len()).find(|index| earlier(index).is_some_and(|of| others[of] == others[bar]));
            for index in (0..LAGS.len()).filter(|index| earlier(index).is_some()) {
                let counts = if before == Some(index) { &mut self.goes_on } else { &mut self.begins };
                counts[index][0] += 1;
                counts[index][1] += u64::from(now == Some(index));
            }
            if let Some((index, of)) = now.and_then(|index| Some((index, earlier(&index)?))) {
                self.with_tune[index][0] += 1;
                self.with_tune[index][1] += u64::from(tunes[of] == tunes[bar]);
            }
            let again = (0..LAGS.len()).filter_map(|index| earlier(&index)).filter(|&of| tunes[of] == tunes[bar]);
            let again: Vec<usize> = again.filter(|_| !tunes[bar].is_empty()).collect();
            if !again.is_empty() {
                self.under_tune[0] += 1;
                self.under_tune[1] += u64::from(again.iter().any(|&of| others[of] == others[bar]));
            }
            before = now;
        }
    }
}

/// How often the tune of pieces, or what accompanies it, keeps the rhythm of an earlier bar and not its notes.
fn rhythms(pieces: &[&Piece], of_tune: bool) -> Shares {
    let (mut bars, mut kept) = (0u64, [0u64; LAGS.len()]);
    for events in pieces.iter().map(|piece| &piece.events) {
        let tune = echo::tune(&events.parts);
        let of = |bar: usize| {
            let is_wanted = |note: &&NoteEvent| (Some(usize::from(note.part)) == tune) == of_tune;
            events.bars[bar].notes.iter().filter(is_wanted).copied().collect::<Vec<_>>()
        };
        for bar in LAGS[LAGS.len() - 2]..events.bars.len() {
            let now = of(bar);
            let earlier = |lag: &usize| bar.checked_sub(*lag).map(of);
            let same = |lag: &usize| earlier(lag).is_some_and(|notes| heard(notes.iter()) == heard(now.iter()));
            if now.is_empty() || LAGS.iter().any(same) {
                continue;
            }
            bars += 1;
            let rhythm = |notes: &[NoteEvent]| notes.iter().map(|note| note.position).collect::<BTreeSet<u8>>();
            let keeps = |lag: &usize| earlier(lag).is_some_and(|notes| rhythm(&notes) == rhythm(&now));
            if let Some(lag) = LAGS.iter().position(keeps) {
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

fn is_drawn(share: u16, unit: f32) -> bool {
    unit * f32::from(WHOLE) < f32::from(share)
}

fn drawn_lag(shares: Shares, unit: f32) -> Option<usize> {
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
        let round = Returns { begins: [0, 0, 1000, 0], goes_on: [0, 0, 1000, 0], ..Returns::default() };
        assert_eq!(Returns { rhythm_lags: Default::default(), ..returns }, round);
        assert_eq!([0.0, 0.999].map(|unit| returns.lag(None, [unit; 2])), [Some(4), Some(4)]);
        assert_eq!(returns.lag(Some(4), [0.999; 2]), Some(4));
        // Without a tune all of a bar comes back.
        piece.events.parts[0].role = Role::Inner;
        assert_eq!(Returns::of(&[&piece]).begins, [0; 4]);
        assert_eq!(Returns::default().lag(Some(4), [0.0; 2]), None);
    }

    #[test]
    fn a_tune_that_starts_at_the_same_moments_keeps_its_rhythm() {
        let mut piece = scale_piece();
        (piece.events.parts[0].role, piece.events.parts[1].role) = (Role::Melody, Role::Bass);
        // Quarter notes all the way, and never the same ones four bars later.
        let [tune, others] = Returns::of(&[&piece]).rhythm_lags;
        assert_eq!((tune[0], others), (1000, [0; 4]));
        let returns = Returns { rhythm_lags: [[0, 300, 0, 0], [200, 300, 0, 0]], ..Returns::default() };
        assert_eq!(
            [0.1, 0.25, 0.4, 0.6].map(|unit| returns.rhythm_lags(unit)),
            [[Some(2), Some(1)], [Some(2), Some(2)], [None, Some(2)], [None, None]]
        );
    }
}
