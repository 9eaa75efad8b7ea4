//! Examples as tensors.

use burn::tensor::{Device, Int, Tensor};

use crate::attribute;
use crate::example::{BarRow, BarStep, Example, NoteRow, PositionRow, Step, legal_positions};
use crate::memory::FORBIDDEN;
use crate::vocabulary::{END, NEXT_BAR, PITCHES, POSITIONS};

/// Added to the logit of an illegal class.
///
/// Low enough that its probability is lost in rounding, high enough that its exponential is still a normal number
/// (below -87 `expf` is several times slower).
pub(crate) const ILLEGAL: f32 = -60.0;

/// Numbers that tell the harmony around a note: three for each pitch class.
pub(crate) const HARMONY: usize = 36;

/// A batch of examples, padded to the longest.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Examples and steps.
    pub shape: [usize; 2],
    /// Mark, position, part, instrument, pitch, duration, velocity: `[examples * steps]` each.
    pub(crate) steps: [Tensor<1, Int>; 7],
    /// The bars among the steps, if any.
    pub(crate) bars: Option<BarSteps>,
    /// `[examples, styles + 1]`, rows summing to one.
    pub(crate) style: Tensor<2>,
    /// All predicted events, none when nothing is predicted.
    pub(crate) positions: Option<PositionRows>,
    /// Those that are notes.
    pub(crate) notes: Option<NoteRows>,
    /// Those that are bars.
    pub(crate) bar_rows: Option<BarRows>,
    /// How many notes are predicted.
    pub note_count: usize,
}

/// Bar fields; `rows` are indices into the flattened steps.
#[derive(Debug, Clone)]
pub(crate) struct BarSteps {
    pub(crate) rows: Tensor<1, Int>,
    pub(crate) meter: Tensor<1, Int>,
    pub(crate) tempo: Tensor<1, Int>,
    pub(crate) attributes: Vec<Tensor<1, Int>>,
}

/// `[rows]` each, but for the mask.
#[derive(Debug, Clone)]
pub(crate) struct PositionRows {
    /// Indices into the flattened steps.
    pub(crate) steps: Tensor<1, Int>,
    pub(crate) cursor: Tensor<1, Int>,
    pub(crate) length: Tensor<1, Int>,
    pub(crate) next_one_bar_ago: Tensor<1, Int>,
    pub(crate) next_two_bars_ago: Tensor<1, Int>,
    pub(crate) next_given: Tensor<1, Int>,
    /// `[rows, POSITIONS]`, zero or [`ILLEGAL`].
    pub(crate) mask: Tensor<2>,
    pub(crate) target: Tensor<1, Int>,
}

/// `[notes]` each where not said otherwise.
#[derive(Debug, Clone)]
pub(crate) struct NoteRows {
    /// Indices into the position rows.
    pub(crate) rows: Tensor<1, Int>,
    pub(crate) position: Tensor<1, Int>,
    /// Instrument, role and number of every part of the batch: `[all parts]`.
    pub(crate) declared: [Tensor<1, Int>; 3],
    /// `[notes * parts]`: indices into `declared`.
    pub(crate) candidates: Tensor<1, Int>,
    /// `[notes, parts]`.
    pub(crate) states: Tensor<2, Int>,
    /// `[notes, parts]`.
    pub(crate) part_mask: Tensor<2>,
    pub(crate) part: Tensor<1, Int>,
    /// The chosen part among `declared`.
    pub(crate) chosen: Tensor<1, Int>,
    /// The classes of [`known_classes`] in their order.
    pub(crate) known: Vec<Tensor<1, Int>>,
    /// `[notes, HARMONY]`: sounding pitch classes, then recent ones, then those that come.
    pub(crate) harmony: Tensor<2>,
    /// `[notes, PITCHES]`.
    pub(crate) pitch_mask: Tensor<2>,
    pub(crate) pitch: Tensor<1, Int>,
    pub(crate) duration: Tensor<1, Int>,
    pub(crate) velocity: Tensor<1, Int>,
}

/// `[bars]` each.
#[derive(Debug, Clone)]
pub(crate) struct BarRows {
    /// Indices into the position rows.
    pub(crate) rows: Tensor<1, Int>,
    pub(crate) last_meter: Tensor<1, Int>,
    pub(crate) last_tempo: Tensor<1, Int>,
    pub(crate) meter: Tensor<1, Int>,
    pub(crate) tempo: Tensor<1, Int>,
}

/// What is known of a note beside harmony, as class numbers in the order of the heads' tables.
pub(crate) fn known_classes(row: &NoteRow) -> [i64; 13] {
    let query = &row.query;
    [
        query.last.into(),
        query.second_last.into(),
        query.last_duration.into(),
        query.last_velocity.into(),
        query.any_velocity.into(),
        query.gap.into(),
        query.bass.into(),
        query.top.into(),
        query.one_bar_ago.into(),
        query.one_bar_ago_duration.into(),
        query.two_bars_ago.into(),
        row.chord.into(),
        row.key.into(),
    ]
}

/// The harmony features of a note.
pub(crate) fn harmony(row: &NoteRow) -> impl Iterator<Item = f32> + '_ {
    let sounding = (0..12).map(|class| f32::from(row.query.sounding >> class & 1));
    sounding.chain(row.query.recent).chain(row.query.coming)
}

/// Fills a row of the position mask.
pub(crate) fn position_mask(row: &PositionRow, mask: &mut [f32]) {
    mask.fill(ILLEGAL);
    mask[legal_positions(&row.query)].fill(0.0);
    mask[NEXT_BAR] = 0.0;
    if row.query.length > 0 {
        mask[END] = 0.0;
    }
}

impl Batch {
    /// Puts `examples` side by side on `device`; `styles` is the number of styles that the network knows.
    pub fn new(examples: &[Example], styles: usize, device: &Device) -> Self {
        let steps = examples.iter().map(|example| example.steps.len()).max().unwrap_or(0);
        let ints = |values: Vec<i64>| Tensor::<1, Int>::from_ints(values.as_slice(), device);
        let field = |f: fn(&Step) -> u16| {
            let padding = Step::start(false);
            let values = examples.iter().flat_map(|example| {
                let padded = std::iter::repeat_n(&padding, steps - example.steps.len());
                example.steps.iter().chain(padded).map(|step| i64::from(f(step))).collect::<Vec<_>>()
            });
            ints(values.collect())
        };
        let mut style = vec![0.0; examples.len() * (styles + 1)];
        for (index, example) in examples.iter().enumerate() {
            style[index * (styles + 1) + example.style] = 1.0;
        }
        let style = Tensor::<1>::from_floats(style.as_slice(), device).reshape([examples.len(), styles + 1]);
        Self {
            shape: [examples.len(), steps],
            steps: [
                field(|step| step.mark),
                field(|step| step.position),
                field(|step| step.part),
                field(|step| step.instrument),
                field(|step| step.pitch),
                field(|step| step.duration),
                field(|step| step.velocity),
            ],
            bars: BarSteps::new(examples, steps, device),
            style,
            positions: PositionRows::new(examples, steps, device),
            notes: NoteRows::new(examples, device),
            bar_rows: BarRows::new(examples, device),
            note_count: examples.iter().map(|example| example.notes.len()).sum(),
        }
    }
}

impl BarSteps {
    fn new(examples: &[Example], steps: usize, device: &Device) -> Option<Self> {
        let all: Vec<(usize, &BarStep)> = examples
            .iter()
            .enumerate()
            .flat_map(|(index, example)| example.bars.iter().map(move |bar| (index, bar)))
            .collect();
        if all.is_empty() {
            return None;
        }
        let column = |f: &dyn Fn(&(usize, &BarStep)) -> i64| {
            let values: Vec<i64> = all.iter().map(f).collect();
            Tensor::<1, Int>::from_ints(values.as_slice(), device)
        };
        Some(Self {
            rows: column(&|(example, bar)| (example * steps + bar.step) as i64),
            meter: column(&|(_, bar)| bar.meter.into()),
            tempo: column(&|(_, bar)| bar.tempo.into()),
            attributes: (0..attribute::COUNT).map(|index| column(&|(_, bar)| bar.attributes[index].into())).collect(),
        })
    }
}

impl PositionRows {
    fn new(examples: &[Example], steps: usize, device: &Device) -> Option<Self> {
        let all: Vec<(usize, &PositionRow)> = examples
            .iter()
            .enumerate()
            .flat_map(|(index, example)| example.positions.iter().map(move |row| (index, row)))
            .collect();
        if all.is_empty() {
            return None;
        }
        let mut mask = vec![0.0; all.len() * POSITIONS];
        for ((_, row), mask) in all.iter().zip(mask.chunks_exact_mut(POSITIONS)) {
            position_mask(row, mask);
        }
        let column = |f: &dyn Fn(&(usize, &PositionRow)) -> i64| {
            let values: Vec<i64> = all.iter().map(f).collect();
            Tensor::<1, Int>::from_ints(values.as_slice(), device)
        };
        Some(Self {
            steps: column(&|(example, row)| (example * steps + row.step) as i64),
            cursor: column(&|(_, row)| row.query.cursor.into()),
            length: column(&|(_, row)| row.query.length.into()),
            next_one_bar_ago: column(&|(_, row)| row.query.next_one_bar_ago.into()),
            next_two_bars_ago: column(&|(_, row)| row.query.next_two_bars_ago.into()),
            next_given: column(&|(_, row)| row.query.next_given.into()),
            mask: Tensor::<1>::from_floats(mask.as_slice(), device).reshape([all.len(), POSITIONS]),
            target: column(&|(_, row)| row.target.into()),
        })
    }
}

impl NoteRows {
    fn new(examples: &[Example], device: &Device) -> Option<Self> {
        let count: usize = examples.iter().map(|example| example.notes.len()).sum();
        if count == 0 {
            return None;
        }
        let parts = examples.iter().map(|example| example.parts.len()).max().unwrap_or(1);
        let ints = |values: Vec<i64>| Tensor::<1, Int>::from_ints(values.as_slice(), device);
        let floats = |values: Vec<f32>, width: usize| {
            Tensor::<1>::from_floats(values.as_slice(), device).reshape([values.len() / width, width])
        };
        let mut declared: [Vec<i64>; 3] = Default::default();
        let (mut rows, mut chosen, mut candidates, mut states) = (vec![], vec![], vec![], vec![]);
        let (mut part_mask, mut pitch_mask, mut harmonies) = (vec![], vec![], vec![]);
        let mut known: Vec<Vec<i64>> = (0..13).map(|_| Vec::with_capacity(count)).collect();
        let mut all: Vec<&NoteRow> = Vec::with_capacity(count);
        let mut first_row = 0;
        for example in examples {
            let first_part = declared[0].len();
            for (slot, part) in example.parts.iter().enumerate() {
                declared[0].push(part.instrument.into());
                declared[1].push(part.role as i64);
                declared[2].push(slot as i64);
            }
            for row in &example.notes {
                rows.push((first_row + row.row) as i64);
                chosen.push((first_part + usize::from(row.target.part)) as i64);
                for slot in 0..parts {
                    let state = row.states.get(slot).copied().unwrap_or(FORBIDDEN);
                    candidates.push((first_part + slot.min(example.parts.len() - 1)) as i64);
                    states.push(i64::from(state));
                    part_mask.push(if state == FORBIDDEN { ILLEGAL } else { 0.0 });
                }
                for (column, class) in known.iter_mut().zip(known_classes(row)) {
                    column.push(class);
                }
                harmonies.extend(harmony(row));
                pitch_mask
                    .extend((0..PITCHES).map(|pitch| if pitch < usize::from(row.query.floor) { ILLEGAL } else { 0.0 }));
                all.push(row);
            }
            first_row += example.positions.len();
        }
        let column = |f: fn(&NoteRow) -> u8| ints(all.iter().map(|row| i64::from(f(row))).collect());
        Some(Self {
            rows: ints(rows),
            position: column(|row| row.target.position),
            declared: declared.map(&ints),
            candidates: ints(candidates),
            states: ints(states).reshape([count, parts]),
            part_mask: floats(part_mask, parts),
            part: column(|row| row.target.part),
            chosen: ints(chosen),
            known: known.into_iter().map(&ints).collect(),
            harmony: floats(harmonies, HARMONY),
            pitch_mask: floats(pitch_mask, PITCHES),
            pitch: column(|row| row.target.pitch),
            duration: column(|row| row.target.duration),
            velocity: column(|row| row.target.velocity),
        })
    }
}

impl BarRows {
    fn new(examples: &[Example], device: &Device) -> Option<Self> {
        let mut all: Vec<(usize, &BarRow)> = Vec::new();
        let mut first_row = 0;
        for example in examples {
            all.extend(example.bar_rows.iter().map(|row| (first_row, row)));
            first_row += example.positions.len();
        }
        if all.is_empty() {
            return None;
        }
        let column = |f: &dyn Fn(&(usize, &BarRow)) -> i64| {
            let values: Vec<i64> = all.iter().map(f).collect();
            Tensor::<1, Int>::from_ints(values.as_slice(), device)
        };
        Some(Self {
            rows: column(&|(first, row)| (first + row.row) as i64),
            last_meter: column(&|(_, row)| row.last_meter.into()),
            last_tempo: column(&|(_, row)| row.last_tempo.into()),
            meter: column(&|(_, row)| row.meter.into()),
            tempo: column(&|(_, row)| row.tempo.into()),
        })
    }
}
