//! A form in letters.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Sections that a piece can have.
const MOST_SECTIONS: usize = 32;

/// Sections of equal length, a letter each; a letter that was there comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormWish(String);

impl FormWish {
    /// The letters, `A` to `Z`, at least one.
    pub fn letters(&self) -> impl Iterator<Item = char> + '_ {
        self.0.chars()
    }

    /// For every section, the earlier one that it brings back.
    pub fn returns(&self) -> Vec<Option<usize>> {
        let letters: Vec<char> = self.letters().collect();
        let first = |index: usize| letters.iter().position(|&letter| letter == letters[index]);
        (0..letters.len()).map(|index| first(index).filter(|&first| first < index)).collect()
    }
}

/// A text that names no form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no form: write a letter for each section, such as AABA; at most {MOST_SECTIONS}")]
pub struct ParseFormError {
    /// What was given.
    pub text: String,
}

impl FromStr for FormWish {
    type Err = ParseFormError;

    /// `AABA`, `A A' B A`, `a-b-a`: primes say what is so anyway, that a return is varied.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let kept = |c: &char| !matches!(c, ' ' | '-' | '\'' | '’' | '|' | ',');
        let letters: String = text.chars().filter(kept).map(|letter| letter.to_ascii_uppercase()).collect();
        let is_form = (1..=MOST_SECTIONS).contains(&letters.len()) && letters.chars().all(|c| c.is_ascii_uppercase());
        if is_form { Ok(Self(letters)) } else { Err(ParseFormError { text: text.to_owned() }) }
    }
}

impl fmt::Display for FormWish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_were_there_come_back() {
        let form: FormWish = "A a' b-A".parse().unwrap();
        assert_eq!(form.to_string(), "AABA");
        assert_eq!(form.returns(), [None, Some(0), None, Some(0)]);
        for text in ["", "A1", "Ä", &"A".repeat(33)] {
            assert!(text.parse::<FormWish>().is_err(), "{text}");
        }
    }
}
