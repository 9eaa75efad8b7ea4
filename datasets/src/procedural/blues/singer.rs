//! The voice of the blues: calls, answers, the theme and solos.

use super::super::chord::{Chord, nearest, nearest_of};
use super::super::sheet::{BAR, EIGHTH, QUARTER, TRIPLET, Tone};
use super::Band;

/// A call: onsets and lengths in ticks, and steps of the scale above the tonic.
pub(super) type Call = Vec<(i32, i32, i32)>;

impl Band<'_> {
    fn pitch(&self, step: i32) -> i32 {
        let size = i32::try_from(self.scale.len()).expect("a scale is short");
        let degree = usize::try_from(step.rem_euclid(size)).expect("never negative");
        let (low, high) = self.sheet.player(self.lead).range;
        nearest(self.key, (low + high) / 2 - 4) + 12 * step.div_euclid(size) + self.scale[degree]
    }

    /// The same over this chord: the third of the key is blue over the subdominant.
    fn sung(&self, step: i32, chord: Chord) -> i32 {
        let pitch = self.pitch(step);
        let third = (self.key + 4) % 12;
        let is_blue = chord.tones().contains(&((self.key + 3) % 12)) || !chord.tones().contains(&third);
        if pitch.rem_euclid(12) == third && is_blue && chord.root != self.key { pitch - 1 } else { pitch }
    }

    /// Onsets of one beat, relative to it.
    fn beat_cell(&mut self, busy: i32) -> Vec<i32> {
        let late = self.late;
        let cells: [(&[i32], i32); 6] = [
            (&[0], 30),
            (&[0, late], 10 + busy / 2),
            (&[late], 22),
            (&[], 34 - busy / 4),
            (&[0, TRIPLET, 2 * TRIPLET], busy / 5),
            (&[TRIPLET, 2 * TRIPLET], busy / 10),
        ];
        let cells = if late == EIGHTH { &cells[..4] } else { &cells[..] };
        self.chance.weighted(cells).to_vec()
    }

    /// A phrase of about `beats` beats that begins near `step`.
    fn phrase(&mut self, beats: i32, busy: i32, start: i32) -> Call {
        let pickup = self.chance.percent(40);
        let mut onsets: Vec<i32> = if pickup { vec![self.late - QUARTER] } else { Vec::new() };
        for beat in 0..beats {
            onsets.extend(self.beat_cell(busy).into_iter().map(|onset| beat * QUARTER + onset));
        }
        if onsets.len() < 3 {
            onsets = vec![0, self.late, QUARTER + self.late];
        }
        let mut step = start;
        let mut direction = self.chance.pick(&[1, -1, -1]);
        let mut call = Call::new();
        for (place, &onset) in onsets.iter().enumerate() {
            let next = onsets.get(place + 1).copied();
            let length = next.map_or(QUARTER * self.chance.between(1, 2), |next| next - onset);
            let length = if self.chance.percent(25) { length.min(TRIPLET) } else { length.min(2 * QUARTER) };
            call.push((onset, length * 19 / 20, step));
            if self.chance.percent(30) || !(-4..=7).contains(&step) {
                direction = if step > 3 { -1 } else { 1 };
            }
            step += direction * self.chance.weighted(&[(0, 2), (1, 7), (2, 3), (3, 1)]);
        }
        call
    }

    pub(super) fn call(&mut self) -> Call {
        let start = self.chance.between(0, 5);
        let beats = self.chance.between(5, 7);
        self.phrase(beats, 30, start)
    }

    /// Sings `call` in the bar at `at`; the last note comes home to the chord.
    fn sing(&mut self, call: &Call, at: i32, chord: Chord, velocity: i32) {
        for (place, &(onset, length, step)) in call.iter().enumerate() {
            let mut pitch = self.sung(step, chord);
            if place + 1 == call.len() {
                pitch = nearest_of(&chord.tones()[..3], pitch);
            }
            let third = self.key + 4;
            let is_third = (pitch - third).rem_euclid(12) == 0 && !self.minor;
            let at = at + onset;
            if is_third && length >= EIGHTH && self.chance.percent(45) {
                // Crushed from the blue third.
                self.sheet.play(self.lead, Tone { at: at - 40, length: 40, pitch: pitch - 1, velocity: velocity - 12 });
            }
            let accent = if onset.rem_euclid(QUARTER) == self.late { 6 } else { 0 };
            let velocity = velocity + accent + self.chance.between(-6, 4);
            self.sheet.play(self.lead, Tone { at, length, pitch, velocity });
        }
    }

    /// Call, call again, another: each over four bars, two of them for the answer.
    pub(super) fn theme(&mut self, bars: &[[Chord; 2]], at: i32, call: &Call) {
        let lines = bars.len() / 4;
        for (line, start) in (0..lines).zip((0..).map(|line| at + 4 * line * BAR)) {
            let chord = bars[4 * line][0];
            if line + 1 < lines || lines == 2 && self.chance.percent(50) {
                self.sing(call, start, chord, 88);
            } else {
                let mut last = call.clone();
                let fall = self.chance.between(1, 2);
                let turn = last.len() / 2;
                last[turn..].iter_mut().for_each(|note| note.2 -= fall);
                if let Some(end) = last.last_mut() {
                    end.2 = 0;
                }
                self.sing(&last, start, bars[4 * line + 1][1], 94);
            }
            self.answer(start + 2 * BAR, bars[4 * line + 2][0]);
        }
    }

    /// A short reply from the accompanist's upper register, or silence.
    fn answer(&mut self, at: i32, chord: Chord) {
        if self.chance.percent(30) {
            return;
        }
        let start = self.chance.between(2, 6);
        let beats = self.chance.between(2, 4);
        let reply = self.phrase(beats, 45, start);
        let doubled = self.chance.percent(40);
        for (onset, length, step) in reply {
            let pitch = self.sung(step, chord);
            let pitch = pitch + if pitch < 66 { 12 } else { 0 };
            let tone = Tone { at: at + onset, length, pitch, velocity: 72 + self.chance.between(-5, 5) };
            self.sheet.play(self.chords, tone);
            if doubled {
                let below = nearest_of(&chord.tones(), pitch - 4);
                self.sheet.play(self.chords, Tone { pitch: below, velocity: tone.velocity - 8, ..tone });
            }
        }
    }

    /// A chorus of phrases, each of one to three bars, with breaths between them.
    pub(super) fn solo(&mut self, bars: &[[Chord; 2]], at: i32, busy: i32) {
        let beats = 4 * i32::try_from(bars.len()).expect("a form is short");
        let mut beat = self.chance.between(0, 2);
        let mut idea: Option<Call> = None;
        while beat + 3 < beats {
            let length = self.chance.between(3, 9).min(beats - beat);
            let again = idea.take().filter(|_| self.chance.percent(40));
            let phrase = match again {
                Some(old) => {
                    let lift = self.chance.pick(&[0, 0, 1, -1, 2]);
                    old.into_iter().map(|(onset, length, step)| (onset, length, step + lift)).collect()
                }
                None => {
                    let start = self.chance.between(-2, 7);
                    self.phrase(length, busy, start)
                }
            };
            let place = usize::try_from((beat + length) / 2).expect("never negative").min(2 * bars.len() - 1);
            let chord = bars[place / 2][place % 2];
            self.sing(&phrase, at + beat * QUARTER, chord, 84 + busy / 8);
            idea = Some(phrase);
            beat += length + self.chance.between(1, 4);
        }
    }
}
