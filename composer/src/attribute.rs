//! What can be said about a bar beside its notes: given, it steers the model; absent, the model decides.

use ripieno_score::chord::{ChordGrid, label_chords};
use ripieno_score::key::{LOCAL_WINDOW_BARS, local_keys};
use ripieno_score::{Chord, GridScore, Key};

use crate::event::EventScore;

/// How many attributes a bar has.
pub const COUNT: usize = 10;
/// Notes a quarter note, all parts together: `1..=8`.
pub const DENSITY: usize = 0;
/// Notes that start together: `1..=6`.
pub const POLYPHONY: usize = 1;
/// Mean pitch in half octaves: `1..=8`.
pub const REGISTER: usize = 2;
/// Share of onsets between the beats: `1..=6`.
pub const RHYTHM: usize = 3;
/// Chord of the first half of the bar: 1 + [`Chord::index`], 121 for no chord.
pub const CHORD_1: usize = 4;
/// Chord of the second half.
pub const CHORD_2: usize = 5;
/// Local key: 1 + [`Key::index`].
pub const KEY: usize = 6;
/// Bars that follow this one: `1..=8` ([`remaining_class`]).
pub const REMAINING: usize = 7;
/// Bars until music that is already given: `1..=16`.
pub const FUTURE: usize = 8;
/// Number of the bar, counted in eights: `1..=8`.
pub const PHRASE: usize = 9;

/// Classes of each attribute; class 0 says nothing.
pub const CLASSES: [usize; COUNT] = [9, 7, 9, 7, Chord::COUNT + 2, Chord::COUNT + 2, 25, 9, 17, 9];

/// The attributes of one bar, zero where nothing is said.
pub type Attributes = [u8; COUNT];

/// The attributes of every bar of a piece; `grid` and `events` are the same piece ([`crate::encode::encode`]).
pub fn describe(grid: &GridScore, events: &EventScore) -> Vec<Attributes> {
    let chords = label_chords(grid, ChordGrid::HalfBar);
    let keys = local_keys(grid, LOCAL_WINDOW_BARS);
    let bars = events.bars.len();
    let mut described: Vec<Attributes> = (0..bars).map(|bar| describe_bar(events, bar)).collect();
    for span in &chords {
        let Some(attributes) = described.get_mut(span.bar) else { continue };
        let class = chord_class(span.chord);
        if attributes[CHORD_1] == 0 {
            attributes[CHORD_1] = class;
        }
        attributes[CHORD_2] = class;
    }
    for (attributes, key) in described.iter_mut().zip(keys) {
        attributes[KEY] = key_class(key);
    }
    described
}

/// The class of a chord, or of no chord.
pub fn chord_class(chord: Option<Chord>) -> u8 {
    chord.map_or(Chord::COUNT as u8 + 1, |chord| chord.index() + 1)
}

/// The class of a key.
pub const fn key_class(key: Key) -> u8 {
    key.index() + 1
}

/// What is said about the same bar moved by semitones: chords and key move along, the rest stays.
pub fn transpose(attributes: &Attributes, semitones: i32) -> Attributes {
    let class = |class: u8| u8::try_from((i32::from(class) + semitones).rem_euclid(12)).expect("below twelve");
    let mut moved = *attributes;
    for kind in [CHORD_1, CHORD_2] {
        if let Some(chord) = attributes[kind].checked_sub(1).and_then(Chord::from_index) {
            moved[kind] = chord_class(Some(Chord { root: class(chord.root), ..chord }));
        }
    }
    if let Some(key) = attributes[KEY].checked_sub(1).and_then(Key::from_index) {
        moved[KEY] = key_class(Key { tonic: class(key.tonic), ..key });
    }
    moved
}

/// The class of "`bars` more bars follow this one".
pub const fn remaining_class(bars: usize) -> u8 {
    match bars {
        0..=3 => bars as u8 + 1,
        4..=7 => 5,
        8..=15 => 6,
        16..=31 => 7,
        _ => 8,
    }
}

/// The class of "given music begins in `bars` bars", `1..=16`.
pub fn future_class(bars: usize) -> u8 {
    bars.clamp(1, 16) as u8
}

/// The class of the bar with this number, counted from zero.
pub const fn phrase_class(bar: usize) -> u8 {
    (bar % 8) as u8 + 1
}

/// The class of a number of notes in a bar of `length` steps.
pub fn density_class(notes: usize, length: u32) -> u8 {
    let per_quarter = notes as f32 * 24.0 / length.max(1) as f32;
    1 + [0.01, 1.01, 2.01, 3.01, 4.01, 6.01, 9.01].iter().filter(|&&limit| per_quarter >= limit).count() as u8
}

fn describe_bar(events: &EventScore, index: usize) -> Attributes {
    let bar = &events.bars[index];
    let mut attributes = [0; COUNT];
    attributes[DENSITY] = density_class(bar.notes.len(), bar.length());
    attributes[REMAINING] = remaining_class(events.bars.len() - 1 - index);
    attributes[PHRASE] = phrase_class(index);
    let mut onsets = 0;
    let mut between_beats = 0;
    let mut last = None;
    let mut pitch_sum = 0u32;
    let mut pitched = 0u32;
    for note in &bar.notes {
        if last != Some(note.position) {
            last = Some(note.position);
            onsets += 1;
            between_beats += u32::from(!note.position.is_multiple_of(24));
        }
        if !events.parts[usize::from(note.part)].is_drums() {
            pitch_sum += u32::from(note.pitch);
            pitched += 1;
        }
    }
    let onsets_f = onsets.max(1) as f32;
    let together = bar.notes.len() as f32 / onsets_f;
    attributes[POLYPHONY] = 1 + [1.25, 1.75, 2.5, 3.5, 5.0].iter().filter(|&&limit| together >= limit).count() as u8;
    let share = between_beats as f32 / onsets_f;
    attributes[RHYTHM] = 1 + [0.1, 0.3, 0.45, 0.6, 0.75].iter().filter(|&&limit| share >= limit).count() as u8;
    if let Some(mean) = pitch_sum.checked_div(pitched) {
        attributes[REGISTER] = (mean / 6).clamp(6, 13) as u8 - 5;
    }
    attributes
}

#[cfg(test)]
mod tests;
