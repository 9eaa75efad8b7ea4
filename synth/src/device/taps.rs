//! Ways into and out of the audio thread beside the queue of events: a person's keys, and a tape of what is played.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rtrb::{Consumer, Producer, RingBuffer};

use super::QueueFull;
use crate::event::Event;

/// Events of a person that may wait for the next buffer: more than any keyboard sends in one.
const KEYS: usize = 4096;

/// The audio thread's ends.
#[derive(Debug)]
pub(super) struct Taps {
    keys: Consumer<Event>,
    heard: Producer<(u64, Event)>,
    tape: Producer<[f32; 2]>,
    lost: Arc<AtomicU64>,
}

/// What a person plays on: events sound with the next buffer, whatever waits in the queue.
#[derive(Debug)]
pub struct Keys {
    events: Producer<Event>,
    heard: Option<Consumer<(u64, Event)>>,
}

/// The sound as it is played.
#[derive(Debug)]
pub struct Tape {
    frames: Consumer<[f32; 2]>,
    lost: Arc<AtomicU64>,
    skip: usize,
}

/// All ends; the tape begins with the frame that sounds at time zero, `latency_frames` after the engine's first.
pub(super) fn taps(tape_frames: usize, latency_frames: usize) -> (Taps, Keys, Tape) {
    let (events, keys) = RingBuffer::new(KEYS);
    let (heard, ears) = RingBuffer::new(KEYS);
    let (tape, frames) = RingBuffer::new(tape_frames);
    let lost = Arc::new(AtomicU64::new(0));
    let taps = Taps { keys, heard, tape, lost: Arc::clone(&lost) };
    (taps, Keys { events, heard: Some(ears) }, Tape { frames, lost, skip: latency_frames })
}

impl Taps {
    /// The next key, which sounds at `frame`: whoever listens is told so.
    pub(super) fn next_key(&mut self, frame: u64) -> Option<Event> {
        let event = self.keys.pop().ok()?;
        // Nobody listens when this is full; the key sounds all the same.
        let _ = self.heard.push((frame, event));
        Some(event)
    }

    /// Gives a block to the tape.
    pub(super) fn record(&mut self, block: &[[f32; 2]]) {
        if self.tape.buffer().capacity() == 0 || self.tape.is_abandoned() {
            return;
        }
        match self.tape.write_chunk(block.len()) {
            Ok(mut chunk) => {
                let (first, second) = chunk.as_mut_slices();
                let (head, tail) = block.split_at(first.len());
                first.copy_from_slice(head);
                second.copy_from_slice(tail);
                chunk.commit_all();
            }
            Err(_) => {
                self.lost.fetch_add(block.len() as u64, Ordering::Relaxed);
            }
        }
    }

    #[cfg(test)]
    pub(super) fn closed() -> Self {
        taps(0, 0).0
    }
}

impl Keys {
    /// Lets `event` happen with the next buffer.
    ///
    /// # Errors
    ///
    /// When thousands of events wait already.
    pub fn play(&mut self, event: Event) -> Result<(), QueueFull> {
        self.events.push(event).map_err(|rtrb::PushError::Full(event)| QueueFull(event))
    }

    /// What was played and the frame at which it sounded, in order: given away once, for a thread that records or follows.
    pub fn take_heard(&mut self) -> Option<Consumer<(u64, Event)>> {
        self.heard.take()
    }
}

impl Tape {
    /// Hands over all frames that were played since the last call, in one or two pieces. The first frame of all is the
    /// one in which an event sounds that was sent for frame zero.
    pub fn drain(&mut self, mut write: impl FnMut(&[[f32; 2]])) {
        let waiting = self.frames.slots();
        let Ok(chunk) = self.frames.read_chunk(waiting) else { return };
        let (first, second) = chunk.as_slices();
        for piece in [first, second] {
            let skipped = self.skip.min(piece.len());
            self.skip -= skipped;
            if skipped < piece.len() {
                write(&piece[skipped..]);
            }
        }
        chunk.commit_all();
    }

    /// Frames that were lost because nobody drained the tape in time.
    pub fn lost_frames(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tape_has_what_was_played_and_counts_what_it_lost() {
        let (mut taps, _keys, mut tape) = taps(8, 2);
        let block: Vec<[f32; 2]> = (0..6u8).map(|frame| [f32::from(frame); 2]).collect();
        taps.record(&block);
        taps.record(&block);
        assert_eq!(tape.lost_frames(), 6, "the second block did not fit");
        let mut heard = Vec::new();
        tape.drain(|frames| heard.extend_from_slice(frames));
        taps.record(&block);
        tape.drain(|frames| heard.extend_from_slice(frames));
        let left: Vec<f32> = heard.iter().map(|frame| frame[0]).collect();
        assert_eq!(left, [2.0, 3.0, 4.0, 5.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    }

    #[test]
    fn a_key_is_heard_with_the_frame_at_which_it_sounds() {
        let (mut taps, mut keys, _tape) = taps(0, 0);
        keys.play(Event::AllNotesOff).expect("there is room");
        assert_eq!(taps.next_key(480), Some(Event::AllNotesOff));
        assert_eq!(taps.next_key(480), None);
        let mut heard = keys.take_heard().expect("not taken yet");
        assert_eq!(heard.pop(), Ok((480, Event::AllNotesOff)));
    }
}
