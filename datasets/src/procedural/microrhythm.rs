//! Grooves between the lines: beats in five or seven, players before and behind the beat, cycles that do not fit the bar.
//!
//! Laid-back and pushed parts, and beats divided 3:2 after Danielsen (ed.), Musical Rhythm in the Age of Digital
//! Reproduction (2010); swing ratios after Friberg and Sundström, "Swing ratios and ensemble timing in jazz performance"
//! (2002); beats of five and seven after Cowell, New Musical Resources (1930).
//!
//! Delays and swing are whole 24ths of a beat (20 to 40 ms), which the grid of a corpus keeps; fives and sevens it rounds.

use ripieno_score::Score;

use super::chance::Chance;
use super::chord::{Chord, Hand, nearest, progression, voiced};
use super::drums::{CLAP, HAT, KICK, OPEN_HAT, RIM, SHAKER, SNARE, stroke};
use super::improvise::over;
use super::melody::{Idea, Motif};
use super::player::{
    CLEAN_GUITAR, DRUMS, ELECTRIC_BASS, ELECTRIC_PIANO, FLUTE, FRETLESS_BASS, MUTED_TRUMPET, ORGAN, PIANO, SQUARE_LEAD,
    SYNTH_BASS, TENOR_SAX, VIBRAPHONE,
};
use super::sheet::{QUARTER, Seat, Sheet, Tone};

const LOOPS: [&str; 12] = [
    "IIm7 | V7 | Imaj7 | VIm7",
    "Im7 | IVm7 | bVIImaj7 | bIIImaj7",
    "Imaj7 | IIIm7 | VIm7 | IIm7",
    "IVmaj7 | IIIm7 | IIm7 | Imaj7",
    "Im7 | bVImaj7 | IIø | Valt",
    "IIm7 | IIIm7 | IVmaj7 | Vsus",
    "Im7 | Im7 | IVm7 | IVm7",
    "bVImaj7 | Vm7 | Im7 | Im7",
    "Imaj7 | bIIImaj7 | bVImaj7 | bIImaj7",
    "VIm7 | bVI7 | Vsus | Imaj7",
    "Im7 IVm7 | bVIImaj7 | bVImaj7 | Vsus Valt",
    "IIm7 | bII7 | Imaj7 | bVII7",
];

/// How a beat divides and where its parts fall, in ticks after the beat.
fn division(chance: &mut Chance) -> Vec<i32> {
    match chance.below(6) {
        // Two unequal halves: a swing between even and beyond triplets.
        0 => vec![0, chance.pick(&[260, 280, 300, 320, 340, 360])],
        // Sixteenth notes that swing.
        1 => {
            let late = chance.pick(&[140, 160, 160, 180]);
            vec![0, late, 240, 240 + late]
        }
        // Quintuplets, all of them or 3:2.
        2 => (0..5).map(|part| part * QUARTER / 5).collect(),
        3 => vec![0, 192, 288],
        // Septuplets, grouped 4:3 or 2:2:3.
        4 => chance.pick(&[[0, 137, 274].as_slice(), &[0, 274], &[0, 69, 137, 206, 274, 343, 411]]).to_vec(),
        _ => vec![0, 160, 320],
    }
}

pub(super) fn compose(chance: &mut Chance) -> Score {
    let beats = chance.pick(&[4, 4, 4, 5, 3, 7]);
    let (slowest, fastest) = chance.pick(&[(66, 84), (78, 100), (96, 124)]);
    let mut sheet = Sheet::new(u8::try_from(beats).expect("at most seven"), 4, chance.between(slowest, fastest));
    let key = chance.below(12);
    let bars: Vec<[Chord; 2]> = progression(chance.pick(&LOOPS), key);
    let parts = division(chance);
    let bar = beats * QUARTER;
    // Who pushes and who lays back, in ticks; the hi-hat is the clock.
    let offsets = Offsets {
        snare: chance.pick(&[0, 0, 20, 20, -20]),
        bass: chance.pick(&[0, 20, 20, 40, -20]),
        keys: chance.pick(&[0, 20, 40, -20, 20]),
        lead: chance.pick(&[0, 20, 40, -20]),
    };
    let drums = sheet.seat(DRUMS);
    let bass = sheet.seat(chance.pick(&[ELECTRIC_BASS, FRETLESS_BASS, SYNTH_BASS]));
    let keys = sheet.seat(chance.pick(&[ELECTRIC_PIANO, ELECTRIC_PIANO, PIANO, ORGAN, CLEAN_GUITAR]));
    let lead = sheet.seat(chance.pick(&[VIBRAPHONE, FLUTE, TENOR_SAX, MUTED_TRUMPET, SQUARE_LEAD, CLEAN_GUITAR]));
    let mut groove = Groove { sheet: &mut sheet, parts, beats, offsets, chance };
    let drum_loop = groove.drum_loop();
    let bass_beats = beats * groove.chance.pick(&[1, 2]);
    let bass_loop = groove.loop_of(bass_beats, 42, 26);
    let comp_loop = groove.loop_of(beats * 2, 16, 24);
    // The riff's cycle is shorter than the bar, or longer: they meet again after several (polymeter).
    let cycle = groove.chance.pick(&[beats, beats, 3, 5, 7, 2 * beats - 1]);
    let (on, off) = (groove.chance.between(40, 70), groove.chance.between(18, 45));
    let riff_places = groove.loop_of(cycle, on, off);
    let idea = Idea { unit: 1, slots: 64, beat: 2, on_beat: 90, off_beat: 90 };
    let contour = Motif::invent(groove.chance, &idea);
    let sections = groove.chance.pick(&["iabab", "iaabac", "abacab", "iababc", "aabbac"]);
    let mut at = 0;
    for section in sections.chars() {
        let length = if section == 'i' { 4 } else { 8 };
        let end = at + length * bar;
        let dropped = section == 'c';
        if !dropped {
            groove.drum(drums, &drum_loop, at, end);
        }
        if section != 'i' {
            groove.bass(bass, &bass_loop, &bars, (at, end));
        }
        groove.comp(keys, &comp_loop, &bars, (at, end));
        if matches!(section, 'a' | 'c') {
            groove.riff(lead, (&riff_places, cycle), &contour, &bars, (at, end, key));
        } else if section == 'b' {
            groove.solo(lead, &bars, (at, end, key));
        }
        at = end;
    }
    let tonic = bars[0][0];
    let hand = voiced(&tonic.rootless(), &[], 60);
    for pitch in hand {
        groove.sheet.play(keys, Tone { at, length: bar, pitch, velocity: 66 });
    }
    groove.sheet.play(bass, Tone { at, length: bar, pitch: nearest(tonic.root, 36), velocity: 84 });
    groove.sheet.play_all(drums, [stroke(at, KICK, 92), stroke(at, OPEN_HAT, 72)]);
    sheet.finish(chance)
}

struct Offsets {
    snare: i32,
    bass: i32,
    keys: i32,
    lead: i32,
}

/// A drum, its onsets in a bar, its velocity.
type DrumLoop = Vec<(i32, Vec<i32>, i32)>;

struct Groove<'a> {
    sheet: &'a mut Sheet,
    chance: &'a mut Chance,
    parts: Vec<i32>,
    beats: i32,
    offsets: Offsets,
}

impl Groove<'_> {
    /// Random onsets within `beats` beats, `on` percent of the beats and `off` percent of what lies between.
    fn loop_of(&mut self, beats: i32, on: i32, off: i32) -> Vec<i32> {
        let mut onsets = Vec::new();
        for beat in 0..beats {
            for &part in &self.parts {
                let percent = if part == 0 { on } else { off };
                if beat == 0 && part == 0 && on > 30 || self.chance.percent(percent) {
                    onsets.push(beat * QUARTER + part);
                }
            }
        }
        if onsets.is_empty() {
            onsets.push(self.chance.below(beats) * QUARTER + self.parts[self.parts.len() - 1]);
        }
        onsets
    }

    fn drum_loop(&mut self) -> DrumLoop {
        let hats = self.loop_of(self.beats, 92, 62);
        let kicks = self.loop_of(self.beats, 35, 24);
        let ghosts = self.loop_of(self.beats, 4, 16);
        let backbeats = (0..self.beats).filter(|beat| beat % 2 == 1).map(|beat| beat * QUARTER + self.offsets.snare);
        let backbeats: Vec<i32> = backbeats.collect();
        let snare = self.chance.pick(&[SNARE, SNARE, CLAP, RIM]);
        let hat = self.chance.pick(&[HAT, HAT, SHAKER]);
        vec![(hat, hats, 60), (KICK, kicks, 94), (snare, backbeats, 92), (SNARE, ghosts, 38)]
    }

    fn drum(&mut self, seat: Seat, drum_loop: &DrumLoop, from: i32, to: i32) {
        let bar = self.beats * QUARTER;
        for start in (from..to).step_by(usize::try_from(bar).expect("a bar is positive")) {
            for (drum, onsets, velocity) in drum_loop {
                for onset in onsets {
                    if self.chance.percent(94) {
                        let accent = if onset % QUARTER == 0 { 8 } else { 0 };
                        let velocity = velocity + accent + self.chance.between(-6, 6);
                        self.sheet.play(seat, stroke(start + onset, *drum, velocity));
                    }
                }
            }
        }
    }

    fn chord_at(&self, bars: &[[Chord; 2]], ticks: i32) -> Chord {
        let bar = self.beats * QUARTER;
        let place = usize::try_from(ticks / bar).expect("never negative") % bars.len();
        bars[place][usize::from(ticks % bar >= (self.beats + 1) / 2 * QUARTER)]
    }

    fn bass(&mut self, seat: Seat, onsets: &[i32], bars: &[[Chord; 2]], (from, to): (i32, i32)) {
        let span = (onsets.iter().max().unwrap_or(&0) / (self.beats * QUARTER) + 1) * self.beats * QUARTER;
        let steps: Vec<i32> = onsets.iter().map(|_| self.chance.pick(&[0, 0, 0, 2, 3, 4, 1])).collect();
        let mut start = from;
        while start < to {
            for (place, (&onset, &tone)) in onsets.iter().zip(&steps).enumerate() {
                let chord = self.chord_at(bars, start + onset - from);
                let root = nearest(chord.root, 36);
                let pitch = match usize::try_from(tone) {
                    Ok(tone @ 1..=3) if place > 0 => root + (chord.tones()[tone] - root).rem_euclid(12),
                    Ok(4) if place > 0 => root + 12,
                    _ => root,
                };
                let next = onsets.get(place + 1).copied().unwrap_or(span);
                let length = (next - onset).min(QUARTER) * 17 / 20;
                let at = start + onset + self.offsets.bass;
                let velocity = 86 + self.chance.between(-6, 6);
                if start + onset < to {
                    self.sheet.play(seat, Tone { at, length, pitch, velocity });
                }
            }
            start += span;
        }
    }

    fn comp(&mut self, seat: Seat, onsets: &[i32], bars: &[[Chord; 2]], (from, to): (i32, i32)) {
        let mut hand = Hand::new(61, 45);
        let span = 2 * self.beats * QUARTER;
        let mut start = from;
        while start < to {
            for &onset in onsets.iter().filter(|&&onset| start + onset < to) {
                let chord = self.chord_at(bars, start + onset - from);
                let length = self.chance.pick(&[120, QUARTER, QUARTER * 2]);
                let velocity = 62 + self.chance.between(-7, 7);
                for &pitch in hand.play(self.chance, &chord.rootless()) {
                    self.sheet.play(seat, Tone { at: start + onset + self.offsets.keys, length, pitch, velocity });
                }
            }
            start += span;
        }
    }

    /// `(onsets, beats of the cycle)`, and `(from, to, key)`.
    fn riff(
        &mut self,
        seat: Seat,
        (onsets, cycle): (&[i32], i32),
        contour: &Motif,
        bars: &[[Chord; 2]],
        (from, to, key): (i32, i32, i32),
    ) {
        let (low, high) = self.sheet.player(seat).range;
        let tonic = nearest(key, (low + high) / 2);
        let mut start = from;
        while start < to {
            for (place, (&onset, step)) in onsets.iter().zip(contour.0.iter().cycle()).enumerate() {
                let at = start + onset;
                if at >= to {
                    break;
                }
                let next = onsets.get(place + 1).copied().unwrap_or(cycle * QUARTER);
                let pitch = over(self.chord_at(bars, at - from), tonic + 2 * step.degree, next - onset >= QUARTER);
                let length = (next - onset).min(QUARTER) * 9 / 10;
                let velocity = 76 + self.chance.between(-6, 8);
                self.sheet.play(seat, Tone { at: at + self.offsets.lead, length, pitch, velocity });
            }
            start += cycle * QUARTER;
        }
    }

    /// Phrases on the beat's own division, with rests; `(from, to, key)`.
    fn solo(&mut self, seat: Seat, bars: &[[Chord; 2]], (from, to, key): (i32, i32, i32)) {
        let (low, high) = self.sheet.player(seat).range;
        let mut pitch = nearest(key, (low + high) / 2);
        let mut beat = self.chance.between(0, 3);
        while from + (beat + 2) * QUARTER < to {
            for _ in 0..self.chance.between(2, 6) {
                for &part in &self.parts {
                    let at = from + beat * QUARTER + part;
                    if at < to && self.chance.percent(if part == 0 { 70 } else { 60 }) {
                        let chord = self.chord_at(bars, at - from);
                        let centre = (low + high) / 2;
                        pitch += self.chance.pick(&[-4, -2, -2, -1, 1, 2, 2, 4]) + (centre - pitch) / 8;
                        pitch = over(chord, pitch, part == 0);
                        let velocity = 80 + self.chance.between(-8, 8);
                        self.sheet
                            .play(seat, Tone { at: at + self.offsets.lead, length: QUARTER / 3, pitch, velocity });
                    }
                }
                beat += 1;
            }
            beat += self.chance.between(1, 4);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hats_fall_on_the_parts_of_the_beat() {
        for number in 0..40 {
            let score = compose(&mut Chance::new("microrhythm", 1, number));
            let drums = score.parts.iter().find(|part| part.instrument.is_drums()).unwrap();
            let hats = drums.notes.iter().filter(|note| matches!(i32::from(note.pitch.value()), HAT | SHAKER));
            let places: std::collections::BTreeSet<u32> = hats.map(|note| note.onset.0 % 480).collect();
            assert!((1..=7).contains(&places.len()), "piece {number}: {places:?}");
        }
    }
}
