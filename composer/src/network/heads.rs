//! The inner heads: the fields of the next event, one after another, each from the outer state, what the
//! [memory](crate::memory) knows, and the fields already chosen. The likelihood is exact.

use burn::module::{Module, Param};
use burn::nn::{Initializer, Linear, LinearConfig};
use burn::tensor::{Device, Int, Tensor, activation::relu};

use super::batch::{Batch, HARMONY, NoteRows, PositionRows};
use super::block::rms_norm;
use super::embedding::{PositionTable, table};
use super::lookup;
use crate::attribute;
use crate::event::Role;
use crate::memory::{GAPS, PART_STATES};
use crate::vocabulary::{
    DURATIONS, INSTRUMENTS, MAX_BAR_STEPS, METER_CLASSES, PARTS, PITCHES, POSITIONS, TEMPOS, VELOCITIES,
};

/// One field's head: normalise, one hidden layer, logits.
#[derive(Module, Debug)]
struct Head {
    hidden: Linear,
    out: Linear,
}

impl Head {
    fn init(width: usize, classes: usize, device: &Device) -> Self {
        let out = LinearConfig::new(width, classes).with_initializer(Initializer::Normal { mean: 0.0, std: 0.02 });
        Self { hidden: LinearConfig::new(width, width).init(device), out: out.init(device) }
    }

    fn hidden(&self, x: Tensor<2>) -> Tensor<2> {
        relu(self.hidden.forward(rms_norm(x)))
    }

    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        self.out.forward(self.hidden(x))
    }
}

/// Width of the vectors that a part is found by.
const PART_KEY: usize = 32;

/// Summed negative log-likelihood by field, `[1]` each, in nats.
#[derive(Debug, Clone)]
pub struct FieldLosses {
    /// Position in the bar, next bar or end.
    pub position: Tensor<1>,
    /// Part.
    pub part: Tensor<1>,
    /// Pitch.
    pub pitch: Tensor<1>,
    /// Duration.
    pub duration: Tensor<1>,
    /// Velocity.
    pub velocity: Tensor<1>,
    /// Meter and tempo of bars.
    pub bar: Tensor<1>,
}

impl FieldLosses {
    /// All fields together.
    pub fn total(&self) -> Tensor<1> {
        self.position.clone()
            + self.part.clone()
            + self.pitch.clone()
            + self.duration.clone()
            + self.velocity.clone()
            + self.bar.clone()
    }

    /// The six figures in the order of the fields.
    pub fn values(self) -> [f64; 6] {
        let all = Tensor::cat(vec![self.position, self.part, self.pitch, self.duration, self.velocity, self.bar], 0);
        let values = all.try_into_vec_as::<f32>().expect("six numbers");
        std::array::from_fn(|index| values[index].into())
    }
}

/// Logits of the fields of every predicted note, `[notes, classes]` each, what is illegal masked.
#[derive(Debug, Clone)]
pub struct NoteLogits {
    /// Position in the bar, next bar or end.
    pub position: Tensor<2>,
    /// Part.
    pub part: Tensor<2>,
    /// Pitch.
    pub pitch: Tensor<2>,
    /// Duration.
    pub duration: Tensor<2>,
    /// Velocity.
    pub velocity: Tensor<2>,
}

/// What is known before the position: outer states and cursor features, `[rows]` each.
#[derive(Debug, Clone)]
pub struct PositionKnown {
    pub(crate) cursor: Tensor<1, Int>,
    pub(crate) length: Tensor<1, Int>,
    pub(crate) next_one_bar_ago: Tensor<1, Int>,
    pub(crate) next_two_bars_ago: Tensor<1, Int>,
    pub(crate) next_given: Tensor<1, Int>,
}

/// What is known before the part: the candidates, as indices into declared parts.
#[derive(Debug, Clone)]
pub struct PartKnown {
    pub(crate) declared: [Tensor<1, Int>; 3],
    pub(crate) candidates: Tensor<1, Int>,
    pub(crate) states: Tensor<2, Int>,
}

/// What is known before the pitch.
#[derive(Debug, Clone)]
pub struct NoteKnown {
    pub(crate) declared: [Tensor<1, Int>; 3],
    pub(crate) chosen: Tensor<1, Int>,
    pub(crate) known: Vec<Tensor<1, Int>>,
    pub(crate) harmony: Tensor<2>,
}

/// All heads and the tables of what they know.
#[derive(Module, Debug)]
pub struct Heads {
    enter: Linear,
    cursor: Param<Tensor<2>>,
    length: Param<Tensor<2>>,
    next_one_bar_ago: Param<Tensor<2>>,
    next_two_bars_ago: Param<Tensor<2>>,
    next_given: Param<Tensor<2>>,
    position: Head,
    position_chosen: PositionTable,
    part: Head,
    instrument: Param<Tensor<2>>,
    role: Param<Tensor<2>>,
    slot: Param<Tensor<2>>,
    part_key: Linear,
    part_state: Param<Tensor<2>>,
    known: Vec<Param<Tensor<2>>>,
    harmony: Linear,
    pitch: Head,
    interval: Linear,
    pitch_chosen: Param<Tensor<2>>,
    duration: Head,
    duration_chosen: Param<Tensor<2>>,
    velocity: Head,
    last_meter: Param<Tensor<2>>,
    last_tempo: Param<Tensor<2>>,
    meter: Head,
    meter_chosen: Param<Tensor<2>>,
    tempo: Head,
}

impl Heads {
    pub(crate) fn init(outer: usize, width: usize, device: &Device) -> Self {
        let rows = |rows| table(rows, width, 0.3, device);
        let positions = MAX_BAR_STEPS + 1;
        let chord = attribute::CLASSES[attribute::CHORD_1];
        let key = attribute::CLASSES[attribute::KEY];
        #[rustfmt::skip]
        let known = [
            PITCHES + 1, PITCHES + 1, DURATIONS + 1, VELOCITIES + 1, VELOCITIES + 1, GAPS, PITCHES + 1, PITCHES + 1,
            PITCHES + 1, DURATIONS + 1, PITCHES + 1, chord, key,
        ];
        Self {
            enter: LinearConfig::new(outer, width).init(device),
            cursor: rows(positions),
            length: rows(positions),
            next_one_bar_ago: rows(positions),
            next_two_bars_ago: rows(positions),
            next_given: rows(positions),
            position: Head::init(width, POSITIONS, device),
            position_chosen: PositionTable::init(width, device),
            part: Head::init(width, PART_KEY, device),
            instrument: rows(INSTRUMENTS),
            role: rows(Role::COUNT),
            slot: rows(PARTS),
            part_key: LinearConfig::new(width, PART_KEY).init(device),
            part_state: table(PART_STATES, PART_KEY, 0.3, device),
            known: known.into_iter().map(rows).collect(),
            harmony: LinearConfig::new(HARMONY, width).init(device),
            pitch: Head::init(width, PITCHES, device),
            interval: LinearConfig::new(width, 2 * PITCHES)
                .with_initializer(Initializer::Normal { mean: 0.0, std: 0.02 })
                .init(device),
            pitch_chosen: rows(PITCHES),
            duration: Head::init(width, DURATIONS, device),
            duration_chosen: rows(DURATIONS),
            velocity: Head::init(width, VELOCITIES, device),
            last_meter: rows(METER_CLASSES + 1),
            last_tempo: rows(TEMPOS + 1),
            meter: Head::init(width, METER_CLASSES, device),
            meter_chosen: rows(METER_CLASSES),
            tempo: Head::init(width, TEMPOS, device),
        }
    }

    /// Losses of every predicted event of a batch; `state` is `[examples * steps, width]`.
    pub(crate) fn losses(&self, state: Tensor<2>, batch: &Batch) -> FieldLosses {
        let none = Tensor::<1>::zeros([1], &state.device());
        let mut losses = FieldLosses {
            position: none.clone(),
            part: none.clone(),
            pitch: none.clone(),
            duration: none.clone(),
            velocity: none.clone(),
            bar: none,
        };
        let Some(positions) = &batch.positions else { return losses };
        let entered = self.enter(state.select(0, positions.steps.clone()), positions.into());
        losses.position = nll(self.position_logits(entered.clone()) + positions.mask.clone(), positions.target.clone());
        if let Some(notes) = &batch.notes {
            let [part, pitch, duration, velocity] = self.note_logits(&entered, notes);
            losses.part = nll(part, notes.part.clone());
            losses.pitch = nll(pitch, notes.pitch.clone());
            losses.duration = nll(duration, notes.duration.clone());
            losses.velocity = nll(velocity, notes.velocity.clone());
        }
        if let Some(bars) = &batch.bar_rows {
            let x = self.with_last_bar(
                entered.select(0, bars.rows.clone()),
                bars.last_meter.clone(),
                bars.last_tempo.clone(),
            );
            let meter = nll(self.meter_logits(x.clone()), bars.meter.clone());
            let x = self.with_meter(x, bars.meter.clone());
            losses.bar = meter + nll(self.tempo_logits(x), bars.tempo.clone());
        }
        losses
    }

    /// Logits of every predicted note of a batch, each field with the ones before it as they are in the notes; `None` when
    /// no note is predicted. `state` is `[examples * steps, width]`.
    pub(crate) fn logits(&self, state: Tensor<2>, batch: &Batch) -> Option<NoteLogits> {
        let (positions, notes) = (batch.positions.as_ref()?, batch.notes.as_ref()?);
        let entered = self.enter(state.select(0, positions.steps.clone()), positions.into());
        let position = self.position_logits(entered.clone()) + positions.mask.clone();
        let [part, pitch, duration, velocity] = self.note_logits(&entered, notes);
        Some(NoteLogits { position: position.select(0, notes.rows.clone()), part, pitch, duration, velocity })
    }

    /// Part, pitch, duration and velocity of notes; `entered` has a row for each event.
    fn note_logits(&self, entered: &Tensor<2>, notes: &NoteRows) -> [Tensor<2>; 4] {
        let x = self.with_position(entered.clone().select(0, notes.rows.clone()), notes.position.clone());
        let part = self.part_logits(x.clone(), &notes.into()) + notes.part_mask.clone();
        let x = self.with_note_known(x, &notes.into());
        let pitch = self.pitch_logits(x.clone(), notes.known[0].clone()) + notes.pitch_mask.clone();
        let x = self.with_pitch(x, notes.pitch.clone());
        let duration = self.duration_logits(x.clone());
        let velocity = self.velocity_logits(self.with_duration(x, notes.duration.clone()));
        [part, pitch, duration, velocity]
    }

    /// From outer states `[rows, outer width]` to the heads' width, with what is known before the position.
    pub fn enter(&self, state: Tensor<2>, known: PositionKnown) -> Tensor<2> {
        self.enter.forward(state)
            + lookup(&self.cursor, known.cursor)
            + lookup(&self.length, known.length)
            + lookup(&self.next_one_bar_ago, known.next_one_bar_ago)
            + lookup(&self.next_two_bars_ago, known.next_two_bars_ago)
            + lookup(&self.next_given, known.next_given)
    }

    /// The weights of the first layer.
    #[cfg(test)]
    pub(crate) fn enter_weight(&self) -> Vec<f32> {
        self.enter.weight.val().into_data().try_into_vec_as().unwrap()
    }

    /// `[rows, POSITIONS]`.
    pub fn position_logits(&self, x: Tensor<2>) -> Tensor<2> {
        self.position.forward(x)
    }

    /// Adds the chosen position.
    pub fn with_position(&self, x: Tensor<2>, position: Tensor<1, Int>) -> Tensor<2> {
        x + self.position_chosen.rows().select(0, position)
    }

    /// `[rows, parts]`: how well the state fits each part's description and its state.
    pub fn part_logits(&self, x: Tensor<2>, known: &PartKnown) -> Tensor<2> {
        let [rows, parts] = known.states.dims();
        let query = self.part.forward(x);
        let keys = self.part_key.forward(self.describe(known.declared.clone()));
        let keys = keys.select(0, known.candidates.clone()).reshape([rows, parts, PART_KEY]);
        let fit = (keys * query.clone().reshape([rows, 1, PART_KEY])).sum_dim(2).reshape([rows, parts]);
        let by_state = query.matmul(self.part_state.val().transpose());
        fit + by_state.gather(1, known.states.clone())
    }

    /// Adds the chosen part, its past and the harmony.
    pub fn with_note_known(&self, x: Tensor<2>, known: &NoteKnown) -> Tensor<2> {
        let described = self.describe(known.declared.clone()).select(0, known.chosen.clone());
        let mut x = x + described + self.harmony.forward(known.harmony.clone());
        for (table, classes) in self.known.iter().zip(&known.known) {
            x = x + lookup(table, classes.clone());
        }
        x
    }

    /// `[rows, PITCHES]`: absolute logits, and logits of the interval from the part's last pitch.
    pub fn pitch_logits(&self, x: Tensor<2>, last: Tensor<1, Int>) -> Tensor<2> {
        let [rows] = last.dims();
        let hidden = self.pitch.hidden(x);
        let pitches = Tensor::<1, Int>::arange(0..PITCHES as i64, &last.device()).reshape([1, PITCHES]);
        // Pitches 0..=127 minus last pitches 0..=128 (128: none) lie in -128..=127.
        let intervals = pitches.expand([rows, PITCHES]) - last.reshape([rows, 1]) + PITCHES as i64;
        self.pitch.out.forward(hidden.clone()) + self.interval.forward(hidden).gather(1, intervals)
    }

    /// Adds the chosen pitch.
    pub fn with_pitch(&self, x: Tensor<2>, pitch: Tensor<1, Int>) -> Tensor<2> {
        x + lookup(&self.pitch_chosen, pitch)
    }

    /// `[rows, DURATIONS]`.
    pub fn duration_logits(&self, x: Tensor<2>) -> Tensor<2> {
        self.duration.forward(x)
    }

    /// Adds the chosen duration.
    pub fn with_duration(&self, x: Tensor<2>, duration: Tensor<1, Int>) -> Tensor<2> {
        x + lookup(&self.duration_chosen, duration)
    }

    /// `[rows, VELOCITIES]`.
    pub fn velocity_logits(&self, x: Tensor<2>) -> Tensor<2> {
        self.velocity.forward(x)
    }

    /// Adds meter and tempo of the bar before.
    pub fn with_last_bar(&self, x: Tensor<2>, meter: Tensor<1, Int>, tempo: Tensor<1, Int>) -> Tensor<2> {
        x + lookup(&self.last_meter, meter) + lookup(&self.last_tempo, tempo)
    }

    /// `[rows, METER_CLASSES]`.
    pub fn meter_logits(&self, x: Tensor<2>) -> Tensor<2> {
        self.meter.forward(x)
    }

    /// Adds the chosen meter.
    pub fn with_meter(&self, x: Tensor<2>, meter: Tensor<1, Int>) -> Tensor<2> {
        x + lookup(&self.meter_chosen, meter)
    }

    /// `[rows, TEMPOS]`.
    pub fn tempo_logits(&self, x: Tensor<2>) -> Tensor<2> {
        self.tempo.forward(x)
    }

    /// `[parts, width]`.
    fn describe(&self, [instrument, role, slot]: [Tensor<1, Int>; 3]) -> Tensor<2> {
        lookup(&self.instrument, instrument) + lookup(&self.role, role) + lookup(&self.slot, slot)
    }
}

impl From<&PositionRows> for PositionKnown {
    fn from(rows: &PositionRows) -> Self {
        Self {
            cursor: rows.cursor.clone(),
            length: rows.length.clone(),
            next_one_bar_ago: rows.next_one_bar_ago.clone(),
            next_two_bars_ago: rows.next_two_bars_ago.clone(),
            next_given: rows.next_given.clone(),
        }
    }
}

impl From<&NoteRows> for PartKnown {
    fn from(rows: &NoteRows) -> Self {
        Self { declared: rows.declared.clone(), candidates: rows.candidates.clone(), states: rows.states.clone() }
    }
}

impl From<&NoteRows> for NoteKnown {
    fn from(rows: &NoteRows) -> Self {
        Self {
            declared: rows.declared.clone(),
            chosen: rows.chosen.clone(),
            known: rows.known.clone(),
            harmony: rows.harmony.clone(),
        }
    }
}

/// Summed negative log-likelihood of `targets` `[rows]` under `logits` `[rows, classes]`.
fn nll(logits: Tensor<2>, targets: Tensor<1, Int>) -> Tensor<1> {
    let [rows] = targets.dims();
    let highest = logits.clone().detach().max_dim(1);
    let logits = logits - highest;
    let total = logits.clone().exp().sum_dim(1).log();
    (total - logits.gather(1, targets.reshape([rows, 1]))).sum()
}
