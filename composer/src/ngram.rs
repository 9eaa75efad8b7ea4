//! The baseline: an interpolated n-gram model of the same factored events.
//!
//! Each field is predicted from up to [`MAX_ORDER`] features of its past, most telling first, with Witten-Bell smoothing
//! (Witten & Bell 1991) down to a uniform distribution. It sees the past of the part that plays, as the network's heads do,
//! but not the network's grammar masks: what little it spends on illegal classes counts against it.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use rayon::prelude::*;

use crate::example::Example;
use crate::vocabulary::{DURATIONS, METER_CLASSES, PARTS, PITCHES, POSITIONS, TEMPOS, VELOCITIES};

/// Features that a field can be conditioned on.
pub const MAX_ORDER: usize = 5;

/// Position, part, pitch, duration, velocity, meter, tempo.
const FIELDS: usize = 7;
const CLASSES: [usize; FIELDS] = [POSITIONS, PARTS, PITCHES, DURATIONS, VELOCITIES, METER_CLASSES, TEMPOS];

/// Counts of all fields.
#[derive(Debug, Default)]
pub struct NGram {
    tables: [Table; FIELDS],
}

#[derive(Debug, Default)]
struct Table {
    /// Key of a context: how often it was seen, and how many different classes followed it.
    contexts: HashMap<u64, (u32, u32), Identity>,
    /// Key of a context and a class: how often.
    classes: HashMap<u64, u32, Identity>,
}

/// Keys are mixed already.
#[derive(Debug, Clone, Copy, Default)]
struct Same(u64);

type Identity = BuildHasherDefault<Same>;

impl Hasher for Same {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |key, &byte| mix(key, byte.into()));
    }
    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

/// SplitMix64's finisher over key and value (Steele, Lea & Flood 2014).
fn mix(key: u64, value: u64) -> u64 {
    let mut z = key.rotate_left(23) ^ value.wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// One prediction: a field, its features, its class.
struct Prediction {
    field: usize,
    features: [u64; MAX_ORDER],
    class: u64,
}

impl NGram {
    /// Counts examples, all cores at work.
    pub fn observe(&mut self, examples: &[Example]) {
        let predictions: Vec<Vec<Prediction>> = examples.par_iter().map(predictions).collect();
        self.tables.par_iter_mut().enumerate().for_each(|(field, table)| {
            predictions.iter().flatten().filter(|prediction| prediction.field == field).for_each(|p| table.observe(p));
        });
    }

    /// Nats of an example under contexts of up to `order` features, by field: position, part, pitch, duration, velocity,
    /// and meter with tempo.
    pub fn nats(&self, example: &Example, order: usize) -> [f64; 6] {
        let mut nats = [0.0; 6];
        for prediction in predictions(example) {
            let probability = self.tables[prediction.field].probability(&prediction, order);
            nats[prediction.field.min(5)] -= probability.ln();
        }
        nats
    }
}

impl Table {
    fn observe(&mut self, prediction: &Prediction) {
        let mut context = 0;
        for order in 0..=MAX_ORDER {
            let count = self.classes.entry(mix(context, prediction.class)).or_default();
            *count += 1;
            let new = u32::from(*count == 1);
            let (seen, different) = self.contexts.entry(context).or_default();
            *seen += 1;
            *different += new;
            if let Some(&feature) = prediction.features.get(order) {
                context = mix(mix(context, 1 + order as u64), feature);
            }
        }
    }

    fn probability(&self, prediction: &Prediction, order: usize) -> f64 {
        let mut probability = 1.0 / CLASSES[prediction.field] as f64;
        let mut context = 0;
        for depth in 0..=order.min(MAX_ORDER) {
            let Some(&(seen, different)) = self.contexts.get(&context) else { break };
            let count = self.classes.get(&mix(context, prediction.class)).copied().unwrap_or(0);
            let different = f64::from(different);
            probability = (f64::from(count) + different * probability) / (f64::from(seen) + different);
            if let Some(&feature) = prediction.features.get(depth) {
                context = mix(mix(context, 1 + depth as u64), feature);
            }
        }
        probability
    }
}

/// What a part played last, latest first.
#[derive(Debug, Clone, Copy, Default)]
struct PartPast {
    pitches: [u64; MAX_ORDER],
    durations: [u64; 2],
    velocity: u64,
}

fn predictions(example: &Example) -> Vec<Prediction> {
    let mut out = Vec::with_capacity(5 * example.positions.len());
    let mut parts = vec![PartPast::default(); example.parts.len()];
    let (mut positions, mut slots) = ([0u64; 3], [0u64; 3]);
    let mut velocity = 0;
    let mut notes = example.notes.iter().peekable();
    let mut bars = example.bar_rows.iter().peekable();
    for (index, row) in example.positions.iter().enumerate() {
        let mut predict = |field, features, class: u64| out.push(Prediction { field, features, class });
        let query = &row.query;
        let (cursor, length) = (u64::from(query.cursor), u64::from(query.length));
        if length > 0 {
            let features = [cursor, length, u64::from(query.next_one_bar_ago), positions[1], slots[0]];
            predict(0, features, row.target.into());
        }
        if let Some(bar) = bars.next_if(|bar| bar.row == index) {
            let (meter, tempo) = (u64::from(bar.last_meter), u64::from(bar.last_tempo));
            predict(5, [meter, tempo, 0, 0, 0], bar.meter.into());
            predict(6, [tempo, bar.meter.into(), 0, 0, 0], bar.tempo.into());
            positions = [0; 3];
        }
        let Some(note) = notes.next_if(|note| note.row == index) else { continue };
        let target = note.target;
        let slot = usize::from(target.part);
        let past = parts[slot];
        let position = u64::from(target.position);
        let instrument = u64::from(example.parts[slot].instrument);
        let fresh = u64::from(target.position != query.cursor);
        let count = example.parts.len() as u64;
        predict(1, [slots[0] * 2 + fresh, count, slots[1], position % 24, slots[2]], target.part.into());
        let [first, second, third, fourth, _] = past.pitches;
        let together = u64::from(note.query.gap == 0);
        predict(2, [first * 2 + together, second, instrument, third, fourth], target.pitch.into());
        let interval = u64::from(target.pitch) + 128 - first;
        predict(
            3,
            [past.durations[0] * 2 + together, position % 24, past.durations[1], instrument, interval],
            target.duration.into(),
        );
        predict(
            4,
            [past.velocity, velocity, together, position % 24, u64::from(target.duration)],
            target.velocity.into(),
        );

        parts[slot].pitches.rotate_right(1);
        parts[slot].pitches[0] = u64::from(target.pitch) + 1;
        parts[slot].durations = [u64::from(target.duration) + 1, past.durations[0]];
        parts[slot].velocity = u64::from(target.velocity) + 1;
        velocity = u64::from(target.velocity) + 1;
        positions = [position, positions[0], positions[1]];
        slots = [u64::from(target.part) + 1, slots[0], slots[1]];
    }
    out
}
