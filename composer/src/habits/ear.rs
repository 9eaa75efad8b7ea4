//! Which style a piece is most like, by how its notes are.
//!
//! Linear discriminant analysis (Hastie, Tibshirani & Friedman, *The Elements of Statistical Learning*, section 4.3): each style is
//! known by the manners of some of its pieces, which lie in the header of the weights. Pieces of all styles are taken to vary
//! around their style in the same way, in which numbers of a manner vary together.

use super::Manner;
use super::manner::{STEPS, WHOLE};
use crate::model::ModelHeader;
use crate::vocabulary::DURATIONS;

/// How much of the covariance of two numbers is taken for chance.
const CHANCE: f64 = 0.1;
/// No number varies less.
const LEAST_VARIANCE: f64 = 0.001;
/// Sixteen bars say less of a style than whole pieces do: so many times less.
const DOUBT: f64 = 5.0;

/// Ears for the styles of a model.
#[derive(Debug, Clone)]
pub(crate) struct StyleEar {
    styles: Vec<Heard>,
    /// Numbers divided by it vary by one each, and each on its own: a triangle, row by row.
    factor: Vec<Vec<f64>>,
}

/// What pieces of a style are like.
#[derive(Debug, Clone)]
struct Heard {
    /// Row of the style table, in which "no style" is the first.
    row: usize,
    /// The mean of its pieces, divided by the factor.
    mean: Vec<f64>,
}

impl StyleEar {
    /// Ears that know the styles of a model by their habits. They know none whose manners were counted before bars had slots.
    pub(crate) fn of(header: &ModelHeader) -> Self {
        let of_style = |(index, style): (usize, &String)| {
            let manners = header.habits.get(style)?.shapes.iter().filter_map(|shape| shape.manner.as_ref());
            let pieces: Vec<Vec<f64>> = manners.filter(|manner| !manner.slots.is_empty()).filter_map(numbers).collect();
            (!pieces.is_empty()).then_some((index + 1, pieces))
        };
        let styles: Vec<(usize, Vec<Vec<f64>>)> = header.styles.iter().enumerate().filter_map(of_style).collect();
        let means: Vec<Vec<f64>> = styles.iter().map(|(_, pieces)| mean(pieces)).collect();
        let around =
            styles.iter().zip(&means).flat_map(|((_, pieces), mean)| pieces.iter().map(move |x| difference(x, mean)));
        let factor = triangle(&covariance(around.collect(), styles.len()));
        let heard = |((row, _), mean): (&(usize, _), &Vec<f64>)| Heard { row: *row, mean: divided(mean, &factor) };
        Self { styles: styles.iter().zip(&means).map(heard).collect(), factor }
    }

    /// The logarithm of how probable it is that notes like these are of the styles of a mix, which has a weight for each row of the
    /// style table, and of no other; at most 0. `None` where the notes are too few, or none of these styles is known.
    pub(crate) fn hear(&self, manner: &Manner, mix: &[f32]) -> Option<f64> {
        let numbers = numbers(manner)?;
        let weight = |heard: &Heard| f64::from(mix.get(heard.row).copied().unwrap_or(0.0));
        let known: f64 = self.styles.iter().map(weight).sum();
        if known <= 0.0 {
            return None;
        }
        let numbers = divided(&numbers, &self.factor);
        let log_density =
            |heard: &Heard| difference(&numbers, &heard.mean).iter().map(|x| x * x).sum::<f64>() / (-2.0 * DOUBT);
        let heard: Vec<f64> = self.styles.iter().map(log_density).collect();
        let all = log_sum_exp(heard.iter().copied());
        let mixed = self.styles.iter().zip(&heard).map(|(style, heard)| heard + (weight(style) / known).ln());
        Some((log_sum_exp(mixed) - all).min(0.0))
    }
}

/// How numbers vary together, from their differences to the means of so many styles.
fn covariance(around: Vec<Vec<f64>>, styles: usize) -> Vec<Vec<f64>> {
    let count = around.first().map_or(0, Vec::len);
    let free = around.len().saturating_sub(styles).max(1) as f64;
    let mut sums = vec![vec![0.0; count]; count];
    for x in &around {
        for (sums, one) in sums.iter_mut().zip(x) {
            sums.iter_mut().zip(x).for_each(|(sum, other)| *sum += one * other / free);
        }
    }
    for (row, sums) in sums.iter_mut().enumerate() {
        for (column, sum) in sums.iter_mut().enumerate() {
            *sum = if row == column { *sum + LEAST_VARIANCE } else { *sum * (1.0 - CHANCE) };
        }
    }
    sums
}

/// The lower triangle that gives a covariance when it is multiplied with itself turned (Cholesky).
fn triangle(covariance: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut rows: Vec<Vec<f64>> = Vec::with_capacity(covariance.len());
    for (index, covariance) in covariance.iter().enumerate() {
        let mut row: Vec<f64> = Vec::with_capacity(index + 1);
        for (column, covariance) in covariance.iter().enumerate().take(index + 1) {
            let other = rows.get(column).unwrap_or(&row);
            let left = covariance - row.iter().zip(other).map(|(a, b)| a * b).sum::<f64>();
            row.push(if column == index { left.max(LEAST_VARIANCE / 10.0).sqrt() } else { left / other[column] });
        }
        rows.push(row);
    }
    rows
}

/// Numbers divided by a triangle.
fn divided(numbers: &[f64], triangle: &[Vec<f64>]) -> Vec<f64> {
    let mut result: Vec<f64> = Vec::with_capacity(numbers.len());
    for (index, (x, row)) in numbers.iter().zip(triangle).enumerate() {
        let known = row.iter().zip(&result).map(|(a, b)| a * b).sum::<f64>();
        result.push((x - known) / row[index]);
    }
    result
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

/// What ears go by: shares as their square roots, which are spread more evenly. `None` where hardly anything is played.
fn numbers(manner: &Manner) -> Option<Vec<f64>> {
    let part = |share: u16| f64::from(share) / f64::from(WHOLE);
    let roles = || manner.roles.iter().flatten();
    let all: f64 = roles().map(|role| part(role.share)).sum();
    if all <= 0.0 {
        return None;
    }
    let (mut durations, mut steps, mut again) = (vec![0.0; DURATIONS], vec![0.0; STEPS], 0.0);
    for role in roles() {
        let weight = part(role.share) / all;
        durations.iter_mut().zip(&role.durations).for_each(|(sum, &share)| *sum += weight * part(share));
        steps.iter_mut().zip(&role.steps).for_each(|(sum, &share)| *sum += weight * part(share));
        again += weight * part(role.again);
    }
    let times = manner.places.iter().chain(&manner.slots).map(|&share| part(share));
    let roots = times.chain(durations).chain(steps).map(f64::sqrt);
    let shares = manner.together.iter().chain([&manner.rhythm_again]).map(|&share| part(share));
    Some(roots.chain(shares).chain([again]).collect())
}

fn mean(rows: &[Vec<f64>]) -> Vec<f64> {
    let mut sums = vec![0.0; rows.first().map_or(0, Vec::len)];
    rows.iter().for_each(|row| sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += x));
    sums.iter_mut().for_each(|sum| *sum /= rows.len() as f64);
    sums
}

fn log_sum_exp(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let most = values.clone().fold(f64::NEG_INFINITY, f64::max);
    if most.is_finite() { most + values.map(|value| (value - most).exp()).sum::<f64>().ln() } else { most }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base;
    use crate::event::{BarEvents, NoteEvent};
    use crate::habits::Habits;
    use crate::test_pieces::{common_bar, header, quarter, scale_piece};
    use crate::train::Piece;
    use crate::vocabulary::duration_class;

    /// So many bars of equal notes, one after another.
    fn piece(notes: u8) -> Piece {
        let mut piece = scale_piece();
        let steps = 96 / notes;
        let note = |index: u8| NoteEvent {
            duration: duration_class(u32::from(steps)),
            ..quarter(steps * index, 0, 60 + index % 3)
        };
        let bars: Vec<BarEvents> = (0..16).map(|_| common_bar((0..notes).map(note).collect())).collect();
        piece.attributes = vec![piece.attributes[0]; bars.len()];
        piece.events.bars = bars;
        piece
    }

    #[test]
    fn notes_are_of_the_style_whose_pieces_are_like_them() {
        let mut header = header("corpus");
        header.styles = vec!["slow".into(), "quick".into(), "unknown".into()];
        header.habits = [("slow", 4), ("quick", 16)]
            .map(|(style, notes)| (style.to_owned(), Habits::of(&[&piece(notes)])))
            .into_iter()
            .collect();
        let ear = StyleEar::of(&header);
        let hear = |notes: u8, mix: &[f32]| ear.hear(&Manner::of(&[&piece(notes)]), mix);
        let (slow, quick) = ([0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]);
        assert!(hear(4, &slow).unwrap() > -0.01 && hear(4, &quick).unwrap() < -1.0);
        assert!(hear(16, &quick).unwrap() > -0.01 && hear(16, &slow).unwrap() < -1.0);
        let half = hear(4, &[0.0, 0.5, 0.5, 0.0]).unwrap();
        assert!((half - 0.5f64.ln()).abs() < 0.01, "{half}");
        assert_eq!(hear(4, &[1.0, 0.0, 0.0, 0.0]), None);
        assert_eq!(hear(4, &[0.0, 0.0, 0.0, 1.0]), None);
        assert_eq!(ear.hear(&Manner::of(&[]), &slow), None);
    }

    #[test]
    fn a_covariance_is_its_triangle_times_itself() {
        let covariance = [[4.0, 2.0, 0.4], [2.0, 5.0, 1.0], [0.4, 1.0, 3.0]].map(Vec::from);
        let rows = triangle(&covariance);
        let product = |a: usize, b: usize| rows[a].iter().zip(&rows[b]).map(|(x, y)| x * y).sum::<f64>();
        assert!((0..3).all(|a| (0..3).all(|b| (product(a, b) - covariance[a][b]).abs() < 1e-9)), "{rows:?}");
        let divided = divided(&[2.0, 3.0, -1.0], &rows);
        let back = |row: usize| rows[row].iter().zip(&divided).map(|(x, y)| x * y).sum::<f64>();
        assert!((back(0) - 2.0).abs() < 1e-9 && (back(1) - 3.0).abs() < 1e-9 && (back(2) + 1.0).abs() < 1e-9);
    }

    #[test]
    fn the_ears_of_the_shipped_model_know_its_styles_apart() {
        let header = base::header().unwrap();
        let ear = StyleEar::of(&header);
        let (mut right, mut all) = (0, 0);
        for (index, style) in header.styles.iter().enumerate() {
            for shape in &header.habits[style].shapes {
                let Some(manner) = &shape.manner else { continue };
                let hear = |row: usize| {
                    let mix: Vec<f32> =
                        (0..=header.styles.len()).map(|other| f32::from(u8::from(other == row))).collect();
                    ear.hear(manner, &mix).unwrap_or(f64::NEG_INFINITY)
                };
                let best = (1..=header.styles.len()).max_by(|&a, &b| hear(a).total_cmp(&hear(b)));
                (right, all) = (right + usize::from(best == Some(index + 1)), all + 1);
            }
        }
        assert!(3 * right > 2 * all, "{right} of {all}");
    }
}
