//! How much a note says: the bits of information in it, for one who knows what music usually does.
//!
//! The interval is guessed from up to four before it, and whether the time between onsets grows, stays or shrinks from
//! what it did the last two times, with the frequencies of the indexed music: a longer context counts as far as it has
//! been seen often (interpolation as in Witten and Bell 1991). A note that goes on with a turn or a pattern that
//! has just been heard, the latter also on other steps of the scale, is nearly certain.

use super::line::{BREAK, interval, relation};

/// Bits of an ordinary note: what a run of notes weighs divided by this is its length in notes that say something.
pub const BITS_PER_NOTE: f32 = 3.5;

/// Bits of a note that goes on with a pattern, and of one that does so a semitone off, as on another step of a scale.
const PATTERN_BITS: (f32, f32) = (0.25, 1.0);
/// The longest pattern that is noticed, in notes: a bar of semiquavers.
const LONGEST_PATTERN: usize = 16;
/// So many notes at least must follow a pattern before it is one.
const PATTERN_NOTES: usize = 4;
/// Intervals of a turn that a line comes back to, and how many notes back that is noticed.
const TURN_NOTES: usize = 5;
const MEMORY_NOTES: usize = 64;
/// How many notes the shorter context counts beside those of a longer one. High enough that the one piece which has a
/// rare turn does not make it usual.
const PRIOR_NOTES: f32 = 100.0;
/// Intervals that are guessed from.
const ORDER: u32 = 4;

/// How often a note goes up by 0 to 11 semitones, octaves left out, in thousandths: counted over the edges of
/// the base corpus's parts.
const USUAL_INTERVALS: [f32; 12] = [258.0, 86.0, 98.0, 58.0, 45.0, 74.0, 16.0, 57.0, 45.0, 60.0, 118.0, 86.0];
/// How often the time between onsets shrinks, stays and grows, counted likewise.
const USUAL_RELATIONS: [f32; 3] = [158.0, 689.0, 153.0];

/// Bits by context.
#[derive(Debug, Clone, PartialEq)]
pub struct Surprise {
    /// By four intervals and the one to be guessed, the last digit in base 12.
    intervals: Vec<f32>,
    /// By two relations and the one to be guessed, the last digit in base 3.
    relations: Vec<f32>,
}

impl Surprise {
    /// Counts the bytes of an index.
    pub(crate) fn of(text: &[u8]) -> Self {
        let mut intervals = vec![0.0f32; 12usize.pow(ORDER + 1)];
        let mut relations = vec![0.0f32; 27];
        for window in text.array_windows().filter(|window: &&[u8; 5]| !window.contains(&BREAK)) {
            intervals[intervals_of(window)] += 1.0;
            relations[relations_of(&window[1..])] += 1.0;
        }
        Self { intervals: bits(intervals, &USUAL_INTERVALS), relations: bits(relations, &USUAL_RELATIONS) }
    }

    /// The bits of the last note of `bytes`, which are those of a line without its first note.
    pub(crate) fn last(&self, bytes: &[u8]) -> f32 {
        let Some(window) = bytes.last_chunk::<5>() else {
            // Nothing is known about the first notes of a line.
            return BITS_PER_NOTE;
        };
        let free = self.intervals[intervals_of(window)] + self.relations[relations_of(&window[1..])];
        let off_by = |period: usize| {
            let notes = period.max(PATTERN_NOTES);
            let tail = bytes.get(bytes.len().checked_sub(period + notes)?..)?;
            let off = tail.iter().zip(&tail[period..]).map(|(&a, &b)| distance(interval(a), interval(b)));
            off.max()
        };
        if has_said_before(bytes) {
            return free.min(PATTERN_BITS.0);
        }
        match (1..=LONGEST_PATTERN).filter_map(off_by).min() {
            Some(0) => free.min(PATTERN_BITS.0),
            Some(1) => free.min(PATTERN_BITS.1),
            _ => free,
        }
    }
}

/// Whether the last note and the ones before it are a turn that the line has had not long ago.
fn has_said_before(bytes: &[u8]) -> bool {
    let recent = &bytes[bytes.len().saturating_sub(MEMORY_NOTES)..];
    let (past, turn) = recent.split_at(recent.len().saturating_sub(TURN_NOTES));
    past.len() >= TURN_NOTES
        && recent[..recent.len() - 1]
            .windows(TURN_NOTES)
            .any(|earlier| earlier.iter().zip(turn).all(|(&a, &b)| interval(a) == interval(b)))
}

/// Semitones between two pitch classes.
fn distance(a: u8, b: u8) -> u8 {
    let up = a.abs_diff(b);
    up.min(12 - up)
}

fn intervals_of(window: &[u8; 5]) -> usize {
    window.iter().fold(0, |index, &byte| index * 12 + usize::from(interval(byte)))
}

fn relations_of(window: &[u8]) -> usize {
    window.windows(2).fold(0, |index, pair| index * 3 + usize::from(relation(pair[0], pair[1])))
}

/// From counts by context and symbol to bits, the context shortened from the front where it is rare.
fn bits(counts: Vec<f32>, usual: &[f32]) -> Vec<f32> {
    let symbols = usual.len();
    let total: f32 = usual.iter().sum();
    let mut guess: Vec<f32> = usual.iter().map(|usual| usual / total).collect();
    let mut contexts = symbols;
    // From no context to the longest: what is added in front repeats the shorter table.
    while contexts <= counts.len() {
        let mut sums = vec![0.0; contexts];
        counts.iter().enumerate().for_each(|(index, count)| sums[index % contexts] += count);
        let shorter = guess;
        guess = vec![0.0; contexts];
        for (context, counts) in sums.chunks(symbols).enumerate() {
            let total: f32 = counts.iter().sum();
            for (symbol, count) in counts.iter().enumerate() {
                let index = context * symbols + symbol;
                guess[index] = (count + PRIOR_NOTES * shorter[index % shorter.len()]) / (total + PRIOR_NOTES);
            }
        }
        contexts *= symbols;
    }
    guess.into_iter().map(|guess| -guess.log2()).collect()
}
