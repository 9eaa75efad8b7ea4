//! Score to grid.

use super::bars::{Change, bars, nearest_step};
use super::offset::Offset;
use super::{GridBar, GridNote, GridPart, GridReport, GridScore, STEPS_PER_QUARTER};
use crate::note::Note;
use crate::score::Score;
use crate::time::{Ppq, Tick};

/// Parts that a `u16` can name.
const MAX_PARTS: usize = 1 << 16;

impl GridScore {
    /// Rounds every onset and end to the nearest step and cuts the piece into bars.
    ///
    /// A new bar starts at every meter change; the last bar is complete unless a meter change ends it. A note lasts
    /// at least one step. Of notes of one part on the same step and pitch one remains, as long as the longest and as
    /// loud as the loudest. What lies beyond [`MAX_BARS`](super::MAX_BARS) is cut off and reported.
    pub fn from_score(score: &Score) -> (Self, GridReport) {
        let ppq = score.ppq;
        let onsets: Vec<u64> = score.parts.iter().flat_map(|part| &part.notes).map(|note| fine(note.onset)).collect();
        let offset = Offset::find(&onsets, ppq);
        let bars = bars_of(score, offset);
        let limit = bars.last().map_or(0, GridBar::end);

        let mut report =
            GridReport { notes_in: onsets.len(), offset_quarters: offset.quarters(ppq), ..GridReport::default() };
        let mut errors = onsets;
        for onset in &mut errors {
            let moved = offset.remove(*onset);
            *onset = moved.abs_diff(nearest_step(moved, ppq) * u64::from(ppq.ticks()));
        }
        report.measure(&mut errors, ppq);

        let mut notes = Vec::with_capacity(report.notes_in);
        for (part, index) in score.parts.iter().zip(0..=u16::MAX) {
            notes.extend(part.notes.iter().filter_map(|note| grid_note(note, index, offset, ppq, limit)));
        }
        report.notes_dropped = report.notes_in - notes.len();
        notes.sort_unstable();
        notes.dedup_by(|next, kept| merge(kept, next));
        report.notes_out = notes.len();
        report.duplicates_merged = report.notes_in - report.notes_dropped - report.notes_out;

        let parts = score.parts.iter().take(MAX_PARTS);
        let parts = parts.map(|part| GridPart { name: part.name.clone(), instrument: part.instrument }).collect();
        (Self { parts, bars, notes }, report)
    }
}

fn fine(tick: Tick) -> u64 {
    u64::from(tick.0) * u64::from(STEPS_PER_QUARTER)
}

/// Onset and end of a note in steps, the end after the onset.
fn span(note: &Note, offset: Offset, ppq: Ppq) -> (u64, u64) {
    let onset = nearest_step(offset.remove(fine(note.onset)), ppq);
    let end = nearest_step(offset.remove(fine(note.end())), ppq);
    (onset, end.max(onset + 1))
}

fn bars_of(score: &Score, offset: Offset) -> Vec<GridBar> {
    let ppq = score.ppq;
    let place = |tick| offset.remove_from_change(fine(tick), ppq);
    let mut meters: Vec<Change<_>> = score.meters.iter().map(|change| (place(change.tick), change.meter)).collect();
    let mut tempos: Vec<Change<_>> =
        score.tempos.iter().map(|change| (place(change.tick), change.micros_per_quarter)).collect();
    // Stable: of changes on one tick the last one written holds.
    meters.sort_by_key(|change| change.0);
    tempos.sort_by_key(|change| change.0);
    let notes = score.parts.iter().take(MAX_PARTS).flat_map(|part| &part.notes);
    // Music that comes early and is moved onto the grid takes no more bars than it has.
    let end = |note: &Note| {
        let (onset, end) = span(note, offset, ppq);
        end.min(nearest_step(fine(note.end()), ppq)).max(onset + 1)
    };
    let end_step = notes.map(end).max().unwrap_or(0);
    bars(&meters, &tempos, ppq, end_step)
}

/// `None` for a note that starts at or after the `limit`; one that only ends there is cut.
fn grid_note(note: &Note, part: u16, offset: Offset, ppq: Ppq, limit: u32) -> Option<GridNote> {
    let (onset, end) = span(note, offset, ppq);
    let onset = u32::try_from(onset).ok().filter(|&onset| onset < limit)?;
    let end = u32::try_from(end).map_or(limit, |end| end.min(limit));
    Some(GridNote { onset, part, pitch: note.pitch.value(), duration: end - onset, velocity: note.velocity.value() })
}

/// Takes `next` up into `kept` when they are the same note.
fn merge(kept: &mut GridNote, next: &GridNote) -> bool {
    let same = (kept.onset, kept.part, kept.pitch) == (next.onset, next.part, next.pitch);
    if same {
        kept.duration = kept.duration.max(next.duration);
        kept.velocity = kept.velocity.max(next.velocity);
    }
    same
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::MAX_BARS;
    use crate::{Channel, Instrument, Meter, MeterChange, Part, Pitch, Program, Velocity};

    fn score(notes: &[(u32, u8, u32, u8)]) -> Score {
        let notes = notes.iter().map(|&(onset, pitch, duration, velocity)| Note {
            onset: Tick(onset),
            pitch: Pitch::new(pitch).expect("in range"),
            duration: Tick(duration),
            velocity: Velocity::new(velocity).expect("in range"),
        });
        let part = Part {
            name: "Piano".to_owned(),
            instrument: Instrument::Program(Program::default()),
            channel: Channel::new(0).expect("in range"),
            notes: notes.collect(),
        };
        Score { parts: vec![part], ..Score::default() }
    }

    fn onsets_and_durations(grid: &GridScore) -> Vec<(u32, u32)> {
        grid.notes.iter().map(|note| (note.onset, note.duration)).collect()
    }

    #[test]
    fn onsets_and_ends_go_to_the_nearest_step() {
        let (grid, report) = GridScore::from_score(&score(&[(0, 60, 2, 80), (129, 60, 110, 80), (480, 60, 480, 80)]));
        assert_eq!(onsets_and_durations(&grid), [(0, 1), (6, 6), (24, 24)]);
        assert_eq!((report.notes_in, report.notes_out), (3, 3));
        assert_eq!(report.max_error_quarters, 9.0 / 480.0);
        assert_eq!(report.on_grid, 2.0 / 3.0);
        assert_eq!(grid.bars.len(), 1);
    }

    #[test]
    fn notes_that_fall_together_become_the_longest_and_loudest() {
        let (grid, report) = GridScore::from_score(&score(&[(0, 60, 480, 10), (1, 60, 240, 90), (1, 62, 240, 9)]));
        assert_eq!(grid.notes[0], GridNote { onset: 0, part: 0, pitch: 60, duration: 24, velocity: 90 });
        assert_eq!((report.notes_in, report.notes_out, report.duplicates_merged), (3, 2, 1));
    }

    #[test]
    fn a_constant_delay_is_removed_and_reported() {
        let notes: Vec<_> = (0..40).map(|index| (8 + index * 120, 60, 120, 80)).collect();
        let mut delayed = score(&notes);
        let three_four = Meter::new(3, 4).expect("in range");
        delayed.meters = vec![MeterChange { tick: Tick(1928), meter: three_four }];
        let (grid, report) = GridScore::from_score(&delayed);
        assert!(onsets_and_durations(&grid).into_iter().eq((0..40).map(|index| (index * 6, 6))));
        assert_eq!(report.offset_quarters, 8.0 / 480.0);
        assert_eq!(report.on_grid, 1.0);
        assert_eq!((grid.bars[1].start, grid.bars[1].meter), (96, three_four));
    }

    #[test]
    fn absurd_lengths_are_cut_off_and_reported() {
        let mut hostile = score(&[(0, 60, u32::MAX, 80), (480, 64, 480, 80), (u32::MAX, 67, u32::MAX, 80)]);
        for ppq in [1, 480, 32767] {
            hostile.ppq = Ppq::new(ppq).expect("in range");
            let (grid, report) = GridScore::from_score(&hostile);
            assert!(grid.bars.len() <= MAX_BARS);
            assert_eq!(report.notes_out + report.notes_dropped, 3);
            assert_eq!(grid.end_step(), grid.bars.last().expect("in range").end());
        }
        hostile.ppq = Ppq::new(1).expect("in range");
        let meter = Meter::new(255, 1).expect("in range");
        hostile.meters = (0..30_000).map(|tick| MeterChange { tick: Tick(tick / 2), meter }).collect();
        assert_eq!(GridScore::from_score(&hostile).0.bars.len(), MAX_BARS);
    }

    #[test]
    fn a_score_without_notes_has_no_bars() {
        assert_eq!(GridScore::from_score(&Score::default()).0, GridScore::default());
    }
}
