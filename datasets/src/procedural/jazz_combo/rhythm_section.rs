//! Bass, comping and drums of a small band.

use super::super::chance::Chance;
use super::super::chord::{Chord, drop_two, nearest};
use super::super::drums::{
    CRASH, HAT, HIGH_TOM, KICK, LOW_TOM, MID_TOM, PEDAL_HAT, RIDE, RIDE_2, RIDE_BELL, RIM, SNARE, stroke,
};
use super::super::sheet::{BAR, QUARTER, Tone};
use super::super::walking::walk;
use super::{Band, Voicing};

/// How the bass and the drummer feel the bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feel {
    Two,
    Walking,
}

/// What a drummer does without thinking; another drummer does it otherwise. In percent.
pub(super) struct Habits {
    /// The skip note after each beat.
    skips: [i32; 4],
    /// The ride on each beat.
    rides: [i32; 4],
    /// The pedal of the hi-hat on each beat.
    pedals: [i32; 4],
    /// The bass drum on each beat, hardly heard.
    feathers: i32,
    /// Answers to the soloist.
    answers: i32,
    answer_drums: [i32; 3],
    /// The cymbal of the tune and that of the choruses.
    cymbals: [i32; 2],
}

impl Habits {
    pub(super) fn new(chance: &mut Chance) -> Self {
        let often = chance.between(35, 92);
        let seldom = chance.between(0, 24);
        let two_and_four = chance.weighted(&[(100, 6), (70, 3), (20, 2)]);
        let others = chance.weighted(&[(0, 8), (30, 2), (90, 1)]);
        Self {
            skips: [seldom, often, seldom / 2, (often + chance.between(-30, 15)).max(10)],
            rides: [100 - chance.between(0, 25), 100, 100 - chance.between(0, 30), 100 - chance.between(0, 12)],
            pedals: [others, two_and_four, others, two_and_four],
            feathers: chance.weighted(&[(0, 4), (40, 2), (100, 2)]),
            answers: chance.between(8, 34),
            cymbals: [chance.pick(&[HAT, HAT, RIDE, RIDE_2]), chance.pick(&[RIDE, RIDE, RIDE_2])],
            answer_drums: [SNARE, chance.pick(&[SNARE, KICK, RIM]), chance.pick(&[KICK, SNARE, HIGH_TOM, RIM])],
        }
    }
}

impl Band<'_> {
    pub(super) fn rhythm_section(&mut self, bars: &[[Chord; 2]], at: i32, feel: Feel, piano_leads: bool) {
        let start = self.chance.between(34, 45);
        match feel {
            Feel::Walking => {
                let line = walk(self.chance, bars, bars[0][0], at, start);
                for tone in line {
                    self.sheet.play(self.bass, tone);
                    // A dead note pulled off before the next beat.
                    if self.bpm < 200 && self.chance.percent(7) {
                        let skip = Tone { at: tone.at + self.late, length: 60, velocity: 52, ..tone };
                        self.sheet.play(self.bass, skip);
                    }
                }
            }
            Feel::Two => self.two_feel(bars, at, start),
        }
        self.comp(bars, at, piano_leads);
        self.drum_part(bars.len(), at, feel);
    }

    /// Half notes: root, then fifth or an approach.
    fn two_feel(&mut self, bars: &[[Chord; 2]], at: i32, start: i32) {
        for (index, bar) in bars.iter().enumerate() {
            let bar_at = at + BAR * i32::try_from(index).expect("a form is short");
            let next = bars[(index + 1) % bars.len()][0];
            let root = nearest(bar[0].root, start);
            let root = if root < 28 { root + 12 } else { root };
            let [_, _, fifth, _] = bar[0].tones();
            let second = if bar[0] == bar[1] { nearest(fifth, root - 2) } else { nearest(bar[1].root, root) };
            let mut notes = vec![(0, 2 * QUARTER - 60, root), (2 * QUARTER, 2 * QUARTER - 60, second)];
            if self.chance.percent(40) {
                let target = nearest(next.root, second);
                notes[1].1 = QUARTER;
                let before = self.chance.pick(&[target - 1, target + 1, target + 2, target - 2]);
                let onset = self.chance.pick(&[3 * QUARTER, 3 * QUARTER + self.late]);
                notes.push((onset, 4 * QUARTER - onset, before));
            }
            for (onset, length, pitch) in notes {
                let velocity = 78 + self.chance.between(-5, 5);
                self.sheet.play(self.bass, Tone { at: bar_at + onset, length, pitch, velocity });
            }
        }
    }

    pub(super) fn spelled(&mut self, chord: Chord) -> Vec<i32> {
        match self.voicing {
            Voicing::Rootless => self.hand.play(self.chance, &chord.rootless()).to_vec(),
            Voicing::DropTwo => drop_two(self.hand.play(self.chance, &chord.tones()).to_vec()),
            Voicing::Shell => {
                let mut shell = self.hand.play(self.chance, &chord.guides()).to_vec();
                if self.chance.percent(30) {
                    let [_, colour, ..] = chord.rootless();
                    let [.., last] = *shell else { return shell };
                    let nine = nearest(chord.rootless()[0], last + 5);
                    if nine > last && nine.rem_euclid(12) != colour {
                        shell.push(nine);
                    }
                }
                shell
            }
        }
    }

    /// Comping: two bars of rhythm at a time, chords that anticipate the bar where the rhythm does.
    fn comp(&mut self, bars: &[[Chord; 2]], at: i32, leading: bool) {
        let late = self.late;
        let mut index = 0;
        while index < bars.len() {
            // Eighth notes of two bars on which something sounds.
            let mut places: Vec<i32> = Vec::new();
            let mut place = self.chance.weighted(&[(0, 4), (1, 3), (2, 2), (3, 3), (-1, 2)]);
            while place < 15 {
                places.push(place);
                place += self.chance.weighted(&[(2, 2), (3, 5), (4, 3), (5, 4), (6, 2), (7, 2), (8, 1)]);
            }
            for &place in places.iter().filter(|&&place| place >= 0 || index > 0) {
                let bar = index + usize::try_from(place.max(0) / 8).expect("never negative");
                if bar >= bars.len() {
                    break;
                }
                // An eighth before the half bar is heard as its chord.
                let half = (place + 1).div_euclid(4);
                let place_in_form = 2 * index + usize::try_from(half.max(0)).expect("never negative");
                let place_in_form = place_in_form.min(2 * bars.len() - 1);
                let chord = bars[place_in_form / 2][place_in_form % 2];
                let onset = at + BAR * i32::try_from(index).expect("a form is short");
                let onset = onset + place.div_euclid(2) * QUARTER + if place.rem_euclid(2) == 1 { late } else { 0 };
                let length = self.chance.weighted(&[(150, 5), (QUARTER, 3), (2 * QUARTER, 2), (3 * QUARTER, 1)]);
                let velocity = if leading { 50 } else { 62 } + self.chance.between(-7, 7);
                for pitch in self.spelled(chord) {
                    self.sheet.play(self.piano, Tone { at: onset, length, pitch, velocity });
                }
            }
            index += 2;
        }
    }

    fn drum_part(&mut self, bars: usize, at: i32, feel: Feel) {
        let Some(seat) = self.drums else { return };
        let mut strokes = Vec::new();
        for (bar, start) in (0..bars).zip((0..).map(|bar| at + bar * BAR)) {
            if bar == 0 && self.chance.percent(60) {
                strokes.push(stroke(start, CRASH, 84));
            }
            let fill = bar % 8 == 7 && self.chance.percent(70) || bar + 1 == bars;
            for (beat, onset) in [0, 1, 2, 3].into_iter().zip((0..).map(|beat| start + beat * QUARTER)) {
                let habits = &self.habits;
                let time = habits.cymbals[usize::from(feel == Feel::Walking)];
                let cymbal = if feel == Feel::Walking && bar % 16 == 8 && beat == 0 { RIDE_BELL } else { time };
                let (rides, pedals, answers) = (habits.rides[beat], habits.pedals[beat], habits.answers);
                let skips = if feel == Feel::Two { habits.skips[beat] / 2 } else { habits.skips[beat] };
                let feathers = if feel == Feel::Walking && self.bpm < 180 { habits.feathers } else { 0 };
                let drum = self.chance.pick(&habits.answer_drums);
                if self.chance.percent(rides) {
                    let velocity = if beat % 2 == 1 { 84 } else { 72 };
                    strokes.push(stroke(onset, cymbal, velocity + self.chance.between(-4, 4)));
                }
                if self.chance.percent(skips) {
                    strokes.push(stroke(onset + self.late, time, 60 + self.chance.between(-4, 4)));
                }
                if self.chance.percent(pedals) {
                    strokes.push(stroke(onset, PEDAL_HAT, 66));
                }
                if self.chance.percent(feathers) {
                    strokes.push(stroke(onset, KICK, 34));
                }
                if !fill && self.chance.percent(answers) {
                    let place = self.chance.pick(&[self.late, self.late, 0]);
                    strokes.push(stroke(onset + place, drum, self.chance.between(42, 80)));
                }
            }
            if fill {
                for eighth in 4..8 {
                    for part in [0, 1] {
                        if self.chance.percent(if part == 0 { 75 } else { 15 }) {
                            let onset = eighth / 2 * QUARTER + if eighth % 2 == 1 { self.late } else { 0 };
                            let drum = self.chance.pick(&[SNARE, SNARE, HIGH_TOM, MID_TOM, LOW_TOM, KICK]);
                            strokes.push(stroke(start + onset + part * 80, drum, self.chance.between(60, 92)));
                        }
                    }
                }
            }
        }
        self.sheet.play_all(seat, strokes);
    }
}
