//! Copies with changes, planted in pieces that have nothing to do with them.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;
use ripieno_datasets::originality::line::Line;
use ripieno_score::{GridNote, GridScore};

/// How a copy is disguised. Every one is moved to another key as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Another key only.
    Transposed,
    /// All times one and a half, two or half as long.
    Tempo,
    /// Every sixth note has a mordent, a turn or a grace note.
    Ornaments,
    /// Among the notes of a part that plays on, not instead of them.
    InnerVoice,
    /// Every fourth note an octave higher or lower.
    Octaves,
    /// Every seventh note is missing.
    Dropped,
}

pub(crate) const KINDS: [Kind; 6] =
    [Kind::Transposed, Kind::Tempo, Kind::Ornaments, Kind::InnerVoice, Kind::Octaves, Kind::Dropped];

pub(crate) fn below(n: usize, rng: &mut ChaCha8Rng) -> usize {
    usize::try_from(rng.next_u64() % n as u64).expect("below n")
}

/// So many notes of a line of `source`; `None` where it has no line that long.
pub(crate) fn cut(source: &GridScore, length: usize, rng: &mut ChaCha8Rng) -> Option<Vec<GridNote>> {
    let mut lines = Line::edges(source);
    lines.retain(|line| line.notes.len() >= length);
    if lines.is_empty() {
        return None;
    }
    let line = &lines[below(lines.len(), rng)].notes;
    let from = below(line.len() + 1 - length, rng);
    Some(line[from..from + length].to_vec())
}

/// `host` with the copy in it, and the copied notes as they stand there.
pub(crate) fn plant(
    host: &GridScore,
    copy: &[GridNote],
    kind: Kind,
    rng: &mut ChaCha8Rng,
) -> Option<(GridScore, Vec<GridNote>)> {
    let melodic: Vec<u16> =
        (0..host.parts.len()).filter(|&part| !host.parts[part].instrument.is_drums()).map(|part| part as u16).collect();
    let part = *melodic.get(below(melodic.len().max(1), rng))?;
    let onsets: Vec<u32> = host.notes.iter().filter(|note| note.part == part).map(|note| note.onset).collect();
    let start = *onsets.get(below(onsets.len().max(1), rng))?;
    let mut notes = disguise(copy, kind, rng);
    let shift = below(11, rng) as i32 + 1;
    let middle = |notes: &mut dyn Iterator<Item = u8>| {
        let (sum, count) = notes.fold((0, 0), |(sum, count), pitch| (sum + i32::from(pitch), count + 1));
        sum / count.max(1)
    };
    let there = middle(&mut host.notes.iter().filter(|note| note.part == part).map(|note| note.pitch));
    let here = middle(&mut notes.iter().map(|note| note.pitch)) + shift;
    // To the octave in which the part plays.
    let shift = shift + 12 * (there - here).div_euclid(12);
    let origin = notes[0].onset;
    for note in &mut notes {
        let pitch = i32::from(note.pitch) + shift;
        *note = GridNote {
            onset: start + note.onset - origin,
            part,
            pitch: u8::try_from(pitch).ok().filter(|&p| p < 128)?,
            ..*note
        };
    }
    let end = notes.iter().map(GridNote::end).max()?;
    let mut all = host.clone();
    if kind != Kind::InnerVoice {
        all.notes.retain(|note| note.part != part || note.end() <= start || note.onset >= end);
    }
    all.notes.extend(&notes);
    all.notes.sort_unstable();
    all.notes.dedup_by_key(|note| (note.onset, note.part, note.pitch));
    notes.sort_unstable();
    Some((all, notes))
}

fn disguise(copy: &[GridNote], kind: Kind, rng: &mut ChaCha8Rng) -> Vec<GridNote> {
    let mut notes = copy.to_vec();
    match kind {
        Kind::Transposed | Kind::InnerVoice => {}
        Kind::Tempo => {
            let (times, over) = [(3, 2), (2, 1), (1, 2)][below(3, rng)];
            let scale = |steps: u32| steps * times / over;
            notes.iter_mut().for_each(|note| {
                (note.onset, note.duration) = (scale(note.onset), scale(note.duration).max(1));
            });
        }
        Kind::Octaves => {
            for note in notes.iter_mut().filter(|note| (24..=103).contains(&note.pitch)) {
                note.pitch = match below(8, rng) {
                    0 => note.pitch + 12,
                    1 => note.pitch - 12,
                    _ => note.pitch,
                };
            }
        }
        Kind::Dropped => {
            let last = notes.len() - 1;
            let mut index = 0;
            notes.retain(|_| {
                index += 1;
                index == 1 || index > last || below(7, rng) != 0
            });
        }
        Kind::Ornaments => {
            notes = copy.array_windows().flat_map(|&[note, next]| ornamented(note, next.onset, rng)).collect();
            notes.extend(copy.last());
        }
    }
    notes
}

/// The note, or with the chance of one in six an ornament of it within its time.
fn ornamented(note: GridNote, next: u32, rng: &mut ChaCha8Rng) -> Vec<GridNote> {
    let room = next - note.onset;
    if room < 8 || below(6, rng) != 0 || !(3..=124).contains(&note.pitch) {
        return vec![note];
    }
    let at = |onset: u32, pitch: u8, duration: u32| GridNote { onset, pitch, duration, ..note };
    let (start, step) = (note.onset, room / 4);
    match below(3, rng) {
        0 => vec![note, at(next - 2, note.pitch + 2, 2)],
        1 => vec![
            at(start, note.pitch, step),
            at(start + step, note.pitch + 2, step),
            at(start + 2 * step, note.pitch, room - 2 * step),
        ],
        _ => vec![
            at(start, note.pitch + 2, step),
            at(start + step, note.pitch, step),
            at(start + 2 * step, note.pitch - 1, step),
            at(start + 3 * step, note.pitch, room - 3 * step),
        ],
    }
}
