//! Room for every note: no pitch is struck while it sounds, and no more notes sound in a part than may.

use std::cmp::Reverse;

use ripieno_score::{Note, Tick};

/// A note on its way into a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) note: Note,
    /// Whether the person gave it: then it stays as it is.
    pub(super) given: bool,
}

/// How many notes may sound together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    /// Of those that were written.
    pub(super) written: usize,
    /// Of all, where one that was written sounds.
    pub(super) all: usize,
}

/// Shortens notes that were written, and leaves out those for which no room is left. The result is sorted. Where given
/// notes are held a little over the grid, up to `slack` ticks, the next note waits for their end.
pub(super) fn make_room(notes: Vec<Placed>, room: Room, slack: u32) -> Vec<Placed> {
    // The earliest is the last; of those that begin together, the person's come first.
    let order = |placed: &Placed| Reverse((placed.note.onset, !placed.given, placed.note.pitch));
    let mut queue: Vec<(Placed, Tick)> = notes.into_iter().map(|placed| (placed, placed.note.onset)).collect();
    queue.sort_by_key(|(placed, _)| order(placed));
    let mut kept: Vec<Placed> = Vec::with_capacity(queue.len());
    let mut sounding: Vec<usize> = Vec::new();
    while let Some((mut placed, due)) = queue.pop() {
        sounding.retain(|&index| kept[index].note.end() > placed.note.onset);
        let cuts = cuts_for(&placed, &kept, &sounding, room);
        if cuts.is_none() {
            let nearly_over = |&end: &Tick| end.since(due).0 <= slack && end < placed.note.end();
            let given = sounding.iter().map(|&index| &kept[index]).filter(|other| other.given);
            if let Some(later) = given.map(|other| other.note.end()).filter(nearly_over).max() {
                placed.note.duration = placed.note.end() - later;
                placed.note.onset = later;
                // What else begins until then has its turn first.
                let place = queue.partition_point(|(other, _)| order(other) < order(&placed));
                queue.insert(place, (placed, due));
                continue;
            }
        }
        // What the person gave stands even where it leaves no room for itself.
        let Some(cuts) = cuts else { continue };
        for index in cuts {
            // What would be a click at most is left out: its duration is zero.
            let left = placed.note.onset.since(kept[index].note.onset);
            kept[index].note.duration = if left.0 <= slack { Tick::ZERO } else { left };
        }
        sounding.retain(|&index| kept[index].note.end() > placed.note.onset);
        sounding.push(kept.len());
        kept.push(placed);
    }
    kept.retain(|placed| placed.note.duration > Tick::ZERO);
    kept.sort_by_key(|placed| (placed.note, !placed.given));
    kept
}

/// The written notes that have to end for a note to begin, the oldest first; `None` where that does not help.
fn cuts_for(placed: &Placed, kept: &[Placed], sounding: &[usize], room: Room) -> Option<Vec<usize>> {
    let is_movable =
        |&&index: &&usize| !kept[index].given && (placed.given || kept[index].note.onset < placed.note.onset);
    let is_same = |index: usize| kept[index].note.pitch == placed.note.pitch;
    let movable: Vec<usize> = sounding.iter().filter(is_movable).copied().collect();
    let (mut cuts, mut others): (Vec<usize>, Vec<usize>) = movable.into_iter().partition(|&index| is_same(index));
    if !placed.given && sounding.iter().any(|&index| is_same(index) && !cuts.contains(&index)) {
        return None;
    }
    others.sort_by_key(|&index| kept[index].note.onset);
    let left = sounding.len() - cuts.len();
    let written = sounding.iter().filter(|index| !kept[**index].given && !cuts.contains(index)).count();
    let surplus = (written + usize::from(!placed.given)).saturating_sub(room.written);
    let surplus = surplus.max((left + 1).saturating_sub(room.all));
    if surplus > others.len() && !placed.given {
        return None;
    }
    cuts.extend(others.into_iter().take(surplus));
    Some(cuts)
}

#[cfg(test)]
mod tests {
    use ripieno_score::{Pitch, Velocity};

    use super::*;

    fn placed(onset: u32, end: u32, pitch: u8, given: bool) -> Placed {
        let (pitch, velocity) = (Pitch::new(pitch).unwrap(), Velocity::DEFAULT);
        Placed { note: Note { onset: Tick(onset), pitch, duration: Tick(end - onset), velocity }, given }
    }

    fn roomy(notes: &[(u32, u32, u8, bool)], all: usize) -> Vec<(u32, u32, u8, bool)> {
        let notes = notes.iter().map(|&(onset, end, pitch, given)| placed(onset, end, pitch, given)).collect();
        let notes = make_room(notes, Room { written: all, all }, 2);
        notes.iter().map(|p| (p.note.onset.0, p.note.end().0, p.note.pitch.value(), p.given)).collect()
    }

    #[test]
    fn the_oldest_written_note_makes_room() {
        assert_eq!(
            roomy(&[(0, 100, 60, false), (10, 100, 64, false), (20, 100, 67, false)], 2),
            [(0, 20, 60, false), (10, 100, 64, false), (20, 100, 67, false)]
        );
    }

    #[test]
    fn given_notes_stay_and_leave_no_room_where_they_fill_it() {
        assert_eq!(
            roomy(&[(0, 100, 60, true), (10, 50, 64, false), (100, 150, 64, false)], 1),
            [(0, 100, 60, true), (100, 150, 64, false)]
        );
        assert_eq!(roomy(&[(0, 100, 60, false), (40, 60, 64, true)], 1), [(0, 40, 60, false), (40, 60, 64, true)]);
    }

    #[test]
    fn a_note_waits_for_a_given_one_that_is_held_a_little_long() {
        assert_eq!(roomy(&[(0, 102, 60, true), (100, 150, 64, false)], 1), [(0, 102, 60, true), (102, 150, 64, false)]);
        assert_eq!(roomy(&[(0, 103, 60, true), (100, 150, 64, false)], 1), [(0, 103, 60, true)]);
    }

    #[test]
    fn notes_that_wait_together_do_not_forget_what_still_sounds() {
        let held = [(0, 102, 60, true), (0, 102, 62, true), (0, 150, 64, true)];
        let written = [(100, 150, 67, false), (100, 150, 69, false)];
        let all = [&held[..], &written].concat();
        let waited = [&[held[0], held[1], held[2]][..], &[(102, 150, 67, false), (102, 150, 69, false)]].concat();
        assert_eq!(roomy(&all, 3), waited);
        assert_eq!(roomy(&all, 2), [&held[..], &[(102, 150, 67, false)]].concat());
    }

    #[test]
    fn no_pitch_is_struck_while_it_sounds() {
        assert_eq!(roomy(&[(0, 100, 60, false), (50, 80, 60, false)], 4), [(0, 50, 60, false), (50, 80, 60, false)]);
        assert_eq!(roomy(&[(0, 100, 60, true), (50, 80, 60, false)], 4), [(0, 100, 60, true)]);
        assert_eq!(roomy(&[(0, 100, 60, false), (50, 80, 60, true)], 4), [(0, 50, 60, false), (50, 80, 60, true)]);
    }
}
