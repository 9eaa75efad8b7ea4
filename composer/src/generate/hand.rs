//! Who writes: the model, or dice.

use super::dice::Dice;
use super::stream::{Row, Stream};
use super::{BarRequest, Request};
use crate::event::{BarEvents, NoteEvent};
use crate::memory::Memory;
use crate::model::{Model, ModelHeader};
use crate::vocabulary::{DURATIONS, PITCHES, POSITIONS, VELOCITIES};

/// What chooses the notes among those that are allowed.
#[derive(Clone, Copy)]
pub enum Player<'m> {
    /// The model.
    Model(&'m Model),
    /// Random numbers, under the styles of a model: for testing what must be kept whoever plays.
    Dice(&'m ModelHeader),
}

impl<'m> From<&'m Model> for Player<'m> {
    fn from(model: &'m Model) -> Self {
        Self::Model(model)
    }
}

impl<'m> Player<'m> {
    /// What it says about itself.
    pub fn header(self) -> &'m ModelHeader {
        match self {
            Self::Model(model) => &model.header,
            Self::Dice(header) => header,
        }
    }
}

/// A [`Player`] that has begun to write.
#[derive(Clone)]
pub(super) enum Hand<'m> {
    Model(Box<Stream<'m>>),
    Dice(Box<Dice>),
}

/// Logits of a field, and what the next field needs to know of them.
pub(super) enum Field {
    Model(Row),
    Dice(Vec<f32>),
}

impl Field {
    pub(super) fn logits(&self, strength: f32) -> Vec<f32> {
        match self {
            Self::Model(row) => row.logits(strength),
            Self::Dice(logits) => logits.clone(),
        }
    }
}

impl<'m> Hand<'m> {
    /// Reads the past.
    pub(super) fn new(player: Player<'m>, request: &Request) -> Self {
        match player {
            Player::Model(model) => {
                let mut stream = Stream::new(model, request);
                stream.begin(request);
                Self::Model(Box::new(stream))
            }
            Player::Dice(_) => Self::Dice(Box::new(Dice::new(request))),
        }
    }

    pub(super) fn memory(&self) -> &Memory {
        match self {
            Self::Model(stream) => &stream.memory,
            Self::Dice(dice) => &dice.memory,
        }
    }

    pub(super) fn reach(&mut self, position: u8) {
        match self {
            Self::Model(stream) => stream.memory.reach(position),
            Self::Dice(dice) => dice.memory.reach(position),
        }
    }

    pub(super) fn open_bar(&mut self, request: &Request, index: usize) {
        match self {
            Self::Model(stream) => stream.open_bar(request, index),
            Self::Dice(dice) => dice.open_bar(request, index),
        }
    }

    pub(super) fn push(&mut self, notes: &[NoteEvent]) {
        match self {
            Self::Model(stream) => stream.push(notes),
            Self::Dice(dice) => dice.push(notes),
        }
    }

    pub(super) fn take_in(&mut self, bar: &BarEvents) {
        match self {
            Self::Model(stream) => stream.take_in(bar),
            Self::Dice(dice) => dice.take_in(bar),
        }
    }

    pub(super) fn say_ahead(&mut self, bar: &BarRequest) {
        if let Self::Model(stream) = self {
            stream.say_ahead(&bar.given);
        }
    }

    pub(super) fn restyle(&mut self, request: &Request) {
        if let Self::Model(stream) = self {
            stream.restyle(request);
        }
    }

    pub(super) fn position(&mut self) -> Field {
        match self {
            Self::Model(stream) => Field::Model(stream.position_row()),
            Self::Dice(dice) => Field::Dice(dice.logits(POSITIONS)),
        }
    }

    pub(super) fn part(&mut self, field: Field, position: u8, parts: usize) -> Field {
        match (self, field) {
            (Self::Model(stream), Field::Model(row)) => Field::Model(stream.part_row(row, position)),
            (hand, _) => hand.throw(parts),
        }
    }

    pub(super) fn pitch(&mut self, field: Field, position: u8, part: u8, chord: u8, key: u8) -> Field {
        match (self, field) {
            (Self::Model(stream), Field::Model(row)) => Field::Model(stream.pitch_row(row, position, part, chord, key)),
            (hand, _) => hand.throw(PITCHES),
        }
    }

    pub(super) fn duration(&mut self, field: Field, pitch: usize) -> Field {
        match (self, field) {
            (Self::Model(stream), Field::Model(row)) => Field::Model(stream.duration_row(row, pitch)),
            (hand, _) => hand.throw(DURATIONS),
        }
    }

    pub(super) fn velocity(&mut self, field: Field, duration: usize) -> Field {
        match (self, field) {
            (Self::Model(stream), Field::Model(row)) => Field::Model(stream.velocity_row(row, duration)),
            (hand, _) => hand.throw(VELOCITIES),
        }
    }

    fn throw(&mut self, classes: usize) -> Field {
        match self {
            Self::Dice(dice) => Field::Dice(dice.logits(classes)),
            Self::Model(_) => unreachable!("a model's fields follow from its own rows"),
        }
    }
}
