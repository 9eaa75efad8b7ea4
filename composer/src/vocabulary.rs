//! The classes of every field of an event, and the numbers they stand for.
//!
//! A checkpoint stores [`fingerprint`]: weights trained with other classes are refused.

use ripieno_score::{Meter, STEPS_PER_QUARTER};

/// Grid steps that a bar can hold: two whole notes. Longer bars are split.
pub const MAX_BAR_STEPS: usize = 192;
/// Class of the position field that closes the bar and opens the next.
pub const NEXT_BAR: usize = MAX_BAR_STEPS;
/// Class of the position field that ends the piece.
pub const END: usize = MAX_BAR_STEPS + 1;
/// Position in the bar, or [`NEXT_BAR`], or [`END`].
pub const POSITIONS: usize = MAX_BAR_STEPS + 2;
/// Parts that one piece can have.
pub const PARTS: usize = 48;
/// MIDI keys.
pub const PITCHES: usize = 128;
/// 128 General MIDI programs and the drum kit.
pub const INSTRUMENTS: usize = 129;
/// Velocity classes, four MIDI velocities each.
pub const VELOCITIES: usize = 32;
/// Tempo classes, eight to the octave from 20 quarter notes a minute.
pub const TEMPOS: usize = 40;
/// Length of a bar: 192 plain lengths in steps, then the named [`METERS`].
pub const METER_CLASSES: usize = MAX_BAR_STEPS + METERS.len();

/// Note lengths in steps. A length is stored as the nearest of these (the shorter one of two equally near).
pub const DURATION_STEPS: [u16; DURATIONS] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18, 20, 21, 22, 23, 24, 26, 28, 30, 32, 33, 36, 40, 42, 44,
    45, 47, 48, 54, 60, 64, 66, 69, 72, 78, 84, 90, 93, 96, 108, 120, 132, 138, 144, 156, 168, 180, 192, 216, 240, 264,
    288, 336, 384, 432, 480, 576, 768,
];
/// How many duration classes there are.
pub const DURATIONS: usize = 64;

/// Time signatures with a class of their own: numerator and denominator, no bar longer than 192 steps.
#[rustfmt::skip]
pub const METERS: [(u8, u8); 47] = [
    (1, 1), (2, 1),
    (1, 2), (2, 2), (3, 2), (4, 2),
    (1, 4), (2, 4), (3, 4), (4, 4), (5, 4), (6, 4), (7, 4), (8, 4),
    (1, 8), (2, 8), (3, 8), (4, 8), (5, 8), (6, 8), (7, 8), (8, 8), (9, 8), (10, 8), (11, 8), (12, 8), (15, 8),
    (1, 16), (2, 16), (3, 16), (4, 16), (5, 16), (6, 16), (7, 16), (8, 16), (9, 16), (10, 16), (11, 16), (12, 16),
    (13, 16), (15, 16), (1, 32), (3, 32), (5, 32), (7, 32), (9, 32), (11, 32),
];

/// The class of a bar of `length` steps (`1..=192`) under `meter`: the named meter where the length agrees with it.
pub fn meter_class(length: u32, meter: Meter) -> u16 {
    let fits = |&(numerator, denominator): &(u8, u8)| 96 * u32::from(numerator) == length * u32::from(denominator);
    let written = METERS.iter().position(|m| *m == (meter.numerator, meter.denominator) && fits(m));
    let same_unit = || METERS.iter().position(|m| m.1 == meter.denominator && fits(m));
    let any = || METERS.iter().position(fits);
    let class = match written.or_else(same_unit).or_else(any) {
        Some(named) => MAX_BAR_STEPS + named,
        None => length.clamp(1, 192) as usize - 1,
    };
    class as u16
}

/// Steps and time signature of a meter class. A plain length is written as so many thirty-second notes, rounded up.
pub fn meter_of(class: u16) -> (u32, Meter) {
    let class = usize::from(class).min(METER_CLASSES - 1);
    if class < MAX_BAR_STEPS {
        let length = class as u32 + 1;
        let meter = Meter::new(length.div_ceil(3) as u8, 32).expect("1..=64 thirty-second notes are a meter");
        (length, meter)
    } else {
        let (numerator, denominator) = METERS[class - MAX_BAR_STEPS];
        let meter = Meter::new(numerator, denominator).expect("the table holds meters only");
        (96 * u32::from(numerator) / u32::from(denominator), meter)
    }
}

/// The nearest class to a length in steps.
pub fn duration_class(steps: u32) -> u8 {
    let upper = DURATION_STEPS.partition_point(|&d| u32::from(d) < steps).min(DURATIONS - 1);
    let lower = upper.saturating_sub(1);
    let distance = |class: usize| steps.abs_diff(DURATION_STEPS[class].into());
    let nearest = if distance(lower) <= distance(upper) { lower } else { upper };
    nearest as u8
}

/// The class of a MIDI velocity, `1..=127`.
pub const fn velocity_class(velocity: u8) -> u8 {
    velocity / 4
}

/// The velocity that a class is played with: the middle of its four.
pub const fn velocity_of(class: u8) -> u8 {
    let middle = class * 4 + 2;
    if middle > 127 { 127 } else { middle }
}

/// The class of a tempo in quarter notes a minute.
pub fn tempo_class(bpm: f32) -> u8 {
    let class = (8.0 * (bpm.max(1.0) / 20.0).log2()).round().clamp(0.0, (TEMPOS - 1) as f32);
    #[expect(clippy::cast_sign_loss, reason = "clamped to the classes on the line above")]
    let class = class as u8;
    class
}

/// Quarter notes a minute in the middle of a tempo class.
pub fn tempo_of(class: u8) -> f32 {
    20.0 * (f32::from(class) / 8.0).exp2()
}

/// What the weights were trained with: changes when any class changes its meaning.
pub fn fingerprint() -> String {
    let mut hash = blake3::Hasher::new();
    hash.update(b"ripieno events 1");
    for size in [POSITIONS, PARTS, PITCHES, INSTRUMENTS, VELOCITIES, TEMPOS, METER_CLASSES, STEPS_PER_QUARTER as usize]
    {
        hash.update(&(size as u64).to_le_bytes());
    }
    for steps in DURATION_STEPS {
        hash.update(&steps.to_le_bytes());
    }
    for (numerator, denominator) in METERS {
        hash.update(&[numerator, denominator]);
    }
    for size in crate::attribute::CLASSES {
        hash.update(&(size as u64).to_le_bytes());
    }
    hash.update(&[crate::event::Role::COUNT as u8]);
    hash.finalize().to_hex()[..16].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_meter_class_comes_back() {
        for class in 0..METER_CLASSES as u16 {
            let (length, meter) = meter_of(class);
            let again = meter_class(length, meter);
            assert_eq!(meter_of(again).0, length, "class {class}");
            if usize::from(class) >= MAX_BAR_STEPS {
                assert_eq!(again, class);
            }
        }
    }

    #[test]
    fn durations_in_the_table_are_exact_and_others_go_to_the_nearest() {
        assert!(DURATION_STEPS.is_sorted());
        for (class, &steps) in DURATION_STEPS.iter().enumerate() {
            assert_eq!(usize::from(duration_class(steps.into())), class);
        }
        assert_eq!(DURATION_STEPS[usize::from(duration_class(50))], 48);
        assert_eq!(DURATION_STEPS[usize::from(duration_class(53))], 54);
        assert_eq!(usize::from(duration_class(1_000_000)), DURATIONS - 1);
        assert_eq!(duration_class(0), 0);
    }

    #[test]
    fn tempo_and_velocity_classes_are_their_own_nearest() {
        for class in 0..TEMPOS as u8 {
            assert_eq!(tempo_class(tempo_of(class)), class);
        }
        for class in 0..VELOCITIES as u8 {
            assert_eq!(velocity_class(velocity_of(class)), class);
        }
    }

    /// When this fails, a class has changed its meaning and no weights trained before can be used: train anew, or undo it.
    #[test]
    fn the_vocabulary_is_the_one_that_the_base_model_was_trained_with() {
        assert_eq!(fingerprint(), "e4ac10bfb6428b4c");
    }
}
