//! What sounds, eighth note by eighth note: what harmony is found from.

use super::voices::Voices;
use crate::grid::{GridBar, GridScore, STEPS_PER_QUARTER};

/// The length of a piece of evidence.
const ATOM_STEPS: u32 = STEPS_PER_QUARTER / 2;

/// A held note says something about so many atoms at most, which bounds the work for notes without end.
const LONGEST_ATOMS: usize = 128;

/// What such a bass counts while it no longer sounds.
const HELD_BASS_WEIGHT: f32 = 0.5;

/// Onsets before and after a wait that it is measured by.
const BREATH_CONTEXT: usize = 6;

/// How strongly the meter stresses a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stress {
    /// Between the beats.
    Off,
    Beat,
    /// The middle of a bar that has one.
    Half,
    Bar,
}

/// Steps `start..end` of a bar, and what sounds there.
#[derive(Debug, Clone)]
pub(super) struct Atom {
    pub(super) bar: usize,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) stress: Stress,
    /// Weighted quarter notes of each pitch class.
    pub(super) classes: [f32; 12],
    /// Whether each pitch class is struck by a note that does not look like an ornament.
    pub(super) struck: [bool; 12],
    /// Whether each pitch class sounds at the start.
    pub(super) at_start: [bool; 12],
    /// The lowest pitch, of those that sound at the start if there are any.
    pub(super) bass: Option<u8>,
    /// The note that it belongs to.
    pub(super) bass_note: Option<usize>,
    bass_starts_late: bool,
    /// How many notes sound.
    pub(super) sounding: usize,
    /// How many of them begin with it on another pitch than their voice had.
    pub(super) moving: usize,
    /// Whether its bar is one line.
    pub(super) is_alone: bool,
    /// How plainly the music comes to rest just before it, `0.0..=1.0`.
    pub(super) breath: f32,
}

impl Atom {
    pub(super) fn quarters(&self) -> f32 {
        (self.end - self.start) as f32 / STEPS_PER_QUARTER as f32
    }

    /// Whether no two pitch classes sound together at its start: one line, perhaps in octaves.
    pub(super) fn is_one_line(&self) -> bool {
        self.at_start.iter().filter(|&&sounds| sounds).count() < 2
    }

    pub(super) fn is_silent(&self) -> bool {
        self.bass.is_none()
    }
}

/// Stress of the step at `offset` in a bar.
pub(super) fn stress(bar: &GridBar, offset: u32) -> Stress {
    let beat = beat_steps(bar);
    let beats = bar.length / beat;
    if offset == 0 {
        Stress::Bar
    } else if !offset.is_multiple_of(beat) {
        Stress::Off
    } else if beats.is_multiple_of(2) && offset == bar.length / 2 && beats > 2 {
        Stress::Half
    } else {
        Stress::Beat
    }
}

/// Steps in a felt beat, at least an eighth note and, unless beats divide into three, at most a quarter note.
pub(super) fn beat_steps(bar: &GridBar) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1/16 and 12 quarters")]
    let steps = (bar.meter.beat_quarters() * f64::from(STEPS_PER_QUARTER)).round() as u32;
    if bar.meter.is_compound() { steps.max(ATOM_STEPS) } else { steps.clamp(ATOM_STEPS, STEPS_PER_QUARTER) }
}

/// The atoms of a piece in order; together they cover its bars.
pub(super) fn atoms(grid: &GridScore, voices: &Voices, melody: &[usize]) -> Vec<Atom> {
    let mut atoms = Vec::new();
    for (index, bar) in grid.bars.iter().enumerate() {
        let mut offset = 0;
        while offset < bar.length {
            let end = (offset + ATOM_STEPS).min(bar.length);
            atoms.push(Atom {
                bar: index,
                start: bar.start + offset,
                end: bar.start + end,
                stress: stress(bar, offset),
                classes: [0.0; 12],
                struck: [false; 12],
                at_start: [false; 12],
                bass: None,
                bass_note: None,
                sounding: 0,
                moving: 0,
                is_alone: true,
                breath: 0.0,
                bass_starts_late: false,
            });
            offset = end;
        }
    }
    let mut first = 0;
    for (index, note) in grid.notes.iter().enumerate().filter(|(_, note)| grid.is_pitched(note)) {
        while atoms.get(first).is_some_and(|atom| atom.end <= note.onset) {
            first += 1;
        }
        let weight = weight(grid, voices, index);
        let moves = voices.before[index].is_none_or(|before| grid.notes[before].pitch != note.pitch);
        for atom in atoms[first..].iter_mut().take(LONGEST_ATOMS).take_while(|atom| atom.start < note.end()) {
            let steps = note.end().min(atom.end).saturating_sub(note.onset.max(atom.start));
            atom.classes[usize::from(note.pitch % 12)] += weight * steps as f32 / STEPS_PER_QUARTER as f32;
            atom.struck[usize::from(note.pitch % 12)] |= weight > 0.8;
            atom.sounding += 1;
            atom.moving += usize::from(note.onset == atom.start && moves);
            atom.at_start[usize::from(note.pitch % 12)] |= note.onset <= atom.start;
            let late = note.onset > atom.start;
            if atom.bass.is_none_or(|bass| (late, note.pitch) < (atom.bass_starts_late, bass)) {
                (atom.bass_starts_late, atom.bass) = (late, Some(note.pitch));
                atom.bass_note = Some(index);
            }
        }
    }
    for bar in atoms.chunk_by_mut(|a, b| a.bar == b.bar) {
        let is_alone = bar.iter().all(Atom::is_one_line);
        bar.iter_mut().for_each(|atom| atom.is_alone = is_alone);
    }
    hold_bass(grid, voices, &mut atoms);
    find_breaths(grid, melody, &mut atoms);
    atoms
}

/// Where the melody, and the whole texture, wait for longer than they did.
fn find_breaths(grid: &GridScore, melody: &[usize], atoms: &mut [Atom]) {
    let pitched = || grid.notes.iter().filter(|note| grid.is_pitched(note));
    let tune: Vec<u32> = melody.iter().map(|&index| grid.notes[index].onset).collect();
    let mut all: Vec<u32> = pitched().map(|note| note.onset).collect();
    all.dedup();
    for onsets in [tune, all] {
        let waits: Vec<f32> = onsets.windows(2).map(|pair| (pair[1] - pair[0]) as f32).collect();
        for (index, &wait) in waits.iter().enumerate().filter(|&(_, &wait)| wait >= STEPS_PER_QUARTER as f32) {
            let around = &waits[index.saturating_sub(BREATH_CONTEXT)..(index + 1 + BREATH_CONTEXT).min(waits.len())];
            let mean = (around.iter().sum::<f32>() - wait) / (around.len() - 1).max(1) as f32;
            let next = onsets[index + 1];
            let atom = atoms.partition_point(|atom| atom.end <= next);
            if let Some(atom) = atoms.get_mut(atom) {
                atom.breath += 0.5 * (wait / mean.max(1.0)).log2().clamp(0.0, 1.0);
            }
        }
    }
}

/// A short low note under chords that answer it from above, as in a waltz or a march, is the bass until the next low note
/// or the bar line.
fn hold_bass(grid: &GridScore, voices: &Voices, atoms: &mut [Atom]) {
    let mut held: Option<(usize, usize)> = None;
    for atom in atoms {
        let Some(note) = atom.bass_note else { continue };
        let answers = |low: usize| {
            let is_far = grid.notes[note].pitch >= grid.notes[low].pitch + 8;
            is_far && atom.sounding >= 2 && voices.before[note] != Some(low)
        };
        match held {
            Some((bar, low)) if bar == atom.bar && answers(low) => {
                let pitch = grid.notes[low].pitch;
                atom.classes[usize::from(pitch % 12)] += HELD_BASS_WEIGHT * atom.quarters();
                atom.bass = Some(pitch);
                atom.bass_note = Some(low);
            }
            _ => held = Some((atom.bar, note)),
        }
    }
}

/// How much a note says about the harmony: little where it looks like an ornament, more where it is leapt to and from.
fn weight(grid: &GridScore, voices: &Voices, index: usize) -> f32 {
    let note = &grid.notes[index];
    let bar = &grid.bars[grid.bar_of(note.onset)];
    let beat = beat_steps(bar);
    let interval = |other: Option<usize>| other.map(|other| note.pitch.abs_diff(grid.notes[other].pitch));
    let (before, after) = (interval(voices.before[index]), interval(voices.after[index]));
    let is_step = |interval: Option<u8>| matches!(interval, Some(1 | 2));
    let stress = stress(bar, note.onset.saturating_sub(bar.start));
    let brief = note.duration < beat;
    match (is_step(before), is_step(after)) {
        (true, true) if brief && stress == Stress::Off => 0.35,
        (true, true) if brief && stress < Stress::Half => 0.78,
        (_, true) if brief && stress == Stress::Off => 0.6,
        // A short note before a longer one a step away, on the beat: often an appoggiatura.
        (_, true) if brief => 0.85,
        (false, false) if brief => 1.15,
        _ => 1.0,
    }
}
