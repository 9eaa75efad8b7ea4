//! Which style a piece is most like, by how its notes are.
//!
//! Naive Bayes with normal distributions (Hastie, Tibshirani & Friedman, *The Elements of Statistical Learning*, section 6.6.3): each
//! style is known by the manners of some of its pieces, which lie in the header of the weights. Every number of a manner is taken to
//! vary on its own.

use super::Manner;
use super::manner::{STEPS, WHOLE};
use crate::model::ModelHeader;
use crate::vocabulary::DURATIONS;

/// Numbers of a manner do vary together: so many of them say as much as one.
const TOGETHER: f64 = 8.0;
/// Before a piece of a style is heard, its pieces are taken to differ as those of all styles do; this counts as so many pieces.
const ASSUMED: f32 = 20.0;
/// No number varies less.
const LEAST_VARIANCE: f32 = 0.001;

/// Ears for the styles of a model.
#[derive(Debug, Clone)]
pub(crate) struct StyleEar {
    styles: Vec<Heard>,
}

/// What pieces of a style are like.
#[derive(Debug, Clone)]
struct Heard {
    /// Row of the style table, in which "no style" is the first.
    row: usize,
    pieces: f32,
    mean: Vec<f32>,
    variance: Vec<f32>,
}

impl StyleEar {
    /// Ears that know the styles of a model by their habits.
    pub(crate) fn of(header: &ModelHeader) -> Self {
        let of_style = |(index, style): (usize, &String)| {
            let manners = header.habits.get(style)?.shapes.iter().filter_map(|shape| shape.manner.as_ref());
            Heard::of(index + 1, &manners.filter_map(numbers).collect::<Vec<_>>())
        };
        let mut styles: Vec<Heard> = header.styles.iter().enumerate().filter_map(of_style).collect();
        let usual = mean(&styles.iter().map(|heard| heard.variance.clone()).collect::<Vec<_>>());
        for heard in &mut styles {
            for (variance, usual) in heard.variance.iter_mut().zip(&usual) {
                let of_all = (*variance * heard.pieces + usual * ASSUMED) / (heard.pieces + ASSUMED);
                *variance = of_all + LEAST_VARIANCE;
            }
        }
        Self { styles }
    }

    /// The logarithm of how probable it is that notes like these are of the styles of a mix, which has a weight for each row of the
    /// style table, and of no other; at most 0. `None` where the notes are too few, or none of these styles is known.
    pub(crate) fn hear(&self, manner: &Manner, mix: &[f32]) -> Option<f64> {
        let numbers = numbers(manner)?;
        let weight = |heard: &Heard| f64::from(mix.get(heard.row).copied().unwrap_or(0.0));
        let known: f64 = self.styles.iter().map(weight).sum();
        let heard: Vec<f64> = self.styles.iter().map(|heard| heard.log_density(&numbers) / TOGETHER).collect();
        let all = log_sum_exp(heard.iter().copied());
        let mixed = self.styles.iter().zip(&heard).map(|(style, heard)| heard + (weight(style) / known).ln());
        (known > 0.0).then(|| (log_sum_exp(mixed) - all).min(0.0))
    }
}

impl Heard {
    fn of(row: usize, pieces: &[Vec<f32>]) -> Option<Self> {
        (!pieces.is_empty()).then(|| {
            let mean_of_pieces = mean(pieces);
            let off =
                |piece: &Vec<f32>| piece.iter().zip(&mean_of_pieces).map(|(x, mean)| (x - mean).powi(2)).collect();
            let variance = mean(&pieces.iter().map(off).collect::<Vec<Vec<f32>>>());
            Self { row, pieces: pieces.len() as f32, mean: mean_of_pieces, variance }
        })
    }

    fn log_density(&self, numbers: &[f32]) -> f64 {
        let one =
            |((x, mean), variance): ((&f32, &f32), &f32)| f64::from((x - mean).powi(2) / variance + variance.ln());
        -0.5 * numbers.iter().zip(&self.mean).zip(&self.variance).map(one).sum::<f64>()
    }
}

/// What ears go by: shares as their square roots, which are spread more evenly. `None` where hardly anything is played.
fn numbers(manner: &Manner) -> Option<Vec<f32>> {
    let part = |share: u16| f32::from(share) / f32::from(WHOLE);
    let roles = || manner.roles.iter().flatten();
    let all: f32 = roles().map(|role| part(role.share)).sum();
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
    let roots = manner.places.iter().map(|&share| part(share)).chain(durations).chain(steps).map(f32::sqrt);
    let shares = manner.together.iter().chain([&manner.rhythm_again]).map(|&share| part(share));
    Some(roots.chain(shares).chain([again]).collect())
}

fn mean(rows: &[Vec<f32>]) -> Vec<f32> {
    let mut sums = vec![0.0; rows.first().map_or(0, Vec::len)];
    rows.iter().for_each(|row| sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += x));
    sums.iter_mut().for_each(|sum| *sum /= rows.len() as f32);
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
