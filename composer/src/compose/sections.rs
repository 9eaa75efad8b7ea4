//! A piece in sections: where they lie, what returns and how far it is the same.

use std::collections::BTreeSet;

use rand_chacha::ChaCha8Rng;
use ripieno_score::{GridNote, GridScore};
use serde::Serialize;

use super::controls::FormWish;
use super::seed::Seed;
use super::{ComposeError, MAX_BARS};
use crate::generate::Echo;
use crate::task::unit;

/// Bars of a section when neither the seed nor the person says how many.
const USUAL_BARS: usize = 8;
/// How likely the tune of a returning bar is varied, beside the third of every four; the first never is.
const VARIED_BARS: f32 = 0.3;
/// How likely an accompanying part of a returning bar is as it was.
const SAME_ACCOMPANIMENT: f32 = 0.5;
/// Notes that stay where a returning bar is varied: on beats, between them.
const KEPT: (f32, f32) = (0.8, 0.3);

/// Sections of equal length behind an upbeat bar.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sections {
    /// Bars before the first section: 1 where the seed begins with an upbeat.
    pub(super) upbeat: usize,
    /// Bars of each.
    pub(super) length: usize,
    /// For each, the earlier one that it brings back.
    pub(super) returns: Vec<Option<usize>>,
    letters: Vec<char>,
}

impl Sections {
    /// Cuts a piece of `bars` bars, or of as many as it takes, into the sections of a form.
    pub(super) fn new(form: &FormWish, seed: Option<&Seed>, bars: Option<usize>) -> Result<Self, ComposeError> {
        let letters: Vec<char> = form.letters().collect();
        let upbeat = usize::from(seed.is_some_and(|seed| seed.has_upbeat() && seed.bars() > 1));
        let given = seed.map_or(0, |seed| seed.bars() - upbeat);
        let form_title = format!("the form {form}");
        let excluded =
            |other: String, reason: String| ComposeError::Excluded { one: form_title.clone(), other, reason };
        let length = match bars {
            None if seed.is_some() => given,
            None => USUAL_BARS,
            Some(bars) => {
                let left = bars.saturating_sub(upbeat);
                if left == 0 || !left.is_multiple_of(letters.len()) {
                    let more = upbeat + (left / letters.len() + 1) * letters.len();
                    let beside = if upbeat > 0 { " behind the upbeat" } else { "" };
                    let reason = format!("{} equal sections{beside} need {more} bars, for instance", letters.len());
                    return Err(excluded(format!("{bars} bars"), reason));
                }
                left / letters.len()
            }
        };
        if length < given {
            let reason = format!("a section has {length} bars, the seed {given}, and it is the first section");
            return Err(excluded(format!("{} bars", bars.unwrap_or_default()), reason));
        }
        let sections = Self { upbeat, length, returns: form.returns(), letters };
        match sections.bars() {
            asked if asked > MAX_BARS => Err(ComposeError::TooManyBars { asked }),
            _ => Ok(sections),
        }
    }

    /// Bars of the piece.
    pub(super) fn bars(&self) -> usize {
        self.upbeat + self.length * self.returns.len()
    }

    /// Section and place in it of a bar; `None` for the upbeat.
    pub(super) fn place(&self, bar: usize) -> Option<(usize, usize)> {
        let bar = bar.checked_sub(self.upbeat)?;
        Some((bar / self.length, bar % self.length))
    }

    /// Whether a section that is new begins with a bar.
    pub(super) fn begins_anew(&self, bar: usize) -> bool {
        bar > self.upbeat && self.place(bar).is_some_and(|(_, place)| place == 0) && self.source(bar).is_none()
    }

    /// The bar that a bar brings back.
    pub(super) fn source(&self, bar: usize) -> Option<usize> {
        let (section, place) = self.place(bar)?;
        Some(self.upbeat + (*self.returns.get(section)?)? * self.length + place)
    }

    /// How a bar that returns does so: a piece is known again by the beginnings of its phrases, and each return has at
    /// least one bar that is new. `seed_bars` close as they did; what the program wrote closes anew at the end of the piece.
    pub(super) fn echo(&self, bar: usize, seed_bars: usize, rng: &mut ChaCha8Rng) -> Option<Echo> {
        let of = self.source(bar).filter(|&of| of < seed_bars || bar + 1 < self.bars())?;
        let (_, place) = self.place(bar)?;
        let begins = place.is_multiple_of(4);
        // The bar before the end of a phrase is where players turn a tune.
        let turns = place % 4 == 2 || (self.length == 2 && place == 1);
        let varied = !begins && (turns || unit(rng) < VARIED_BARS);
        let others = if begins && self.length > 4 { 1.0 } else { SAME_ACCOMPANIMENT };
        Some(Echo { of, tune: if varied { 0.0 } else { 1.0 }, others, kept: KEPT })
    }

    /// Compares the sections of the finished piece, whose tune is part `tune`.
    pub(super) fn report(&self, grid: &GridScore, tune: usize) -> Vec<SectionReport> {
        let bars = |section: usize| {
            let first = self.upbeat + section * self.length;
            first..first + self.length
        };
        (0..self.returns.len())
            .map(|section| {
                let like = self.returns[section].unwrap_or(0);
                let alike = (section > 0).then(|| Likeness::of(grid, bars(like), bars(section), tune));
                let primes =
                    "'".repeat((0..section).filter(|&other| self.letters[other] == self.letters[section]).count());
                SectionReport {
                    name: format!("{}{primes}", self.letters[section]),
                    first_bar: bars(section).start + 1,
                    last_bar: bars(section).end,
                    like: self.letters[like].to_string(),
                    alike,
                }
            })
            .collect()
    }
}

/// A section of the finished piece.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SectionReport {
    /// `A`, `B`, `A'`.
    pub name: String,
    /// Its first bar, from 1.
    pub first_bar: usize,
    /// Its last bar.
    pub last_bar: usize,
    /// The section that it is compared with: the one that it brings back, else the first.
    pub like: String,
    /// How like that one it is; nothing for the first.
    pub alike: Option<Likeness>,
}

/// How far two stretches of the same number of bars are the same, `0.0..=1.0`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Likeness {
    /// Notes of the tune that are in both at the same place, in any octave, as a share of all (Dice's coefficient).
    pub tune: f32,
    /// Onsets of the tune that are in both at the same place.
    pub rhythm: f32,
    /// Notes of all parts that are in both at the same place.
    pub all: f32,
}

impl Likeness {
    pub(super) fn of(
        grid: &GridScore,
        one: std::ops::Range<usize>,
        other: std::ops::Range<usize>,
        tune: usize,
    ) -> Self {
        let notes = |bars: std::ops::Range<usize>| -> Vec<(usize, u32, GridNote)> {
            let place = |(index, bar): (usize, usize)| {
                let start = grid.bars.get(bar).map_or(0, |bar| bar.start);
                grid.notes_in_bars(bar..bar + 1).iter().map(move |&note| (index, note.onset - start, note))
            };
            bars.enumerate().flat_map(place).collect()
        };
        let (one, other) = (notes(one), notes(other));
        let is_tune = |(.., note): &&(usize, u32, GridNote)| usize::from(note.part) == tune;
        let tune_of = |notes: &[(usize, u32, GridNote)]| -> BTreeSet<(usize, u32, u8)> {
            notes.iter().filter(is_tune).map(|&(bar, at, note)| (bar, at, note.pitch % 12)).collect()
        };
        let rhythm_of = |notes: &[(usize, u32, GridNote)]| -> BTreeSet<(usize, u32)> {
            notes.iter().filter(is_tune).map(|&(bar, at, _)| (bar, at)).collect()
        };
        let all_of = |notes: &[(usize, u32, GridNote)]| -> BTreeSet<(usize, u32, u16, u8)> {
            notes.iter().map(|&(bar, at, note)| (bar, at, note.part, note.pitch)).collect()
        };
        Self {
            tune: shared(&tune_of(&one), &tune_of(&other)),
            rhythm: shared(&rhythm_of(&one), &rhythm_of(&other)),
            all: shared(&all_of(&one), &all_of(&other)),
        }
    }
}

/// Dice's coefficient; 1 for two empty sets.
pub(super) fn shared<T: Ord>(one: &BTreeSet<T>, other: &BTreeSet<T>) -> f32 {
    match one.len() + other.len() {
        0 => 1.0,
        all => 2.0 * one.intersection(other).count() as f32 / all as f32,
    }
}
