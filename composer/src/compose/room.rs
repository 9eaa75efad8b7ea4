//! Room for every note: no pitch is struck while it sounds, and no more notes sound in a part than may.

use ripieno_score::Note;

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

/// Shortens notes that were written, and leaves out those for which no room is left. The result is sorted.
pub(super) fn make_room(mut notes: Vec<Placed>, room: Room) -> Vec<Placed> {
    notes.sort_by_key(|placed| (placed.note.onset, !placed.given, placed.note.pitch));
    let mut kept: Vec<Placed> = Vec::with_capacity(notes.len());
    let mut sounding: Vec<usize> = Vec::new();
    for placed in notes {
        let now = placed.note.onset;
        sounding.retain(|&index| kept[index].note.end() > now);
        let cut = |index: usize, kept: &mut Vec<Placed>| kept[index].note.duration = now - kept[index].note.onset;
        let is_same = |&index: &usize, kept: &[Placed]| kept[index].note.pitch == placed.note.pitch;
        let is_fixed = |index: usize, kept: &[Placed]| kept[index].given || kept[index].note.onset == now;
        let blocked = sounding.iter().any(|index| is_same(index, &kept) && is_fixed(*index, &kept));
        if blocked && !placed.given {
            continue;
        }
        for index in sounding.clone() {
            if is_same(&index, &kept) && !is_fixed(index, &kept) {
                cut(index, &mut kept);
            }
        }
        sounding.retain(|&index| kept[index].note.end() > now);
        // The oldest make room first.
        let mut movable: Vec<usize> = sounding.iter().copied().filter(|&index| !is_fixed(index, &kept)).collect();
        movable.sort_by_key(|&index| kept[index].note.onset);
        let written = sounding.iter().filter(|&&index| !kept[index].given).count() + usize::from(!placed.given);
        let surplus = written.saturating_sub(room.written).max((sounding.len() + 1).saturating_sub(room.all));
        if surplus > movable.len() && !placed.given {
            continue;
        }
        for &index in movable.iter().take(surplus) {
            cut(index, &mut kept);
        }
        sounding.retain(|&index| kept[index].note.end() > now);
        sounding.push(kept.len());
        kept.push(placed);
    }
    kept.sort_by_key(|placed| (placed.note, !placed.given));
    kept
}

#[cfg(test)]
mod tests {
    use ripieno_score::{Pitch, Tick, Velocity};

    use super::*;

    fn placed(onset: u32, end: u32, pitch: u8, given: bool) -> Placed {
        let (pitch, velocity) = (Pitch::new(pitch).unwrap(), Velocity::DEFAULT);
        Placed { note: Note { onset: Tick(onset), pitch, duration: Tick(end - onset), velocity }, given }
    }

    fn roomy(notes: &[(u32, u32, u8, bool)], all: usize) -> Vec<(u32, u32, u8, bool)> {
        let notes = notes.iter().map(|&(onset, end, pitch, given)| placed(onset, end, pitch, given)).collect();
        let notes = make_room(notes, Room { written: all, all });
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
    fn no_pitch_is_struck_while_it_sounds() {
        assert_eq!(roomy(&[(0, 100, 60, false), (50, 80, 60, false)], 4), [(0, 50, 60, false), (50, 80, 60, false)]);
        assert_eq!(roomy(&[(0, 100, 60, true), (50, 80, 60, false)], 4), [(0, 100, 60, true)]);
        assert_eq!(roomy(&[(0, 100, 60, false), (50, 80, 60, true)], 4), [(0, 50, 60, false), (50, 80, 60, true)]);
    }
}
