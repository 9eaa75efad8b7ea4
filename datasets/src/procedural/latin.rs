//! Son, rumba, cha-cha, bossa nova, samba and six-eight: everything turns around a clave or a bell.
//!
//! Claves and montunos after Mauleón, Salsa Guidebook for Piano and Ensemble (1993); bossa and samba after Faria,
//! The Brazilian Guitar Book (1995); the other cycles are Euclidean (Toussaint, The Geometry of Musical Rhythm, 2013).

use ripieno_score::Score;

mod rhythm_section;

use rhythm_section::{figure, layers, within};

use super::chance::Chance;
use super::chord::{Chord, Hand, nearest, nearest_of, progression};
use super::drums::{HIGH_TIMBALE, KICK, stroke};
use super::improvise::over;
use super::melody::{Idea, Motif, Step, phrase};
use super::player::{
    ALTO_SAX, BASS, CHOIR, DRUMS, ELECTRIC_BASS, FLUTE, MARIMBA, NYLON_GUITAR, PIANO, Player, STEEL_DRUMS, TENOR_SAX,
    TROMBONE, TRUMPET, VIBRAPHONE, VIOLIN,
};
use super::rhythm::{Cycle, cycle, euclid, rotated};
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
    let layers = layers(chance, dance, &clave, two_three);
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

#[cfg(test)]
mod tests {
    use super::super::drums::{CLAVES, RIM};
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
