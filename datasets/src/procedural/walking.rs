//! The walking bass: a chord tone where the chord is struck, and an approach to the next one.
//!
//! After Carr, Building Walking Bass Lines (1988): root on one, chord tone on three, approach by a half step, a scale
//! step or from the fifth on the beat before the change.

use super::chance::Chance;
use super::chord::{Chord, nearest, nearest_of, step};
use super::sheet::{BAR, QUARTER, Tone};

/// A line in quarter notes from `at` on under `bars`, from about `start`, towards `next`; within E1 to G3.
pub(crate) fn walk(chance: &mut Chance, bars: &[[Chord; 2]], next: Chord, at: i32, start: i32) -> Vec<Tone> {
    let mut halves: Vec<Chord> = bars.iter().flatten().copied().collect();
    halves.push(next);
    // Stretches of two or four beats on one chord, and the chord after.
    let mut line: Vec<Tone> = Vec::new();
    let (mut bass, mut index) = (nearest(halves[0].root, start), 0);
    let mut when = at;
    while index + 1 < halves.len() {
        let chord = halves[index];
        let beats = if index % 2 == 0 && index + 2 < halves.len() && halves[index + 1] == chord { 4 } else { 2 };
        let after = halves[index + beats / 2];
        let stays = line.last().is_some() && index >= 1 && halves[index - 1] == chord;
        let first =
            if stays && chance.percent(45) { nearest_of(&chord.tones(), bass) } else { nearest(chord.root, bass) };
        let first = within(first);
        let mut pitches = vec![first];
        let target = if beats == 4 {
            let direction = turn(chance, first);
            let third = within(chord_tone(chance, chord, first, direction));
            let second = between(chance, chord, first, third);
            pitches.extend([second, third]);
            within(nearest(after.root, third))
        } else {
            within(nearest(after.root, first))
        };
        let before = pitches[pitches.len() - 1];
        pitches.push(approach(chance, chord, before, target));
        bass = target;
        for pitch in pitches {
            let velocity = 82 + chance.between(-4, 4);
            line.push(Tone { at: when, length: QUARTER * 9 / 10, pitch, velocity });
            when += QUARTER;
        }
        index += beats / 2;
    }
    debug_assert_eq!(when, at + BAR * i32::try_from(bars.len()).unwrap_or(0));
    line
}

/// Keeps the line where a bass speaks well.
fn within(pitch: i32) -> i32 {
    match pitch {
        ..=27 => pitch + 12,
        56.. => pitch - 12,
        _ => pitch,
    }
}

/// Up from the low strings, down from the high ones.
fn turn(chance: &mut Chance, pitch: i32) -> i32 {
    if chance.percent((55 - pitch) * 100 / 27) { 1 } else { -1 }
}

/// A chord tone three to nine semitones away in a direction.
fn chord_tone(chance: &mut Chance, chord: Chord, from: i32, direction: i32) -> i32 {
    let tones: Vec<i32> = (3..=9)
        .map(|distance| from + direction * distance)
        .filter(|pitch| chord.tones().contains(&pitch.rem_euclid(12)))
        .collect();
    chance.pick(&tones)
}

/// Something on the way between two chord tones.
fn between(chance: &mut Chance, chord: Chord, from: i32, to: i32) -> i32 {
    let direction = (to - from).signum();
    if direction == 0 {
        return step(&chord.scale(), from, chance.pick(&[1, -1]));
    }
    let span = (to - from).abs();
    match chance.below(10) {
        0..6 => {
            let inside: Vec<i32> = (1..span)
                .map(|distance| from + direction * distance)
                .filter(|pitch| chord.scale().contains(&pitch.rem_euclid(12)))
                .collect();
            if inside.is_empty() { to - direction } else { chance.pick(&inside) }
        }
        6..8 => to - direction,
        8 => within(to + direction * 2),
        _ => from,
    }
}

/// The note before the change.
fn approach(chance: &mut Chance, chord: Chord, before: i32, target: i32) -> i32 {
    let scale = chord.scale();
    let candidates = [
        (target - 1, 4),
        (target + 1, 4),
        (step(&scale, target, 1), 3),
        (step(&scale, target, -1), 3),
        (target + 7, 1),
        (target - 5, 2),
    ];
    let fits = |pitch: i32| pitch != before && (pitch - before).abs() <= 7 && (28..=58).contains(&pitch);
    let fitting: Vec<(i32, i32)> = candidates.into_iter().filter(|&(pitch, _)| fits(pitch)).collect();
    if fitting.is_empty() { within(target + 1) } else { chance.weighted(&fitting) }
}

#[cfg(test)]
mod tests {
    use super::super::chord::progression;
    use super::*;

    #[test]
    fn strong_beats_have_chord_tones_and_changes_are_approached() {
        for number in 0..200 {
            let mut chance = Chance::new("walking", 5, number);
            let bars = progression(
                "IIm7 V7 | Imaj7 | VIIø IIIalt | VIm7 | IV7 | #IVo | Imaj7 VI7 | IIm7 V7",
                chance.below(12),
            );
            let line = walk(&mut chance, &bars, bars[0][0], 0, 40);
            assert_eq!(line.len(), 32);
            for (place, tone) in line.iter().enumerate().step_by(2) {
                let chord = bars[place / 4][place % 4 / 2];
                assert!(chord.tones().contains(&tone.pitch.rem_euclid(12)), "piece {number}, beat {place}");
                assert!((28..=58).contains(&tone.pitch));
            }
            for (place, pair) in line.windows(2).enumerate() {
                assert!((pair[0].pitch - pair[1].pitch).abs() <= 12, "piece {number}, beat {place}");
            }
        }
    }
}
