//! Keys: their names, their scales, and finding them.

mod find;
pub(crate) mod path;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use find::{KeyEstimate, LOCAL_WINDOW_BARS, find_key, find_key_of, local_keys};

/// Major or minor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Mode {
    /// The Ionian scale.
    Major,
    /// Natural, harmonic or melodic minor.
    Minor,
}

/// A tonic and a mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// Pitch class of the tonic, `0..=11`, C is 0.
    pub tonic: u8,
    /// Major or minor.
    pub mode: Mode,
}

impl Key {
    /// `0..=11` are the major keys from C upwards, `12..=23` the minor ones.
    pub const fn index(self) -> u8 {
        match self.mode {
            Mode::Major => self.tonic,
            Mode::Minor => 12 + self.tonic,
        }
    }

    /// The inverse of [`Key::index`]; `None` above 23.
    pub const fn from_index(index: u8) -> Option<Self> {
        match index {
            0..12 => Some(Self { tonic: index, mode: Mode::Major }),
            12..24 => Some(Self { tonic: index - 12, mode: Mode::Minor }),
            _ => None,
        }
    }

    /// Which pitch classes the scale has, from C upwards; in minor the natural scale.
    pub const fn scale(self) -> [bool; 12] {
        self.classes(match self.mode {
            Mode::Major => &[0, 2, 4, 5, 7, 9, 11],
            Mode::Minor => &[0, 2, 3, 5, 7, 8, 10],
        })
    }

    /// Which pitch classes belong to the key, from C upwards: the scale, and in minor also the raised sixth and
    /// seventh of the melodic and harmonic scales.
    pub const fn pitch_classes(self) -> [bool; 12] {
        self.classes(match self.mode {
            Mode::Major => &[0, 2, 4, 5, 7, 9, 11],
            Mode::Minor => &[0, 2, 3, 5, 7, 8, 9, 10, 11],
        })
    }

    const fn classes(self, degrees: &[u8]) -> [bool; 12] {
        let mut classes = [false; 12];
        let mut index = 0;
        while index < degrees.len() {
            classes[(self.tonic as usize + degrees[index] as usize) % 12] = true;
            index += 1;
        }
        classes
    }
}

/// `A minor`, `F# major`, `Eb minor`: spelled as musicians write them, with the fewest accidentals in the signature.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match self.mode {
            Mode::Major => "major",
            Mode::Minor => "minor",
        };
        write!(f, "{} {mode}", tonic_name(self.tonic, self.mode))
    }
}

/// The usual name of a pitch class as the root of a major or minor chord or key.
pub(crate) const fn tonic_name(class: u8, mode: Mode) -> &'static str {
    const MAJOR: [&str; 12] = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];
    const MINOR: [&str; 12] = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B"];
    let names = match mode {
        Mode::Major => MAJOR,
        Mode::Minor => MINOR,
    };
    names[(class % 12) as usize]
}

/// Reads a note name at the beginning of a text: its pitch class and what follows. `None` where there is none.
pub(crate) fn parse_pitch_class(text: &str) -> Option<(u8, &str)> {
    let mut letters = text.chars();
    let mut class: i32 = match letters.next()?.to_ascii_uppercase() {
        'C' => 0,
        'D' => 2,
        'E' => 4,
        'F' => 5,
        'G' => 7,
        'A' => 9,
        'B' => 11,
        _ => return None,
    };
    let mut rest = letters.as_str();
    const WORDS: [(&str, i32); 4] = [("sharp", 1), ("flat", -1), ("Sharp", 1), ("Flat", -1)];
    let word = rest.trim_start_matches([' ', '-']);
    if let Some((after, step)) = WORDS.iter().find_map(|&(name, step)| Some((word.strip_prefix(name)?, step))) {
        (class, rest) = (class + step, after);
    } else {
        const SIGNS: [(char, i32); 4] = [('#', 1), ('♯', 1), ('b', -1), ('♭', -1)];
        while let Some((after, step)) = SIGNS.iter().find_map(|&(sign, step)| Some((rest.strip_prefix(sign)?, step))) {
            (class, rest) = (class + step, after);
        }
    }
    Some((u8::try_from(class.rem_euclid(12)).ok()?, rest))
}

/// A text that names no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no key: write a note name and the mode, such as `A minor`, `Am`, `Bb`, `F# major` or `c# min`")]
pub struct ParseKeyError {
    /// What was given.
    pub text: String,
}

impl FromStr for Key {
    type Err = ParseKeyError;

    /// A note name (either case, with `#`, `b`, `sharp` or `flat`) and a mode: nothing, `M`, `maj`, `major` or `dur` for
    /// major; `m`, `min`, `minor` or `moll` for minor. The case of the note name says nothing about the mode.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseKeyError { text: text.to_owned() };
        let (tonic, mode) = parse_pitch_class(text.trim()).ok_or_else(error)?;
        let mode = mode.trim_start_matches(['-', ' ', '_']);
        let mode = match mode {
            "m" => Mode::Minor,
            "" | "M" => Mode::Major,
            _ => match mode.to_lowercase().as_str() {
                "maj" | "major" | "dur" => Mode::Major,
                "min" | "minor" | "moll" => Mode::Minor,
                _ => return Err(error()),
            },
        };
        Ok(Self { tonic, mode })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_spelled_as_musicians_write_them() {
        let names: Vec<String> = (0..24).filter_map(Key::from_index).map(|key| key.to_string()).collect();
        let expect = "C major,Db major,D major,Eb major,E major,F major,F# major,G major,Ab major,A major,Bb major,\
                      B major,C minor,C# minor,D minor,Eb minor,E minor,F minor,F# minor,G minor,G# minor,A minor,\
                      Bb minor,B minor";
        assert_eq!(names.join(","), expect);
    }

    #[test]
    fn many_spellings_are_understood() {
        let check = |text: &str, expect: &str| {
            assert_eq!(text.parse::<Key>().map(|key| key.to_string()).as_deref(), Ok(expect), "{text}");
        };
        for text in ["A minor", "a minor", "Am", " am ", "A min", "a-moll", "A MINOR"] {
            check(text, "A minor");
        }
        for text in ["C", "c", "C major", "CM", "C maj", "C dur", "B# major"] {
            check(text, "C major");
        }
        for text in ["Bb", "bb", "B flat", "B-flat major", "B♭ maj", "A#"] {
            check(text, "Bb major");
        }
        for text in ["F#m", "f sharp minor", "F♯ min", "Gbm"] {
            check(text, "F# minor");
        }
        for (text, expect) in [("b", "B major"), ("bm", "B minor"), ("bbm", "Bb minor"), ("c# min", "C# minor")] {
            check(text, expect);
        }
        check("Ab maj", "Ab major");
        check("Cb", "B major");
    }

    #[test]
    fn every_name_is_read_back() {
        for key in (0..24).filter_map(Key::from_index) {
            assert_eq!(key.to_string().parse(), Ok(key));
        }
    }

    #[test]
    fn what_is_no_key_is_refused_with_an_example() {
        for text in ["", "H", "A mixolydian", "minor", "Am7", "#", "ä"] {
            let error = text.parse::<Key>().expect_err(text);
            assert!(error.to_string().contains("`A minor`"));
        }
    }

    #[test]
    fn minor_keys_own_their_raised_sixth_and_seventh() {
        let listed = |classes: [bool; 12]| (0..12).filter(|&class| classes[class]).collect::<Vec<_>>();
        let key = |text: &str| text.parse::<Key>().expect(text);
        assert_eq!(listed(key("D").scale()), [1, 2, 4, 6, 7, 9, 11]);
        assert_eq!(listed(key("Am").scale()), [0, 2, 4, 5, 7, 9, 11]);
        assert_eq!(listed(key("Am").pitch_classes()), [0, 2, 4, 5, 6, 7, 8, 9, 11]);
        assert_eq!(key("D").pitch_classes(), key("D").scale());
    }
}
