//! A chain of notes, and its bytes.

use ripieno_score::{GridNote, GridScore};

/// Notes that still sound after so many steps (two quarter notes) no longer hide what starts below them: a pedal holds
/// notes far longer than they are heard.
const HIDES_STEPS: u32 = 48;

/// How many notes back a note that hides another is looked for.
const LOOK_BACK: usize = 4;

/// Which edge of a part a line follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Edge {
    /// The highest notes: a note that starts while a higher one sounds is left out (skyline, Uitdenbogerd and Zobel
    /// 1999).
    Upper,
    /// The lowest notes.
    Lower,
}

/// What becomes of a note that is offered to an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// It comes next.
    Next,
    /// It replaces the last note, which starts with it.
    Instead,
    /// It is no part of the edge.
    Hidden,
}

impl Edge {
    /// Where `note` goes, behind `line`; notes come by onset, then pitch.
    pub(crate) fn place(self, line: &[GridNote], note: &GridNote) -> Place {
        let is_outside = |other: &GridNote| match self {
            Self::Upper => other.pitch > note.pitch,
            Self::Lower => other.pitch < note.pitch,
        };
        let sounds = |other: &GridNote| other.onset.saturating_add(other.duration.min(HIDES_STEPS)) > note.onset;
        let last_with_it = line.last().filter(|last| last.onset == note.onset);
        let earlier = line.iter().rev().skip(usize::from(last_with_it.is_some())).take(LOOK_BACK);
        match last_with_it {
            Some(last) if last.pitch == note.pitch || is_outside(last) => Place::Hidden,
            _ if earlier.into_iter().any(|other| sounds(other) && is_outside(other)) => Place::Hidden,
            Some(_) => Place::Instead,
            None => Place::Next,
        }
    }
}

/// A chain of notes of one part, by onset.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// Its notes; no two start together.
    pub notes: Vec<GridNote>,
}

impl Line {
    /// The edges of every part but drums; a part that plays one note at a time has one.
    pub fn edges(grid: &GridScore) -> Vec<Self> {
        let mut lines = Vec::new();
        for notes in parts(grid) {
            let upper = Self::edge(&notes, Edge::Upper);
            let lower = Self::edge(&notes, Edge::Lower);
            let same = upper == lower;
            lines.push(upper);
            if !same {
                lines.push(lower);
            }
        }
        lines
    }

    fn edge(notes: &[GridNote], edge: Edge) -> Self {
        let mut line: Vec<GridNote> = Vec::new();
        for note in notes {
            match edge.place(&line, note) {
                Place::Hidden => continue,
                Place::Instead => _ = line.pop(),
                Place::Next => {}
            }
            line.push(*note);
        }
        Self { notes: line }
    }

    /// The edges, and the voices of parts that play several notes at a time: every note joins the voice whose last note
    /// is nearest in pitch.
    pub fn edges_and_voices(grid: &GridScore) -> Vec<Self> {
        let mut lines = Self::edges(grid);
        for notes in parts(grid) {
            let voices = voices(&notes);
            if voices.len() > 1 {
                lines.extend(voices);
            }
        }
        lines.retain(|line| line.notes.len() > 1);
        let mut seen = Vec::new();
        lines.retain(|line| {
            !seen.contains(line) && {
                seen.push(line.clone());
                true
            }
        });
        lines
    }
}

/// The notes of every part but drums, by onset and pitch.
fn parts(grid: &GridScore) -> Vec<Vec<GridNote>> {
    let mut parts = vec![Vec::new(); grid.parts.len()];
    for note in &grid.notes {
        let part = usize::from(note.part);
        if grid.parts.get(part).is_some_and(|part| !part.instrument.is_drums()) {
            parts[part].push(*note);
        }
    }
    parts.retain(|notes: &Vec<GridNote>| !notes.is_empty());
    parts
}

fn voices(notes: &[GridNote]) -> Vec<Line> {
    /// More voices than this are chords, not voices.
    const MOST: usize = 6;
    /// A voice that has been silent for so many steps (four quarter notes) is not waited for.
    const WAITS_STEPS: u32 = 96;
    let mut voices: Vec<Line> = Vec::new();
    for chord in notes.chunk_by(|a, b| a.onset == b.onset) {
        let mut pairs: Vec<(u8, usize, usize)> = Vec::new();
        for (voice, line) in voices.iter().enumerate() {
            let Some(last) = line.notes.last() else { continue };
            let end = last.onset.saturating_add(last.duration.min(HIDES_STEPS));
            let waits = end.saturating_add(WAITS_STEPS) > chord[0].onset;
            // A voice that still sounds well after this onset (a thirty-second note) is busy.
            let busy = end > chord[0].onset.saturating_add(3);
            if waits && !busy {
                pairs.extend(
                    chord.iter().enumerate().map(|(index, note)| (note.pitch.abs_diff(last.pitch), voice, index)),
                );
            }
        }
        pairs.sort_unstable();
        let mut taken = vec![None; chord.len()];
        for (_, voice, index) in pairs {
            if taken[index].is_none() && !taken.contains(&Some(voice)) {
                taken[index] = Some(voice);
            }
        }
        for (note, voice) in chord.iter().zip(taken) {
            match voice {
                Some(voice) => voices[voice].notes.push(*note),
                None if voices.len() < MOST => voices.push(Line { notes: vec![*note] }),
                None => {
                    // The voice that has been silent longest takes it.
                    let idle = voices.iter_mut().min_by_key(|line| line.notes.last().map_or(0, |last| last.onset));
                    if let Some(line) = idle.filter(|line| line.notes.last().is_none_or(|last| last.onset < note.onset))
                    {
                        line.notes.push(*note);
                    }
                }
            }
        }
    }
    voices
}

/// Where a line of the index begins.
pub(crate) const BREAK: u8 = 0xff;

/// Semitones from one pitch up to the next of the other's class, `0..12`; pitches are below 128.
pub(crate) const fn up(from: u8, to: u8) -> u8 {
    ((to as u16 + 132 - from as u16) % 12) as u8
}

/// Semitones above the note before, without octaves, times 16, plus the class of the time between the onsets.
pub(crate) fn byte(before: &GridNote, note: &GridNote) -> u8 {
    up(before.pitch, note.pitch) << 4 | time_class(note.onset - before.onset)
}

/// The interval of a byte, `0..12`.
pub(crate) const fn interval(byte: u8) -> u8 {
    byte >> 4
}

/// How the time between two onsets compares with the one before: 0 is shorter, 1 about the same, 2 longer.
pub(crate) const fn relation(before: u8, byte: u8) -> u8 {
    let (before, now) = (before & 15, byte & 15);
    if now >= before + 2 {
        2
    } else if before >= now + 2 {
        0
    } else {
        1
    }
}

/// Steps between two onsets, to half an octave: 0 is a thirty-second note (3 steps) or less, 14 four bars or more.
fn time_class(onsets: u32) -> u8 {
    /// Halfway, in octaves, between the usual steps of two classes.
    const LIMITS: [u32; 14] = [4, 6, 8, 11, 15, 21, 29, 41, 58, 81, 115, 162, 229, 323];
    LIMITS.partition_point(|&limit| onsets >= limit) as u8
}

/// The usual number of steps of the class of a byte: 3, 4.5, 6, 9, 12, ... (dotted notes between the plain ones).
pub(crate) const fn steps(byte: u8) -> f32 {
    const STEPS: [f32; 16] =
        [3.0, 4.5, 6.0, 9.0, 12.0, 18.0, 24.0, 36.0, 48.0, 72.0, 96.0, 144.0, 192.0, 288.0, 384.0, 384.0];
    STEPS[(byte & 15) as usize]
}
