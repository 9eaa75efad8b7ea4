//! What may be played where.

use super::BarRequest;
use super::held::Held;
use crate::event::{PartEvent, Role};
use crate::memory::Memory;
use crate::vocabulary::{PITCHES, POSITIONS, meter_of};

/// Hard limits of one part, kept at any temperature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartLimits {
    /// Pitches that it may play.
    pub pitches: [bool; PITCHES],
    /// Notes that it may start together, at least one.
    pub polyphony: u8,
    /// Notes that may sound together in it, given ones included, where it plays; at least one.
    pub sounding: u8,
}

impl PartLimits {
    /// Every pitch, so many notes at a time.
    pub const fn open(polyphony: u8) -> Self {
        Self { pitches: [true; PITCHES], polyphony, sounding: u8::MAX }
    }

    /// Leaves only what is in `usual` where that leaves anything.
    pub(crate) fn narrow(&mut self, usual: &[bool; PITCHES]) {
        let both: [bool; PITCHES] = std::array::from_fn(|pitch| self.pitches[pitch] && usual[pitch]);
        if both.contains(&true) {
            self.pitches = both;
        }
    }

    /// Its pitches, a bit each.
    pub(crate) fn bits(&self) -> u128 {
        self.pitches.iter().enumerate().fold(0, |bits, (pitch, &allowed)| bits | u128::from(allowed) << pitch)
    }
}

/// A note of a rhythm that is kept: something of the part starts here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attack {
    /// Steps from the start of the bar.
    pub position: u8,
    /// Index of the part.
    pub part: u8,
    /// Duration class.
    pub duration: u8,
}

/// The rules of the open bar.
pub(super) struct Legal<'a> {
    pub(super) parts: &'a [PartEvent],
    pub(super) limits: &'a [PartLimits],
    /// The pitches of the limits, a bit each.
    pub(super) pitches: &'a [u128],
    pub(super) bar: &'a BarRequest,
    /// Given notes that sound in the bar.
    pub(super) held: &'a Held,
    /// Attacks that are still to come.
    pub(super) attacks: &'a [Attack],
}

impl Legal<'_> {
    /// Marks the positions at which some part can play.
    pub(super) fn positions(&self, memory: &Memory, allowed: &mut [bool; POSITIONS]) {
        let length = memory.bar_length() as usize;
        let end = self.bar.closes.map_or(length, |latest| length.min(usize::from(latest) + 1));
        let bar = usize::from(memory.first_position())..end;
        for (position, allowed) in allowed.iter_mut().enumerate().take(bar.end).skip(bar.start) {
            *allowed = (0..self.parts.len()).any(|part| self.part(memory, position as u8, part as u8));
        }
    }

    /// Whether a part can start a note at a position.
    pub(super) fn part(&self, memory: &Memory, position: u8, part: u8) -> bool {
        if !memory.part_allowed(position, part) || !self.is_in_time(position, part) {
            return false;
        }
        let limits = &self.limits[usize::from(part)];
        // Given notes count before the memory has reached them, too.
        let given = self.bar.given.iter().filter(|note| note.position == position && note.part == part).count();
        let started = memory.started_at(position, part);
        let starting = started.max(given);
        let sounding = self.held.count(position, part) + starting.saturating_sub(self.held.starting(position, part));
        starting < usize::from(limits.polyphony)
            && (limits.sounding == u8::MAX || sounding < usize::from(limits.sounding))
            && self.bits(memory, position, part) != 0
    }

    /// A part whose rhythm is given plays there and nowhere else; others come before the next attack of such a part.
    fn is_in_time(&self, position: u8, part: u8) -> bool {
        let next = self.attacks.first().map(|attack| (attack.position, attack.part));
        match self.bar.bound >> part & 1 {
            1 => next == Some((position, part)),
            _ => next.is_none_or(|next| (position, part) < next),
        }
    }

    /// The pitches that a part can start at a position: allowed ones that keep the order of the stream and that no given
    /// note of the part plays there or holds. So many `more` notes shall follow there, of these `tones` where there are enough.
    pub(super) fn pitches(
        &self,
        memory: &Memory,
        position: u8,
        part: u8,
        (more, tones): (usize, u128),
    ) -> [bool; PITCHES] {
        let mut bits = self.bits(memory, position, part);
        // The notes of a chord rise: the first leave room for the others.
        let here = |attack: &&Attack| attack.position == position && attack.part == part;
        let polyphony = usize::from(self.limits[usize::from(part)].polyphony);
        let more = more.min(polyphony.saturating_sub(memory.started_at(position, part) + 1));
        let together = self.attacks.iter().take_while(here).count().max(1 + more).min(bits.count_ones() as usize);
        let mut above = bits & self.suiting(part, tones);
        if (above.count_ones() as usize) < together {
            above = bits;
        }
        for _ in 1..together {
            let below = (1 << (127 - above.leading_zeros())) - 1;
            (above, bits) = (above & below, bits & below);
        }
        std::array::from_fn(|pitch| bits >> pitch & 1 == 1)
    }

    /// Whether some part can start one of these `tones` at a position, or a drum.
    pub(super) fn has_tone(&self, memory: &Memory, position: u8, tones: u128) -> bool {
        let suits = |part: u8| self.bits(memory, position, part) & self.suiting(part, tones) != 0;
        (0..self.parts.len() as u8).any(|part| self.part(memory, position, part) && suits(part))
    }

    /// Drums have no tones: any of them suits.
    fn suiting(&self, part: u8, tones: u128) -> u128 {
        if self.parts[usize::from(part)].is_drums() { u128::MAX } else { tones }
    }

    fn bits(&self, memory: &Memory, position: u8, part: u8) -> u128 {
        let mut bits = self.pitches[usize::from(part)] & (u128::MAX << memory.floor(position, part));
        let event = self.parts[usize::from(part)];
        if !event.is_drums() {
            bits &= !octaves(self.bar.forbidden_classes(position, event.role));
        }
        for note in self.bar.given.iter().filter(|note| note.position == position && note.part == part) {
            bits &= !(1 << note.pitch);
        }
        bits & !self.held.pitches(position, part)
    }
}

impl BarRequest {
    /// The pitch classes that a pitched part may not start at a position, a bit each.
    pub(crate) fn forbidden_classes(&self, position: u8, role: Role) -> u16 {
        let (length, meter) = meter_of(self.meter);
        let half = usize::from(u32::from(position) >= length.div_ceil(2));
        let on_beat = (f64::from(position) / 24.0 % meter.beat_quarters()).abs() < 1e-9;
        let as_well = if on_beat && role != Role::Melody { self.forbidden_on_beats[half] } else { 0 };
        self.forbidden[half] | as_well
    }
}

/// Pitch classes in every octave.
pub(crate) fn octaves(classes: u16) -> u128 {
    (0..PITCHES).filter(|pitch| classes >> (pitch % 12) & 1 == 1).fold(0, |bits, pitch| bits | 1 << pitch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_pieces::{common_bar, parts, quarter};

    const C_MAJOR: u16 = 0b1001_0001;

    /// The pitches up to `highest` that a piano may start on the first beat when `more` notes shall follow there.
    fn room(highest: usize, more: usize, tones: u128) -> Vec<usize> {
        let mut limits = PartLimits::open(8);
        limits.pitches = std::array::from_fn(|pitch| pitch <= highest);
        let (parts, bar) = (parts(&[0]), BarRequest { meter: common_bar(Vec::new()).meter, ..BarRequest::default() });
        let (pitches, held) = ([limits.bits()], Held::default());
        let legal = Legal { parts: &parts, limits: &[limits], pitches: &pitches, bar: &bar, held: &held, attacks: &[] };
        let mut memory = Memory::new(&parts);
        memory.open_bar(96, &[], 0);
        let allowed = legal.pitches(&memory, 0, 0, (more, tones));
        (0..PITCHES).filter(|&pitch| allowed[pitch]).collect()
    }

    #[test]
    fn the_lowest_notes_of_a_chord_leave_room_for_the_others() {
        assert_eq!(room(71, 0, u128::MAX), (0..72).collect::<Vec<_>>());
        assert_eq!(room(71, 3, u128::MAX), (0..69).collect::<Vec<_>>());
        // Two tones of C major are to come above: E and G.
        assert_eq!(room(71, 2, octaves(C_MAJOR)), (0..64).collect::<Vec<_>>());
        // Where the chord has too few tones, any note will do.
        assert_eq!(room(3, 2, octaves(C_MAJOR)), [0, 1]);
    }

    #[test]
    fn a_chord_goes_on_only_with_its_own_tones_and_drums_with_any() {
        let can_go_on = |instrument: u8, lowest: u8| {
            let mut limits = PartLimits::open(8);
            limits.pitches = std::array::from_fn(|pitch| pitch <= 71);
            let (parts, bar) =
                (parts(&[instrument]), BarRequest { meter: common_bar(Vec::new()).meter, ..BarRequest::default() });
            let (pitches, held) = ([limits.bits()], Held::default());
            let legal =
                Legal { parts: &parts, limits: &[limits], pitches: &pitches, bar: &bar, held: &held, attacks: &[] };
            let mut memory = Memory::new(&parts);
            memory.open_bar(96, &[], 0);
            memory.push(quarter(0, 0, lowest));
            legal.has_tone(&memory, 0, octaves(C_MAJOR))
        };
        assert_eq!([64, 66, 67].map(|lowest| can_go_on(0, lowest)), [true, true, false]);
        assert!(can_go_on(128, 67));
    }
}
