//! Cadences: how phrases end.

use serde::Serialize;

use super::harmony::RomanChord;
use super::place::Place;
use super::roman::Function;
use crate::grid::GridScore;
use crate::key::{Key, Mode};

/// How a phrase ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CadenceKind {
    /// V-I, both in root position, with the tonic on top: a full stop.
    PerfectAuthentic,
    /// Dominant to tonic, but with another note on top, an inversion, or viio for V.
    ImperfectAuthentic,
    /// An end on V: a comma.
    Half,
    /// iv6-V in minor.
    PhrygianHalf,
    /// IV-I: an amen.
    Plagal,
    /// V goes to vi, or anywhere but home.
    Deceptive,
}

/// A cadence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cadence {
    /// Where its last chord begins.
    pub at: Place,
    /// The bar in which its last two chords begin to move.
    pub from_bar: usize,
    /// Where the phrase that it closes ends, in steps.
    pub phrase_end: u32,
    /// Whether its chords are only implied by a line that sounds alone.
    pub is_implied: bool,
    /// How it ends.
    pub kind: CadenceKind,
    /// The key.
    pub key: Key,
    /// Its last two chords.
    pub chords: [String; 2],
}

/// The cadence into the chord `index` and its key, if its last two chords make one; `soprano` is the pitch on top of its last
/// chord. A phrase that ends on a chord of the key which its own dominant leads to is at home there for that moment: V7/V-V, all in
/// root position, is an authentic cadence in the key of the dominant, as in most analyses of chorales.
pub(super) fn cadence(chords: &[RomanChord], index: usize, soprano: Option<u8>) -> Option<(CadenceKind, Key)> {
    match (cadence_in_key(chords, index, soprano), local_home(chords, index)) {
        (None | Some(CadenceKind::Half), Some(home)) => {
            let is_perfect = soprano.is_some_and(|pitch| pitch % 12 == home.tonic);
            Some((if is_perfect { CadenceKind::PerfectAuthentic } else { CadenceKind::ImperfectAuthentic }, home))
        }
        (kind, _) => Some((kind?, chords.get(index)?.key)),
    }
}

/// The key of which the chord `index` is the tonic for a moment, its own dominant leading to it.
fn local_home(chords: &[RomanChord], index: usize) -> Option<Key> {
    let last = chords.get(index).filter(|last| last.is_in_root_position() && last.intervals.len() == 3)?;
    let before = chords[..index].iter().rev().find(|chord| chord.root != last.root)?;
    let leads = before.function == Function::AppliedDominant
        && before.is_in_root_position()
        && before.root == (last.root + 7) % 12
        && before.intervals.contains(&4);
    let mode = if last.intervals.contains(&4) { Mode::Major } else { Mode::Minor };
    leads.then_some(Key { tonic: last.root, mode })
}

fn cadence_in_key(chords: &[RomanChord], index: usize, soprano: Option<u8>) -> Option<CadenceKind> {
    let last = chords.get(index)?;
    let before = chords[..index].iter().rev().find(|chord| chord.root != last.root || chord.key != last.key)?;
    let rests_on_tonic = last.degree() == 0 && last.fit >= 0.6;
    // Where one line alone implies the dominant, its third must be heard.
    let is_heard = !before.is_implied || (last.is_implied && before.is_plain);
    if before.key != last.key || !is_heard || !(last.is_plain || rests_on_tonic) {
        return None;
    }
    let is_dominant = before.function == Function::Dominant && before.degree() != 0;
    let is_phrygian = last.key.mode == Mode::Minor && before.degree() == 5 && before.bass == (before.root + 3) % 12;
    let is_triad = last.intervals.len() == 3;
    match (last.degree(), is_dominant) {
        (0, true) if last.bass == (last.key.tonic + 7) % 12 => None,
        (0, true) => {
            let dominants = chords[..index].iter().rev().take_while(|chord| chord.function == Function::Dominant);
            let rooted = before.degree() == 7 && dominants.take(1).all(RomanChord::is_in_root_position);
            let on_tonic = soprano.is_some_and(|pitch| pitch % 12 == last.key.tonic);
            let is_perfect = rooted && last.is_in_root_position() && on_tonic;
            Some(if is_perfect { CadenceKind::PerfectAuthentic } else { CadenceKind::ImperfectAuthentic })
        }
        (0, false) if before.degree() == 5 && last.is_in_root_position() => Some(CadenceKind::Plagal),
        (7, false) if is_triad && last.function == Function::Dominant && is_phrygian => Some(CadenceKind::PhrygianHalf),
        (7, false) if last.function == Function::Dominant && last.is_in_root_position() => Some(CadenceKind::Half),
        (8 | 9, true) if before.degree() == 7 && before.is_in_root_position() && last.is_in_root_position() => {
            Some(CadenceKind::Deceptive)
        }
        _ => None,
    }
}

/// The cadence as a record.
pub(super) fn record(
    grid: &GridScore,
    chords: &[RomanChord],
    (index, kind, key): (usize, CadenceKind, Key),
    phrase_end: u32,
) -> Cadence {
    let last = &chords[index];
    let before = chords[..index].iter().rev().find(|chord| chord.root != last.root).unwrap_or(last);
    let at = Place::of(grid, last.from.step);
    Cadence {
        at,
        from_bar: before.from.bar,
        phrase_end,
        is_implied: last.is_implied,
        kind,
        key,
        chords: [before.numeral.clone(), last.numeral.clone()],
    }
}
