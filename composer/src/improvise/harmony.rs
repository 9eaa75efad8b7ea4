//! The harmony of what is to come: drawn for a section when the machine is alone, found from what the person plays when
//! it is not.

use ripieno_score::{Chord, Mode};

use super::form::SECTION;
use super::{Improviser, Playing, TUNE, Writer};
use crate::attribute::chord_class;
use crate::compose::harmony::{ALL_PERIODS, BarNotes, Grammar, harmonize};
use crate::event::NoteEvent;
use crate::generate::Strike;
use crate::vocabulary::{PITCHES, duration_class};

/// As [`CHORD_PULL`](crate::compose::plan::CHORD_PULL), for chords that the person holds: the band plays what it is told.
const TOLD_CHORD_PULL: f32 = 4.0;
/// The same for chords that are heard out of a melody.
const HEARD_CHORD_PULL: f32 = 2.5;
/// Notes after which a key is looked for, and how much better than the next it has to fit.
const HEARD_FOR_KEY: f32 = 4.0;
const SURE_OF_KEY: f32 = 0.03;

impl<W: Writer> Improviser<W> {
    fn grammar(&self) -> &Grammar {
        &self.prepared.grammars[usize::from(self.key.mode == Mode::Minor)]
    }

    /// Chords of a bar of new material, drawn for its whole section at once.
    pub(super) fn chords_of_section(&mut self, number: u64) -> [u8; 2] {
        if !self.prepared.is_tonal {
            return [0; 2];
        }
        let index = (number % SECTION) as usize;
        if index == 0 || self.section_chords.is_empty() {
            let length = self.bar_steps() as u32;
            let first = (number - number % SECTION) as usize;
            let bar = |place| BarNotes { length, notes: Vec::new(), place, begins: place == 0 };
            let bars: Vec<BarNotes<'_>> = (first..first + SECTION as usize).map(bar).collect();
            let mut rng = self.rng(1, number);
            let chords = harmonize(&bars, self.parts(), self.grammar(), self.key, false, Some(&mut rng));
            self.section_chords = chords.into_iter().map(|halves| halves.map(chord_class)).collect();
        }
        self.section_chords[index]
    }

    /// Chords that are only planned give way, after a change of key.
    pub(super) fn forget_chords(&mut self) {
        let settled = self.committed / self.bar_steps();
        let numbers: Vec<u64> = self.bars.iter().map(|bar| bar.number).filter(|&number| number > settled).collect();
        for number in numbers {
            let chords = self.chords_of_section(number);
            if let Some(bar) = self.bars.iter_mut().find(|bar| bar.number == number) {
                (bar.chords, bar.theme) = (chords, Vec::new());
                bar.theme_is_complete = false;
            }
        }
    }

    pub(super) fn follow_key(&mut self) {
        let heard = self.ears.classes();
        if self.key_is_fixed || heard.iter().sum::<f32>() < HEARD_FOR_KEY {
            return;
        }
        let (key, confidence) = ripieno_score::key::find_key(heard);
        if confidence > SURE_OF_KEY {
            self.key = key;
        }
    }

    /// A new chord of the person is struck on the next beat that is not settled: who plays it hears it answered.
    fn strike_when_new(&mut self, chord: Chord) {
        let before = self.told.replace(chord);
        if before != Some(chord) {
            let position = (self.committed % self.bar_steps()) as u8;
            self.strike = Some((self.committed, Strike { position, chord, before }));
        }
    }

    /// Finds chords for the bars from `first` on that fit what the person plays.
    pub(super) fn follow_harmony(&mut self, now: f64, first: u64) {
        if !self.prepared.is_tonal {
            return;
        }
        let (split, least) = match self.playing {
            Playing::Band { split } => (split, 2),
            _ => (PITCHES as u8, 3),
        };
        let held = self.ears.chord(now, split, least);
        if let Some(chord) = held.filter(|_| self.ears.held_classes(split) >= least) {
            self.strike_when_new(chord);
        }
        let length = self.bar_steps() as u32;
        let past = self.history.len().min(3);
        // What the person plays says what the harmony is; what the machine played to it would only agree with itself.
        let tune = |notes: &[NoteEvent]| notes.iter().filter(|note| note.part == TUNE).copied().collect();
        let mut notes: Vec<Vec<NoteEvent>> =
            self.history.iter().skip(self.history.len() - past).map(|bar| tune(&bar.notes)).collect();
        let begin = self.bars.front().map_or(first, |bar| bar.number);
        notes.extend(self.bars.iter().map(|bar| bar.person.clone()));
        let half_steps = self.bar_steps() / 2;
        let now_half = (self.committed / half_steps.max(1)) as i64;
        // A chord that is held goes on until the end of the next bar.
        let held_halves = now_half..(2 * (first as i64 + 2));
        if let Some(chord) = held {
            let evidence = |half: i64| {
                let position = if half % 2 == 0 { 0 } else { length.div_ceil(2) as u8 };
                let classes = (0..12u8).filter(|&class| chord.pitch_classes()[usize::from(class)]);
                classes.map(move |class| NoteEvent {
                    position,
                    part: TUNE,
                    pitch: 60 + class,
                    duration: duration_class(length / 2),
                    velocity: 20,
                })
            };
            for half in held_halves.clone() {
                let index = half / 2 - begin as i64 + past as i64;
                if let Some(bar) = usize::try_from(index).ok().and_then(|index| notes.get_mut(index)) {
                    bar.retain(|note| (i64::from(2 * u32::from(note.position) >= length)) != half % 2);
                    bar.extend(evidence(half));
                }
            }
        }
        let place = |index: usize| (begin as usize + ALL_PERIODS + index) - past;
        let bars: Vec<BarNotes<'_>> = notes
            .iter()
            .enumerate()
            .map(|(index, notes)| BarNotes {
                length,
                notes: notes.iter().collect(),
                place: place(index),
                begins: false,
            })
            .collect();
        let found = harmonize(&bars, self.parts(), self.grammar(), self.key, false, None);
        for (bar, chords) in self.bars.iter_mut().zip(&found[past..]) {
            for (half, &planned) in chords.iter().enumerate() {
                let number = (2 * bar.number + half as u64) as i64;
                if number >= now_half {
                    let told = held.filter(|_| held_halves.contains(&number));
                    bar.chord_pull = if told.is_some() { TOLD_CHORD_PULL } else { HEARD_CHORD_PULL };
                    bar.chords[half] = chord_class(told.or(planned));
                }
            }
        }
    }
}
