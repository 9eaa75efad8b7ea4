//! A soloist's line over changes: towards guide tones, by scale, arpeggio and enclosure, in phrases that breathe.
//!
//! After Levine, The Jazz Theory Book (1995), chapters 3 to 6, and Baker, How to Play Bebop (1985): a chord tone where
//! the chord is struck, the half step below and the scale step above before it.

use super::chance::Chance;
use super::chord::{Chord, nearest, nearest_of, step};
use super::sheet::{EIGHTH, QUARTER, TRIPLET, Tone};

/// How somebody plays a chorus.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Solo {
    /// Lowest and highest pitch.
    pub(crate) range: (i32, i32),
    /// When the second of two eighth notes sounds, in ticks after the beat.
    pub(crate) late: i32,
    /// Mean length of phrases and rests: 0 is sparse, 100 dense.
    pub(crate) busy: i32,
    pub(crate) velocity: i32,
}

/// A line over `bars` from `at` on.
pub(crate) fn improvise(chance: &mut Chance, bars: &[[Chord; 2]], at: i32, solo: &Solo) -> Vec<Tone> {
    let eighths = 8 * i32::try_from(bars.len()).expect("a form is short");
    let mut line = Vec::new();
    let centre = (solo.range.0 + solo.range.1) / 2;
    let mut pitch = centre + chance.between(-4, 4);
    let mut now = chance.between(0, 5);
    while now + 4 < eighths {
        let length = if chance.percent(solo.busy) { chance.between(10, 26) } else { chance.between(4, 11) };
        let length = length.min(eighths - 1 - now);
        let phrase = phrase(chance, bars, now, length, pitch, solo);
        pitch = phrase.last().copied().unwrap_or(pitch);
        write(chance, &phrase, now, at, solo, &mut line);
        // Draw the line back into the middle of the horn while it breathes.
        pitch += (centre - pitch) / 3;
        now += length + chance.between(1, 3) + if chance.percent(solo.busy) { 0 } else { chance.between(1, 5) };
    }
    line
}

/// The chord at an eighth note; one before a change of chord already belongs to the next, when it is played across it.
fn chord_at(bars: &[[Chord; 2]], eighth: i32) -> Chord {
    let half = usize::try_from(eighth.max(0) / 4).expect("never negative").min(2 * bars.len() - 1);
    bars[half / 2][half % 2]
}

/// The pitches of a phrase, one for every eighth note.
fn phrase(chance: &mut Chance, bars: &[[Chord; 2]], start: i32, length: i32, near: i32, solo: &Solo) -> Vec<i32> {
    let (low, high) = solo.range;
    let first = chord_at(bars, start);
    let mut pitches = vec![nearest_of(&first.tones(), near.clamp(low + 3, high - 3))];
    let end = start + length;
    let mut now = start;
    let mut direction = chance.pick(&[1, -1]);
    while now + 1 < end {
        // The next place where a tone of the chord is wanted: a bar line, a change, or the end.
        let mut goal = now + 1;
        while goal < end - 1 && !(goal % 8 == 0 || goal % 4 == 0 && chord_at(bars, goal) != chord_at(bars, goal - 1)) {
            goal += 1;
        }
        let span = goal - now;
        let last = pitches[pitches.len() - 1];
        if last > high - 5 {
            direction = -1;
        } else if last < low + 5 {
            direction = 1;
        } else if chance.percent(40) {
            direction = -direction;
        }
        let chord = chord_at(bars, goal);
        let reach = last + direction * chance.between(1, span.min(6) + 1);
        let wanted = if chance.percent(60) { chord.guides().to_vec() } else { chord.tones().to_vec() };
        let target = into(nearest_of(&wanted, reach), low, high);
        fill(chance, chord_at(bars, now), span, target, &mut pitches, (low, high));
        now = goal;
    }
    pitches
}

/// Adds `span` tones to `pitches`, the last of which is `target`.
fn fill(chance: &mut Chance, chord: Chord, span: i32, target: i32, pitches: &mut Vec<i32>, range: (i32, i32)) {
    let scale = chord.scale();
    let tones = chord.tones();
    let arpeggio = chance.percent(35);
    let enclosure = span >= 3 && chance.percent(40);
    for left in (1..span).rev() {
        let last = pitches[pitches.len() - 1];
        let next = match left {
            1 if enclosure => target - 1,
            2 if enclosure => step(&scale, target, 1),
            1 => {
                let below = chance.percent(50);
                let approach =
                    if chance.percent(55) { target - 1 } else { step(&scale, target, if below { -1 } else { 1 }) };
                if approach == last { step(&scale, target, 1) } else { approach }
            }
            _ => {
                // Time enough left: wander; little: head for the target.
                let goal = if enclosure { target + 2 } else { target };
                let far = (goal - last).abs() > 2 * left;
                let toward = if goal >= last { 1 } else { -1 };
                let way = if far || chance.percent(60) { toward } else { -toward };
                let grid: &[i32] = if arpeggio && left > 2 { &tones } else { &scale };
                step(grid, last, if far && !arpeggio { 2 * way } else { way })
            }
        };
        let next = into(next, range.0, range.1);
        pitches.push(if next == last { step(&scale, next, if next < target { 1 } else { -1 }) } else { next });
    }
    pitches.push(target);
}

const fn into(pitch: i32, low: i32, high: i32) -> i32 {
    if pitch < low {
        pitch + 12
    } else if pitch > high {
        pitch - 12
    } else {
        pitch
    }
}

/// Writes a phrase that begins at eighth note `start` of the chorus at `at`: swung, with a turn or a tied note now and then.
fn write(chance: &mut Chance, phrase: &[i32], start: i32, at: i32, solo: &Solo, line: &mut Vec<Tone>) {
    let place = |eighth: i32| at + eighth / 2 * QUARTER + if eighth % 2 == 1 { solo.late } else { 0 };
    let mut held = false;
    for (index, &pitch) in (0..).zip(phrase) {
        let eighth = start + index;
        let is_last = usize::try_from(index + 1).is_ok_and(|next| next == phrase.len());
        if held && !is_last {
            held = false;
            continue;
        }
        let (now, next) = (place(eighth), place(eighth + 1));
        let peak =
            phrase.get(usize::try_from(index - 1).unwrap_or(usize::MAX)).is_some_and(|&before| before + 2 < pitch);
        let accent = if peak { 9 } else { 0 } + if eighth % 2 == 1 { 4 } else { 0 };
        let tone =
            Tone { at: now, length: next - now, pitch, velocity: solo.velocity + accent + chance.between(-5, 5) };
        if is_last {
            let length = chance.pick(&[TRIPLET, QUARTER, QUARTER + EIGHTH]);
            line.push(Tone { length, ..tone });
        } else if eighth % 2 == 0 && chance.percent(4) {
            // A turn in triplets: note, neighbour, note.
            let third = QUARTER / 6;
            let neighbour = pitch + chance.pick(&[1, 2]);
            line.extend([(0, pitch), (1, neighbour), (2, pitch)].map(|(i, pitch)| Tone {
                at: now + i * third,
                length: third,
                pitch,
                velocity: tone.velocity - 4 * i,
            }));
        } else if chance.percent(12 + (100 - solo.busy) / 5) {
            held = true;
            line.push(Tone { length: place(eighth + 2) - now - 20, ..tone });
        } else {
            line.push(tone);
        }
    }
}

/// A tune's note over a chord: on a strong place a chord tone, elsewhere whatever the chord's scale has nearest.
pub(crate) fn over(chord: Chord, pitch: i32, strong: bool) -> i32 {
    let scale = chord.scale();
    if strong {
        nearest_of(&chord.tones(), pitch)
    } else if scale.contains(&pitch.rem_euclid(12)) {
        pitch
    } else {
        nearest(nearest_of(&scale, pitch), pitch)
    }
}

#[cfg(test)]
mod tests {
    use super::super::chord::progression;
    use super::*;

    #[test]
    fn bar_lines_within_a_phrase_have_chord_tones() {
        for number in 0..100 {
            let mut chance = Chance::new("improvise", 1, number);
            let bars = progression("IIm7 | V7 | Imaj7 | VI7 | IIm7 V7 | Imaj7 bIII7 | bVImaj7 VII7 | IIImaj7", 3);
            let solo = Solo { range: (54, 82), late: 320, busy: 70, velocity: 80 };
            let line = improvise(&mut chance, &bars, 0, &solo);
            assert!(line.len() > 12, "piece {number}: {}", line.len());
            let mut struck = 0;
            for pair in line.windows(2).filter(|pair| pair[1].at % 1920 == 0 && pair[1].at - pair[0].at < 480) {
                let chord = bars[usize::try_from(pair[1].at / 1920).unwrap()][0];
                assert!(chord.tones().contains(&pair[1].pitch.rem_euclid(12)), "piece {number}: {pair:?}");
                struck += 1;
            }
            assert!(line.iter().all(|tone| (54..=84).contains(&tone.pitch)), "piece {number}");
            assert!(struck < 9);
        }
    }
}
