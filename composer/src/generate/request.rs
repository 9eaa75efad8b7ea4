//! What is asked of the generator, and what it yields.

use super::{Aim, Attack, Echo, PartLimits, Rhythms, Sampling, Strike};
use crate::attribute::Attributes;
use crate::event::{BarEvents, NoteEvent, PartEvent};
use crate::habits::Manner;

/// What is to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// All parts, given ones included; at most 48.
    pub parts: Vec<PartEvent>,
    /// What each part may play; as many as parts.
    pub limits: Vec<PartLimits>,
    /// Music that comes before the first bar to be written.
    pub past: Vec<BarEvents>,
    /// Bars to be written.
    pub bars: Vec<BarRequest>,
    /// Music that follows the last bar to be written, for a gap: up to two bars of notes, else empty.
    pub after: Vec<Vec<NoteEvent>>,
    /// Weight of each row of the model's style table ("no style" first); sums to one.
    pub style: Vec<f32>,
    /// How strongly the style is followed: 1 as the model learnt it, more exaggerates it, 0 ignores it
    /// (classifier-free guidance, Ho & Salimans 2022, arXiv:2207.12598). What is written leans towards [`manner`](Self::manner)
    /// as strongly.
    pub style_strength: f32,
    /// How notes usually are; `None` leaves it to the model.
    pub manner: Option<Manner>,
    /// How classes are drawn.
    pub sampling: Sampling,
    /// Seed of the random numbers.
    pub seed: u64,
}

/// One bar to be written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BarRequest {
    /// Meter class.
    pub meter: u16,
    /// Tempo class.
    pub tempo: u8,
    /// What is said about the bar; zeros where nothing is.
    pub attributes: Attributes,
    /// Notes that are there already, sorted.
    pub given: Vec<NoteEvent>,
    /// Parts that play nothing else in this bar, a bit each.
    pub locked: u64,
    /// For a bar in which the music closes: the last position at which a note may start. The chord that is said for the
    /// bar is then kept more strictly, and a bass plays its root.
    pub closes: Option<u8>,
    /// How much the logits of pitches outside the bar's chords are lowered, on beats; half as much between them. 0 leaves
    /// harmony to the model.
    pub chord_pull: f32,
    /// Pitch classes that pitched parts may not start in the first and in the second half of the bar, a bit each.
    pub forbidden: [u16; 2],
    /// The same for notes of accompanying parts that start on a beat of the meter.
    pub forbidden_on_beats: [u16; 2],
    /// Parts whose rhythm is given, a bit each: they start notes at their `attacks` and nowhere else.
    pub bound: u64,
    /// The rhythm of the bound parts, an entry for each note, sorted by position and part; given notes count.
    pub attacks: Vec<Attack>,
    /// What the bar brings back; that is added to `given` when the bar is near.
    pub echo: Option<Echo>,
    /// Bars whose rhythm it keeps.
    pub rhythms: Rhythms,
    /// Where the bar is drawn to.
    pub aim: Aim,
    /// A beat that must be struck before anything else is written behind it.
    pub strike: Option<Strike>,
}

/// What a [`Generator`](super::Generator) yields.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Generated {
    /// Bar number `bar` of the request begins.
    Bar {
        /// Index into [`Request::bars`].
        bar: usize,
    },
    /// A note of the open bar.
    Note {
        /// Index into [`Request::bars`].
        bar: usize,
        /// The note.
        note: NoteEvent,
        /// Its negative log-likelihood among what was legal, in nats.
        nats: f32,
    },
}
