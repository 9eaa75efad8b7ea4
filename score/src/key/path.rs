//! The best sequence of labels when changing costs something.

/// The labels, one for each row, with the highest sum of scores less `change_cost` for every change: the Viterbi
/// algorithm with one cost for all changes, which makes it linear in rows and labels. Of equals the lowest label wins.
///
/// Rows are asked for one after another and not kept: of each remains where a change would come from, and a bit for every
/// label that says whether it changes.
pub(crate) fn best_path<const LABELS: usize>(
    rows: impl IntoIterator<Item = [f32; LABELS]>,
    change_cost: f32,
) -> Vec<u8> {
    const { assert!(LABELS > 0 && LABELS <= 128) };
    let mut total = [0.0_f32; LABELS];
    let mut steps: Vec<Step> = Vec::new();
    for row in rows {
        let from = leader(&total);
        let jump = total[from] - change_cost;
        let mut changes = [0; 2];
        for (label, (total, score)) in total.iter_mut().zip(row).enumerate() {
            let stays = *total >= jump;
            changes[label / 64] |= u64::from(!stays) << (label % 64);
            *total = score + if stays { *total } else { jump };
        }
        steps.push(Step { changes, from: index(from) });
    }
    let mut label = index(leader(&total));
    let mut path = vec![0; steps.len()];
    for (place, step) in path.iter_mut().zip(&steps).rev() {
        *place = label;
        label = step.before(label);
    }
    path
}

/// How the best paths reach a row from the one before.
struct Step {
    /// A bit for every label whose best path comes from another one.
    changes: [u64; 2],
    /// That other one.
    from: u8,
}

impl Step {
    /// The label in the row before on the best path to `label`.
    const fn before(&self, label: u8) -> u8 {
        if self.changes[(label / 64) as usize] >> (label % 64) & 1 == 1 { self.from } else { label }
    }
}

fn index(label: usize) -> u8 {
    u8::try_from(label).expect("there are at most 128 labels")
}

fn leader(totals: &[f32]) -> usize {
    (1..totals.len()).fold(0, |best, label| if totals[label] > totals[best] { label } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: &[[f32; 3]], change_cost: f32, expect: &[u8]) {
        assert_eq!(best_path(rows.iter().copied(), change_cost), expect);
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

    #[test]
    fn all_of_128_labels_are_told_apart() {
        for labels in [[0, 127, 63], [64, 65, 1], [127, 0, 126]] {
            let row =
                |label: u8| std::array::from_fn::<f32, 128, _>(|index| f32::from(u8::from(index == label.into())));
            assert_eq!(best_path(labels.map(row), 0.1), labels);
            assert_eq!(best_path(labels.map(row), 5.0), [labels.into_iter().min().expect("three"); 3]);
        }
    }
}
