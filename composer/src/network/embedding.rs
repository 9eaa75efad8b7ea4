//! From class numbers to the outer network's input.

use burn::module::{Module, Param};
use burn::nn::Initializer;
use burn::tensor::{Device, IndexingUpdateOp, Int, Tensor};

use super::batch::Batch;
use super::lookup;
use crate::attribute;
use crate::example::mark;
use crate::vocabulary::{DURATIONS, INSTRUMENTS, METER_CLASSES, PARTS, PITCHES, POSITIONS, TEMPOS, VELOCITIES};

/// A table of `rows` vectors with normally distributed entries.
pub(crate) fn table(rows: usize, width: usize, std: f64, device: &Device) -> Param<Tensor<2>> {
    Initializer::Normal { mean: 0.0, std }.init([rows, width], device)
}

/// Positions in a bar: a vector of its own each, and one for the place in the quarter note and the quarter in the bar.
#[derive(Module, Debug)]
pub(crate) struct PositionTable {
    own: Param<Tensor<2>>,
    in_quarter: Param<Tensor<2>>,
    quarter: Param<Tensor<2>>,
}

impl PositionTable {
    /// The classes of the position field and one more for "none".
    pub(crate) const ROWS: usize = POSITIONS + 1;

    pub(crate) fn init(width: usize, device: &Device) -> Self {
        Self {
            own: table(Self::ROWS, width, 0.3, device),
            in_quarter: table(25, width, 0.3, device),
            quarter: table(9, width, 0.3, device),
        }
    }

    /// `[ROWS, width]`.
    pub(crate) fn rows(&self) -> Tensor<2> {
        let device = self.own.val().device();
        let steps = |f: &dyn Fn(i64) -> i64, none: i64| {
            let classes: Vec<i64> =
                (0..Self::ROWS as i64).map(|class| if class < 192 { f(class) } else { none }).collect();
            Tensor::<1, Int>::from_ints(classes.as_slice(), &device)
        };
        self.own.val()
            + lookup(&self.in_quarter, steps(&|class| class % 24, 24))
            + lookup(&self.quarter, steps(&|class| class / 24, 8))
    }
}

/// Embeds every field of a step and adds them up.
#[derive(Module, Debug)]
pub(crate) struct Embedding {
    mark: Param<Tensor<2>>,
    position: PositionTable,
    part: Param<Tensor<2>>,
    instrument: Param<Tensor<2>>,
    pitch: Param<Tensor<2>>,
    pitch_class: Param<Tensor<2>>,
    duration: Param<Tensor<2>>,
    velocity: Param<Tensor<2>>,
    meter: Param<Tensor<2>>,
    tempo: Param<Tensor<2>>,
    attributes: Vec<Param<Tensor<2>>>,
}

impl Embedding {
    pub(crate) fn init(width: usize, device: &Device) -> Self {
        let rows = |rows| table(rows, width, 0.3, device);
        Self {
            mark: rows(mark::COUNT),
            position: PositionTable::init(width, device),
            part: rows(PARTS + 1),
            instrument: rows(INSTRUMENTS + 1),
            pitch: rows(PITCHES + 1),
            pitch_class: rows(13),
            duration: rows(DURATIONS + 1),
            velocity: rows(VELOCITIES + 1),
            meter: rows(METER_CLASSES + 1),
            tempo: rows(TEMPOS + 1),
            attributes: attribute::CLASSES.iter().map(|&classes| rows(classes)).collect(),
        }
    }

    /// `[examples * steps, width]`.
    pub(crate) fn forward(&self, batch: &Batch) -> Tensor<2> {
        let [mark, position, part, instrument, pitch, duration, velocity] = batch.steps.clone();
        let x = lookup(&self.mark, mark)
            + self.position.rows().select(0, position)
            + lookup(&self.part, part)
            + lookup(&self.instrument, instrument)
            + self.pitches().select(0, pitch)
            + lookup(&self.duration, duration)
            + lookup(&self.velocity, velocity);
        let Some(bars) = &batch.bars else { return x };
        let mut bar = lookup(&self.meter, bars.meter.clone()) + lookup(&self.tempo, bars.tempo.clone());
        for (table, classes) in self.attributes.iter().zip(&bars.attributes) {
            bar = bar + lookup(table, classes.clone());
        }
        x.select_assign(0, bars.rows.clone(), bar, IndexingUpdateOp::Add)
    }

    /// `[PITCHES + 1, width]`: pitch and pitch class.
    fn pitches(&self) -> Tensor<2> {
        let classes: Vec<i64> = (0..=PITCHES as i64).map(|pitch| if pitch < 128 { pitch % 12 } else { 12 }).collect();
        let classes = Tensor::<1, Int>::from_ints(classes.as_slice(), &self.pitch.val().device());
        self.pitch.val() + lookup(&self.pitch_class, classes)
    }
}
