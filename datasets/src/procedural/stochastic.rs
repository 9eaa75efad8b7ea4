//! Clouds of sound: how much happens is decided, what happens is left to chance.
//!
//! After Xenakis, Formalized Music (1971): densities with Poisson counts in a grid of time by timbre (chapter I,
//! Achorripsis), glissandi as lines of random speed, and screens that follow one another as a Markov chain (chapters II
//! and III, Analogique A); arborescences after Evryali.

use ripieno_score::Score;

use super::chance::Chance;
use super::drums::{LOW_TOM, MID_TOM, WOODBLOCK, stroke};
use super::player::{
    BASSOON, CELESTA, CELLO, CLARINET, CONTRABASS, DRUMS, FLUTE, HARP, HORN, MARIMBA, OBOE, PIANO, PIZZICATO, Player,
    STRINGS, TROMBONE, TRUMPET, VIBRAPHONE, VIOLA, VIOLIN, XYLOPHONE,
};
use super::sheet::{BAR, QUARTER, SIXTEENTH, Seat, Sheet, TRIPLET, Tone};

const TIMBRES: [Player; 17] = [
    FLUTE, OBOE, CLARINET, BASSOON, HORN, TRUMPET, TROMBONE, VIOLIN, VIOLA, CELLO, CONTRABASS, XYLOPHONE, MARIMBA,
    PIANO, HARP, CELESTA, VIBRAPHONE,
];

/// A screen: how dense, in which tenth of the register, how loud.
#[derive(Debug, Clone, Copy)]
struct Screen {
    /// Mean number of events in a cell, in tenths.
    density: i32,
    /// Percent of the range, lower and upper edge.
    register: (i32, i32),
    velocity: i32,
    gesture: Gesture,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gesture {
    Points,
    Long,
    Glissandi,
    Branches,
    Silence,
}

pub(super) fn compose(chance: &mut Chance) -> Score {
    let mut sheet = Sheet::new(4, 4, chance.between(48, 92));
    let mut timbres = TIMBRES;
    chance.shuffle(&mut timbres);
    let many = usize::try_from(chance.between(1, 6)).unwrap_or(1);
    let mut seats: Vec<Seat> = timbres[..many].iter().map(|&player| sheet.seat(player)).collect();
    if many == 1 {
        // Alone only what has many voices.
        seats = vec![sheet.seat(chance.pick(&[PIANO, HARP, MARIMBA, STRINGS, PIZZICATO]))];
    }
    let drums = chance.percent(25).then(|| sheet.seat(DRUMS));
    // A sieve (chapter VII) leaves some pitch classes out of the whole piece; moduli 3 to 11 with two or three residues.
    let modulus = chance.pick(&[1, 3, 4, 5, 7, 8, 9, 11]);
    let residues = [chance.below(modulus), chance.below(modulus), chance.below(modulus)];
    let sieve = |pitch: i32| modulus == 1 || residues.contains(&(pitch % modulus));
    let mut screens: Vec<Screen> = (0..chance.between(3, 6)).map(|_| screen(chance, many)).collect();
    // One silence at most, and not to begin with.
    if chance.percent(35) {
        screens[1].gesture = Gesture::Silence;
    }
    let matrix: Vec<Vec<i32>> =
        screens.iter().map(|_| screens.iter().map(|_| chance.between(1, 9)).collect()).collect();
    let cells = chance.between(12, 26);
    let mut state = 0;
    for cell in 0..cells {
        let start = cell * 2 * BAR;
        let screen = screens[state];
        for &seat in &seats {
            if chance.percent(78) {
                fill(&mut sheet, chance, seat, screen, start, &sieve);
            }
        }
        if let Some(seat) = drums.filter(|_| screen.gesture == Gesture::Points) {
            for _ in 0..poisson(chance, screen.density / 2) {
                let drum = chance.pick(&[LOW_TOM, MID_TOM, WOODBLOCK]);
                sheet.play(seat, stroke(start + chance.below(32) * SIXTEENTH, drum, screen.velocity));
            }
        }
        let silent = screens[state].gesture == Gesture::Silence;
        let weights = matrix[state].iter().copied().enumerate();
        let weights: Vec<(usize, i32)> = weights.filter(|&(next, _)| !(silent && next == state)).collect();
        state = chance.weighted(&weights);
    }
    // The last cloud thins out into one long tone for each.
    let end = cells * 2 * BAR;
    for &seat in &seats {
        let (low, high) = sheet.player(seat).range;
        let pitch = on(&sieve, chance.between(low + 4, high - 4));
        sheet.play(seat, Tone { at: end, length: BAR + QUARTER, pitch, velocity: 44 });
    }
    sheet.finish(chance)
}

fn screen(chance: &mut Chance, players: usize) -> Screen {
    let low = chance.between(0, 60);
    let gesture =
        chance.weighted(&[(Gesture::Points, 5), (Gesture::Long, 3), (Gesture::Glissandi, 3), (Gesture::Branches, 2)]);
    // Few players have more to do.
    let density = if players < 3 { chance.pick(&[30, 50, 90, 140]) } else { chance.pick(&[8, 15, 30, 50, 90, 140]) };
    Screen { density, register: (low, low + chance.between(25, 40)), velocity: chance.between(36, 106), gesture }
}

/// A Poisson number with mean `tenths` / 10, as a sum of rare events: 40 trials for each unit of the mean.
fn poisson(chance: &mut Chance, tenths: i32) -> i32 {
    (0..tenths * 4).map(|_| i32::from(chance.below(40) == 0)).sum()
}

/// The next pitch upwards that the sieve lets through.
fn on(sieve: &impl Fn(i32) -> bool, pitch: i32) -> i32 {
    (pitch..pitch + 12).find(|&pitch| sieve(pitch)).unwrap_or(pitch)
}

/// Fills two bars.
fn fill(sheet: &mut Sheet, chance: &mut Chance, seat: Seat, screen: Screen, start: i32, sieve: &impl Fn(i32) -> bool) {
    let (low, high) = sheet.player(seat).range;
    let edge = |percent: i32| low + (high - low) * percent / 100;
    let (low, high) = (edge(screen.register.0), edge(screen.register.1));
    let unit = chance.pick(&[SIXTEENTH, TRIPLET, SIXTEENTH, QUARTER / 6]);
    let slots = 2 * BAR / unit;
    let pitch = |chance: &mut Chance| {
        // The mean of two draws: denser in the middle of the register.
        on(sieve, (chance.between(low, high) + chance.between(low, high)) / 2)
    };
    match screen.gesture {
        Gesture::Silence => {}
        Gesture::Points => {
            for _ in 0..poisson(chance, screen.density) {
                let (at, velocity) = (start + chance.below(slots) * unit, screen.velocity + chance.between(-14, 14));
                let pitch = pitch(chance);
                sheet.play(seat, Tone { at, length: unit, pitch, velocity });
            }
        }
        Gesture::Long => {
            let mut slot = chance.below(slots / 4);
            while slot < slots {
                // Waiting times of a Poisson process are exponential: each further slot is as likely as the last.
                let mut length = 3;
                while length < slots / 2 && !chance.percent(12) {
                    length += 1;
                }
                let (pitch, velocity) = (pitch(chance), screen.velocity - 10 + chance.between(-10, 10));
                sheet.play(seat, Tone { at: start + slot * unit, length: length * unit, pitch, velocity });
                slot += length + chance.between(0, 4);
            }
        }
        Gesture::Glissandi => {
            let mut slot = chance.below(4);
            while slot + 4 < slots {
                // Speed in eighths of a semitone a step, normal around zero as the sum of three draws; the keys that the
                // line passes are struck.
                let speed = (0..3).map(|_| chance.between(-9, 9)).sum::<i32>();
                let speed = if speed.abs() < 3 { 11 } else { speed };
                let length = chance.between(5, 16).min(slots - slot);
                let first = if speed > 0 { low } else { high } + chance.between(0, 6) * speed.signum();
                let mut last = None;
                for step in 0..length {
                    let pitch = on(sieve, first + (step * speed).div_euclid(8));
                    if !(low - 3..=high + 3).contains(&pitch) {
                        break;
                    }
                    if last != Some(pitch) {
                        let at = start + (slot + step) * unit;
                        let velocity = screen.velocity - 16 + 20 * step / length;
                        sheet.play(seat, Tone { at, length: unit, pitch, velocity });
                    }
                    last = Some(pitch);
                }
                slot += length + chance.between(1, 8);
            }
        }
        Gesture::Branches => {
            // One line that splits: every branch walks by small steps and may branch again.
            let mut branches = vec![pitch(chance)];
            for slot in 0..slots {
                let at = start + slot * unit;
                for branch in &mut branches {
                    *branch = (*branch + chance.pick(&[-2, -1, -1, 1, 1, 2])).clamp(low - 4, high + 4);
                    if chance.percent(70) {
                        sheet.play(seat, Tone { at, length: unit, pitch: *branch, velocity: screen.velocity - 8 });
                    }
                }
                if branches.len() < 4 && chance.percent(6) {
                    branches.push(branches[0]);
                }
                if branches.len() > 1 && chance.percent(4) {
                    branches.pop();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_the_mean_and_the_variance_of_poisson() {
        let mut chance = Chance::new("stochastic", 1, 1);
        let counts: Vec<i32> = (0..4000).map(|_| poisson(&mut chance, 50)).collect();
        let mean = f64::from(counts.iter().sum::<i32>()) / 4000.0;
        let variance = counts.iter().map(|&count| (f64::from(count) - mean).powi(2)).sum::<f64>() / 4000.0;
        assert!((mean - 5.0).abs() < 0.2 && (variance - 5.0).abs() < 0.5, "{mean} {variance}");
    }

    #[test]
    fn some_pieces_keep_to_a_sieve() {
        let classes = |number| {
            let score = compose(&mut Chance::new("stochastic", 2, number));
            let pitches = score.parts.iter().filter(|part| !part.instrument.is_drums()).flat_map(|part| &part.notes);
            pitches.map(|note| note.pitch.value()).collect::<std::collections::BTreeSet<u8>>().len()
        };
        assert!((0..20).any(|number| classes(number) > 60));
    }
}
