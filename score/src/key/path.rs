//! The best sequence of labels when changing costs something.

/// The labels, one for each row, with the highest sum of scores less `change_cost` for every change: the Viterbi
/// algorithm with one cost for all changes, which makes it linear in rows and labels. Of equals the lowest label wins.
pub(crate) fn best_path<const LABELS: usize>(scores: &[[f32; LABELS]], change_cost: f32) -> Vec<usize> {
    let mut total = [0.0_f32; LABELS];
    let mut came_from: Vec<Vec<u8>> = Vec::with_capacity(scores.len());
    const { assert!(LABELS > 0 && LABELS <= 256) };
    for row in scores {
        let from = leader(&total);
        let jump = total[from] - change_cost;
        let mut origins = vec![0_u8; LABELS];
        for label in 0..LABELS {
            let stays = total[label] >= jump;
            let origin = if stays { label } else { from };
            origins[label] = u8::try_from(origin).unwrap_or(0);
            total[label] = row[label] + if stays { total[label] } else { jump };
        }
        came_from.push(origins);
    }
    let mut label = leader(&total);
    let mut path = vec![0; scores.len()];
    for (place, origins) in path.iter_mut().zip(&came_from).rev() {
        *place = label;
        label = usize::from(origins[label]);
    }
    path
}

fn leader(totals: &[f32]) -> usize {
    (1..totals.len()).fold(0, |best, label| if totals[label] > totals[best] { label } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(scores: &[[f32; 3]], change_cost: f32, expect: &[usize]) {
        assert_eq!(best_path(scores, change_cost), expect);
    }

    #[test]
    fn a_path_changes_only_where_it_pays() {
        let (a, b, unsure) = ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.0, 0.6]);
        check(&[], 1.0, &[]);
        check(&[a, b, a], 0.0, &[0, 1, 0]);
        check(&[a, b, a], 0.6, &[0, 0, 0]);
        check(&[a, a, unsure, a], 0.2, &[0, 0, 0, 0]);
        check(&[a, a, b, b], 0.6, &[0, 0, 1, 1]);
        check(&[[0.0; 3]; 2], 0.6, &[0, 0]);
    }
}
