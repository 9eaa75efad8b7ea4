//! Files that lie off the grid by a constant amount.
//!
//! Some programs export a piece that begins with grace notes with everything behind them late by their length. Such
//! a file looks like a performance, though it is as regular as any.

use super::STEPS_PER_QUARTER;
use super::bars::nearest_step;
use crate::time::Ppq;

/// The constant amount by which music lies off the grid, in fine units (`1 / ppq` step).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Offset {
    late_fine: i64,
}

impl Offset {
    /// Finds the offset of onsets given in fine units; zero unless over half of them are off the grid by
    /// the same amount and less than a tenth are on it.
    pub(super) fn find(onsets: &[u64], ppq: Ppq) -> Self {
        let step = u64::from(ppq.ticks());
        let mut residues = vec![0_usize; ppq.ticks() as usize];
        for onset in onsets {
            residues[usize::try_from(onset % step).expect("below the ppq")] += 1;
        }
        let Some((residue, &count)) = residues.iter().enumerate().max_by_key(|&(_, count)| count) else {
            return Self::default();
        };
        if residue == 0 || 2 * count <= onsets.len() || 10 * residues[0] >= onsets.len() {
            return Self::default();
        }
        Self { late_fine: beat_offset(onsets, residue as u64, step) }
    }

    /// Where a note at `fine` belongs; what would come before the start comes at the start.
    pub(super) const fn remove(self, fine: u64) -> u64 {
        if self.late_fine >= 0 {
            fine.saturating_sub(self.late_fine.unsigned_abs())
        } else {
            fine.saturating_add(self.late_fine.unsigned_abs())
        }
    }

    /// As [`Offset::remove`] for a tempo or meter change: only one that is off the grid like the notes is moved, for
    /// some files delay the notes alone.
    pub(super) const fn remove_from_change(self, fine: u64, ppq: Ppq) -> u64 {
        let moved = self.remove(fine);
        if nearest_step(moved, ppq) * ppq.ticks() as u64 == moved { moved } else { fine }
    }

    /// How late the music was, in quarter notes; negative when early.
    pub(super) fn quarters(self, ppq: Ppq) -> f64 {
        self.late_fine as f64 / f64::from(ppq.ticks() * STEPS_PER_QUARTER)
    }
}

/// How late the music is, of all the offsets that leave the same residue within a step.
///
/// Grid steps look all alike, so the first offset wins whose removal brings at least half as many notes onto the beat
/// as the best does: early by less than a step, then late by ever more, for what is added makes music late.
fn beat_offset(onsets: &[u64], residue: u64, step: u64) -> i64 {
    let quarter = u64::from(STEPS_PER_QUARTER) * step;
    let on_beat = |late: u64| onsets.iter().filter(|&onset| onset % quarter == late).count();
    let mut shifts: Vec<u64> = (0..u64::from(STEPS_PER_QUARTER)).map(|whole| whole * step + residue).collect();
    shifts.rotate_right(1);
    let beats: Vec<usize> = shifts.iter().map(|&late| on_beat(late)).collect();
    let most = beats.iter().copied().max().unwrap_or(0);
    let first = beats.iter().position(|&count| 2 * count >= most).unwrap_or(0);
    let late = shifts[first].cast_signed();
    if first == 0 { late - quarter.cast_signed() } else { late }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ticks: &[u64], expect_late_ticks: f64) {
        let onsets: Vec<u64> = ticks.iter().map(|tick| tick * 24).collect();
        let found = Offset::find(&onsets, Ppq::DEFAULT);
        assert_eq!(found.quarters(Ppq::DEFAULT) * 480.0, expect_late_ticks, "{ticks:?}");
    }

    #[test]
    fn a_constant_delay_is_found() {
        check(&[0, 7, 127, 247, 367, 487, 967, 1087, 1207, 1327, 1447, 1567], 7.0);
    }

    #[test]
    fn a_delay_of_more_than_a_step_is_found_through_the_beats() {
        check(&[0, 50, 170, 290, 410, 530, 650, 690, 730, 1010, 1130, 1250], 50.0);
        check(&[13, 133, 253, 613, 1093, 1573, 2053], 133.0);
    }

    #[test]
    fn music_may_also_be_early() {
        check(&[118, 478, 718, 958, 1198, 1438], -2.0);
    }

    #[test]
    fn regular_music_and_performances_are_left_alone() {
        check(&[], 0.0);
        check(&[0, 120, 240, 360], 0.0);
        check(&[60, 180, 300], 0.0);
        check(&[3, 124, 239, 365, 478, 611], 0.0);
        check(&[0, 7, 127, 247], 0.0);
    }
}
