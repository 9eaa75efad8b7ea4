//! What is to be played, in the order in which a performer meets it, and what is known about each note before it sounds.

use std::collections::HashMap;

use ripieno_score::{GridBar, STEPS_PER_QUARTER};

/// Steps of a quarter note, for arithmetic.
const QUARTER: f32 = STEPS_PER_QUARTER as f32;

/// Who plays: hands on keys, bows and breath, or hands and feet at the drums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Pitched parts, all as one performance.
    Pitched,
    /// Drums.
    Drums,
}

/// A note as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SheetNote {
    /// Steps from the start of the piece.
    pub step: u32,
    /// `0..=127`.
    pub pitch: u8,
    /// Steps, at least one.
    pub duration: u32,
}

/// Notes in the order in which they are played: by step, at one step from the highest pitch down (drums: up).
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Who plays.
    pub kind: Kind,
    /// The notes.
    pub notes: Vec<SheetNote>,
    /// For every note the seconds of a quarter note at the steady tempo around it.
    pub quarter_s: Vec<f32>,
    /// The bars; at least one where there are notes.
    pub bars: Vec<GridBar>,
}

/// Numbers that describe a note.
pub(super) const FEATURES: usize = CLASSES + SCALARS;

/// One-hot fields: step in the quarter, quarter in the bar, meter, weight of the place, drum, place in the chord.
const CLASS_SIZES: [usize; 6] = [STEPS_PER_QUARTER as usize, 8, 6, 6, DRUMS + 1, 4];
const CLASSES: usize =
    CLASS_SIZES[0] + CLASS_SIZES[1] + CLASS_SIZES[2] + CLASS_SIZES[3] + CLASS_SIZES[4] + CLASS_SIZES[5];
const SCALARS: usize = 25;

/// Kinds of drums.
pub(super) const DRUMS: usize = 12;

/// The kind of a drum by its General MIDI key (and those of the kits that go beyond it), `0..DRUMS`.
pub(super) fn drum_of(pitch: u8) -> usize {
    match pitch {
        35 | 36 => 0,
        38 | 40 => 1,
        37 | 39 => 2,
        22 | 42 => 3,
        44 => 4,
        26 | 46 => 5,
        51 | 59 => 6,
        53 => 7,
        49 | 52 | 55 | 57 => 8,
        41 | 43 => 9,
        45 | 47 | 48 | 50 | 58 => 10,
        _ => 11,
    }
}

/// What is known about a note before it sounds; [`Described::write`] makes numbers of it.
#[derive(Debug, Clone)]
pub(super) struct Described {
    classes: [u8; 6],
    scalars: [f32; SCALARS],
}

impl Described {
    /// Writes the note's numbers into `row`, which is zero.
    pub(super) fn write(&self, row: &mut [f32]) {
        let mut start = 0;
        for (&class, size) in self.classes.iter().zip(CLASS_SIZES) {
            row[start + usize::from(class)] = 1.0;
            start += size;
        }
        row[start..start + SCALARS].copy_from_slice(&self.scalars);
    }
}

impl Sheet {
    /// Where groups of notes that are struck together begin, and the number of notes at the end.
    pub(super) fn groups(&self) -> Vec<usize> {
        let starts =
            (0..self.notes.len()).filter(|&note| note == 0 || self.notes[note - 1].step != self.notes[note].step);
        starts.chain([self.notes.len()]).collect()
    }

    /// The bar of a step.
    pub(super) fn bar_of(&self, step: u32) -> usize {
        self.bars.partition_point(|bar| bar.start <= step).saturating_sub(1)
    }

    /// Every note described.
    pub(super) fn describe(&self) -> Vec<Described> {
        let groups = self.groups();
        let spans: Vec<&[SheetNote]> = groups.windows(2).map(|pair| &self.notes[pair[0]..pair[1]]).collect();
        let steps: Vec<u32> = spans.iter().map(|span| span[0].step).collect();
        let same = self.distances_to_same();
        let mut described = Vec::with_capacity(self.notes.len());
        for (index, span) in spans.iter().enumerate() {
            let group = Group { sheet: self, first: groups[index], index, spans: &spans, steps: &steps };
            let shared = group.shared();
            for (place, note) in span.iter().enumerate() {
                described.push(group.note(&shared, place, note, same[groups[index] + place]));
            }
        }
        described
    }

    /// For every note the steps since the same pitch (drums: the same drum) was struck last, and until it is struck next.
    fn distances_to_same(&self) -> Vec<(f32, f32)> {
        let key = |note: &SheetNote| match self.kind {
            Kind::Pitched => usize::from(note.pitch),
            Kind::Drums => drum_of(note.pitch),
        };
        let mut found = vec![(f32::MAX, f32::MAX); self.notes.len()];
        let mut last: HashMap<usize, usize> = HashMap::new();
        for (index, note) in self.notes.iter().enumerate() {
            if let Some(before) = last.insert(key(note), index) {
                let distance = (note.step - self.notes[before].step) as f32;
                (found[index].0, found[before].1) = (distance, distance);
            }
        }
        found
    }
}

/// Notes that are struck together, among the others.
struct Group<'a> {
    sheet: &'a Sheet,
    /// Its first note in the sheet.
    first: usize,
    index: usize,
    spans: &'a [&'a [SheetNote]],
    steps: &'a [u32],
}

impl Group<'_> {
    /// What all notes of the group have in common.
    fn shared(&self) -> Described {
        let (spans, steps, index) = (self.spans, self.steps, self.index);
        let step = steps[index];
        let number = self.sheet.bar_of(step);
        let bar = self.sheet.bars[number];
        let position = step.saturating_sub(bar.start);
        let quarter_s = self.sheet.quarter_s[self.first];
        let neighbour = |at: Option<usize>| at.and_then(|at| spans.get(at));
        let (before, after) = (neighbour(index.checked_sub(1)), neighbour(Some(index + 1)));
        let window = |from: u32, to: u32| {
            let (first, last) = (steps.partition_point(|&at| at < from), steps.partition_point(|&at| at < to));
            spans[first..last].iter().map(|span| span.len()).sum::<usize>() as f32 / 8.0
        };
        let top = |span: &[SheetNote]| f32::from(span[0].pitch);
        let around = &spans[index.saturating_sub(16)..spans.len().min(index + 17)];
        let mean = around.iter().copied().map(top).sum::<f32>() / around.len() as f32;
        let turn = |bars: f32| {
            let angle = std::f32::consts::TAU * number as f32 / bars;
            [angle.sin(), angle.cos()]
        };
        let span = spans[index];
        let mut scalars = [0.0; SCALARS];
        scalars[0..2].copy_from_slice(&turn(4.0));
        scalars[2..4].copy_from_slice(&turn(8.0));
        scalars[4] = (quarter_s / 0.5).max(0.05).log2();
        scalars[7] = (span.len() as f32).log2().min(3.0);
        scalars[9] = before.map_or(2.0, |before| length((step - before[0].step) as f32));
        scalars[10] = after.map_or(2.0, |after| length((after[0].step - step) as f32));
        scalars[12] = window(step + 1, step.saturating_add(STEPS_PER_QUARTER + 1)).min(3.0);
        scalars[13] = window(step.saturating_sub(STEPS_PER_QUARTER), step).min(3.0);
        scalars[16] = (-(number as f32) / 2.0).exp();
        scalars[17] = (-((self.sheet.bars.len() - 1 - number) as f32) / 2.0).exp();
        scalars[24] = position as f32 / bar.length.max(1) as f32;
        if self.sheet.kind == Kind::Pitched {
            scalars[6] = (top(span) - mean) / 12.0;
            scalars[14] = before.map_or(0.0, |before| (top(span) - top(before)) / 12.0);
            scalars[15] = after.map_or(0.0, |after| (top(after) - top(span)) / 12.0);
        } else {
            let has =
                |drums: &[usize]| f32::from(u8::from(span.iter().any(|note| drums.contains(&drum_of(note.pitch)))));
            scalars[20..24].copy_from_slice(&[has(&[0]), has(&[1, 2]), has(&[3, 4, 5, 6, 7]), has(&[8])]);
        }
        let meter = match (bar.meter.numerator, bar.meter.denominator) {
            (2, _) => 0,
            (3, 1..=4) => 1,
            (4, _) => 2,
            (6 | 9 | 12 | 3, _) => 3,
            (8, _) => 4,
            _ => 5,
        };
        let quarter = (position / STEPS_PER_QUARTER).min(7) as u8;
        let classes = [(position % STEPS_PER_QUARTER) as u8, quarter, meter, weight(&bar, position), 0, 0];
        Described { classes, scalars }
    }

    fn note(&self, shared: &Described, place: usize, note: &SheetNote, (since, until): (f32, f32)) -> Described {
        let mut described = shared.clone();
        let Described { classes, scalars } = &mut described;
        let span = self.spans[self.index];
        scalars[8] = length(note.duration as f32);
        scalars[18] = length(since);
        scalars[19] = length(until);
        classes[5] = match (span.len(), place) {
            (1, _) => 0,
            (_, 0) => 1,
            (all, place) if place + 1 == all => 2,
            _ => 3,
        };
        match self.sheet.kind {
            Kind::Drums => classes[4] = 1 + drum_of(note.pitch) as u8,
            Kind::Pitched => {
                scalars[5] = (f32::from(note.pitch) - 60.0) / 24.0;
                let gap = self.steps.get(self.index + 1).map_or(0.0, |&next| {
                    (f64::from(next) - f64::from(note.step) - f64::from(note.duration)) as f32 / QUARTER
                });
                scalars[11] = gap.clamp(-1.0, 1.0);
            }
        }
        described
    }
}

/// A length in steps as octaves from an eighth note.
fn length(steps: f32) -> f32 {
    (steps.max(1.0) / (QUARTER / 2.0)).log2().clamp(-3.0, 3.0)
}

/// How heavy a place in the bar is: 0 its beginning, 1 its middle, 2 a beat, 3 half a beat, 4 a quarter of one, 5 others.
fn weight(bar: &GridBar, position: u32) -> u8 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a beat has at most 288 steps")]
    let beat = ((bar.meter.beat_quarters() * f64::from(STEPS_PER_QUARTER)).round() as u32).max(1);
    let divides = |length: u32| length > 0 && position.is_multiple_of(length);
    let part = if bar.meter.is_compound() { beat / 3 } else { beat / 2 };
    match position {
        0 => 0,
        _ if bar.length.is_multiple_of(2 * beat) && position * 2 == bar.length => 1,
        _ if divides(beat) => 2,
        _ if divides(part) => 3,
        _ if divides(part / 2) => 4,
        _ => 5,
    }
}

#[cfg(test)]
mod tests {
    use ripieno_score::Meter;

    use super::*;

    fn sheet(kind: Kind, notes: &[(u32, u8)]) -> Sheet {
        let bars = (0..4).map(|bar| GridBar { start: 96 * bar, length: 96, meter: Meter::COMMON, tempo_bpm: 120.0 });
        Sheet {
            kind,
            notes: notes.iter().map(|&(step, pitch)| SheetNote { step, pitch, duration: 12 }).collect(),
            quarter_s: vec![0.5; notes.len()],
            bars: bars.collect(),
        }
    }

    #[test]
    fn every_note_has_one_of_each_class() {
        for kind in [Kind::Pitched, Kind::Drums] {
            let sheet = sheet(kind, &[(0, 72), (0, 36), (13, 38), (96, 38), (200, 127), (383, 0)]);
            for described in sheet.describe() {
                let mut row = vec![0.0; FEATURES];
                described.write(&mut row);
                assert_eq!(row[..CLASSES].iter().sum::<f32>(), 6.0);
                assert!(row.iter().all(|number| number.abs() <= 11.0), "{row:?}");
            }
        }
    }

    #[test]
    fn bars_have_heavy_and_light_places() {
        let bar = |numerator, denominator, length| GridBar {
            start: 0,
            length,
            meter: Meter::new(numerator, denominator).unwrap(),
            tempo_bpm: 120.0,
        };
        let weights = |bar: &GridBar, places: &[u32]| places.iter().map(|&at| weight(bar, at)).collect::<Vec<_>>();
        assert_eq!(weights(&bar(4, 4, 96), &[0, 48, 24, 12, 6, 8]), [0, 1, 2, 3, 4, 5]);
        assert_eq!(weights(&bar(3, 4, 72), &[0, 24, 36, 48]), [0, 2, 3, 2]);
        assert_eq!(weights(&bar(6, 8, 72), &[0, 36, 12, 6]), [0, 1, 3, 4]);
    }
}
