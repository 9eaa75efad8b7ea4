//! Bass, chords and drums of the blues.

use super::super::chance::Chance;
use super::super::chord::{Chord, nearest};
use super::super::drums::{
    CRASH, HAT, HIGH_TOM, KICK, LOW_TOM, MID_TOM, RIDE, RIDE_2, RIM, SNARE, pattern, stroke, swing,
};
use super::super::sheet::{BAR, EIGHTH, QUARTER, TRIPLET, Tone};
use super::super::walking::walk;
use super::Band;

/// How the bass moves in a chorus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BassStyle {
    Walking,
    Riff,
    Two,
}

/// How the chords are played in a chorus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comp {
    Charleston,
    Shuffle,
    Pad,
    Triplets,
}

/// Two bars of a drummer, the same for the whole piece: places in triplet eighths, drums, velocities.
pub(super) struct Beat {
    cymbal: i32,
    strokes: Vec<(i32, i32, i32)>,
}

impl Beat {
    pub(super) fn new(chance: &mut Chance, bpm: i32) -> Self {
        let cymbal = chance.pick(&[RIDE, RIDE_2, HAT, HAT]);
        let middle = if bpm < 80 { chance.pick(&[95, 95, 40]) } else { chance.pick(&[0, 0, 10]) };
        let last = chance.pick(&[100, 100, 75, 50, 25]);
        let (kicks, ghosts) = (chance.between(4, 30), chance.between(0, 28));
        let mut strokes = Vec::new();
        for place in 0..24 {
            let (beat, third) = (place / 3 % 4, place % 3);
            let back = beat % 2 == 1 && third == 0;
            let time = [97, middle, last][usize::try_from(third).expect("below three")];
            if chance.percent(time) {
                let velocity = if third > 0 {
                    62
                } else if beat % 2 == 1 {
                    86
                } else {
                    78
                };
                strokes.push((place, cymbal, velocity));
            }
            let kick = match (beat, third) {
                (0, 0) => 100,
                (2, 0) => 80,
                (_, 0) => kicks + 5,
                (_, 2) => kicks,
                _ => 0,
            };
            if chance.percent(kick) {
                strokes.push((place, KICK, if third == 0 { 88 } else { 72 }));
            }
            if back {
                strokes.push((place, SNARE, 100));
            } else if chance.percent(if third == 1 { 0 } else { ghosts }) {
                strokes.push((place, SNARE, 44));
            }
        }
        Self { cymbal, strokes }
    }
}

/// Fifth, sixth and seventh above the root, as a shuffling left hand or guitar has them: for each eighth note of a bar.
pub(super) fn figure(chance: &mut Chance) -> [i32; 8] {
    let mut figure = [7; 8];
    let mut upper = 7;
    for (place, step) in figure.iter_mut().enumerate() {
        if place % 2 == 0 || chance.percent(25) {
            upper = match upper {
                _ if place == 0 => 7,
                7 => chance.pick(&[9, 9, 9, 7, 10]),
                9 => chance.pick(&[7, 7, 10]),
                _ => chance.pick(&[9, 7]),
            };
        }
        *step = upper;
    }
    figure
}

/// A bass figure of a bar, in semitones above the root: chord tones, sixth and seventh, up and mostly down again.
pub(super) fn bass_riff(chance: &mut Chance) -> Vec<i32> {
    let ladder = [0, 4, 7, 9, 10, 12];
    let doubled = chance.percent(35);
    let mut riff = vec![0];
    let mut place: i32 = 0;
    let notes = if doubled || chance.percent(55) { 4 } else { 8 };
    while riff.len() < notes {
        place = (place + chance.weighted(&[(1, 6), (2, 3), (-1, 3), (-2, 1), (0, 1)])).rem_euclid(6);
        riff.push(ladder[usize::try_from(place).expect("never negative")]);
    }
    if doubled { riff.into_iter().flat_map(|step| [step, step]).collect() } else { riff }
}

impl Band<'_> {
    pub(super) fn comp_style(&mut self) -> Comp {
        let triplets = if self.bpm < 80 { 1 } else { 0 };
        self.chance.weighted(&[(Comp::Charleston, 3), (Comp::Shuffle, 3), (Comp::Pad, 1), (Comp::Triplets, triplets)])
    }

    pub(super) fn rhythm_section(
        &mut self,
        bars: &[[Chord; 2]],
        at: i32,
        bass: BassStyle,
        comp: Comp,
        stop_time: bool,
    ) {
        // In stop time the band strikes once a bar, for four bars, and leaves the rest to the soloist.
        let stopped = if stop_time { 4 } else { 0 };
        for (start, bar) in (0..).map(|bar| at + bar * BAR).zip(&bars[..stopped]) {
            let voicing = self.hand.play(self.chance, &bar[0].rootless()).to_vec();
            let struck = voicing.into_iter().map(|pitch| Tone { at: start, length: EIGHTH, pitch, velocity: 92 });
            self.sheet.play_all(self.chords, struck);
            let root = nearest(bar[0].root, 40);
            self.sheet.play(self.bass, Tone { at: start, length: EIGHTH, pitch: root, velocity: 96 });
            self.sheet.play_all(self.drums, [stroke(start, KICK, 98), stroke(start, SNARE, 90)]);
        }
        let from = at + BAR * i32::try_from(stopped).expect("four at most");
        let rest = &bars[stopped..];
        self.bass_line(rest, bars[0][0], from, bass);
        self.comp(rest, from, comp);
        self.drum_part(rest.len(), from);
    }

    fn bass_line(&mut self, bars: &[[Chord; 2]], next: Chord, at: i32, style: BassStyle) {
        let start = self.chance.between(33, 43);
        match style {
            BassStyle::Walking => {
                let line = walk(self.chance, bars, next, at, start);
                self.sheet.play_all(self.bass, line);
            }
            BassStyle::Riff | BassStyle::Two => {
                let figure = if style == BassStyle::Two { vec![0, 7] } else { self.bass_riff.clone() };
                let notes = i32::try_from(figure.len()).expect("a figure is short");
                for (bar_at, bar) in (0..).map(|bar| at + bar * BAR).zip(bars) {
                    for (place, &interval) in (0..).zip(&figure) {
                        let chord = bar[usize::from(place >= notes / 2)];
                        // Where the chord changes in mid-bar the figure starts again from the new root.
                        let restart = bar[0] != bar[1] && place == notes / 2;
                        let interval = if restart { 0 } else { in_chord(interval, chord) };
                        let step = BAR / notes;
                        let onset = place * step;
                        let onset = if step == EIGHTH && place % 2 == 1 { onset - EIGHTH + self.late } else { onset };
                        let root = nearest(chord.root, start);
                        let root = if root > 40 { root - 12 } else { root };
                        let root = if root < 28 { root + 12 } else { root };
                        let length = if step == EIGHTH { TRIPLET } else { step * 17 / 20 };
                        let velocity = 86 + self.chance.between(-4, 4) - if place % 2 == 1 { 6 } else { 0 };
                        self.sheet
                            .play(self.bass, Tone { at: bar_at + onset, length, pitch: root + interval, velocity });
                    }
                }
            }
        }
    }

    pub(super) fn comp(&mut self, bars: &[[Chord; 2]], at: i32, style: Comp) {
        let late = self.late;
        for (bar_at, bar) in (0..).map(|bar| at + bar * BAR).zip(bars) {
            // Onset, length and which half of the bar.
            let hits: Vec<(i32, i32)> = match style {
                Comp::Charleston => self
                    .chance
                    .pick(&[
                        [(0, 400), (QUARTER + late, 200)].as_slice(),
                        &[(late, 200), (2 * QUARTER + late, 240)],
                        &[(QUARTER, 200), (3 * QUARTER, 200)],
                        &[(0, 200), (2 * QUARTER + late, 300)],
                        &[(QUARTER + late, 600)],
                        &[(QUARTER, 160), (QUARTER + late, 160), (3 * QUARTER, 160)],
                    ])
                    .to_vec(),
                Comp::Pad => vec![(0, 2 * QUARTER - 30), (2 * QUARTER, 2 * QUARTER - 30)],
                Comp::Triplets => (0..12).map(|place| (place * TRIPLET, 130)).collect(),
                Comp::Shuffle => Vec::new(),
            };
            if style == Comp::Shuffle {
                self.shuffle(bar, bar_at);
            }
            for (onset, length) in hits {
                let chord = bar[usize::from(onset >= 2 * QUARTER - late / 3)];
                let accent = if style == Comp::Triplets && onset % QUARTER != 0 { -14 } else { 0 };
                let velocity = 66 + accent + self.chance.between(-5, 5);
                for &pitch in self.hand.play(self.chance, &chord.rootless()) {
                    self.sheet.play(self.chords, Tone { at: bar_at + onset, length, pitch, velocity });
                }
            }
        }
    }

    /// Root with fifth, sixth and seventh in turn, as guitarists and barrelhouse pianists play it.
    fn shuffle(&mut self, bar: &[Chord; 2], at: i32) {
        for ((place, upper), half) in (0..).zip(self.figure).zip([0, 0, 0, 0, 1, 1, 1, 1]) {
            let chord = bar[half];
            let root = nearest(chord.root, 48);
            let onset = place / 2 * QUARTER + if place % 2 == 1 { self.late } else { 0 };
            let velocity = if place % 2 == 1 { 58 } else { 70 } + self.chance.between(-4, 4);
            for pitch in [root, root + in_chord(upper, chord)] {
                self.sheet.play(self.chords, Tone { at: at + onset, length: TRIPLET, pitch, velocity });
            }
        }
    }

    fn drum_part(&mut self, bars: usize, at: i32) {
        for (bar, start) in (1..=bars).zip((0..).map(|bar| at + bar * BAR)) {
            if bar == 1 {
                self.sheet.play(self.drums, stroke(start, CRASH, 88));
            }
            if bar == bars || bar % 4 == 0 && self.chance.percent(30) {
                self.fill(start);
                continue;
            }
            let half = if bar % 2 == 1 { 0..12 } else { 12..24 };
            let played = self.beat.strokes.iter().filter(|&&(place, ..)| half.contains(&place));
            let mut strokes: Vec<Tone> =
                played.map(|&(place, drum, velocity)| stroke(start + place % 12 * TRIPLET, drum, velocity)).collect();
            strokes.retain(|stroke| stroke.velocity > 90 || self.chance.percent(95));
            if self.chance.percent(35) {
                let (beat, extra) = (self.chance.between(0, 3), self.chance.pick(&[KICK, SNARE, RIM, HAT]));
                strokes.push(stroke(start + beat * QUARTER + 2 * TRIPLET, extra, 54));
            }
            if self.late == EIGHTH {
                // Straight: what lies on the last third of a beat falls on its half.
                strokes.retain(|stroke| stroke.at % QUARTER != TRIPLET);
                strokes.iter_mut().filter(|stroke| stroke.at % QUARTER != 0).for_each(|stroke| stroke.at -= 80);
            }
            self.sheet.play_all(self.drums, strokes);
        }
    }

    /// Two beats of time and two of drums.
    pub(super) fn fill(&mut self, at: i32) {
        let mut strokes = pattern("x..x.x", at, TRIPLET, self.beat.cymbal);
        strokes.extend([stroke(at, KICK, 84), stroke(at + QUARTER, SNARE, 88)]);
        for place in 6..12 {
            if self.chance.percent(70) {
                let drum = self.chance.pick(&[SNARE, SNARE, HIGH_TOM, MID_TOM, LOW_TOM]);
                strokes.push(stroke(at + place * TRIPLET, drum, 64 + 4 * (place - 6) + self.chance.between(-5, 5)));
            }
        }
        swing(&mut strokes, self.late);
        self.sheet.play_all(self.drums, strokes);
    }
}

/// A step of a major bass figure, as the chord wants it.
fn in_chord(interval: i32, chord: Chord) -> i32 {
    let [root, third, fifth, _] = chord.tones();
    match interval {
        4 => (third - root).rem_euclid(12),
        7 => (fifth - root).rem_euclid(12),
        9 if (third - root).rem_euclid(12) == 3 => 10,
        other => other,
    }
}
