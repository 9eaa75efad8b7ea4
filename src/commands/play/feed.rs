//! Sends a performance to a sound device a little ahead of time.

use ripieno_synth::Event;
use ripieno_synth::device::QueueFull;
use ripieno_synth::offline::{Performance, TimedEvent};

/// What is still to be sent. Every event carries the frame at which it shall sound, so that events sound exactly as far
/// apart as they are written, however unevenly they are sent.
#[derive(Debug)]
pub(super) struct Feed<'a> {
    /// The frame of the device at which the piece begins.
    start_frame: u64,
    performance: &'a Performance,
    sent: usize,
    has_ended: bool,
}

impl<'a> Feed<'a> {
    pub(super) fn new(performance: &'a Performance, start_frame: u64) -> Self {
        Self { start_frame, performance, sent: 0, has_ended: false }
    }

    /// Sends what comes before `horizon`, a frame of the device. What finds no room waits for the next call.
    pub(super) fn send_until(&mut self, horizon: u64, mut send: impl FnMut(Event, u64) -> Result<(), QueueFull>) {
        while let Some(&TimedEvent { frame, event, .. }) = self.performance.events.get(self.sent) {
            let frame = self.start_frame + frame;
            if frame >= horizon || send(event, frame).is_err() {
                return;
            }
            self.sent += 1;
        }
        let end = self.end_frame();
        if !self.has_ended && end < horizon {
            // Keys that nobody lets go.
            self.has_ended = send(Event::AllNotesOff, end).is_ok();
        }
    }

    /// Events of the piece that were sent.
    pub(super) fn sent(&self) -> usize {
        self.sent
    }

    /// The frame of the device at which the piece ends, before its tail.
    pub(super) fn end_frame(&self) -> u64 {
        self.start_frame + self.performance.end_frame
    }

    /// Whether everything was sent.
    pub(super) fn has_ended(&self) -> bool {
        self.has_ended
    }
}

#[cfg(test)]
mod tests {
    use ripieno_score::{Channel, Program};

    use super::*;

    fn event(number: u8) -> Event {
        let channel = Channel::new(0).expect("below 16");
        Event::Program { channel, program: Program::new(number).expect("below 128") }
    }

    fn performance() -> Performance {
        let events = (0..4).map(|number| TimedEvent { frame: u64::from(number) * 100, track: 0, event: event(number) });
        Performance { events: events.collect(), end_frame: 350 }
    }

    #[test]
    fn events_are_sent_ahead_with_their_own_frames() {
        let performance = performance();
        let mut feed = Feed::new(&performance, 1000);
        let mut heard = Vec::new();
        for horizon in [900, 1000, 1101, 1101, 1300, 2000] {
            feed.send_until(horizon, |event, frame| {
                assert!(frame < horizon);
                heard.push((event, frame));
                Ok(())
            });
        }
        let expected = [(event(0), 1000), (event(1), 1100), (event(2), 1200), (event(3), 1300)];
        assert_eq!(heard[..4], expected);
        assert_eq!(heard[4..], [(Event::AllNotesOff, 1350)]);
        assert_eq!((feed.sent(), feed.has_ended()), (4, true));
    }

    #[test]
    fn a_full_queue_loses_nothing_and_keeps_the_order() {
        let performance = performance();
        let mut feed = Feed::new(&performance, 0);
        let mut heard = Vec::new();
        for _ in 0..10 {
            let mut room = 1;
            feed.send_until(1000, |event, frame| {
                if room == 0 {
                    return Err(QueueFull(event));
                }
                room -= 1;
                heard.push(frame);
                Ok(())
            });
        }
        assert_eq!(heard, [0, 100, 200, 300, 350]);
    }
}
