//! From messages to notes: pairs note-ons with note-offs, and lets the sustain pedal hold what it holds.

use std::collections::HashMap;
use std::num::NonZeroU32;

use super::TrackSummary;
use super::limits::{MAX_HANGING_QUARTERS, MAX_PEDAL_QUARTERS};
use super::rescue::{RescueKind, RescueLog};
use crate::note::{Channel, Instrument, Note, Pitch, Program};
use crate::time::Tick;
use crate::timeline::{Event, Message, Timeline};

/// The sustain pedal ("Damper Pedal") among the controllers.
const SUSTAIN: u8 = 64;

/// A key as one track plays it; note-offs of one track never end notes of another.
type PlayedKey = (u16, Channel, Pitch);

/// A channel of a port: what an instrument listens to, whatever the track.
type Wire = (u8, Channel);

/// A note and where it comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Struck {
    pub(super) track: u16,
    pub(super) channel: Channel,
    pub(super) instrument: Instrument,
    pub(super) note: Note,
    /// The note that was struck next on the same key, while both wait for their releases.
    later: Option<StruckIndex>,
}

/// An index into the notes in the order in which they were struck, offset by one so that an optional one takes no more
/// room: a file may have millions of keys down.
type StruckIndex = NonZeroU32;

/// Hears the messages of a timeline in order and writes down the notes. Linear in the number of messages.
///
/// Notes that overlap on one key end in the order in which they began. Where the file forgets releases on a key, that
/// would let every later note end too late; there a new stroke ends the one before.
pub(super) struct Pairing<'a> {
    tracks: &'a [TrackSummary],
    /// How long a note may last that nothing ends.
    longest_hanging: Tick,
    /// How long the pedal may hold a note after its release.
    longest_pedalled: Tick,
    end: Tick,
    struck: Vec<Struck>,
    keys: HashMap<PlayedKey, KeyState>,
    /// Which program each track chose for each channel.
    own_programs: HashMap<(u16, Channel), Program>,
    /// Which program any track chose last for each channel.
    programs: HashMap<Wire, Program>,
    pedals: HashMap<Wire, Pedal>,
}

/// The notes that wait for their releases on one key.
#[derive(Debug, Clone, Copy, Default)]
struct KeyState {
    oldest: Option<StruckIndex>,
    newest: Option<StruckIndex>,
    /// How many more notes the file begins than it ends.
    surplus: u32,
}

impl KeyState {
    /// Whether releases are missing.
    const fn is_lossy(self) -> bool {
        self.surplus > 0
    }
}

/// What a pedal that is down holds.
#[derive(Debug, Default)]
struct Pedal {
    /// Indices of released notes by key.
    held: HashMap<Pitch, Vec<usize>>,
}

impl<'a> Pairing<'a> {
    pub(super) fn new(timeline: &Timeline, tracks: &'a [TrackSummary]) -> Self {
        let quarters = |count: u32| Tick(timeline.ppq.ticks() * count);
        Self {
            tracks,
            longest_hanging: quarters(MAX_HANGING_QUARTERS),
            longest_pedalled: quarters(MAX_PEDAL_QUARTERS),
            end: timeline.end,
            struck: Vec::new(),
            keys: played_keys(&timeline.events),
            own_programs: HashMap::new(),
            programs: HashMap::new(),
            pedals: HashMap::new(),
        }
    }

    /// Takes the next message.
    pub(super) fn hear(&mut self, event: &Event, log: &mut RescueLog) {
        let tick = event.tick;
        match event.message {
            Message::NoteOn { channel, pitch, velocity } => {
                self.lift_key(self.wire(event.track, channel), pitch, tick);
                let instrument = self.instrument(event.track, channel);
                // Open until its release: the duration is filled in by `end_note`.
                let note = Note { onset: tick, pitch, duration: Tick(1), velocity };
                self.strike(Struck { track: event.track, channel, instrument, note, later: None }, log);
            }
            Message::NoteOff { channel, pitch, .. } => {
                let Some(index) = self.released((event.track, channel, pitch), tick) else { return };
                self.end_note(index, tick);
                if let Some(pedal) = self.pedals.get_mut(&self.wire(event.track, channel)) {
                    pedal.held.entry(pitch).or_default().push(index);
                }
            }
            Message::Controller { channel, controller: SUSTAIN, value } if channel != Channel::DRUMS => {
                let wire = self.wire(event.track, channel);
                if value >= 64 {
                    self.pedals.entry(wire).or_default();
                } else if let Some(pedal) = self.pedals.remove(&wire) {
                    for index in pedal.held.into_values().flatten() {
                        self.hold_note(index, tick);
                    }
                }
            }
            Message::Program { channel, program } => {
                self.own_programs.insert((event.track, channel), program);
                self.programs.insert(self.wire(event.track, channel), program);
            }
            _ => {}
        }
    }

    /// Ends what still sounds and gives the notes in the order in which they were struck.
    pub(super) fn finish(mut self, log: &mut RescueLog) -> Vec<Struck> {
        let mut hanging: Vec<usize> = Vec::new();
        for key in std::mem::take(&mut self.keys).into_values() {
            let first = key.oldest.map(place);
            hanging.extend(std::iter::successors(first, |&index| self.struck[index].later.map(place)));
        }
        hanging.sort_unstable();
        for index in hanging {
            let Struck { track, note, .. } = self.struck[index];
            let summary = &self.tracks[usize::from(track)];
            log.add(summary.offset, Some(track), RescueKind::HangingNote);
            self.end_note(index, summary.end.min(note.onset + self.longest_hanging));
        }
        for pedal in std::mem::take(&mut self.pedals).into_values() {
            for index in pedal.held.into_values().flatten() {
                self.hold_note(index, self.end);
            }
        }
        self.struck
    }

    /// Begins a note; on a key with missing releases it ends the one before.
    fn strike(&mut self, struck: Struck, log: &mut RescueLog) {
        let onset = struck.note.onset;
        self.struck.push(struck);
        let this = u32::try_from(self.struck.len()).ok().and_then(StruckIndex::new);
        let this = this.expect("there are fewer notes than events, and more than none");
        let key = self.keys.entry((struck.track, struck.channel, struck.note.pitch)).or_default();
        let before = if key.is_lossy() { key.newest.take() } else { None };
        match key.newest.replace(this) {
            Some(newest) => self.struck[place(newest)].later = Some(this),
            None => key.oldest = Some(this),
        }
        if let Some(before) = before.map(place) {
            log.add(self.tracks[usize::from(struck.track)].offset, Some(struck.track), RescueKind::RestartedNote);
            let latest = self.struck[before].note.onset + self.longest_hanging;
            self.end_note(before, onset.min(latest));
        }
    }

    /// The note that a release on `key` ends. In a key with missing releases, one at the moment of a stroke belongs to
    /// the note before, which that stroke has ended already.
    fn released(&mut self, key: PlayedKey, tick: Tick) -> Option<usize> {
        let key = self.keys.get_mut(&key)?;
        let oldest = place(key.oldest?);
        let Struck { note, later, .. } = self.struck[oldest];
        if key.is_lossy() && note.onset == tick {
            return None;
        }
        key.oldest = later;
        if later.is_none() {
            key.newest = None;
        }
        Some(oldest)
    }

    /// Ends the notes on a key that only the pedal holds: it is struck again.
    fn lift_key(&mut self, wire: Wire, pitch: Pitch, tick: Tick) {
        let held = self.pedals.get_mut(&wire).and_then(|pedal| pedal.held.remove(&pitch));
        for index in held.into_iter().flatten() {
            self.hold_note(index, tick);
        }
    }

    /// Lets a note last until `tick`, and at least one tick.
    fn end_note(&mut self, index: usize, tick: Tick) {
        let note = &mut self.struck[index].note;
        note.duration = Tick(tick.since(note.onset).0.max(1));
    }

    /// Lets a released note sound on until the pedal lets go of it at `tick`.
    fn hold_note(&mut self, index: usize, tick: Tick) {
        let released = self.struck[index].note.end();
        self.end_note(index, tick.min(released + self.longest_pedalled).max(released));
    }

    /// What plays a channel for a track: what the track itself chose, or else what any track chose.
    ///
    /// A player knows one program per channel, but programs that give every track the same channel are common, and mean this.
    fn instrument(&self, track: u16, channel: Channel) -> Instrument {
        if channel == Channel::DRUMS {
            return Instrument::Drums;
        }
        let own = self.own_programs.get(&(track, channel));
        let program = own.or_else(|| self.programs.get(&self.wire(track, channel)));
        Instrument::Program(program.copied().unwrap_or_default())
    }

    fn wire(&self, track: u16, channel: Channel) -> Wire {
        (self.tracks[usize::from(track)].port, channel)
    }
}

/// Where in the list of notes.
fn place(index: StruckIndex) -> usize {
    usize::try_from(index.get() - 1).expect("32 bits fit")
}

/// All keys that are struck, and how many more notes each begins than it ends.
fn played_keys(events: &[Event]) -> HashMap<PlayedKey, KeyState> {
    let mut keys: HashMap<PlayedKey, KeyState> = HashMap::new();
    for event in events {
        match event.message {
            Message::NoteOn { channel, pitch, .. } => {
                keys.entry((event.track, channel, pitch)).or_default().surplus += 1;
            }
            Message::NoteOff { channel, pitch, .. } => {
                if let Some(key) = keys.get_mut(&(event.track, channel, pitch)) {
                    key.surplus = key.surplus.saturating_sub(1);
                }
            }
            _ => {}
        }
    }
    keys
}
