//! Imitation: one voice begins alone and the others enter with what it said, as in a fugue or a canon.

use serde::Serialize;

use super::keys::KeyArea;
use super::lines::lines;
use super::place::Place;
use super::voices::Voices;
use crate::grid::GridScore;

/// The subject has at least so many notes, and so many are compared.
const SHORTEST: usize = 5;
const LONGEST: usize = 16;

/// A subject and its entries at the beginning of a piece.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Imitation {
    /// The notes of the subject that were compared, with octaves.
    pub subject: Vec<String>,
    /// The first entry and the ones that follow it.
    pub entries: Vec<Entry>,
}

/// A voice that enters with the subject.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// Where.
    pub at: Place,
    /// Steps above the subject's first entry.
    pub steps: i16,
    /// Whether the intervals of the subject were kept; a tonal answer changes some.
    pub is_exact: bool,
}

/// The imitation at the beginning of a piece, if it begins with one.
pub(super) fn imitation(grid: &GridScore, voices: &Voices, keys: &[KeyArea]) -> Option<Imitation> {
    let mut lines = lines(grid, voices, &[], keys).split_off(1);
    lines.retain(|line| line.notes.len() >= SHORTEST);
    lines.sort_by_key(|line| line.onsets[0]);
    let [first, second, ..] = lines.as_slice() else { return None };
    let alone = first.onsets.partition_point(|&onset| onset < second.onsets[0]);
    if alone < SHORTEST {
        return None;
    }
    let length = alone.min(LONGEST);
    let model = first.figure(0, length);
    let mut entries = vec![Entry { at: Place::of(grid, first.onsets[0]), steps: 0, is_exact: true }];
    for line in lines[1..].iter().filter(|line| line.notes.len() >= length) {
        let figure = line.figure(0, length);
        let same_rhythm = model.iter().zip(&figure).filter(|(a, b)| a.1 == b.1).count();
        let changed = model.iter().zip(&figure).filter(|(a, b)| a.0 != b.0).count();
        // A tonal answer bends two intervals or so, each by a step.
        let is_near = model.iter().zip(&figure).all(|(a, b)| (a.0 - b.0).abs() <= 2);
        if same_rhythm + 1 >= model.len() && changed <= 1 + model.len() / 5 && is_near {
            let steps = line.places[0] - first.places[0];
            entries.push(Entry { at: Place::of(grid, line.onsets[0]), steps, is_exact: changed == 0 });
        }
    }
    (entries.len() >= 2).then(|| Imitation { subject: first.names[..length].to_vec(), entries })
}

#[cfg(test)]
mod tests {
    use crate::theory::Analysis;
    use crate::theory::test_pieces::piece;

    #[test]
    fn a_tonal_answer_is_told_from_an_exact_one() {
        // Bach, Fugue in C minor BWV 847: the fourth C-G is answered by the fifth G-C.
        let subject = "Re C5s B4 C5e G4 Ab4 C5s B4 C5e D5 | G4 C5s B4 C5e D5 F4s G4 Ab4q G4s F4 | Eb4q R Rh | Rw";
        let answer = "Rw | Rw | Re G5s F#5 G5e C5 Eb5 G5s F#5 G5e A5 | D5 G5s F#5 G5e A5 C5s D5 Eb5q D5s C5";
        let found = Analysis::of(&piece("4/4", &[subject, answer])).imitation.expect("an imitation");
        let entries: Vec<(usize, i16, bool)> = found.entries.iter().map(|e| (e.at.bar, e.steps, e.is_exact)).collect();
        assert_eq!(entries, [(1, 0, true), (3, 4, false)]);
    }

    #[test]
    fn a_melody_with_chords_is_no_imitation() {
        let grid = piece("4/4", &["C5q D5 E5 F5 G5 A5 G5 F5", "Rw C4q C4 C4 C4 C4 C4"]);
        assert_eq!(Analysis::of(&grid).imitation, None);
    }
}
