//! A run of notes that a line and a source have in common: a seed, and what follows it on both sides.

use ripieno_score::GridNote;

use super::index::{Index, SEED};
use super::line::{BREAK, byte, interval, relation, steps, up};

/// Notes of the source that a copy may leave out at once, and one more.
const REACH: usize = 3;
/// Bits taken off for each note that was left out.
const LEFT_OUT_BITS: f32 = 3.0;
/// Bits taken off for the first of some notes that were put in, and for each after it: an ornament has several.
const PUT_IN_BITS: (f32, f32) = (4.0, 1.5);
/// A run ends when it weighs so many bits less than it did.
const DROP_BITS: f32 = 12.0;
/// How much longer or shorter than at the tempo so far a time may be, as a factor.
const TEMPO_FACTOR: f32 = 1.42;
/// Steps by which an onset may always miss the tempo so far: a thirty-second note.
const TEMPO_STEPS: f32 = 3.0;

/// A line with its bytes and bits.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chain {
    pub(crate) notes: Vec<GridNote>,
    /// As in the index.
    bytes: Vec<u8>,
    bits: Vec<f32>,
}

impl Chain {
    pub(crate) fn push(&mut self, note: GridNote, index: &Index) {
        let byte = self.notes.last().map_or(BREAK, |before| byte(before, &note));
        self.notes.push(note);
        self.bytes.push(byte);
        self.bits.push(index.surprise.last(&self.bytes[1..]));
    }

    pub(crate) fn pop(&mut self) {
        self.notes.pop();
        self.bytes.pop();
        self.bits.pop();
    }
}

/// A run that a line and a source have in common, growing at one end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Run {
    /// The last note of the seed, in the line and in the text.
    pub(crate) seed: (usize, usize),
    /// The last common note, in the line and in the text.
    pub(crate) note: usize,
    place: usize,
    /// Steps of the line in one step of the source.
    tempo: f32,
    pub(crate) bits: f32,
    put_in: u32,
    /// The end of what weighs most.
    pub(crate) best: Best,
}

/// What a run and a source have in common.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Trace {
    /// Places in the line and in the text, ascending.
    pub(crate) pairs: Vec<(usize, usize)>,
    pub(crate) bits: f32,
    /// Notes that were put in or left out.
    pub(crate) changes: u32,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Best {
    pub(crate) bits: f32,
    pub(crate) note: usize,
    pub(crate) place: usize,
    /// Notes that were put in or left out before it.
    pub(crate) changes: u32,
}

impl Run {
    /// A run whose last notes are a seed; `None` where the text has only the seed's hash.
    fn begin(chain: &Chain, index: &Index, note: usize, place: usize) -> Option<Self> {
        let (line, text) = (&chain.bytes[note + 1 - SEED..=note], &index.text[place + 1 - SEED..=place]);
        if !line.iter().zip(text).all(|(&a, &b)| interval(a) == interval(b)) {
            return None;
        }
        let bits = chain.bits[note + 1 - SEED..=note].iter().sum();
        let time = (chain.notes[note].onset - chain.notes[note - SEED].onset) as f32;
        let tempo = time / text.iter().map(|&byte| steps(byte)).sum::<f32>();
        Some(Self {
            seed: (note, place),
            note,
            place,
            tempo,
            bits,
            put_in: 0,
            best: Best { bits, note, place, changes: 0 },
        })
    }

    /// The runs whose seed ends with the last note of the line.
    pub(crate) fn seeds<'a>(chain: &'a Chain, index: &'a Index) -> impl Iterator<Item = Self> + 'a {
        let last = chain.notes.len() - 1;
        let earlier = chain.bytes.get(1..last).unwrap_or_default();
        // A seed whose run began with an earlier note is part of that run.
        let is_part = move |place: usize| {
            let text = [index.text[place - SEED], index.text[place + 1 - SEED]];
            text[0] != BREAK
                && !index.occurrences(earlier).is_empty()
                && is_like(&text, &chain.bytes[last - SEED..=last + 1 - SEED])
        };
        let places = index.occurrences(&chain.bytes[1..]).iter().map(|&place| place as usize);
        places.filter(move |&place| !is_part(place)).filter_map(move |place| Self::begin(chain, index, last, place))
    }

    /// All common notes of a run that has ended, in the line and in the text, from its seed on in both directions; and
    /// the weight of them all.
    pub(crate) fn trace(self, chain: &Chain, index: &Index) -> Trace {
        let (seed_note, seed_place) = self.seed;
        let mut pairs: Vec<(usize, usize)> = (0..=SEED).map(|back| (seed_note - back, seed_place - back)).collect();
        let Some(seed) = Self::begin(chain, index, seed_note, seed_place) else {
            return Trace { pairs: Vec::new(), ..Trace::default() };
        };
        let forwards = seed.follow(chain, index, seed_note + 1..chain.notes.len(), &mut pairs);
        let (note, place) = (seed_note - SEED, seed_place - SEED);
        let turned = Best { note, place, ..forwards };
        let back = Self { note, place, bits: forwards.bits, best: turned, ..seed };
        let best = back.follow(chain, index, (0..note).rev(), &mut pairs);
        pairs.sort_unstable();
        Trace { pairs, bits: best.bits, changes: best.changes }
    }

    /// Goes on until the run ends; adds the common notes up to its best end.
    fn follow(
        mut self,
        chain: &Chain,
        index: &Index,
        notes: impl Iterator<Item = usize>,
        pairs: &mut Vec<(usize, usize)>,
    ) -> Best {
        let mut kept = pairs.len();
        for note in notes {
            let goes_on = self.advance(chain, index, note);
            if self.note == note {
                pairs.push((note, self.place));
                if self.best.note == note {
                    kept = pairs.len();
                }
            }
            if !goes_on {
                break;
            }
        }
        pairs.truncate(kept);
        self.best
    }

    /// Goes on to `note` of the line, the next in the direction of growth. `false` when the run has ended.
    pub(crate) fn advance(&mut self, chain: &Chain, index: &Index, note: usize) -> bool {
        if let Some((place, left_out)) = self.answer(chain, index, note) {
            let gain = chain.bits[note.max(self.note)] - LEFT_OUT_BITS * left_out as f32;
            let time = chain.notes[note].onset.abs_diff(chain.notes[self.note].onset) as f32;
            let heard = text_steps(index, self.place, place);
            // The tempo may drift, as players do.
            self.tempo += 0.25 * (time / heard).clamp(0.5 * self.tempo, 2.0 * self.tempo) - 0.25 * self.tempo;
            let changes = self.best.changes + self.put_in + left_out;
            self.bits += gain;
            (self.note, self.place, self.put_in) = (note, place, 0);
            if self.bits > self.best.bits {
                self.best = Best { bits: self.bits, note, place, changes };
            }
        } else {
            self.bits -= if self.put_in == 0 { PUT_IN_BITS.0 } else { PUT_IN_BITS.1 };
            self.put_in += 1;
        }
        self.bits > self.best.bits - DROP_BITS && self.bits > 0.0
    }

    /// The place in the text of the note that answers `note`, and how many were left out before it.
    fn answer(&self, chain: &Chain, index: &Index, note: usize) -> Option<(usize, u32)> {
        let (from, to) = (&chain.notes[self.note], &chain.notes[note]);
        let forwards = note > self.note;
        let wanted = if forwards { up(from.pitch, to.pitch) } else { up(to.pitch, from.pitch) };
        let time = to.onset.abs_diff(from.onset) as f32;
        let (mut sum, mut expected) = (0, 0.0);
        let mut place = self.place;
        for left_out in 0..REACH as u32 {
            let byte = *index.text.get(if forwards { place + 1 } else { place })?;
            if byte == BREAK {
                return None;
            }
            place = if forwards { place + 1 } else { place - 1 };
            sum = (sum + interval(byte)) % 12;
            expected += steps(byte) * self.tempo;
            let in_time = time <= expected * TEMPO_FACTOR && expected <= time * TEMPO_FACTOR
                || (time - expected).abs() <= TEMPO_STEPS;
            if sum == wanted && in_time {
                return Some((place, left_out));
            }
        }
        None
    }
}

/// Whether two notes come by the same intervals and times that compare alike.
fn is_like(a: &[u8; 2], b: &[u8]) -> bool {
    interval(a[0]) == interval(b[0]) && interval(a[1]) == interval(b[1]) && relation(a[0], a[1]) == relation(b[0], b[1])
}

fn text_steps(index: &Index, a: usize, b: usize) -> f32 {
    index.text[a.min(b) + 1..=a.max(b)].iter().map(|&byte| steps(byte)).sum()
}
