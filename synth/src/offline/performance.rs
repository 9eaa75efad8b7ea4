//! A piece as a synthesizer plays it: events at frames.

use std::collections::HashSet;

use ripieno_score::{Channel, Timeline};

use crate::event::Event;

/// An event and the frame at which it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedEvent {
    /// Frames from the start of the piece.
    pub frame: u64,
    /// The track that it comes from.
    pub track: u16,
    /// What happens.
    pub event: Event,
}

/// Who plays: the notes of one track on one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartId {
    /// The track, counted from zero.
    pub track: u16,
    /// The channel.
    pub channel: Channel,
}

/// Everything that happens in a piece, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Performance {
    /// Sorted by frame; at the same frame in the order of the file.
    pub events: Vec<TimedEvent>,
    /// When the piece ends, before its tail.
    pub end_frame: u64,
}

impl Performance {
    /// The performance of `timeline` at a sample rate: all tempo changes are worked in.
    pub fn new(timeline: &Timeline, sample_rate_hz: u32) -> Self {
        let tempo_map = timeline.tempo_map();
        let frame_of = |tick| {
            let frame = (tempo_map.seconds(tick) * f64::from(sample_rate_hz)).round().max(0.0);
            frame as u64
        };
        let events = timeline
            .events
            .iter()
            .filter_map(|event| {
                let heard = Event::from_message(&event.message)?;
                Some(TimedEvent { frame: frame_of(event.tick), track: event.track, event: heard })
            })
            .collect();
        Self { events, end_frame: frame_of(timeline.end) }
    }

    /// Who plays in the piece, in the order of tracks and channels.
    pub fn parts(&self) -> Vec<PartId> {
        let mut parts: Vec<PartId> = self
            .events
            .iter()
            .filter_map(|timed| match timed.event {
                Event::NoteOn { channel, .. } => Some(PartId { track: timed.track, channel }),
                _ => None,
            })
            .collect();
        parts.sort_unstable();
        parts.dedup();
        parts
    }

    /// The same piece with the notes of one part only.
    ///
    /// Rendered dry (no reverb, chorus, leveler or limiter, and voices enough), the parts add up to the dry whole. Two tracks on
    /// one channel share its amplifier: where that is overdriven, or both strike the same key, the sum is only close.
    #[must_use]
    pub fn only(&self, part: PartId) -> Self {
        let is_heard = |timed: &&TimedEvent| match timed.event {
            Event::NoteOn { channel, .. } | Event::NoteOff { channel, .. } | Event::PolyPressure { channel, .. } => {
                channel == part.channel && timed.track == part.track
            }
            _ => true,
        };
        Self { events: self.events.iter().filter(is_heard).copied().collect(), end_frame: self.end_frame }
    }
    /// The rest of the piece from a frame on, which becomes the first. What was set before (instruments, controllers,
    /// bends, tuning) is set at its start; notes that were struck before are not heard.
    #[must_use]
    pub fn starting_at(&self, frame: u64) -> Self {
        let split = self.events.partition_point(|timed| timed.frame < frame);
        let (before, after) = self.events.split_at(split);
        let mut seen = HashSet::new();
        let mut events: Vec<TimedEvent> = before
            .iter()
            .rev()
            // Whatever was set before a reset is forgotten.
            .take_while(|timed| timed.event != Event::SystemReset)
            .filter(|timed| setting(&timed.event).is_some_and(|set| set.is_none_or(|set| seen.insert(set))))
            .map(|timed| TimedEvent { frame: 0, ..*timed })
            .collect();
        events.reverse();
        events.extend(after.iter().map(|timed| TimedEvent { frame: timed.frame - frame, ..*timed }));
        Self { events, end_frame: self.end_frame.saturating_sub(frame) }
    }
}

/// What an event sets: a later one that sets the same makes it superfluous. `Some(None)` where only the order of all
/// of them has a meaning, `None` where nothing lasts.
fn setting(event: &Event) -> Option<Option<(Option<Channel>, u8)>> {
    let set = |number| Some(Some((event.channel(), number)));
    match *event {
        // Bank select, data entry and the numbers of parameters: each is about those before or after.
        Event::Controller { controller: 0 | 32 | 6 | 38 | 96..=101, .. } | Event::Program { .. } => Some(None),
        // All sound off, all notes off and their like let go what is not struck anyway; a reset of controllers lasts.
        Event::Controller { controller: 120 | 123..=127, .. } => None,
        Event::Controller { controller: 121, .. } => Some(None),
        Event::Controller { controller, .. } => set(controller),
        Event::ChannelPressure { .. } => set(128),
        Event::PitchBend { .. } => set(129),
        Event::MasterVolume(_) => set(130),
        Event::MasterTuning(_) => set(131),
        Event::MasterTranspose(_) => set(132),
        Event::NoteOn { .. }
        | Event::NoteOff { .. }
        | Event::PolyPressure { .. }
        | Event::SystemReset
        | Event::AllNotesOff
        | Event::AllSoundOff => None,
    }
}

#[cfg(test)]
mod tests {
    use ripieno_score::{Pitch, Program, Velocity};

    use super::*;

    fn performance(events: &[(u64, Event)]) -> Performance {
        let events = events.iter().map(|&(frame, event)| TimedEvent { frame, track: 0, event });
        Performance { events: events.collect(), end_frame: 1000 }
    }

    #[test]
    fn the_rest_of_a_piece_begins_with_what_was_set() {
        let channel = Channel::new(3).expect("below 16");
        let pitch = Pitch::new(60).expect("below 128");
        let volume = |value| Event::Controller { channel, controller: 7, value };
        let program = |number| Event::Program { channel, program: Program::new(number).expect("below 128") };
        let note = Event::NoteOn { channel, pitch, velocity: Velocity::DEFAULT };
        let piece = performance(&[
            (0, volume(1)),
            (1, Event::SystemReset),
            (2, volume(2)),
            (3, program(5)),
            (4, note),
            (5, volume(3)),
            (6, program(6)),
            (10, note),
            (20, Event::NoteOff { channel, pitch }),
        ]);
        let rest = piece.starting_at(10);
        let events: Vec<_> = rest.events.iter().map(|timed| (timed.frame, timed.event)).collect();
        let expected =
            [(0, program(5)), (0, volume(3)), (0, program(6)), (0, note), (10, Event::NoteOff { channel, pitch })];
        assert_eq!(events, expected);
        assert_eq!(rest.end_frame, 990);
        assert_eq!(piece.starting_at(0), piece);
        assert!(piece.starting_at(u64::MAX).events.iter().all(|timed| timed.event != note));
    }
}
