//! The chords that a request says.

use rand_chacha::ChaCha8Rng;
use ripieno_score::Key;

use super::{ALL_PERIODS, BarNotes, Grammar, harmonize};
use crate::attribute::{self, chord_class};
use crate::compose::seed::Seed;
use crate::event::PartEvent;
use crate::generate::BarRequest;
use crate::vocabulary::meter_of;

/// Bars of the seed whose harmony leads into new music.
const CONTEXT_BARS: usize = 4;

/// Where the harmony is planned.
pub(in crate::compose) struct Stretch<'a> {
    pub(in crate::compose) seed: Option<&'a Seed>,
    pub(in crate::compose) parts: &'a [PartEvent],
    pub(in crate::compose) key: Key,
    pub(in crate::compose) grammar: &'a Grammar,
    /// Number in the piece of the first bar.
    pub(in crate::compose) first_bar: usize,
    /// Whether the last bar closes the piece.
    pub(in crate::compose) ends: bool,
}

/// Says a chord for each half of every bar. Where the seed has a harmony of its own, that is said; elsewhere one is
/// found that fits what is given and what stands before and behind.
pub(in crate::compose) fn plan_harmony(bars: &mut [BarRequest], stretch: &Stretch<'_>, rng: &mut ChaCha8Rng) {
    let &Stretch { seed, parts, key, grammar, first_bar, ends } = stretch;
    let own = seed.filter(|seed| seed.is_polyphonic());
    let around = |range: std::ops::Range<usize>| seed.map_or(&[][..], |seed| &seed.events.bars[range]);
    let before = around(
        first_bar.min(seed.map_or(0, Seed::bars)).saturating_sub(CONTEXT_BARS)
            ..first_bar.min(seed.map_or(0, Seed::bars)),
    );
    let behind = if ends {
        &[][..]
    } else {
        let from = first_bar + bars.len();
        around(from..(from + 2).min(seed.map_or(from, Seed::bars)))
    };
    let upbeat = usize::from(seed.is_some_and(Seed::has_upbeat));
    let place = |index: usize| first_bar + ALL_PERIODS + index - before.len() - upbeat;
    let lengths = before.iter().map(|bar| bar.length()).chain(bars.iter().map(|bar| meter_of(bar.meter).0));
    let lengths: Vec<u32> = lengths.chain(behind.iter().map(|bar| bar.length())).collect();
    let notes = before.iter().map(|bar| &bar.notes).chain(bars.iter().map(|bar| &bar.given));
    let all: Vec<BarNotes<'_>> = notes
        .chain(behind.iter().map(|bar| &bar.notes))
        .zip(lengths)
        .enumerate()
        .map(|(index, (notes, length))| {
            let place = place(index);
            BarNotes { length, notes: notes.iter().collect(), place, begins: place == ALL_PERIODS }
        })
        .collect();
    let chords = harmonize(&all, parts, grammar, key, ends, Some(rng));
    let skipped = before.len();
    for (index, bar) in bars.iter_mut().enumerate() {
        let chords = chords[skipped + index].map(chord_class);
        let heard = own.filter(|_| !bar.given.is_empty()).and_then(|seed| seed.attributes.get(first_bar + index));
        let heard = heard.map(|said| [said[attribute::CHORD_1], said[attribute::CHORD_2]]);
        [bar.attributes[attribute::CHORD_1], bar.attributes[attribute::CHORD_2]] = heard.unwrap_or(chords);
    }
}
