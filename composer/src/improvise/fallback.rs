//! What is played when nothing was written in time: bars that were heard, changed a little.

use std::collections::VecDeque;
use std::ops::Range;

use rand_chacha::ChaCha8Rng;
use ripieno_score::Chord;

use super::PlannedNote;
use crate::event::BarEvents;
use crate::task::unit;
use crate::vocabulary::{DURATION_STEPS, velocity_of};

/// Semitones that a note may move to reach the chord.
const REACH: u8 = 2;
/// How likely a note between the beats is left out.
const LEFT_OUT: f32 = 0.12;

/// The notes of `steps` as they were four, two or one bars ago, moved into `chord`. All of `steps` lie in bars of
/// `bar_steps`; the last bar of `history` is the one before the first of them.
pub(super) fn repeat(
    history: &VecDeque<BarEvents>,
    steps: Range<u64>,
    bar_steps: u64,
    chord: Option<Chord>,
    is_drums: &[bool],
    rng: &mut ChaCha8Rng,
) -> Vec<PlannedNote> {
    let first = steps.start / bar_steps;
    let mut notes = Vec::new();
    for number in first..=steps.end.saturating_sub(1) / bar_steps {
        let ago = [4, 2, 1].into_iter().find(|&ago| ago <= history.len() && ago as u64 > number - first);
        let Some(bar) = ago.and_then(|ago| history.get(history.len() - ago + (number - first) as usize)) else {
            continue;
        };
        for note in &bar.notes {
            let onset = number * bar_steps + u64::from(note.position);
            let between_beats = !note.position.is_multiple_of(24);
            if !steps.contains(&onset) || (between_beats && unit(rng) < LEFT_OUT) {
                continue;
            }
            let drums = is_drums.get(usize::from(note.part)).copied().unwrap_or(false);
            let pitch = match chord.filter(|_| !drums && !between_beats) {
                Some(chord) => nearest(note.pitch, chord),
                None => note.pitch,
            };
            let louder = (unit(rng) * 13.0) as i32 - 6;
            let velocity = (i32::from(velocity_of(note.velocity)) + louder).clamp(1, 127);
            notes.push(PlannedNote {
                onset,
                part: note.part,
                pitch,
                duration: DURATION_STEPS[usize::from(note.duration)].into(),
                velocity: u8::try_from(velocity).expect("clamped to MIDI velocities"),
            });
        }
    }
    notes.sort_unstable();
    notes.dedup_by_key(|note| (note.onset, note.part, note.pitch));
    notes
}

/// The nearest tone of the chord within reach, or the pitch itself.
fn nearest(pitch: u8, chord: Chord) -> u8 {
    let tones = chord.pitch_classes();
    let candidates = (0..=REACH).flat_map(|away| [pitch.checked_sub(away), pitch.checked_add(away)]);
    candidates.flatten().find(|&pitch| pitch < 128 && tones[usize::from(pitch % 12)]).unwrap_or(pitch)
}
