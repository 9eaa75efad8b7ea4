//! Twelve-tone music: every statement sounds all twelve tones of a row before any of them returns.
//!
//! Rows and their forms after Schoenberg, "Composition with Twelve Tones" (1941); derived rows, canons and
//! Klangfarben after Webern, opp. 21 and 24; the wedge as in Nono, "Il canto sospeso"; pointillism with a series of
//! durations and dynamics after Messiaen, "Mode de valeurs et d'intensités" (1949).

use ripieno_score::Score;

mod row;

use row::{Row, form, row};

use super::chance::Chance;
use super::player::{
    BASSOON, CELESTA, CELLO, CLARINET, FLUTE, HARP, HORN, MUTED_TRUMPET, OBOE, PIANO, Player, TROMBONE, VIBRAPHONE,
    VIOLA, VIOLIN, XYLOPHONE,
};
use super::sheet::{EIGHTH, QUARTER, SIXTEENTH, Seat, Sheet, TRIPLET, Tone, next_bar};

const WINDS_AND_STRINGS: [Player; 11] =
    [FLUTE, OBOE, CLARINET, BASSOON, HORN, MUTED_TRUMPET, TROMBONE, VIOLIN, VIOLA, CELLO, XYLOPHONE];
const STRUCK: [Player; 5] = [PIANO, CELESTA, HARP, VIBRAPHONE, PIANO];

/// What a section does with its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Texture {
    /// Every instrument sings its own form.
    Counterpoint,
    /// One line, whose colour changes every few tones.
    Klangfarben,
    /// Single tones far apart; duration and dynamics have series too.
    Points,
    /// Melody and chords out of the same row.
    Chords,
    /// The second voice follows the first, upside down.
    Canon,
}

pub(super) fn compose(chance: &mut Chance) -> Score {
    let row = row(chance);
    let (numerator, denominator) = chance.pick(&[(4, 4), (3, 4), (4, 4), (5, 4), (6, 8)]);
    let bar = 4 * QUARTER * i32::from(numerator) / i32::from(denominator);
    let bpm = chance.between(50, 126);
    let mut sheet = Sheet::new(numerator, denominator, bpm);
    let mut players = WINDS_AND_STRINGS;
    chance.shuffle(&mut players);
    let singers = usize::try_from(chance.between(2, 5)).expect("positive");
    let mut seats: Vec<Seat> = players[..singers].iter().map(|&player| sheet.seat(player)).collect();
    let struck = sheet.seat(chance.pick(&STRUCK));
    if chance.percent(60) {
        seats.push(struck);
    }
    use Texture::{Canon, Chords, Counterpoint, Klangfarben, Points};
    let mut textures = [Counterpoint, Klangfarben, Points, Chords, Canon];
    chance.shuffle(&mut textures);
    let plans: [&[usize]; 4] = [&[0, 1, 0], &[0, 1, 2, 0], &[0, 1, 2, 3], &[0, 0, 1, 2, 1]];
    let plan = chance.pick(&plans);
    let mut at = 0;
    for (place, &texture) in plan.iter().enumerate() {
        let texture = textures[texture];
        let is_last = place + 1 == plan.len();
        let statements = chance.between(2, if plan.len() > 3 { 3 } else { 4 });
        let unit = chance.pick(&[SIXTEENTH, EIGHTH, TRIPLET, EIGHTH]);
        let loud = if is_last { chance.pick(&[38, 50, 100]) } else { chance.between(45, 100) };
        let mut writer = Writer { sheet: &mut sheet, chance, row, seats: &seats, struck, unit, loud };
        let end = writer.section(texture, at, statements);
        if is_last {
            let from = (end - 2 * bar).max(at);
            sheet.slow_down(from, end, chance.between(65, 85));
        } else {
            // A breath, and the next section begins on a bar line.
            at = next_bar(end + QUARTER, bar);
            sheet.tempo(at, (bpm * chance.pick(&[80, 100, 100, 115, 133]) / 100).clamp(44, 150));
        }
    }
    sheet.finish(chance)
}

/// Writes sections.
struct Writer<'a> {
    sheet: &'a mut Sheet,
    chance: &'a mut Chance,
    row: Row,
    seats: &'a [Seat],
    struck: Seat,
    unit: i32,
    loud: i32,
}

impl Writer<'_> {
    /// Writes a section from `at` on and gives its end.
    fn section(&mut self, texture: Texture, at: i32, statements: i32) -> i32 {
        match texture {
            Texture::Counterpoint => {
                let voices: Vec<Seat> = self.seats.iter().copied().take(4).collect();
                let ends = voices.iter().enumerate().map(|(i, &seat)| {
                    let entry = at + i32::try_from(i).expect("few voices") * self.unit * self.chance.between(2, 6);
                    self.line(seat, entry, statements)
                });
                ends.max().unwrap_or(at)
            }
            Texture::Klangfarben => self.klangfarben(at, statements),
            Texture::Points => self.points(at, statements),
            Texture::Chords => self.chords(at, statements),
            Texture::Canon => self.canon(at, statements),
        }
    }

    fn any_form(&mut self) -> Row {
        let transposition = self.chance.below(12);
        form(&self.row, transposition, self.chance.percent(50), self.chance.percent(50))
    }

    /// A duration and the rest after it, in units.
    fn rhythm(&mut self) -> (i32, i32) {
        let length = self.chance.weighted(&[(1, 5), (2, 6), (3, 3), (4, 3), (6, 2), (8, 1)]);
        (length, self.chance.weighted(&[(0, 10), (1, 2), (2, 2), (4, 1)]))
    }

    /// The tone of `class` that a wide but singable line goes to after `last`: often the seventh or ninth instead of
    /// the second, as in Webern.
    fn place(&mut self, seat: Seat, last: i32, class: i32) -> i32 {
        let near = last + (class - last + 6).rem_euclid(12) - 6;
        let leap = self.chance.weighted(&[(0, 6), (12, 2), (-12, 2)]);
        self.sheet.player(seat).reach(near + leap)
    }

    fn line(&mut self, seat: Seat, mut at: i32, statements: i32) -> i32 {
        let (low, high) = self.sheet.player(seat).range;
        let mut last = low + (high - low) * self.chance.between(35, 65) / 100;
        let mut velocity = self.loud;
        for _ in 0..statements {
            for class in self.any_form() {
                last = self.place(seat, last, class);
                let (length, rest) = self.rhythm();
                let length = length * self.unit;
                self.sheet.play(seat, Tone { at, length, pitch: last, velocity });
                at += length + rest * self.unit;
                velocity = if rest > 0 {
                    self.loud + self.chance.between(-14, 10)
                } else {
                    (velocity + self.chance.between(-5, 5)).clamp(24, 112)
                };
            }
        }
        at
    }

    fn klangfarben(&mut self, mut at: i32, statements: i32) -> i32 {
        let mut seat = self.chance.pick(self.seats);
        let mut left = self.chance.between(1, 3);
        let mut last = 66;
        for _ in 0..statements {
            for class in self.any_form() {
                if left == 0 {
                    let before = seat;
                    while seat == before && self.seats.len() > 1 {
                        seat = self.chance.pick(self.seats);
                    }
                    left = self.chance.between(1, 4);
                }
                left -= 1;
                last = self.place(seat, last, class);
                let (length, rest) = self.rhythm();
                // Colours overlap a little, so that the line is one.
                let sounding = length * self.unit + self.chance.pick(&[0, self.unit]);
                let velocity = self.loud + self.chance.between(-12, 12);
                self.sheet.play(seat, Tone { at, length: sounding, pitch: last, velocity });
                at += (length + rest) * self.unit;
            }
        }
        at
    }

    fn points(&mut self, mut at: i32, statements: i32) -> i32 {
        // The series of durations and of dynamics, both bound to the pitch class (Messiaen).
        let durations = self.chance.order(12);
        let dynamics = self.chance.order(12);
        for _ in 0..statements {
            for class in self.any_form() {
                let seat = self.chance.pick(self.seats);
                let (low, high) = self.sheet.player(seat).range;
                let octaves = (high - low) / 12;
                let octave = low + 12 * self.chance.below(octaves.max(1));
                let pitch = octave + (class - octave).rem_euclid(12);
                let index = usize::try_from(class).expect("a pitch class");
                let length = (durations[index] + 1) * self.unit;
                let velocity = self.loud - 25 + 5 * dynamics[index];
                self.sheet.play(seat, Tone { at, length, pitch, velocity });
                at += self.unit * self.chance.between(1, 4);
            }
        }
        at + 6 * self.unit
    }

    /// A melody of six or eight tones over chords of three or four from the same row.
    fn chords(&mut self, mut at: i32, statements: i32) -> i32 {
        let seat = *self.seats.iter().find(|&&seat| seat != self.struck).unwrap_or(&self.seats[0]);
        let mut last = self.sheet.player(seat).reach(72);
        for _ in 0..statements {
            let row = self.any_form();
            let size = self.chance.pick(&[3, 4]);
            let sung = if size == 3 { 6 } else { 8 };
            let start = at;
            for &class in &row[..sung] {
                last = self.place(seat, last, class);
                let (length, rest) = self.rhythm();
                let length = length * self.unit;
                self.sheet.play(seat, Tone { at, length, pitch: last, velocity: self.loud + 8 });
                at += length + rest * self.unit;
            }
            let chords: Vec<&[i32]> = row[sung..].chunks(size).collect();
            let span = (at - start) / i32::try_from(chords.len()).expect("two chords at most");
            for (i, chord) in (0..).zip(chords) {
                let struck = start + i * span / self.unit * self.unit + self.unit;
                let mut pitch = self.chance.between(50, 58);
                for &class in chord {
                    pitch += (class - pitch).rem_euclid(12);
                    let tone = Tone { at: struck, length: 3 * self.unit, pitch, velocity: self.loud - 10 };
                    self.sheet.play(self.struck, tone);
                    pitch += 3;
                }
            }
        }
        at
    }

    /// Two voices, the second in inversion and a few units later with the same rhythm.
    fn canon(&mut self, start: i32, statements: i32) -> i32 {
        let (leader, follower) = (self.seats[0], self.seats[1 % self.seats.len()]);
        let delay = self.unit * self.chance.between(3, 12);
        let axis = self.chance.below(12);
        let mut lasts = [leader, follower].map(|seat| self.sheet.player(seat).reach(64));
        let mut at = start;
        for _ in 0..statements {
            let led = self.any_form();
            for class in led {
                let (length, rest) = self.rhythm();
                let length = length * self.unit;
                let velocity = self.loud + self.chance.between(-8, 8);
                for (voice, seat) in [leader, follower].into_iter().enumerate() {
                    let class = if voice == 0 { class } else { (axis - class).rem_euclid(12) };
                    lasts[voice] = self.place(seat, lasts[voice], class);
                    let at = if voice == 0 { at } else { at + delay };
                    self.sheet.play(seat, Tone { at, length, pitch: lasts[voice], velocity });
                }
                at += length + rest * self.unit;
            }
        }
        at + delay
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_pitch_class_is_preferred() {
        for number in 0..40 {
            let score = compose(&mut Chance::new("serial", 9, number));
            let mut counts = [0; 12];
            for note in score.parts.iter().flat_map(|part| &part.notes) {
                counts[usize::from(note.pitch.class())] += 1;
            }
            assert!(counts.iter().all(|&count| count == counts[0]), "piece {number}: {counts:?}");
        }
    }
}
