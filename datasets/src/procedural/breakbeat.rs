//! Breaks cut up and put together again, over deep bass: hip-hop, big beat, jungle and drum and bass.
//!
//! Cuts, stutters and rolls after Collins, "Algorithmic Composition Methods for Breakbeat Science" (2001); the rhythm
//! of breaks after Butler, Unlocking the Groove (2006), chapter 2. The breaks themselves are made here.

use ripieno_score::Score;

use super::chance::Chance;
use super::chord::Hand;
use super::drums::{CRASH, HAT, KICK, OPEN_HAT, RIDE, RIM, SHAKER, SNARE, stroke};
use super::melody::{Idea, Motif, degree, phrase};
use super::player::{
    DRUMS, ELECTRIC_BASS, ELECTRIC_PIANO, FLUTE, MUTED_TRUMPET, ORGAN, PIANO, SAW_LEAD, SQUARE_LEAD, STRINGS,
    SYNTH_BASS, SYNTH_BASS_2, SYNTH_STRINGS, VIBRAPHONE, WARM_PAD,
};
use super::sheet::{BAR, EIGHTH, QUARTER, SIXTEENTH, Seat, Sheet, Tone};

const SCALES: [[i32; 7]; 4] =
    [[0, 2, 3, 5, 7, 9, 10], [0, 2, 3, 5, 7, 8, 10], [0, 1, 3, 5, 7, 8, 10], [0, 2, 3, 5, 7, 8, 11]];

/// What a drummer plays in one sixteenth note: drums and velocities.
type Slot = Vec<(i32, i32)>;

pub(super) fn compose(chance: &mut Chance) -> Score {
    let (slowest, fastest, late) =
        chance.pick(&[(82, 98, 40), (108, 128, 0), (160, 176, 0), (166, 176, 0), (84, 96, 20)]);
    let bpm = chance.between(slowest, fastest);
    let scale = chance.pick(&SCALES);
    let tonic = chance.between(52, 63);
    let mut sheet = Sheet::new(4, 4, bpm);
    let drums = sheet.seat(DRUMS);
    let bass = sheet.seat(chance.pick(&[SYNTH_BASS, SYNTH_BASS_2, ELECTRIC_BASS]));
    let pad = sheet.seat(chance.pick(&[WARM_PAD, STRINGS, SYNTH_STRINGS]));
    let keys = sheet.seat(chance.pick(&[ELECTRIC_PIANO, ORGAN, PIANO, VIBRAPHONE]));
    let lead = sheet.seat(chance.pick(&[SAW_LEAD, SQUARE_LEAD, FLUTE, MUTED_TRUMPET, VIBRAPHONE]));
    let own = break_of_two_bars(chance);
    let other = break_of_two_bars(chance);
    let fast = bpm > 140;
    let idea = Idea {
        unit: if fast { EIGHTH } else { SIXTEENTH },
        slots: if fast { 16 } else { 32 },
        beat: if fast { 2 } else { 4 },
        on_beat: chance.between(25, 60),
        off_beat: chance.between(8, 30),
    };
    let motif = Motif::invent(chance, &idea);
    let tune = phrase(chance, &motif, 2 * BAR, 0);
    let roots: Vec<i32> = (0..4).map(|bar| if bar == 0 { 0 } else { chance.pick(&[0, 0, 5, 3, 6, -1, 1]) }).collect();
    let line = bass_line(chance, fast);
    let stabs = stab_places(chance);
    // d drums, D the other break, b bass, p pad, s stabs, l lead.
    let plan = chance.pick(&[
        ["p", "pd", "dbs", "dbl", "p", "Dbsl", "dbs", "pd"],
        ["d", "db", "dbs", "pl", "pb", "Dbl", "dbsl", "d"],
        ["ps", "ds", "dbs", "dbsl", "pl", "dbp", "Dbspl", "ps"],
        ["d", "ds", "dbs", "Dbs", "pls", "Dbl", "dbl", "bp"],
    ]);
    let mut hand = Hand::new(61, 45);
    let mut start = 0;
    for section in plan {
        // Sections without the drums may be short.
        let bars = if section.starts_with('p') { chance.pick(&[4, 8]) } else { chance.pick(&[8, 8, 8, 12]) };
        for bar in 0..bars {
            let at = start + bar * BAR;
            let root = roots[usize::try_from(bar % 4).expect("never negative")];
            let pattern = if section.contains('D') { &other } else { &own };
            if (section.contains('d') || section.contains('D')) && bar % 2 == 0 {
                let cut = cut_up(chance, pattern, bar + 2 == bars);
                play_slots(&mut sheet, drums, &cut, (at, late));
                if bar == 0 {
                    sheet.play(drums, stroke(at, CRASH, 86));
                }
            }
            if section.contains('b') {
                for &(onset, length, step) in line.iter().filter(|&&(onset, ..)| onset / BAR == bar % 2) {
                    let pitch = degree(&scale, tonic - 24, root + step);
                    let velocity = 90 + chance.between(-5, 5);
                    sheet.play(bass, Tone { at: at + onset % BAR, length, pitch, velocity });
                }
            }
            let classes: Vec<i32> =
                [0, 2, 4, 6].iter().map(|step| degree(&scale, tonic, root + step).rem_euclid(12)).collect();
            if section.contains('p') {
                for &pitch in hand.play(chance, &classes) {
                    sheet.play(pad, Tone { at, length: BAR, pitch, velocity: 54 });
                }
            }
            if section.contains('s') {
                for &place in &stabs {
                    let velocity = 68 + chance.between(-5, 5);
                    for &pitch in hand.play(chance, &classes) {
                        sheet.play(keys, Tone { at: at + place, length: SIXTEENTH * 3 / 2, pitch, velocity });
                    }
                }
            }
            if section.contains('l') && bar % 2 == 0 {
                let motif = &tune[usize::try_from(bar / 2 % 4).expect("below four")];
                sheet.play_all(lead, motif.tones(at, 80, |step, _| degree(&scale, tonic + 12, step)));
            }
        }
        start += bars * BAR;
    }
    let end = start;
    sheet.play_all(drums, [stroke(end, KICK, 100), stroke(end, CRASH, 92)]);
    sheet.play(bass, Tone { at: end, length: BAR, pitch: tonic - 24, velocity: 92 });
    for step in [0, 2, 4] {
        sheet.play(pad, Tone { at: end, length: 2 * BAR, pitch: degree(&scale, tonic, step), velocity: 56 });
    }
    sheet.finish(chance)
}

/// Thirty-two sixteenth notes of a drummer: backbeat, syncopated bass drum, ghost notes, one cymbal.
fn break_of_two_bars(chance: &mut Chance) -> Vec<Slot> {
    let cymbal = chance.pick(&[HAT, HAT, RIDE, SHAKER]);
    let every = chance.pick(&[1, 2, 2, 2, 4]);
    let ghosts = chance.between(8, 30);
    let kicks = chance.between(15, 35);
    let displaced = chance.percent(45);
    (0..32)
        .map(|place: i32| {
            let in_bar = place % 16;
            // The last backbeat of many famous breaks comes an eighth late.
            let back = if displaced && place >= 16 { [4, 14] } else { [4, 12] };
            let mut slot = Slot::new();
            if place == 0 || in_bar == 10 && chance.percent(60) || in_bar % 2 == 0 && chance.percent(kicks) {
                slot.push((KICK, if in_bar == 0 { 104 } else { 90 }));
            }
            if back.contains(&in_bar) {
                slot.retain(|&(drum, _)| drum != KICK);
                slot.push((SNARE, 104));
            } else if in_bar % 2 == 1 && chance.percent(ghosts) {
                slot.push((chance.pick(&[SNARE, SNARE, RIM]), 44));
            }
            if place % every == 0 {
                let open = in_bar == 14 && chance.percent(30);
                slot.push((if open { OPEN_HAT } else { cymbal }, if place % 4 == 0 { 78 } else { 60 }));
            }
            slot
        })
        .collect()
}

/// The break as it is, or cut: pieces of an eighth to three eighths from anywhere in it, said once or several times,
/// until two bars are full (Collins). With `roll` the last half bar stutters.
fn cut_up(chance: &mut Chance, pattern: &[Slot], roll: bool) -> Vec<Slot> {
    let mut slots: Vec<Slot> = Vec::new();
    if chance.percent(55) {
        slots = pattern.to_vec();
    }
    while slots.len() < 32 {
        let length = usize::try_from(chance.pick(&[2, 4, 4, 6, 8])).expect("positive");
        let from = usize::try_from(chance.below(16) * 2).expect("never negative");
        let repeats = chance.weighted(&[(1, 6), (2, 3), (3, 1)]);
        for _ in 0..repeats {
            slots.extend(pattern.iter().cycle().skip(from).take(length).cloned());
        }
    }
    slots.truncate(32);
    if roll {
        let unit = usize::try_from(chance.pick(&[1, 2, 3])).expect("positive");
        for (louder, slot) in (0..).zip(&mut slots[24..]).step_by(unit) {
            *slot = vec![(SNARE, 58 + 5 * louder)];
        }
    }
    slots
}

/// `(at, late)`: where, and how many ticks every second sixteenth note waits.
fn play_slots(sheet: &mut Sheet, seat: Seat, slots: &[Slot], (at, late): (i32, i32)) {
    for (place, slot) in (0..).zip(slots) {
        let onset = at + place * SIXTEENTH + if place % 2 == 1 { late } else { 0 };
        sheet.play_all(seat, slot.iter().map(|&(drum, velocity)| stroke(onset, drum, velocity)));
    }
}

/// Two bars: long deep notes with a push, or short ones that answer the bass drum. Onset, length, steps.
fn bass_line(chance: &mut Chance, fast: bool) -> Vec<(i32, i32, i32)> {
    let mut line = Vec::new();
    let mut at = 0;
    while at < 2 * BAR {
        let length = if fast {
            chance.pick(&[3 * EIGHTH, BAR / 2, BAR, QUARTER, EIGHTH])
        } else {
            chance.pick(&[EIGHTH, SIXTEENTH * 3, QUARTER, SIXTEENTH, 3 * EIGHTH])
        };
        let length = length.min(2 * BAR - at);
        if at % BAR == 0 || chance.percent(72) {
            let step =
                if at == 0 { 0 } else { chance.weighted(&[(0, 4), (7, 2), (4, 2), (6, 2), (2, 2), (-1, 2), (3, 1)]) };
            line.push((at, length * 9 / 10, step));
        }
        at += length;
    }
    line
}

fn stab_places(chance: &mut Chance) -> Vec<i32> {
    let places = (0..16).filter(|place| chance.percent(if place % 4 == 0 { 12 } else { 22 }));
    let mut places: Vec<i32> = places.map(|place| place * SIXTEENTH).collect();
    if places.is_empty() {
        places.push(chance.pick(&[2, 3, 6, 7, 10, 11]) * SIXTEENTH);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_is_as_long_as_the_break_and_made_of_it() {
        for number in 0..100 {
            let mut chance = Chance::new("breakbeat", 1, number);
            let pattern = break_of_two_bars(&mut chance);
            let cut = cut_up(&mut chance, &pattern, false);
            assert_eq!(cut.len(), 32);
            assert!(cut.iter().all(|slot| pattern.contains(slot)));
            assert!(pattern[4].iter().any(|&(drum, _)| drum == SNARE), "the first backbeat");
        }
    }
}
