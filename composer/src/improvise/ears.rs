//! What the person plays: notes on the grid, the chord that is held, when a phrase has ended.

use std::collections::VecDeque;

use ripieno_score::Chord;

use crate::vocabulary::PITCHES;

/// Steps within which a note that is off a sixteenth or a triplet is meant to be on it.
const SLACK: f64 = 2.0;
/// Notes are remembered this long for the chord that they make, in steps: a beat.
const CHORD_MEMORY: f64 = 24.0;
/// Notes that are remembered at most: thousands a second must not cost more than a few.
const REMEMBERED: usize = 64;

/// A key that went down.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Heard {
    pitch: u8,
    onset: f64,
    /// `None` while the key is down.
    end: Option<f64>,
}

/// Listens.
#[derive(Debug, Clone)]
pub(super) struct Ears {
    notes: VecDeque<Heard>,
    held: [bool; PITCHES],
    /// When the last key went down or up.
    last: Option<f64>,
    /// When the phrase that goes on, or the last one, began.
    phrase_start: f64,
    /// How often each pitch class was heard; what is long ago counts less.
    classes: [f32; 12],
}

impl Ears {
    pub(super) fn new() -> Self {
        Self { notes: VecDeque::new(), held: [false; PITCHES], last: None, phrase_start: 0.0, classes: [0.0; 12] }
    }

    /// A key goes down at `step`.
    pub(super) fn note_on(&mut self, step: f64, pitch: u8) {
        if self.silent_for(step).is_none_or(|silence| silence > 24.0) {
            self.phrase_start = step;
        }
        self.note_off(step, pitch);
        self.held[usize::from(pitch)] = true;
        self.last = Some(step);
        self.classes.iter_mut().for_each(|weight| *weight *= 0.99);
        self.classes[usize::from(pitch % 12)] += 1.0;
        self.notes.push_back(Heard { pitch, onset: step, end: None });
        if self.notes.len() > REMEMBERED {
            self.notes.pop_front();
        }
    }

    /// A key goes up.
    pub(super) fn note_off(&mut self, step: f64, pitch: u8) {
        if !std::mem::take(&mut self.held[usize::from(pitch)]) {
            return;
        }
        self.last = Some(step);
        for note in self.notes.iter_mut().filter(|note| note.pitch == pitch && note.end.is_none()) {
            note.end = Some(step);
        }
    }

    /// All keys go up.
    pub(super) fn all_off(&mut self, step: f64) {
        (0..PITCHES as u8).for_each(|pitch| self.note_off(step, pitch));
    }

    /// Steps since the last key went down or up; 0 while one is held, `None` before the first.
    pub(super) fn silent_for(&self, now: f64) -> Option<f64> {
        let last = self.last?;
        Some(if self.held.contains(&true) { 0.0 } else { (now - last).max(0.0) })
    }

    /// Steps from the beginning to the end of the last phrase.
    pub(super) fn phrase_length(&self) -> f64 {
        self.last.map_or(0.0, |last| (last - self.phrase_start).max(0.0))
    }

    /// How often each pitch class was heard lately.
    pub(super) fn classes(&self) -> &[f32; 12] {
        &self.classes
    }

    /// How many pitch classes the keys below `split` that are down make.
    pub(super) fn held_classes(&self, split: u8) -> usize {
        let down = |class: usize| (class..usize::from(split)).step_by(12).any(|pitch| self.held[pitch]);
        (0..12).filter(|&class| down(class)).count()
    }

    /// The chord of the keys below `split` that are down, or were within the last beat; `None` unless at least `least`
    /// pitch classes make one.
    pub(super) fn chord(&self, now: f64, split: u8, least: usize) -> Option<Chord> {
        let left = || self.notes.iter().filter(|note| note.pitch < split);
        // Keys that are down are the chord; else those that were struck together or broken within a beat.
        let down: Vec<u8> = left().filter(|note| note.end.is_none()).map(|note| note.pitch).collect();
        let newest = left().map(|note| note.onset).fold(f64::MIN, f64::max);
        let recent =
            |note: &&Heard| note.end.is_none_or(|end| now - end < CHORD_MEMORY) && newest - note.onset < CHORD_MEMORY;
        let classes = |pitches: &[u8]| -> [bool; 12] {
            std::array::from_fn(|class| pitches.iter().any(|&pitch| usize::from(pitch % 12) == class))
        };
        let count = |pitches: &[u8]| classes(pitches).iter().filter(|&&sounds| sounds).count();
        let pitches = if count(&down) >= least { down } else { left().filter(recent).map(|note| note.pitch).collect() };
        if count(&pitches) < least {
            return None;
        }
        let (sounding, bass) = (classes(&pitches), pitches.iter().copied().min()?);
        name_chord(&sounding, bass % 12)
    }
}

/// The chord whose tones are most of what sounds and which misses least of its own; ties go to the one on the bass.
fn name_chord(sounding: &[bool; 12], bass: u8) -> Option<Chord> {
    let judge = |index: u8| {
        let chord = Chord::from_index(index)?;
        let tones = chord.pitch_classes();
        let count =
            |wanted: [bool; 2]| (0..12).filter(|&class| [sounding[class], tones[class]] == wanted).count() as f32;
        let (both, foreign, missing) = (count([true, true]), count([true, false]), count([false, true]));
        let root = if chord.root == bass { 0.6 } else { 0.0 };
        (both >= 2.0).then_some((both - 1.2 * foreign - 0.7 * missing + root, chord))
    };
    let best = (0..Chord::COUNT as u8).filter_map(judge).reduce(|a, b| if b.0 > a.0 { b } else { a })?;
    (best.0 > 0.0).then_some(best.1)
}

/// The grid step that was meant: the nearest sixteenth or triplet if one is near, else the nearest step.
pub(super) fn meant(step: f64) -> f64 {
    let nearest = |grid: f64| (step / grid).round() * grid;
    let candidates = [nearest(6.0), nearest(8.0)];
    let near = candidates.into_iter().filter(|at| (at - step).abs() <= SLACK);
    near.min_by(|a, b| (a - step).abs().total_cmp(&(b - step).abs())).unwrap_or(step.round())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chord_of(pitches: &[u8]) -> Option<String> {
        let mut ears = Ears::new();
        pitches.iter().for_each(|&pitch| ears.note_on(0.0, pitch));
        ears.chord(1.0, 128, 3).map(|chord| chord.to_string())
    }

    #[test]
    fn chords_are_named_in_any_position() {
        for (pitches, name) in [
            (&[60, 64, 67][..], "C"),
            (&[64, 67, 72], "C"),
            (&[57, 60, 64], "Am"),
            (&[55, 59, 62, 65], "G7"),
            (&[62, 65, 69, 72], "Dm7"),
            (&[59, 62, 65], "Bdim"),
        ] {
            assert_eq!(chord_of(pitches).as_deref(), Some(name), "{pitches:?}");
        }
        assert_eq!(chord_of(&[60, 64]), None, "two notes are not a chord");
    }

    #[test]
    fn a_new_chord_replaces_the_one_that_was_let_go() {
        let mut ears = Ears::new();
        [60, 64, 67].into_iter().for_each(|pitch| ears.note_on(0.0, pitch));
        [60, 64, 67].into_iter().for_each(|pitch| ears.note_off(90.0, pitch));
        [65, 69, 72].into_iter().for_each(|pitch| ears.note_on(96.0, pitch));
        assert_eq!(ears.chord(97.0, 128, 3).map(|chord| chord.to_string()).as_deref(), Some("F"));
    }

    #[test]
    fn silence_begins_when_the_last_key_is_let_go() {
        let mut ears = Ears::new();
        assert_eq!(ears.silent_for(5.0), None);
        ears.note_on(10.0, 60);
        assert_eq!(ears.silent_for(50.0), Some(0.0));
        ears.note_off(50.0, 60);
        assert_eq!(ears.silent_for(60.0), Some(10.0));
        assert!((ears.phrase_length() - 40.0).abs() < 1e-9);
    }

    #[test]
    fn notes_near_a_sixteenth_or_a_triplet_are_meant_to_be_there() {
        for (played, wanted) in [(0.9, 0.0), (-1.5, 0.0), (5.2, 6.0), (8.4, 8.0), (15.0, 16.0), (3.2, 3.0)] {
            assert!((meant(played) - wanted).abs() < 1e-9, "{played}");
        }
    }

    #[test]
    fn a_storm_of_notes_costs_no_memory() {
        let mut ears = Ears::new();
        for index in 0..100_000u32 {
            ears.note_on(f64::from(index), (index % 128) as u8);
        }
        assert!(ears.notes.len() <= REMEMBERED);
    }
}
