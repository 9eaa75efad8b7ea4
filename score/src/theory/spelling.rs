//! How a pitch is written in a key: which of the letters it takes.

use crate::key::{Key, Mode, parse_pitch_class, tonic_name};

const LETTERS: [char; 7] = ['C', 'D', 'E', 'F', 'G', 'A', 'B'];
const LETTER_CLASSES: [i16; 7] = [0, 2, 4, 5, 7, 9, 11];

/// A letter and what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spelling {
    /// `0..=6`, C is 0.
    letter: usize,
    /// Semitones up, negative for flats.
    accidental: i16,
}

/// The degree of the scale, from 0, and its alteration, for each pitch class above the tonic: the usual chromatic notes.
const MAJOR_DEGREES: [usize; 12] = [0, 0, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6];
const MINOR_DEGREES: [usize; 12] = [0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6];

impl Spelling {
    /// How `class` (C is 0) is written in `key`.
    pub(super) fn new(class: u8, key: Key) -> Self {
        let tonic = tonic_name(key.tonic, key.mode);
        let tonic_letter = LETTERS.iter().position(|&letter| tonic.starts_with(letter)).unwrap_or(0);
        let degrees = match key.mode {
            Mode::Major => MAJOR_DEGREES,
            Mode::Minor => MINOR_DEGREES,
        };
        let degree = degrees[usize::from((class + 12 - key.tonic % 12) % 12)];
        let letter = (tonic_letter + degree) % 7;
        let accidental = (i16::from(class) - LETTER_CLASSES[letter] + 18).rem_euclid(12) - 6;
        Self { letter, accidental }
    }

    /// `F#`, `Bb`, `Cbb`.
    pub(super) fn name(self) -> String {
        let sign = if self.accidental < 0 { "b" } else { "#" };
        format!("{}{}", LETTERS[self.letter], sign.repeat(usize::from(self.accidental.unsigned_abs())))
    }
}

/// The name of a pitch in a key, with its octave: `F#4`.
pub fn pitch_name(pitch: u8, key: Key) -> String {
    let spelling = Spelling::new(pitch % 12, key);
    format!("{}{}", spelling.name(), octave(pitch, spelling))
}

/// The place of a pitch on a staff: letters above C-1, so that the difference of two is their interval in steps.
pub(super) fn staff_place(pitch: u8, key: Key) -> i16 {
    let spelling = Spelling::new(pitch % 12, key);
    let letter = i16::try_from(spelling.letter).unwrap_or(0);
    7 * (octave(pitch, spelling) + 1) + letter
}

fn octave(pitch: u8, spelling: Spelling) -> i16 {
    (i16::from(pitch) - spelling.accidental).div_euclid(12) - 1
}

/// The name of a pitch class in a key.
pub(super) fn class_name(class: u8, key: Key) -> String {
    let name = Spelling::new(class % 12, key).name();
    debug_assert_eq!(parse_pitch_class(&name).map(|(class, _)| class), Some(class % 12));
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pitches_are_spelled_in_their_key() {
        let name = |pitch, key: &str| pitch_name(pitch, key.parse().expect("a key"));
        assert_eq!(name(66, "G"), "F#4");
        assert_eq!(name(66, "Db"), "Gb4");
        assert_eq!(name(70, "Bm"), "A#4");
        assert_eq!(name(61, "Dm"), "C#4");
        assert_eq!(name(59, "Ebm"), "Cb4");
    }

    #[test]
    fn steps_count_letters() {
        let key = "E".parse().expect("a key");
        assert_eq!(staff_place(71, key) - staff_place(64, key), 4);
        assert_eq!(staff_place(72, key) - staff_place(71, key), 1);
        assert_eq!(staff_place(70, key) - staff_place(69, key), 0, "A sharp lies where A does");
    }
}
