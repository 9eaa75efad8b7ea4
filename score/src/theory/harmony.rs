//! Chords as roman numerals.

use serde::Serialize;

use super::evidence::{Atom, Stress, beat_steps};
use super::keys::settle;
use super::path::{Idiom, Reading, read};
use super::place::Place;
use super::roman::{Function, Role, Shape, degree, figures, quality_mark, role_of};
use super::sevenths::{self, Stretch};
use super::spelling::class_name;
use super::voices::Voices;
use crate::chord::Quality;
use crate::grid::{GridScore, STEPS_PER_QUARTER};
use crate::key::{Key, Mode, find_key_of};

/// A chord in its key.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RomanChord {
    /// Where it begins.
    pub from: Place,
    /// The step at which it ends.
    pub end: u32,
    /// The key that it is heard in.
    pub key: Key,
    /// Pitch class of the root, C is 0.
    pub root: u8,
    /// Its pitch classes as semitones above the root.
    pub intervals: &'static [u8],
    /// Pitch class of the bass.
    pub bass: u8,
    /// The chord symbol: `G7/B`.
    pub symbol: String,
    /// The roman numeral with its figures: `V65`, `viio7/V`, `N6`, `Ger+6`.
    pub numeral: String,
    /// What it does.
    pub function: Function,
    /// Whether it is the six-four chord that stands for the dominant before a cadence.
    pub cadential_six_four: bool,
    /// How much of what sounds lies on its notes, `0.0..=1.0`.
    pub fit: f32,
    /// Whether its third and another of its notes are heard, and little else.
    pub is_plain: bool,
    /// Whether it is only implied: never two notes sound together.
    pub is_implied: bool,
}

impl RomanChord {
    /// Whether a pitch belongs to the chord.
    pub fn has(&self, pitch: u8) -> bool {
        self.intervals.contains(&((pitch + 12 - self.root) % 12))
    }

    /// Semitones of the root above the tonic.
    pub fn degree(&self) -> u8 {
        degree(self.key, self.root)
    }

    /// Whether the root lies in the bass.
    pub fn is_in_root_position(&self) -> bool {
        self.bass == self.root
    }
}

/// A run of atoms under one chord.
#[derive(Debug, Clone, Copy)]
struct Segment {
    first: usize,
    end: usize,
    reading: Reading,
    bass: u8,
}

/// The chords of a piece in order. Where half a bar or more is silent there is none.
pub(super) fn harmony(grid: &GridScore, voices: &Voices, atoms: &[Atom]) -> Vec<RomanChord> {
    let (mut readings, idiom) = read(atoms, find_key_of(grid), is_groove(grid));
    settle(atoms, &mut readings);
    if idiom == Idiom::Blues {
        add_sixths_and_ninths(atoms, &mut readings);
    }
    let segments = join(atoms, segments(atoms, &readings));
    let next = segments.iter().skip(1).map(|next| Some(next.reading.root)).chain([None]);
    let mut segments: Vec<Segment> = segments
        .iter()
        .zip(next)
        .flat_map(|(&segment, next)| split_at_bass(grid, voices, atoms, segment, next))
        .collect();
    let is_blues = idiom == Idiom::Blues || read_as_blues(atoms, &mut segments);
    let mut chords: Vec<RomanChord> = Vec::with_capacity(segments.len());
    for (index, segment) in segments.iter().enumerate() {
        let next = segments.get(index + 1).filter(|next| next.first == segment.end);
        match without_seventh(grid, voices, atoms, segment).filter(|_| !is_blues) {
            Some((triad, seventh, step)) => {
                let end = chords.len();
                chords.push(chord(grid, atoms, &triad, next, is_blues));
                chords.push(chord(grid, atoms, &seventh, next, is_blues));
                chords[end].end = step;
                chords[end + 1].from = Place::of(grid, step);
            }
            None => chords.push(chord(grid, atoms, segment, next, is_blues)),
        }
    }
    chords
}

/// In a blues a minor chord over its third is a major chord with its sixth, and a half-diminished one the upper part of a ninth chord;
/// and so they are where they come in under way, over a chord that they are part of.
fn add_sixths_and_ninths(atoms: &[Atom], readings: &mut [Reading]) {
    let mut before: Option<(Reading, Reading)> = None;
    for (atom, reading) in atoms.iter().zip(readings) {
        let found = *reading;
        let part_of = match found.shape {
            Shape::Known(Quality::Minor | Quality::Minor7) => Some((3, Quality::Major)),
            Shape::Known(Quality::HalfDiminished7) => Some((8, Quality::Dominant7)),
            _ => None,
        };
        if let Some((up, quality)) = part_of {
            let root = (found.root + up) % 12;
            let on_its_root = atom.bass.is_some_and(|bass| bass % 12 == root);
            let is_major = |shape| matches!(shape, Shape::Known(Quality::Major | Quality::Dominant7));
            let goes_on = before.filter(|(was, is)| {
                is.root == root && is_major(is.shape) && (atom.stress < Stress::Bar || was.root == found.root)
            });
            if let Some((_, is)) = goes_on {
                *reading = Reading { key: found.key, ..is };
            } else if on_its_root {
                *reading = Reading { root, shape: Shape::Known(quality), ..found };
            }
        }
        before = Some((found, *reading));
    }
}

/// Whether drums play in most of the bars.
fn is_groove(grid: &GridScore) -> bool {
    let mut bars: Vec<usize> =
        grid.notes.iter().filter(|note| !grid.is_pitched(note)).map(|note| grid.bar_of(note.onset)).collect();
    bars.dedup();
    2 * bars.len() > grid.bars.len()
}

fn segments(atoms: &[Atom], readings: &[Reading]) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    let mut silent = 0;
    for (index, (atom, &reading)) in atoms.iter().zip(readings).enumerate() {
        if atom.is_silent() {
            silent += atom.end - atom.start;
            continue;
        }
        let is_after_silence = silent >= 2 * STEPS_PER_QUARTER;
        silent = 0;
        match segments.last_mut() {
            Some(last)
                if !is_after_silence && last.reading.root == reading.root && last.reading.shape == reading.shape =>
            {
                last.end = index + 1;
                last.reading.key = reading.key;
            }
            last => {
                if let Some(last) = last.filter(|_| !is_after_silence) {
                    last.end = index;
                }
                segments.push(Segment { first: index, end: index + 1, reading, bass: 0 });
            }
        }
    }
    segments
}

/// A suspended fourth that resolves is an ornament of the chord that it resolves to; a seventh chord that loses its seventh
/// remains one.
fn join(atoms: &[Atom], segments: Vec<Segment>) -> Vec<Segment> {
    let mut joined: Vec<Segment> = Vec::new();
    for segment in segments {
        let before = joined.last_mut().filter(|last| last.end == segment.first);
        // The upper three notes of a dominant seventh without its root, in the middle of its bar.
        let is_rest_of_seventh = |last: &Segment| {
            matches!(last.reading.shape, Shape::Known(Quality::Major | Quality::Dominant7))
                && segment.reading.shape == Shape::Known(Quality::Diminished)
                && segment.reading.root == (last.reading.root + 4) % 12
                && atoms[segment.first].stress < Stress::Bar
        };
        let before = match before {
            Some(last) if is_rest_of_seventh(last) => {
                last.end = segment.end;
                last.reading.shape = Shape::Known(Quality::Dominant7);
                continue;
            }
            other => other,
        };
        let Some(before) = before.filter(|last| last.reading.root == segment.reading.root) else {
            joined.push(segment);
            continue;
        };
        let seventh_of = |shape| match shape {
            Shape::Known(Quality::Dominant7 | Quality::Major7) => Some(Quality::Major),
            Shape::Known(Quality::Minor7) => Some(Quality::Minor),
            Shape::Known(Quality::Diminished7 | Quality::HalfDiminished7) => Some(Quality::Diminished),
            _ => None,
        };
        if before.reading.shape == Shape::Known(Quality::Suspended4) {
            let first = before.first;
            *before = Segment { first, ..segment };
        } else if seventh_of(before.reading.shape).map(Shape::Known) == Some(segment.reading.shape) {
            before.end = segment.end;
            before.reading.key = segment.reading.key;
        } else {
            joined.push(segment);
        }
    }
    joined
}

/// Cuts a chord where its bass really moves to another of its notes: the beginnings of its inversions.
///
/// The fifth counts only where the next chord stands on it: a cadential six-four.
fn split_at_bass(
    grid: &GridScore,
    voices: &Voices,
    atoms: &[Atom],
    segment: Segment,
    next: Option<u8>,
) -> Vec<Segment> {
    let Reading { root, shape, .. } = segment.reading;
    let interval = |pitch: u8| (pitch % 12 + 12 - root) % 12;
    let is_tone = |pitch: u8| shape.intervals().contains(&interval(pitch));
    let inside = &atoms[segment.first..segment.end];
    let lowest = inside.iter().filter_map(|atom| atom.bass).filter(|&pitch| is_tone(pitch)).min();
    // An upbeat of the melody alone is not the bass yet.
    let opening = inside
        .iter()
        .find(|atom| atom.bass.is_some_and(|pitch| is_tone(pitch) && lowest.is_none_or(|lowest| pitch <= lowest + 7)));
    let bass = opening.and_then(|atom| atom.bass).map_or(root, |pitch| pitch % 12);
    let is_fifth = |pitch: u8| Some(&interval(pitch)) == shape.intervals().get(2);
    let mut pieces = vec![Segment { bass, ..segment }];
    let mut held = opening.and_then(|atom| atom.bass_note);
    for (index, atom) in inside.iter().enumerate() {
        let Some(note) = atom.bass_note.filter(|_| atom.stress > Stress::Off) else { continue };
        let moved = &grid.notes[note];
        let bar = &grid.bars[atom.bar];
        // In two voices only a long note is a bass of its own and not a broken chord.
        let is_bass = atom.sounding >= 3 || 2 * moved.duration >= bar.length;
        let goes_on = held.is_some_and(|held| voices.leads(held, note));
        if !is_bass || moved.onset != atom.start || moved.duration < beat_steps(bar).min(24) || !goes_on {
            continue;
        }
        held = Some(note);
        let last = pieces[pieces.len() - 1];
        if is_tone(moved.pitch)
            && moved.pitch % 12 != last.bass
            && (!is_fifth(moved.pitch) || next == Some(moved.pitch % 12))
        {
            let first = segment.first + index;
            if let Some(last) = pieces.last_mut() {
                last.end = first;
            }
            pieces.push(Segment { first, bass: moved.pitch % 12, ..segment });
        }
    }
    pieces
}

/// A chord whose seventh comes in late as a triad and a seventh chord, and the step at which it does.
fn without_seventh(
    grid: &GridScore,
    voices: &Voices,
    atoms: &[Atom],
    segment: &Segment,
) -> Option<(Segment, Segment, u32)> {
    use Quality::{Diminished, Dominant7, HalfDiminished7, Major, Minor, Minor7};
    let Reading { root, shape: Shape::Known(quality), key } = segment.reading else { return None };
    let role = role_of(key.mode, degree(key, root), Shape::Known(quality));
    let is_dominant = matches!(role.function, Function::Dominant | Function::AppliedDominant);
    let (triad, full, has_seventh) = match quality {
        Major if is_dominant => (Major, Dominant7, false),
        Dominant7 => (Major, Dominant7, true),
        Minor7 => (Minor, Minor7, true),
        HalfDiminished7 => (Diminished, HalfDiminished7, true),
        _ => return None,
    };
    let (start, end) = (atoms[segment.first].start, atoms[segment.end - 1].end);
    let (step, is_bass) = sevenths::entry(grid, voices, &Stretch { start, end, root, seventh: 10, has_seventh })?;
    let with = |quality| Reading { shape: Shape::Known(quality), ..segment.reading };
    let bass = if is_bass { (root + 10) % 12 } else { segment.bass };
    Some((Segment { reading: with(triad), ..*segment }, Segment { reading: with(full), bass, ..*segment }, step))
}

/// Where dominant sevenths are at rest, as in a blues, reads the piece in the key of its first chord: half of the time and
/// more there are major chords with a minor seventh, and the piece begins and ends on the same one.
fn read_as_blues(atoms: &[Atom], segments: &mut [Segment]) -> bool {
    let has_seventh = |segment: &Segment| {
        let inside = &atoms[segment.first..segment.end];
        let weight = |class: u8| inside.iter().map(|atom| atom.classes[usize::from(class % 12)]).sum::<f32>();
        let total: f32 = (0..12).map(weight).sum();
        match segment.reading.shape {
            Shape::Known(Quality::Dominant7) => true,
            Shape::Known(Quality::Major) => weight(segment.reading.root + 10) > 0.08 * total,
            _ => false,
        }
    };
    let length = |segment: &Segment| segment.end - segment.first;
    let all: usize = segments.iter().map(length).sum();
    let sevenths: usize = segments.iter().filter(|segment| has_seventh(segment)).map(length).sum();
    let Some((first, last)) = segments.first().zip(segments.last()) else { return false };
    let tonic = first.reading.root;
    let rests = [first, last].iter().all(|segment| segment.reading.root == tonic && has_seventh(segment));
    let has_fourth = segments.iter().any(|segment| degree(Key { tonic, mode: Mode::Major }, segment.reading.root) == 5);
    if !rests || !has_fourth || 2 * sevenths < all {
        return false;
    }
    for segment in segments {
        segment.reading.key = Key { tonic, mode: Mode::Major };
        if has_seventh(segment) {
            segment.reading.shape = Shape::Known(Quality::Dominant7);
        }
    }
    true
}

fn chord(grid: &GridScore, atoms: &[Atom], segment: &Segment, next: Option<&Segment>, is_blues: bool) -> RomanChord {
    let Segment { first, end, reading: Reading { root, shape, key }, bass } = *segment;
    let inside = &atoms[first..end];
    let is_implied = inside.iter().all(Atom::is_one_line);
    // A line alone has no bass, and so no inversions.
    let bass = if is_implied { root } else { bass };
    let weight = |interval: u8| {
        let class = usize::from((root + interval) % 12);
        inside.iter().map(|atom| atom.classes[class]).sum::<f32>()
    };
    let total: f32 = (0..12).map(weight).sum();
    let fit = if total > 0.0 { shape.intervals().iter().map(|&i| weight(i)).sum::<f32>() / total } else { 0.0 };
    let heard: Vec<bool> = shape.intervals().iter().map(|&interval| weight(interval) > 0.03 * total).collect();
    let is_plain = fit >= 0.7 && heard.get(1) == Some(&true) && heard.iter().filter(|&&heard| heard).count() >= 2;
    let role = role_of(key.mode, degree(key, root), shape);
    let above_root = (bass + 12 - root) % 12;
    let next_degree = next.map(|next| (degree(key, next.reading.root), next.bass));
    let mut name = name(key, root, shape, &role, above_root, next_degree, is_blues);
    if name == "Ger+6" && !heard.get(2).copied().unwrap_or(false) {
        name = "It+6".into();
    }
    let is_six_four = degree(key, root) == 0 && above_root == 7 && shape.intervals().len() == 3;
    let cadential = is_six_four && next_degree.is_some_and(|(degree, next_bass)| degree == 7 && next_bass == bass);
    let function = if cadential { Function::Dominant } else { function_of(&role, &name) };
    let from = Place::of(grid, inside[0].start);
    let fit = (fit * 100.0).round() / 100.0;
    RomanChord {
        from,
        end: inside[inside.len() - 1].end,
        key,
        root,
        intervals: shape.intervals(),
        bass,
        symbol: symbol(key, root, shape, bass),
        numeral: name,
        function,
        cadential_six_four: cadential,
        fit,
        is_plain,
        is_implied,
    }
}

fn function_of(role: &Role, name: &str) -> Function {
    // An applied chord that was named plainly after all does not lead to its target.
    if role.target.is_some() && !name.contains(role.of) { Function::Other } else { role.function }
}

/// The numeral with its figures. An applied dominant without a seventh is called so only where it resolves.
fn name(key: Key, root: u8, shape: Shape, role: &Role, bass: u8, next: Option<(u8, u8)>, is_blues: bool) -> String {
    let Shape::Known(quality) = shape else { return role.numeral.to_owned() };
    let figures = figures(shape, bass);
    let figures = if quality == Quality::Major7 && bass == 0 { "maj7" } else { figures };
    let is_triad = shape.intervals().len() == 3;
    // The tonic over the fifth stands for the dominant.
    let six_four = (0, (key.tonic + 7) % 12);
    let leads_to = |target: u8| next.is_some_and(|next| next.0 == target || (target == 7 && next == six_four));
    let resolves = role.target.is_none_or(leads_to);
    let own_degree = degree(key, root);
    let is_blue = is_blues && quality == Quality::Dominant7 && matches!(own_degree, 0 | 5);
    if is_blue || (role.target.is_some() && is_triad && !resolves) {
        let plain = plain_numeral(key, own_degree, quality);
        return format!("{plain}{}{figures}", quality_mark(&plain, quality));
    }
    if role.numeral == "Ger+6" {
        // A dominant seventh on the flat sixth degree that goes elsewhere is no augmented sixth.
        let goes_to_dominant =
            next.is_none_or(|(degree, bass)| degree == 7 || (degree == 0 && bass == (key.tonic + 7) % 12));
        if goes_to_dominant && bass == 0 {
            return role.numeral.to_owned();
        }
        return format!("{}{figures}", plain_numeral(key, own_degree, quality));
    }
    let mark = quality_mark(role.numeral, quality);
    format!("{}{mark}{figures}{}", role.numeral, role.of)
}

fn plain_numeral(key: Key, degree: u8, quality: Quality) -> String {
    const DEGREES: [&str; 12] = ["I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII"];
    const IN_MINOR: [&str; 12] = ["I", "bII", "II", "III", "#III", "IV", "#IV", "V", "VI", "#VI", "VII", "#VII"];
    let names = if key.mode == Mode::Major { DEGREES } else { IN_MINOR };
    let numeral = names[usize::from(degree % 12)];
    let is_minor = quality.intervals().contains(&3);
    let lower = |letter: char| if matches!(letter, 'I' | 'V') { letter.to_ascii_lowercase() } else { letter };
    if is_minor { numeral.chars().map(lower).collect() } else { numeral.to_owned() }
}

fn symbol(key: Key, root: u8, shape: Shape, bass: u8) -> String {
    let suffix = match shape {
        Shape::Known(quality) => quality.suffix(),
        Shape::FrenchSixth => "7b5",
    };
    let over = if bass == root { String::new() } else { format!("/{}", class_name(bass, key)) };
    format!("{}{suffix}{over}", class_name(root, key))
}
