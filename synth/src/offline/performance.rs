//! A piece as a synthesizer plays it: events at frames.

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
}
