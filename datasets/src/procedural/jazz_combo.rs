//! A small band: a tune, choruses on its changes, the tune again.
//!
//! Arrangement, comping and drums after Levine, The Jazz Piano Book (1989), and Riley, The Art of Bop Drumming (1994);
//! bass lines see [`super::walking`], solos [`super::improvise`], progressions [`super::changes`].

use ripieno_score::Score;

mod rhythm_section;

use rhythm_section::{Feel, Habits};

use super::chance::Chance;
use super::changes::{Form, form};
use super::chord::{Chord, Hand, nearest};
use super::drums::{CRASH, KICK, stroke};
use super::improvise::{Solo, improvise, over};
use super::melody::{Idea, Motif, Step, phrase};
use super::player::{
    ALTO_SAX, BARITONE_SAX, BASS, CLARINET, DRUMS, FLUTE, JAZZ_GUITAR, MUTED_TRUMPET, ORGAN, PIANO, Player,
    SOPRANO_SAX, TENOR_SAX, TROMBONE, TRUMPET, VIBRAPHONE,
};
use super::sheet::{BAR, EIGHTH, QUARTER, Seat, Sheet, Tone};

const HORNS: [Player; 11] = [
    TENOR_SAX,
    ALTO_SAX,
    TRUMPET,
    MUTED_TRUMPET,
    TROMBONE,
    SOPRANO_SAX,
    BARITONE_SAX,
    CLARINET,
    FLUTE,
    VIBRAPHONE,
    JAZZ_GUITAR,
];

/// How the accompanist spells chords.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Voicing {
    Shell,
    Rootless,
    DropTwo,
}

pub(super) fn compose(chance: &mut Chance) -> Score {
    let key = chance.below(12);
    let form = form(chance, key);
    let (slowest, fastest) = chance.weighted(&[((58, 76), 2), ((92, 138), 5), ((140, 184), 4), ((190, 236), 2)]);
    let bpm = chance.between(slowest, fastest);
    // Swing is wide when slow and nearly even when fast (Friberg and Sundström 2002).
    let late = match bpm {
        ..90 => 320,
        90..150 => chance.pick(&[320, 320, 300, 340]),
        150..190 => chance.pick(&[320, 300]),
        _ => chance.pick(&[280, 260]),
    };
    let mut sheet = Sheet::new(4, 4, bpm);
    let mut horns = HORNS;
    chance.shuffle(&mut horns);
    let horn_count = chance.weighted(&[(0, 3), (1, 6), (2, 3)]);
    let leads: Vec<Seat> = horns[..horn_count].iter().map(|&player| sheet.seat(player)).collect();
    let piano = sheet.seat(if horn_count > 0 {
        chance.pick(&[PIANO, PIANO, PIANO, JAZZ_GUITAR, ORGAN, VIBRAPHONE])
    } else {
        chance.pick(&[PIANO, PIANO, JAZZ_GUITAR])
    });
    let bass = sheet.seat(BASS);
    let drums = chance.percent(88).then(|| sheet.seat(DRUMS));
    let voicing = chance.pick(&[Voicing::Shell, Voicing::Rootless, Voicing::Rootless, Voicing::DropTwo]);
    let tune = tune(chance, &form, key, late);
    let mut band = Band {
        sheet: &mut sheet,
        piano,
        bass,
        drums,
        bpm,
        late,
        voicing,
        hand: Hand::new(if voicing == Voicing::Shell { 57 } else { 61 }, 45),
        habits: Habits::new(chance),
        chance,
    };
    let length = BAR * i32::try_from(form.bars.len()).expect("a form is short");
    let mut at = band.introduction(&form.bars);
    let leader = leads.first().copied().unwrap_or(piano);
    band.head(&tune, &leads, at, 0, length);
    let two = band.chance.percent(if bpm < 120 { 75 } else { 35 });
    band.rhythm_section(&form.bars, at, if two { Feel::Two } else { Feel::Walking }, leads.is_empty());
    at += length;
    let choruses = match form.bars.len() {
        ..=16 => 2,
        _ => 1,
    };
    let busy = band.chance.between(40, 90);
    for chorus in 0..choruses {
        let soloist = if chorus == 0 {
            leader
        } else {
            band.chance.pick(&[leader, piano, leads.last().copied().unwrap_or(piano)])
        };
        let (low, high) = band.sheet.player(soloist).range;
        let range = if soloist == piano { (58.max(low), 88.min(high)) } else { (low + 3, high - 2) };
        let solo = Solo { range, late, busy: (busy + 10 * chorus).min(95), velocity: 80 + 4 * chorus };
        let line = improvise(band.chance, &form.bars, at, &solo);
        band.sheet.play_all(soloist, line);
        let feel = if bpm < 70 && chorus == 0 { Feel::Two } else { Feel::Walking };
        band.rhythm_section(&form.bars, at, feel, soloist == piano);
        at += length;
    }
    // The tune again; of a long form its last section.
    let skipped = if form.bars.len() > 24 { 24 } else { 0 };
    let from = BAR * i32::try_from(skipped).expect("three sections at most");
    band.head(&tune, &leads, at - from, from, length);
    band.rhythm_section(&form.bars[skipped..], at, if two { Feel::Two } else { Feel::Walking }, leads.is_empty());
    at += length - from;
    let end = band.ending(&form, at, leader, key);
    let slow = band.chance.between(60, 80);
    sheet.slow_down(end - 2 * BAR, end, slow);
    sheet.finish(chance)
}

/// The tune: for every section a phrase over its own chords, the same for the same letter.
fn tune(chance: &mut Chance, form: &Form, key: i32, late: i32) -> Vec<Tone> {
    let idea =
        Idea { unit: EIGHTH, slots: 16, beat: 2, on_beat: chance.between(30, 70), off_beat: chance.between(20, 50) };
    let pushes = chance.between(10, 60);
    let mut written: Vec<(char, Vec<Motif>)> = Vec::new();
    let mut tones = Vec::new();
    for (place, &section) in (0..).zip(form.sections) {
        if !written.iter().any(|(letter, _)| *letter == section) {
            let motif = Motif::invent(chance, &idea).pushed(chance, EIGHTH, pushes);
            let home = if section == 'A' { 0 } else { 4 };
            written.push((section, phrase(chance, &motif, 2 * BAR, home)));
        }
        let (_, motifs) = written.iter().find(|(letter, _)| *letter == section).expect("written above");
        let at = place * 8 * BAR;
        for (unit, motif) in (0..).zip(motifs) {
            let start = at + unit * 2 * BAR;
            let pitch = |degree: i32, step: &Step| {
                // Over the chord that the note is heard with: what anticipates a bar belongs to it.
                let heard = start + step.onset + if step.length > EIGHTH { EIGHTH } else { 0 };
                let half = usize::try_from(heard / (2 * QUARTER)).expect("never negative").min(2 * form.bars.len() - 1);
                let chord = form.bars[half / 2][half % 2];
                let strong = step.onset % QUARTER == 0 && step.length >= EIGHTH || step.length > QUARTER;
                over(chord, nearest(key, 68) + 2 * degree - degree / 4, strong)
            };
            tones.extend(motif.tones(start, 82, pitch));
        }
    }
    super::drums::swing(&mut tones, late);
    tones
}

struct Band<'a> {
    sheet: &'a mut Sheet,
    chance: &'a mut Chance,
    piano: Seat,
    bass: Seat,
    drums: Option<Seat>,
    bpm: i32,
    late: i32,
    voicing: Voicing,
    hand: Hand,
    habits: Habits,
}

impl Band<'_> {
    /// The last four bars of the form, by the rhythm section; or nothing.
    fn introduction(&mut self, bars: &[[Chord; 2]]) -> i32 {
        let length = self.chance.pick(&[0, 4, 4]);
        if length > 0 {
            let feel = self.chance.pick(&[Feel::Two, Feel::Walking]);
            self.rhythm_section(&bars[bars.len() - length..], 0, feel, false);
        }
        BAR * i32::try_from(length).expect("eight at most")
    }

    /// The part of the tune from `from` to `to`, with its beginning at `at`: in unison or octaves, or with a second voice.
    fn head(&mut self, tune: &[Tone], leads: &[Seat], at: i32, from: i32, to: i32) {
        let played: Vec<Tone> = tune.iter().filter(|tone| (from..to).contains(&tone.at)).copied().collect();
        let first = leads.first().copied().unwrap_or(self.piano);
        let middle = |sheet: &Sheet, seat: Seat| {
            let (low, high) = sheet.player(seat).range;
            // The octave in which the tune lies best.
            ((low + high) / 2 - 66).div_euclid(12) * 12
        };
        let octave = if leads.is_empty() { 12 } else { middle(self.sheet, first) };
        for tone in &played {
            let velocity = self.chance.between(-4, 4);
            self.sheet.play(first, tone.moved(at, octave, velocity));
        }
        if let Some(&second) = leads.get(1) {
            let octave = middle(self.sheet, second);
            let thirds = self.chance.percent(40);
            for tone in played {
                let below = if thirds { -self.chance.pick(&[3, 4]) } else { 0 };
                self.sheet.play(second, tone.moved(at, octave + below, -8));
            }
        }
    }

    /// The last four bars once or twice more, then the tonic held by all. Gives where the held chord begins.
    fn ending(&mut self, form: &Form, mut at: i32, leader: Seat, key: i32) -> i32 {
        let tag = &form.bars[form.bars.len() - 4..];
        let (low, high) = self.sheet.player(leader).range;
        for _ in 0..self.chance.between(0, 1) {
            let solo = Solo { range: (low.max(55) + 3, high.min(86) - 2), late: self.late, busy: 30, velocity: 76 };
            let line = improvise(self.chance, tag, at, &solo);
            self.sheet.play_all(leader, line);
            self.rhythm_section(tag, at, Feel::Walking, leader == self.piano);
            at += 4 * BAR;
        }
        // The chord that the tune is at home on: the tonic, major or minor as the form begins or ends.
        let home = form.bars.iter().rev().flatten().find(|chord| chord.root == key);
        let last = home.copied().unwrap_or(form.bars[0][0]);
        let length = 3 * QUARTER;
        for pitch in self.spelled(last) {
            self.sheet.play(self.piano, Tone { at, length, pitch, velocity: 68 });
        }
        self.sheet.play(self.bass, Tone { at, length, pitch: nearest(key, 36), velocity: 80 });
        let pitch = nearest(last.tones()[self.chance.pick(&[0, 2, 0])], (low + high) / 2);
        self.sheet.play(leader, Tone { at, length, pitch, velocity: 76 });
        if let Some(seat) = self.drums {
            self.sheet.play_all(seat, [stroke(at, CRASH, 80), stroke(at, KICK, 76)]);
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tune_comes_back_note_for_note() {
        for number in 0..30 {
            let mut chance = Chance::new("jazz-combo", 8, number);
            let form = form(&mut chance, 5);
            let tune = tune(&mut chance, &form, 5, 320);
            let section = |place: i32| -> Vec<(i32, i32)> {
                let start = place * 8 * BAR;
                let inside = tune.iter().filter(|tone| (start..start + 8 * BAR).contains(&tone.at));
                inside.map(|tone| (tone.at - start, tone.pitch)).collect()
            };
            let places: Vec<i32> =
                (0..).zip(form.sections).filter(|(_, s)| **s == 'A').map(|(place, _)| place).collect();
            for pair in places.windows(2) {
                // The last bar may anticipate what follows it.
                let without_last =
                    |notes: Vec<(i32, i32)>| notes.into_iter().filter(|note| note.0 < 7 * BAR).collect::<Vec<_>>();
                assert_eq!(without_last(section(pair[0])), without_last(section(pair[1])), "piece {number}");
            }
        }
    }
}
