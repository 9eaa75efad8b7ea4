//! Whether the machine listens: duets with melodies that it has not seen.
//!
//! The melody of a test piece is played into an [`Improviser`] that accompanies, note by note, by a clock that waits for
//! the model. What the machine plays is then laid beside the melody and chords that it heard, and beside those of
//! another piece, moved to the same tonic; and so are the notes of the real accompaniment.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use ripieno_datasets::{Corpus, Split};
use ripieno_score::{Chord, Key};
use serde::Serialize;

use super::{Cost, indices, source};
use crate::attribute::{self, Attributes};
use crate::event::{BarEvents, EventScore, NoteEvent, PartEvent, Role};
use crate::example::Example;
use crate::improvise::{Improviser, Playing, Settings};
use crate::model::Model;
use crate::task;
use crate::train::{Piece, unsaid};
use crate::vocabulary::{DURATION_STEPS, meter_of, velocity_of};

/// Bars of a duet, and those of them before the machine knows anything.
const BARS: usize = 16;
const FIRST: usize = 1;
/// Steps of a beat on which two notes are compared.
const BEAT: u32 = 24;
/// Semitones, or their inversion, between notes that grate: seconds and the tritone.
const DISSONANT: [u8; 3] = [1, 2, 6];

/// How notes lie with a melody and its chords.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Fit {
    /// Notes, and those of them that belong to the chord.
    pub chord_tones: [usize; 2],
    /// Pairs of a note and a melody note that sound together on a beat, and those of them that grate.
    pub dissonances: [usize; 2],
    /// Nats of the notes, the melody given.
    pub cost: Cost,
}

impl Fit {
    fn add(&mut self, other: &Self) {
        for (sum, more) in [(&mut self.chord_tones, other.chord_tones), (&mut self.dissonances, other.dissonances)] {
            sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        }
        self.cost.add(other.cost.fields, other.cost.notes);
    }
}

/// What was found in some duets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Listening {
    /// Melodies that were played.
    pub duets: usize,
    /// The machine's notes with the melody that it heard.
    pub machine: Fit,
    /// The same notes with another melody.
    pub machine_elsewhere: Fit,
    /// The real accompaniments with their melodies.
    pub real: Fit,
    /// The same with another melody.
    pub real_elsewhere: Fit,
}

/// A stretch of music for a melody and others.
struct Duet {
    events: EventScore,
    attributes: Vec<Attributes>,
    melody: u8,
    key: Key,
}

/// Plays so many melodies of the test split. `progress` is told how many are done.
pub fn listen(model: &Model, corpus: &Corpus, duets: usize, progress: &(dyn Fn(usize, usize) + Sync)) -> Listening {
    let test = indices(corpus, Split::Test);
    // Evenly over the split, which is sorted by collection.
    let stride = (test.len() / (4 * duets.max(1))).max(1);
    let found = (0..stride).flat_map(|first| test[first..].iter().step_by(stride));
    // Some find no other melody of their meter and mode.
    let found: Vec<Duet> = found.filter_map(|&index| Duet::find(&corpus.load(index))).take(2 * duets).collect();
    let pairs = (0..found.len()).filter_map(|index| Some((index, &found[index], other(&found, index)?)));
    let pairs: Vec<(usize, &Duet, Duet)> = pairs.take(duets).collect();
    let done = AtomicUsize::new(0);
    let results: Vec<Listening> = pairs
        .par_iter()
        .filter_map(|(index, own, other)| {
            let machine = own.accompany(model, *index as u64)?;
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, pairs.len());
            Some(Listening {
                duets: 1,
                machine: fit(model, own, &machine),
                machine_elsewhere: fit(model, other, &machine),
                real: fit(model, own, &own.accompaniment()),
                real_elsewhere: fit(model, other, &own.accompaniment()),
            })
        })
        .collect();
    let mut sum = Listening::default();
    for one in &results {
        sum.duets += one.duets;
        sum.machine.add(&one.machine);
        sum.machine_elsewhere.add(&one.machine_elsewhere);
        sum.real.add(&one.real);
        sum.real_elsewhere.add(&one.real_elsewhere);
    }
    sum
}

/// The melody of the next duet of the same meter and mode, on the tonic of this one, with this one's parts.
fn other(duets: &[Duet], index: usize) -> Option<Duet> {
    let own = &duets[index];
    let others = (1..duets.len()).map(|step| &duets[(index + step) % duets.len()]);
    let alike =
        |other: &&Duet| other.key.mode == own.key.mode && other.events.bars[0].meter == own.events.bars[0].meter;
    let other = others.into_iter().find(alike)?;
    let up = (i32::from(own.key.tonic) - i32::from(other.key.tonic) + 18).rem_euclid(12) - 6;
    let moved = |note: &NoteEvent| {
        let pitch = u8::try_from(i32::from(note.pitch) + up).ok().filter(|pitch| *pitch < 128)?;
        Some(NoteEvent { pitch, part: own.melody, ..*note })
    };
    let melody = other.events.bars.iter().map(|bar| BarEvents {
        notes: bar.notes.iter().filter(|note| note.part == other.melody).filter_map(moved).collect(),
        ..*bar
    });
    let attributes = other.attributes.iter().map(|said| attribute::transpose(said, up)).collect();
    let events = EventScore { parts: own.events.parts.clone(), bars: melody.collect() };
    Some(Duet { events, attributes, melody: own.melody, key: own.key })
}

impl Duet {
    /// The beginning of a piece of one meter, with a melody and something that accompanies it.
    fn find(grid: &ripieno_score::GridScore) -> Option<Self> {
        let Piece { mut events, mut attributes, .. } = Piece::new(grid, 0)?;
        let melody = events.parts.iter().position(|part| part.role == Role::Melody)?;
        let melody = u8::try_from(melody).ok()?;
        events.bars.truncate(BARS);
        attributes.truncate(BARS);
        let is_one_meter = events.bars.len() == BARS && events.bars.iter().all(|bar| bar.meter == events.bars[0].meter);
        let count = |is_melody: bool| {
            let notes = events.bars.iter().flat_map(|bar| &bar.notes);
            notes
                .filter(|note| (note.part == melody) == is_melody && !events.parts[usize::from(note.part)].is_drums())
                .count()
        };
        let sings = |bar: &&BarEvents| bar.notes.iter().any(|note| note.part == melody);
        let is_a_melody = events.bars.iter().filter(sings).count() >= BARS - BARS / 4;
        let has_both = is_a_melody && count(true) >= 2 * BARS && count(false) >= 2 * BARS;
        let key = attributes.iter().map(|said| said[attribute::KEY]).find(|class| *class > 0)?;
        let key = Key::from_index(key - 1)?;
        (is_one_meter && has_both).then_some(Self { events, attributes, melody, key })
    }

    fn length(&self) -> u32 {
        self.events.bars[0].length()
    }

    fn accompaniment(&self) -> Vec<Vec<NoteEvent>> {
        let bars = self.events.bars.iter();
        bars.map(|bar| bar.notes.iter().filter(|note| note.part != self.melody).copied().collect()).collect()
    }

    /// What the machine plays with the melody, bar by bar, in the parts of the piece.
    fn accompany(&self, model: &Model, seed: u64) -> Option<Vec<Vec<NoteEvent>>> {
        let slots: Vec<u8> = (0..self.events.parts.len() as u8).filter(|&slot| slot != self.melody).collect();
        let parts: Vec<PartEvent> = slots.iter().map(|&slot| self.events.parts[usize::from(slot)]).collect();
        let tune = self.events.parts[usize::from(self.melody)];
        let settings = Settings {
            parts: [vec![tune], parts].concat(),
            meter: Some(meter_of(self.events.bars[0].meter).1),
            playing: Playing::Accompany,
            seed,
            ..Settings::default()
        };
        let mut improviser = Improviser::new(model, &settings).ok()?;
        let length = improviser.bar_steps();
        (length == u64::from(self.length())).then_some(())?;
        let mut strokes: Vec<(u64, bool, u8, u8)> = Vec::new();
        for (bar, number) in self.events.bars.iter().zip(0u64..) {
            for note in bar.notes.iter().filter(|note| note.part == self.melody) {
                let onset = number * length + u64::from(note.position);
                let steps = u64::from(DURATION_STEPS[usize::from(note.duration)]);
                strokes.push((onset, true, note.pitch, velocity_of(note.velocity)));
                strokes.push((onset + steps, false, note.pitch, 0));
            }
        }
        strokes.sort_unstable();
        let mut strokes = strokes.into_iter().peekable();
        let mut bars = vec![Vec::new(); BARS];
        improviser.prepare();
        for step in 0..BARS as u64 * length {
            let now = step as f64;
            while let Some((_, is_start, pitch, velocity)) = strokes.next_if(|stroke| stroke.0 <= step) {
                if is_start { improviser.note_on(now, pitch, velocity) } else { improviser.note_off(now, pitch) }
            }
            while improviser.think(now) {}
            for note in improviser.commit(now).iter().filter(|note| note.part > 0 && note.onset < BARS as u64 * length)
            {
                bars[(note.onset / length) as usize].push(NoteEvent {
                    position: (note.onset % length) as u8,
                    part: slots[usize::from(note.part) - 1],
                    pitch: note.pitch,
                    duration: crate::vocabulary::duration_class(note.duration),
                    velocity: crate::vocabulary::velocity_class(note.velocity),
                });
            }
        }
        Some(bars)
    }
}

/// How notes lie with the melody and the chords of a duet.
fn fit(model: &Model, duet: &Duet, bars: &[Vec<NoteEvent>]) -> Fit {
    let length = duet.length();
    let mut fit = Fit::default();
    let tuned = |note: &&NoteEvent| !duet.events.parts[usize::from(note.part)].is_drums();
    let sounding = |notes: &[NoteEvent], at: u32| -> Vec<u8> {
        let sounds = |note: &&NoteEvent| {
            let from = u32::from(note.position);
            (from..from + u32::from(DURATION_STEPS[usize::from(note.duration)])).contains(&at)
        };
        notes.iter().filter(tuned).filter(sounds).map(|note| note.pitch).collect()
    };
    let mut merged = Vec::new();
    for ((bar, said), notes) in duet.events.bars.iter().zip(&duet.attributes).zip(bars).skip(FIRST) {
        let melody: Vec<NoteEvent> = bar.notes.iter().filter(|note| note.part == duet.melody).copied().collect();
        for note in notes.iter().filter(tuned) {
            let half = usize::from(2 * u32::from(note.position) >= length);
            let chord =
                [said[attribute::CHORD_1], said[attribute::CHORD_2]][half].checked_sub(1).and_then(Chord::from_index);
            if let Some(chord) = chord {
                fit.chord_tones[0] += 1;
                fit.chord_tones[1] += usize::from(chord.pitch_classes()[usize::from(note.pitch % 12)]);
            }
        }
        for beat in (0..length).step_by(BEAT as usize) {
            for above in sounding(&melody, beat) {
                for below in sounding(notes, beat) {
                    let distance = above.abs_diff(below) % 12;
                    fit.dissonances[0] += 1;
                    fit.dissonances[1] += usize::from(DISSONANT.contains(&distance.min(12 - distance)));
                }
            }
        }
        let mut all = [melody, notes.clone()].concat();
        all.sort_unstable();
        all.dedup_by_key(|note| (note.position, note.part, note.pitch));
        merged.push(BarEvents { notes: all, ..*bar });
    }
    let events = EventScore { parts: duet.events.parts.clone(), bars: merged };
    let piece = Piece { attributes: unsaid(events.bars.len()), style: 0, events };
    let mut plan = task::plain(&piece.events, 0, piece.events.bars.len());
    let bars = plan.bars.len();
    task::lock_parts(&mut plan, 1 << duet.melody, bars);
    let silent = unsaid(bars);
    fit.cost.measure(model, &Example::build(source(&piece, &plan, &silent, 0, model.header.network.context)));
    fit
}

impl fmt::Display for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} melodies of the test split, {BARS} bars each", self.duets)?;
        writeln!(f, "{:<34}{:>12}{:>12}{:>12}{:>8}", "", "chord tones", "dissonance", "nats/note", "notes")?;
        for (name, fit) in [
            ("machine, the melody it heard", &self.machine),
            ("machine, another melody", &self.machine_elsewhere),
            ("real accompaniment, its melody", &self.real),
            ("real accompaniment, another", &self.real_elsewhere),
        ] {
            let share = |[all, some]: [usize; 2]| 100.0 * some as f64 / all.max(1) as f64;
            let (tones, grating) = (share(fit.chord_tones), share(fit.dissonances));
            writeln!(
                f,
                "{name:<34}{tones:>10.1} %{grating:>10.1} %{:>12.3}{:>8}",
                fit.cost.per_note(),
                fit.cost.notes
            )?;
        }
        Ok(())
    }
}
