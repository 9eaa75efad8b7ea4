//! Non-chord tones: notes that do not belong to the chord under them, and what excuses them.
//!
//! Named by how they are reached and left, as in S. Kostka, D. Payne, *Tonal Harmony*, chapters 11 and 12. Where the chord
//! itself is doubtful nothing is said, and a note that fits no figure has no name here.

use serde::Serialize;

use super::evidence::{Stress, stress};
use super::harmony::RomanChord;
use super::place::Place;
use super::spelling::{pitch_name, staff_place};
use super::voices::Voices;
use crate::grid::{GridNote, GridScore, STEPS_PER_QUARTER};

/// The figures of ornament.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OrnamentKind {
    /// By step through and on.
    Passing,
    /// By step away and back.
    Neighbour,
    /// Held over from the chord before, resolves a step down.
    Suspension,
    /// Held over, resolves a step up.
    Retardation,
    /// Leapt to on the beat, left by step.
    Appoggiatura,
    /// The next chord's note, too early.
    Anticipation,
    /// Reached by step, left by a leap the other way.
    Escape,
    /// A bass that stays while the chords above it change.
    Pedal,
}

/// A non-chord tone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ornament {
    /// Where it is dissonant.
    pub at: Place,
    /// Index of the note in [`GridScore::notes`].
    pub note: usize,
    /// Its name and octave, spelled in the key.
    pub name: String,
    /// What it is.
    pub kind: OrnamentKind,
    /// `4-3`, `7-6`, `9-8`, `2-3` for suspensions.
    pub figure: Option<&'static str>,
}

/// Longer notes are not ornaments, unless they are held over.
const LONGEST: u32 = 2 * STEPS_PER_QUARTER;

/// The non-chord tones of a piece, in order of time.
pub(super) fn ornaments(grid: &GridScore, voices: &Voices, chords: &[RomanChord]) -> Vec<Ornament> {
    let view = View { grid, voices, chords };
    let mut found: Vec<Ornament> = (0..grid.notes.len()).filter_map(|note| view.ornament(note)).collect();
    found.extend(view.pedals());
    found.sort_by_key(|ornament| (ornament.at.step, ornament.note));
    found
}

struct View<'a> {
    grid: &'a GridScore,
    voices: &'a Voices,
    chords: &'a [RomanChord],
}

impl View<'_> {
    /// The chord at a step, where one is sure enough.
    fn chord(&self, step: u32) -> Option<&RomanChord> {
        let index = self.chords.partition_point(|chord| chord.from.step <= step).checked_sub(1)?;
        let chord = &self.chords[index];
        (step < chord.end && chord.is_plain && !chord.is_implied && chord.fit >= 0.55).then_some(chord)
    }

    fn stress(&self, step: u32) -> Stress {
        let bar = &self.grid.bars[self.grid.bar_of(step)];
        stress(bar, step.saturating_sub(bar.start))
    }

    /// The neighbours in the voice, unless a rest lies between.
    fn neighbours(&self, index: usize) -> (Option<&GridNote>, Option<&GridNote>) {
        let note = &self.grid.notes[index];
        let before = self.voices.before[index].map(|before| &self.grid.notes[before]);
        let after = self.voices.after[index].map(|after| &self.grid.notes[after]);
        (before.filter(|before| before.end() + 6 >= note.onset), after.filter(|after| after.onset <= note.end() + 6))
    }

    fn ornament(&self, index: usize) -> Option<Ornament> {
        if !self.grid.is_pitched(&self.grid.notes[index]) {
            return None;
        }
        let (kind, step) = self.held_over(index).or_else(|| self.figure(index))?;
        let chord = self.chord(step)?;
        let pitch = self.grid.notes[index].pitch;
        let is_held = matches!(kind, OrnamentKind::Suspension | OrnamentKind::Retardation);
        Some(Ornament {
            at: Place::of(self.grid, step),
            note: index,
            name: pitch_name(pitch, chord.key),
            kind,
            figure: is_held.then(|| self.suspension_figure(chord, step, pitch)).flatten(),
        })
    }

    /// A suspension: the note was right before, is wrong now, and moves by step to where it is right again.
    fn held_over(&self, index: usize) -> Option<(OrnamentKind, u32)> {
        let note = &self.grid.notes[index];
        let (before, after) = self.neighbours(index);
        let after = after?;
        let here = self.chord(note.onset)?;
        let step = if here.has(note.pitch) {
            // Tied into the next chord.
            let next = self.chord(here.end)?;
            (here.end < note.end() && !next.has(note.pitch)).then_some(here.end)?
        } else {
            // Struck again over it.
            let before = before.filter(|before| before.pitch == note.pitch)?;
            let old = self.chord(before.onset)?;
            (old.end <= note.onset && old.has(note.pitch)).then_some(note.onset)?
        };
        let resolves = self.chord(after.onset)?.has(after.pitch) && after.onset > step;
        if !resolves || self.stress(step) == Stress::Off || self.stress(step) < self.stress(after.onset) {
            return None;
        }
        match (note.pitch.abs_diff(after.pitch), after.pitch < note.pitch) {
            (1 | 2, true) => Some((OrnamentKind::Suspension, step)),
            (1, false) => Some((OrnamentKind::Retardation, step)),
            _ => None,
        }
    }

    fn suspension_figure(&self, chord: &RomanChord, step: u32, pitch: u8) -> Option<&'static str> {
        let sounding =
            self.grid.notes[..self.grid.notes.partition_point(|note| note.onset <= step)].iter().rev().take(64);
        let bass =
            sounding.filter(|note| note.end() > step && self.grid.is_pitched(note)).map(|note| note.pitch).min()?;
        let steps = staff_place(pitch, chord.key) - staff_place(bass, chord.key);
        match steps.rem_euclid(7) {
            _ if bass == pitch => Some("2-3"),
            3 => Some("4-3"),
            6 => Some("7-6"),
            1 => Some("9-8"),
            _ => None,
        }
    }

    fn figure(&self, index: usize) -> Option<(OrnamentKind, u32)> {
        let note = &self.grid.notes[index];
        let chord = self.chord(note.onset)?;
        if chord.has(note.pitch) || note.duration > LONGEST {
            return None;
        }
        let (before, after) = self.neighbours(index);
        let after = after?;
        let is_strong = self.stress(note.onset) > Stress::Off;
        let interval = |from: u8, to: u8| i16::from(to) - i16::from(from);
        let out = interval(note.pitch, after.pitch);
        let into = before.map(|before| interval(before.pitch, note.pitch));
        let is_step = |interval: i16| matches!(interval.abs(), 1 | 2);
        let kind = match into {
            Some(into) if is_step(into) && is_step(out) && into.signum() == out.signum() => OrnamentKind::Passing,
            Some(into) if is_step(into) && is_step(out) && (into + out).abs() <= 1 => OrnamentKind::Neighbour,
            Some(into) if is_step(into) && out == 0 && !is_strong => {
                let next = self.chord(after.onset)?;
                (next.from.step > note.onset && next.has(note.pitch)).then_some(OrnamentKind::Anticipation)?
            }
            Some(into) if is_step(into) && out.abs() >= 3 && out.signum() != into.signum() && !is_strong => {
                OrnamentKind::Escape
            }
            Some(into) if into.abs() >= 3 && is_step(out) && is_strong => OrnamentKind::Appoggiatura,
            None if is_step(out) && is_strong => OrnamentKind::Appoggiatura,
            _ => return None,
        };
        // An ornament leads to a note of the harmony, save for a passing pair.
        let lands = kind == OrnamentKind::Escape
            || kind == OrnamentKind::Passing
            || self.chord(after.onset).is_some_and(|chord| chord.has(after.pitch));
        lands.then_some((kind, note.onset))
    }

    /// Low notes that are held, or struck again and again, while the chords above change and contradict them.
    fn pedals(&self) -> Vec<Ornament> {
        let mut pedals = Vec::new();
        let mut done = vec![false; self.grid.notes.len()];
        for line in &self.voices.lines {
            for run in line.chunk_by(|&a, &b| self.grid.notes[a].pitch == self.grid.notes[b].pitch) {
                let (first, last) = (&self.grid.notes[run[0]], &self.grid.notes[run[run.len() - 1]]);
                let first_chord = self.chords.partition_point(|chord| chord.end <= first.onset);
                let under = self.chords[first_chord..].iter().take_while(|chord| chord.from.step < last.end());
                let under: Vec<&RomanChord> = under.filter(|chord| chord.is_plain).collect();
                let [opening, .., close] = under.as_slice() else { continue };
                let foreign = under.iter().find(|chord| !chord.has(first.pitch));
                let changes = under.windows(2).filter(|pair| pair[0].root != pair[1].root).count();
                let is_low = under.iter().all(|chord| chord.bass == first.pitch % 12 || !chord.has(first.pitch))
                    && opening.bass == first.pitch % 12;
                let Some(foreign) = foreign.filter(|_| changes >= 2 && is_low && close.has(first.pitch)) else {
                    continue;
                };
                if !done[run[0]] {
                    done[run[0]] = true;
                    pedals.push(Ornament {
                        at: Place::of(self.grid, first.onset),
                        note: run[0],
                        name: pitch_name(first.pitch, foreign.key),
                        kind: OrnamentKind::Pedal,
                        figure: None,
                    });
                }
            }
        }
        pedals
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::Analysis;
    use crate::theory::test_pieces::piece;

    fn check(parts: &[&str], expect: &[(&str, OrnamentKind)]) {
        let found = Analysis::of(&piece("4/4", parts)).ornaments;
        let found: Vec<(&str, OrnamentKind)> =
            found.iter().map(|ornament| (ornament.name.as_str(), ornament.kind)).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn steps_through_and_around_are_told_apart() {
        let chords = ["E4w | D4h E4h", "G3w | G3h G3h", "C3w | B2h C3h"];
        check(
            &["C5q B4e C5 C5q D5e E5 | D5h C5h", chords[0], chords[1], chords[2]],
            &[("B4", OrnamentKind::Neighbour), ("D5", OrnamentKind::Passing)],
        );
    }

    #[test]
    fn a_suspension_has_its_figure() {
        let grid = piece("4/4", &["C5w | C5h B4h | C5w", "E4w | D4w | E4w", "G3w | G3w | G3w", "C3w | G2w | C3w"]);
        let found = Analysis::of(&grid).ornaments;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].kind, found[0].figure, found[0].at.bar), (OrnamentKind::Suspension, Some("4-3"), 2));
    }

    #[test]
    fn escapes_anticipations_and_appoggiaturas() {
        let chords = ["E4h D4 | E4w", "G3h B3 | C4w", "C3h G2 | C3w"];
        check(
            &["E5q. F5e D5q. C5e | C5w", chords[0], chords[1], chords[2]],
            &[("F5", OrnamentKind::Escape), ("C5", OrnamentKind::Anticipation)],
        );
        check(&["C5h E5q D5q | C5w", chords[0], chords[1], chords[2]], &[("E5", OrnamentKind::Appoggiatura)]);
    }

    #[test]
    fn a_held_bass_is_a_pedal() {
        let parts = ["E4w | F4 | D4 | E4", "C4w | A3 | B3 | C4", "G3w | C4 | F3 | G3", "C2w | C2 | C2 | C2"];
        check(&parts, &[("C2", OrnamentKind::Pedal)]);
    }
}
