//! What the heads are told about the music so far: the past of the chosen part, the harmony that sounds, the bars before.
//!
//! Everything here is derived from events already chosen or given, so it costs no likelihood. Training and generation
//! drive the same [`Memory`] with the same calls, so that they cannot disagree.

use ripieno_score::STEPS_PER_QUARTER;

use crate::event::{NoteEvent, PartEvent};
use crate::vocabulary::{DURATION_STEPS, DURATIONS, MAX_BAR_STEPS, PITCHES, VELOCITIES};

/// "No position": the feature that follows the 192 real ones.
pub const NO_POSITION: u8 = MAX_BAR_STEPS as u8;
/// "No pitch", after the 128 real ones.
pub const NO_PITCH: u8 = PITCHES as u8;
/// "No duration", after the 64 real ones.
pub const NO_DURATION: u8 = DURATIONS as u8;
/// "No velocity", after the 32 real ones.
pub const NO_VELOCITY: u8 = VELOCITIES as u8;
/// States that a part can be in at a chosen position; the last one forbids it.
pub const PART_STATES: usize = 37;
/// The state of a part that cannot play here: locked, or behind in the order of the stream.
pub const FORBIDDEN: u8 = PART_STATES as u8 - 1;
/// Classes of the time since a part last played.
pub const GAPS: usize = 10;

/// Known before a position is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PositionQuery {
    /// Position of the last note in the bar, [`NO_POSITION`] when the bar has none yet.
    pub cursor: u8,
    /// Steps in the bar, `1..=192`; 0 before the first bar.
    pub length: u8,
    /// Where the bar before goes on, [`NO_POSITION`] if it does not.
    pub next_one_bar_ago: u8,
    /// Where the bar before that goes on.
    pub next_two_bars_ago: u8,
    /// The next onset of a given note.
    pub next_given: u8,
}

/// Notes after which a part has a [`home`](NoteQuery::home).
const HOME_AFTER: u8 = 8;
/// Notes that make up a home.
const HOME_OF: u8 = 64;

/// Known once position and part are chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NoteQuery {
    /// Lowest pitch that keeps the order of the stream, `0..=127`.
    pub floor: u8,
    /// The part's last pitch.
    pub last: u8,
    /// The pitch before that.
    pub second_last: u8,
    /// Where the part has lately been: the mean pitch of its last notes, some sixty, [`NO_PITCH`] before it has played some.
    /// The heads are not told.
    pub home: u8,
    /// The part's last duration class.
    pub last_duration: u8,
    /// The part's last velocity class.
    pub last_velocity: u8,
    /// Velocity class of the last note of any part.
    pub any_velocity: u8,
    /// Class of the time since the part last played, `0..10`; 0 is "at this very position".
    pub gap: u8,
    /// Lowest sounding pitch.
    pub bass: u8,
    /// Highest sounding pitch.
    pub top: u8,
    /// What the part played here one bar ago.
    pub one_bar_ago: u8,
    /// For how long.
    pub one_bar_ago_duration: u8,
    /// What the part played here two bars ago.
    pub two_bars_ago: u8,
    /// Pitch classes that sound now, a bit each.
    pub sounding: u16,
    /// How often each pitch class was struck in this bar and the one before, the most frequent being 1.
    pub recent: [f32; 12],
    /// How soon a given note of each pitch class comes in this bar: 1 at once, 0.5 a quarter note later, 0 never.
    pub coming: [f32; 12],
}

#[derive(Debug, Clone, Copy)]
struct PartMemory {
    last: u8,
    second_last: u8,
    last_duration: u8,
    last_velocity: u8,
    last_onset: Option<u32>,
    end: u32,
    /// The mean pitch of its last notes, and of how many.
    home: f32,
    home_of: u8,
}

const SILENT: PartMemory = PartMemory {
    last: NO_PITCH,
    second_last: NO_PITCH,
    last_duration: NO_DURATION,
    last_velocity: NO_VELOCITY,
    last_onset: None,
    end: 0,
    home: 0.0,
    home_of: 0,
};

impl PartMemory {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a mean of pitches")]
    fn home(&self) -> u8 {
        if self.home_of < HOME_AFTER { NO_PITCH } else { self.home.round() as u8 }
    }
}

#[derive(Debug, Clone, Copy)]
struct Sounding {
    end: u32,
    pitch: u8,
}

/// The music so far.
#[derive(Debug, Clone)]
pub struct Memory {
    declared: Vec<PartEvent>,
    parts: Vec<PartMemory>,
    /// This bar, the one before, the one before that; each sorted once it is closed.
    bars: [Vec<NoteEvent>; 3],
    struck: [[u16; 12]; 2],
    /// Absolute step of the bar's start.
    start: u32,
    length: u32,
    /// The last generated note of this bar.
    last: Option<NoteEvent>,
    /// Notes of this bar that are given and whose position has not been reached, latest first.
    given: Vec<NoteEvent>,
    locked: u64,
    sounding: Vec<Sounding>,
    any_velocity: u8,
}

impl Memory {
    /// Silence, before the first bar.
    pub fn new(parts: &[PartEvent]) -> Self {
        Self {
            declared: parts.to_vec(),
            parts: vec![SILENT; parts.len()],
            bars: Default::default(),
            struck: [[0; 12]; 2],
            start: 0,
            length: 0,
            last: None,
            given: Vec::new(),
            locked: 0,
            sounding: Vec::new(),
            any_velocity: NO_VELOCITY,
        }
    }

    /// Closes the bar and opens one of `length` steps in which `given` sounds and the parts of `locked` (a bit each)
    /// play nothing else.
    pub fn open_bar(&mut self, length: u32, given: &[NoteEvent], locked: u64) {
        self.reach(NO_POSITION);
        self.start += self.length;
        self.length = length;
        self.last = None;
        self.locked = locked;
        self.bars.rotate_right(1);
        self.bars[0].clear();
        self.bars[1].sort_unstable();
        self.struck = [[0; 12], self.struck[0]];
        self.given.clear();
        self.given.extend_from_slice(given);
        self.given.sort_unstable_by(|a, b| b.cmp(a));
        let start = self.start;
        self.sounding.retain(|note| note.end > start);
    }

    /// The features that choose a position.
    pub fn position_query(&self) -> PositionQuery {
        let cursor = self.last.map_or(NO_POSITION, |note| note.position);
        let next_given = self.given.last().map_or(NO_POSITION, |note| note.position);
        PositionQuery {
            cursor,
            length: self.length as u8,
            next_one_bar_ago: self.next_onset(1),
            next_two_bars_ago: self.next_onset(2),
            next_given,
        }
    }

    /// The lowest legal position in the bar.
    pub fn first_position(&self) -> u8 {
        self.last.map_or(0, |note| note.position)
    }

    /// Steps in the open bar, 0 before the first.
    pub const fn bar_length(&self) -> u32 {
        self.length
    }

    /// Takes in the given notes up to `position`: to be called once it is chosen.
    pub fn reach(&mut self, position: u8) {
        while self.given.last().is_some_and(|note| note.position <= position) {
            let note = self.given.pop().expect("the loop looked at it");
            self.take(note);
        }
    }

    /// The state of every part at a position that was [reached](Self::reach): an index below [`PART_STATES`] each.
    pub fn part_states(&self, position: u8, states: &mut Vec<u8>) {
        states.clear();
        let now = self.start + u32::from(position);
        let mut expected = [0u8; 64];
        for note in at_position(&self.bars[1], position) {
            expected[usize::from(note.part)] = expected[usize::from(note.part)].saturating_add(1);
        }
        let mut played = [0u8; 64];
        for note in self.bars[0].iter().rev().take_while(|note| note.position == position) {
            played[usize::from(note.part)] = played[usize::from(note.part)].saturating_add(1);
        }
        for (index, part) in self.parts.iter().enumerate() {
            if !self.part_allowed(position, index as u8) {
                states.push(FORBIDDEN);
                continue;
            }
            let match_state = match (expected[index], played[index]) {
                (0, _) => 0,
                (expected, played) if played < expected => 1,
                _ => 2,
            };
            let sounds = u8::from(part.end > now);
            let gap = match part.last_onset.map(|onset| now - onset) {
                Some(0) => 0,
                Some(1..=6) => 1,
                Some(7..=12) => 2,
                Some(13..=24) => 3,
                Some(25..=96) => 4,
                _ => 5,
            };
            states.push((match_state * 2 + sounds) * 6 + gap);
        }
    }

    /// Whether a note of `part` at `position` keeps the order of the stream and the locks.
    pub fn part_allowed(&self, position: u8, part: u8) -> bool {
        self.locked >> part & 1 == 0
            && self.last.is_none_or(|last| {
                position > last.position || part > last.part || (part == last.part && last.pitch < 127)
            })
    }

    /// How many notes of `part` have started at `position` in this bar.
    pub fn started_at(&self, position: u8, part: u8) -> usize {
        let here = self.bars[0].iter().rev().take_while(|note| note.position == position);
        here.filter(|note| note.part == part).count()
    }

    /// How many notes, given ones included, start with the last generated note of this bar; 0 before there is one.
    pub fn struck(&self) -> usize {
        let together =
            |last: NoteEvent| self.bars[0].iter().rev().take_while(|note| note.position == last.position).count();
        self.last.map_or(0, together)
    }

    /// The lowest pitch of `part` at `position` that keeps the order of the stream.
    pub fn floor(&self, position: u8, part: u8) -> u8 {
        match self.last {
            Some(last) if last.position == position && last.part == part => last.pitch + 1,
            _ => 0,
        }
    }

    /// The features that choose pitch, duration and velocity of a note of `part` at a [reached](Self::reach) position.
    pub fn note_query(&self, position: u8, part: u8) -> NoteQuery {
        let now = self.start + u32::from(position);
        let memory = &self.parts[usize::from(part)];
        let gap = match memory.last_onset.map(|onset| now - onset) {
            Some(0) => 0,
            Some(1..=3) => 1,
            Some(4..=6) => 2,
            Some(7..=12) => 3,
            Some(13..=24) => 4,
            Some(25..=48) => 5,
            Some(49..=96) => 6,
            Some(97..=192) => 7,
            Some(_) => 8,
            None => 9,
        };
        let (mut bass, mut top, mut sounding) = (NO_PITCH, NO_PITCH, 0u16);
        for note in self.sounding.iter().filter(|note| note.end > now) {
            bass = bass.min(note.pitch);
            top = if top == NO_PITCH { note.pitch } else { top.max(note.pitch) };
            sounding |= 1 << (note.pitch % 12);
        }
        let most = (0..12).map(|class| self.struck[0][class] + self.struck[1][class]).max().unwrap_or(0).max(1);
        let recent =
            std::array::from_fn(|class| f32::from(self.struck[0][class] + self.struck[1][class]) / f32::from(most));
        let nth = self.started_at(position, part);
        let ago = |bar: usize| at_position(&self.bars[bar], position).filter(|note| note.part == part).nth(nth);
        let one_bar_ago = ago(1);
        NoteQuery {
            floor: self.floor(position, part),
            last: memory.last,
            second_last: memory.second_last,
            home: memory.home(),
            last_duration: memory.last_duration,
            last_velocity: memory.last_velocity,
            any_velocity: self.any_velocity,
            gap,
            bass,
            top,
            one_bar_ago: one_bar_ago.map_or(NO_PITCH, |note| note.pitch),
            one_bar_ago_duration: one_bar_ago.map_or(NO_DURATION, |note| note.duration),
            two_bars_ago: ago(2).map_or(NO_PITCH, |note| note.pitch),
            sounding,
            recent,
            coming: self.coming(position),
        }
    }

    fn coming(&self, position: u8) -> [f32; 12] {
        let mut coming = [0f32; 12];
        for note in self.given.iter().filter(|note| !self.declared[usize::from(note.part)].is_drums()) {
            let quarters = f32::from(note.position.saturating_sub(position)) / STEPS_PER_QUARTER as f32;
            let class = &mut coming[usize::from(note.pitch % 12)];
            *class = class.max(1.0 / (1.0 + quarters));
        }
        coming
    }

    /// Takes in a generated note, whose position was [reached](Self::reach).
    pub fn push(&mut self, note: NoteEvent) {
        self.last = Some(note);
        self.take(note);
    }

    fn take(&mut self, note: NoteEvent) {
        let onset = self.start + u32::from(note.position);
        let end = onset + u32::from(DURATION_STEPS[usize::from(note.duration)]);
        let part = &mut self.parts[usize::from(note.part)];
        part.second_last = part.last;
        part.last = note.pitch;
        part.last_duration = note.duration;
        part.last_velocity = note.velocity;
        part.last_onset = Some(onset);
        part.end = part.end.max(end);
        part.home_of = HOME_OF.min(part.home_of + 1);
        part.home += (f32::from(note.pitch) - part.home) / f32::from(part.home_of);
        self.any_velocity = note.velocity;
        self.bars[0].push(note);
        if !self.declared[usize::from(note.part)].is_drums() {
            self.struck[0][usize::from(note.pitch % 12)] += 1;
            self.sounding.retain(|sounding| sounding.end > onset);
            self.sounding.push(Sounding { end, pitch: note.pitch });
        }
    }

    /// Where the bar `ago` bars before goes on after what this bar has played, as far as unlocked parts are concerned.
    fn next_onset(&self, ago: usize) -> u8 {
        let free = |note: &&NoteEvent| self.locked >> note.part & 1 == 0;
        let past = &self.bars[ago];
        let after = match self.last {
            None => 0,
            Some(last) => {
                let here =
                    self.bars[0].iter().rev().take_while(|note| note.position == last.position).filter(free).count();
                let there = at_position(past, last.position).filter(free).count();
                if here < there { last.position } else { last.position + 1 }
            }
        };
        let from = past.partition_point(|note| note.position < after);
        past[from..].iter().find(free).map_or(NO_POSITION, |note| note.position)
    }
}

/// The notes of a sorted bar at one position.
fn at_position(bar: &[NoteEvent], position: u8) -> impl Iterator<Item = &NoteEvent> {
    let from = bar.partition_point(|note| note.position < position);
    bar[from..].iter().take_while(move |note| note.position == position)
}

#[cfg(test)]
mod tests;
