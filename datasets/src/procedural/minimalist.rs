//! Minimal music: little material, and a process that one can hear.
//!
//! Phasing after Reich, "Music as a Gradual Process" (1968) and Piano Phase; addition and subtraction of notes after
//! Glass, Two Pages and Music in Fifths (Potter, Four Musical Minimalists, 2000); cells at will as in Riley, In C;
//! tintinnabuli after Hillier, Arvo Pärt (1997), chapter 5.

use ripieno_score::Score;

use super::chance::Chance;
use super::melody::degree;
use super::player::{
    CELESTA, CELLO, CLARINET, FLUTE, KALIMBA, MARIMBA, NYLON_GUITAR, ORGAN, PIANO, PIZZICATO, Player, SOPRANO_SAX,
    STRINGS, VIBRAPHONE, VIOLA, VIOLIN, XYLOPHONE,
};
use super::sheet::{EIGHTH, QUARTER, SIXTEENTH, Seat, Sheet, Tone, next_bar};

const MODES: [&[i32]; 6] = [
    &[0, 2, 3, 5, 7, 9, 10],
    &[0, 2, 4, 5, 7, 9, 11],
    &[0, 2, 4, 5, 7, 9, 10],
    &[0, 2, 4, 7, 9],
    &[0, 2, 3, 5, 7, 8, 10],
    &[0, 2, 4, 6, 7, 9, 11],
];
const STRUCK: [Player; 7] = [PIANO, MARIMBA, VIBRAPHONE, XYLOPHONE, KALIMBA, NYLON_GUITAR, CELESTA];
const SUNG: [Player; 7] = [FLUTE, CLARINET, SOPRANO_SAX, VIOLIN, VIOLA, CELLO, ORGAN];

pub(super) fn compose(chance: &mut Chance) -> Score {
    let scale = chance.pick(&MODES);
    let tonic = chance.between(55, 66);
    match chance.below(4) {
        0 => phasing(chance, scale, tonic),
        1 => additive(chance, scale, tonic),
        2 => cells(chance, scale, tonic),
        _ => tintinnabuli(chance, scale, tonic),
    }
}

/// A pattern of degrees and rests that does not repeat itself at once.
fn pattern(chance: &mut Chance, length: i32, rests: i32) -> Vec<Option<i32>> {
    let mut last = chance.between(0, 4);
    let mut pattern: Vec<Option<i32>> = Vec::new();
    for place in 0..length {
        last = (last + chance.weighted(&[(1, 4), (-1, 4), (2, 3), (-2, 3), (4, 2), (-4, 2), (0, 1)])).clamp(-3, 9);
        pattern.push((place == 0 || !chance.percent(rests)).then_some(last));
    }
    pattern
}

/// Two players of one pattern; the second gains a note at a time until they meet again.
fn phasing(chance: &mut Chance, scale: &[i32], tonic: i32) -> Score {
    let length = chance.pick(&[5, 6, 7, 8, 9, 10, 12]);
    let unit = chance.pick(&[SIXTEENTH, EIGHTH, SIXTEENTH]);
    let (numerator, denominator) = if unit == SIXTEENTH {
        (u8::try_from(length).unwrap_or(12), 16)
    } else {
        (u8::try_from(length).unwrap_or(12), 8)
    };
    let mut sheet = Sheet::new(
        numerator,
        denominator,
        if unit == SIXTEENTH { chance.between(66, 100) } else { chance.between(120, 176) },
    );
    let player = chance.pick(&STRUCK);
    let (steady, moving) = (sheet.seat(player), sheet.seat(player));
    let rests = chance.pick(&[0, 0, 15, 30]);
    let pattern = pattern(chance, length, rests);
    let cycle = length * unit;
    // A cycle is a bar; long enough for the ear to notice what happens.
    let each = chance.between((23 / (length + 2)).max(2), 78 / (length + 2));
    let pulse = chance.percent(50).then(|| sheet.seat(chance.pick(&SUNG)));
    let mut at = 0;
    // One player alone, then all shifts, and both together at the end.
    for shift in 0..=length + 1 {
        for repeat in 0..each {
            let swell = if repeat == 0 { -4 } else { 0 };
            play_pattern(&mut sheet, steady, &pattern, 0, (at, unit, 78 + swell), |step| degree(scale, tonic, step));
            if shift > 0 {
                let ahead = shift - 1;
                play_pattern(&mut sheet, moving, &pattern, ahead, (at, unit, 74 + swell), |step| {
                    degree(scale, tonic, step)
                });
            }
            at += cycle;
        }
        if let Some(seat) = pulse.filter(|_| shift > 1) {
            // A resulting pattern picked out of the two, held.
            let pitch = degree(scale, tonic, pattern[usize::try_from(shift % length).unwrap_or(0)].unwrap_or(0));
            sheet.play(seat, Tone { at: at - each * cycle, length: each * cycle * 9 / 10, pitch, velocity: 58 });
        }
    }
    let last = pattern[0].unwrap_or(0);
    for seat in [steady, moving] {
        sheet.play(seat, Tone { at, length: 2 * QUARTER, pitch: degree(scale, tonic, last), velocity: 84 });
    }
    sheet.finish(chance)
}

/// Plays `pattern` once, from its note `ahead` on; `(at, unit, velocity)` is where, how fast and how loud.
fn play_pattern(
    sheet: &mut Sheet,
    seat: Seat,
    pattern: &[Option<i32>],
    ahead: i32,
    (at, unit, velocity): (i32, i32, i32),
    pitch: impl Fn(i32) -> i32,
) {
    let turned = pattern.iter().cycle().skip(usize::try_from(ahead).unwrap_or(0)).take(pattern.len());
    for (place, step) in (0..).zip(turned) {
        if let Some(step) = step {
            let accent = if place == 0 { 8 } else { 0 };
            let tone =
                Tone { at: at + place * unit, length: unit * 9 / 10, pitch: pitch(*step), velocity: velocity + accent };
            sheet.play(seat, tone);
        }
    }
}

/// A figure that grows by a note and shrinks again, doubled in fifths or octaves, over slow chords.
fn additive(chance: &mut Chance, scale: &[i32], tonic: i32) -> Score {
    let mut sheet = Sheet::new(4, 4, chance.between(104, 168));
    let first = sheet.seat(chance.pick(&STRUCK));
    let second = sheet.seat(chance.pick(&SUNG));
    let low = sheet.seat(chance.pick(&[ORGAN, STRINGS, CELLO, PIANO]));
    let unit = EIGHTH;
    let length = chance.between(5, 9);
    let whole = pattern(chance, length, 0);
    let whole: Vec<i32> = whole.into_iter().flatten().collect();
    let doubling = chance.pick(&[12, 7, 0, -12, 5]);
    let chords = chance.order(7);
    let sizes: Vec<usize> = {
        let up = 2..=whole.len();
        let mut sizes: Vec<usize> = up.clone().collect();
        if chance.percent(70) {
            sizes.extend(up.rev().skip(1));
        }
        sizes
    };
    // Thirty bars at least; a group is a quarter longer on the average than its figure.
    let notes = i32::try_from(sizes.iter().sum::<usize>()).expect("figures are short");
    let least = (30 * 8 * 4 / (5 * notes)).max(3);
    let mut at = 0;
    for (place, &size) in sizes.iter().enumerate() {
        let start = at;
        for repeat in 0..chance.between(least, least + least / 2 + 1) {
            // Numbers of the figure: one group, then the group with its head again, as Glass adds.
            let again = usize::from(repeat % 2 == 1) * (size / 2);
            for &step in whole[..size].iter().chain(&whole[..again]) {
                let pitch = degree(scale, tonic, step);
                let velocity = if step == whole[0] { 84 } else { 74 };
                sheet.play(first, Tone { at, length: unit * 9 / 10, pitch, velocity });
                if place > 0 {
                    sheet.play(
                        second,
                        Tone { at, length: unit * 9 / 10, pitch: pitch + doubling, velocity: velocity - 10 },
                    );
                }
                at += unit;
            }
        }
        let root = chords[place % 3];
        for step in [root, root + 2, root + 4] {
            let pitch = degree(scale, tonic - 12, step % 7);
            sheet.play(low, Tone { at: start, length: (at - start) * 19 / 20, pitch, velocity: 56 });
        }
    }
    let end = next_bar(at, 4 * QUARTER);
    sheet.play(first, Tone { at, length: end - at + QUARTER, pitch: tonic, velocity: 80 });
    sheet.play(low, Tone { at, length: end - at + QUARTER, pitch: tonic - 12, velocity: 64 });
    sheet.finish(chance)
}

/// Cells in order, each player as often as the player likes, never far apart, over a pulse.
fn cells(chance: &mut Chance, scale: &[i32], tonic: i32) -> Score {
    let mut sheet = Sheet::new(4, 4, chance.between(96, 132));
    let count = chance.between(8, 12);
    let rests = chance.pick(&[10, 25, 40]);
    let mut cells: Vec<(Vec<Option<i32>>, i32)> = Vec::new();
    for _ in 0..count {
        let length = chance.between(2, 9);
        cells.push((pattern(chance, length, rests), chance.pick(&[SIXTEENTH, EIGHTH, EIGHTH, QUARTER])));
    }
    let pulse = sheet.seat(chance.pick(&[PIANO, XYLOPHONE, PIZZICATO, VIBRAPHONE]));
    let mut players: Vec<Player> = STRUCK.into_iter().chain(SUNG).collect();
    chance.shuffle(&mut players);
    let mut last_end = 0;
    for (place, &player) in (0..).zip(&players[..usize::try_from(chance.between(3, 5)).unwrap_or(3)]) {
        let seat = sheet.seat(player);
        let octave = 12 * chance.pick(&[-1, 0, 0, 1]);
        let mut at = place * chance.between(1, 3) * QUARTER;
        for (cell, unit) in &cells {
            let cycle = i32::try_from(cell.len()).unwrap_or(1) * unit;
            // About four bars on each cell, whatever its length: so nobody is left behind.
            let stay = chance.between(14, 20) * QUARTER;
            let repeats = (stay / cycle).max(1);
            let velocity = chance.between(58, 82);
            for _ in 0..repeats {
                play_pattern(&mut sheet, seat, cell, 0, (at, *unit, velocity), |step| {
                    degree(scale, tonic + octave, step)
                });
                at += cycle;
            }
            at = next_bar(at + chance.pick(&[0, 0, QUARTER, 2 * QUARTER]), EIGHTH);
        }
        last_end = at.max(last_end);
    }
    let end = next_bar(last_end, 4 * QUARTER);
    let leaping = chance.percent(50);
    for place in 0..if chance.percent(70) { end / EIGHTH } else { 0 } {
        let fading = (end / EIGHTH - place).min(40);
        let octave = if leaping && place % 2 == 1 { 36 } else { 24 };
        sheet
            .play(pulse, Tone { at: place * EIGHTH, length: EIGHTH / 2, pitch: tonic + octave, velocity: 22 + fading });
    }
    sheet.finish(chance)
}

/// A voice that goes by step through a minor or major scale, and one that sounds the nearest note of the triad.
fn tintinnabuli(chance: &mut Chance, scale: &[i32], tonic: i32) -> Score {
    let scale: &[i32] = if scale.len() < 7 { &[0, 2, 3, 5, 7, 8, 10] } else { scale };
    let mut sheet = Sheet::new(3, 4, chance.between(56, 80));
    let melody = sheet.seat(chance.pick(&[VIOLIN, VIOLA, CELLO, FLUTE, CLARINET, PIANO]));
    let bell = sheet.seat(chance.pick(&[PIANO, CELESTA, VIBRAPHONE, PIANO]));
    let drone = chance.percent(60).then(|| sheet.seat(chance.pick(&[STRINGS, ORGAN, CELLO])));
    let triad = [0, scale[2], scale[4]].map(|step| (tonic + step) % 12);
    let below = chance.percent(50);
    let position = chance.pick(&[1, 1, 2]);
    // The words of a text have so many syllables; or the lines grow, and shrink again.
    let mut lengths: Vec<i32> = (0..chance.between(11, 15)).map(|_| chance.between(2, 9)).collect();
    if chance.percent(30) {
        let longest = chance.between(7, 9);
        lengths = (2..=longest).chain((2..longest).rev()).collect();
    }
    let rhythms = [[2, 1], [1, 2], [1, 1], [3, 3]];
    // A bar for each note only where there are few.
    let rhythm = chance.pick(if lengths.iter().sum::<i32>() > 60 { &rhythms[..3] } else { &rhythms });
    // The note that the melody leaves and comes back to.
    let centre = chance.pick(&[0, 0, 2, 4]);
    let descending = chance.percent(50);
    let mut at = 0;
    for (line, &length) in (0..).zip(&lengths) {
        let start = at;
        let mode = if chance.percent(50) { line % 2 } else { chance.below(2) };
        for place in 0..length {
            // Towards the tonic or away from it, from below or above (Hillier's four modes).
            let away = if mode == 0 { length - 1 - place } else { place };
            let step = if descending { away } else { -away };
            let pitch = degree(scale, tonic, centre + step);
            let beats = rhythm[usize::try_from(place % 2).unwrap_or(0)];
            let span = beats * QUARTER;
            let velocity = 58 + 2 * place.min(length - place) + line.min(8);
            sheet.play(melody, Tone { at, length: span * 19 / 20, pitch, velocity });
            let mut chime = pitch;
            for _ in 0..position {
                chime += if below { -1 } else { 1 };
                while !triad.contains(&chime.rem_euclid(12)) {
                    chime += if below { -1 } else { 1 };
                }
            }
            sheet.play(bell, Tone { at, length: span, pitch: chime, velocity: velocity - 6 });
            at += span;
        }
        at = next_bar(at + QUARTER, 3 * QUARTER);
        if let Some(seat) = drone {
            for pitch in [tonic - 24, tonic - 17] {
                sheet.play(seat, Tone { at: start, length: at - start, pitch, velocity: 46 });
            }
        }
    }
    let last = at;
    for (seat, pitch) in [(melody, tonic), (bell, tonic + 12)] {
        sheet.play(seat, Tone { at: last, length: 6 * QUARTER, pitch, velocity: 54 });
    }
    sheet.slow_down(last - 3 * QUARTER, last, 70);
    sheet.finish(chance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phasing_comes_together_again() {
        for number in 0..30 {
            let score = phasing(&mut Chance::new("minimalist", 1, number), MODES[0], 60);
            let cycle = score.meter_at(ripieno_score::Tick::ZERO).bar_ticks(score.ppq).0;
            let [steady, moving] = [0, 1].map(|part| &score.parts[part].notes);
            let bar = |notes: &[ripieno_score::Note], bar: u32| -> Vec<(u32, u8)> {
                let inside = notes.iter().filter(|note| note.onset.0 / cycle == bar);
                inside.map(|note| (note.onset.0 % cycle, note.pitch.value())).collect()
            };
            let bars = score.end().0 / cycle;
            let first = moving[0].onset.0 / cycle;
            let together = |index: u32| bar(steady, index) == bar(moving, index);
            assert!(together(first), "piece {number}: it begins in unison");
            assert!(together(bars - 2), "piece {number}: it ends in unison");
            assert!((first..bars - 2).any(|index| !together(index)), "piece {number}: it moves away in between");
        }
    }

    #[test]
    fn bells_sound_the_triad_only() {
        for number in 0..30 {
            let score = tintinnabuli(&mut Chance::new("minimalist", 1, number), MODES[0], 57);
            let classes = score.parts[1].notes.iter().map(|note| note.pitch.class());
            assert!(classes.clone().all(|class| [9, 0, 4].contains(&class)), "{:?}", classes.collect::<Vec<_>>());
        }
    }
}
