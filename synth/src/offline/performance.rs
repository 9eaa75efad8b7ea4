//! A piece as a synthesizer plays it: events at frames.

use ripieno_score::Timeline;

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
}
