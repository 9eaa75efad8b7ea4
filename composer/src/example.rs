//! A stretch of a piece as rows of class numbers: what goes into the network, and what should come out.
//!
//! The stream of one example, one step each:
//!
//! ```text
//! Start  Part*  [Ahead Given*]   Bar  [Ahead Given*]  Note*   Bar  [Ahead Given*]  Note* ...
//!               notes given           notes given
//!               in the first bar      in the bar after this one
//! ```
//!
//! `Bar` and `Note` are predicted from the step before them; `Start`, `Part`, `Ahead` and `Given` are given. A gap adds
//! `Ahead` sections for the bars behind it to its first bar, marked with their distance.

use crate::attribute::{self, Attributes};
use crate::event::{EventScore, NoteEvent, PartEvent};
use crate::memory::{Memory, NO_POSITION, NoteQuery, PositionQuery};
use crate::task::Plan;
use crate::vocabulary::{DURATIONS, END, INSTRUMENTS, NEXT_BAR, PARTS, PITCHES, POSITIONS, VELOCITIES, meter_of};

/// Kinds of steps, with what tells them apart: roles, and the distance of an `Ahead` section in bars.
pub mod mark {
    use crate::event::Role;

    /// Start of a stretch at the start of the piece.
    pub const OPENING: u16 = 0;
    /// Start of a stretch inside the piece.
    pub const MIDDLE: u16 = 1;
    /// How many marks there are.
    pub const COUNT: usize = 2 + 3 * Role::COUNT + 17 + 1;
    /// A part's declaration.
    pub const fn part(role: Role) -> u16 {
        2 + role as u16
    }
    /// A given note.
    pub const fn given(role: Role) -> u16 {
        2 + Role::COUNT as u16 + role as u16
    }
    /// A note.
    pub const fn note(role: Role) -> u16 {
        2 + 2 * Role::COUNT as u16 + role as u16
    }
    /// The start of a section of notes given `bars` (at most 16) bars after the open one.
    pub const fn ahead(bars: usize) -> u16 {
        2 + 3 * Role::COUNT as u16 + if bars > 16 { 16 } else { bars as u16 }
    }
    /// A bar.
    pub const BAR: u16 = COUNT as u16 - 1;
}

/// One step of the outer network's input: a class for each field, the class behind the last where a step has no such field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Below [`mark::COUNT`].
    pub mark: u16,
    /// Position in the bar, [`POSITIONS`] for none.
    pub position: u16,
    /// Part, [`PARTS`] for none.
    pub part: u16,
    /// Instrument, [`INSTRUMENTS`] for none.
    pub instrument: u16,
    /// Pitch, [`PITCHES`] for none.
    pub pitch: u16,
    /// Duration, [`DURATIONS`] for none.
    pub duration: u16,
    /// Velocity, [`VELOCITIES`] for none.
    pub velocity: u16,
}

impl Step {
    const fn bare(mark: u16) -> Self {
        Self {
            mark,
            position: POSITIONS as u16,
            part: PARTS as u16,
            instrument: INSTRUMENTS as u16,
            pitch: PITCHES as u16,
            duration: DURATIONS as u16,
            velocity: VELOCITIES as u16,
        }
    }

    /// The start of a stretch.
    pub const fn start(opening: bool) -> Self {
        Self::bare(if opening { mark::OPENING } else { mark::MIDDLE })
    }

    /// The declaration of part number `slot`.
    pub const fn part(slot: usize, part: PartEvent) -> Self {
        Self { part: slot as u16, instrument: part.instrument as u16, ..Self::bare(mark::part(part.role)) }
    }

    /// The start of a section of given notes.
    pub const fn ahead(bars: usize) -> Self {
        Self::bare(mark::ahead(bars))
    }

    /// A note of `part`, given or played.
    pub const fn note(note: NoteEvent, part: PartEvent, given: bool) -> Self {
        Self {
            mark: if given { mark::given(part.role) } else { mark::note(part.role) },
            position: note.position as u16,
            part: note.part as u16,
            instrument: part.instrument as u16,
            pitch: note.pitch as u16,
            duration: note.duration as u16,
            velocity: note.velocity as u16,
        }
    }

    /// A bar.
    pub const fn bar() -> Self {
        Self::bare(mark::BAR)
    }
}

/// What a `Bar` step carries beside its mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BarStep {
    /// Index of the step in the stream.
    pub step: usize,
    /// Meter class.
    pub meter: u16,
    /// Tempo class.
    pub tempo: u8,
    /// What is said about the bar.
    pub attributes: Attributes,
}

/// A prediction of the position field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PositionRow {
    /// The step whose outer state predicts.
    pub step: usize,
    /// What is known.
    pub query: PositionQuery,
    /// The class to predict.
    pub target: u16,
}

/// A prediction of part, pitch, duration and velocity.
#[derive(Debug, Clone, PartialEq)]
pub struct NoteRow {
    /// Index of the [`PositionRow`] of the same event.
    pub row: usize,
    /// State of every part.
    pub states: Vec<u8>,
    /// What is known of part and harmony.
    pub query: NoteQuery,
    /// Chord class at the position, 0 for unsaid.
    pub chord: u8,
    /// Key class, 0 for unsaid.
    pub key: u8,
    /// The note to predict.
    pub target: NoteEvent,
}

/// A prediction of meter and tempo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BarRow {
    /// Index of the [`PositionRow`] of the same event.
    pub row: usize,
    /// Meter class of the bar before, [`crate::vocabulary::METER_CLASSES`] for none.
    pub last_meter: u16,
    /// Tempo class of the bar before, [`crate::vocabulary::TEMPOS`] for none.
    pub last_tempo: u8,
    /// Meter to predict.
    pub meter: u16,
    /// Tempo to predict.
    pub tempo: u8,
}

/// One training example.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Example {
    /// Parts of the piece.
    pub parts: Vec<PartEvent>,
    /// Index of the style, 0 for none.
    pub style: usize,
    /// The stream.
    pub steps: Vec<Step>,
    /// The bars in it.
    pub bars: Vec<BarStep>,
    /// One for each predicted event.
    pub positions: Vec<PositionRow>,
    /// One for each predicted note.
    pub notes: Vec<NoteRow>,
    /// One for each predicted bar.
    pub bar_rows: Vec<BarRow>,
}

/// What an example is made of.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The piece.
    pub events: &'a EventScore,
    /// What is said about each bar of the whole piece; zeros for nothing.
    pub attributes: &'a [Attributes],
    /// What is given and what is played.
    pub plan: &'a Plan,
    /// Index of the style, 0 for none.
    pub style: usize,
    /// The longest stream, in steps.
    pub context: usize,
}

impl Example {
    /// The stream of `source`, cut off after `context` steps.
    pub fn build(source: Source<'_>) -> Self {
        let Source { events, plan, context, .. } = source;
        let mut example = Self { parts: events.parts.clone(), style: source.style, ..Self::default() };
        example.steps.push(Step::start(plan.first == 0));
        for (slot, &part) in events.parts.iter().enumerate() {
            example.steps.push(Step::part(slot, part));
        }
        let mut memory = Memory::new(&events.parts);
        let mut states = Vec::new();
        example.push_given(plan.bars.first().map_or(&[], |bar| &bar.given), 0);
        let mut last_meter = crate::vocabulary::METER_CLASSES as u16;
        let mut last_tempo = crate::vocabulary::TEMPOS as u8;
        for (index, bar) in plan.bars.iter().enumerate() {
            let events_bar = &events.bars[plan.first + index];
            let mut said = source.attributes[plan.first + index];
            if plan.gap.as_ref().is_some_and(|gap| index >= gap.start) {
                said[attribute::FUTURE] = attribute::future_class(plan.bars.len() - index);
            }
            if example.steps.len() >= context {
                break;
            }
            example.bar_rows.push(BarRow {
                row: example.positions.len(),
                last_meter,
                last_tempo,
                meter: events_bar.meter,
                tempo: events_bar.tempo,
            });
            example.predict(&memory, NEXT_BAR);
            (last_meter, last_tempo) = (events_bar.meter, events_bar.tempo);
            example.bars.push(BarStep {
                step: example.steps.len(),
                meter: events_bar.meter,
                tempo: events_bar.tempo,
                attributes: said,
            });
            example.steps.push(Step::bar());
            if let Some(next) = plan.bars.get(index + 1) {
                example.push_given(&next.given, 1);
            }
            if let Some(gap) = plan.gap.as_ref().filter(|gap| gap.start == index) {
                for (distance, notes) in gap.after.iter().enumerate() {
                    example.push_given(notes, plan.bars.len() - index + distance);
                }
            }
            let length = meter_of(events_bar.meter).0;
            memory.open_bar(length, &bar.given, bar.locked);
            for &note in &bar.played {
                if example.steps.len() >= context {
                    break;
                }
                example.predict(&memory, usize::from(note.position));
                memory.reach(note.position);
                memory.part_states(note.position, &mut states);
                example.notes.push(NoteRow {
                    row: example.positions.len() - 1,
                    states: states.clone(),
                    query: memory.note_query(note.position, note.part),
                    chord: chord_at(&said, note.position, length),
                    key: said[attribute::KEY],
                    target: note,
                });
                memory.push(note);
                example.steps.push(Step::note(note, events.parts[usize::from(note.part)], false));
            }
        }
        let finished = plan.first + plan.bars.len() == events.bars.len() && plan.gap.is_none();
        if example.steps.len() < context {
            example.predict(&memory, if finished { END } else { NEXT_BAR });
        }
        example.steps.truncate(context);
        let steps = example.steps.len();
        example.bars.retain(|bar| bar.step < steps);
        example.keep_rows(example.positions.partition_point(|row| row.step < steps));
        example
    }

    /// Predicts only the first `rows` events.
    pub fn keep_rows(&mut self, rows: usize) {
        self.positions.truncate(rows);
        self.notes.retain(|note| note.row < rows);
        self.bar_rows.retain(|bar| bar.row < rows);
    }

    fn predict(&mut self, memory: &Memory, target: usize) {
        self.positions.push(PositionRow {
            step: self.steps.len() - 1,
            query: memory.position_query(),
            target: target as u16,
        });
    }

    fn push_given(&mut self, notes: &[NoteEvent], distance: usize) {
        if notes.is_empty() {
            return;
        }
        self.steps.push(Step::ahead(distance));
        for &note in notes {
            self.steps.push(Step::note(note, self.parts[usize::from(note.part)], true));
        }
    }
}

/// The chord that is said for a position in a bar of `length` steps.
pub fn chord_at(attributes: &Attributes, position: u8, length: u32) -> u8 {
    let half = if u32::from(position) < length.div_ceil(2) { attribute::CHORD_1 } else { attribute::CHORD_2 };
    attributes[half]
}

/// The first and one-past-last legal classes below [`NEXT_BAR`] of a position row.
pub fn legal_positions(query: &PositionQuery) -> std::ops::Range<usize> {
    let first = if query.cursor == NO_POSITION { 0 } else { query.cursor };
    usize::from(first)..usize::from(query.length)
}

#[cfg(test)]
mod tests;
