//! What the model thinks of notes that are there: how likely each was, what else could have stood in its place, and
//! which instruction made it likely.
//!
//! The notes are read as in training, each field predicted from what comes before it (teacher forcing). An instruction's
//! pull on a note is measured by taking that instruction away and reading again. The probabilities are those of the model
//! alone: limits, temperature and the lean towards chords, which composing adds, are not in them.

mod reading;

use std::ops::RangeInclusive;

use rayon::prelude::*;
use ripieno_score::GridScore;
use serde::{Deserialize, Serialize};

use crate::attribute::{self, Attributes};
use crate::encode::split_long_bars;
use crate::event::NoteEvent;
use crate::example::{Example, Source};
use crate::model::Model;
use crate::task::{self, Plan};
use crate::train::{Piece, unsaid};
use crate::vocabulary::PARTS;

/// Something that the model was told, and what a note owes to it can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Instruction {
    /// The style.
    Style,
    /// The chords of the two halves of the bar.
    Chord,
    /// The key.
    Key,
    /// How many bars follow.
    Form,
    /// The parts that are given.
    Given,
}

impl Instruction {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Style, Self::Chord, Self::Key, Self::Form, Self::Given];

    /// The attributes of a bar that tell it.
    const fn attributes(self) -> &'static [usize] {
        match self {
            Self::Style | Self::Given => &[],
            Self::Chord => &[attribute::CHORD_1, attribute::CHORD_2],
            Self::Key => &[attribute::KEY],
            Self::Form => &[attribute::REMAINING],
        }
    }
}

/// What is asked about a piece.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Question {
    /// Index of the style in the model's table, 1 for the first; `None` lets the model say which fits best.
    pub style: Option<usize>,
    /// Parts of the score that were given, a bit each: nothing is said of their notes, and the others hear them ahead.
    pub given: u64,
    /// Bars of the score, from 1; `None` for all.
    pub bars: Option<RangeInclusive<usize>>,
    /// Reading stops at the end of the bar in which so many notes have been read; `None` reads on to the end.
    pub most_notes: Option<usize>,
}

/// One field of a note.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Choice {
    /// Probability of what stands there.
    pub probability: f32,
    /// How undecided the model was: the number of equally likely possibilities that are as hard to choose from, at
    /// least 1 (the exponential of the entropy).
    pub choices: f32,
    /// The likeliest other classes with their probabilities, likeliest first.
    pub others: Vec<(u16, f32)>,
}

/// A note, and what the model thought of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Considered {
    /// Bar of the score, from 1.
    pub bar: usize,
    /// Step of the grid at which it starts.
    pub onset: u32,
    /// Index of the part in the score.
    pub part: usize,
    /// MIDI key.
    pub pitch: u8,
    /// When it starts; the classes are [positions](crate::vocabulary::POSITIONS) in the bar.
    pub position: Choice,
    /// Who plays it.
    pub player: Choice,
    /// Which pitch, once place and part were chosen.
    pub pitches: Choice,
    /// How long; the classes are [durations](crate::vocabulary::DURATION_STEPS).
    pub duration: Choice,
    /// For each instruction that was told, how many times likelier it made this pitch here.
    pub pulls: Vec<(Instruction, f32)>,
    /// The same for the note as a whole: place, part, pitch and duration.
    pub note_pulls: Vec<(Instruction, f32)>,
}

impl Considered {
    /// Probability of place, part, pitch and duration together.
    pub fn probability(&self) -> f32 {
        self.position.probability * self.player.probability * self.pitches.probability * self.duration.probability
    }
}

/// What the model thinks of a piece.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Opinion {
    /// The style that it was told, as an index in its table.
    pub style: usize,
    /// What it was told.
    pub told: Vec<Instruction>,
    /// All notes that were asked about and not given, in order.
    pub notes: Vec<Considered>,
}

/// Why nothing can be said of a piece.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConsiderError {
    /// Nothing to speak of.
    #[error("there are no notes to speak of")]
    NoNotes,
    /// More parts than the model knows.
    #[error("the piece has {0} parts, and the model knows no more than {PARTS}")]
    TooManyParts(usize),
}

/// Asks the model about every note of a piece. Takes about one reading of the piece for each instruction.
///
/// # Errors
/// When there are no notes, or too many parts.
pub fn consider(model: &Model, grid: &GridScore, question: &Question) -> Result<Opinion, ConsiderError> {
    if grid.parts.len() > PARTS {
        return Err(ConsiderError::TooManyParts(grid.parts.len()));
    }
    let piece = Piece::new(grid, 0).ok_or(ConsiderError::NoNotes)?;
    let bars = bars_of_score(grid, &piece);
    let stretches = stretches(&piece, &bars, model.header.network.context, question);
    let style = question.style.unwrap_or_else(|| likeliest_style(model, &piece, &stretches));
    let mut told = vec![Instruction::Chord, Instruction::Key, Instruction::Form];
    if style > 0 {
        told.insert(0, Instruction::Style);
    }
    if question.given != 0 {
        told.push(Instruction::Given);
    }
    let read = |stretch: &Stretch| {
        let all = reading::read(model, &stretch.example(model, &piece, style, &told, question.given));
        let without: Vec<Vec<reading::Fields>> = told
            .iter()
            .map(|&gone| {
                let left: Vec<Instruction> = told.iter().copied().filter(|&kept| kept != gone).collect();
                let style = if gone == Instruction::Style { 0 } else { style };
                reading::read(model, &stretch.example(model, &piece, style, &left, question.given))
            })
            .collect();
        stretch.tell(grid, &piece, &bars, &told, &all, &without)
    };
    let notes: Vec<Considered> = stretches.par_iter().flat_map_iter(read).collect();
    if notes.is_empty() {
        return Err(ConsiderError::NoNotes);
    }
    Ok(Opinion { style, told, notes })
}

/// For every bar of the events the bar of the score that it is or is a piece of, from 1, and the step at which it starts.
fn bars_of_score(grid: &GridScore, piece: &Piece) -> Vec<(usize, u32)> {
    let split = split_long_bars(grid);
    let bars = split.bars.iter().map(|bar| (grid.bar_of(bar.start) + 1, bar.start));
    bars.take(piece.events.bars.len()).collect()
}

/// Bars that are read at once, of which only the last ones are told of: those before are what the model has heard.
struct Stretch {
    first: usize,
    told_from: usize,
    end: usize,
}

/// Cuts the bars that are asked about into stretches. Half of the context is what was heard before, as when composing.
fn stretches(piece: &Piece, bars: &[(usize, u32)], context: usize, question: &Question) -> Vec<Stretch> {
    let events = &piece.events.bars;
    let is_asked = |bar: usize| question.bars.as_ref().is_none_or(|asked| asked.contains(&bars[bar].0));
    // Given notes are read twice at most: ahead of their bar, and not in it.
    let steps = |bar: usize| 2 + events[bar].notes.len();
    let head = 2 + piece.events.parts.len();
    let mut stretches = Vec::new();
    let (mut bar, mut left) = (0, question.most_notes.unwrap_or(usize::MAX));
    while bar < events.len() && left > 0 {
        if !is_asked(bar) {
            bar += 1;
            continue;
        }
        let (mut first, mut heard) = (bar, head);
        while first > 0 && heard + steps(first - 1) <= context / 2 {
            first -= 1;
            heard += steps(first);
        }
        let (told_from, mut end) = (bar, bar + 1);
        heard += steps(bar);
        left = left.saturating_sub(events[bar].notes.len());
        while end < events.len() && is_asked(end) && heard + steps(end) <= context && left > 0 {
            heard += steps(end);
            left = left.saturating_sub(events[end].notes.len());
            end += 1;
        }
        stretches.push(Stretch { first, told_from, end });
        bar = end;
    }
    stretches
}

/// Stretches in which the style is looked for; more would say little more.
const STYLE_STRETCHES: usize = 2;

/// The style under which the notes are likeliest, chords and all else unsaid.
fn likeliest_style(model: &Model, piece: &Piece, stretches: &[Stretch]) -> usize {
    let cost = |style: usize| -> f64 {
        let read = |stretch: &Stretch| reading::read(model, &stretch.example(model, piece, style, &[], 0));
        let fields = stretches.iter().take(STYLE_STRETCHES).flat_map(read);
        fields.map(|fields| -f64::from(fields.probability().max(f32::MIN_POSITIVE).ln())).sum()
    };
    let costs: Vec<f64> = (0..=model.header.styles.len()).into_par_iter().map(cost).collect();
    (0..costs.len()).min_by(|&a, &b| costs[a].total_cmp(&costs[b])).unwrap_or(0)
}

impl Stretch {
    fn example(&self, model: &Model, piece: &Piece, style: usize, told: &[Instruction], given: u64) -> Example {
        let mut plan: Plan = task::plain(&piece.events, self.first, self.end);
        if given != 0 {
            let bars = plan.bars.len();
            task::lock_parts(&mut plan, given, bars);
            if !told.contains(&Instruction::Given) {
                plan.bars.iter_mut().for_each(|bar| bar.given.clear());
            }
        }
        let kinds: Vec<usize> = told.iter().flat_map(|told| told.attributes()).copied().collect();
        let mut said: Vec<Attributes> = unsaid(piece.events.bars.len());
        for (said, described) in said.iter_mut().zip(&piece.attributes) {
            kinds.iter().for_each(|&kind| said[kind] = described[kind]);
        }
        let source = Source {
            events: &piece.events,
            attributes: &said,
            plan: &plan,
            style,
            context: model.header.network.context,
        };
        Example::build(source)
    }

    /// What is told of the notes behind those that were only heard; `all` and `without` have the same notes in the same
    /// order, as far as each of them fitted into the context.
    fn tell(
        &self,
        grid: &GridScore,
        piece: &Piece,
        bars: &[(usize, u32)],
        told: &[Instruction],
        all: &[reading::Fields],
        without: &[Vec<reading::Fields>],
    ) -> Vec<Considered> {
        let tell = |(index, fields): (usize, &reading::Fields)| {
            let bar = self.first + fields.bar;
            if bar < self.told_from {
                return None;
            }
            let (number, start) = bars[bar];
            let NoteEvent { position, part, pitch, .. } = fields.note;
            let ratio = |of: &dyn Fn(&reading::Fields) -> f32| {
                let pull = |(&instruction, other): (&Instruction, &Vec<reading::Fields>)| {
                    let other = other.get(index)?;
                    Some((instruction, of(fields) / of(other).max(f32::MIN_POSITIVE)))
                };
                told.iter().zip(without).filter_map(pull).collect()
            };
            Some(Considered {
                bar: number,
                onset: start + u32::from(position),
                part: usize::from(part),
                pitch,
                pulls: ratio(&|fields| fields.pitch.probability),
                note_pulls: ratio(&|fields| fields.probability()),
                position: fields.position.clone(),
                player: fields.part.clone(),
                pitches: fields.pitch.clone(),
                duration: fields.duration.clone(),
            })
        };
        debug_assert!(piece.events.parts.len() == grid.parts.len(), "with at most 48 parts none is left out");
        all.iter().enumerate().filter_map(tell).collect()
    }
}

#[cfg(test)]
mod tests;
