//! Modes, drones, ostinati and chords of fourths.
//!
//! After Persichetti, Twentieth-Century Harmony (1961), chapters 2 (scales), 4 (chords by fourths) and 10 (ostinato);
//! Bartók's Mikrokosmos and Debussy's parallel chords are the models.

use ripieno_score::Score;

use super::chance::Chance;
use super::drums::{HIGH_BONGO, LOW_BONGO, TAMBOURINE, stroke};
use super::melody::{Idea, Motif, degree, phrase};
use super::player::{
    BASSOON, CELLO, CHOIR, CLARINET, DRUMS, ENGLISH_HORN, FLUTE, HARP, HORN, KOTO, NYLON_GUITAR, OBOE, ORGAN, PIANO,
    Player, SHAKUHACHI, SITAR, STRINGS, VIBRAPHONE, VIOLA, VIOLIN,
};
use super::sheet::{EIGHTH, QUARTER, SIXTEENTH, Seat, Sheet, Tone};

const MODES: [&[i32]; 15] = [
    &[0, 2, 3, 5, 7, 9, 10],
    &[0, 1, 3, 5, 7, 8, 10],
    &[0, 2, 4, 6, 7, 9, 11],
    &[0, 2, 4, 5, 7, 9, 10],
    &[0, 2, 3, 5, 7, 8, 10],
    &[0, 1, 4, 5, 7, 8, 10],
    &[0, 2, 4, 6, 7, 9, 10],
    &[0, 2, 3, 6, 7, 8, 11],
    &[0, 1, 4, 5, 7, 8, 11],
    &[0, 2, 4, 6, 8, 10],
    &[0, 1, 3, 4, 6, 7, 9, 10],
    &[0, 2, 4, 7, 9],
    &[0, 3, 5, 7, 10],
    &[0, 1, 5, 7, 8],
    &[0, 1, 3, 5, 6, 8, 10],
];
const MELODY: [Player; 12] =
    [FLUTE, OBOE, ENGLISH_HORN, CLARINET, BASSOON, HORN, VIOLIN, VIOLA, CELLO, PIANO, SHAKUHACHI, SITAR];

/// What lies under the melody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ground {
    Drone,
    Ostinato,
    Fourths,
    Parallel,
}

pub(super) fn compose(chance: &mut Chance) -> Score {
    let mode = chance.pick(&MODES);
    let tonic = chance.between(57, 68);
    let meters = [(4, 4), (3, 4), (6, 8), (5, 8), (7, 8), (5, 4), (2, 4), (9, 8)];
    let (numerator, denominator) = chance.pick(&meters);
    let bar = i32::from(numerator) * 4 * QUARTER / i32::from(denominator);
    let mut sheet = Sheet::new(numerator, denominator, chance.between(56, 138));
    let melody = sheet.seat(chance.pick(&MELODY));
    let second = chance.percent(40).then(|| sheet.seat(chance.pick(&MELODY)));
    let low = sheet.seat(chance.pick(&[PIANO, HARP, STRINGS, ORGAN, NYLON_GUITAR, KOTO, CHOIR, VIBRAPHONE]));
    let drums = (bar <= 4 * QUARTER && chance.percent(25)).then(|| sheet.seat(DRUMS));
    let (unit, beat) = match denominator {
        8 => (EIGHTH, if numerator % 3 == 0 { 3 } else { 2 }),
        _ => (chance.pick(&[EIGHTH, EIGHTH, SIXTEENTH]), 2),
    };
    let idea = Idea {
        unit,
        slots: 2 * bar / unit,
        beat: if unit == SIXTEENTH { 4 } else { beat },
        on_beat: chance.between(50, 85),
        off_beat: chance.between(12, 45),
    };
    let motif = Motif::invent(chance, &idea);
    let other = Motif::invent(chance, &Idea { on_beat: idea.off_beat + 20, ..idea });
    let grounds = [Ground::Drone, Ground::Ostinato, Ground::Fourths, Ground::Parallel];
    let (first_ground, other_ground) = (chance.pick(&grounds), chance.pick(&grounds));
    let figure = ostinato(chance, bar, unit);
    let plan = chance.pick(&[[0, 0, 1, 0].as_slice(), &[0, 1, 0], &[0, 1, 0, 1, 0], &[0, 0, 1, 1, 0], &[0, 1, 1, 0]]);
    let mut ground_writer = GroundWriter { seat: low, mode, tonic, bar, unit, figure };
    let intro = chance.between(0, 2) * 2;
    ground_writer.write(&mut sheet, chance, first_ground, 0, intro);
    let mut at = intro * bar;
    for (place, &section) in plan.iter().enumerate() {
        let (motif, ground) = if section == 0 { (&motif, first_ground) } else { (&other, other_ground) };
        let centre = if section == 1 { chance.pick(&[0, 3, 4]) } else { 0 };
        let home = if section == 0 { 0 } else { 4 };
        let singer = second.filter(|_| section == 1).unwrap_or(melody);
        ground_writer.write(&mut sheet, chance, ground, at, 8);
        if let Some(seat) = drums {
            hand_drum(&mut sheet, chance, seat, at, (bar, 8));
        }
        for (unit, motif) in (0..).zip(phrase(chance, motif, 2 * bar, home)) {
            let tones = motif.tones(at + unit * 2 * bar, 74, |step, _| {
                let (low, high) = sheet.player(singer).range;
                let octave = ((low + high) / 2 - tonic + 2).div_euclid(12) * 12;
                degree(mode, tonic + octave, step + centre)
            });
            if let Some(seat) = second.filter(|&seat| seat != singer && place > 0 && unit >= 2) {
                // A second voice a third or fourth below, in the mode.
                let below = chance.pick(&[-2, -3]);
                let follow =
                    motif.moved(below).tones(at + unit * 2 * bar, 62, |step, _| degree(mode, tonic, step + centre));
                sheet.play_all(seat, follow);
            }
            sheet.play_all(singer, tones);
        }
        at += 8 * bar;
    }
    ground_writer.write(&mut sheet, chance, first_ground, at, 2);
    sheet.play(melody, Tone { at, length: 2 * bar, pitch: tonic, velocity: 62 });
    for pitch in bare_fifth(mode, tonic - 12) {
        sheet.play(low, Tone { at: at + 2 * bar, length: bar, pitch, velocity: 56 });
    }
    sheet.slow_down(at, at + 2 * bar, 72);
    sheet.finish(chance)
}

/// Octave and fifth below `tonic`; the octave alone in a mode without the fifth.
fn bare_fifth(mode: &[i32], tonic: i32) -> Vec<i32> {
    let fifth = mode.contains(&7).then_some(tonic - 5);
    [Some(tonic - 12), fifth, Some(tonic)].into_iter().flatten().collect()
}

/// A figure of one or two bars: onsets, lengths and steps.
fn ostinato(chance: &mut Chance, bar: i32, unit: i32) -> Vec<(i32, i32, i32)> {
    let slots = bar / unit * chance.pick(&[1, 1, 2]);
    let mut figure = Vec::new();
    let steps = [0, 4, 0, 4, 2, 7, 1, 5, 3, -3];
    for slot in 0..slots {
        if slot == 0 || chance.percent(52) {
            figure.push((slot * unit, unit, if slot == 0 { 0 } else { chance.pick(&steps) }));
        }
    }
    figure
}

struct GroundWriter<'a> {
    seat: Seat,
    mode: &'a [i32],
    tonic: i32,
    bar: i32,
    unit: i32,
    figure: Vec<(i32, i32, i32)>,
}

impl GroundWriter<'_> {
    fn write(&mut self, sheet: &mut Sheet, chance: &mut Chance, ground: Ground, at: i32, bars: i32) {
        let (mode, tonic, bar) = (self.mode, self.tonic - 12, self.bar);
        let end = at + bars * bar;
        match ground {
            Ground::Drone => {
                let again = chance.pick(&[1, 2, 4]);
                for start in (at..end).step_by(usize::try_from(again * bar).unwrap_or(1)) {
                    let length = (again * bar).min(end - start);
                    for pitch in bare_fifth(mode, tonic) {
                        sheet.play(self.seat, Tone { at: start, length, pitch, velocity: 54 });
                    }
                }
            }
            Ground::Ostinato => {
                let span = self.figure.iter().map(|&(onset, ..)| onset / bar + 1).max().unwrap_or(1) * bar;
                let mut start = at;
                while start < end {
                    for &(onset, length, step) in &self.figure {
                        if start + onset < end {
                            let pitch = degree(mode, tonic, step);
                            let velocity = if onset % bar == 0 { 70 } else { 58 };
                            sheet.play(self.seat, Tone { at: start + onset, length, pitch, velocity });
                        }
                    }
                    start += span;
                }
            }
            Ground::Fourths | Ground::Parallel => {
                let stack = if ground == Ground::Fourths { 3 } else { 2 };
                let mut root = 0;
                let mut start = at;
                while start < end {
                    let length = chance
                        .pick(&[bar, bar, bar / self.unit / 2 * self.unit, 2 * bar])
                        .min(end - start)
                        .max(self.unit);
                    for voice in 0..4 {
                        let pitch = degree(mode, tonic, root + voice * stack);
                        sheet.play(
                            self.seat,
                            Tone { at: start, length: length * 19 / 20, pitch, velocity: 60 - 2 * voice },
                        );
                    }
                    root = (root + chance.pick(&[1, -1, 1, -1, 2, -2, 3])).clamp(-3, 4);
                    start += length;
                }
            }
        }
    }
}

/// `(bar, bars)`: how long a bar is and how many there are.
fn hand_drum(sheet: &mut Sheet, chance: &mut Chance, seat: Seat, at: i32, (bar, bars): (i32, i32)) {
    let slots = bar / EIGHTH;
    let pattern: Vec<(i32, i32, i32)> = (0..slots)
        .filter(|&slot| slot == 0 || chance.percent(45))
        .map(|slot| (slot, 0, if slot == 0 { 76 } else { 56 }))
        .collect();
    let drums: Vec<i32> =
        pattern.iter().map(|_| chance.pick(&[HIGH_BONGO, LOW_BONGO, HIGH_BONGO, TAMBOURINE])).collect();
    for index in 0..bars {
        for (&(slot, _, velocity), &drum) in pattern.iter().zip(&drums) {
            if slot == 0 || chance.percent(90) {
                sheet.play(seat, stroke(at + index * bar + slot * EIGHTH, drum, velocity));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_the_mode() {
        for number in 0..60 {
            let mut chance = Chance::new("modal", 1, number);
            let (mode, tonic) = {
                let mut first = chance.clone();
                (first.pick(&MODES), first.between(57, 68))
            };
            let score = compose(&mut chance);
            let pitched = score.parts.iter().filter(|part| !part.instrument.is_drums()).flat_map(|part| &part.notes);
            for note in pitched {
                let above = (i32::from(note.pitch.value()) - tonic).rem_euclid(12);
                assert!(mode.contains(&above), "piece {number}: {above} in {mode:?}");
            }
        }
    }
}
