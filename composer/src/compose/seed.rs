//! The music that a person brings.

use ripieno_score::key::find_key_of;
use ripieno_score::{GridScore, Key, Meter, Mode, STEPS_PER_QUARTER, Score, Tick};
use serde::Serialize;

use super::ComposeError;
use crate::attribute::{self, Attributes};
use crate::encode::{encode, split_long_bars};
use crate::event::{EventScore, PartEvent, Role};
use crate::vocabulary::PARTS;

/// Below this confidence a written key signature is believed more than the ear.
const SURE: f32 = 0.4;
/// The same for C major, which many programs write into every file.
const SURE_OF_THE_USUAL: f32 = 0.1;

/// A seed, heard.
#[derive(Debug, Clone)]
pub struct Seed {
    /// The notes as they came, in their own ticks.
    pub score: Score,
    /// The same as events; the parts are those of `score`, in its order.
    pub events: EventScore,
    /// What can be said about each bar.
    pub attributes: Vec<Attributes>,
    /// What was heard.
    pub heard: Heard,
    /// Ticks by which the music lies behind its grid.
    offset: i64,
    /// First step of every bar, and the end of the last.
    bar_starts: Vec<u32>,
}

/// What was heard in a seed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Heard {
    /// Its key.
    pub key: String,
    /// How sure that is: 0 is a guess, above 0.4 nearly certain.
    pub key_confidence: f32,
    /// Its first regular meter.
    pub meter: String,
    /// Quarter notes a minute at the start.
    pub tempo_bpm: f64,
    /// Bars, an incomplete last one counted as a whole.
    pub bars: usize,
    /// Notes in all parts.
    pub notes: usize,
    /// Instruments of the parts.
    pub parts: Vec<String>,
    #[serde(skip)]
    pub(crate) found_key: Key,
}

impl Seed {
    /// Listens to a score.
    pub fn hear(score: &Score) -> Result<Self, ComposeError> {
        if score.note_count() == 0 {
            return Err(ComposeError::EmptySeed);
        }
        if score.parts.len() > PARTS {
            return Err(ComposeError::TooManyParts { found: score.parts.len() });
        }
        let (grid, report) = GridScore::from_score(score);
        let estimate = find_key_of(&grid);
        let written = score.keys.first().map(|change| change.key);
        let is_usual = written.is_some_and(|key| key == Key { tonic: 0, mode: Mode::Major });
        let sure = if is_usual { SURE_OF_THE_USUAL } else { SURE };
        let key = if estimate.confidence < sure { written.unwrap_or(estimate.key) } else { estimate.key };
        let grid = split_long_bars(&grid);
        let events = encode(&grid);
        let attributes = attribute::describe(&grid, &events);
        let regular = usual_meter(&grid);
        let heard = Heard {
            key: key.to_string(),
            key_confidence: estimate.confidence,
            meter: regular.to_string(),
            tempo_bpm: score.tempo_at(Tick::ZERO),
            bars: grid.bars.len(),
            notes: score.note_count(),
            parts: score.parts.iter().map(|part| part.instrument.name().to_owned()).collect(),
            found_key: key,
        };
        let mut bar_starts: Vec<u32> = grid.bars.iter().map(|bar| bar.start).collect();
        bar_starts.push(grid.bars.last().map_or(0, |bar| bar.end()));
        #[expect(clippy::cast_possible_truncation, reason = "an offset is less than a few quarter notes")]
        let offset = (report.offset_quarters * f64::from(score.ppq.ticks())).round() as i64;
        Ok(Self { score: score.clone(), events, attributes, heard, offset, bar_starts })
    }

    /// The key of the seed.
    pub fn key(&self) -> Key {
        self.heard.found_key
    }

    /// Bars, an incomplete last one counted as a whole.
    pub fn bars(&self) -> usize {
        self.events.bars.len()
    }

    /// The first step of a bar; that of bar [`Seed::bars`] is the end of the seed.
    pub fn bar_start(&self, bar: usize) -> u32 {
        self.bar_starts[bar]
    }

    /// Where a grid step lies in the seed's own ticks.
    pub fn tick_of(&self, step: u32) -> Tick {
        let ppq = u64::from(self.score.ppq.ticks());
        let steps = u64::from(STEPS_PER_QUARTER);
        let tick = i64::try_from((u64::from(step) * ppq + steps / 2) / steps).unwrap_or(i64::MAX);
        Tick(u32::try_from(tick.saturating_add(self.offset).max(0)).unwrap_or(u32::MAX))
    }

    /// The grid step nearest to a tick; 0 before the first.
    pub(crate) fn step_of(&self, tick: Tick) -> u32 {
        let ppq = i64::from(self.score.ppq.ticks());
        let fine = (i64::from(tick.0) - self.offset).max(0) * i64::from(STEPS_PER_QUARTER);
        u32::try_from((fine + ppq / 2) / ppq).unwrap_or(u32::MAX)
    }

    /// The bar in which a step lies, [`Seed::bars`] behind the end.
    pub(crate) fn bar_at(&self, step: u32) -> usize {
        self.bar_starts.partition_point(|&start| start <= step).saturating_sub(1)
    }

    /// Whether it sounds more than one pitch at a time for much of the time: then its harmony can be heard.
    pub(crate) fn is_polyphonic(&self) -> bool {
        let together = self.attributes.iter().filter(|said| said[attribute::POLYPHONY] > 2).count();
        2 * together > self.attributes.len()
    }

    /// The mean pitch of its melody, if it has one.
    pub(crate) fn middle_of_the_tune(&self) -> Option<u8> {
        let tune = self.tune()?;
        let notes = self.events.bars.iter().flat_map(|bar| &bar.notes).filter(|note| usize::from(note.part) == tune);
        let (sum, count) = notes.fold((0u32, 0u32), |(sum, count), note| (sum + u32::from(note.pitch), count + 1));
        sum.checked_div(count).map(|mean| mean as u8)
    }

    /// Notes a quarter note of its melody; 0 without one.
    pub(crate) fn tune_rate(&self) -> f32 {
        let Some(tune) = self.tune() else { return 0.0 };
        let notes = self.events.bars.iter().flat_map(|bar| &bar.notes).filter(|note| usize::from(note.part) == tune);
        let quarters = self.bar_start(self.bars()) as f32 / STEPS_PER_QUARTER as f32;
        notes.count() as f32 / quarters.max(1.0)
    }

    fn tune(&self) -> Option<usize> {
        let only = self.events.parts.len() == 1;
        let is_tune = |part: &PartEvent| part.role == Role::Melody || (only && !part.is_drums());
        self.events.parts.iter().position(is_tune)
    }

    /// Whether its first bar is mostly rest.
    pub(crate) fn has_upbeat(&self) -> bool {
        let first = &self.events.bars[0];
        first.notes.first().is_none_or(|note| 2 * u32::from(note.position) >= first.length())
    }

    /// Meter class and tempo class with which the music goes on after the seed.
    pub(crate) fn going_on(&self) -> (u16, u8) {
        let counts = |class: u16| self.events.bars.iter().filter(|bar| bar.meter == class).count();
        let last = self.events.bars.last().expect("a seed has bars");
        let usual = self.events.bars.iter().rev().map(|bar| bar.meter).max_by_key(|&class| counts(class));
        (usual.unwrap_or(last.meter), last.tempo)
    }
}

/// The meter of most bars.
fn usual_meter(grid: &GridScore) -> Meter {
    let count = |meter: Meter| grid.bars.iter().filter(|bar| bar.meter == meter).count();
    let mut seen: Vec<Meter> = Vec::new();
    for bar in &grid.bars {
        if !seen.contains(&bar.meter) {
            seen.push(bar.meter);
        }
    }
    seen.into_iter().rev().max_by_key(|&meter| count(meter)).unwrap_or(Meter::COMMON)
}
