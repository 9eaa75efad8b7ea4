//! Son, rumba, cha-cha, bossa nova, samba and six-eight: everything turns around a clave or a bell.
//!
//! Claves and montunos after Mauleón, Salsa Guidebook for Piano and Ensemble (1993); bossa and samba after Faria,
//! The Brazilian Guitar Book (1995); the other cycles are Euclidean (Toussaint, The Geometry of Musical Rhythm, 2013).

use ripieno_score::Score;

use super::chance::Chance;
use super::chord::{Chord, Hand, nearest, nearest_of, progression, step};
use super::drums::{
    CABASA, CLAVES, COWBELL, GUIRO, HIGH_AGOGO, HIGH_TIMBALE, KICK, LOW_AGOGO, LOW_CONGA, MARACAS, MUTE_CONGA,
    OPEN_CONGA, RIM, SHAKER, TAMBOURINE, WOODBLOCK, stroke,
};
use super::improvise::over;
use super::melody::{Idea, Motif, Step, phrase};
use super::player::{
    ALTO_SAX, BASS, CHOIR, DRUMS, ELECTRIC_BASS, FLUTE, MARIMBA, NYLON_GUITAR, PIANO, Player, STEEL_DRUMS, TENOR_SAX,
    TROMBONE, TRUMPET, VIBRAPHONE, VIOLIN,
};
use super::rhythm::{Cycle, cycle, euclid, onsets, rotated, strokes};
use super::sheet::{BAR, EIGHTH, QUARTER, Seat, Sheet, Tone};

const MAJOR_LOOPS: [&str; 9] = [
    "I6 | IV6 | V7 | IV6",
    "I6 V7 | V7 I6",
    "I6 IV6 | V7 IV6",
    "IIm7 V7 | I6 VI7",
    "I6 | VI7 | IIm7 | V7",
    "I6 I7 | IV6 V7",
    "I6 bVII7 | IV6 I6",
    "IIm7 | V7 | I6 | I6",
    "IV6 V7 | IIIm7 VIm7 | IIm7 V7 | I6",
];
const MINOR_LOOPS: [&str; 8] = [
    "Im7 | IVm7 | V7 | Im7",
    "Im7 IVm7 | V7 IVm7",
    "Im7 V7 | V7 Im7",
    "Im7 | bVII7 | bVImaj7 | V7",
    "Im6 I7 | IVm7 V7",
    "IIø V7 | Im6 Im6",
    "Im7 IV7 | Im7 IV7",
    "IVm7 bVII7 | bIIImaj7 bVImaj7 | IIø V7 | Im6",
];
const BOSSA: [&str; 8] = [
    "Imaj7 | Imaj7 | II7 | II7 | IIm7 | bII7 | Imaj7 | bII7",
    "Im7 | Im7 | IIø | Valt | Im7 | IV7 | IIø | Valt",
    "Imaj7 | #Io | IIm7 | V7 | IIIm7 | bIIIo | IIm7 | V7",
    "Im6 | VIø | bVImaj7 | Valt | IVm7 | bVII7 | bIIImaj7 | IIø Valt",
    "Imaj7 | IVm6 | Imaj7 | IVm6 | IIIm7 | VI7 | IIm7 | V7",
    "IVmaj7 | IVm6 | IIIm7 | VI7 | IIm7 | V7 | Imaj7 | Vm7 I7",
    "Imaj7 | Vm7 I7 | IVmaj7 | bVII7 | IIIm7 | VIalt | II7 | IIm7 V7",
    "Im7 | bVI7 | Im7 | I7 | IVm7 | bVII7 | IIø | Valt",
];
/// Two bars of claves in eighth notes, the side of three first.
const SON: &str = "x..x..x...x.x...";
const RUMBA: &str = "x..x...x..x.x...";
const BOSSA_CLAVE: &str = "x..x..x...x..x..";
const MELODY: [Player; 11] =
    [FLUTE, TRUMPET, TROMBONE, ALTO_SAX, TENOR_SAX, VIOLIN, NYLON_GUITAR, VIBRAPHONE, MARIMBA, STEEL_DRUMS, PIANO];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dance {
    Son,
    Rumba,
    ChaCha,
    Bossa,
    Samba,
    Euclidean,
}

pub(super) fn compose(chance: &mut Chance) -> Score {
    use Dance::{Bossa, ChaCha, Euclidean, Rumba, Samba, Son};
    let dance = chance.weighted(&[(Son, 5), (Rumba, 2), (ChaCha, 2), (Bossa, 4), (Samba, 2), (Euclidean, 4)]);
    let key = chance.below(12);
    let bpm = match dance {
        Son => chance.between(160, 216),
        Rumba => chance.between(170, 220),
        ChaCha => chance.between(108, 132),
        Bossa => chance.between(112, 152),
        Samba => chance.between(176, 216),
        Euclidean => chance.between(92, 184),
    };
    let text = match (dance, chance.percent(50)) {
        (Bossa | Samba, _) => chance.pick(&BOSSA),
        (_, true) => chance.pick(&MAJOR_LOOPS),
        _ => chance.pick(&MINOR_LOOPS),
    };
    let loop_bars = progression(text, key);
    let eight: Vec<[Chord; 2]> = loop_bars.iter().copied().cycle().take(8).collect();
    let two_three = chance.percent(55);
    let clave = match dance {
        Rumba => cycle(RUMBA),
        Bossa | Samba => cycle(BOSSA_CLAVE),
        Euclidean => {
            let hits = chance.pick(&[3, 5, 6, 7]);
            let turn = chance.below(8);
            let mut clave = rotated(&euclid(hits, 16), turn);
            // What holds the band together is heard on some first beat.
            clave[0] = true;
            clave
        }
        _ => cycle(SON),
    };
    let clave = if two_three && dance != Euclidean { rotated(&clave, 8) } else { clave };
    let mut sheet = Sheet::new(4, 4, bpm);
    let player = chance.pick(&MELODY);
    let lead = sheet.seat(player);
    let mut others = vec![CHOIR, TRUMPET, TROMBONE, TENOR_SAX, FLUTE];
    others.retain(|other| *other != player);
    let chorus = sheet.seat(chance.pick(&others));
    let keys = sheet.seat(if matches!(dance, Bossa | Samba) {
        chance.pick(&[NYLON_GUITAR, NYLON_GUITAR, PIANO])
    } else {
        chance.pick(&[PIANO, PIANO, PIANO, NYLON_GUITAR, MARIMBA])
    });
    let bass = sheet.seat(chance.pick(&[BASS, ELECTRIC_BASS]));
    let percussion = sheet.seat(DRUMS);
    let layers = layers(chance, dance, &clave);
    let figure = figure(chance, two_three);
    let mut band = Band {
        sheet: &mut sheet,
        dance,
        lead,
        chorus,
        keys,
        bass,
        percussion,
        clave,
        layers,
        figure,
        hand: Hand::new(63, if matches!(dance, Bossa | Samba) { 35 } else { 0 }),
        chance,
    };
    band.arrange(&eight, key);
    sheet.finish(chance)
}

/// Percussion: what is struck, when (in eighth notes of two bars) and how hard.
fn layers(chance: &mut Chance, dance: Dance, clave: &[bool]) -> Vec<(i32, Cycle, i32)> {
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
            // Every band plays it in its own way: a stroke more or less.
            for _ in 0..chance.between(0, 2) {
                let place = usize::try_from(chance.below(i32::try_from(pattern.len()).unwrap_or(8))).unwrap_or(0);
                pattern[place] = !pattern[place];
            }
            // The bell of the side of two leans on the clave's side of two.
            layers.push((drum, pattern, velocity + chance.between(-6, 6)));
        }
    }
    layers
}

/// The montuno: for every eighth note of two bars, which voice of the hand sounds; octaves mark the accents.
fn figure(chance: &mut Chance, two_three: bool) -> Vec<Option<i32>> {
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

struct Band<'a> {
    sheet: &'a mut Sheet,
    chance: &'a mut Chance,
    dance: Dance,
    lead: Seat,
    chorus: Seat,
    keys: Seat,
    bass: Seat,
    percussion: Seat,
    clave: Cycle,
    layers: Vec<(i32, Cycle, i32)>,
    figure: Vec<Option<i32>>,
    hand: Hand,
}

impl Band<'_> {
    /// Percussion first, then piano and bass, the tune, call and answer, the tune again, and all stop together.
    fn arrange(&mut self, bars: &[[Chord; 2]], key: i32) {
        let idea = Idea {
            unit: EIGHTH,
            slots: 16,
            beat: 2,
            on_beat: self.chance.between(25, 55),
            off_beat: self.chance.between(30, 62),
        };
        let (tune, answer) =
            (Motif::invent(self.chance, &idea), Motif::invent(self.chance, &Idea { slots: 8, ..idea }));
        let pushes = self.chance.between(20, 60);
        let tune = tune.pushed(self.chance, EIGHTH, pushes);
        let second = Motif::invent(self.chance, &idea).pushed(self.chance, EIGHTH, pushes);
        let tune = phrase(self.chance, &tune, 2 * BAR, 0);
        let second = phrase(self.chance, &second, 2 * BAR, 4);
        let plan = self.chance.pick(&["ittcct", "itstcst", "pittcmct", "ptstccmt", "itcctmt", "pitscctt"]);
        let mut at = 0;
        for (place, section) in plan.chars().enumerate() {
            let all = match section {
                'p' => 0,
                'i' => 4,
                _ => 8,
            };
            let length = if section == 'p' { 4 } else { all };
            let end = at + BAR * i32::try_from(length).expect("a section is short");
            self.drum(at, end, if section == 'p' { 3 } else { 9 });
            self.comp(&bars[..all], at, section);
            self.bass_line(&bars[..all], bars[0][0], at);
            match section {
                't' => self.sing(&tune, bars, (at, key), place % 2 == 1),
                's' => self.sing(&second, bars, (at, key), false),
                'c' => self.call_and_answer(&answer, bars, at, key),
                'm' => self.mambo(bars, at, key),
                _ => {}
            }
            at = end;
        }
        self.stop(bars[0][0], at, key);
    }

    fn drum(&mut self, from: i32, to: i32, layers: usize) {
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

    fn chord_at(bars: &[[Chord; 2]], ticks: i32) -> Chord {
        let half = usize::try_from(ticks.max(0) / (2 * QUARTER)).expect("never negative");
        let half = half % (2 * bars.len());
        bars[half / 2][half % 2]
    }

    /// Montuno in octaves; in bossa and samba the thumb and the chord of a guitarist.
    fn comp(&mut self, bars: &[[Chord; 2]], at: i32, section: char) {
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
    fn bass_line(&mut self, bars: &[[Chord; 2]], next: Chord, at: i32) {
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

    /// The tune over two times four bars of two; `(at, key)`.
    fn sing(&mut self, tune: &[Motif], bars: &[[Chord; 2]], (at, key): (i32, i32), doubled: bool) {
        let (low, high) = self.sheet.player(self.lead).range;
        let tonic = nearest(key, (low + high) / 2 - 2);
        for (unit, motif) in (0..).zip(tune) {
            let start = unit * 2 * BAR;
            let tones = motif.tones(at + start, 86, |degree, step| sung(bars, start, tonic, degree, step));
            if doubled {
                let below = motif.tones(at + start, 74, |degree, step| sung(bars, start, tonic - 3, degree, step));
                self.sheet.play_all(self.chorus, below);
            }
            self.sheet.play_all(self.lead, tones);
        }
    }

    /// Two bars of the soloist, free; two bars of the chorus, always the same, in thirds.
    fn call_and_answer(&mut self, answer: &Motif, bars: &[[Chord; 2]], at: i32, key: i32) {
        let (low, high) = self.sheet.player(self.lead).range;
        let tonic = nearest(key, (low + high) / 2);
        for half in 0..2 {
            let start = half * 4 * BAR;
            let idea = Idea { unit: EIGHTH, slots: 14, beat: 2, on_beat: 45, off_beat: 55 };
            let call = Motif::invent(self.chance, &idea).moved(self.chance.between(0, 4));
            let call = call.tones(at + start, 88, |degree, step| sung(bars, start, tonic, degree, step));
            self.sheet.play_all(self.lead, call);
            for (voice, tonic) in [(0, nearest(key, 66)), (1, nearest(key, 66) - 3)] {
                let start = start + 2 * BAR;
                let tones =
                    answer.tones(at + start, 78 - 4 * voice, |degree, step| sung(bars, start, tonic, degree, step));
                self.sheet.play_all(self.chorus, tones);
            }
        }
    }

    /// A riff that repeats, short and loud.
    fn mambo(&mut self, bars: &[[Chord; 2]], at: i32, key: i32) {
        let idea = Idea { unit: EIGHTH, slots: 8, beat: 2, on_beat: 40, off_beat: 60 };
        let riff = Motif::invent(self.chance, &idea);
        for bar in 0..8 {
            let start = bar * BAR;
            for (seat, centre, velocity) in [(self.chorus, 64, 92), (self.lead, 72, 88)] {
                if seat == self.lead && bar < 4 {
                    continue;
                }
                let tones = riff
                    .tones(at + start, velocity, |degree, step| sung(bars, start, nearest(key, centre), degree, step));
                self.sheet
                    .play_all(seat, tones.into_iter().map(|tone| Tone { length: tone.length.min(EIGHTH), ..tone }));
            }
        }
    }

    /// The whole band on one, and once more.
    fn stop(&mut self, chord: Chord, at: i32, key: i32) {
        let last = if self.chance.percent(50) { 3 * EIGHTH } else { 0 };
        for onset in [0, last] {
            let length = if onset == last { QUARTER } else { EIGHTH };
            let at = at + onset;
            for &pitch in self.hand.play(self.chance, &chord.tones()) {
                self.sheet.play(self.keys, Tone { at, length, pitch, velocity: 88 });
            }
            self.sheet.play(self.bass, Tone { at, length, pitch: within(nearest(chord.root, 38)), velocity: 96 });
            let pitch = nearest_of(&chord.tones()[..3], nearest(key, 70));
            for seat in [self.lead, self.chorus] {
                self.sheet.play(seat, Tone { at, length, pitch, velocity: 92 });
            }
            self.sheet.play_all(self.percussion, [stroke(at, KICK, 96), stroke(at, HIGH_TIMBALE, 90)]);
        }
    }
}

/// Where a degree of the tune lies over the chord it is heard with.
fn sung(bars: &[[Chord; 2]], start: i32, tonic: i32, degree: i32, step: &Step) -> i32 {
    let heard = start + step.onset + if step.length > EIGHTH { EIGHTH } else { 0 };
    let strong = step.length >= QUARTER || step.onset % QUARTER == 0;
    over(Band::chord_at(bars, heard), tonic + 2 * degree - degree / 4, strong)
}

/// Where a bass is at ease in this music.
const fn within(pitch: i32) -> i32 {
    match pitch {
        ..=29 => pitch + 12,
        50.. => pitch - 12,
        _ => pitch,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clave_never_stops_and_never_turns_round() {
        for number in 0..60 {
            let score = compose(&mut Chance::new("latin", 1, number));
            let percussion = score.parts.iter().find(|part| part.instrument.is_drums()).unwrap();
            let end = percussion.notes.last().unwrap().onset.0 / 3840 * 3840;
            let struck = |clave: u8| -> Vec<Vec<u32>> {
                let onsets: Vec<u32> = percussion
                    .notes
                    .iter()
                    .filter(|note| note.pitch.value() == clave)
                    .map(|note| note.onset.0)
                    .collect();
                (0..end / 3840)
                    .map(|bars| onsets.iter().filter(|&&at| at / 3840 == bars).map(|at| at % 3840).collect())
                    .collect()
            };
            let claves = [CLAVES, RIM].map(|drum| struck(u8::try_from(drum).unwrap()));
            let clave = claves.iter().find(|bars| !bars[0].is_empty()).unwrap();
            assert!(clave.iter().all(|bars| bars == &clave[0]), "piece {number}: {clave:?}");
            assert!((3..=8).contains(&clave[0].len()));
        }
    }
}
