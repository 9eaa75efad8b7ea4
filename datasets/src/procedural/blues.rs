//! Blues: twelve bars (or eight), a call and its answer, a rhythm section that swings.
//!
//! Forms after Koch, Blues for Guitar, and Levine, The Jazz Theory Book, chapter 10; the AAB of call and response and
//! the blue third after Titon, Early Downhome Blues (1977).

use ripieno_score::Score;

mod rhythm_section;
mod singer;

use rhythm_section::{BassStyle, Beat, bass_riff, figure};

use super::chance::Chance;
use super::chord::{Chord, Hand, nearest, progression};
use super::drums::{CRASH, KICK, SNARE, stroke};
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
        hand: Hand::new(61, 50),
        figure: figure(chance),
        bass_riff: bass_riff(chance),
        beat: Beat::new(chance, bpm),
        chance,
    };
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
    hand: Hand,
    /// What the shuffle's upper voice plays, in semitones above the root, for each eighth note.
    figure: [i32; 8],
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

    /// The last chord, from a half step above, and the fifth-sixth-seventh that says good night.
    fn ending(&mut self, at: i32, tonic: Chord) {
        let above = Chord { root: (tonic.root + 1) % 12, quality: super::chord::Quality::Dominant };
        let struck = [(above, at, EIGHTH), (tonic, at + self.late, 3 * QUARTER)];
        for (chord, at, length) in struck {
            for &pitch in self.hand.play(self.chance, &chord.rootless()) {
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
