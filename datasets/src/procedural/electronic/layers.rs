//! The layers of a track: bass, arpeggio, stabs and a drum machine's patterns.

use super::super::chance::Chance;
use super::super::drums::{CLAP, HAT, LOW_CONGA, OPEN_CONGA, OPEN_HAT, RIDE, RIM, SHAKER, SNARE, TAMBOURINE};
use super::super::player::{
    CRYSTAL, ELECTRIC_PIANO, ORGAN, PIANO, POLYSYNTH, SAW_LEAD, SQUARE_LEAD, SYNTH_BASS, SYNTH_BASS_2,
};
use super::super::rhythm::{Cycle, cycle, euclid, onsets, rotated};
use super::super::sheet::{BAR, SIXTEENTH, Seat, Sheet};
use super::Dance;

/// A layer with its loop of one, two or four bars.
pub(super) struct Layer {
    pub(super) seat: Seat,
    /// Onset, length, steps of the scale above the root of the bar, velocity; in ticks of the loop.
    pub(super) notes: Vec<(i32, i32, i32, i32)>,
    pub(super) span: i32,
    pub(super) octave: i32,
    /// Whether it keeps to the tonic while the chords move.
    pub(super) pedal: bool,
}

/// A root for each of four bars, as degrees; techno stays where it is.
pub(super) fn roots(chance: &mut Chance, dance: Dance) -> [i32; 4] {
    match dance {
        Dance::Techno => chance.pick(&[[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 6], [0, 0, 5, 5]]),
        _ => {
            let [a, b, c] = [(); 3].map(|()| chance.pick(&[0, 2, 3, 4, 5, 6]));
            let first = chance.weighted(&[(0, 4), (5, 2), (3, 1)]);
            [first, if a == first { (a + 5) % 7 } else { a }, if b == a { (b + 2) % 7 } else { b }, c]
        }
    }
}

pub(super) fn bass(chance: &mut Chance, sheet: &mut Sheet, dance: Dance) -> Layer {
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
pub(super) fn arpeggio(chance: &mut Chance, sheet: &mut Sheet) -> Layer {
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

pub(super) fn stabs(chance: &mut Chance, sheet: &mut Sheet) -> Layer {
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
pub(super) struct Kit {
    pub(super) kick: Cycle,
    pub(super) hats: Vec<(i32, Cycle, i32)>,
    pub(super) clap: Vec<(i32, Cycle, i32)>,
}

impl Kit {
    pub(super) fn new(chance: &mut Chance, dance: Dance) -> Self {
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
