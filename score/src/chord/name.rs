//! Chord symbols, written and read.

use std::fmt;
use std::str::FromStr;

use super::{Chord, Quality};
use crate::key::{Mode, parse_pitch_class, tonic_name};

impl fmt::Display for Chord {
    /// `Am`, `C`, `G7`, `Fmaj7`, `Bm7b5`, `Bdim`, `Caug`, `Gsus4`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = if self.quality.intervals().contains(&3) { Mode::Minor } else { Mode::Major };
        write!(f, "{}{}", tonic_name(self.root, mode), self.quality.suffix())
    }
}

impl Quality {
    /// What a chord symbol has behind the root.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Major => "",
            Self::Minor => "m",
            Self::Diminished => "dim",
            Self::Augmented => "aug",
            Self::Dominant7 => "7",
            Self::Major7 => "maj7",
            Self::Minor7 => "m7",
            Self::HalfDiminished7 => "m7b5",
            Self::Diminished7 => "dim7",
            Self::Suspended4 => "sus4",
        }
    }

    fn from_suffix(suffix: &str) -> Option<Self> {
        // Here alone does the case of a letter matter.
        match suffix {
            "M" | "Δ" => return Some(if suffix == "M" { Self::Major } else { Self::Major7 }),
            "M7" | "Δ7" => return Some(Self::Major7),
            _ => {}
        }
        Some(match suffix.to_lowercase().as_str() {
            "" | "maj" | "major" => Self::Major,
            "m" | "min" | "minor" | "mi" | "-" => Self::Minor,
            "dim" | "o" | "°" | "mb5" => Self::Diminished,
            "aug" | "+" | "+5" => Self::Augmented,
            "7" | "dom7" => Self::Dominant7,
            "maj7" | "ma7" | "major7" => Self::Major7,
            "m7" | "min7" | "minor7" | "mi7" | "-7" => Self::Minor7,
            "m7b5" | "min7b5" | "-7b5" | "m7-5" | "m7♭5" | "ø" | "ø7" => Self::HalfDiminished7,
            "dim7" | "o7" | "°7" => Self::Diminished7,
            "sus4" | "sus" => Self::Suspended4,
            _ => return None,
        })
    }
}

/// A text that names no chord.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no chord: write a root and a quality, such as `C`, `Am`, `G7`, `Fmaj7`, `Dm7`, `Bm7b5`, `Bdim`, `C#dim7`, `Caug` or `Gsus4`"
)]
pub struct ParseChordError {
    /// What was given.
    pub text: String,
}

impl FromStr for Chord {
    type Err = ParseChordError;

    /// A chord symbol in one of the common spellings. A bass note behind a slash is accepted and left out.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (symbol, bass) = match text.trim().split_once('/') {
                Some((symbol, bass)) => (symbol, Some(bass)),
                None => (text.trim(), None),
            };
            if let Some(bass) = bass {
                parse_pitch_class(bass.trim()).filter(|(_, rest)| rest.is_empty())?;
            }
            let (root, suffix) = parse_pitch_class(symbol)?;
            Some(Self { root, quality: Quality::from_suffix(suffix.trim())? })
        };
        read().ok_or_else(|| ParseChordError { text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(spellings: &[&str], expect: &str) {
        for text in spellings {
            assert_eq!(text.parse::<Chord>().map(|chord| chord.to_string()).as_deref(), Ok(expect), "{text}");
        }
    }

    #[test]
    fn common_spellings_are_understood() {
        check(&["C", "CM", "Cmaj", "C major", "C/E", " C "], "C");
        check(&["Am", "Amin", "A-", "a minor", "Am/C"], "Am");
        check(&["Fmaj7", "FM7", "FΔ", "FΔ7", "Fma7"], "Fmaj7");
        check(&["G7", "Gdom7", "G7/B"], "G7");
        check(&["Dm7", "Dmin7", "D-7"], "Dm7");
        check(&["Bm7b5", "Bø", "Bø7", "Bmin7b5"], "Bm7b5");
        check(&["Bdim", "Bo", "B°"], "Bdim");
        check(&["C#dim7", "Dbo7", "C♯°7"], "C#dim7");
        check(&["Caug", "C+"], "Caug");
        check(&["Gsus4", "Gsus"], "Gsus4");
        check(&["Bb", "B♭", "A#"], "Bb");
        check(&["Bbm", "A#m"], "Bbm");
        check(&["F/A"], "F");
    }

    #[test]
    fn every_name_is_read_back() {
        for chord in (0..120).filter_map(Chord::from_index) {
            assert_eq!(chord.to_string().parse(), Ok(chord));
        }
    }

    #[test]
    fn what_is_no_chord_is_refused_with_examples() {
        for text in ["", "H", "C13#11", "C/", "C/x", "7", "/C"] {
            let error = text.parse::<Chord>().expect_err(text);
            assert!(error.to_string().contains("`Fmaj7`"));
        }
    }
}
