//! Real passages with a melody of another style in place of their own: what composing could reach by all notes.

use ripieno_score::{GridNote, GridScore};

use super::hidden::{hide_part, is_given, tune};

/// A passage in which `melody` has the place of the tune in the bars that a composed piece would be given, transposed to
/// where most of it sounds together with the rest of the passage. What lies beyond the end of a bar is left out.
pub(super) fn lend(passage: &GridScore, melody: &GridScore) -> GridScore {
    let tune = tune(passage);
    let mut lent = tune.map_or_else(|| passage.clone(), |tune| hide_part(passage, tune));
    let part = tune.unwrap_or(lent.parts.len());
    if tune.is_none() {
        lent.parts.extend(melody.parts.first().cloned());
    }
    let shift = shift(&lent, melody);
    let bars = lent.bars.clone();
    for (index, bar) in bars.iter().enumerate().filter(|&(index, _)| is_given(index)) {
        let Some(from) = melody.bars.get(index % melody.bars.len().max(1)) else { continue };
        let inside = melody.notes.iter().filter(|note| (from.start..from.end()).contains(&note.onset));
        for note in inside.filter(|note| note.onset - from.start < bar.length) {
            let onset = bar.start + note.onset - from.start;
            let duration = note.duration.min(bar.end() - onset);
            let pitch = note.pitch.saturating_add_signed(shift).min(127);
            lent.notes.push(GridNote { onset, duration, pitch, part: u16::try_from(part).unwrap_or(0), ..*note });
        }
    }
    lent.notes.sort_unstable();
    lent
}

/// Whether the first bars of both are equally long: a composed piece keeps the meter of its melody.
pub(super) fn has_meter_of(passage: &GridScore, melody: &GridScore) -> bool {
    let length = |grid: &GridScore| grid.bars.first().map(|bar| bar.length);
    length(passage) == length(melody)
}

/// Semitones, at most half an octave, by which the melody must move to have most of its pitch classes in the passage.
fn shift(passage: &GridScore, melody: &GridScore) -> i8 {
    let weights = |grid: &GridScore| {
        let mut weights = [0.0_f32; 12];
        for note in grid.notes.iter().filter(|note| grid.is_pitched(note)) {
            weights[usize::from(note.pitch % 12)] += note.duration as f32;
        }
        weights
    };
    let (passage, melody) = (weights(passage), weights(melody));
    let fit = |shift: i8| -> f32 {
        let moved = |class: usize| (class + 12).saturating_add_signed(shift.into()) % 12;
        melody.iter().enumerate().map(|(class, weight)| weight * passage[moved(class)].sqrt()).sum()
    };
    (-5..=6).fold(0, |best, shift| if fit(shift) > fit(best) { shift } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::decode;
    use crate::event::Role;
    use crate::test_pieces::scale_piece;

    #[test]
    fn a_melody_takes_the_place_of_the_tune_and_of_nothing_else() {
        let mut events = scale_piece().events;
        events.bars.extend(events.bars.clone());
        (events.parts[0].role, events.parts[1].role) = (Role::Melody, Role::Bass);
        let passage = decode(&events);
        let mut melody = passage.excerpt(0..4);
        melody.notes.retain(|note| note.part == 0);
        melody.parts.truncate(1);
        melody.notes.iter_mut().for_each(|note| (note.pitch, note.velocity) = (note.pitch + 2, 33));
        let lent = lend(&passage, &melody);
        let of = |grid: &GridScore, part: u16| grid.notes.iter().filter(|note| note.part == part).copied().collect();
        let (bass, was): (Vec<GridNote>, Vec<GridNote>) = (of(&lent, 1), of(&passage, 1));
        assert_eq!(bass, was);
        let tune: Vec<GridNote> = of(&lent, 0);
        let borrowed = |note: &&GridNote| note.velocity == 33;
        assert_eq!(tune.iter().filter(borrowed).count(), 2 * melody.notes.len());
        // In the key of the passage again.
        let first = tune.iter().find(borrowed).map(|note| note.pitch);
        assert_eq!(first, passage.notes.iter().find(|note| note.part == 0).map(|note| note.pitch));
    }
}
