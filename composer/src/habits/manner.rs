//! How the notes of a style usually are: where in the beat, how long, how many at once, how far from the last and from where the
//! part has lately been, how much like the bar before.

#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "thousandths are small and not negative")]

use serde::{Deserialize, Serialize};

use crate::event::{BarEvents, NoteEvent, PartEvent, Role};
use crate::memory::{Memory, NO_PITCH, NO_POSITION, NoteQuery, PositionQuery};
use crate::train::Piece;
use crate::vocabulary::DURATIONS;

/// Places in a quarter note.
pub const PLACES: usize = 24;
/// Parts of a bar, all equally long.
pub const SLOTS: usize = 16;
/// Notes at one moment that are told apart: the last class is so many and more.
pub const TOGETHER: usize = 6;
/// Classes of the way from the part's last note: see [`step_class`].
pub const STEPS: usize = 10;
/// Classes of the way from where the part has lately been: see [`away_class`].
pub const AWAY: usize = 9;
/// The whole of which counts are kept as shares.
pub(crate) const WHOLE: u16 = 1000;
/// A role with fewer notes says nothing.
const FEWEST_NOTES: f32 = 16.0;
/// How much of a piece's manner is that of its style: no piece has everything.
const OF_THE_STYLE: f32 = 0.05;

/// How the notes of a style usually are. Shares are in thousandths.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Manner {
    /// Notes at each place in the quarter note.
    #[serde(with = "sparse")]
    pub places: Vec<u16>,
    /// Notes in each [`slot`] of the bar; empty in weights that were trained before this was counted.
    #[serde(default)]
    pub slots: Vec<u16>,
    /// Where one, two, ... notes were struck together, how often one more was.
    pub together: Vec<u16>,
    /// Where the bar before goes on at some position, how often this bar goes on there, too.
    pub rhythm_again: u16,
    /// Of every role of [`Role`]; `None` for a role that hardly plays.
    pub roles: Vec<Option<RoleManner>>,
}

/// How the notes of a role usually are. Shares are in thousandths.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RoleManner {
    /// How many of all notes are this role's.
    pub share: u16,
    /// Notes of each duration class.
    #[serde(with = "sparse")]
    pub durations: Vec<u16>,
    /// Notes of each [`step_class`].
    pub steps: Vec<u16>,
    /// Notes of each [`away_class`]; empty where there are none, and in weights that were trained before this was counted.
    #[serde(default)]
    pub away: Vec<u16>,
    /// Where the part played at this position one bar ago, how often it plays that pitch again.
    pub again: u16,
}

/// The class of the way from a part's last pitch, `0..STEPS`: none, a semitone, a tone, minor third, major third, fourth,
/// fifth or tritone, up to a major seventh, an octave, more.
pub fn step_class(from: u8, to: u8) -> usize {
    match from.abs_diff(to) {
        distance @ 0..=5 => usize::from(distance),
        6 | 7 => 6,
        8..=11 => 7,
        12 => 8,
        _ => 9,
    }
}

/// The class of the way from where a part has lately been, `0..AWAY`: far below, about an octave below, a fifth, a third, near,
/// and the same above.
pub fn away_class(home: u8, to: u8) -> usize {
    let distance = match home.abs_diff(to) {
        0..=3 => 0,
        4..=7 => 1,
        8..=12 => 2,
        13..=19 => 3,
        _ => 4,
    };
    if to < home { 4 - distance } else { 4 + distance }
}

/// The slot of a position in a bar of so many steps, `0..SLOTS`.
pub fn slot(position: usize, length: u8) -> usize {
    (position * SLOTS / usize::from(length.max(1))).min(SLOTS - 1)
}

/// Whether the way from the last pitch is a step of a melody: there was one, at another moment.
pub fn is_step(query: &NoteQuery) -> bool {
    query.last != NO_PITCH && query.gap != 0
}

/// What was counted, note by note.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts {
    pub(crate) places: [f32; PLACES],
    pub(crate) slots: [f32; SLOTS],
    /// For each number of notes at one moment: how often it was reached, and how often passed.
    pub(crate) together: [[f32; 2]; TOGETHER],
    /// How often the bar before said where to go on, and how often this bar did.
    pub(crate) rhythm: [f32; 2],
    pub(crate) roles: [RoleCounts; Role::COUNT],
}

#[derive(Debug, Clone)]
pub(crate) struct RoleCounts {
    pub(crate) notes: f32,
    pub(crate) durations: [f32; DURATIONS],
    pub(crate) steps: [f32; STEPS],
    pub(crate) away: [f32; AWAY],
    /// How often the bar before had a note there, and how often it came again.
    pub(crate) again: [f32; 2],
}

impl Default for RoleCounts {
    fn default() -> Self {
        Self { notes: 0.0, durations: [0.0; DURATIONS], steps: [0.0; STEPS], away: [0.0; AWAY], again: [0.0; 2] }
    }
}

impl Counts {
    /// Lets everything weigh less.
    pub(crate) fn fade(&mut self, factor: f32) {
        let Self { places, slots, together, rhythm, roles } = self;
        let pairs = together.iter_mut().flatten().chain(rhythm);
        places.iter_mut().chain(slots).chain(pairs).for_each(|count| *count *= factor);
        for RoleCounts { notes, durations, steps, away, again } in roles {
            let all = durations.iter_mut().chain(steps).chain(away).chain(again).chain([notes]);
            all.for_each(|count| *count *= factor);
        }
    }

    /// Counts the notes of a bar, which memory takes in; those of `locked` parts (a bit each) are left out.
    pub(crate) fn read(&mut self, memory: &mut Memory, bar: &BarEvents, parts: &[PartEvent], locked: u64) {
        memory.open_bar(bar.length(), &[], 0);
        for &note in &bar.notes {
            let (before, struck) = (memory.position_query(), memory.struck());
            memory.reach(note.position);
            if locked >> note.part & 1 == 0 {
                let query = memory.note_query(note.position, note.part);
                self.add(note, parts[usize::from(note.part)].role, &before, &query, struck);
            }
            memory.push(note);
        }
    }

    /// Counts a note, with what was known before its position and before its pitch were chosen. `struck` notes start
    /// where the one before it in its bar does, that one included; 0 for the first note of a bar.
    pub(crate) fn add(
        &mut self,
        note: NoteEvent,
        role: Role,
        before: &PositionQuery,
        query: &NoteQuery,
        struck: usize,
    ) {
        self.places[usize::from(note.position) % PLACES] += 1.0;
        self.slots[slot(note.position.into(), before.length)] += 1.0;
        if let Some(reached) = struck.checked_sub(1) {
            let [reached, passed] = &mut self.together[reached.min(TOGETHER - 1)];
            *reached += 1.0;
            *passed += f32::from(u8::from(note.position == before.cursor));
        }
        if before.next_one_bar_ago != NO_POSITION {
            self.rhythm[0] += 1.0;
            self.rhythm[1] += f32::from(u8::from(note.position == before.next_one_bar_ago));
        }
        let is_drums = role == Role::Drums;
        let role = &mut self.roles[role as usize];
        role.notes += 1.0;
        role.durations[usize::from(note.duration)] += 1.0;
        if is_step(query) {
            role.steps[step_class(query.last, note.pitch)] += 1.0;
        }
        if query.home != NO_PITCH && !is_drums {
            role.away[away_class(query.home, note.pitch)] += 1.0;
        }
        if query.one_bar_ago != NO_PITCH {
            role.again[0] += 1.0;
            role.again[1] += f32::from(u8::from(note.pitch == query.one_bar_ago));
        }
    }
}

impl Manner {
    /// Counts in pieces.
    pub(super) fn of(pieces: &[&Piece]) -> Self {
        Self::of_music(pieces.iter().map(|piece| (&piece.events.parts[..], &piece.events.bars[..])))
    }

    /// Counts in parts and their bars.
    pub(crate) fn of_music<'a>(music: impl IntoIterator<Item = (&'a [PartEvent], &'a [BarEvents])>) -> Self {
        let mut counts = Counts::default();
        for (parts, bars) in music {
            let mut memory = Memory::new(parts);
            bars.iter().for_each(|bar| counts.read(&mut memory, bar, parts, 0));
        }
        Self::from(&counts)
    }

    /// What it is in a piece, leaning a little towards what is usual in its style.
    pub(crate) fn within(&self, style: &Self) -> Self {
        Self::mixed(&[(self, 1.0 - OF_THE_STYLE), (style, OF_THE_STYLE)]).expect("there are two")
    }

    /// How many of all notes are those of a role, `0.0..=1.0`.
    pub(crate) fn share(&self, role: usize) -> f32 {
        self.roles[role].as_ref().map_or(0.0, |role| f32::from(role.share) / f32::from(WHOLE))
    }

    /// The same where a role that plays has at least such a share of the notes of all.
    pub(crate) fn with_share(mut self, role: Role, least: f32) -> Self {
        if let Some(role) = &mut self.roles[role as usize] {
            #[expect(clippy::cast_sign_loss, reason = "a share is not negative")]
            let least = (least.clamp(0.0, 1.0) * f32::from(WHOLE)) as u16;
            role.share = role.share.max(least);
        }
        self
    }

    /// A mix of manners, by weight; `None` without any.
    pub(crate) fn mixed(manners: &[(&Self, f32)]) -> Option<Self> {
        let [(first, _), others @ ..] = manners else { return None };
        if others.is_empty() {
            return Some((*first).clone());
        }
        let shares = |of: &dyn Fn(&Self) -> &[u16]| mix(manners.iter().map(|(manner, weight)| (of(manner), *weight)));
        let role = |role: usize| {
            let known: Vec<(&RoleManner, f32)> =
                manners.iter().filter_map(|(manner, weight)| Some((manner.roles[role].as_ref()?, *weight))).collect();
            let all: f32 = manners.iter().map(|(_, weight)| weight).sum();
            let some: f32 = known.iter().map(|(_, weight)| weight).sum();
            let shares =
                |of: &dyn Fn(&RoleManner) -> &[u16]| mix(known.iter().map(|(role, weight)| (of(role), *weight)));
            (!known.is_empty()).then(|| RoleManner {
                share: (f32::from(shares(&|role| std::slice::from_ref(&role.share))[0]) * some / all).round() as u16,
                durations: shares(&|role| &role.durations),
                steps: shares(&|role| &role.steps),
                away: shares(&|role| &role.away),
                again: shares(&|role| std::slice::from_ref(&role.again))[0],
            })
        };
        Some(Self {
            places: shares(&|manner| &manner.places),
            slots: shares(&|manner| &manner.slots),
            together: shares(&|manner| &manner.together),
            rhythm_again: shares(&|manner| std::slice::from_ref(&manner.rhythm_again))[0],
            roles: (0..Role::COUNT).map(role).collect(),
        })
    }

    pub(super) fn is_valid(&self) -> bool {
        let is_table =
            |shares: &[u16], count: usize| shares.len() == count && shares.iter().all(|&share| share <= WHOLE);
        let is_role = |role: &RoleManner| {
            role.share <= WHOLE
                && role.again <= WHOLE
                && is_table(&role.durations, DURATIONS)
                && is_table(&role.steps, STEPS)
                && (role.away.is_empty() || is_table(&role.away, AWAY))
        };
        is_table(&self.places, PLACES)
            && (self.slots.is_empty() || is_table(&self.slots, SLOTS))
            && is_table(&self.together, TOGETHER)
            && self.rhythm_again <= WHOLE
            && self.roles.len() == Role::COUNT
            && self.roles.iter().flatten().all(is_role)
    }
}

impl From<&Counts> for Manner {
    fn from(counts: &Counts) -> Self {
        let notes: f32 = counts.roles.iter().map(|role| role.notes).sum();
        let role = |role: &RoleCounts| {
            (role.notes >= FEWEST_NOTES).then(|| RoleManner {
                share: part_of(role.notes, notes),
                durations: shares(&role.durations),
                steps: shares(&role.steps),
                away: shares_of_any(&role.away),
                again: part_of(role.again[1], role.again[0]),
            })
        };
        Self {
            places: shares(&counts.places),
            slots: shares(&counts.slots),
            together: counts.together.iter().map(|&[reached, passed]| part_of(passed, reached)).collect(),
            rhythm_again: part_of(counts.rhythm[1], counts.rhythm[0]),
            roles: counts.roles.iter().map(role).collect(),
        }
    }
}

/// Tables that are mostly zeros: their length, then index and value of whatever is not zero.
mod sparse {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// No table is longer.
    const LONGEST: u16 = 1024;

    pub(super) fn serialize<S: Serializer>(table: &[u16], serializer: S) -> Result<S::Ok, S::Error> {
        let filled = table.iter().enumerate().filter(|(_, value)| **value > 0);
        let pairs = filled.flat_map(|(index, &value)| [index as u16, value]);
        std::iter::once(table.len() as u16).chain(pairs).collect::<Vec<u16>>().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u16>, D::Error> {
        let numbers = Vec::<u16>::deserialize(deserializer)?;
        let [length, pairs @ ..] = numbers.as_slice() else { return Err(D::Error::custom("a table without a length")) };
        let mut table = vec![0; usize::from((*length).min(LONGEST))];
        for pair in pairs.chunks(2) {
            match pair {
                &[index, value] if usize::from(index) < table.len() => table[usize::from(index)] = value,
                _ => return Err(D::Error::custom("a table with a value outside of it")),
            }
        }
        Ok(table)
    }
}

fn part_of(part: f32, whole: f32) -> u16 {
    (part / whole.max(1.0) * f32::from(WHOLE)).round() as u16
}

fn shares(counts: &[f32]) -> Vec<u16> {
    let total: f32 = counts.iter().sum();
    counts.iter().map(|&count| part_of(count, total)).collect()
}

/// The shares of what is not counted for every note: none where it never was.
fn shares_of_any(counts: &[f32]) -> Vec<u16> {
    if counts.iter().any(|&count| count > 0.0) { shares(counts) } else { Vec::new() }
}

/// The mean of tables of the same length, by weight; those that are empty do not count.
fn mix<'a>(tables: impl Iterator<Item = (&'a [u16], f32)>) -> Vec<u16> {
    let mut sums: Vec<f32> = Vec::new();
    let mut total = 0.0;
    for (table, weight) in tables.filter(|(table, _)| !table.is_empty()) {
        sums.resize(table.len(), 0.0);
        sums.iter_mut().zip(table).for_each(|(sum, &share)| *sum += weight * f32::from(share));
        total += weight;
    }
    sums.into_iter().map(|sum| (sum / total.max(f32::MIN_POSITIVE)).round() as u16).collect()
}
