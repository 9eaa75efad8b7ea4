//! Chords of four notes and more, written as musicians write functions: `II`-m7, `V`-7, `I`-maj7.
//!
//! Chord-scales and rootless voicings after Levine, The Jazz Theory Book (1995), chapters 3 and 18.

use super::chance::Chance;

/// What kind of chord.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quality {
    Major7,
    Six,
    Dominant,
    /// A dominant with altered ninth and thirteenth.
    Altered,
    /// A dominant whose third is suspended.
    Suspended,
    Minor7,
    Minor6,
    HalfDiminished,
    Diminished,
}

/// A root, `0..12`, and what stands on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chord {
    pub(crate) root: i32,
    pub(crate) quality: Quality,
}

impl Quality {
    /// Root, third, fifth and seventh (or sixth) above the root.
    const fn intervals(self) -> [i32; 4] {
        match self {
            Self::Major7 => [0, 4, 7, 11],
            Self::Six => [0, 4, 7, 9],
            Self::Dominant => [0, 4, 7, 10],
            Self::Altered => [0, 4, 8, 10],
            Self::Suspended => [0, 5, 7, 10],
            Self::Minor7 => [0, 3, 7, 10],
            Self::Minor6 => [0, 3, 7, 9],
            Self::HalfDiminished => [0, 3, 6, 10],
            Self::Diminished => [0, 3, 6, 9],
        }
    }

    /// The scale that goes with the chord.
    const fn scale(self) -> &'static [i32] {
        match self {
            Self::Major7 | Self::Six => &[0, 2, 4, 5, 7, 9, 11],
            Self::Dominant | Self::Suspended => &[0, 2, 4, 5, 7, 9, 10],
            Self::Altered => &[0, 1, 3, 4, 6, 8, 10],
            Self::Minor7 => &[0, 2, 3, 5, 7, 9, 10],
            Self::Minor6 => &[0, 2, 3, 5, 7, 9, 11],
            Self::HalfDiminished => &[0, 1, 3, 5, 6, 8, 10],
            Self::Diminished => &[0, 2, 3, 5, 6, 8, 9, 11],
        }
    }

    /// What a pianist plays when a bassist has the root: third, seventh and two colours.
    const fn rootless(self) -> [i32; 4] {
        match self {
            Self::Major7 => [2, 4, 7, 11],
            Self::Six => [2, 4, 7, 9],
            Self::Dominant => [2, 4, 9, 10],
            Self::Altered => [3, 4, 8, 10],
            Self::Suspended => [2, 5, 9, 10],
            Self::Minor7 => [2, 3, 7, 10],
            Self::Minor6 => [2, 3, 7, 9],
            Self::HalfDiminished => [0, 3, 6, 10],
            Self::Diminished => [0, 3, 6, 9],
        }
    }
}

impl Chord {
    /// Pitch classes of root, third, fifth and seventh.
    pub(crate) fn tones(self) -> [i32; 4] {
        self.quality.intervals().map(|interval| (self.root + interval) % 12)
    }

    /// Third and seventh, which tell chords apart.
    pub(crate) fn guides(self) -> [i32; 2] {
        let [_, third, _, seventh] = self.tones();
        [third, seventh]
    }

    /// Pitch classes of the chord's scale, from the root upwards.
    pub(crate) fn scale(self) -> Vec<i32> {
        self.quality.scale().iter().map(|interval| (self.root + interval) % 12).collect()
    }

    /// Pitch classes of a rootless voicing.
    pub(crate) fn rootless(self) -> [i32; 4] {
        self.quality.rootless().map(|interval| (self.root + interval) % 12)
    }
}

/// The pitch of `class` nearest to `pitch`, at most six semitones away.
pub(crate) fn nearest(class: i32, pitch: i32) -> i32 {
    pitch + (class - pitch + 5).rem_euclid(12) - 5
}

/// The pitch of one of `classes` nearest to `pitch`; the lower of two.
pub(crate) fn nearest_of(classes: &[i32], pitch: i32) -> i32 {
    let candidates = classes.iter().map(|&class| nearest(class, pitch));
    candidates.min_by_key(|candidate| ((candidate - pitch).abs(), *candidate)).unwrap_or(pitch)
}

/// The next pitch of `classes` above `pitch` (`steps` positive) or below, so many steps away.
pub(crate) fn step(classes: &[i32], pitch: i32, steps: i32) -> i32 {
    let mut pitch = pitch;
    for _ in 0..steps.abs() {
        pitch += steps.signum();
        while !classes.contains(&pitch.rem_euclid(12)) {
            pitch += steps.signum();
        }
    }
    pitch
}

/// `classes` in close position, in the inversion that moves least from `previous`, or when there is none, lies nearest to
/// `centre`; from low to high.
pub(crate) fn voiced(classes: &[i32], previous: &[i32], centre: i32) -> Vec<i32> {
    let inversions = (-14..=4).filter_map(|offset| {
        let lowest = centre + offset;
        classes.contains(&lowest.rem_euclid(12)).then(|| {
            let mut pitches: Vec<i32> = classes.iter().map(|class| lowest + (class - lowest).rem_euclid(12)).collect();
            pitches.sort_unstable();
            pitches
        })
    });
    let cost = |pitches: &Vec<i32>| {
        let size = i32::try_from(pitches.len()).expect("chords are small");
        let away = (pitches.iter().sum::<i32>() / size - centre).abs();
        if previous.is_empty() {
            return away;
        }
        let moved: i32 = pitches.iter().zip(previous).map(|(a, b)| (a - b).abs()).sum();
        // The hand shall not wander off.
        moved + away / 2
    };
    inversions.min_by_key(cost).unwrap_or_default()
}

/// An accompanist's hand: it moves little from chord to chord, and on one chord sometimes to the next inversion.
#[derive(Debug, Clone)]
pub(crate) struct Hand {
    pitches: Vec<i32>,
    classes: Vec<i32>,
    centre: i32,
    /// How often, in percent, it moves where it could stay.
    restless: i32,
}

impl Hand {
    /// A hand that has played nothing yet, around `centre`.
    pub(crate) const fn new(centre: i32, restless: i32) -> Self {
        Self { pitches: Vec::new(), classes: Vec::new(), centre, restless }
    }

    /// The pitches of a chord, from low to high.
    pub(crate) fn play(&mut self, chance: &mut Chance, classes: &[i32]) -> &[i32] {
        if self.classes != classes {
            self.pitches = voiced(classes, &self.pitches, self.centre);
            self.classes = classes.to_vec();
        } else if chance.percent(self.restless) {
            let lowest = self.pitches.first().copied().unwrap_or(self.centre);
            let up = lowest < self.centre - 6 || lowest < self.centre && chance.percent(50);
            let size = self.pitches.len();
            if up {
                self.pitches[0] += 12;
            } else {
                self.pitches[size - 1] -= 12;
            }
            self.pitches.sort_unstable();
        }
        &self.pitches
    }
}

/// Close position with the second voice from above an octave lower.
pub(crate) fn drop_two(mut close: Vec<i32>) -> Vec<i32> {
    if let Some(place) = close.len().checked_sub(2) {
        close[place] -= 12;
        close.sort_unstable();
    }
    close
}

/// Reads a progression in `key` (`0..12`): bars between `|`, one chord or two in each, as a Roman degree with an accidental
/// before it and a quality after it: `maj7`, `6`, `7`, `alt`, `sus`, `m7`, `m6`, `ø`, `o`. The answer has two chords a bar.
pub(crate) fn progression(text: &str, key: i32) -> Vec<[Chord; 2]> {
    let bars = text.split('|').map(|bar| {
        let mut chords =
            bar.split_whitespace().map(|symbol| chord(symbol, key).expect("progressions are spelled well"));
        let first = chords.next().expect("no bar is empty");
        [first, chords.next().unwrap_or(first)]
    });
    bars.collect()
}

fn chord(symbol: &str, key: i32) -> Option<Chord> {
    let bare = symbol.trim_start_matches(['b', '#']);
    let accidental = match symbol.strip_suffix(bare)? {
        "" => 0,
        "b" => -1,
        "#" => 1,
        _ => return None,
    };
    let quality = bare.trim_start_matches(['I', 'V']);
    let degree = match bare.strip_suffix(quality)? {
        "I" => 0,
        "II" => 2,
        "III" => 4,
        "IV" => 5,
        "V" => 7,
        "VI" => 9,
        "VII" => 11,
        _ => return None,
    };
    let quality = match quality {
        "maj7" => Quality::Major7,
        "6" => Quality::Six,
        "7" => Quality::Dominant,
        "alt" => Quality::Altered,
        "sus" => Quality::Suspended,
        "m7" => Quality::Minor7,
        "m6" => Quality::Minor6,
        "ø" => Quality::HalfDiminished,
        "o" => Quality::Diminished,
        _ => return None,
    };
    Some(Chord { root: (key + degree + accidental).rem_euclid(12), quality })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progressions_read_as_they_are_written() {
        let bars = progression("IIm7 V7 | bVImaj7 | #IVo IVm6", 10);
        let roots = bars.iter().map(|bar| bar.map(|chord| chord.root));
        assert_eq!(roots.collect::<Vec<_>>(), [[0, 5], [6, 6], [4, 3]]);
        assert_eq!(bars[0][0].tones(), [0, 3, 7, 10]);
        assert_eq!(chord("H7", 0), None);
        assert_eq!(chord("V9", 0), None);
    }

    #[test]
    fn hands_move_little_from_chord_to_chord() {
        let [two, five] = progression("IIm7 V7", 0)[0];
        let first = voiced(&two.rootless(), &[], 60);
        let second = voiced(&five.rootless(), &first, 60);
        let moved: i32 = first.iter().zip(&second).map(|(a, b)| (a - b).abs()).sum();
        assert!(moved <= 4, "{first:?} to {second:?}");
        assert_eq!(drop_two(vec![60, 64, 67, 71]), [55, 60, 64, 71]);
    }

    #[test]
    fn a_scale_is_climbed_step_by_step() {
        let dorian = progression("IIm7", 0)[0][0].scale();
        assert_eq!(step(&dorian, 62, 3), 67);
        assert_eq!(step(&dorian, 61, -1), 60);
        assert_eq!([nearest(0, 61), nearest(6, 60), nearest_of(&[0, 4], 66)], [60, 66, 64]);
    }
}
