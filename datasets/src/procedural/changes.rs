//! Chord progressions for the jazz styles, put together from functional patterns; none is a song's.
//!
//! After Levine, The Jazz Theory Book (1995), chapters 2, 10, 12 and 15, and Mehegan, Jazz Improvisation I (1959): II-V-I
//! chains, turnarounds, the cycle of fifths, the dominants in major thirds that Coltrane used, modal planes.

use super::chance::Chance;
use super::chord::{Chord, progression};

/// Four bars to begin with.
const OPENINGS: [&str; 16] = [
    "Imaj7 | VIm7 | IIm7 | V7",
    "I6 VI7 | IIm7 V7 | IIIm7 VI7 | IIm7 V7",
    "Imaj7 | Imaj7 | IIm7 | V7",
    "Imaj7 | VIIø IIIalt | VIm7 | Vm7 I7",
    "IIm7 | V7 | Imaj7 | VIalt",
    "Imaj7 | IVm7 bVII7 | Imaj7 | VI7",
    "Imaj7 | #Io | IIm7 | #IIo",
    "Imaj7 bIII7 | bVImaj7 VII7 | IIImaj7 V7 | Imaj7",
    "I6 | II7 | IIm7 | V7",
    "IVmaj7 | IVm6 bVII7 | IIIm7 | VI7",
    "Imaj7 IIm7 | IIIm7 bIIIo | IIm7 | V7",
    "Imaj7 | IIIm7 VI7 | IIm7 | Vsus V7",
    "VIm7 | IIm7 | V7 | Imaj7",
    "Imaj7 | bVII7 | VI7 | Valt",
    "Imaj7 | Vm7 I7 | IVmaj7 | IVm6",
    "#IVø | VIIalt | IIIm7 | VI7",
];
/// Four bars to end with.
const CLOSINGS: [&str; 10] = [
    "IIm7 | V7 | Imaj7 | Imaj7",
    "IIIm7 VI7 | IIm7 V7 | I6 | I6",
    "IVmaj7 | IVm6 | IIIm7 VI7 | IIm7 V7",
    "IIm7 V7 | IIIm7 VI7 | IIm7 V7 | I6",
    "#IVø IVm6 | IIIm7 bIIIo | IIm7 V7 | I6",
    "bVI7 | V7 | I6 | I6",
    "II7 | IIm7 V7 | I6 IV7 | I6",
    "IIø | Valt | Imaj7 | Imaj7",
    "IIm7 | bII7 | Imaj7 | VI7",
    "Im7 IV7 | bVIIm7 bIII7 | IIm7 V7 | Imaj7",
];
/// Eight bars in between.
const BRIDGES: [&str; 8] = [
    "III7 | III7 | VI7 | VI7 | II7 | II7 | V7 | V7",
    "Vm7 | I7 | IVmaj7 | IVmaj7 | VIm7 | II7 | IIm7 | V7",
    "IVm7 | bVII7 | bIIImaj7 | bIIImaj7 | bIIIm7 | bVI7 | IIø | Valt",
    "IVmaj7 | #IVo | I6 | I6 | II7 | II7 | IIm7 | V7",
    "IIIm7 | VI7 | IImaj7 | IImaj7 | IIm7 | V7 | Imaj7 | Valt",
    "VIIø | IIIalt | VIm7 | VIm7 | VIm7 | II7 | IIm7 | V7",
    "bVImaj7 VII7 | IIImaj7 V7 | Imaj7 | Imaj7 | bVImaj7 | bVImaj7 | IIm7 | V7",
    "bVImaj7 | bVImaj7 | bIIImaj7 | bIIImaj7 | IIø | IIø | Valt | Valt",
];
const MINOR_OPENINGS: [&str; 8] = [
    "Im6 | IIø Valt | Im6 | IIø Valt",
    "Im7 | IVm7 | IIø | Valt",
    "IVm7 | bVII7 | bIIImaj7 | bVImaj7",
    "Im7 | VIø | IIø | Valt",
    "Im6 | bVI7 | Im6 | Valt",
    "Im7 | Vm7 I7 | IVm7 | bVII7",
    "IIø | Valt | Im7 | IV7",
    "Im6 Valt | Im7 I7 | IVm7 bVII7 | bIIImaj7 Valt",
];
const MINOR_CLOSINGS: [&str; 6] = [
    "IIø | Valt | Im6 | Im6",
    "bVI7 | Valt | Im6 | IIø Valt",
    "IVm7 | IIø Valt | Im6 | Im6",
    "IIø bII7 | Im6 VIø | IIø Valt | Im6",
    "bVImaj7 | IIø Valt | Im6 | Valt",
    "IVm6 | Valt | Im7 bIIIo | IIø Valt",
];
const MINOR_BRIDGES: [&str; 4] = [
    "IVm7 | bVII7 | bIIImaj7 | bIIImaj7 | IIIm7 | VI7 | IIø | Valt",
    "Vm7 | I7 | IVm7 | IVm7 | IVm7 | bVII7 | bIIImaj7 | Valt",
    "bVImaj7 | bVImaj7 | IVm7 | IVm7 | bVI7 | bVI7 | Valt | Valt",
    "bVIIm7 | bIII7 | bVImaj7 | bVImaj7 | IIø | IIø | Valt | Valt",
];
/// Planes of four bars.
const PLANES: [&str; 6] = ["Im7", "Isus", "bIIm7", "IVsus", "bIIImaj7", "bVIIsus"];

/// A form, as chords and as the names of its sections (eight bars each, equal letters alike).
pub(crate) struct Form {
    pub(crate) bars: Vec<[Chord; 2]>,
    pub(crate) sections: &'static [char],
}

/// A form of 16 to 32 bars in `key`.
pub(crate) fn form(chance: &mut Chance, key: i32) -> Form {
    let kind = chance.weighted(&[("major", 6), ("minor", 4), ("modal", 2)]);
    let eight = |chance: &mut Chance, kind: &str| match kind {
        "major" => format!("{} | {}", chance.pick(&OPENINGS), chance.pick(&CLOSINGS)),
        "minor" => format!("{} | {}", chance.pick(&MINOR_OPENINGS), chance.pick(&MINOR_CLOSINGS)),
        _ => {
            let (first, second) = (PLANES[0], chance.pick(&[PLANES[0], PLANES[1], PLANES[3]]));
            [first, first, first, first, second, second, second, second].join(" | ")
        }
    };
    let a = eight(chance, kind);
    let b = match kind {
        "major" => chance.pick(&BRIDGES).to_owned(),
        "minor" => chance.pick(&MINOR_BRIDGES).to_owned(),
        _ => [chance.pick(&PLANES[2..]); 8].join(" | "),
    };
    let c = eight(chance, kind);
    let sections: &'static [char] = chance.weighted(&[
        (['A', 'A', 'B', 'A'].as_slice(), 5),
        (&['A', 'B', 'A', 'C'], 2),
        (&['A', 'B', 'C'], 1),
        (&['A', 'A', 'C'], 1),
        (&['A', 'C'], 4),
    ]);
    let bars = sections.iter().flat_map(|section| {
        let text = match section {
            'A' => &a,
            'B' => &b,
            _ => &c,
        };
        progression(text, key)
    });
    Form { bars: bars.collect(), sections }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_spelled_well_and_as_long_as_it_should_be() {
        let check = |patterns: &[&str], bars| {
            patterns.iter().for_each(|text| assert_eq!(progression(text, 7).len(), bars, "{text}"));
        };
        check(&OPENINGS, 4);
        check(&CLOSINGS, 4);
        check(&MINOR_OPENINGS, 4);
        check(&MINOR_CLOSINGS, 4);
        check(&BRIDGES, 8);
        check(&MINOR_BRIDGES, 8);
        check(&PLANES, 1);
    }

    #[test]
    fn equal_letters_have_equal_chords() {
        for number in 0..50 {
            let form = form(&mut Chance::new("changes", 1, number), 2);
            assert_eq!(form.bars.len(), 8 * form.sections.len());
            let eights: Vec<_> = form.bars.chunks(8).collect();
            for (i, a) in form.sections.iter().enumerate() {
                for (j, b) in form.sections.iter().enumerate().filter(|(_, b)| a == *b) {
                    assert_eq!(eights[i], eights[j], "{a}{b}");
                }
            }
        }
    }
}
