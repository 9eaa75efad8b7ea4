//! Music to live with: loops whose lengths have no common measure, slow pads, a bell now and then.
//!
//! After Eno, "Generating and Organizing Variety in the Arts" (1976) and the notes on Music for Airports (1978): tape
//! loops of 23 1/2, 25 7/8 and 29 15/16 seconds and so on, which never meet in the same way twice.

use ripieno_score::Score;

use super::chance::Chance;
use super::chord::voiced;
use super::melody::degree;
use super::player::{
    BOWED_PAD, CELESTA, CHOIR, CRYSTAL, ELECTRIC_PIANO, FLUTE, FRETLESS_BASS, GLOCKENSPIEL, HALO_PAD, HARP, MUSIC_BOX,
    NEW_AGE_PAD, NYLON_GUITAR, PIANO, Player, SHAKUHACHI, STRINGS, SYNTH_STRINGS, VIBRAPHONE, WARM_PAD,
};
use super::sheet::{BAR, EIGHTH, QUARTER, Sheet, Tone};

const MODES: [&[i32]; 8] = [
    &[0, 2, 4, 5, 7, 9, 11],
    &[0, 2, 4, 6, 7, 9, 11],
    &[0, 2, 3, 5, 7, 9, 10],
    &[0, 2, 4, 5, 7, 9, 10],
    &[0, 2, 3, 5, 7, 8, 10],
    &[0, 2, 4, 7, 9],
    &[0, 3, 5, 7, 10],
    &[0, 2, 3, 7, 8],
];
const PADS: [Player; 8] = [NEW_AGE_PAD, WARM_PAD, BOWED_PAD, HALO_PAD, CHOIR, STRINGS, SYNTH_STRINGS, WARM_PAD];
const TONES: [Player; 11] = [
    PIANO,
    ELECTRIC_PIANO,
    VIBRAPHONE,
    CELESTA,
    MUSIC_BOX,
    HARP,
    CRYSTAL,
    GLOCKENSPIEL,
    NYLON_GUITAR,
    FLUTE,
    SHAKUHACHI,
];

/// A length in eighth notes that shares no factor with the ones chosen before, as far as there is one.
fn incommensurate(chance: &mut Chance, chosen: &[i32]) -> i32 {
    let mut lengths = [17, 19, 22, 23, 25, 26, 27, 29, 31, 33, 35, 37, 39, 41, 43, 47, 49, 51, 53, 55, 57, 59, 61];
    chance.shuffle(&mut lengths);
    let fresh = |length: &i32| chosen.iter().all(|other| gcd(*length, *other) == 1);
    lengths.into_iter().find(fresh).unwrap_or(67)
}

fn gcd(a: i32, b: i32) -> i32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

pub(super) fn compose(chance: &mut Chance) -> Score {
    let scale = chance.pick(&MODES);
    let tonic = chance.between(54, 65);
    let bars = chance.between(24, 64);
    let end = bars * BAR;
    let mut sheet = Sheet::new(4, 4, chance.between(44, 84));
    let with_pads = chance.percent(75);
    let with_loops = !with_pads || chance.percent(75);
    if with_pads {
        pads(&mut sheet, chance, scale, tonic, end);
    }
    if with_loops {
        let loops = if with_pads { chance.between(2, 5) } else { chance.between(4, 6) };
        let mut players = TONES;
        chance.shuffle(&mut players);
        let mut lengths = Vec::new();
        for player in players.into_iter().take(usize::try_from(loops).unwrap_or(2)) {
            lengths.push(incommensurate(chance, &lengths));
            let length = lengths[lengths.len() - 1] * EIGHTH;
            let seat = sheet.seat(player);
            let notes = fragment(chance, length);
            let octave = chance.pick(&[0, 0, 12, -12]);
            // Without a pad the first loop begins the piece.
            let alone = !with_pads && lengths.len() == 1;
            let [early, late] = [(); 2].map(|()| chance.below(lengths[lengths.len() - 1]) * EIGHTH);
            let enters = if alone { 0 } else { early };
            let leaves = end - late;
            let mut round = 0;
            while enters + round * length < leaves {
                let at = enters + round * length;
                // Swells as tides do, another one for every loop.
                let tide = 6 - ((round * 5) % 12 - 6).abs();
                for &(onset, length, step, velocity) in &notes {
                    if at + onset < leaves {
                        let pitch = degree(scale, tonic + octave, step);
                        sheet.play(seat, Tone { at: at + onset, length, pitch, velocity: velocity + tide });
                    }
                }
                round += 1;
            }
        }
    } else {
        sparse(&mut sheet, chance, scale, tonic, end);
    }
    if chance.percent(35) {
        bass(&mut sheet, chance, scale, tonic, end);
    }
    // The last sound: tonic and fifth, left to ring.
    let seat = sheet.seat(chance.pick(&PADS));
    for pitch in [tonic - 12, tonic - 5, tonic] {
        sheet.play(seat, Tone { at: end, length: 2 * BAR, pitch, velocity: 42 });
    }
    sheet.finish(chance)
}

/// One to seven notes and much silence: onsets, lengths, steps, velocities.
fn fragment(chance: &mut Chance, length: i32) -> Vec<(i32, i32, i32, i32)> {
    let count = chance.weighted(&[(1, 2), (2, 3), (3, 4), (4, 3), (5, 2), (7, 1)]);
    let gap = chance.pick(&[EIGHTH, QUARTER, QUARTER, 2 * QUARTER, 3 * EIGHTH]);
    let mut step = chance.between(-2, 7);
    let mut at = 0;
    let mut notes = Vec::new();
    for _ in 0..count {
        if at >= length {
            break;
        }
        notes.push((at, gap * chance.between(2, 4), step, chance.between(44, 66)));
        step += chance.weighted(&[(1, 3), (-1, 3), (2, 3), (-2, 3), (4, 1), (-4, 1), (-3, 1), (3, 1)]);
        at += gap * chance.between(1, 3);
    }
    notes
}

/// Chords of the mode, stacked in thirds, fourths or seconds, that change every two to eight bars and move little.
fn pads(sheet: &mut Sheet, chance: &mut Chance, scale: &[i32], tonic: i32, end: i32) {
    let seat = sheet.seat(chance.pick(&PADS));
    let size = i32::try_from(scale.len()).expect("a scale is short");
    let stack = chance.pick(&[2, 2, 3, 4, 1]);
    let voices = chance.between(3, 5);
    let roots = chance.order(size);
    let used = usize::try_from(chance.between(2, 5).min(size)).unwrap_or(2);
    let mut hand: Vec<i32> = Vec::new();
    let mut at = 0;
    let mut place = 0;
    while at < end {
        let length = (chance.pick(&[2, 2, 4, 4, 8, 3]) * BAR).min(end - at);
        let root = if at + length >= end { 0 } else { roots[place % used] };
        let mut classes: Vec<i32> =
            (0..voices).map(|voice| degree(scale, tonic, root + voice * stack).rem_euclid(12)).collect();
        classes.sort_unstable();
        classes.dedup();
        hand = voiced(&classes, &hand, 62);
        for (voice, &pitch) in (0..).zip(&hand) {
            // Voices drift in one after another.
            let late = if chance.percent(40) { voice * QUARTER } else { 0 };
            let velocity = 40 + chance.between(0, 12);
            let late = late.min(length / 2);
            sheet.play(seat, Tone { at: at + late, length: length - late + EIGHTH, pitch, velocity });
        }
        at += length;
        place += 1;
    }
}

/// Single tones after long silences.
fn sparse(sheet: &mut Sheet, chance: &mut Chance, scale: &[i32], tonic: i32, end: i32) {
    let seat = sheet.seat(chance.pick(&TONES));
    let mut at = chance.between(2, 8) * QUARTER;
    let mut step = chance.between(0, 7);
    while at < end {
        let length = chance.between(2, 8) * QUARTER;
        let velocity = chance.between(40, 70);
        let pitch = degree(scale, tonic + 12, step);
        sheet.play(seat, Tone { at, length: length.min(end - at), pitch, velocity });
        if chance.percent(30) {
            let pitch = degree(scale, tonic + 12, step - chance.pick(&[2, 3, 4]));
            sheet.play(seat, Tone { at: at + EIGHTH, length, pitch, velocity: velocity - 12 });
        }
        step = (step + chance.pick(&[-3, -2, -1, 1, 2, 3])).clamp(-3, 9);
        at += chance.weighted(&[(1, 3), (2, 4), (3, 3), (5, 3), (8, 2)]) * QUARTER;
    }
}

/// A deep note every few bars.
fn bass(sheet: &mut Sheet, chance: &mut Chance, scale: &[i32], tonic: i32, end: i32) {
    let seat = sheet.seat(FRETLESS_BASS);
    let period = chance.pick(&[2, 3, 4, 4, 5]) * BAR;
    let mut at = period;
    while at + period <= end {
        let step = chance.pick(&[0, 0, 0, 3, 4]);
        sheet.play(seat, Tone { at, length: period / 2, pitch: degree(scale, tonic - 24, step), velocity: 56 });
        at += period;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loops_have_no_common_measure() {
        for number in 0..50 {
            let mut chance = Chance::new("ambient", 1, number);
            let mut lengths = Vec::new();
            for _ in 0..5 {
                lengths.push(incommensurate(&mut chance, &lengths));
            }
            for (place, &a) in lengths.iter().enumerate() {
                assert!(lengths[..place].iter().all(|&b| gcd(a, b) == 1), "{lengths:?}");
            }
        }
    }
}
