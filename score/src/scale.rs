//! Scales and sets of pitches: what may be played, by name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::key::{Key, Mode, parse_pitch_class, tonic_name};
use crate::note::Pitch;

/// A tonic and the kind of scale on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Scale {
    /// Pitch class of the tonic, `0..=11`, C is 0.
    pub tonic: u8,
    /// What stands on it.
    pub kind: ScaleKind,
}

/// The steps of a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is the scale of that name; `KINDS` has its notes")]
pub enum ScaleKind {
    Major,
    Dorian,
    Phrygian,
    Lydian,
    Mixolydian,
    Minor,
    Locrian,
    HarmonicMinor,
    MelodicMinor,
    HarmonicMajor,
    PhrygianDominant,
    HungarianMinor,
    Pentatonic,
    MinorPentatonic,
    Blues,
    Hirajoshi,
    WholeTone,
    Octatonic,
    Chromatic,
}

use ScaleKind::{
    Blues, Chromatic, Dorian, HarmonicMajor, HarmonicMinor, Hirajoshi, HungarianMinor, Locrian, Lydian, Major,
    MelodicMinor, Minor, MinorPentatonic, Mixolydian, Octatonic, Pentatonic, Phrygian, PhrygianDominant, WholeTone,
};

/// Every kind with its names, the first being the usual one, and its semitones above the tonic.
const KINDS: [(ScaleKind, &[&str], &[u8]); 19] = [
    (Major, &["major", "ionian"], &[0, 2, 4, 5, 7, 9, 11]),
    (Dorian, &["dorian"], &[0, 2, 3, 5, 7, 9, 10]),
    (Phrygian, &["phrygian"], &[0, 1, 3, 5, 7, 8, 10]),
    (Lydian, &["lydian"], &[0, 2, 4, 6, 7, 9, 11]),
    (Mixolydian, &["mixolydian"], &[0, 2, 4, 5, 7, 9, 10]),
    (Minor, &["minor", "aeolian", "natural minor"], &[0, 2, 3, 5, 7, 8, 10]),
    (Locrian, &["locrian"], &[0, 1, 3, 5, 6, 8, 10]),
    (HarmonicMinor, &["harmonic minor"], &[0, 2, 3, 5, 7, 8, 11]),
    (MelodicMinor, &["melodic minor", "jazz minor"], &[0, 2, 3, 5, 7, 9, 11]),
    (HarmonicMajor, &["harmonic major"], &[0, 2, 4, 5, 7, 8, 11]),
    (PhrygianDominant, &["phrygian dominant", "hijaz"], &[0, 1, 4, 5, 7, 8, 10]),
    (HungarianMinor, &["hungarian minor"], &[0, 2, 3, 6, 7, 8, 11]),
    (Pentatonic, &["pentatonic", "major pentatonic"], &[0, 2, 4, 7, 9]),
    (MinorPentatonic, &["minor pentatonic"], &[0, 3, 5, 7, 10]),
    (Blues, &["blues"], &[0, 3, 5, 6, 7, 10]),
    (Hirajoshi, &["hirajoshi"], &[0, 2, 3, 7, 8]),
    (WholeTone, &["whole tone"], &[0, 2, 4, 6, 8, 10]),
    (Octatonic, &["octatonic", "diminished"], &[0, 2, 3, 5, 6, 8, 9, 11]),
    (Chromatic, &["chromatic"], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
];

impl ScaleKind {
    /// Semitones above the tonic, the tonic's 0 first, rising.
    pub fn intervals(self) -> &'static [u8] {
        self.entry().2
    }

    /// The usual name.
    pub fn name(self) -> &'static str {
        self.entry().1[0]
    }

    fn entry(self) -> &'static (ScaleKind, &'static [&'static str], &'static [u8]) {
        KINDS.iter().find(|(kind, ..)| *kind == self).unwrap_or(&KINDS[0])
    }

    /// Major or minor, by the third; major where there is none, or both.
    pub fn mode(self) -> Mode {
        let has = |interval| self.intervals().contains(&interval);
        if has(3) && !has(4) { Mode::Minor } else { Mode::Major }
    }

    fn named(text: &str) -> Option<Self> {
        let wanted = text.trim().to_lowercase().replace(['-', '_'], " ");
        let wanted = wanted.strip_suffix(" scale").unwrap_or(&wanted);
        KINDS.iter().find(|(_, names, _)| names.contains(&wanted)).map(|&(kind, ..)| kind)
    }
}

impl Scale {
    /// Which pitch classes the scale has, from C upwards.
    pub fn pitch_classes(self) -> [bool; 12] {
        let mut classes = [false; 12];
        for interval in self.kind.intervals() {
            classes[usize::from((self.tonic + interval) % 12)] = true;
        }
        classes
    }

    /// The key with this tonic that is most like it.
    pub fn key(self) -> Key {
        Key { tonic: self.tonic, mode: self.kind.mode() }
    }
}

/// `D dorian`.
impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", tonic_name(self.tonic, self.kind.mode()), self.kind.name())
    }
}

/// A scale as it is typed: with a tonic, or without where that follows from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedScale {
    /// Pitch class of the tonic, where it was said.
    pub tonic: Option<u8>,
    /// The kind.
    pub kind: ScaleKind,
}

/// A text that names no scale.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no scale: write `dorian` or `D dorian`; there are {}", KINDS.map(|(kind, ..)| kind.name()).join(", "))]
pub struct ParseScaleError {
    /// What was given.
    pub text: String,
}

impl FromStr for NamedScale {
    type Err = ParseScaleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(kind) = ScaleKind::named(text) {
            return Ok(Self { tonic: None, kind });
        }
        let (tonic, rest) = parse_pitch_class(text.trim()).ok_or_else(|| ParseScaleError { text: text.to_owned() })?;
        let kind = ScaleKind::named(rest.trim_start_matches(['-', ' ', '_']));
        let kind = kind.ok_or_else(|| ParseScaleError { text: text.to_owned() })?;
        Ok(Self { tonic: Some(tonic), kind })
    }
}

/// Keys of the keyboard, at least one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PitchSet(Vec<u8>);

impl PitchSet {
    /// Whether a key, `0..=127`, is in it.
    pub fn contains(&self, pitch: u8) -> bool {
        self.0.binary_search(&pitch).is_ok()
    }
}

/// A text that names no pitches.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` names no pitches: write `C D E G A` for these notes in any octave, or `C4 Eb4 G4` for just these")]
pub struct ParsePitchSetError {
    /// What was given.
    pub text: String,
}

impl FromStr for PitchSet {
    type Err = ParsePitchSetError;

    /// Names between spaces or commas; a name without an octave stands for all octaves.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParsePitchSetError { text: text.to_owned() };
        let mut keys = Vec::new();
        for name in text.split([' ', ',']).filter(|name| !name.is_empty()) {
            match parse_pitch_class(name) {
                Some((class, "")) => keys.extend((class..=127).step_by(12)),
                _ => keys.push(name.parse::<Pitch>().map_err(|_| error())?.value()),
            }
        }
        keys.sort_unstable();
        keys.dedup();
        if keys.is_empty() { Err(error()) } else { Ok(Self(keys)) }
    }
}

/// `C D E G A`, with octaves where not all octaves are in it.
impl fmt::Display for PitchSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = |class: u8| (class..=127).step_by(12).all(|key| self.contains(key));
        let single = self.0.iter().filter(|key| !whole(*key % 12)).filter_map(|&key| Pitch::new(key)).map(Pitch::name);
        let classes = (0..12).filter(|&class| whole(class)).map(|class| tonic_name(class, Mode::Major).to_owned());
        f.write_str(&classes.chain(single).collect::<Vec<_>>().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_known_by_many_names() {
        for (text, tonic, kind) in [
            ("dorian", None, Dorian),
            ("D dorian", Some(2), Dorian),
            ("d-Dorian", Some(2), Dorian),
            ("Bb blues", Some(10), Blues),
            ("blues", None, Blues),
            ("aeolian", None, Minor),
            ("A natural minor", Some(9), Minor),
            ("F# minor pentatonic scale", Some(6), MinorPentatonic),
        ] {
            assert_eq!(text.parse(), Ok(NamedScale { tonic, kind }), "{text}");
        }
        for text in ["", "H dorian", "dorien", "D"] {
            let error = text.parse::<NamedScale>().expect_err(text);
            assert!(error.to_string().contains("mixolydian"), "{error}");
        }
    }

    #[test]
    fn every_scale_begins_on_its_tonic_and_rises() {
        for (kind, names, intervals) in KINDS {
            assert_eq!(intervals[0], 0);
            assert!(intervals.is_sorted() && intervals.iter().all(|&interval| interval < 12));
            assert!(names.iter().all(|name| ScaleKind::named(name) == Some(kind)));
        }
        let dorian = Scale { tonic: 2, kind: Dorian };
        assert_eq!(dorian.pitch_classes(), "C".parse::<Key>().expect("a key").scale());
        assert_eq!((dorian.to_string().as_str(), dorian.key().to_string().as_str()), ("D dorian", "D minor"));
    }

    #[test]
    fn pitches_have_octaves_or_not() {
        let set: PitchSet = "C, D E G A".parse().expect("a set");
        assert!(set.contains(0) && set.contains(60) && set.contains(69) && !set.contains(61));
        assert_eq!(set.to_string(), "C D E G A");
        let set: PitchSet = "C4 Eb4 G4".parse().expect("a set");
        assert_eq!((0..128).filter(|&key| set.contains(key)).collect::<Vec<_>>(), [60, 63, 67]);
        assert_eq!(set.to_string().parse(), Ok(set));
        for text in ["", "H", "C D X", "C99"] {
            assert!(text.parse::<PitchSet>().is_err(), "{text}");
        }
    }
}
