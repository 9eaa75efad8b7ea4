//! Moving notes within limits: the order of a part stays, and what did not overlap does not.

use ripieno_score::{Note, Ppq, Tick};

/// Of the time between two notes one part in so many is left between them at least.
const LEAST_SHARE: u32 = 4;

/// What notes are kept within.
pub(super) struct Within {
    /// No note ends behind it.
    pub(super) end: Tick,
    pub(super) ppq: Ppq,
}

impl Within {
    /// The notes of a part, sorted by onset, with every onset and end moved by so many ticks, as far as may be.
    pub(super) fn moved(&self, notes: &[Note], late: &[f64], late_at_end: &[f64]) -> Vec<Note> {
        let groups: Vec<&[Note]> = notes.chunk_by(|one, other| one.onset == other.onset).collect();
        let onsets: Vec<u32> = groups.iter().map(|group| group[0].onset.0).collect();
        let latest = self.latest(&onsets);
        let mut new_onsets: Vec<u32> = Vec::with_capacity(notes.len());
        let mut earliest = Vec::with_capacity(groups.len());
        let mut floor = 0;
        for (index, group) in groups.iter().enumerate() {
            let first = new_onsets.len();
            let least = onsets[index].saturating_sub(self.farthest()).max(floor).min(latest[index]);
            let moved = late[first..].iter().take(group.len());
            new_onsets.extend(moved.map(|&late| shifted(onsets[index], late).clamp(least, latest[index])));
            let played = &new_onsets[first..];
            earliest.push(played.iter().copied().min().unwrap_or(least));
            let gap = onsets.get(index + 1).map_or(0, |next| next - onsets[index]);
            floor = played.iter().copied().max().unwrap_or(least) + (gap / LEAST_SHARE).max(1);
        }
        let place = |((note, &onset), &late): ((&Note, &u32), &f64)| {
            let old_end = note.end().0;
            let next = onsets.partition_point(|&other| other < old_end);
            let end = match onsets.get(next) {
                // What was bound to the next note stays bound to it.
                Some(&other) if other == old_end => earliest[next],
                Some(_) => shifted(old_end, late).min(earliest[next]),
                None => shifted(old_end, late),
            };
            let end = end.min(self.end.0.max(old_end)).max(onset + 1);
            Note { onset: Tick(onset), duration: Tick(end - onset), ..*note }
        };
        notes.iter().zip(&new_onsets).zip(late_at_end).map(place).collect()
    }

    /// The latest that each onset may come: all that follow have a tick left before the end.
    fn latest(&self, onsets: &[u32]) -> Vec<u32> {
        let mut next = self.end.0;
        let mut latest: Vec<u32> = onsets
            .iter()
            .rev()
            .map(|&onset| {
                next = onset.saturating_add(self.farthest()).min(next.saturating_sub(1)).max(onset);
                next
            })
            .collect();
        latest.reverse();
        latest
    }

    /// The farthest that a note is moved, in ticks.
    fn farthest(&self) -> u32 {
        self.ppq.ticks() / 4
    }
}

fn shifted(tick: u32, by: f64) -> u32 {
    #[expect(clippy::cast_sign_loss, reason = "a cast saturates")]
    let moved = (f64::from(tick) + by).round() as u32;
    moved
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ripieno_score::{Pitch, Velocity};

    use super::*;

    fn overlap(one: &Note, other: &Note) -> bool {
        one.onset < other.end() && other.onset < one.end()
    }

    proptest! {
        #[test]
        fn order_and_gaps_stay_however_far_notes_would_go(
            notes in prop::collection::vec((0u32..2000, 1u32..900, -5000.0..5000.0f64, -5000.0..5000.0f64), 1..40),
            ppq in 1u16..2000,
        ) {
            let mut notes = notes;
            notes.sort_by_key(|note| note.0);
            let written: Vec<Note> = notes.iter().map(|&(onset, duration, ..)| Note {
                onset: Tick(onset),
                pitch: Pitch::new(60).unwrap(),
                duration: Tick(duration),
                velocity: Velocity::DEFAULT,
            }).collect();
            let late: Vec<f64> = notes.iter().map(|note| note.2).collect();
            let at_end: Vec<f64> = notes.iter().map(|note| note.3).collect();
            let end = written.iter().map(Note::end).max().unwrap();
            let moved = Within { end, ppq: Ppq::new(ppq).unwrap() }.moved(&written, &late, &at_end);
            for (index, (was, is)) in written.iter().zip(&moved).enumerate() {
                prop_assert!(is.duration.0 > 0 && is.end() <= end);
                prop_assert!(was.onset.0.abs_diff(is.onset.0) <= u32::from(ppq) / 4 + 1);
                for (other_was, other_is) in written[..index].iter().zip(&moved) {
                    prop_assert!(other_was.onset >= was.onset || other_is.onset < is.onset);
                    prop_assert!(overlap(was, other_was) || !overlap(is, other_is));
                }
            }
        }
    }
}
