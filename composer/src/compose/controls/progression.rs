//! Chords that somebody asks for.

use std::fmt;
use std::str::FromStr;

use ripieno_score::chord::{ChordGrid, label_chords};
use ripieno_score::{Chord, GridScore, Score};
use serde::{Deserialize, Serialize};

use crate::encode::split_long_bars;

/// A chord for each half of every bar, over and over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progression {
    /// The bars, at least one. `None` leaves the harmony to the program.
    pub bars: Vec<[Option<Chord>; 2]>,
    /// Where they begin.
    pub anchor: Anchor,
}

/// Where a progression begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Anchor {
    /// With the first bar that is written; with each section of a form again.
    Written,
    /// With the first bar of the piece.
    Piece,
}

impl Progression {
    /// The chords of a piece, to be used at the same places. `None` where no chord is heard in it at all.
    pub fn of(score: &Score) -> Option<Self> {
        let grid = split_long_bars(&GridScore::from_score(score).0);
        let mut bars = vec![[None; 2]; grid.bars.len()];
        for span in label_chords(&grid, ChordGrid::HalfBar) {
            let Some(bar) = bars.get_mut(span.bar) else { continue };
            let half = usize::from(span.start > grid.bars[span.bar].start);
            bar[half] = span.chord;
        }
        bars.iter().flatten().any(Option::is_some).then_some(Self { bars, anchor: Anchor::Piece })
    }
}

/// A text that is no progression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseProgressionError {
    /// A chord that is none.
    #[error(transparent)]
    Chord(#[from] ripieno_score::chord::ParseChordError),
    /// More chords than halves.
    #[error("`{0}` are too many chords for one bar: at most two, one for each half; put a `|` between bars")]
    Crowded(String),
    /// Nothing.
    #[error("there are no chords: write `Am | F | C | G`, a bar line between bars")]
    Empty,
}

impl FromStr for Progression {
    type Err = ParseProgressionError;

    /// `Am | F C | % | -`: bar lines (or ends of lines) between bars, one or two chords in each; `%` repeats the bar
    /// before, `-` or `N.C.` leaves a half to the program. Without a bar line each chord has a bar.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // What stands behind `#` at the start of a line is a comment; a sharp never stands there.
        let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
        let text = lines.collect::<Vec<_>>().join("\n");
        let has_bar_lines = text.contains('|') || text.trim().contains('\n');
        let mut bars: Vec<[Option<Chord>; 2]> = Vec::new();
        let words = |text: &str| {
            text.split([' ', '\t', ','])
                .map(str::trim)
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let cells: Vec<Vec<String>> = match has_bar_lines {
            true => text.split(['|', '\n', '\r']).map(words).filter(|cell| !cell.is_empty()).collect(),
            false => words(&text).into_iter().map(|word| vec![word]).collect(),
        };
        let chord = |word: &str| match word {
            "-" | "N.C." | "NC" | "n.c." => Ok(None),
            _ => word.parse().map(Some),
        };
        for cell in cells {
            let bar = match cell.iter().map(String::as_str).collect::<Vec<_>>()[..] {
                ["%"] => bars.last().copied().ok_or(ParseProgressionError::Empty)?,
                [only] => [chord(only)?; 2],
                [first, second] => [chord(first)?, chord(second)?],
                _ => return Err(ParseProgressionError::Crowded(cell.join(" "))),
            };
            bars.push(bar);
        }
        if bars.iter().flatten().all(Option::is_none) {
            return Err(ParseProgressionError::Empty);
        }
        Ok(Self { bars, anchor: Anchor::Written })
    }
}

/// `Am | F C | -`.
impl fmt::Display for Progression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |chord: Option<Chord>| chord.map_or("-".to_owned(), |chord| chord.to_string());
        let bar = |[first, second]: &[Option<Chord>; 2]| match first == second {
            true => name(*first),
            false => format!("{} {}", name(*first), name(*second)),
        };
        f.write_str(&self.bars.iter().map(bar).collect::<Vec<_>>().join(" | "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        text.parse::<Progression>().map_or_else(|error| error.to_string(), |chords| chords.to_string())
    }

    #[test]
    fn bars_hold_one_chord_or_two() {
        assert_eq!(read("Am | F | C | G"), "Am | F | C | G");
        assert_eq!(read("Am F C G"), "Am | F | C | G");
        assert_eq!(read("| Am F | % | - G7 |"), "Am F | Am F | - G7");
        assert_eq!(read("# verse\nC\nG7\n"), "C | G7");
        assert_eq!(read("C | G7 ||"), "C | G7");
    }

    #[test]
    fn what_is_no_progression_is_refused() {
        assert!(read("Am | X").contains("`X` is no chord"));
        assert!(read("Am F C | G").contains("too many"));
        assert!(read("").contains("no chords"));
        assert!(read("% | C").contains("no chords"));
        assert!(read("- | -").contains("no chords"));
    }
}
