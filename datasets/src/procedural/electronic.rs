//! Dance music of machines: house, techno, trance and electro, in layers that come and go by eights.
//!
//! After Butler, Unlocking the Groove (2006), chapters 2 to 5: four to the floor, textural layers, build-ups, breakdowns and
//! the return of the bass drum; Snoman, Dance Music Manual (2019).

use ripieno_score::Score;

use super::chance::Chance;
use super::chord::voiced;
use super::drums::{
    CLAP, CRASH, HAT, KICK, LOW_CONGA, OPEN_CONGA, OPEN_HAT, RIDE, RIM, SHAKER, SNARE, TAMBOURINE, stroke,
};
use super::melody::{Idea, Motif, degree, phrase};
use super::player::{
    CRYSTAL, DRUMS, ELECTRIC_PIANO, ORGAN, PIANO, POLYSYNTH, SAW_LEAD, SQUARE_LEAD, SYNTH_BASS, SYNTH_BASS_2,
    SYNTH_STRINGS, WARM_PAD,
};
use super::rhythm::{Cycle, cycle, euclid, onsets, rotated};
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

/// A layer with its loop of one, two or four bars.
struct Layer {
    seat: Seat,
    /// Onset, length, steps of the scale above the root of the bar, velocity; in ticks of the loop.
    notes: Vec<(i32, i32, i32, i32)>,
    span: i32,
    octave: i32,
    /// Whether it keeps to the tonic while the chords move.
    pedal: bool,
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

/// A root for each of four bars, as degrees; techno stays where it is.
fn roots(chance: &mut Chance, dance: Dance) -> [i32; 4] {
    match dance {
        Dance::Techno => chance.pick(&[[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 6], [0, 0, 5, 5]]),
        _ => {
            let [a, b, c] = [(); 3].map(|()| chance.pick(&[0, 2, 3, 4, 5, 6]));
            let first = chance.weighted(&[(0, 4), (5, 2), (3, 1)]);
            [first, if a == first { (a + 5) % 7 } else { a }, if b == a { (b + 2) % 7 } else { b }, c]
        }
    }
}

fn bass(chance: &mut Chance, sheet: &mut Sheet, dance: Dance) -> Layer {
    let seat = sheet.seat(chance.pick(&[SYNTH_BASS, SYNTH_BASS_2]));
    let offbeat = cycle("..x...x...x...x.");
    let rolling = cycle(".xxx.xxx.xxx.xxx");
    let steps = match dance {
        Dance::Trance => chance.pick(&[0, 1]),
        Dance::House => chance.pick(&[0, 2]),
        _ => chance.pick(&[1, 2, 2]),
    };
    let rhythm: Cycle = match steps {
        0 => offbeat,
        1 => rolling,
        _ => {
            let (hits, turn) = (chance.between(5, 11), chance.below(16));
            rotated(&euclid(hits, 16), turn)
        }
    };
    let span = chance.pick(&[BAR, 2 * BAR]);
    // A bass that never leaves the root is rare; octaves, fifths and neighbours make the figure.
    let wild = chance.weighted(&[(0, 1), (25, 3), (45, 5), (65, 3)]);
    let away = [chance.pick(&[7, 7, 4]), chance.pick(&[7, 4, -1, 2]), chance.pick(&[2, 6, 3, -3, 1])];
    let places = onsets(&rhythm, 0, span, SIXTEENTH);
    let notes = places.into_iter().map(|at| {
        let step = if at > 0 && chance.percent(wild) { chance.pick(&away) } else { 0 };
        let accent = if chance.percent(25) { 16 } else { 0 };
        (at, chance.pick(&[SIXTEENTH, SIXTEENTH, SIXTEENTH * 3 / 2]), step, 84 + accent)
    });
    Layer { seat, notes: notes.collect(), span, octave: -24, pedal: dance == Dance::Techno }
}

/// Broken chords in sixteenth notes: up, down, both, or in a random order that stays.
fn arpeggio(chance: &mut Chance, sheet: &mut Sheet) -> Layer {
    let seat = sheet.seat(chance.pick(&[SQUARE_LEAD, POLYSYNTH, CRYSTAL, SAW_LEAD]));
    let ladder = chance.pick(&[
        [0, 2, 4, 7, 9, 11].as_slice(),
        &[0, 2, 4, 7],
        &[0, 4, 7],
        &[0, 4, 7, 9, 11],
        &[0, 2, 4, 6, 7],
        &[0, 3, 4, 7, 8],
    ]);
    let order: Vec<i32> = match chance.below(4) {
        0 => ladder.to_vec(),
        1 => ladder.iter().rev().copied().collect(),
        2 => ladder.iter().chain(ladder[1..ladder.len() - 1].iter().rev()).copied().collect(),
        _ => {
            let length = chance.pick(&[8, 16, 6, 12]);
            (0..length).map(|_| chance.pick(ladder)).collect()
        }
    };
    let (hits, turn) = (chance.pick(&[16, 16, 12, 10, 9, 7]), chance.below(16));
    let rhythm = rotated(&euclid(hits, 16), turn);
    let span = chance.pick(&[BAR, 2 * BAR, 2 * BAR]);
    let places = onsets(&rhythm, 0, span, SIXTEENTH);
    let notes = places
        .into_iter()
        .zip(order.iter().cycle())
        .map(|(at, &step)| (at, SIXTEENTH, step, 66 + chance.between(-6, 10)));
    Layer { seat, notes: notes.collect(), span, octave: chance.pick(&[0, 12]), pedal: false }
}

fn stabs(chance: &mut Chance, sheet: &mut Sheet) -> Layer {
    let seat = sheet.seat(chance.pick(&[ORGAN, ELECTRIC_PIANO, PIANO, POLYSYNTH]));
    let (hits, turn) = (chance.between(3, 7), chance.below(16));
    let rhythm = rotated(&euclid(hits, 16), turn);
    let chords: [&[i32]; 7] =
        [&[0, 2, 4], &[0, 2, 4, 6], &[2, 4, 6, 8], &[0, 3, 4], &[0, 4, 8], &[2, 4, 7], &[-3, 0, 2]];
    let used = [(); 3].map(|()| chance.pick(&chords));
    let length = chance.pick(&[SIXTEENTH, SIXTEENTH * 3 / 2, 2 * SIXTEENTH]);
    let span = chance.pick(&[BAR, 2 * BAR]);
    let places = onsets(&rhythm, 0, span, SIXTEENTH);
    let notes = places.into_iter().flat_map(|at| {
        let chord = chance.pick(&used);
        chord.iter().map(move |&step| (at, length, step, 74))
    });
    Layer { seat, notes: notes.collect(), span, octave: 0, pedal: false }
}

/// A drum machine's patterns.
struct Kit {
    kick: Cycle,
    hats: Vec<(i32, Cycle, i32)>,
    clap: Vec<(i32, Cycle, i32)>,
}

impl Kit {
    fn new(chance: &mut Chance, dance: Dance) -> Self {
        let kick = match dance {
            Dance::Electro => {
                let mut kick = cycle("x.........x.....");
                for place in [3, 6, 7, 11, 14] {
                    kick[place] = chance.percent(35);
                }
                kick
            }
            _ => cycle("x...x...x...x..."),
        };
        let mut hats = vec![(OPEN_HAT, cycle("..x...x...x...x."), 76)];
        let closed = chance.pick(&[
            "xxxxxxxxxxxxxxxx",
            "x.xxx.xxx.xxx.xx",
            "x.x.x.x.x.x.x.x.",
            ".x.x.x.x.x.x.x.x",
            "xx.xxx.xxx.xxx.x",
        ]);
        if chance.percent(75) {
            hats.push((HAT, cycle(closed), 54));
        }
        for drum in [SHAKER, RIDE, TAMBOURINE, OPEN_CONGA, LOW_CONGA, RIM] {
            if chance.percent(26) {
                let (hits, turn) = (chance.between(3, 9), chance.below(16));
                hats.push((drum, rotated(&euclid(hits, 16), turn), chance.between(46, 72)));
            }
        }
        let clap = chance.pick(&[CLAP, SNARE, CLAP]);
        let backbeat = match dance {
            Dance::Techno if chance.percent(50) => {
                vec![(clap, rotated(&euclid(chance.between(2, 5), 16), chance.below(16)), 76)]
            }
            _ => vec![(clap, cycle("....x.......x..."), 90)],
        };
        Self { kick, hats, clap: backbeat }
    }
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
