//! Performances made ready for training: what is known about each note, what was remembered, and how it was played.

use burn::tensor::{Device, Int, Tensor, TensorData};

use super::memory::{MEMORIES, Memory};
use super::network::Batch;
use super::reading::Performance;
use super::scale::{Scale, normal};
use super::sheet::{Described, FEATURES, Kind};

/// A performance with everything that the network is told about it.
pub struct Prepared {
    kind: Kind,
    described: Vec<Described>,
    memories: Vec<[f32; MEMORIES]>,
    /// Timing as the network reads it, its class, and whether it is to be predicted.
    timing: Vec<(f32, u8, bool)>,
    /// Class of the velocity.
    velocity: Vec<u8>,
}

impl Prepared {
    /// Of a performance.
    pub fn new(performance: &Performance) -> Self {
        let Performance { sheet, timing, velocity } = performance;
        let scale = Scale::of(sheet.kind);
        let mut memory = Memory::new(sheet);
        let mut prepared = Self {
            kind: sheet.kind,
            described: sheet.describe(),
            memories: Vec::with_capacity(sheet.notes.len()),
            timing: Vec::with_capacity(sheet.notes.len()),
            velocity: velocity.iter().map(|&velocity| scale.velocity_class(velocity) as u8).collect(),
        };
        for note in 0..sheet.notes.len() {
            prepared.memories.push(memory.row(note));
            // At a moment there is one tempo: the first note of a chord tells the timing of the others.
            let is_told = sheet.kind == Kind::Pitched && memory.timing_of_group().is_some();
            let late = timing[note].unwrap_or(0.0);
            let classes = normal(late / scale.timing).clamp(-2.5, 2.5);
            prepared.timing.push((classes, scale.timing_class(late) as u8, timing[note].is_some() && !is_told));
            memory.push(note, classes, normal(velocity[note] / scale.velocity));
        }
        prepared
    }

    /// Who plays.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// How many notes.
    pub fn len(&self) -> usize {
        self.described.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.described.is_empty()
    }

    /// Notes whose timing is predicted, and all, of some notes.
    pub(super) fn counts(&self, range: std::ops::Range<usize>) -> (usize, usize) {
        (self.timing[range.clone()].iter().filter(|timing| timing.2).count(), range.len())
    }

    /// Classes of timing, where it is predicted, and of velocity, of every note.
    pub(super) fn classes(&self) -> impl Iterator<Item = (Option<usize>, usize)> + '_ {
        let timing = self.timing.iter().map(|timing| timing.2.then_some(usize::from(timing.1)));
        timing.zip(self.velocity.iter().map(|&velocity| usize::from(velocity)))
    }
}

/// The features of notes as a tensor `[stretches, notes, FEATURES]`, from stretches of at most `notes` notes.
pub(super) fn features(stretches: &[&[Described]], notes: usize, device: &Device) -> Tensor<3> {
    let mut numbers = vec![0.0f32; stretches.len() * notes * FEATURES];
    for (stretch, rows) in stretches.iter().zip(numbers.chunks_mut(notes * FEATURES)) {
        for (described, row) in stretch.iter().zip(rows.chunks_mut(FEATURES)) {
            described.write(row);
        }
    }
    Tensor::from_data(TensorData::new(numbers, [stretches.len(), notes, FEATURES]), device)
}

/// Stretches of `notes` notes, from these notes of these performances on; where one ends earlier, nothing counts behind.
pub(super) fn batch(stretches: &[(&Prepared, usize)], notes: usize, device: &Device) -> Batch {
    let rows = stretches.len() * notes;
    let mut memory = vec![0.0f32; rows * MEMORIES];
    let mut memory_and_timing = vec![0.0f32; rows * (MEMORIES + 1)];
    let (mut timing, mut velocity) = (vec![0i32; rows], vec![0i32; rows]);
    let (mut timing_counts, mut velocity_counts) = (vec![0.0f32; rows], vec![0.0f32; rows]);
    for (index, &(piece, first)) in stretches.iter().enumerate() {
        for note in first..(first + notes).min(piece.len()) {
            let row = index * notes + note - first;
            memory[row * MEMORIES..][..MEMORIES].copy_from_slice(&piece.memories[note]);
            let wide = &mut memory_and_timing[row * (MEMORIES + 1)..][..=MEMORIES];
            wide[..MEMORIES].copy_from_slice(&piece.memories[note]);
            let (classes, class, counts) = piece.timing[note];
            wide[MEMORIES] = classes;
            timing[row] = class.into();
            velocity[row] = piece.velocity[note].into();
            timing_counts[row] = f32::from(u8::from(counts));
            velocity_counts[row] = 1.0;
        }
    }
    let described: Vec<&[Described]> =
        stretches.iter().map(|&(piece, first)| &piece.described[first..(first + notes).min(piece.len())]).collect();
    let ints = |values: Vec<i32>| Tensor::<2, Int>::from_data(TensorData::new(values, [rows, 1]), device);
    let floats =
        |values: Vec<f32>, width: usize| Tensor::<2>::from_data(TensorData::new(values, [rows, width]), device);
    Batch {
        features: features(&described, notes, device),
        memory: floats(memory, MEMORIES),
        memory_and_timing: floats(memory_and_timing, MEMORIES + 1),
        timing: ints(timing),
        velocity: ints(velocity),
        timing_counts: Tensor::from_data(TensorData::new(timing_counts, [rows]), device),
        velocity_counts: Tensor::from_data(TensorData::new(velocity_counts, [rows]), device),
    }
}
