//! Which chords there are, how usually they follow each other, and where they stand.

use ripieno_score::chord::Quality;
use ripieno_score::{Chord, Key, Mode};

use crate::habits::ChordHabits;

/// A chord by its place in the key: semitones above the tonic.
type Degree = (u8, Quality);

/// The chords that are planned, and for each how usually the others follow it; after the table of usual progressions in
/// Kostka & Payne, *Tonal Harmony* (chapter 7), with the dominants of the fifth and the sixth degree.
struct Table {
    degrees: &'static [Degree],
    follows: &'static [&'static [f32]],
}

use Quality::{Diminished, Diminished7, Dominant7, Major, Minor};

#[rustfmt::skip]
const IN_MAJOR: Table = Table {
    degrees: &[
        (0, Major), (2, Minor), (4, Minor), (5, Major), (7, Major), (7, Dominant7), (9, Minor), (11, Diminished),
        (2, Dominant7), (4, Dominant7),
    ],
    follows: &[
        //  I    ii  iii   IV    V   V7   vi vii° V7/V V7/vi
        &[4.0, 1.5, 0.5, 3.0, 2.5, 1.5, 2.0, 0.1, 0.3, 0.2],
        &[0.3, 3.0, 0.1, 0.3, 3.0, 3.0, 0.3, 0.3, 0.3, 0.1],
        &[0.3, 0.6, 2.0, 2.0, 0.2, 0.1, 3.0, 0.1, 0.1, 0.1],
        &[2.5, 1.2, 0.2, 3.0, 2.5, 1.5, 0.3, 0.2, 0.4, 0.1],
        &[4.0, 0.2, 0.1, 0.4, 3.0, 1.5, 1.0, 0.1, 0.1, 0.2],
        &[6.0, 0.1, 0.1, 0.1, 0.3, 3.0, 0.8, 0.1, 0.1, 0.1],
        &[0.5, 2.0, 0.4, 2.5, 1.5, 0.7, 3.0, 0.1, 0.7, 0.1],
        &[4.0, 0.1, 0.2, 0.1, 0.2, 0.5, 0.2, 2.0, 0.1, 0.1],
        &[0.2, 0.2, 0.1, 0.1, 4.0, 2.0, 0.1, 0.1, 2.0, 0.1],
        &[0.2, 0.1, 0.1, 0.6, 0.1, 0.1, 4.0, 0.1, 0.1, 2.0],
    ],
};

#[rustfmt::skip]
const IN_MINOR: Table = Table {
    degrees: &[
        (0, Minor), (2, Diminished), (3, Major), (5, Minor), (7, Major), (7, Dominant7), (8, Major), (10, Major),
        (11, Diminished7),
    ],
    follows: &[
        //  i   ii°  III   iv    V   V7   VI  VII vii°7
        &[4.0, 0.6, 0.8, 2.5, 2.0, 1.5, 1.5, 1.5, 0.2],
        &[0.3, 2.0, 0.1, 0.2, 3.0, 2.0, 0.1, 0.1, 0.3],
        &[0.6, 0.3, 3.0, 1.0, 0.3, 0.2, 2.0, 1.5, 0.1],
        &[2.0, 0.8, 0.2, 3.0, 2.5, 1.5, 0.4, 1.0, 0.3],
        &[4.0, 0.1, 0.1, 0.4, 3.0, 1.5, 1.0, 0.1, 0.1],
        &[6.0, 0.1, 0.1, 0.1, 0.3, 3.0, 0.8, 0.1, 0.1],
        &[0.8, 1.0, 1.2, 1.5, 1.2, 0.8, 3.0, 1.5, 0.1],
        &[1.2, 0.1, 2.5, 0.3, 0.3, 0.2, 1.2, 3.0, 0.1],
        &[4.0, 0.1, 0.1, 0.1, 0.4, 0.5, 0.1, 0.1, 2.0],
    ],
};

/// How much more usual it is to stay on a chord within a bar than the tables say.
const STAY_IN_BAR: f32 = 3.0;
/// How much more usual a chord is where a phrase comes to rest on it.
const CADENCE: f32 = 4.0;
/// Bars of a phrase.
const PHRASE: usize = 4;
/// Steps from chord to chord that are taken for granted before any is counted.
const UNSEEN: f32 = 4.0;
/// Steps from each chord to each other, where it is asked how usual each is.
const RARELY: f32 = 0.1;
/// Half bars after which it does not matter which chord was the first.
const LONG_RUN: usize = 128;
/// A style without harmony has no chord in a larger share of its music.
const MOSTLY: f32 = 0.5;

/// The harmony of one mode.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Grammar {
    /// In the key of C; `None` for no chord.
    chords: Vec<Option<Chord>>,
    follows: Vec<Vec<f32>>,
    /// How usual each chord is.
    shares: Vec<f32>,
    places: Places,
}

/// What the place of a bar says.
#[derive(Debug, Clone, PartialEq)]
enum Places {
    /// Half bars of a period, and how much more usual each chord is there than elsewhere.
    Period(Vec<Vec<f32>>),
    /// Phrases of four bars, which rest on the fifth degree and come home; these two are the states.
    Phrases { home: usize, fifth: usize },
}

impl Grammar {
    /// That of functional harmony.
    pub(crate) fn usual(mode: Mode) -> Self {
        let table = match mode {
            Mode::Major => &IN_MAJOR,
            Mode::Minor => &IN_MINOR,
        };
        let chord = |&(root, quality): &Degree| Some(Chord { root, quality });
        let follows: Vec<Vec<f32>> = table.follows.iter().map(|row| row.to_vec()).collect();
        let mut shares: Vec<f32> = (0..follows.len()).map(|to| follows.iter().map(|row| row[to]).sum()).collect();
        to_shares(&mut shares);
        let fifth = table.degrees.iter().position(|degree| degree == &(7, Major)).unwrap_or(0);
        let places = Places::Phrases { home: 0, fifth };
        Self { chords: table.degrees.iter().map(chord).collect(), follows, shares, places }
    }

    /// That of a style. Where there is no chord for a while, none is planned all the same, unless the style mostly has none.
    pub(crate) fn of(habits: &ChordHabits) -> Self {
        let chords: Vec<Option<Chord>> = habits.chords.iter().map(|&class| ChordHabits::chord(class, 0)).collect();
        let all = of_states(habits, &(0..chords.len()).collect::<Vec<_>>());
        let none: f32 =
            chords.iter().zip(&all.shares).filter(|(chord, _)| chord.is_none()).map(|(_, share)| share).sum();
        if none == 0.0 || none > MOSTLY {
            return all;
        }
        of_states(habits, &(0..chords.len()).filter(|&state| chords[state].is_some()).collect::<Vec<_>>())
    }

    /// The chords in a key of the grammar's mode.
    pub(super) fn in_key(&self, key: Key) -> Vec<Option<Chord>> {
        let move_up = |chord: Chord| Chord { root: (chord.root + key.tonic) % 12, ..chord };
        self.chords.iter().map(|chord| chord.map(move_up)).collect()
    }

    /// Whether a chord stands on the tonic.
    pub(super) fn is_home(&self, state: usize) -> bool {
        let is_stable = |quality| matches!(quality, Major | Minor | Dominant7 | Quality::Major7 | Quality::Minor7);
        self.chords[state].is_some_and(|chord| chord.root == 0 && is_stable(chord.quality))
    }

    /// How usual a chord is where nothing stands before it.
    pub(super) fn share(&self, state: usize) -> f32 {
        self.shares[state]
    }

    /// How much more usual a chord is in half `half` of bar `place` than elsewhere.
    pub(super) fn at(&self, state: usize, place: usize, half: u32) -> f32 {
        let half = usize::from(half > 0);
        match &self.places {
            Places::Period(halves) if halves.is_empty() => 1.0,
            Places::Period(halves) => halves[(2 * place + half) % halves.len()][state],
            &Places::Phrases { home, fifth } => {
                let rests = half == 1 && place % PHRASE == PHRASE - 1;
                match state {
                    // The fifth degree, and home again at the end of the second phrase.
                    state if state == fifth && rests => CADENCE,
                    state if state == home && rests && place % (2 * PHRASE) == 2 * PHRASE - 1 => CADENCE,
                    state if state == home && place == 0 => CADENCE,
                    _ => 1.0,
                }
            }
        }
    }

    /// How usually one chord follows another at the beginning of a bar, or `within` it.
    pub(super) fn follows(&self, from: usize, to: usize, within: bool) -> f32 {
        let stays = from == to && within && matches!(self.places, Places::Phrases { .. });
        self.follows[from][to] * if stays { STAY_IN_BAR } else { 1.0 }
    }
}

/// The grammar of a style with some of its chords.
fn of_states(habits: &ChordHabits, states: &[usize]) -> Grammar {
    let some = |row: &Vec<u32>| -> Vec<f32> { states.iter().map(|&state| row[state] as f32).collect() };
    // Rows of counts may have been scaled, each for itself, and so only say what follows.
    let shares = in_the_long_run(habits, states, &some);
    let smooth = |row: &Vec<u32>| {
        let mut row: Vec<f32> = some(row).iter().zip(&shares).map(|(seen, share)| seen + UNSEEN * share).collect();
        to_shares(&mut row);
        row
    };
    let beside_usual = |row: &Vec<u32>| smooth(row).iter().zip(&shares).map(|(here, share)| here / share).collect();
    Grammar {
        chords: states.iter().map(|&state| ChordHabits::chord(habits.chords[state], 0)).collect(),
        follows: states.iter().map(|&state| smooth(&habits.follows[state])).collect(),
        places: Places::Period(habits.places.iter().map(beside_usual).collect()),
        shares,
    }
}

/// How usual each chord is where it is only known what follows what: what the shares come to when they follow each other for long.
fn in_the_long_run(habits: &ChordHabits, states: &[usize], some: &dyn Fn(&Vec<u32>) -> Vec<f32>) -> Vec<f32> {
    let rows: Vec<Vec<f32>> = states
        .iter()
        .map(|&state| {
            // No chord is left out for ever, and none stays for ever.
            let mut row: Vec<f32> = some(&habits.follows[state]).iter().map(|seen| seen + RARELY).collect();
            to_shares(&mut row);
            row
        })
        .collect();
    let mut shares = vec![1.0 / states.len() as f32; states.len()];
    for _ in 0..LONG_RUN {
        let next = |to: usize| rows.iter().zip(&shares).map(|(row, share)| row[to] * share).sum();
        shares = (0..states.len()).map(next).collect();
    }
    to_shares(&mut shares);
    shares
}

fn to_shares(row: &mut [f32]) {
    let total: f32 = row.iter().sum();
    row.iter_mut().for_each(|value| *value /= total.max(f32::MIN_POSITIVE));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_have_a_row_and_a_column_for_every_chord() {
        for table in [&IN_MAJOR, &IN_MINOR] {
            assert_eq!(table.follows.len(), table.degrees.len());
            assert!(table.follows.iter().all(|row| row.len() == table.degrees.len()));
        }
    }

    #[test]
    fn what_is_usual_is_told_from_rows_that_were_scaled_apart() {
        let class = |root, quality| 1 + Chord { root, quality }.index();
        // Three of four half bars are C, which is counted no larger than G.
        let follows = vec![vec![800, 200, 0], vec![600, 390, 10], vec![10, 0, 990]];
        let habits =
            ChordHabits { chords: vec![class(0, Major), class(7, Major), 121], follows, period: 0, places: Vec::new() };
        let grammar = Grammar::of(&habits);
        assert_eq!(grammar.in_key("C major".parse().unwrap()).len(), 2, "no chord is no harmony");
        assert!((grammar.share(0) - 0.75).abs() < 0.01, "{}", grammar.share(0));
    }

    #[test]
    fn a_chord_stands_where_a_style_has_it() {
        // C and F7 by turns, bar by bar; F7 in bars 2 and 4 of four.
        let class = |root, quality| 1 + Chord { root, quality }.index();
        let (tonic, fourth) = (class(0, Major), class(5, Dominant7));
        let places = (0..8).map(|half| if half / 2 % 2 == 0 { vec![90, 0] } else { vec![0, 90] }).collect();
        let follows = vec![vec![90, 90], vec![90, 90]];
        let grammar = Grammar::of(&ChordHabits { chords: vec![tonic, fourth], follows, period: 4, places });
        let chords = grammar.in_key("D major".parse().unwrap());
        assert_eq!(chords.iter().map(|chord| chord.unwrap().to_string()).collect::<Vec<_>>(), ["D", "G7"]);
        assert!(grammar.is_home(0) && !grammar.is_home(1));
        assert!(grammar.at(0, 0, 0) > 10.0 * grammar.at(1, 0, 0));
        assert!(grammar.at(1, 5, 1) > 10.0 * grammar.at(0, 5, 1));
    }
}
