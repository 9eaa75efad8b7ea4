//! Blues: twelve bars (or eight), a call and its answer, a rhythm section that swings.
//!
//! Forms after Koch, Blues for Guitar, and Levine, The Jazz Theory Book, chapter 10; the AAB of call and response and
//! the blue third after Titon, Early Downhome Blues (1977).

use ripieno_score::Score;

mod rhythm_section;

use rhythm_section::{BassStyle, Beat, bass_riff, figure};

use super::chance::Chance;
use super::chord::{Chord, Hand, nearest, nearest_of, progression};
use super::drums::{CRASH, KICK, SNARE, stroke};
use super::player::{
    ALTO_SAX, BASS, CLEAN_GUITAR, DRUMS, ELECTRIC_BASS, HARMONICA, JAZZ_GUITAR, ORGAN, OVERDRIVEN_GUITAR, PIANO,
    Player, STEEL_GUITAR, TENOR_SAX, TROMBONE, TRUMPET,
};
use super::sheet::{BAR, EIGHTH, QUARTER, Seat, Sheet, TRIPLET, Tone};
use super::walking::walk;

const MAJOR_FORMS: [&str; 8] = [
    "I7 | I7 | I7 | I7 | IV7 | IV7 | I7 | I7 | V7 | IV7 | I7 | V7",
    "I7 | IV7 | I7 | I7 | IV7 | IV7 | I7 | I7 | V7 | IV7 | I7 IV7 | I7 V7",
    "I7 | IV7 | I7 | I7 | IV7 | #IVo | I7 | VI7 | IIm7 | V7 | I7 VI7 | II7 V7",
    "I7 | IV7 | I7 | Vm7 I7 | IV7 | #IVo | I7 | IIIm7 VI7 | IIm7 | V7 | I7 VI7 | IIm7 V7",
    "I7 | I7 | I7 | I7 | IV7 | IV7 | I7 | I7 | V7 | V7 | I7 | I7",
    "I7 | IV7 | I7 | I7 | IV7 | IVm6 | I7 | VI7 | II7 | V7 | I7 #Io | IIm7 V7",
    "I7 | V7 | IV7 | IV7 | I7 | V7 | I7 IV7 | I7 V7",
    "I7 | I7 | IV7 | IV7 | I7 VI7 | II7 V7 | I7 | V7",
];
const MINOR_FORMS: [&str; 3] = [
    "Im7 | Im7 | Im7 | Im7 | IVm7 | IVm7 | Im7 | Im7 | bVI7 | V7 | Im7 | Valt",
    "Im7 | IVm7 | Im7 | Im7 | IVm7 | IVm7 | Im7 | Im7 | Vm7 | IVm7 | Im7 | Valt",
    "Im6 | IIø Valt | Im6 | Im7 | IVm7 | IVm7 | Im6 | VIø | IIø | Valt | Im6 VIø | IIø Valt",
];
const MINOR_BLUES: [i32; 6] = [0, 3, 5, 6, 7, 10];
const MAJOR_BLUES: [i32; 6] = [0, 2, 3, 4, 7, 9];
const MIXED_BLUES: [i32; 8] = [0, 2, 3, 4, 5, 7, 9, 10];
const LEADS: [Player; 7] = [HARMONICA, OVERDRIVEN_GUITAR, CLEAN_GUITAR, TENOR_SAX, ALTO_SAX, TRUMPET, TROMBONE];

pub(super) fn compose(chance: &mut Chance) -> Score {
    let minor = chance.percent(22);
    let key = chance.pick(&[4, 9, 7, 0, 5, 10, 3, 2]);
    let form = if minor { chance.pick(&MINOR_FORMS) } else { chance.pick(&MAJOR_FORMS) };
    // Slow, medium, jump; a few are straight.
    let (slowest, fastest) = chance.weighted(&[((54, 74), 3), ((84, 132), 6), ((138, 190), 3)]);
    let bpm = chance.between(slowest, fastest);
    let late = if bpm > 80 && chance.percent(12) { EIGHTH } else { 2 * TRIPLET };
    let mut sheet = Sheet::new(4, 4, bpm);
    let lead = sheet.seat(chance.pick(&LEADS));
    let chords = sheet.seat(chance.pick(&[PIANO, PIANO, ORGAN, JAZZ_GUITAR, STEEL_GUITAR, CLEAN_GUITAR]));
    let bass = sheet.seat(chance.pick(&[BASS, ELECTRIC_BASS, ELECTRIC_BASS]));
    let drums = sheet.seat(DRUMS);
    let scale: &[i32] = match (minor, chance.below(3)) {
        (true, _) => &MINOR_BLUES,
        (_, 0) => &MAJOR_BLUES,
        (_, 1) => &MIXED_BLUES,
        _ => &MINOR_BLUES,
    };
    let bars = progression(form, key);
    let mut band = Band {
        lead,
        chords,
        bass,
        drums,
        bpm,
        late,
        key,
        minor,
        scale,
        sheet: &mut sheet,
        hand: Hand::new(61, 50),
        figure: figure(chance),
        bass_riff: bass_riff(chance),
        beat: Beat::new(chance, bpm),
        chance,
    };
    let length = BAR * i32::try_from(bars.len()).expect("a form is short");
    let mut at = band.introduction(&bars);
    let tune = band.call();
    let choruses = if bpm < 80 { band.chance.between(3, 4) } else { band.chance.between(4, 6) };
    for chorus in 0..choruses {
        let is_last = chorus + 1 == choruses;
        let is_tune = chorus == 0 || is_last || (choruses > 4 && chorus == 1);
        let stop_time = !is_tune && bars.len() == 12 && band.chance.percent(20);
        if is_tune {
            band.theme(&bars, at, &tune);
        } else {
            band.solo(&bars, at, 40 + 45 * chorus / choruses);
        }
        let bass_style = band.chance.weighted(&[(BassStyle::Riff, 4), (BassStyle::Walking, 4), (BassStyle::Two, 1)]);
        let style = band.comp_style();
        band.rhythm_section(&bars, at, bass_style, style, stop_time);
        at += length;
    }
    band.ending(at, *bars[0].first().expect("two chords a bar"));
    sheet.slow_down(at - BAR, at + QUARTER, 78);
    sheet.finish(chance)
}

/// A call: onsets and lengths in ticks, and steps of the scale above the tonic.
type Call = Vec<(i32, i32, i32)>;

struct Band<'a> {
    sheet: &'a mut Sheet,
    chance: &'a mut Chance,
    lead: Seat,
    chords: Seat,
    bass: Seat,
    drums: Seat,
    bpm: i32,
    /// When the second of two eighth notes sounds.
    late: i32,
    key: i32,
    minor: bool,
    scale: &'static [i32],
    hand: Hand,
    /// What the shuffle's upper voice plays, in semitones above the root, for each eighth note.
    figure: [i32; 8],
    bass_riff: Vec<i32>,
    beat: Beat,
}

impl Band<'_> {
    /// Four bars from the dominant, or none: the accompanist alone, or a fill of the drums.
    fn introduction(&mut self, bars: &[[Chord; 2]]) -> i32 {
        match self.chance.below(4) {
            0 => 0,
            1 => {
                self.fill(0);
                BAR
            }
            _ => {
                let last = &bars[bars.len() - 4..];
                let line = walk(self.chance, last, bars[0][0], 0, 40);
                self.sheet.play_all(self.bass, line);
                let style = self.comp_style();
                self.comp(last, 0, style);
                self.fill(3 * BAR);
                4 * BAR
            }
        }
    }

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

    fn call(&mut self) -> Call {
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
    fn theme(&mut self, bars: &[[Chord; 2]], at: i32, call: &Call) {
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
    fn solo(&mut self, bars: &[[Chord; 2]], at: i32, busy: i32) {
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

    /// The last chord, from a half step above, and the fifth-sixth-seventh that says good night.
    fn ending(&mut self, at: i32, tonic: Chord) {
        let above = Chord { root: (tonic.root + 1) % 12, quality: super::chord::Quality::Dominant };
        let struck = [(above, at, EIGHTH), (tonic, at + self.late, 3 * QUARTER)];
        for (chord, at, length) in struck {
            for &pitch in self.hand.play(self.chance, &chord.rootless()) {
                self.sheet.play(self.chords, Tone { at, length, pitch, velocity: 90 });
            }
            let root = nearest(chord.root, 38);
            self.sheet.play(self.bass, Tone { at, length, pitch: root, velocity: 94 });
            self.sheet.play_all(self.drums, [stroke(at, KICK, 90), stroke(at, SNARE, 84)]);
        }
        self.sheet.play(self.drums, stroke(at + self.late, CRASH, 96));
        let home = self.sheet.player(self.lead).reach(nearest(tonic.root, 69));
        self.sheet.play(self.lead, Tone { at: at + self.late, length: 3 * QUARTER, pitch: home, velocity: 92 });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_begins_at_home_and_visits_the_subdominant() {
        for form in MAJOR_FORMS.iter().chain(&MINOR_FORMS) {
            let bars = progression(form, 0);
            assert!(matches!(bars.len(), 8 | 12), "{form}");
            assert_eq!(bars[0][0].root, 0);
            assert!(bars.iter().flatten().any(|chord| chord.root == 5), "{form}");
        }
    }

    #[test]
    fn the_last_bass_note_is_the_tonic() {
        for number in 0..40 {
            let mut chance = Chance::new("blues", 4, number);
            let score = compose(&mut chance);
            let bass = score.parts.iter().find(|part| part.name == "Bass").unwrap();
            let home = bass.notes.last().unwrap().pitch.class();
            let lead = score.parts[0].notes.last().unwrap().pitch.class();
            assert_eq!(home, lead, "piece {number}");
        }
    }
}
