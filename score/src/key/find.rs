//! Finding the key: how well the notes fit each of 24 profiles.

use serde::{Deserialize, Serialize};

use super::Key;
use super::path::best_path;
use crate::grid::{GridNote, GridScore, STEPS_PER_QUARTER};

/// How much of each pitch class, from C upwards.
type Weights = [f32; 12];

/// How well each key fits, by [`Key::index`].
type Fits = [f32; 24];

/// How often each degree above the tonic occurs in a span of music: D. Temperley, *Music and Probability* (MIT Press,
/// 2007), chapter 6, counted in the examples of Kostka and Payne's harmony textbook.
const MAJOR_PROFILE: Weights = [0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400];
const MINOR_PROFILE: Weights = [0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330];

/// A longer note says no more about the key than a quarter note does.
const LONGEST_STEPS: u32 = STEPS_PER_QUARTER;

/// How far the beginning and the end of a piece reach, where the key is most often plain.
const FRAME_STEPS: u32 = 8 * STEPS_PER_QUARTER;

/// What the beginning and the end count beside the whole piece, each.
const FRAME_WEIGHT: f32 = 0.4;

/// What the key of the piece counts in that of a bar, beside the bars around it.
const GLOBAL_WEIGHT: f32 = 0.25;

/// How much better, summed over its bars, a new key must fit to be believed; windows across a modulation look like some
/// third key for a few bars.
const CHANGE_COST: f32 = 0.5;

/// The bars on each side of a bar that [`local_keys`] should look at unless there is a reason for another number.
pub const LOCAL_WINDOW_BARS: usize = 4;

/// The key that a piece seems to be in.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct KeyEstimate {
    /// The best key.
    pub key: Key,
    /// By how much the best key fits better than the second: 0 is a toss-up or silence, above 0.4 the key is plain.
    pub confidence: f32,
    /// The second best.
    pub second: Key,
}

/// The key whose profile correlates best with the weights of the pitch classes, C first, and by how much it does
/// better than the second best (`0.0..=2.0`). C major and 0 when all weights are alike.
///
/// The method of C. L. Krumhansl, *Cognitive Foundations of Musical Pitch* (Oxford, 1990), with better profiles.
pub fn find_key(weights: &[f32; 12]) -> (Key, f32) {
    let estimate = best(&fits(weights));
    (estimate.key, estimate.confidence)
}

/// The key of a whole piece, from its notes alone: their durations (drums left out), and once more those at its beginning
/// and its end.
pub fn find_key_of(grid: &GridScore) -> KeyEstimate {
    best(&global_fits(grid))
}

/// The key around each bar: of the bar and `window_bars` on each side, leaning towards the key of the piece.
pub fn local_keys(grid: &GridScore, window_bars: usize) -> Vec<Key> {
    let global = global_fits(grid);
    let sums = prefix_sums(grid);
    let bars = grid.bars.len();
    let fits_at = |bar: usize| -> Fits {
        let start = bar.saturating_sub(window_bars);
        let end = bar.saturating_add(window_bars).saturating_add(1).min(bars);
        #[expect(clippy::cast_possible_truncation, reason = "only proportions matter")]
        let window: Weights = std::array::from_fn(|class| (sums[end][class] - sums[start][class]) as f32);
        let window = fits(&window);
        std::array::from_fn(|key| window[key] + GLOBAL_WEIGHT * global[key])
    };
    best_path((0..bars).map(fits_at), CHANGE_COST).into_iter().map(key_of_index).collect()
}

/// Steps of each pitch class in all bars before a bar; one entry more than there are bars.
fn prefix_sums(grid: &GridScore) -> Vec<[f64; 12]> {
    let mut sums = vec![[0.0; 12]; grid.bars.len() + 1];
    let mut sum = [0.0; 12];
    for bar in 0..grid.bars.len() {
        for note in grid.notes_in_bars(bar..bar + 1).iter().filter(|note| grid.is_pitched(note)) {
            sum[usize::from(note.pitch % 12)] += f64::from(counted_steps(note));
        }
        sums[bar + 1] = sum;
    }
    sums
}

fn global_fits(grid: &GridScore) -> Fits {
    let notes = || grid.notes.iter().filter(|note| grid.is_pitched(note));
    let start = notes().map(|note| note.onset).min().unwrap_or(0);
    let end = notes().map(GridNote::end).max().unwrap_or(0);
    let whole = fits(&weigh(notes()));
    let opening = fits(&weigh(notes().filter(|note| note.onset < start.saturating_add(FRAME_STEPS))));
    let close = fits(&weigh(notes().filter(|note| note.onset >= end.saturating_sub(FRAME_STEPS))));
    std::array::from_fn(|key| whole[key] + FRAME_WEIGHT * (opening[key] + close[key]))
}

fn weigh<'a>(notes: impl Iterator<Item = &'a GridNote>) -> Weights {
    let mut steps = [0_u64; 12];
    for note in notes {
        steps[usize::from(note.pitch % 12)] += u64::from(counted_steps(note));
    }
    steps.map(|steps| steps as f32)
}

fn counted_steps(note: &GridNote) -> u32 {
    note.duration.min(LONGEST_STEPS)
}

/// The correlation of the weights with the profile of every key; zeros when all weights are alike.
fn fits(weights: &Weights) -> Fits {
    let weights = standardised(weights);
    let (major, minor) = (standardised(&MAJOR_PROFILE), standardised(&MINOR_PROFILE));
    std::array::from_fn(|index| {
        let (profile, tonic) = if index < 12 { (&major, index) } else { (&minor, index - 12) };
        (0..12).map(|degree| profile[degree] * weights[(tonic + degree) % 12]).sum()
    })
}

/// Mean zero and length one, or all zeros.
fn standardised(weights: &Weights) -> Weights {
    let mean = weights.iter().sum::<f32>() / 12.0;
    let centred = weights.map(|weight| weight - mean);
    let length = centred.iter().map(|weight| weight * weight).sum::<f32>().sqrt();
    if length <= f32::EPSILON * mean.abs() { [0.0; 12] } else { centred.map(|weight| weight / length) }
}

fn best(fits: &Fits) -> KeyEstimate {
    let mut order: Vec<u8> = (0..24).collect();
    // Stable: of keys that fit alike the first one is taken.
    order.sort_by(|&a, &b| fits[usize::from(b)].total_cmp(&fits[usize::from(a)]));
    let [first, second] = [order[0], order[1]];
    let confidence = fits[usize::from(first)] - fits[usize::from(second)];
    KeyEstimate { key: key_of_index(first), confidence, second: key_of_index(second) }
}

fn key_of_index(index: u8) -> Key {
    Key::from_index(index).expect("fits have 24 entries, one a key")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{GridBar, GridPart, Instrument, Meter, Program};

    /// A piece of quarter notes, four a bar.
    fn melody(pitches: &[u8]) -> GridScore {
        let notes = (0_u32..).zip(pitches).map(|(index, &pitch)| GridNote {
            onset: index * 24,
            part: 0,
            pitch,
            duration: 24,
            velocity: 80,
        });
        let bars = (0..u32::try_from(pitches.len().div_ceil(4)).expect("short")).map(|bar| GridBar {
            start: bar * 96,
            length: 96,
            meter: Meter::COMMON,
            tempo_bpm: 120.0,
        });
        let part = GridPart { name: String::new(), instrument: Instrument::Program(Program::default()) };
        GridScore { parts: vec![part], bars: bars.collect(), notes: notes.collect() }
    }

    fn check(pitches: &[u8], expect: &str) {
        let estimate = find_key_of(&melody(pitches));
        assert_eq!(estimate.key.to_string(), expect, "{estimate:?}");
        assert!(estimate.confidence > 0.0);
        assert_ne!(estimate.key, estimate.second);
    }

    const C_MAJOR: [u8; 16] = [60, 62, 64, 65, 67, 69, 67, 65, 64, 67, 72, 71, 72, 67, 64, 60];
    const A_MINOR: [u8; 16] = [57, 59, 60, 62, 64, 65, 64, 62, 60, 57, 56, 57, 59, 60, 59, 57];

    #[test]
    fn plain_melodies_are_in_their_key() {
        check(&C_MAJOR, "C major");
        check(&A_MINOR, "A minor");
    }

    #[test]
    fn a_transposed_melody_is_in_the_transposed_key() {
        for up in 0..12 {
            let key = find_key_of(&melody(&A_MINOR.map(|pitch| pitch + up))).key;
            assert_eq!(key.index(), 12 + (9 + up) % 12);
        }
    }

    #[test]
    fn drums_and_silence_say_nothing() {
        let mut drums = melody(&A_MINOR);
        drums.parts[0].instrument = Instrument::Drums;
        assert_eq!(find_key_of(&drums).confidence, 0.0);
        assert_eq!(find_key(&[3.0; 12]).1, 0.0);
        assert_eq!(find_key_of(&GridScore::default()), find_key_of(&drums));
        assert_eq!(local_keys(&GridScore::default(), LOCAL_WINDOW_BARS), []);
    }

    #[test]
    fn a_modulation_is_followed_bar_by_bar() {
        let mut pitches = C_MAJOR.repeat(3);
        pitches.extend(C_MAJOR.map(|pitch| pitch + 4).repeat(3));
        pitches.extend(C_MAJOR.repeat(3));
        let keys = local_keys(&melody(&pitches), LOCAL_WINDOW_BARS);
        assert_eq!(keys.len(), 36);
        assert_eq!([0, 18, 35].map(|bar: usize| keys[bar].to_string()), ["C major", "E major", "C major"]);
        let changes = keys.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert_eq!(changes, 2);
        assert!(local_keys(&melody(&pitches), usize::MAX).iter().all(|key| key.index() == 0));
    }
}
