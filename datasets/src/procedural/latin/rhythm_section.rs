//! Percussion around the clave, montuno and tumbao.

use super::super::chance::Chance;
use super::super::chord::{Chord, nearest, step};
use super::super::drums::{
    CABASA, CLAVES, COWBELL, GUIRO, HIGH_AGOGO, HIGH_TIMBALE, KICK, LOW_AGOGO, LOW_CONGA, MARACAS, MUTE_CONGA,
    OPEN_CONGA, RIM, SHAKER, TAMBOURINE, WOODBLOCK, stroke,
};
use super::super::rhythm::{Cycle, cycle, euclid, onsets, rotated, strokes};
use super::super::sheet::{BAR, EIGHTH, QUARTER, Tone};
use super::{Band, Dance};

/// Percussion: what is struck, when (in eighth notes of two bars) and how hard.
pub(super) fn layers(chance: &mut Chance, dance: Dance, clave: &[bool], two_three: bool) -> Vec<(i32, Cycle, i32)> {
    let mut layers = vec![(if dance == Dance::Bossa { RIM } else { CLAVES }, clave.to_vec(), 86)];
    let all: &[(i32, &str, i32)] = match dance {
        Dance::Son => &[
            (MUTE_CONGA, "xx.xx...xx.xx...", 64),
            (OPEN_CONGA, "......xx......xx", 82),
            (MARACAS, "xxxxxxxx", 50),
            (COWBELL, "x.x.x.x.x.xxx.x.", 70),
            (GUIRO, "x.xxx.xx", 56),
            (HIGH_TIMBALE, "x.xxx.x.xx.x.xx.", 58),
        ],
        Dance::Rumba => &[
            (WOODBLOCK, "x.xx.xx.x.xx.xx.", 62),
            (OPEN_CONGA, "...x..x....x..x.", 84),
            (LOW_CONGA, "......x.......xx", 76),
            (MUTE_CONGA, "x...x...x..xx...", 60),
            (SHAKER, "x.x.x.x.", 48),
        ],
        Dance::ChaCha => &[
            (COWBELL, "x.x.x.x.", 74),
            (GUIRO, "x.xxx.xx", 60),
            (OPEN_CONGA, "......xx", 80),
            (MUTE_CONGA, "x.x.x...", 58),
            (SHAKER, "xxxxxxxx", 44),
        ],
        Dance::Bossa => &[(KICK, "x..xx..x", 66), (SHAKER, "xxxxxxxx", 50), (CABASA, "x.xxx.xx", 46)],
        Dance::Samba => &[
            (KICK, "x..xx..x", 70),
            (TAMBOURINE, "x.xx.x.xx.x.xx.x", 62),
            (SHAKER, "xxxxxxxx", 54),
            (HIGH_AGOGO, "x.x..x..x...x.x.", 62),
            (LOW_AGOGO, "...x..x...xx....", 60),
        ],
        Dance::Euclidean => &[],
    };
    if dance == Dance::Euclidean {
        for drum in [MUTE_CONGA, OPEN_CONGA, LOW_CONGA, COWBELL, MARACAS, WOODBLOCK, SHAKER, HIGH_AGOGO, LOW_AGOGO] {
            if chance.percent(50) {
                let steps = chance.pick(&[8, 16, 16, 12]);
                let hits = chance.between(2, steps * 2 / 3);
                let turn = chance.below(steps);
                layers.push((drum, rotated(&euclid(hits, steps), turn), chance.between(48, 80)));
            }
        }
        return layers;
    }
    for &(drum, text, velocity) in all {
        if chance.percent(78) {
            let mut pattern = cycle(text);
            // Written with the side of three first, as the claves are; what is as long turns with them.
            if two_three && pattern.len() == clave.len() {
                pattern = rotated(&pattern, 8);
            }
            // Every band plays it in its own way: a stroke more or less.
            for _ in 0..chance.between(0, 2) {
                let place = usize::try_from(chance.below(i32::try_from(pattern.len()).unwrap_or(8))).unwrap_or(0);
                pattern[place] = !pattern[place];
            }
            layers.push((drum, pattern, velocity + chance.between(-6, 6)));
        }
    }
    layers
}

/// The montuno: for every eighth note of two bars, which voice of the hand sounds; octaves mark the accents.
pub(super) fn figure(chance: &mut Chance, two_three: bool) -> Vec<Option<i32>> {
    // The side of two begins on the beat, the side of three pushes against it (Mauleón, p. 118).
    let sides = ["x.xx.xx.", ".xx.xx.x"];
    let sides = if two_three { sides } else { [sides[1], sides[0]] };
    let mut figure = Vec::new();
    let mut voice = 0;
    for mark in sides.concat().chars() {
        let sounds = if mark == 'x' { !chance.percent(8) } else { chance.percent(14) };
        figure.push(sounds.then(|| {
            voice = match voice {
                0 => chance.pick(&[1, 2, 1]),
                _ => chance.pick(&[0, 0, 1, 2, 3]),
            };
            voice
        }));
    }
    figure
}

impl Band<'_> {
    pub(super) fn drum(&mut self, from: i32, to: i32, layers: usize) {
        for (drum, cycle, velocity) in self.layers.iter().take(layers) {
            for at in onsets(cycle, from, to, EIGHTH) {
                // Heavier on the beat, and nobody plays every stroke for ever.
                let accent = if at % QUARTER == 0 { 5 } else { -3 };
                if *drum == self.layers[0].0 || self.chance.percent(95) {
                    let velocity = velocity + accent + self.chance.between(-4, 4);
                    self.sheet.play(self.percussion, stroke(at, *drum, velocity));
                }
            }
        }
        if self.chance.percent(60) && self.dance != Dance::Bossa {
            // A call of the timbales into the next section.
            let places = (8..16).map(|place| to - BAR + place * EIGHTH / 2);
            let fill: Vec<i32> = places.filter(|_| self.chance.percent(60)).collect();
            self.sheet.play_all(self.percussion, strokes(&fill, HIGH_TIMBALE, 80));
        }
    }

    pub(super) fn chord_at(bars: &[[Chord; 2]], ticks: i32) -> Chord {
        let half = usize::try_from(ticks.max(0) / (2 * QUARTER)).expect("never negative");
        let half = half % (2 * bars.len());
        bars[half / 2][half % 2]
    }

    /// Montuno in octaves; in bossa and samba the thumb and the chord of a guitarist.
    pub(super) fn comp(&mut self, bars: &[[Chord; 2]], at: i32, section: char) {
        let brazilian = matches!(self.dance, Dance::Bossa | Dance::Samba);
        let places = i32::try_from(8 * bars.len()).expect("a section is short");
        for place in 0..places {
            let onset = place * EIGHTH;
            // Off the beat before a change the hand is already there.
            let ahead = if place % 4 == 3 { EIGHTH } else { 0 };
            if brazilian {
                if self.clave[usize::try_from(place % 16).expect("below sixteen")] {
                    let chord = Self::chord_at(bars, onset + ahead);
                    let length = self.chance.pick(&[EIGHTH, QUARTER, QUARTER]);
                    let velocity = 58 + self.chance.between(-4, 4);
                    for &pitch in self.hand.play(self.chance, &chord.rootless()) {
                        self.sheet.play(self.keys, Tone { at: at + onset, length, pitch, velocity });
                    }
                }
                continue;
            }
            let Some(voice) = self.figure[usize::try_from(place % 16).expect("below sixteen")] else { continue };
            let chord = Self::chord_at(bars, onset + ahead);
            let [root, third, fifth, _] = chord.tones();
            let hand = self.hand.play(self.chance, &[root, third, fifth]).to_vec();
            let velocity = 66 + if section == 'm' { 8 } else { 0 } + self.chance.between(-4, 4);
            let tone = |pitch| Tone { at: at + onset, length: EIGHTH * 4 / 5, pitch, velocity };
            match usize::try_from(voice).ok().filter(|&voice| voice > 0) {
                // Inner voices alone, the outer one in octaves.
                Some(inner) => self.sheet.play(self.keys, tone(hand[inner % 3])),
                None => self.sheet.play_all(self.keys, [tone(hand[0]), tone(hand[0] + 12)]),
            }
        }
    }

    /// Tumbao: the fifth on the second off-beat, the root of what comes on the fourth beat; Brazilians lean on one and three.
    pub(super) fn bass_line(&mut self, bars: &[[Chord; 2]], next: Chord, at: i32) {
        let mut root = nearest(bars.first().map_or(next, |bar| bar[0]).root, 38);
        for (index, bar) in bars.iter().enumerate() {
            let bar_at = at + BAR * i32::try_from(index).expect("a section is short");
            let coming = bars.get(index + 1).map_or(next, |bar| bar[0]);
            let [first, second] = bar.map(|chord| chord.tones());
            let fifth = nearest(if self.chance.percent(80) { second[2] } else { second[1] }, root + 3);
            let target = within(nearest(coming.root, root));
            let notes: Vec<(i32, i32, i32)> = match self.dance {
                Dance::Bossa | Dance::Samba => {
                    let low = within(nearest(first[0], root));
                    let high =
                        within(if bar[0] == bar[1] { nearest(first[2], low + 2) } else { nearest(second[0], low) });
                    vec![
                        (0, 3 * EIGHTH, low),
                        (3 * EIGHTH, EIGHTH, high),
                        (4 * EIGHTH, 3 * EIGHTH, high),
                        (7 * EIGHTH, EIGHTH, if self.chance.percent(50) { target } else { low }),
                    ]
                }
                Dance::ChaCha if self.chance.percent(50) => vec![
                    (0, QUARTER, root),
                    (3 * EIGHTH, EIGHTH, fifth),
                    (2 * QUARTER, QUARTER, fifth),
                    (3 * QUARTER, QUARTER, target),
                ],
                _ => {
                    let start = (index == 0).then_some((0, 3 * EIGHTH, within(root)));
                    let extra = self.chance.percent(12).then(|| (5 * EIGHTH, EIGHTH, within(step(&second, fifth, -1))));
                    let held = (3 * QUARTER, QUARTER + 3 * EIGHTH, target);
                    start
                        .into_iter()
                        .chain([(3 * EIGHTH, 3 * EIGHTH, within(fifth))])
                        .chain(extra)
                        .chain([held])
                        .collect()
                }
            };
            for (onset, length, pitch) in notes {
                let velocity = 84 + self.chance.between(-5, 5);
                self.sheet.play(self.bass, Tone { at: bar_at + onset, length: length * 9 / 10, pitch, velocity });
            }
            root = target;
        }
    }
}

/// Where a bass is at ease in this music.
pub(super) const fn within(pitch: i32) -> i32 {
    match pitch {
        ..=29 => pitch + 12,
        50.. => pitch - 12,
        _ => pitch,
    }
}
