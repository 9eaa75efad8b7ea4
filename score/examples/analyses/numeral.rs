//! One roman numeral as RomanText writes it, and the notes that it stands for.

/// A key as RomanText writes it: `Bb:` is major, `f#:` minor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    /// Pitch class, C is 0.
    pub(crate) tonic: u8,
    pub(crate) is_minor: bool,
}

/// What a published numeral says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Numeral {
    /// As it is printed.
    pub(crate) text: String,
    pub(crate) key: Key,
    /// Pitch class of the root.
    pub(crate) root: u8,
    /// Third and fifth in semitones above the root. An Italian sixth counts as a German one without its fifth.
    pub(crate) triad: [u8; 2],
    pub(crate) seventh: Option<u8>,
    /// Pitch class of the bass.
    pub(crate) bass: u8,
    /// The numeral and nothing else: `ii`, `V`, `viio`; empty for an applied chord, which is on no degree of its own.
    pub(crate) degree: String,
}

const MAJOR: [u8; 7] = [0, 2, 4, 5, 7, 9, 11];
const MINOR: [u8; 7] = [0, 2, 3, 5, 7, 8, 10];

impl Key {
    /// `C`, `Bb`, `f#`, without the colon.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut letters = text.chars();
        let letter = letters.next()?;
        let class = [9, 11, 0, 2, 4, 5, 7].get((letter.to_ascii_lowercase() as usize).checked_sub('a' as usize)?)?;
        let mut tonic = 12 + *class;
        for sign in letters {
            match sign {
                '#' => tonic += 1,
                'b' | '-' => tonic -= 1,
                _ => return None,
            }
        }
        Some(Self { tonic: tonic % 12, is_minor: letter.is_ascii_lowercase() })
    }

    const fn scale(self) -> [u8; 7] {
        if self.is_minor { MINOR } else { MAJOR }
    }
}

impl Numeral {
    /// Reads `V6/5/V`, `viio7`, `ii/o6/5`, `Ger65`, `Cad64`, `N6`, `bVI`, `VM7`, `V7[no3][add4]`; `None` where it cannot.
    pub(crate) fn parse(text: &str, key: Key) -> Option<Self> {
        let mut plain = text.split('[').next()?.to_owned();
        // What stands between brackets says which notes are left out or added and leaves the chord what it is.
        for rest in text.split(']').skip(1) {
            plain.push_str(rest.split('[').next()?);
        }
        let plain = if let Some(figures) = plain.strip_prefix("Cad") {
            format!("{}{figures}", if key.is_minor { "i" } else { "I" })
        } else {
            plain
        };
        let (own, target) = split_target(&plain);
        let local = target.map_or(Some(key), |target| target_key(target, key))?;
        let mut numeral = own_numeral(own, local)?;
        numeral.text = text.to_owned();
        numeral.key = key;
        if target.is_some() {
            numeral.degree.clear();
        }
        Some(numeral)
    }
}

/// What is left of the slash before another numeral, and that. The slashes of `6/5` and `/o` are others.
fn split_target(text: &str) -> (&str, Option<&str>) {
    let is_target = |&(index, _): &(usize, &str)| {
        let rest = text[index + 1..].trim_start_matches(['b', '#', '-']);
        rest.starts_with(['I', 'V', 'i', 'v'])
    };
    match text.match_indices('/').find(is_target) {
        Some((index, _)) => (&text[..index], Some(&text[index + 1..])),
        None => (text, None),
    }
}

fn target_key(target: &str, key: Key) -> Option<Key> {
    let (own, further) = split_target(target);
    let key = further.map_or(Some(key), |further| target_key(further, key))?;
    let numeral = own_numeral(own, key)?;
    Some(Key { tonic: numeral.root, is_minor: numeral.triad[0] == 3 })
}

fn own_numeral(text: &str, key: Key) -> Option<Numeral> {
    if let Some(sixth) = augmented_sixth(text, key) {
        return Some(sixth);
    }
    let signs = text.len() - text.trim_start_matches(['b', '#', '-']).len();
    let (signs, rest) = text.split_at(signs);
    let (letters, rest, shift) = if let Some(rest) = rest.strip_prefix('N') {
        ("N", rest, 1)
    } else {
        let end = rest.find(|letter: char| !"IViv".contains(letter)).unwrap_or(rest.len());
        (&rest[..end], &rest[end..], 0)
    };
    let degree = match letters.to_ascii_lowercase().as_str() {
        "n" | "i" => 0,
        "ii" => 1,
        "iii" => 2,
        "iv" => 3,
        "v" => 4,
        "vi" => 5,
        "vii" => 6,
        _ => return None,
    };
    let is_lower = letters.starts_with(['i', 'v']);
    let (mark, figures) = split_mark(rest);
    let third = if is_lower { 3 } else { 4 };
    let fifth = match mark {
        "o" | "ø" => 6,
        "+" => 8,
        _ => 7,
    };
    // Below a lower-case numeral the sixth and the seventh degree of minor are raised, with or without a sign
    // (music21 calls the latter "quality", the former "cautionary"); above a major chord they are as in the signature.
    let mut root = i16::from(key.scale()[degree]) + shift;
    let is_movable = key.is_minor && degree >= 5;
    if is_movable {
        root += i16::from(is_lower || signs.starts_with('#'));
    } else {
        let flats = signs.matches(['b', '-']).count();
        root += if flats > 0 { -1 } else { i16::from(signs.starts_with('#')) };
    }
    let root = above(key, root);
    let seventh = has_seventh(figures).then(|| match mark {
        "o" => 9,
        "ø" => 10,
        _ if figures.contains(['M', 'm']) => 11,
        _ => diatonic_seventh(key, root, degree, is_lower),
    });
    let inversion = inversion(figures, seventh.is_some());
    let bass = match inversion {
        0 => 0,
        1 => third,
        2 => fifth,
        _ => seventh.unwrap_or(0),
    };
    Some(Numeral {
        text: String::new(),
        key,
        root,
        triad: [third, fifth],
        seventh,
        bass: (root + bass) % 12,
        degree: format!("{letters}{mark}"),
    })
}

fn augmented_sixth(text: &str, key: Key) -> Option<Numeral> {
    let (name, fifth) = [("Ger", 7), ("It", 7), ("Fr", 6)].into_iter().find(|(name, _)| text.starts_with(name))?;
    let root = above(key, 8);
    let degree = name.to_owned();
    Some(Numeral { text: String::new(), key, root, triad: [4, fifth], seventh: Some(10), bass: root, degree })
}

/// Semitones above the tonic as a pitch class.
fn above(key: Key, semitones: i16) -> u8 {
    u8::try_from((i16::from(key.tonic) + semitones).rem_euclid(12)).unwrap_or(0)
}

fn split_mark(rest: &str) -> (&str, &str) {
    for (spelling, mark) in [("/o", "ø"), ("ø", "ø"), ("%", "ø"), ("o", "o"), ("°", "o"), ("+", "+")] {
        if let Some(figures) = rest.strip_prefix(spelling) {
            return (mark, figures);
        }
    }
    ("", rest)
}

/// The figures from above, without alterations: `6/5` and `65` are 65, `64b3` is 64.
fn digits(figures: &str) -> String {
    let mut digits = String::new();
    let mut is_altered = false;
    for letter in figures.chars() {
        if letter.is_ascii_digit() && !is_altered {
            digits.push(letter);
        }
        is_altered = matches!(letter, 'b' | '#' | '-');
    }
    digits
}

fn has_seventh(figures: &str) -> bool {
    let digits = digits(figures);
    digits.contains(['7', '9', '2']) || digits.contains("65") || digits.contains("43")
}

fn inversion(figures: &str, is_seventh: bool) -> usize {
    let digits = digits(figures);
    match digits.as_str() {
        "65" => 1,
        "43" => 2,
        "42" | "2" => 3,
        "6" if !is_seventh => 1,
        "64" if !is_seventh => 2,
        _ => 0,
    }
}

/// The seventh of the scale above a root, with the leading tone over the dominant side of minor.
fn diatonic_seventh(key: Key, root: u8, degree: usize, is_lower: bool) -> u8 {
    let top = key.scale()[(degree + 6) % 7];
    let seventh = (key.tonic + top + 24 - root) % 12;
    // Over a minor third, or the dominant's major one, it is a minor seventh.
    if is_lower || degree == 4 { 10 } else { seventh.clamp(10, 11) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Root, third, fifth, seventh and bass of a numeral in a key.
    fn check(text: &str, key: &str, root: u8, above: &[u8], bass: u8) {
        let numeral = Numeral::parse(text, Key::parse(key).expect("a key")).expect(text);
        let found: Vec<u8> = numeral.triad.into_iter().chain(numeral.seventh).collect();
        assert_eq!((numeral.root, found.as_slice(), numeral.bass), (root, above, bass), "{text} in {key}");
    }

    #[test]
    fn numerals_are_the_chords_that_they_stand_for() {
        check("V6/5", "C", 7, &[4, 7, 10], 11);
        check("ii/o6/5", "a", 11, &[3, 6, 10], 2);
        check("viio7", "f#", 5, &[3, 6, 9], 5);
        check("#viio43", "c", 11, &[3, 6, 9], 5);
        check("VII6", "a", 7, &[4, 7], 11);
        check("IV7", "G", 0, &[4, 7, 11], 0);
        check("IVmaj7", "C", 5, &[4, 7, 11], 5);
        check("Cad64", "c", 0, &[3, 7], 7);
        check("N6", "a", 10, &[4, 7], 2);
        check("V7[no3][add4]", "G", 2, &[4, 7, 10], 2);
        check("bVII6", "Eb", 1, &[4, 7], 5);
        check("III+6", "a", 0, &[4, 8], 4);
    }

    #[test]
    fn applied_chords_are_read_in_the_key_of_their_target() {
        check("V7/V", "C", 2, &[4, 7, 10], 2);
        check("viio6/iv", "d", 6, &[3, 6], 9);
        check("V6/5/V", "Bb", 0, &[4, 7, 10], 4);
        check("ii/IV", "Ab", 3, &[3, 7], 3);
        check("V/bVII", "Eb", 8, &[4, 7], 8);
    }

    #[test]
    fn what_is_no_numeral_is_refused() {
        let key = Key { tonic: 0, is_minor: false };
        assert!(["x", "", "7", "?)C"].iter().all(|text| Numeral::parse(text, key).is_none()));
    }
}
