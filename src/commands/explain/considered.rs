//! `ripieno explain --considered`: what else the model could have played at chosen points, how sure it was, and which
//! instruction pulled it there.

mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use ripieno_composer::considered::{Choice, Considered, Instruction, Opinion, Question, consider};
use ripieno_composer::device::DeviceChoice;
use ripieno_composer::model::Model;
use ripieno_composer::provenance::{Made, Told};
use ripieno_score::midi::MidiFile;
use ripieno_score::theory::{Analysis, Place, pitch_name};
use ripieno_score::timeline::TextKind;
use ripieno_score::{GridScore, Key, Mode};
use serde::Serialize;

use crate::cli::Explain;
use crate::failure::{InputError, UsageError};
use crate::piano_roll::{Ghost, drum_name};
use crate::weights;

pub(super) use words::print;

/// Points of each kind.
const POINTS: usize = 6;

/// Notes that are read at most; what is read is told, and `--bars` reads others.
const MOST_NOTES: usize = 2000;

/// How the text of a file begins that ripieno has composed.
const COMPOSED: &str = "Composed with ripieno";

/// Alternatives that are drawn, by probability.
const DRAWN: f32 = 0.08;

/// All that is told. The field names are those of the JSON document.
#[derive(Debug, Serialize)]
pub(super) struct Telling {
    /// The style that the model was told, if any.
    style: Option<String>,
    /// `asked`, `recorded` where the file says what was asked for, or `likeliest` where the model found it.
    style_is: &'static str,
    told: Vec<Instruction>,
    given_parts: Vec<usize>,
    /// Whether the file says that ripieno composed it; else this is the model's opinion of somebody's notes.
    is_composed: bool,
    notes: usize,
    /// The first and the last bar that were read.
    bars: [usize; 2],
    /// Nats per note: place, part, pitch and duration.
    nats_per_note: f64,
    /// Of all notes with a pitch: how many pitches were as likely as what was played, in the middle of all.
    usual_choices: f32,
    surprising: Vec<Point>,
    uncertain: Vec<Point>,
    bar_starts: Vec<Point>,
}

/// One note.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Point {
    at: Place,
    /// Index into the notes of the grid's score: part, and MIDI key.
    part: usize,
    part_name: String,
    pitch: u8,
    name: String,
    probability: f32,
    /// How many equally likely pitches would have been as hard to choose from.
    choices: f32,
    others: Vec<Other>,
    /// Probability of a note at just this moment.
    moment: f32,
    other_moments: Vec<OtherMoment>,
    /// How many times likelier each instruction made the pitch.
    pulls: BTreeMap<Instruction, f32>,
    /// How many times likelier each instruction made the note as a whole.
    note_pulls: BTreeMap<Instruction, f32>,
}

#[derive(Debug, Clone, Serialize)]
struct Other {
    pitch: u8,
    name: String,
    probability: f32,
}

/// When a note could have come instead; `None` for not in this bar any more.
#[derive(Debug, Clone, Serialize)]
struct OtherMoment {
    at: Option<Place>,
    probability: f32,
}

/// Asks the model, as typed.
pub(super) fn ask(
    typed: &Explain,
    file: &MidiFile,
    grid: &GridScore,
    bars: RangeInclusive<usize>,
    analysis: &Analysis,
) -> anyhow::Result<Telling> {
    let (model, _) = weights::model(typed.model.as_deref(), DeviceChoice::Flex)?;
    let style = typed.style.as_ref().map(|name| {
        let known = || model.header.styles.join(", ");
        model
            .style_index(name)
            .ok_or_else(|| UsageError(format!("the model knows no style `{name}`; it knows {}", known())))
    });
    let recorded = Told::in_midi(&file.timeline).ok().flatten();
    let style = match style.transpose()? {
        Some(asked) => Some((asked, "asked")),
        None => recorded.as_ref().and_then(|told| style_of(&told.record.made, &model)).map(|style| (style, "recorded")),
    };
    let mut given = 0u64;
    for &part in &typed.given {
        if part > grid.parts.len() {
            return Err(
                UsageError(format!("--given {part}: {} has {} parts", typed.file.display(), grid.parts.len())).into()
            );
        }
        given |= 1 << (part - 1);
    }
    let question =
        Question { style: style.map(|(style, _)| style), given, bars: Some(bars), most_notes: Some(MOST_NOTES) };
    let opinion = consider(&model, grid, &question).map_err(|error| InputError {
        message: format!("cannot speak of {}: {error}", typed.file.display()),
        source: None,
    })?;
    let is_composed = recorded.is_some() || file.timeline.texts(TextKind::Text).any(|text| text.starts_with(COMPOSED));
    let name = opinion.style.checked_sub(1).and_then(|index| model.header.styles.get(index).cloned());
    let style = (name, style.map_or("likeliest", |(_, from)| from));
    Ok(Telling::new(&opinion, style, typed.given.clone(), is_composed, grid, analysis))
}

/// The model's style that a piece was mostly made in, as its record says.
fn style_of(made: &Made, model: &Model) -> Option<usize> {
    let styles = match made {
        Made::Composed(composed) => &composed.wishes.styles,
        Made::Improvised(improvised) => &improvised.styles,
        Made::Played(_) => return None,
    };
    let known = styles.iter().filter_map(|(name, weight)| Some((model.style_index(name)?, weight)));
    known.max_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(style, _)| style)
}

impl Telling {
    fn new(
        opinion: &Opinion,
        (style, style_is): (Option<String>, &'static str),
        given_parts: Vec<usize>,
        is_composed: bool,
        grid: &GridScore,
        analysis: &Analysis,
    ) -> Self {
        let notes = &opinion.notes;
        let is_pitched = |note: &&Considered| !grid.parts[note.part].instrument.is_drums();
        let point = |note: &&Considered| Point::of(note, grid, analysis);
        let chosen = |mut notes: Vec<&Considered>, order: &dyn Fn(&Considered) -> f32| -> Vec<Point> {
            notes.sort_by(|a, b| order(a).total_cmp(&order(b)));
            notes.truncate(POINTS);
            notes.sort_by_key(|note| (note.onset, note.part, note.pitch));
            notes.iter().map(point).collect()
        };
        let pitched: Vec<&Considered> = notes.iter().filter(is_pitched).collect();
        let all: Vec<&Considered> = if pitched.is_empty() { notes.iter().collect() } else { pitched };
        let mut choices: Vec<f32> = all.iter().map(|note| note.pitches.choices).collect();
        choices.sort_by(f32::total_cmp);
        let mut seen = BTreeSet::new();
        let starts = all.iter().filter(|note| seen.insert(note.bar)).take(POINTS).map(point).collect();
        let nats: f64 = notes.iter().map(|note| -f64::from(note.probability().max(f32::MIN_POSITIVE).ln())).sum();
        Self {
            style,
            style_is,
            told: opinion.told.clone(),
            given_parts,
            is_composed,
            notes: notes.len(),
            bars: [notes.first(), notes.last()].map(|note| note.map_or(1, |note| note.bar)),
            nats_per_note: nats / notes.len().max(1) as f64,
            usual_choices: choices.get(choices.len() / 2).copied().unwrap_or(1.0),
            surprising: chosen(all.clone(), &|note| note.pitches.probability),
            uncertain: chosen(all.clone(), &|note| -note.pitches.choices),
            bar_starts: starts,
        }
    }

    /// What stands over a note in the picture.
    pub(super) fn tag(&self, part: usize, step: u32, pitch: u8) -> Option<&'static str> {
        let is_there = |points: &[Point]| {
            points.iter().any(|point| (point.part, point.at.step, point.pitch) == (part, step, pitch))
        };
        match (is_there(&self.surprising), is_there(&self.uncertain)) {
            (true, _) => Some("!"),
            (false, true) => Some("?"),
            (false, false) => None,
        }
    }

    /// What nearly stood there: the step, the part and the pitch of each alternative, with its probability.
    pub(super) fn ghosts(&self) -> Vec<(u32, Ghost)> {
        let points = self.surprising.iter().chain(&self.uncertain);
        let ghosts = points.flat_map(|point| {
            let others = point.others.iter().filter(|other| other.probability >= DRAWN);
            others.map(|other| {
                let (part, instead_of, pitch) = (point.part, point.pitch, other.pitch);
                let hint =
                    format!("{}, {} of 100, instead of {}", other.name, words::percent(other.probability), point.name);
                (point.at.step, Ghost { part, instead_of, pitch, probability: other.probability.into(), hint })
            })
        });
        ghosts.collect()
    }
}

impl Point {
    fn of(note: &Considered, grid: &GridScore, analysis: &Analysis) -> Self {
        let is_drums = grid.parts[note.part].instrument.is_drums();
        let areas = &analysis.keys;
        let here = areas.iter().rev().find(|area| area.from.step <= note.onset).or(areas.first());
        let key = here.map_or(Key { tonic: 0, mode: Mode::Major }, |area| area.key);
        let name = |pitch: u8| if is_drums { drum_name(pitch) } else { pitch_name(pitch, key) };
        let part = &grid.parts[note.part];
        let start = grid.bars[note.bar - 1].start;
        let Choice { probability, choices, others } = &note.pitches;
        Self {
            at: Place::of(grid, note.onset),
            part: note.part,
            part_name: if part.name.trim().is_empty() { part.instrument.name().to_owned() } else { part.name.clone() },
            pitch: note.pitch,
            name: name(note.pitch),
            probability: *probability,
            choices: *choices,
            others: others
                .iter()
                .filter_map(|&(pitch, probability)| {
                    let pitch = u8::try_from(pitch).ok()?;
                    Some(Other { pitch, name: name(pitch), probability })
                })
                .collect(),
            moment: note.position.probability,
            other_moments: note
                .position
                .others
                .iter()
                .map(|&(position, probability)| {
                    let step = start + u32::from(position);
                    let is_inside = usize::from(position) < ripieno_composer::vocabulary::NEXT_BAR;
                    OtherMoment { at: is_inside.then(|| Place::of(grid, step)), probability }
                })
                .collect(),
            pulls: note.pulls.iter().copied().collect(),
            note_pulls: note.note_pulls.iter().copied().collect(),
        }
    }
}
