//! Keys and modulations.

use serde::Serialize;

use super::evidence::Atom;
use super::harmony::RomanChord;
use super::path::{Reading, degree_in};
use super::place::Place;
use super::roman::{Shape, degree, role_of};
use crate::chord::Quality;
use crate::grid::{GridScore, STEPS_PER_QUARTER};
use crate::key::{Key, Mode};

/// A key that lasts less long than this was only touched.
const SHORTEST_AREA: u32 = 4 * STEPS_PER_QUARTER;

/// When the music comes back from the other mode of its key in fewer bars, that lent its chords and was no key of its own.
const FEWEST_BARS_OF_MODE: usize = 8;

/// A stretch in one key.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KeyArea {
    /// Where it begins.
    pub from: Place,
    /// The step at which it ends.
    pub end: u32,
    /// The bar in which it ends.
    pub last_bar: usize,
    /// The key.
    pub key: Key,
    /// How the music came here; `None` for the first key.
    pub arrival: Option<Modulation>,
}

/// How a key is reached.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Modulation {
    /// A chord of both keys is heard in one and left in the other.
    Pivot {
        /// Where the chord begins.
        at: Place,
        /// The numeral in the old key.
        was: String,
        /// The numeral in the new key.
        becomes: String,
    },
    /// From major to minor on the same tonic, or back.
    ChangeOfMode,
    /// Without a chord in common.
    Direct,
}

/// Gives stretches that are too short for a key, or never reach its tonic, to the key around them, and chords of the other
/// mode that the music comes back from to the key on the same tonic.
pub(super) fn settle(atoms: &[Atom], readings: &mut [Reading]) {
    loop {
        let areas = runs(readings);
        let is_weak = |&(start, end): &(usize, usize)| {
            let steps = atoms[end - 1].end - atoms[start].start;
            let has = |wanted: u8| readings[start..end].iter().any(|reading| degree_in(reading) == wanted);
            let tonic = readings[start].key.tonic;
            let is_parallel =
                |at: Option<usize>| at.and_then(|at| readings.get(at)).is_some_and(|at| at.key.tonic == tonic);
            let is_borrowed = is_parallel(start.checked_sub(1))
                && is_parallel(Some(end))
                && atoms[end - 1].bar < atoms[start].bar + FEWEST_BARS_OF_MODE;
            steps < SHORTEST_AREA || is_borrowed || !has(0) || !(has(7) || has(11))
        };
        let weak = areas.iter().enumerate().filter(|(_, area)| is_weak(area));
        let Some((index, &(start, end))) =
            weak.min_by_key(|(_, (start, end))| atoms[end - 1].end - atoms[*start].start)
        else {
            return;
        };
        let length = |&(start, end): &(usize, usize)| atoms[end - 1].end - atoms[start].start;
        let before = index.checked_sub(1).map(|before| areas[before]);
        let after = areas.get(index + 1).copied();
        let host = match (before, after) {
            (Some(before), Some(after)) if length(&after) > length(&before) => after,
            (Some(before), _) => before,
            (None, Some(after)) => after,
            (None, None) => return,
        };
        let key = readings[host.0].key;
        for reading in &mut readings[start..end] {
            reading.key = key;
        }
    }
}

/// Runs of one key, as ranges of atoms.
fn runs(readings: &[Reading]) -> Vec<(usize, usize)> {
    let mut start = 0;
    let chunks = readings.chunk_by(|a, b| a.key == b.key);
    chunks
        .map(|chunk| {
            let run = (start, start + chunk.len());
            start = run.1;
            run
        })
        .collect()
}

/// The key areas under the chords.
pub(super) fn areas(grid: &GridScore, chords: &[RomanChord]) -> Vec<KeyArea> {
    let mut areas: Vec<KeyArea> = Vec::new();
    let mut first = 0;
    for run in chords.chunk_by(|a, b| a.key == b.key) {
        let end = run.last().map_or(0, |chord| chord.end);
        let arrival = areas.last().map(|before| arrival(before.key, &chords[..first], run));
        areas.push(KeyArea {
            from: run[0].from,
            end,
            last_bar: Place::of(grid, end.saturating_sub(1)).bar,
            key: run[0].key,
            arrival,
        });
        first += run.len();
    }
    areas
}

fn arrival(old: Key, before: &[RomanChord], run: &[RomanChord]) -> Modulation {
    let new = run[0].key;
    if old.tonic == new.tonic {
        return Modulation::ChangeOfMode;
    }
    // The first chord of the new key, or the last of the old one: whichever is at home in both.
    let shared = [Some(&run[0]), before.last()].into_iter().flatten().find(|chord| {
        is_at_home(old, chord) && is_at_home(new, chord) && (chord.key != new || degree(new, chord.root) != 7)
    });
    let shared = shared.or_else(|| before.last().filter(|chord| is_at_home(old, chord) && is_at_home(new, chord)));
    shared.map_or(Modulation::Direct, |chord| Modulation::Pivot {
        at: chord.from,
        was: numeral_in(old, chord),
        becomes: numeral_in(new, chord),
    })
}

fn shape(chord: &RomanChord) -> Option<Quality> {
    Quality::ALL.into_iter().find(|quality| quality.intervals() == chord.intervals)
}

/// Whether all notes of a chord belong to the key, and it is a usual chord there.
fn is_at_home(key: Key, chord: &RomanChord) -> bool {
    let classes = key.pitch_classes();
    let Some(quality) = shape(chord) else { return false };
    let role = role_of(key.mode, degree(key, chord.root), Shape::Known(quality));
    let fits = chord.intervals.iter().all(|interval| classes[usize::from((chord.root + interval) % 12)]);
    fits && role.target.is_none() && !(key.mode == Mode::Minor && role.cost >= 1.6)
}

/// The numeral of a chord in a key, with its figures.
fn numeral_in(key: Key, chord: &RomanChord) -> String {
    let Some(quality) = shape(chord) else { return chord.numeral.clone() };
    let role = role_of(key.mode, degree(key, chord.root), Shape::Known(quality));
    let figures = super::roman::figures(Shape::Known(quality), (chord.bass + 12 - chord.root) % 12);
    format!("{}{figures}{}", role.numeral, role.of)
}
