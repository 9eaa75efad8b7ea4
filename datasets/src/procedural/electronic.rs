//! Dance music of machines: house, techno, trance and electro, in layers that come and go by eights.
//!
//! After Butler, Unlocking the Groove (2006), chapters 2 to 5: four to the floor, textural layers, build-ups, breakdowns and
//! the return of the bass drum; Snoman, Dance Music Manual (2019).

use ripieno_score::Score;

mod layers;

use layers::{Kit, Layer, arpeggio, bass, roots, stabs};

use super::chance::Chance;
use super::chord::voiced;
use super::drums::{CRASH, KICK, SNARE, stroke};
use super::melody::{Idea, Motif, degree, phrase};
use super::player::{CRYSTAL, DRUMS, PIANO, POLYSYNTH, SAW_LEAD, SQUARE_LEAD, SYNTH_STRINGS, WARM_PAD};
use super::rhythm::onsets;
use super::sheet::{BAR, QUARTER, SIXTEENTH, Seat, Sheet, Tone};

const MINOR: [i32; 7] = [0, 2, 3, 5, 7, 8, 10];
const DORIAN: [i32; 7] = [0, 2, 3, 5, 7, 9, 10];
const PHRYGIAN: [i32; 7] = [0, 1, 3, 5, 7, 8, 10];
const MAJOR: [i32; 7] = [0, 2, 4, 5, 7, 9, 11];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dance {
    House,
    Techno,
    Trance,
    Electro,
}

pub(super) fn compose(chance: &mut Chance) -> Score {
    let dance = chance.pick(&[Dance::House, Dance::Techno, Dance::Trance, Dance::Electro]);
    let bpm = match dance {
        Dance::House => chance.between(116, 128),
        Dance::Techno => chance.between(124, 142),
        Dance::Trance => chance.between(130, 145),
        Dance::Electro => chance.between(104, 132),
    };
    let scale = match dance {
        Dance::Techno => chance.pick(&[MINOR, PHRYGIAN, DORIAN]),
        Dance::Trance => chance.pick(&[MINOR, MINOR, MAJOR]),
        _ => chance.pick(&[MINOR, DORIAN, MAJOR, MINOR]),
    };
    let tonic = chance.between(53, 64);
    let mut sheet = Sheet::new(4, 4, bpm);
    let drums = sheet.seat(DRUMS);
    let roots = roots(chance, dance);
    let bass = bass(chance, &mut sheet, dance);
    let arpeggio = arpeggio(chance, &mut sheet);
    let stabs = stabs(chance, &mut sheet);
    let lead = sheet.seat(chance.pick(&[SAW_LEAD, SQUARE_LEAD, PIANO, CRYSTAL]));
    let pad = sheet.seat(chance.pick(&[WARM_PAD, SYNTH_STRINGS, POLYSYNTH]));
    let sixteenths =
        Idea { unit: SIXTEENTH, slots: 32, beat: 4, on_beat: chance.between(30, 75), off_beat: chance.between(10, 38) };
    let motif = Motif::invent(chance, &sixteenths);
    let tune = phrase(chance, &motif, 2 * BAR, 0);
    let kit = Kit::new(chance, dance);
    let mut studio =
        Studio { sheet: &mut sheet, drums, pad, lead, kit, scale, tonic, roots, tune, hand: Vec::new(), chance };
    // k kick, h hats, c clap, b bass, a arpeggio, s stabs, p pad, l lead, r roll before the next section.
    let plans: [&[&str]; 6] = [
        &["kh", "khcb", "khcbs", "pa", "par", "khcbasl", "khcbl", "kh"],
        &["kb", "khb", "khcbs", "p", "plr", "khcbsl", "khcbal", "khc"],
        &["a", "kha", "khcba", "khcbap", "plr", "khcbapl", "khcb"],
        &["kh", "khb", "khcba", "pl", "par", "khcbal", "khcbasl", "b"],
        &["p", "kps", "khcbs", "khcbsa", "alr", "khcbspl", "khcbs", "kh"],
        &["hs", "khs", "khcbs", "khcbsl", "psr", "khcbsal", "kh"],
    ];
    let plan = studio.chance.pick(&plans);
    // A short plan may stay in one section for twice the time.
    let long = if plan.len() > 7 { plan.len() } else { studio.chance.pick(&[1, 2, 5, 6, 7]) };
    let mut at = 0;
    for (place, section) in plan.iter().enumerate() {
        let end = at + if place == long { 16 } else { 8 } * BAR;
        studio.drum(section, at, end);
        for (mark, layer) in [('b', &bass), ('a', &arpeggio), ('s', &stabs)] {
            if section.contains(mark) {
                studio.repeat(layer, at, end);
            }
        }
        if section.contains('p') {
            studio.chords(at, end);
        }
        if section.contains('l') {
            studio.melody(at, end);
        }
        at = end;
    }
    studio.last(at, &bass);
    sheet.finish(chance)
}

struct Studio<'a> {
    sheet: &'a mut Sheet,
    chance: &'a mut Chance,
    drums: Seat,
    pad: Seat,
    lead: Seat,
    kit: Kit,
    scale: [i32; 7],
    tonic: i32,
    roots: [i32; 4],
    tune: Vec<Motif>,
    hand: Vec<i32>,
}

impl Studio<'_> {
    fn root(&self, at: i32) -> i32 {
        self.roots[usize::try_from(at / BAR % 4).expect("never negative")]
    }

    fn drum(&mut self, section: &str, from: i32, to: i32) {
        let hit = |velocity: i32, at: i32| velocity + if at % QUARTER == 0 { 6 } else { -2 };
        let mut strokes = Vec::new();
        // The last beat before a change is left out, or filled.
        let gap = to - self.chance.pick(&[0, QUARTER, QUARTER, 2 * QUARTER]);
        if section.contains('k') {
            strokes.extend(
                onsets(&self.kit.kick, from, gap, SIXTEENTH).into_iter().map(|at| stroke(at, KICK, hit(100, at))),
            );
            strokes.push(stroke(from, CRASH, 84));
        }
        for (mark, layers) in [('h', &self.kit.hats), ('c', &self.kit.clap)] {
            if section.contains(mark) {
                for (drum, cycle, velocity) in layers {
                    let places = onsets(cycle, from, to, SIXTEENTH);
                    strokes.extend(places.into_iter().map(|at| stroke(at, *drum, hit(*velocity, at))));
                }
            }
        }
        if section.contains('r') {
            // The roll: quarter notes, eighths, sixteenths, louder and louder.
            let half = (to - from) / 2;
            let mut at = from + half;
            while at < to {
                let left = to - at;
                let gap = if left > half * 3 / 4 {
                    QUARTER
                } else if left > half / 3 {
                    QUARTER / 2
                } else {
                    SIXTEENTH
                };
                strokes.push(stroke(at, SNARE, 50 + 60 * (half - left) / half));
                at += gap;
            }
        }
        self.sheet.play_all(self.drums, strokes);
    }

    fn repeat(&mut self, layer: &Layer, from: i32, to: i32) {
        let mut start = from;
        while start < to {
            for &(onset, length, step, velocity) in &layer.notes {
                let at = start + onset;
                if at < to {
                    let root = if layer.pedal { 0 } else { self.root(at) };
                    // A root above the fifth is taken below.
                    let root = if root > 4 { root - 7 } else { root };
                    let pitch = degree(&self.scale, self.tonic + layer.octave, root + step);
                    // A filter that opens over eight bars is here a slow swell.
                    let swell = (at - from) / BAR % 8;
                    let velocity = velocity + swell + self.chance.between(-3, 3);
                    self.sheet.play(layer.seat, Tone { at, length, pitch, velocity });
                }
            }
            start += layer.span;
        }
    }

    fn chords(&mut self, from: i32, to: i32) {
        for at in (from..to).step_by(usize::try_from(BAR).expect("a bar is positive")) {
            let root = self.root(at);
            let classes: Vec<i32> = [0, 2, 4, 6]
                .iter()
                .take(3)
                .map(|step| degree(&self.scale, self.tonic, root + step).rem_euclid(12))
                .collect();
            self.hand = voiced(&classes, &self.hand, 62);
            for &pitch in &self.hand {
                self.sheet.play(self.pad, Tone { at, length: BAR, pitch, velocity: 58 });
            }
        }
    }

    fn melody(&mut self, from: i32, to: i32) {
        let mut at = from;
        for motif in self.tune.iter().cycle() {
            if at >= to {
                break;
            }
            let pitch = |step: i32, note: &super::melody::Step| {
                // Long notes sit on the chord of their bar.
                let root = self.root(at + note.onset);
                let inside = (step - root).rem_euclid(7);
                let step = if note.length >= QUARTER && inside % 2 == 1 { step - 1 } else { step };
                degree(&self.scale, self.tonic + 12, step)
            };
            let tones = motif.tones(at, 82, pitch);
            self.sheet.play_all(self.lead, tones.into_iter().filter(|tone| tone.at < to));
            at += 2 * BAR;
        }
    }

    /// One last kick, and the tonic.
    fn last(&mut self, at: i32, bass: &Layer) {
        self.sheet.play_all(self.drums, [stroke(at, KICK, 104), stroke(at, CRASH, 90)]);
        self.sheet.play(bass.seat, Tone { at, length: QUARTER, pitch: self.tonic - 24, velocity: 96 });
        for step in [0, 2, 4] {
            let pitch = degree(&self.scale, self.tonic, step);
            self.sheet.play(self.pad, Tone { at, length: 2 * BAR, pitch, velocity: 60 });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kick_comes_on_every_beat_or_hardly_at_all() {
        let mut steady = 0;
        for number in 0..40 {
            let score = compose(&mut Chance::new("electronic", 1, number));
            let drums = score.parts.iter().find(|part| part.instrument.is_drums()).unwrap();
            let kicks = |bar: u32| {
                let inside = drums.notes.iter().filter(|note| note.pitch.value() == 36 && note.onset.0 / 1920 == bar);
                inside.map(|note| note.onset.0 % 1920).collect::<Vec<_>>()
            };
            steady += (0..score.end().0 / 1920).filter(|&bar| kicks(bar) == [0, 480, 960, 1440]).count();
        }
        assert!(steady > 40 * 16, "{steady} bars of four to the floor");
    }
}
