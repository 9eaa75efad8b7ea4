//! Blues: twelve bars (or eight), a call and its answer, a rhythm section that swings.
//!
//! Forms after Koch, Blues for Guitar, and Levine, The Jazz Theory Book, chapter 10; the AAB of call and response and
//! the blue third after Titon, Early Downhome Blues (1977).

use ripieno_score::Score;

use super::chance::Chance;
use super::chord::{Chord, nearest, nearest_of, progression, voiced};
use super::drums::{CRASH, HAT, HIGH_TOM, KICK, LOW_TOM, MID_TOM, RIDE, RIM, SNARE, pattern, stroke, swing};
use super::player::{
    ALTO_SAX, BASS, CLEAN_GUITAR, DRUMS, ELECTRIC_BASS, HARMONICA, JAZZ_GUITAR, ORGAN, OVERDRIVEN_GUITAR, PIANO,
    Player, STEEL_GUITAR, TENOR_SAX, TROMBONE, TRUMPET,
};
use super::sheet::{BAR, EIGHTH, QUARTER, Seat, Sheet, TRIPLET, Tone};
use super::walking::walk;

const MAJOR_FORMS: [&str; 8] = [
    "I7 | I7 | I7 | I7 | IV7 | IV7 | I7 | I7 | V7 | IV7 | I7 | V7",
    "I7 | IV7 | I7 | I7 | IV7 | IV7 | I7 | I7 | V7 | IV7 | I7 IV7 | I7 V7",
    "I7 | IV7 | I7 | I7 | IV7 | #IVo | I7 | VI7 | IIm7 | V7 | I7 VI7 | II7 V7",
    "I7 | IV7 | I7 | Vm7 I7 | IV7 | #IVo | I7 | IIIm7 VI7 | IIm7 | V7 | I7 VI7 | IIm7 V7",
    "I7 | I7 | I7 | I7 | IV7 | IV7 | I7 | I7 | V7 | V7 | I7 | I7",
    "I7 | IV7 | I7 | I7 | IV7 | IVm6 | I7 | VI7 | II7 | V7 | I7 #Io | IIm7 V7",
    "I7 | V7 | IV7 | IV7 | I7 | V7 | I7 IV7 | I7 V7",
    "I7 | I7 | IV7 | IV7 | I7 VI7 | II7 V7 | I7 | V7",
];
const MINOR_FORMS: [&str; 3] = [
    "Im7 | Im7 | Im7 | Im7 | IVm7 | IVm7 | Im7 | Im7 | bVI7 | V7 | Im7 | Valt",
    "Im7 | IVm7 | Im7 | Im7 | IVm7 | IVm7 | Im7 | Im7 | Vm7 | IVm7 | Im7 | Valt",
    "Im6 | IIø Valt | Im6 | Im7 | IVm7 | IVm7 | Im6 | VIø | IIø | Valt | Im6 VIø | IIø Valt",
];
const MINOR_BLUES: [i32; 6] = [0, 3, 5, 6, 7, 10];
const MAJOR_BLUES: [i32; 6] = [0, 2, 3, 4, 7, 9];
const MIXED_BLUES: [i32; 8] = [0, 2, 3, 4, 5, 7, 9, 10];
const LEADS: [Player; 7] = [HARMONICA, OVERDRIVEN_GUITAR, CLEAN_GUITAR, TENOR_SAX, ALTO_SAX, TRUMPET, TROMBONE];

/// How the bass moves in a chorus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BassStyle {
    Walking,
    Riff,
    Two,
}

/// How the chords are played in a chorus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comp {
    Charleston,
    Shuffle,
    Pad,
    Triplets,
}

pub(super) fn compose(chance: &mut Chance) -> Score {
    let minor = chance.percent(22);
    let key = chance.pick(&[4, 9, 7, 0, 5, 10, 3, 2]);
    let form = if minor { chance.pick(&MINOR_FORMS) } else { chance.pick(&MAJOR_FORMS) };
    // Slow, medium, jump; a few are straight.
    let (slowest, fastest) = chance.weighted(&[((54, 74), 3), ((84, 132), 6), ((138, 190), 3)]);
    let bpm = chance.between(slowest, fastest);
    let late = if bpm > 80 && chance.percent(12) { EIGHTH } else { 2 * TRIPLET };
    let mut sheet = Sheet::new(4, 4, bpm);
    let lead = sheet.seat(chance.pick(&LEADS));
    let chords = sheet.seat(chance.pick(&[PIANO, PIANO, ORGAN, JAZZ_GUITAR, STEEL_GUITAR, CLEAN_GUITAR]));
    let bass = sheet.seat(chance.pick(&[BASS, ELECTRIC_BASS, ELECTRIC_BASS]));
    let drums = sheet.seat(DRUMS);
    let scale: &[i32] = match (minor, chance.below(3)) {
        (true, _) => &MINOR_BLUES,
        (_, 0) => &MAJOR_BLUES,
        (_, 1) => &MIXED_BLUES,
        _ => &MINOR_BLUES,
    };
    let bars = progression(form, key);
    let mut band = Band {
        lead,
        chords,
        bass,
        drums,
        bpm,
        late,
        key,
        minor,
        scale,
        sheet: &mut sheet,
        hand: Vec::new(),
        bass_riff: Vec::new(),
        beat: Beat::new(chance, bpm),
        chance,
    };
    band.bass_riff = band.new_bass_riff();
    let length = BAR * i32::try_from(bars.len()).expect("a form is short");
    let mut at = band.introduction(&bars);
    let tune = band.call();
    let choruses = if bpm < 80 { band.chance.between(3, 4) } else { band.chance.between(4, 6) };
    for chorus in 0..choruses {
        let is_last = chorus + 1 == choruses;
        let is_tune = chorus == 0 || is_last || (choruses > 4 && chorus == 1);
        let stop_time = !is_tune && bars.len() == 12 && band.chance.percent(20);
        if is_tune {
            band.theme(&bars, at, &tune);
        } else {
            band.solo(&bars, at, 40 + 45 * chorus / choruses);
        }
        let bass_style = band.chance.weighted(&[(BassStyle::Riff, 4), (BassStyle::Walking, 4), (BassStyle::Two, 1)]);
        let style = band.comp_style();
        band.rhythm_section(&bars, at, bass_style, style, stop_time);
        at += length;
    }
    band.ending(at, *bars[0].first().expect("two chords a bar"));
    sheet.slow_down(at - BAR, at + QUARTER, 78);
    sheet.finish(chance)
}

/// A call: onsets and lengths in ticks, and steps of the scale above the tonic.
type Call = Vec<(i32, i32, i32)>;

/// A drummer's choice for the whole piece.
struct Beat {
    cymbal: i32,
    time: &'static str,
    kick: &'static str,
    snare: &'static str,
}

impl Beat {
    fn new(chance: &mut Chance, bpm: i32) -> Self {
        let slow = bpm < 80;
        // In twelfths of a bar: shuffles live in triplets.
        let time = if slow {
            chance.pick(&["XxxXxxXxxXxx", "x.xx.xx.xx.x", "XooXooXooXoo"])
        } else {
            chance.pick(&["x.xx.xx.xx.x", "X..x.xX..x.x", "X.oX.oX.oX.o", "x..x..x..x.x", "x..x.xx..x.x"])
        };
        let kick = chance.pick(&[
            "x.....x.....",
            "x....xx.....",
            "x..o..x..o..",
            "x..x..x..x..",
            "x....xx....x",
            "x.....x..o..",
        ]);
        let snare = chance.pick(&["...X.....X..", "...X.....X.o", "..oX..o..X..", "o..X..o..X.o", "...X.o...X.."]);
        Self { cymbal: chance.pick(&[RIDE, HAT, HAT]), time, kick, snare }
    }
}

struct Band<'a> {
    sheet: &'a mut Sheet,
    chance: &'a mut Chance,
    lead: Seat,
    chords: Seat,
    bass: Seat,
    drums: Seat,
    bpm: i32,
    /// When the second of two eighth notes sounds.
    late: i32,
    key: i32,
    minor: bool,
    scale: &'static [i32],
    /// What the accompanist's hand lies on.
    hand: Vec<i32>,
    bass_riff: Vec<i32>,
    beat: Beat,
}

impl Band<'_> {
    /// Four bars from the dominant, or none: the accompanist alone, or a fill of the drums.
    fn introduction(&mut self, bars: &[[Chord; 2]]) -> i32 {
        match self.chance.below(4) {
            0 => 0,
            1 => {
                self.fill(0);
                BAR
            }
            _ => {
                let last = &bars[bars.len() - 4..];
                let line = walk(self.chance, last, bars[0][0], 0, 40);
                self.sheet.play_all(self.bass, line);
                let style = self.comp_style();
                self.comp(last, 0, style);
                self.fill(3 * BAR);
                4 * BAR
            }
        }
    }

    fn pitch(&self, step: i32) -> i32 {
        let size = i32::try_from(self.scale.len()).expect("a scale is short");
        let degree = usize::try_from(step.rem_euclid(size)).expect("never negative");
        let (low, high) = self.sheet.player(self.lead).range;
        nearest(self.key, (low + high) / 2 - 4) + 12 * step.div_euclid(size) + self.scale[degree]
    }

    /// The same over this chord: the third of the key is blue over the subdominant.
    fn sung(&self, step: i32, chord: Chord) -> i32 {
        let pitch = self.pitch(step);
        let third = (self.key + 4) % 12;
        let is_blue = chord.tones().contains(&((self.key + 3) % 12)) || !chord.tones().contains(&third);
        if pitch.rem_euclid(12) == third && is_blue && chord.root != self.key { pitch - 1 } else { pitch }
    }

    /// Onsets of one beat, relative to it.
    fn beat_cell(&mut self, busy: i32) -> Vec<i32> {
        let late = self.late;
        let cells: [(&[i32], i32); 6] = [
            (&[0], 30),
            (&[0, late], 10 + busy / 2),
            (&[late], 22),
            (&[], 34 - busy / 4),
            (&[0, TRIPLET, 2 * TRIPLET], busy / 5),
            (&[TRIPLET, 2 * TRIPLET], busy / 10),
        ];
        let cells = if late == EIGHTH { &cells[..4] } else { &cells[..] };
        self.chance.weighted(cells).to_vec()
    }

    /// A phrase of about `beats` beats that begins near `step`.
    fn phrase(&mut self, beats: i32, busy: i32, start: i32) -> Call {
        let pickup = self.chance.percent(40);
        let mut onsets: Vec<i32> = if pickup { vec![self.late - QUARTER] } else { Vec::new() };
        for beat in 0..beats {
            onsets.extend(self.beat_cell(busy).into_iter().map(|onset| beat * QUARTER + onset));
        }
        if onsets.len() < 3 {
            onsets = vec![0, self.late, QUARTER + self.late];
        }
        let mut step = start;
        let mut direction = self.chance.pick(&[1, -1, -1]);
        let mut call = Call::new();
        for (place, &onset) in onsets.iter().enumerate() {
            let next = onsets.get(place + 1).copied();
            let length = next.map_or(QUARTER * self.chance.between(1, 2), |next| next - onset);
            let length = if self.chance.percent(25) { length.min(TRIPLET) } else { length.min(2 * QUARTER) };
            call.push((onset, length * 19 / 20, step));
            if self.chance.percent(30) || !(-4..=7).contains(&step) {
                direction = if step > 3 { -1 } else { 1 };
            }
            step += direction * self.chance.weighted(&[(0, 2), (1, 7), (2, 3), (3, 1)]);
        }
        call
    }

    fn call(&mut self) -> Call {
        let start = self.chance.between(0, 5);
        let beats = self.chance.between(5, 7);
        self.phrase(beats, 30, start)
    }

    /// Sings `call` in the bar at `at`; the last note comes home to the chord.
    fn sing(&mut self, call: &Call, at: i32, chord: Chord, velocity: i32) {
        for (place, &(onset, length, step)) in call.iter().enumerate() {
            let mut pitch = self.sung(step, chord);
            if place + 1 == call.len() {
                pitch = nearest_of(&chord.tones()[..3], pitch);
            }
            let third = self.key + 4;
            let is_third = (pitch - third).rem_euclid(12) == 0 && !self.minor;
            let at = at + onset;
            if is_third && length >= EIGHTH && self.chance.percent(45) {
                // Crushed from the blue third.
                self.sheet.play(self.lead, Tone { at: at - 40, length: 40, pitch: pitch - 1, velocity: velocity - 12 });
            }
            let accent = if onset.rem_euclid(QUARTER) == self.late { 6 } else { 0 };
            let velocity = velocity + accent + self.chance.between(-6, 4);
            self.sheet.play(self.lead, Tone { at, length, pitch, velocity });
        }
    }

    /// Call, call again, another: each over four bars, two of them for the answer.
    fn theme(&mut self, bars: &[[Chord; 2]], at: i32, call: &Call) {
        let lines = bars.len() / 4;
        for (line, start) in (0..lines).zip((0..).map(|line| at + 4 * line * BAR)) {
            let chord = bars[4 * line][0];
            if line + 1 < lines || lines == 2 && self.chance.percent(50) {
                self.sing(call, start, chord, 88);
            } else {
                let mut last = call.clone();
                let fall = self.chance.between(1, 2);
                let turn = last.len() / 2;
                last[turn..].iter_mut().for_each(|note| note.2 -= fall);
                if let Some(end) = last.last_mut() {
                    end.2 = 0;
                }
                self.sing(&last, start, bars[4 * line + 1][1], 94);
            }
            self.answer(start + 2 * BAR, bars[4 * line + 2][0]);
        }
    }

    /// A short reply from the accompanist's upper register, or silence.
    fn answer(&mut self, at: i32, chord: Chord) {
        if self.chance.percent(30) {
            return;
        }
        let start = self.chance.between(2, 6);
        let beats = self.chance.between(2, 4);
        let reply = self.phrase(beats, 45, start);
        let doubled = self.chance.percent(40);
        for (onset, length, step) in reply {
            let pitch = self.sung(step, chord);
            let pitch = pitch + if pitch < 66 { 12 } else { 0 };
            let tone = Tone { at: at + onset, length, pitch, velocity: 72 + self.chance.between(-5, 5) };
            self.sheet.play(self.chords, tone);
            if doubled {
                let below = nearest_of(&chord.tones(), pitch - 4);
                self.sheet.play(self.chords, Tone { pitch: below, velocity: tone.velocity - 8, ..tone });
            }
        }
    }

    /// A chorus of phrases, each of one to three bars, with breaths between them.
    fn solo(&mut self, bars: &[[Chord; 2]], at: i32, busy: i32) {
        let beats = 4 * i32::try_from(bars.len()).expect("a form is short");
        let mut beat = self.chance.between(0, 2);
        let mut idea: Option<Call> = None;
        while beat + 3 < beats {
            let length = self.chance.between(3, 9).min(beats - beat);
            let again = idea.take().filter(|_| self.chance.percent(40));
            let phrase = match again {
                Some(old) => {
                    let lift = self.chance.pick(&[0, 0, 1, -1, 2]);
                    old.into_iter().map(|(onset, length, step)| (onset, length, step + lift)).collect()
                }
                None => {
                    let start = self.chance.between(-2, 7);
                    self.phrase(length, busy, start)
                }
            };
            let place = usize::try_from((beat + length) / 2).expect("never negative").min(2 * bars.len() - 1);
            let chord = bars[place / 2][place % 2];
            self.sing(&phrase, at + beat * QUARTER, chord, 84 + busy / 8);
            idea = Some(phrase);
            beat += length + self.chance.between(1, 4);
        }
    }

    fn comp_style(&mut self) -> Comp {
        let triplets = if self.bpm < 80 { 4 } else { 0 };
        self.chance.weighted(&[(Comp::Charleston, 3), (Comp::Shuffle, 3), (Comp::Pad, 1), (Comp::Triplets, triplets)])
    }

    fn rhythm_section(&mut self, bars: &[[Chord; 2]], at: i32, bass: BassStyle, comp: Comp, stop_time: bool) {
        // In stop time the band strikes once a bar, for four bars, and leaves the rest to the soloist.
        let stopped = if stop_time { 4 } else { 0 };
        for (start, bar) in (0..).map(|bar| at + bar * BAR).zip(&bars[..stopped]) {
            let voicing = self.voicing(bar[0], 60);
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

    /// Steps above the root for a bar: a figure of the piece's own.
    fn new_bass_riff(&mut self) -> Vec<i32> {
        let figures: [&[i32]; 9] = [
            &[0, 4, 7, 9],
            &[0, 4, 7, 9, 10, 9, 7, 4],
            &[0, 0, 4, 4, 7, 7, 9, 9],
            &[0, 7, 9, 7],
            &[0, 12, 7, 9],
            &[0, 0, 7, 7, 9, 9, 7, 7],
            &[0, 4, 7, 12],
            &[0, 0, 3, 4, 7, 7, 9, 10],
            &[0, 7, 10, 12],
        ];
        self.chance.pick(&figures).to_vec()
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

    fn voicing(&mut self, chord: Chord, centre: i32) -> Vec<i32> {
        self.hand = voiced(&chord.rootless(), &self.hand, centre);
        self.hand.clone()
    }

    fn comp(&mut self, bars: &[[Chord; 2]], at: i32, style: Comp) {
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
                for pitch in self.voicing(chord, 60) {
                    self.sheet.play(self.chords, Tone { at: bar_at + onset, length, pitch, velocity });
                }
            }
        }
    }

    /// Root with fifth and sixth in turn, as guitarists and barrelhouse pianists play it.
    fn shuffle(&mut self, bar: &[Chord; 2], at: i32) {
        for (place, half) in (0..8).map(|place| (place, usize::from(place >= 4))) {
            let chord = bar[half];
            let [_, third, fifth, _] = chord.tones();
            let is_minor = (third - chord.root).rem_euclid(12) == 3;
            let upper = if place % 4 < 2 { fifth } else { chord.root + if is_minor { 10 } else { 9 } };
            let root = nearest(chord.root, 48);
            let onset = place / 2 * QUARTER + if place % 2 == 1 { self.late } else { 0 };
            let velocity = if place % 2 == 1 { 58 } else { 70 } + self.chance.between(-4, 4);
            for pitch in [root, root + (upper - root).rem_euclid(12)] {
                self.sheet.play(self.chords, Tone { at: at + onset, length: TRIPLET, pitch, velocity });
            }
        }
    }

    fn drum_part(&mut self, bars: usize, at: i32) {
        let Beat { cymbal, time, kick, snare } = self.beat;
        for (bar, start) in (1..=bars).zip((0..).map(|bar| at + bar * BAR)) {
            if bar == 1 {
                self.sheet.play(self.drums, stroke(start, CRASH, 88));
            }
            if bar == bars || bar % 4 == 0 && self.chance.percent(30) {
                self.fill(start);
                continue;
            }
            let mut strokes = pattern(time, start, TRIPLET, cymbal);
            strokes.extend(pattern(kick, start, TRIPLET, KICK));
            strokes.extend(pattern(snare, start, TRIPLET, SNARE));
            if self.chance.percent(25) {
                let (beat, extra) = (self.chance.between(0, 3), self.chance.pick(&[KICK, SNARE, RIM]));
                strokes.push(stroke(start + beat * QUARTER + 2 * TRIPLET, extra, 50));
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
    fn fill(&mut self, at: i32) {
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

    /// The last chord, from a half step above, and the fifth-sixth-seventh that says good night.
    fn ending(&mut self, at: i32, tonic: Chord) {
        let above = Chord { root: (tonic.root + 1) % 12, quality: super::chord::Quality::Dominant };
        let struck = [(above, at, EIGHTH), (tonic, at + self.late, 3 * QUARTER)];
        for (chord, at, length) in struck {
            for pitch in self.voicing(chord, 60) {
                self.sheet.play(self.chords, Tone { at, length, pitch, velocity: 90 });
            }
            let root = nearest(chord.root, 38);
            self.sheet.play(self.bass, Tone { at, length, pitch: root, velocity: 94 });
            self.sheet.play_all(self.drums, [stroke(at, KICK, 90), stroke(at, SNARE, 84)]);
        }
        self.sheet.play(self.drums, stroke(at + self.late, CRASH, 96));
        let home = self.sheet.player(self.lead).reach(nearest(tonic.root, 69));
        self.sheet.play(self.lead, Tone { at: at + self.late, length: 3 * QUARTER, pitch: home, velocity: 92 });
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_begins_at_home_and_visits_the_subdominant() {
        for form in MAJOR_FORMS.iter().chain(&MINOR_FORMS) {
            let bars = progression(form, 0);
            assert!(matches!(bars.len(), 8 | 12), "{form}");
            assert_eq!(bars[0][0].root, 0);
            assert!(bars.iter().flatten().any(|chord| chord.root == 5), "{form}");
        }
    }

    #[test]
    fn the_last_bass_note_is_the_tonic() {
        for number in 0..40 {
            let mut chance = Chance::new("blues", 4, number);
            let score = compose(&mut chance);
            let bass = score.parts.iter().find(|part| part.name == "Bass").unwrap();
            let home = bass.notes.last().unwrap().pitch.class();
            let lead = score.parts[0].notes.last().unwrap().pitch.class();
            assert_eq!(home, lead, "piece {number}");
        }
    }
}
