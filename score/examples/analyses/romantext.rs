//! Published analyses: the RomanText format (D. Tymoczko, M. Gotham, M. S. Cuthbert, C. Ariza, "The RomanText format",
//! ISMIR 2019), as music21 and When in Rome use it. What is read: keys, numerals, phrase ends (`||`), repeated
//! measures (`m5-8 = m1-4`) and variants (`m3var1`); other lines are left alone.

use crate::numeral::{Key, Numeral};

/// A published chord.
#[derive(Debug, Clone)]
pub(crate) struct Published {
    /// The number of its measure, as printed.
    pub(crate) measure: u32,
    /// Felt beats, the first is 1.
    pub(crate) beat: f32,
    /// The readings that it has: two where a pivot is read in both keys.
    pub(crate) readings: Vec<Numeral>,
    /// Whether a phrase ends with it.
    pub(crate) ends_phrase: bool,
}

/// A published analysis.
#[derive(Debug, Clone, Default)]
pub(crate) struct RomanText {
    /// The chords in order.
    pub(crate) chords: Vec<Published>,
    /// Other readings of some measures.
    pub(crate) variants: Vec<Published>,
    /// What could not be read.
    pub(crate) unread: Vec<String>,
    /// The words of each measure, to be repeated.
    measures: Vec<(u32, Vec<String>)>,
}

impl RomanText {
    /// The number of the first measure: 0 where there is an upbeat.
    pub(crate) fn first_measure(&self) -> u32 {
        self.chords.first().map_or(1, |chord| chord.measure.min(1))
    }

    pub(crate) fn parse(text: &str) -> Self {
        let mut analysis = Self::default();
        let mut key = Key { tonic: 0, is_minor: false };
        for line in text.lines() {
            let mut words = line.split_whitespace();
            let Some(measure) = words.next().and_then(|word| word.strip_prefix('m')) else { continue };
            if !measure.starts_with(|letter: char| letter.is_ascii_digit()) {
                continue;
            }
            let (number, rest) = number(measure);
            let words: Vec<&str> = words.collect();
            if words.first() == Some(&"=") {
                analysis.copy(number, rest, words.get(1).copied().unwrap_or_default(), &mut key);
            } else if rest.starts_with("var") {
                let before = analysis.chords.iter().rev().find(|chord| chord.measure < number);
                let mut local = before.and_then(|chord| chord.readings.last()).map_or(key, |reading| reading.key);
                let mut variant = Self::default();
                variant.measure(number, &words, &mut local);
                analysis.variants.append(&mut variant.chords);
            } else {
                analysis.measure(number, &words, &mut key);
            }
        }
        analysis
    }

    fn measure(&mut self, measure: u32, words: &[&str], key: &mut Key) {
        self.measures.push((measure, words.iter().map(|&word| word.to_owned()).collect()));
        let mut beat = 1.0;
        let mut is_new = true;
        for word in words {
            if let Some(number) = word.strip_prefix('b').and_then(|number| number.parse().ok()) {
                (beat, is_new) = (number, true);
            } else if let Some(new) = word.strip_suffix(':').and_then(Key::parse) {
                *key = new;
            } else if word.contains('|') {
                if let Some(last) = self.chords.last_mut().filter(|_| !word.ends_with(':') || word.starts_with(':')) {
                    last.ends_phrase = true;
                }
            } else if let Some(numeral) = Numeral::parse(word, *key) {
                match self.chords.last_mut() {
                    Some(last) if !is_new => last.readings.push(numeral),
                    _ => self.chords.push(Published { measure, beat, readings: vec![numeral], ends_phrase: false }),
                }
                is_new = false;
            } else {
                self.unread.push(format!("m{measure} {word}"));
            }
        }
    }

    /// `m5-8 = m1-4`: the numerals of other measures again, in the key that holds now.
    fn copy(&mut self, first: u32, rest: &str, from: &str, key: &mut Key) {
        let last = rest.strip_prefix('-').map_or(first, |last| number(last.trim_start_matches('m')).0);
        let (source, _) = number(from.trim_start_matches('m'));
        let sources = source..=source.saturating_add(last.saturating_sub(first));
        let copies: Vec<_> = self.measures.iter().filter(|(measure, _)| sources.contains(measure)).cloned().collect();
        // Some files say what a measure repeats after they have said something about it.
        self.chords.retain(|chord| !(first..=last).contains(&chord.measure));
        for (measure, words) in copies {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            self.measure(measure - source + first, &words, key);
        }
    }
}

fn number(text: &str) -> (u32, &str) {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    (text[..end].parse().unwrap_or(0), &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_beats_pivots_phrases_and_repeats_are_read() {
        let text = "Title: made for this test\nTime Signature: 4/4\n\nm0 b4 C: I\nm1 I b3 V7 b4.5 vi G: ii ||\n\
                    m2 V ||: b3 I :||\nm3-4 = m1-2\nm2var1 V7\nPedal: G m1 m2\nNote: m1 is plain\nm5 D: = ?";
        let analysis = RomanText::parse(text);
        let chords: Vec<String> = analysis
            .chords
            .iter()
            .map(|chord| {
                let texts: Vec<&str> = chord.readings.iter().map(|reading| reading.text.as_str()).collect();
                let end = if chord.ends_phrase { " ||" } else { "" };
                format!("{} {} {}{end}", chord.measure, chord.beat, texts.join("="))
            })
            .collect();
        let expected = [
            "0 4 I",
            "1 1 I",
            "1 3 V7",
            "1 4.5 vi=ii ||",
            "2 1 V",
            "2 3 I ||",
            "3 1 I",
            "3 3 V7",
            "3 4.5 vi=ii ||",
            "4 1 V",
            "4 3 I ||",
        ];
        assert_eq!(chords, expected);
        // A pivot has two readings of one chord; what is repeated is read in the key that holds now.
        assert_eq!(analysis.chords[3].readings[0].root, analysis.chords[3].readings[1].root);
        assert_eq!((analysis.chords[1].readings[0].root, analysis.chords[6].readings[0].root), (0, 7));
        assert_eq!(analysis.variants.len(), 1);
        assert_eq!(analysis.first_measure(), 0);
        assert_eq!(analysis.unread, ["m5 =", "m5 ?"]);
    }
}
