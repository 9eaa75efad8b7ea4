//! What a chord means in a key: its roman numeral, its function, and how usual it is.
//!
//! Upper case is a major third above the root, lower case a minor one; `o` is diminished, `ø` half-diminished, `+`
//! augmented. Notation and functions as in E. Aldwell, C. Schachter, *Harmony and Voice Leading*, and S. Kostka,
//! D. Payne, *Tonal Harmony*.

use serde::Serialize;

use crate::chord::Quality;
use crate::key::{Key, Mode};

/// What a chord does in its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// Home, or what stands for it: I, vi, iii.
    Tonic,
    /// On the way to the dominant: ii, IV, the Neapolitan, augmented sixths.
    Predominant,
    /// Wants to go home: V, viio, and the cadential six-four.
    Dominant,
    /// The dominant of a chord other than the tonic.
    AppliedDominant,
    /// None of these.
    Other,
}

/// The shapes that harmony is made of: those of [`Quality`], and the French sixth, which has no chord symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Known(Quality),
    /// 0 4 6 10, above the flat sixth degree.
    FrenchSixth,
}

/// How many shapes there are.
pub(super) const SHAPES: usize = Quality::ALL.len() + 1;

impl Shape {
    pub(super) fn from_index(index: usize) -> Self {
        Quality::ALL.get(index).map_or(Self::FrenchSixth, |&quality| Self::Known(quality))
    }

    pub(super) fn intervals(self) -> &'static [u8] {
        match self {
            Self::Known(quality) => quality.intervals(),
            Self::FrenchSixth => &[0, 4, 6, 10],
        }
    }
}

/// A chord in a key, root position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Role {
    /// Nats against it before anything is heard.
    pub(super) cost: f32,
    pub(super) function: Function,
    /// Semitones above the tonic of the chord that it is the dominant of.
    pub(super) target: Option<u8>,
    /// The numeral without figures, and the `/V` behind them.
    pub(super) numeral: &'static str,
    pub(super) of: &'static str,
}

const fn role(cost: f32, function: Function, numeral: &'static str) -> Role {
    Role { cost, function, target: None, numeral, of: "" }
}

/// The role of the chord whose root lies `degree` semitones above the tonic.
pub(super) fn role_of(mode: Mode, degree: u8, shape: Shape) -> Role {
    let Shape::Known(quality) = shape else {
        return if degree == 8 { role(2.0, Function::Predominant, "Fr+6") } else { role(9.0, Function::Other, "?") };
    };
    diatonic(mode, degree, quality)
        .or_else(|| borrowed(mode, degree, quality))
        .or_else(|| applied(mode, degree, quality))
        .unwrap_or_else(|| chromatic(mode, degree, quality))
}

fn diatonic(mode: Mode, degree: u8, quality: Quality) -> Option<Role> {
    use Function::{Dominant, Other, Predominant, Tonic};
    use Quality::{
        Augmented, Diminished, Diminished7, Dominant7, HalfDiminished7, Major, Major7, Minor, Minor7, Suspended4,
    };
    let (cost, function, numeral) = match (mode, degree, quality) {
        (_, 7, Major) => (0.1, Dominant, "V"),
        (_, 7, Dominant7) => (0.1, Dominant, "V"),
        (_, 7, Suspended4) => (1.4, Dominant, "Vsus4"),
        (_, 11, Diminished) => (0.7, Dominant, "viio"),
        (Mode::Major, 0, Major) => (0.0, Tonic, "I"),
        (Mode::Major, 0, Major7) => (2.2, Tonic, "I"),
        (Mode::Major, 0, Suspended4) => (2.0, Tonic, "Isus4"),
        (Mode::Major, 2, Minor) => (0.5, Predominant, "ii"),
        (Mode::Major, 2, Minor7) => (0.5, Predominant, "ii"),
        (Mode::Major, 4, Minor) => (1.5, Tonic, "iii"),
        (Mode::Major, 4, Minor7) => (2.8, Tonic, "iii"),
        (Mode::Major, 5, Major) => (0.3, Predominant, "IV"),
        (Mode::Major, 5, Major7) => (1.8, Predominant, "IV"),
        (Mode::Major, 9, Minor) => (0.5, Tonic, "vi"),
        (Mode::Major, 9, Minor7) => (1.0, Tonic, "vi"),
        (Mode::Major, 11, HalfDiminished7) => (0.9, Dominant, "viiø"),
        (Mode::Major, 11, Diminished7) => (1.3, Dominant, "viio"),
        (Mode::Minor, 0, Minor) => (0.0, Tonic, "i"),
        (Mode::Minor, 0, Minor7) => (1.4, Tonic, "i"),
        (Mode::Minor, 0, Suspended4) => (2.0, Tonic, "isus4"),
        (Mode::Minor, 2, Diminished) => (0.7, Predominant, "iio"),
        (Mode::Minor, 2, HalfDiminished7) => (0.6, Predominant, "iiø"),
        (Mode::Minor, 2, Minor) => (1.8, Predominant, "ii"),
        (Mode::Minor, 2, Minor7) => (2.0, Predominant, "ii"),
        (Mode::Minor, 3, Major) => (0.6, Tonic, "III"),
        (Mode::Minor, 3, Major7) => (2.2, Tonic, "III"),
        (Mode::Minor, 3, Augmented) => (1.6, Dominant, "III+"),
        (Mode::Minor, 5, Minor) => (0.3, Predominant, "iv"),
        (Mode::Minor, 5, Minor7) => (0.8, Predominant, "iv"),
        (Mode::Minor, 5, Major) => (1.1, Predominant, "IV"),
        (Mode::Minor, 7, Minor) => (0.9, Other, "v"),
        (Mode::Minor, 7, Minor7) => (1.4, Other, "v"),
        (Mode::Minor, 8, Major) => (0.6, Tonic, "VI"),
        (Mode::Minor, 8, Major7) => (1.8, Tonic, "VI"),
        (Mode::Minor, 9, Diminished) => (1.8, Other, "#vio"),
        (Mode::Minor, 9, HalfDiminished7) => (1.8, Other, "#viø"),
        (Mode::Minor, 10, Major) => (0.8, Other, "VII"),
        (Mode::Minor, 11, Diminished7) => (0.5, Dominant, "viio"),
        _ => return None,
    };
    Some(role(cost, function, numeral))
}

/// From the other mode, the Neapolitan, and the German and Italian sixths, which sound like dominant sevenths.
fn borrowed(mode: Mode, degree: u8, quality: Quality) -> Option<Role> {
    use Function::{Dominant, Other, Predominant, Tonic};
    use Quality::{Augmented, Diminished, Dominant7, HalfDiminished7, Major, Major7, Minor, Minor7};
    let (cost, function, numeral) = match (mode, degree, quality) {
        (Mode::Major, 1, Major) => (2.4, Predominant, "N"),
        (Mode::Minor, 1, Major) => (1.7, Predominant, "N"),
        (Mode::Major, 8, Dominant7) => (2.2, Predominant, "Ger+6"),
        (Mode::Minor, 8, Dominant7) => (1.8, Predominant, "Ger+6"),
        (Mode::Minor, 0, Major) => (1.6, Tonic, "I"),
        (Mode::Major, 0, Minor) => (2.6, Tonic, "i"),
        (Mode::Major, 0, Augmented) => (2.2, Tonic, "I+"),
        (_, 7, Augmented) => (1.8, Dominant, "V+"),
        (Mode::Major, 2, Diminished) => (2.0, Predominant, "iio"),
        (Mode::Major, 2, HalfDiminished7) => (1.6, Predominant, "iiø"),
        (Mode::Major, 3, Major) => (2.4, Tonic, "bIII"),
        (Mode::Major, 5, Dominant7) => (1.8, Predominant, "IV"),
        (Mode::Major, 5, Minor) => (1.7, Predominant, "iv"),
        (Mode::Major, 5, Minor7) => (2.2, Predominant, "iv"),
        (Mode::Major, 7, Minor) => (2.3, Other, "v"),
        (Mode::Major, 7, Minor7) => (2.5, Other, "v"),
        (Mode::Major, 8, Major) => (1.9, Predominant, "bVI"),
        (Mode::Major, 8, Major7) => (2.4, Predominant, "bVI"),
        (Mode::Major, 10, Major) => (1.9, Other, "bVII"),
        (Mode::Minor, 11, HalfDiminished7) => (1.8, Dominant, "viiø"),
        _ => return None,
    };
    Some(role(cost, function, numeral))
}

/// Dominants of the major and minor triads of the key.
fn applied(mode: Mode, degree: u8, quality: Quality) -> Option<Role> {
    use Quality::{Diminished, Diminished7, Dominant7, HalfDiminished7, Major};
    let (numeral, up, extra) = match quality {
        Major => ("V", 5, 0.3),
        Dominant7 => ("V", 5, 0.0),
        Diminished => ("viio", 1, 0.4),
        Diminished7 => ("viio", 1, 0.2),
        HalfDiminished7 => ("viiø", 1, 0.6),
        _ => return None,
    };
    let target = (degree + up) % 12;
    let (of, cost) = match (mode, target) {
        (_, 7) => ("/V", 1.25),
        (Mode::Major, 2) => ("/ii", 1.75),
        (Mode::Major, 4) => ("/iii", 2.5),
        (Mode::Major, 5) => ("/IV", 1.75),
        (Mode::Major, 9) => ("/vi", 1.6),
        (Mode::Minor, 3) => ("/III", 1.25),
        (Mode::Minor, 5) => ("/iv", 1.6),
        (Mode::Minor, 8) => ("/VI", 1.9),
        (Mode::Minor, 10) => ("/VII", 1.9),
        _ => return None,
    };
    let function = Function::AppliedDominant;
    Some(Role { cost: cost + extra, function, target: Some(target), numeral, of })
}

fn chromatic(mode: Mode, degree: u8, quality: Quality) -> Role {
    const UPPER: [&str; 12] = ["I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII"];
    const LOWER: [&str; 12] = ["i", "bii", "ii", "biii", "iii", "iv", "#iv", "v", "bvi", "vi", "bvii", "vii"];
    const UPPER_MINOR: [&str; 12] = ["I", "bII", "II", "III", "#III", "IV", "#IV", "V", "VI", "#VI", "VII", "#VII"];
    const LOWER_MINOR: [&str; 12] = ["i", "bii", "ii", "iii", "#iii", "iv", "#iv", "v", "vi", "#vi", "vii", "#vii"];
    let (upper, lower) = match mode {
        Mode::Major => (UPPER, LOWER),
        Mode::Minor => (UPPER_MINOR, LOWER_MINOR),
    };
    let names = if quality.intervals().contains(&3) { lower } else { upper };
    let rare = match quality {
        Quality::Suspended4 | Quality::Augmented => 3.8,
        _ => 3.2,
    };
    role(rare, Function::Other, names[usize::from(degree % 12)])
}

/// What a chord without a role of its own carries behind its numeral to say its quality.
pub(super) fn quality_mark(numeral: &str, quality: Quality) -> &'static str {
    let is_said = numeral.ends_with(['o', 'ø', '+', '4']);
    match quality {
        _ if is_said => "",
        Quality::Diminished | Quality::Diminished7 => "o",
        Quality::HalfDiminished7 => "ø",
        Quality::Augmented => "+",
        Quality::Suspended4 => "sus4",
        _ => "",
    }
}

/// The figures of a chord with this interval between root and bass; empty for a triad in root position.
pub(super) fn figures(shape: Shape, bass: u8) -> &'static str {
    let place = shape.intervals().iter().position(|&interval| interval == bass);
    match (shape.intervals().len(), place) {
        (3, Some(1)) if shape != Shape::Known(Quality::Suspended4) => "6",
        (3, Some(2)) if shape != Shape::Known(Quality::Suspended4) => "64",
        (4, Some(1)) => "65",
        (4, Some(2)) => "43",
        (4, Some(3)) => "42",
        (4, _) => "7",
        _ => "",
    }
}

/// How well one chord follows another in a key, in nats.
pub(super) fn succession(from: &Role, from_degree: u8, to: &Role, to_degree: u8) -> f32 {
    use Function::{AppliedDominant, Dominant, Other, Predominant, Tonic};
    if let Some(target) = from.target {
        return if to_degree == target {
            1.1
        } else if to.target == Some(target) {
            0.3
        } else {
            -0.9
        };
    }
    if matches!(from.numeral, "Ger+6" | "Fr+6" | "N") {
        let goes_on = matches!(to.function, Dominant) || to_degree == 0 || to.target == Some(7);
        return if goes_on { 0.9 } else { -1.5 };
    }
    match (from.function, to.function) {
        (Dominant, Tonic) if to_degree == 0 => 1.6,
        (Dominant, Tonic) => 0.2,
        (Dominant, Dominant) if from_degree == to_degree => 0.5,
        (Dominant, Predominant) => -0.5,
        (Predominant, Tonic) if from_degree == 5 && to_degree == 0 => 0.6,
        (Predominant, Dominant) => 0.8,
        (Tonic, AppliedDominant) | (Predominant, AppliedDominant) => 0.0,
        (Other, _) | (_, Other) => -0.2,
        _ => 0.0,
    }
}

/// The role of every chord in every key of a mode, by degree and shape.
pub(super) fn roles(mode: Mode) -> Vec<Role> {
    let all = (0..12_u8).flat_map(|degree| (0..SHAPES).map(move |shape| (degree, shape)));
    all.map(|(degree, shape)| role_of(mode, degree, Shape::from_index(shape))).collect()
}

/// The chord's root above the tonic.
pub(super) const fn degree(key: Key, root: u8) -> u8 {
    (root + 12 - key.tonic) % 12
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(mode: Mode, degree: u8, quality: Quality, expect: &str) {
        let role = role_of(mode, degree, Shape::Known(quality));
        assert_eq!(format!("{}{}", role.numeral, role.of), expect);
    }

    #[test]
    fn chords_have_the_numerals_of_the_textbooks() {
        check(Mode::Major, 2, Quality::Minor7, "ii");
        check(Mode::Major, 2, Quality::Dominant7, "V/V");
        check(Mode::Major, 6, Quality::Diminished7, "viio/V");
        check(Mode::Major, 1, Quality::Major, "N");
        check(Mode::Minor, 8, Quality::Dominant7, "Ger+6");
        check(Mode::Minor, 10, Quality::Dominant7, "V/III");
        check(Mode::Minor, 0, Quality::Major, "I");
        check(Mode::Major, 8, Quality::Major, "bVI");
    }

    #[test]
    fn figures_name_the_bass() {
        let triad = Shape::Known(Quality::Major);
        let seventh = Shape::Known(Quality::Dominant7);
        assert_eq!([0, 4, 7].map(|bass| figures(triad, bass)), ["", "6", "64"]);
        assert_eq!([0, 4, 7, 10].map(|bass| figures(seventh, bass)), ["7", "65", "43", "42"]);
    }

    #[test]
    fn dominants_want_to_resolve() {
        let role = |degree, quality| role_of(Mode::Major, degree, Shape::Known(quality));
        let (v, i, iv) = (role(7, Quality::Dominant7), role(0, Quality::Major), role(5, Quality::Major));
        assert!(succession(&v, 7, &i, 0) > succession(&v, 7, &iv, 5));
    }
}
