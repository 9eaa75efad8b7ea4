//! What the parts may play: the person's hard wishes together, or which two of them exclude each other.

use ripieno_score::{Chord, Key, Mode, Pitch, Scale};

use super::controls::{Anchor, Controls, PartChoice, PartNames, PitchRange, Progression, resolve};
use super::ensemble::{limits, limits_of_seat, limits_of_seed};
use super::seed::Seed;
use super::{ComposeError, Wishes};
use crate::event::{PartEvent, Role};
use crate::generate::constraint::octaves;
use crate::generate::{BarRequest, PartLimits};
use crate::habits::Seat;

const ALL: u16 = 0xfff;

/// Pitch classes and pitches that are asked for, with what to call the wish.
struct Wished {
    /// Pitches, a bit each.
    bits: u128,
    title: String,
}

/// What holds for the whole piece.
pub(super) struct Allowed {
    /// Limits of every part.
    pub(super) limits: Vec<PartLimits>,
    /// The scale, or the key where it was asked for, as pitch classes, a bit each.
    home: u16,
    /// A scale is kept under chords, too; a key takes up what its chords borrow.
    is_strict: bool,
}

impl Allowed {
    /// `chords` are all that are asked for, and `seats` say where parts usually play of which nothing is asked.
    pub(super) fn new(
        names: &PartNames<'_>,
        seed: Option<&Seed>,
        wishes: &Wishes,
        (chords, seats): (&[[Option<Chord>; 2]], &[Seat]),
    ) -> Result<Self, ComposeError> {
        let controls = &wishes.controls;
        agree(wishes.key, controls.scale)?;
        let chords: Vec<Chord> = chords.iter().flatten().flatten().copied().collect();
        let tones = |chord: &Chord| bits(chord.pitch_classes());
        let (home, title) = match (controls.scale, wishes.key) {
            (Some(scale), _) => (bits(scale.pitch_classes()), format!("the scale {scale}")),
            (None, Some(key)) => (bits(key.pitch_classes()), format!("the key {key}")),
            (None, None) => (ALL, String::new()),
        };
        let is_strict = controls.scale.is_some();
        let borrowed = chords.iter().filter(|_| !is_strict).fold(0, |mask, chord| mask | tones(chord));
        let mut wished = vec![Wished { bits: octaves(home | borrowed), title }];
        if let Some(set) = &controls.pitches {
            let pitches = (0..128).filter(|&pitch| set.contains(pitch)).fold(0, |bits, pitch| bits | 1 << pitch);
            let set = Wished { bits: pitches, title: format!("the pitches {set}") };
            if wished[0].bits & set.bits == 0 {
                return Err(excluded(&wished[0].title, &set.title, "they have no pitch in common"));
            }
            wished.push(set);
        }
        let all = wished.iter().fold(u128::MAX, |bits, wish| bits & wish.bits);
        for chord in &chords {
            let playable = |bits: u128| {
                let left = (0..12).filter(|class| tones(chord) >> class & 1 == 1 && bits & octaves(1 << class) != 0);
                bits & octaves(1 << chord.root) != 0 && left.count() >= 2
            };
            if !playable(all) {
                let other = wished.iter().find(|wish| !playable(wish.bits)).unwrap_or(&wished[0]);
                let reason = "of a chord, the root and one more tone must be playable";
                return Err(excluded(&format!("the chord {chord}"), &other.title, reason));
            }
        }
        let ranges = asked_ranges(controls, names)?;
        let mut limits = Vec::with_capacity(names.parts.len());
        for (slot, &part) in names.parts.iter().enumerate() {
            let mut own = match seats.get(slot).filter(|_| controls.curves.register.is_none()) {
                Some(seat) => limits_of_seat(*seat),
                None => usual(slot, part, seed, names),
            };
            let range = ranges[slot].map_or(own.bits(), |(low, high)| span(low, high));
            let asked = Asked { range: ranges[slot], wished: &wished, chords: &chords };
            let pitches = asked.fit(range, part, &names.title(slot))?;
            own.pitches = std::array::from_fn(|pitch| pitches >> pitch & 1 == 1);
            limits.push(own);
        }
        limit_polyphony(&mut limits, controls, names)?;
        Ok(Self { limits, home, is_strict })
    }

    /// Whether the scale of a key, or more than that, may be played.
    pub(super) fn has_scale_of(&self, key: Key) -> bool {
        bits(key.scale()) & !self.home == 0
    }

    /// Says in a bar what the chords that were asked for allow in its halves.
    pub(super) fn bind(&self, bar: &mut BarRequest, asked: [Option<Chord>; 2]) {
        for (half, chord) in asked.into_iter().enumerate() {
            let tones = chord.map(|chord| bits(chord.pitch_classes()));
            let borrowed = tones.filter(|_| !self.is_strict).unwrap_or(0);
            bar.forbidden[half] = ALL & !(self.home | borrowed);
            bar.forbidden_on_beats[half] = tones.map_or(0, |tones| ALL & !tones);
        }
    }
}

/// Pitch classes, a bit each.
pub(super) fn bits(classes: [bool; 12]) -> u16 {
    classes.iter().enumerate().fold(0, |bits, (class, &has)| bits | u16::from(has) << class)
}

fn excluded(one: &str, other: &str, reason: &str) -> ComposeError {
    ComposeError::Excluded { one: one.to_owned(), other: other.to_owned(), reason: reason.to_owned() }
}

fn agree(key: Option<Key>, scale: Option<Scale>) -> Result<(), ComposeError> {
    let (Some(key), Some(scale)) = (key, scale) else { return Ok(()) };
    let has = |interval| scale.kind.intervals().contains(&interval);
    let third = match key.mode {
        Mode::Major => has(4) || !has(3),
        Mode::Minor => has(3) || !has(4),
    };
    let reason = match (key.tonic == scale.tonic, third) {
        (false, _) => "they have different tonics",
        (true, false) => "one has a major third, the other a minor one",
        (true, true) => return Ok(()),
    };
    Err(excluded(&format!("the key {key}"), &format!("the scale {scale}"), reason))
}

fn usual(slot: usize, part: PartEvent, seed: Option<&Seed>, names: &PartNames<'_>) -> PartLimits {
    match seed {
        Some(seed) if slot < names.names.len() => limits_of_seed(seed, slot, part, None),
        _ => limits(part, None, seed.and_then(Seed::middle_of_the_tune)),
    }
}

/// Pitches `low..=high`, a bit each.
fn span(low: Pitch, high: Pitch) -> u128 {
    (low.value()..=high.value()).fold(0, |bits, pitch| bits | 1 << pitch)
}

/// What is asked of a part's pitches.
struct Asked<'a> {
    range: Option<PitchRange>,
    wished: &'a [Wished],
    chords: &'a [Chord],
}

impl Asked<'_> {
    /// The pitches of a part: its range, where that was asked for, and what is wished besides. A range that nobody asked
    /// for gives way.
    fn fit(&self, mut range: u128, part: PartEvent, title: &str) -> Result<u128, ComposeError> {
        if part.is_drums() {
            return Ok(range);
        }
        let all = self.wished.iter().fold(u128::MAX, |bits, wish| bits & wish.bits);
        let missing = |pitches: u128| {
            let mut bound = self.chords.iter().filter(|_| part.role != Role::Melody);
            bound.find(|chord| pitches & octaves(bits(chord.pitch_classes())) == 0)
        };
        let Some((low, high)) = self.range else {
            while range & all == 0 || (missing(range & all).is_some() && range != u128::MAX) {
                range |= range << 1 | range >> 1;
            }
            return Ok(range & all);
        };
        let title = format!("the range {} to {} of {title}", low.name(), high.name());
        if range & all == 0 {
            let other = self.wished.iter().find(|wish| wish.bits & range == 0).unwrap_or(&self.wished[0]);
            return Err(excluded(&title, &other.title, "no pitch is in both"));
        }
        match missing(range & all) {
            Some(chord) => Err(excluded(&title, &format!("the chord {chord}"), "the range has none of its tones")),
            None => Ok(range & all),
        }
    }
}

fn asked_ranges(controls: &Controls, names: &PartNames<'_>) -> Result<Vec<Option<PitchRange>>, ComposeError> {
    let mut ranges = vec![None; names.parts.len()];
    for wish in &controls.ranges {
        let mask = resolve(&wish.parts, names)?;
        for (slot, range) in ranges.iter_mut().enumerate().filter(|(slot, _)| mask >> slot & 1 == 1) {
            // "All" means all that have pitches: a drum is no pitch.
            if !(names.parts[slot].is_drums() && wish.parts == PartChoice::All) {
                *range = Some((wish.low, wish.high));
            }
        }
    }
    Ok(ranges)
}

/// A number for all parts is a limit; one that is meant for a part lets it play as many, too.
fn limit_polyphony(limits: &mut [PartLimits], controls: &Controls, names: &PartNames<'_>) -> Result<(), ComposeError> {
    let usual: Vec<u8> = limits.iter().map(|limits| limits.polyphony).collect();
    for wish in &controls.polyphony {
        let mask = resolve(&wish.parts, names)?;
        let notes = wish.notes.max(1);
        for (slot, limits) in limits.iter_mut().enumerate().filter(|(slot, _)| mask >> slot & 1 == 1) {
            limits.sounding = notes;
            limits.polyphony = if wish.parts == PartChoice::All { usual[slot].min(notes) } else { notes };
        }
    }
    Ok(())
}

/// The chords of each of `bars` bars that are written, the first being bar `first_bar` of the piece.
pub(super) fn asked_chords(
    chords: Option<&Progression>,
    first_bar: usize,
    bars: usize,
    upbeat: bool,
    section: Option<usize>,
) -> Vec<[Option<Chord>; 2]> {
    let Some(progression) = chords else { return vec![[None; 2]; bars] };
    let count = progression.bars.len();
    let upbeat = usize::from(upbeat && first_bar == 0);
    let place = |bar: usize| match (progression.anchor, section) {
        (Anchor::Piece, _) => (first_bar + bar) % count,
        // An upbeat belongs to the end of the chords.
        (Anchor::Written, _) if bar < upbeat => count - 1,
        (Anchor::Written, Some(length)) => (bar - upbeat) % length % count,
        (Anchor::Written, None) => (bar - upbeat) % count,
    };
    (0..bars).map(|bar| progression.bars[place(bar)]).collect()
}
