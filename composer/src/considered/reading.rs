//! Reading a stretch of a piece: what the network gives to every field of every note.

use burn::tensor::Tensor;

use super::Choice;
use crate::event::NoteEvent;
use crate::example::Example;
use crate::model::Model;
use crate::network::batch::Batch;

/// Other classes of a field that are kept.
const OTHERS: usize = 5;

/// What was predicted of one note.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    /// Bar within the stretch.
    pub(super) bar: usize,
    /// The note that stands there.
    pub(super) note: NoteEvent,
    pub(super) position: Choice,
    pub(super) part: Choice,
    pub(super) pitch: Choice,
    pub(super) duration: Choice,
}

impl Fields {
    /// Of place, part, pitch and duration together.
    pub(super) fn probability(&self) -> f32 {
        self.position.probability * self.part.probability * self.pitch.probability * self.duration.probability
    }
}

/// What the model gives to the notes of an example, in order.
pub(super) fn read(model: &Model, example: &Example) -> Vec<Fields> {
    if example.notes.is_empty() {
        return Vec::new();
    }
    let batch = Batch::new(std::slice::from_ref(example), model.header.styles.len(), &model.device);
    let Some(logits) = model.network.note_logits(&batch) else { return Vec::new() };
    let [positions, parts, pitches, durations] =
        [logits.position, logits.part, logits.pitch, logits.duration].map(rows);
    let bar_of = |row: usize| example.bar_rows.partition_point(|bar| bar.row <= row).saturating_sub(1);
    let choices = positions.iter().zip(&parts).zip(&pitches).zip(&durations);
    let fields = example.notes.iter().zip(choices).map(|(row, (((position, part), pitch), duration))| {
        let note = row.target;
        Fields {
            bar: bar_of(row.row),
            note,
            position: choice(position, note.position.into()),
            part: choice(part, note.part.into()),
            pitch: choice(pitch, note.pitch.into()),
            duration: choice(duration, note.duration.into()),
        }
    });
    fields.collect()
}

fn rows(logits: Tensor<2>) -> Vec<Vec<f32>> {
    let [_, classes] = logits.dims();
    let values: Vec<f32> = logits.try_into_vec_as().expect("logits are floats");
    values.chunks(classes).map(<[f32]>::to_vec).collect()
}

/// The distribution behind a row of logits, of which `taken` is the class that stands there.
fn choice(logits: &[f32], taken: usize) -> Choice {
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut weights: Vec<f32> = logits.iter().map(|logit| (logit - highest).exp()).collect();
    let total: f32 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= total);
    let entropy: f32 = weights.iter().filter(|&&p| p > 0.0).map(|p| -p * p.ln()).sum();
    let mut others: Vec<(u16, f32)> = weights
        .iter()
        .enumerate()
        .filter(|&(class, _)| class != taken)
        .map(|(class, &probability)| (class as u16, probability))
        .collect();
    others.sort_by(|a, b| b.1.total_cmp(&a.1));
    // What is illegal has lost all but a rounding error of its probability.
    others.retain(|(_, probability)| *probability > 1e-4);
    others.truncate(OTHERS);
    Choice { probability: weights[taken], choices: entropy.exp(), others }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_counts_its_possibilities() {
        let choice = choice(&[0.0, 0.0, -60.0, 0.0, 0.0], 3);
        assert!((choice.probability - 0.25).abs() < 1e-6 && (choice.choices - 4.0).abs() < 1e-4);
        assert_eq!(choice.others.iter().map(|other| other.0).collect::<Vec<_>>(), [0, 1, 4]);
    }
}
