//! How loud the music is around a note.

use ripieno_score::STEPS_PER_QUARTER;

/// Quarter notes to either side that count, the nearer the more: phrases rise and fall within it, whole sections do not.
const REACH: usize = 32;

/// The mean velocity around every note. `notes` are steps and velocities, sorted by step.
pub(super) fn levels(notes: &[(u32, f32)]) -> Vec<f32> {
    let quarter = |step: u32| (step / STEPS_PER_QUARTER) as usize;
    let Some(last) = notes.last().map(|note| quarter(note.0)) else { return Vec::new() };
    let first = quarter(notes[0].0);
    let mut sums = vec![(0.0f32, 0.0f32); last - first + 1];
    for &(step, velocity) in notes {
        let (sum, count) = &mut sums[quarter(step) - first];
        *sum += velocity;
        *count += 1.0;
    }
    let mean = |at: usize| {
        let from = at.saturating_sub(REACH);
        let near = sums.iter().enumerate().take(at + REACH + 1).skip(from).map(|(other, &(sum, count))| {
            let weight = 1.0 - at.abs_diff(other) as f32 / (REACH + 1) as f32;
            (weight * sum, weight * count)
        });
        let (sum, count) = near.fold((0.0, 0.0), |all, one| (all.0 + one.0, all.1 + one.1));
        sum / count
    };
    let mut found: Vec<Option<f32>> = vec![None; sums.len()];
    notes
        .iter()
        .map(|&(step, _)| *found[quarter(step) - first].get_or_insert_with(|| mean(quarter(step) - first)))
        .collect()
}

/// Standard deviation of numbers about zero.
pub(super) fn spread(numbers: impl Iterator<Item = f32>) -> f32 {
    let (sum, count) = numbers.fold((0.0f64, 0.0f64), |(sum, count), x| (sum + f64::from(x * x), count + 1.0));
    if count == 0.0 { 0.0 } else { (sum / count).sqrt() as f32 }
}

/// How uneven numbers are from one to the next, as the standard deviation of numbers without order that would be as uneven.
pub(super) fn unevenness(numbers: &[f32]) -> f32 {
    spread(numbers.windows(2).map(|pair| pair[1] - pair[0])) / std::f32::consts::SQRT_2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_follows_the_music_slowly() {
        let notes: Vec<(u32, f32)> = (0..400).map(|note| (24 * note, if note < 200 { 40.0 } else { 90.0 })).collect();
        let levels = levels(&notes);
        assert!((levels[0] - 40.0).abs() < 1e-3 && (levels[399] - 90.0).abs() < 1e-3);
        assert!((60.0..70.0).contains(&levels[200]), "{}", levels[200]);
        assert!(levels.windows(2).all(|pair| (pair[1] - pair[0]).abs() < 2.0));
    }

    #[test]
    fn terraces_are_even_and_accents_are_not() {
        let terraces: Vec<f32> = (0..64).map(|note| if note < 32 { 60.0 } else { 90.0 }).collect();
        let accents: Vec<f32> = (0..64).map(|note| if note % 4 == 0 { 90.0 } else { 60.0 }).collect();
        assert!(unevenness(&terraces) < 3.0 && unevenness(&accents) > 12.0);
        assert_eq!(unevenness(&[]), 0.0);
    }

    #[test]
    fn no_notes_have_no_level() {
        assert!(levels(&[]).is_empty());
        assert_eq!(spread([3.0, -3.0].into_iter()), 3.0);
    }
}
