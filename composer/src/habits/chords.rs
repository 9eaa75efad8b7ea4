//! Which chords follow each other in a style, and where in a period they stand.

use ripieno_score::chord::Quality;
use ripieno_score::{Chord, Key, Mode};
use serde::{Deserialize, Serialize};

use crate::attribute::{self, Attributes, chord_class};
use crate::train::Piece;

/// Chords that are told apart.
const CHORDS: usize = 16;
/// Half bars from which habits can be told.
const FEWEST_HALVES: u32 = 64;
/// Lengths of a period, in bars, after which the harmony may come back.
const PERIODS: [u8; 4] = [4, 8, 12, 16];
/// Counts are kept no more exactly than this.
const LARGEST: u32 = 999;

/// The grammar of a style's harmony, half bar by half bar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChordHabits {
    /// The usual chords, most frequent first, as classes of [`chord_class`] in the key of C: 121 for no chord.
    pub chords: Vec<u8>,
    /// How often each chord (column) follows each other (row).
    pub follows: Vec<Vec<u32>>,
    /// Bars after which the harmony comes back; 0 where its place says nothing.
    pub period: u8,
    /// For each half bar of a period, how often each chord stands there.
    pub places: Vec<Vec<u32>>,
}

impl ChordHabits {
    pub(super) fn of(pieces: &[&Piece], mode: Mode) -> Option<Self> {
        let in_mode = |piece: &&&Piece| home(piece).is_some_and(|key| key.mode == mode);
        let of_pieces: Vec<Vec<u8>> = pieces.iter().filter(in_mode).map(|piece| halves(piece)).collect();
        let mut counts = [0u32; 256];
        of_pieces.iter().flatten().for_each(|&class| counts[usize::from(class)] += 1);
        if counts.iter().sum::<u32>() < FEWEST_HALVES {
            return None;
        }
        let mut chords: Vec<u8> = (0..=u8::MAX).filter(|&class| counts[usize::from(class)] > 0).collect();
        chords.sort_by_key(|&class| (std::cmp::Reverse(counts[usize::from(class)]), class));
        chords.truncate(CHORDS);
        let state = |half: u8| chords.iter().position(|&class| class == half);
        let mut follows = vec![vec![0; chords.len()]; chords.len()];
        for pair in of_pieces.iter().flat_map(|halves| halves.windows(2)) {
            if let (Some(from), Some(to)) = (state(pair[0]), state(pair[1])) {
                follows[from][to] += 1;
            }
        }
        let count_places = |period: u8| {
            let mut places = vec![vec![0u32; chords.len()]; 2 * usize::from(period)];
            for halves in &of_pieces {
                for (place, &half) in halves.iter().enumerate() {
                    if let Some(state) = state(half) {
                        places[place % (2 * usize::from(period))][state] += 1;
                    }
                }
            }
            places
        };
        let best = PERIODS
            .into_iter()
            .map(|period| (period, count_places(period)))
            .map(|(period, places)| (gain(&places), period, places))
            .filter(|(gain, ..)| *gain > 0.0)
            .max_by(|one, other| one.0.total_cmp(&other.0));
        let (period, mut places) = best.map_or((0, Vec::new()), |(_, period, places)| (period, places));
        places.iter_mut().chain(&mut follows).for_each(|row| scale(row));
        Some(Self { chords, follows, period, places })
    }

    /// The chord behind a class of [`chords`](Self::chords), in a key with this tonic.
    pub fn chord(class: u8, tonic: u8) -> Option<Chord> {
        let chord = Chord::from_index(class.checked_sub(1)?)?;
        Some(Chord { root: (chord.root + tonic) % 12, ..chord })
    }

    pub(super) fn is_valid(&self) -> bool {
        let count = self.chords.len();
        let is_row = |row: &Vec<u32>| row.len() == count && row.iter().all(|&count| count <= LARGEST);
        (1..=CHORDS).contains(&count)
            && self.chords.iter().all(|&class| (1..=chord_class(None)).contains(&class))
            && self.follows.len() == count
            && self.places.len() == 2 * usize::from(self.period)
            && self.period <= PERIODS[PERIODS.len() - 1]
            && self.follows.iter().chain(&self.places).all(is_row)
    }
}

/// The chords of a piece by half bars, in the key of C.
fn halves(piece: &Piece) -> Vec<u8> {
    let tonic = home(piece).map_or(0, |key| key.tonic);
    let at_home = |class: u8| {
        let chord = Chord::from_index(class.saturating_sub(1));
        chord_class(chord.map(|chord| Chord { root: (chord.root + 12 - tonic) % 12, ..chord }))
    };
    piece
        .attributes
        .iter()
        .flat_map(|said| [attribute::CHORD_1, attribute::CHORD_2].map(|kind| at_home(said[kind])))
        .collect()
}

/// The key whose tonic chord a piece begins and ends with, else that of most bars. A blues has the notes of other keys: it is at home
/// where its dominant sevenths are at rest.
pub(super) fn home(piece: &Piece) -> Option<Key> {
    if let Some(tonic) = home_of_sevenths(piece) {
        return Some(Key { tonic, mode: Mode::Major });
    }
    let chord = |said: &Attributes, kind: usize| said[kind].checked_sub(1).and_then(Chord::from_index);
    let first = piece.attributes.iter().find_map(|said| chord(said, attribute::CHORD_1));
    let last = piece.attributes.iter().rev().find_map(|said| chord(said, attribute::CHORD_2));
    match (first, last) {
        (Some(first), Some(last)) if first.root == last.root => {
            let is_minor = last.quality.intervals().contains(&3);
            Some(Key { tonic: last.root, mode: if is_minor { Mode::Minor } else { Mode::Major } })
        }
        _ => super::key_of_most_bars(piece),
    }
}

/// The tonic of a piece whose tonic and subdominant are both dominant sevenths, as in a blues; `None` where they are not.
fn home_of_sevenths(piece: &Piece) -> Option<u8> {
    let (mut roots, mut sevenths) = ([0u32; 12], [0u32; 12]);
    for said in &piece.attributes {
        for kind in [attribute::CHORD_1, attribute::CHORD_2] {
            if let Some(chord) = said[kind].checked_sub(1).and_then(Chord::from_index) {
                roots[usize::from(chord.root)] += 1;
                sevenths[usize::from(chord.root)] += u32::from(chord.quality == Quality::Dominant7);
            }
        }
    }
    let all: u32 = roots.iter().sum();
    let tonic = (0..12).max_by_key(|&root| (sevenths[root], std::cmp::Reverse(root)))?;
    let [fourth, flat_seventh] = [5, 10].map(|up| (tonic + up) % 12);
    let is_home = sevenths[tonic] * 8 >= all.max(1)
        && sevenths[fourth] * 20 >= all
        && sevenths[fourth] * 4 >= roots[fourth]
        // A chain of dominants leads on to the seventh degree of the first.
        && roots[tonic] >= roots[fourth] && roots[tonic] >= 2 * roots[flat_seventh];
    is_home.then_some(tonic as u8)
}

/// What knowing the place in the period saves, in nats, less what its numbers cost (Schwarz 1978, "Estimating the
/// Dimension of a Model").
fn gain(places: &[Vec<u32>]) -> f64 {
    let states = places.first().map_or(0, Vec::len);
    let sum = |row: &[u32]| f64::from(row.iter().sum::<u32>());
    let log_likelihood = |row: &[u32]| {
        let total = sum(row);
        row.iter()
            .filter(|&&count| count > 0)
            .map(|&count| f64::from(count) * (f64::from(count) / total).ln())
            .sum::<f64>()
    };
    let all: Vec<u32> = (0..states).map(|state| places.iter().map(|row| row[state]).sum()).collect();
    let parameters = (places.len().saturating_sub(1) * states.saturating_sub(1)) as f64;
    let saved = places.iter().map(|row| log_likelihood(row)).sum::<f64>() - log_likelihood(&all);
    saved - 0.5 * parameters * sum(&all).max(1.0).ln()
}

fn scale(row: &mut [u32]) {
    let most = row.iter().copied().max().unwrap_or(0);
    if most > LARGEST {
        let scaled = |count: u32| u32::try_from(u64::from(count) * u64::from(LARGEST) / u64::from(most));
        row.iter_mut().for_each(|count| *count = scaled(*count).unwrap_or(LARGEST));
    }
}
