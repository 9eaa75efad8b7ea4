//! The network at work on one stream: cache, memory, and the rows of logits field by field.

use std::sync::Arc;

use burn::tensor::{Int, Tensor};

use super::sampling::Logits;
use super::{BarRequest, Request};
use crate::attribute::Attributes;
use crate::event::{BarEvents, NoteEvent, PartEvent};
use crate::example::{BarStep, Example, NoteRow, Step};
use crate::memory::Memory;
use crate::model::Model;
use crate::network::batch::{Batch, harmony, known_classes};
use crate::network::{Cache, Heads, Network, NoteKnown, PartKnown, PositionKnown};
use crate::vocabulary::meter_of;

/// A stream of events, conditioned on a style, and on no style as well where guidance needs both.
#[derive(Clone)]
pub(super) struct Stream<'m> {
    model: &'m Model,
    parts: Vec<PartEvent>,
    pub(super) memory: Memory,
    voices: Vec<Voice>,
    /// The declarations, then one entry for each bar: what is read again when the context slides.
    history: Vec<Vec<Entry>>,
    declared: [Tensor<1, Int>; 3],
    candidates: Tensor<1, Int>,
}

/// One style's view of the stream.
#[derive(Clone)]
struct Voice {
    /// The network, changed as far as personal styles are in the mix.
    network: Arc<Network>,
    style: Tensor<2>,
    cache: Cache,
    state: Tensor<2>,
}

#[derive(Clone, Copy)]
struct Entry {
    step: Step,
    bar: Option<(u16, u8, Attributes)>,
}

impl From<Step> for Entry {
    fn from(step: Step) -> Self {
        Self { step, bar: None }
    }
}

/// Logits of a field, one row for each voice, and the heads' state behind them.
pub(super) struct Row {
    x: Vec<Tensor<2>>,
    logits: Vec<Vec<f32>>,
}

impl Row {
    pub(super) fn logits(&self, strength: f32) -> Vec<f32> {
        let logits = Logits { styled: self.logits[0].clone(), plain: self.logits.get(1).cloned() };
        logits.guided(strength)
    }
}

impl<'m> Stream<'m> {
    pub(super) fn new(model: &'m Model, request: &Request) -> Self {
        let device = &model.device;
        let ints = |values: Vec<i64>| Tensor::<1, Int>::from_ints(values.as_slice(), device);
        let parts = &request.parts;
        Self {
            model,
            memory: Memory::new(parts),
            voices: voices(model, request),
            history: Vec::new(),
            declared: [
                ints(parts.iter().map(|part| part.instrument.into()).collect()),
                ints(parts.iter().map(|part| part.role as i64).collect()),
                ints((0..parts.len() as i64).collect()),
            ],
            candidates: ints((0..parts.len() as i64).collect()),
            parts: parts.clone(),
        }
    }

    /// Declarations, past and what is given in the first bar.
    pub(super) fn begin(&mut self, request: &Request) {
        let mut entries: Vec<Entry> = vec![Step::start(request.past.is_empty()).into()];
        entries.extend(self.parts.iter().enumerate().map(|(slot, &part)| Entry::from(Step::part(slot, part))));
        self.history.push(entries);
        for bar in &request.past {
            let entries = self.entries_of_past(bar);
            self.history.push(entries);
        }
        let given = request.bars.first().map_or(&[][..], |bar| &bar.given);
        let distance = usize::from(!request.past.is_empty());
        let ahead = self.ahead(given, distance);
        self.history.last_mut().expect("the declarations are there").extend(ahead);
        self.read_again();
    }

    /// Opens a bar: the bar itself, then what is given in the next one, or after the gap.
    pub(super) fn open_bar(&mut self, request: &Request, index: usize) {
        let bar: &BarRequest = &request.bars[index];
        let mut entries = vec![bar_entry(bar.meter, bar.tempo, bar.attributes)];
        if let Some(next) = request.bars.get(index + 1) {
            entries.extend(self.ahead(&next.given, 1));
        }
        if index == 0 {
            for (distance, notes) in request.after.iter().enumerate() {
                entries.extend(self.ahead(notes, request.bars.len() + distance));
            }
        }
        self.memory.open_bar(meter_of(bar.meter).0, &bar.given, bar.locked);
        self.history.push(Vec::new());
        self.feed(&entries);
    }

    /// Takes in notes of the open bar, in order.
    pub(super) fn push(&mut self, notes: &[NoteEvent]) {
        for &note in notes {
            self.memory.reach(note.position);
            self.memory.push(note);
        }
        let entry = |&note: &NoteEvent| Step::note(note, self.parts[usize::from(note.part)], false).into();
        let entries: Vec<Entry> = notes.iter().map(entry).collect();
        if !entries.is_empty() {
            self.feed(&entries);
        }
    }

    /// Takes in a bar of the past.
    pub(super) fn take_in(&mut self, bar: &BarEvents) {
        let entries = self.entries_of_past(bar);
        self.history.push(Vec::new());
        self.feed(&entries);
    }

    /// Says what is given in the next bar.
    pub(super) fn say_ahead(&mut self, given: &[NoteEvent]) {
        let ahead = self.ahead(given, usize::from(self.history.len() > 1));
        if !ahead.is_empty() {
            self.feed(&ahead);
        }
    }

    /// Reads everything again in the request's style.
    pub(super) fn restyle(&mut self, request: &Request) {
        self.voices = voices(self.model, request);
        self.read_again();
    }

    fn entries_of_past(&mut self, bar: &BarEvents) -> Vec<Entry> {
        bar_of_past(&mut self.memory, bar);
        let notes = bar.notes.iter().map(|&note| Step::note(note, self.parts[usize::from(note.part)], false).into());
        std::iter::once(bar_entry(bar.meter, bar.tempo, Attributes::default())).chain(notes).collect()
    }

    fn ahead(&self, notes: &[NoteEvent], distance: usize) -> Vec<Entry> {
        if notes.is_empty() {
            return Vec::new();
        }
        let notes = notes.iter().map(|&note| Entry::from(Step::note(note, self.parts[usize::from(note.part)], true)));
        std::iter::once(Step::ahead(distance).into()).chain(notes).collect()
    }

    fn feed(&mut self, entries: &[Entry]) {
        self.history.last_mut().expect("the declarations are there").extend_from_slice(entries);
        let context = self.model.header.network.context;
        if self.voices[0].cache.len() + entries.len() > context {
            self.read_again();
        } else {
            self.run(entries);
        }
    }

    /// Reads the declarations and the last bars anew, as many as fill half the context.
    fn read_again(&mut self) {
        let budget = self.model.header.network.context / 2;
        let declarations = self.history[0].len();
        let mut steps = declarations;
        let mut first = self.history.len();
        while first > 1 && (first == self.history.len() || steps + self.history[first - 1].len() <= budget) {
            first -= 1;
            steps += self.history[first].len();
        }
        // What has slid out of sight once is never read again.
        if self.history.drain(1..first).count() > 0 {
            self.history[0][0] = Step::start(false).into();
        }
        let mut entries: Vec<Entry> = self.history.iter().flatten().copied().collect();
        // A single bar that does not fit loses its beginning.
        let context = self.model.header.network.context;
        if entries.len() > context {
            let surplus = entries.len() - context;
            entries.drain(declarations..declarations + surplus);
        }
        for voice in &mut self.voices {
            voice.cache = voice.network.cache();
        }
        self.run(&entries);
    }

    fn run(&mut self, entries: &[Entry]) {
        let bars = entries.iter().enumerate().filter_map(|(step, entry)| {
            entry.bar.map(|(meter, tempo, attributes)| BarStep { step, meter, tempo, attributes })
        });
        let example = Example {
            parts: self.parts.clone(),
            steps: entries.iter().map(|entry| entry.step).collect(),
            bars: bars.collect(),
            ..Example::default()
        };
        let batch = Batch::new(&[example], self.model.header.styles.len(), &self.model.device);
        for voice in &mut self.voices {
            let states = voice.network.extend(&batch, voice.style.clone(), &mut voice.cache);
            voice.state = states.narrow(0, entries.len() - 1, 1);
        }
    }

    fn ints(&self, values: &[i64]) -> Tensor<1, Int> {
        Tensor::from_ints(values, &self.model.device)
    }

    /// The next row of every voice: its heads take in what was chosen, and tell the logits.
    fn row(
        &self,
        x: Vec<Tensor<2>>,
        choose: impl Fn(&Heads, Tensor<2>) -> Tensor<2>,
        logits: impl Fn(&Heads, Tensor<2>) -> Tensor<2>,
    ) -> Row {
        let heads = || self.voices.iter().map(|voice| &voice.network.heads);
        let x: Vec<Tensor<2>> = heads().zip(x).map(|(heads, x)| choose(heads, x)).collect();
        let values = heads().zip(&x).map(|(heads, x)| logits(heads, x.clone()));
        let logits = values.map(|logits| logits.try_into_vec_as().expect("logits are floats")).collect();
        Row { x, logits }
    }

    /// Logits of the position.
    pub(super) fn position_row(&self) -> Row {
        let query = self.memory.position_query();
        let known = PositionKnown {
            cursor: self.ints(&[query.cursor.into()]),
            length: self.ints(&[query.length.into()]),
            next_one_bar_ago: self.ints(&[query.next_one_bar_ago.into()]),
            next_two_bars_ago: self.ints(&[query.next_two_bars_ago.into()]),
            next_given: self.ints(&[query.next_given.into()]),
        };
        let states = self.voices.iter().map(|voice| voice.state.clone()).collect();
        self.row(states, |heads, state| heads.enter(state, known.clone()), Heads::position_logits)
    }

    /// Logits of the part at a chosen position, which memory has reached.
    pub(super) fn part_row(&self, row: Row, position: u8) -> Row {
        let mut states = Vec::new();
        self.memory.part_states(position, &mut states);
        let states: Vec<i64> = states.into_iter().map(i64::from).collect();
        let known = PartKnown {
            declared: self.declared.clone(),
            candidates: self.candidates.clone(),
            states: self.ints(&states).reshape([1, states.len()]),
        };
        let position = self.ints(&[position.into()]);
        let choose = |heads: &Heads, x| heads.with_position(x, position.clone());
        self.row(row.x, choose, |heads, x| heads.part_logits(x, &known))
    }

    /// Logits of the pitch of a chosen part.
    pub(super) fn pitch_row(&self, row: Row, position: u8, part: u8, chord: u8, key: u8) -> Row {
        let query = self.memory.note_query(position, part);
        let target = NoteEvent { position, part, pitch: 0, duration: 0, velocity: 0 };
        let note = NoteRow { row: 0, states: Vec::new(), query, chord, key, target };
        let harmony: Vec<f32> = harmony(&note).collect();
        let known = NoteKnown {
            declared: self.declared.clone(),
            chosen: self.ints(&[part.into()]),
            known: known_classes(&note).iter().map(|&class| self.ints(&[class])).collect(),
            harmony: Tensor::<1>::from_floats(harmony.as_slice(), &self.model.device).unsqueeze(),
        };
        let last = known.known[0].clone();
        let choose = |heads: &Heads, x| heads.with_note_known(x, &known);
        self.row(row.x, choose, |heads, x| heads.pitch_logits(x, last.clone()))
    }

    /// Logits of the duration of a chosen pitch.
    pub(super) fn duration_row(&self, row: Row, pitch: usize) -> Row {
        let pitch = self.ints(&[pitch as i64]);
        self.row(row.x, |heads, x| heads.with_pitch(x, pitch.clone()), Heads::duration_logits)
    }

    /// Logits of the velocity of a chosen duration.
    pub(super) fn velocity_row(&self, row: Row, duration: usize) -> Row {
        let duration = self.ints(&[duration as i64]);
        self.row(row.x, |heads, x| heads.with_duration(x, duration.clone()), Heads::velocity_logits)
    }
}

/// The style that is asked for, and no style where guidance needs it.
fn voices(model: &Model, request: &Request) -> Vec<Voice> {
    let mut plain = vec![0.0; request.style.len()];
    plain[0] = 1.0;
    let voice = |weights: &[f32]| Voice {
        network: Arc::new(model.network_in(weights)),
        style: model.network.style_vector(weights, &model.device),
        cache: model.network.cache(),
        state: Tensor::zeros([1, model.header.network.width], &model.device),
    };
    let mut voices = vec![voice(&request.style)];
    if (request.style_strength - 1.0).abs() > 1e-6 && request.style != plain {
        voices.push(voice(&plain));
    }
    voices
}

/// Lets memory take in a bar that was played.
pub(super) fn bar_of_past(memory: &mut Memory, bar: &BarEvents) {
    memory.open_bar(meter_of(bar.meter).0, &[], 0);
    for &note in &bar.notes {
        memory.reach(note.position);
        memory.push(note);
    }
}

fn bar_entry(meter: u16, tempo: u8, attributes: Attributes) -> Entry {
    Entry { step: Step::bar(), bar: Some((meter, tempo, attributes)) }
}
