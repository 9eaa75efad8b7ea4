//! What a style is usually like, counted in its pieces: what a composer knows before the first note.
//!
//! The network knows how music of a style goes on, and follows what it is told of a bar; which meter, which key, how many
//! notes and which chords are usual must be decided before, or every style begins as the seed or the default does.
//!
//! ```text
//! Pieces ─ count ─> Habits ─ draw ─> Shape (meter, tempo, what each bar is like; Manner: what notes are like),
//!                                    ChordHabits (the harmony's grammar) and Returns (bars that come back)
//! ```

use ripieno_score::{Key, Mode};
use serde::{Deserialize, Serialize};

use crate::attribute::{self, Attributes};
use crate::event::{NoteEvent, PartEvent};
use crate::train::Piece;
use crate::vocabulary::DURATIONS;

mod chords;
mod ear;
pub mod manner;
pub mod returns;
pub(crate) mod seat;
mod usual;

pub use chords::ChordHabits;
pub(crate) use ear::StyleEar;
pub use manner::Manner;
pub use returns::Returns;
pub use seat::Seat;
pub(crate) use usual::Usual;

/// What a shape says of a bar, in this order.
pub const SHAPED: [usize; 4] = [attribute::DENSITY, attribute::POLYPHONY, attribute::REGISTER, attribute::RHYTHM];

/// Shapes kept of a style.
const SHAPES: usize = 16;
/// Shapes kept of those for the most frequent set of instruments.
const OF_THE_ENSEMBLE: usize = 8;
/// Bars of a shape.
const SHAPE_BARS: usize = 16;
/// A shape is taken from pieces with so many bars, of which so large a share has the same meter.
const FEWEST_BARS: usize = 4;
const STEADY_METER: f32 = 0.9;
/// What fewer notes do is no habit.
const USUAL_SHARE: f32 = 0.004;
/// A piece is in a key where so large a share of its bars is.
const STEADY_KEY: f32 = 0.5;

/// What pieces of one style are usually like.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Habits {
    /// What a few of the pieces are like, evenly chosen.
    pub shapes: Vec<Shape>,
    /// What a few of the pieces for the most frequent set of instruments are like, with who plays; empty in weights that were
    /// trained before this was counted.
    #[serde(default)]
    pub ensemble: Vec<Shape>,
    /// Pieces in each key, by [`Key::index`]; empty where most pieces are in none.
    pub keys: Vec<u32>,
    /// Places in the quarter note, of 24, at which notes usually start, a bit each; 0 for all.
    pub places: u32,
    /// Duration classes that are usual, a bit each; 0 for all.
    pub durations: u64,
    /// What drums usually play, as MIDI keys; empty where there are none.
    pub drums: Vec<u8>,
    /// Chords of pieces in major, and in minor; `None` where there are too few to tell.
    pub chords: [Option<ChordHabits>; 2],
    /// How its notes are; `None` in weights that were trained before this was counted.
    #[serde(default)]
    pub manner: Option<Manner>,
    /// How often its bars come back.
    #[serde(default)]
    pub returns: Returns,
}

/// What one piece is like, without its notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Meter class of most bars.
    pub meter: u16,
    /// Tempo class of its beginning.
    pub tempo: u8,
    /// How many parts play.
    pub parts: u8,
    /// Who they are; empty where nobody asks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seats: Vec<Seat>,
    /// The attributes [`SHAPED`] of up to 16 bars.
    pub bars: Vec<[u8; SHAPED.len()]>,
    /// How its notes are; `None` in weights that were trained before this was counted.
    #[serde(default)]
    pub manner: Option<Manner>,
}

impl Habits {
    /// Counts in the pieces of one style.
    pub fn of(pieces: &[&Piece]) -> Self {
        let shaped: Vec<(&Piece, Shape)> =
            pieces.iter().filter_map(|&piece| Some((piece, Shape::of(piece)?))).collect();
        let instruments = most_frequent(pieces.iter().filter_map(|piece| seat::instruments(piece)));
        let of_the_ensemble: Vec<(&Piece, Shape)> = shaped
            .iter()
            .filter(|(piece, _)| instruments.is_some() && seat::instruments(piece) == instruments)
            .map(|(piece, shape)| (*piece, Shape { seats: Seat::all_of(piece), ..shape.clone() }))
            .collect();
        let mut keys = vec![0; 24];
        let in_a_key = pieces.iter().filter(|piece| key_of_most_bars(piece).is_some());
        let found: Vec<Key> = in_a_key.filter_map(|piece| chords::home(piece)).collect();
        found.iter().for_each(|key| keys[usize::from(key.index())] += 1);
        if 2 * found.len() <= pieces.len() {
            keys.clear();
        }
        let notes = || pieces.iter().flat_map(|piece| piece.events.bars.iter().flat_map(|bar| &bar.notes));
        let struck = pieces.iter().flat_map(|piece| {
            let is_drum = |note: &&NoteEvent| piece.events.parts[usize::from(note.part)].is_drums();
            piece.events.bars.iter().flat_map(|bar| &bar.notes).filter(is_drum).map(|note| usize::from(note.pitch))
        });
        let bits = |usual: Vec<usize>| usual.into_iter().fold(0, |bits, class| bits | 1u64 << class);
        Self {
            places: bits(usual(notes().map(|note| usize::from(note.position) % 24), 24)) as u32,
            durations: bits(usual(notes().map(|note| usize::from(note.duration)), DURATIONS)),
            drums: usual(struck, 128).into_iter().map(|key| key as u8).collect(),
            shapes: spread(&shaped, SHAPES),
            ensemble: spread(&of_the_ensemble, OF_THE_ENSEMBLE),
            keys,
            chords: [Mode::Major, Mode::Minor].map(|mode| ChordHabits::of(pieces, mode)),
            manner: Some(Manner::of(pieces)),
            returns: Returns::of(pieces),
        }
    }

    /// Whether pieces of this style are in a key.
    pub fn is_in_keys(&self) -> bool {
        !self.keys.is_empty()
    }

    /// How chords follow each other in a mode.
    pub fn chords(&self, mode: Mode) -> Option<&ChordHabits> {
        self.chords[usize::from(mode == Mode::Minor)].as_ref()
    }

    /// A key as often as pieces are in it, by a number in `0.0..1.0`; `None` where pieces are in none.
    pub fn key(&self, unit: f32) -> Option<Key> {
        let total: u32 = self.keys.iter().sum();
        let mut left = f64::from(unit) * f64::from(total);
        let drawn = self.keys.iter().position(|&pieces| {
            left -= f64::from(pieces);
            left < 0.0
        });
        drawn.and_then(|index| Key::from_index(u8::try_from(index).ok()?))
    }

    /// The shapes that have as nearly as possible so many parts.
    fn near(&self, parts: usize) -> Vec<&Shape> {
        let off = |shape: &&Shape| usize::from(shape.parts).abs_diff(parts);
        let nearest = self.shapes.iter().map(|shape| off(&shape)).min().unwrap_or(0);
        // A choice of several is worth more than the exact number.
        self.shapes.iter().filter(|shape| off(shape) <= nearest + 1).collect()
    }

    /// Notes a quarter note in a piece for as nearly as possible so many parts: the geometric mean; `None` without pieces.
    pub(crate) fn rate(&self, parts: usize) -> Option<f32> {
        let logs: Vec<f32> =
            self.near(parts).iter().map(|shape| shape.rate()).filter(|&rate| rate > 0.0).map(f32::ln).collect();
        (!logs.is_empty()).then(|| (logs.iter().sum::<f32>() / logs.len() as f32).exp())
    }

    /// One of the pieces of the very same parts, or else of those that have as nearly as possible so many, by a number in
    /// `0.0..1.0`.
    pub fn shape(&self, parts: &[PartEvent], unit: f32) -> Option<&Shape> {
        let is_same = |shape: &&Shape| shape.seats.iter().map(|seat| &seat.part).eq(parts);
        let same: Vec<&Shape> = self.ensemble.iter().filter(is_same).collect();
        let shapes = if same.is_empty() { self.near(parts.len()) } else { same };
        at(&shapes, unit)
    }

    /// Who plays in one of the pieces for these instruments, by a number in `0.0..1.0`; `None` where there is none.
    pub(crate) fn seats(&self, instruments: &[u8], unit: f32) -> Option<&[Seat]> {
        let is_same = |shape: &&Shape| shape.seats.iter().map(|seat| &seat.part.instrument).eq(instruments);
        let same: Vec<&Shape> = self.ensemble.iter().filter(is_same).collect();
        at(&same, unit).map(|shape| &shape.seats[..])
    }

    /// How notes are in a piece for such parts, the one of [`shape`](Self::shape).
    pub(crate) fn manner(&self, parts: &[PartEvent], unit: f32) -> Option<Manner> {
        let style = self.manner.as_ref()?;
        let of_piece = self.shape(parts, unit).and_then(|shape| shape.manner.as_ref());
        Some(of_piece.map_or_else(|| style.clone(), |manner| manner.within(style)))
    }

    /// Whether all classes exist: headers come from files.
    pub fn is_valid(&self) -> bool {
        let is_bar = |bar: &[u8; SHAPED.len()]| {
            SHAPED.iter().zip(bar).all(|(&kind, &class)| usize::from(class) < attribute::CLASSES[kind])
        };
        let is_shape = |shape: &Shape| {
            usize::from(shape.meter) < crate::vocabulary::METER_CLASSES
                && usize::from(shape.tempo) < crate::vocabulary::TEMPOS
                && !shape.bars.is_empty()
                && shape.bars.iter().all(is_bar)
                && shape.seats.iter().all(Seat::is_valid)
                && shape.manner.as_ref().is_none_or(Manner::is_valid)
        };
        matches!(self.keys.len(), 0 | 24)
            && self.drums.iter().all(|&key| key < 128)
            && self.shapes.iter().chain(&self.ensemble).all(is_shape)
            && self.chords.iter().flatten().all(ChordHabits::is_valid)
            && self.manner.as_ref().is_none_or(Manner::is_valid)
            && self.returns.is_valid()
    }
}

impl Shape {
    fn of(piece: &Piece) -> Option<Self> {
        let bars = &piece.events.bars;
        let sounding = bars.iter().position(|bar| !bar.notes.is_empty())?;
        let meter = most_frequent(bars.iter().map(|bar| usize::from(bar.meter)))?;
        let meter = u16::try_from(meter).ok()?;
        let steady = bars.iter().filter(|bar| bar.meter == meter).count();
        if bars.len() - sounding < FEWEST_BARS || (steady as f32) < STEADY_METER * bars.len() as f32 {
            return None;
        }
        // A first bar with an upbeat is not what the others are like.
        let first = sounding + usize::from(bars[sounding].meter != meter);
        let say = |said: &Attributes| SHAPED.map(|kind| said[kind]);
        Some(Self {
            meter,
            tempo: bars[first].tempo,
            parts: u8::try_from(piece.events.parts.len()).unwrap_or(u8::MAX),
            seats: Vec::new(),
            bars: piece.attributes[first..].iter().take(SHAPE_BARS).map(say).collect(),
            manner: None,
        })
    }

    /// Notes in bar `index`, where it has `quarters` quarter notes: the middle of its class of density.
    pub fn notes(&self, index: usize, quarters: f32) -> f32 {
        const NOTES_A_QUARTER: [f32; 9] = [0.0, 0.0, 0.6, 1.6, 2.5, 3.5, 5.0, 7.5, 11.0];
        NOTES_A_QUARTER[usize::from(self.bar(index)[0]).min(8)] * quarters
    }

    /// Notes a quarter note, in the mean of its bars.
    pub fn rate(&self) -> f32 {
        (0..self.bars.len()).map(|bar| self.notes(bar, 1.0)).sum::<f32>() / self.bars.len().max(1) as f32
    }

    /// What bar `index` is like; from the last bar on the first follow again.
    pub fn bar(&self, index: usize) -> [u8; SHAPED.len()] {
        self.bars[index % self.bars.len()]
    }
}

/// As many as are kept, evenly chosen, with how their notes are.
fn spread(shaped: &[(&Piece, Shape)], most: usize) -> Vec<Shape> {
    let kept = shaped.len().min(most);
    let chosen = (0..kept).map(|place| &shaped[place * shaped.len() / kept]);
    chosen.map(|(piece, shape)| Shape { manner: Some(Manner::of(&[piece])), ..shape.clone() }).collect()
}

/// The shape at a place, `0.0..1.0` of the way.
fn at<'a>(shapes: &[&'a Shape], place: f32) -> Option<&'a Shape> {
    #[expect(clippy::cast_sign_loss, reason = "a share is not negative")]
    let index = (place * shapes.len() as f32) as usize;
    shapes.get(index).or(shapes.last()).copied()
}

/// The classes to which at least [`USUAL_SHARE`] of all belong.
fn usual(classes: impl Iterator<Item = usize>, count: usize) -> Vec<usize> {
    let mut counts = vec![0usize; count];
    classes.for_each(|class| counts[class] += 1);
    let least = USUAL_SHARE * counts.iter().sum::<usize>() as f32;
    (0..count).filter(|&class| counts[class] > 0 && counts[class] as f32 >= least).collect()
}

/// The key of most bars, where that is most of the piece.
fn key_of_most_bars(piece: &Piece) -> Option<Key> {
    let pitched = |bar: usize| {
        let is_pitched = |part: u8| !piece.events.parts[usize::from(part)].is_drums();
        piece.events.bars[bar].notes.iter().any(|note| is_pitched(note.part))
    };
    let keys: Vec<usize> = (0..piece.attributes.len().min(piece.events.bars.len()))
        .filter(|&bar| pitched(bar))
        .map(|bar| usize::from(piece.attributes[bar][attribute::KEY]))
        .collect();
    let key = most_frequent(keys.iter().copied())?;
    let share = keys.iter().filter(|&&other| other == key).count() as f32 / keys.len() as f32;
    (share >= STEADY_KEY).then(|| Key::from_index(u8::try_from(key.checked_sub(1)?).ok()?))?
}

/// The smallest of the most frequent ones.
fn most_frequent<T: Ord + Clone>(all: impl Iterator<Item = T>) -> Option<T> {
    let mut counts = std::collections::BTreeMap::<T, usize>::new();
    all.for_each(|one| *counts.entry(one).or_default() += 1);
    counts.into_iter().max_by_key(|(one, count)| (*count, std::cmp::Reverse(one.clone()))).map(|(one, _)| one)
}

#[cfg(test)]
mod tests;
