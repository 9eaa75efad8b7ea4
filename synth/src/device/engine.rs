//! The engine behind the loudspeaker, and the queue that feeds it.

use cpal::{FromSample, SizedSample};
use rtrb::Consumer;

use super::taps::Taps;
use crate::event::Event;
use crate::offline::Player;

/// Frames rendered at a time, however long the device's buffer is.
const BLOCK: usize = 512;
/// How long the sound fades when it is stopped: too short to hear, too long for a click.
const FADE_S: f32 = 0.01;

/// The engine and the queue that feeds it.
#[derive(Debug)]
pub(super) struct LiveEngine {
    player: Box<dyn Player + Send>,
    events: Consumer<(u64, Event)>,
    taps: Taps,
    block: Box<[[f32; 2]; BLOCK]>,
    /// Frames rendered so far.
    position: u64,
    /// 1 while playing; sinks to 0 once the sound is stopped.
    fade: f32,
    late: u64,
    peaks: [f32; 2],
}

impl LiveEngine {
    pub(super) fn new(player: Box<dyn Player + Send>, events: Consumer<(u64, Event)>, taps: Taps) -> Self {
        Self {
            player,
            events,
            taps,
            block: Box::new([[0.0; 2]; BLOCK]),
            position: 0,
            fade: 1.0,
            late: 0,
            peaks: [0.0; 2],
        }
    }

    pub(super) fn player(&self) -> &dyn Player {
        &*self.player
    }

    /// Frames rendered so far.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Events that came after their frame.
    pub(super) fn late_events(&self) -> u64 {
        self.late
    }

    /// The loudest samples since the last call.
    pub(super) fn take_peaks(&mut self) -> [f32; 2] {
        std::mem::take(&mut self.peaks)
    }

    /// Lowers what was rendered, until nothing is left of it.
    fn fade_out(block: &mut [[f32; 2]], fade: &mut f32, step: f32) {
        for frame in block {
            *fade = (*fade - step).max(0.0);
            *frame = frame.map(|sample| sample * *fade);
        }
    }

    /// Fills a buffer of interleaved channels: the first two are left and right, one alone is their mean.
    pub(super) fn fill<T: SizedSample + FromSample<f32>>(
        &mut self,
        buffer: &mut [T],
        channels: usize,
        is_stopped: bool,
    ) {
        for part in buffer.chunks_mut(BLOCK * channels) {
            let frames = part.len() / channels;
            let start = self.position;
            while let Some(event) = self.taps.next_key(start) {
                self.player.handle(event, 0);
            }
            while let Ok(&(frame, event)) = self.events.peek() {
                if frame >= start + frames as u64 {
                    break;
                }
                self.late += u64::from(frame < start);
                self.player.handle(event, frame.saturating_sub(start) as usize);
                let _ = self.events.pop();
            }
            let block = &mut self.block[..frames];
            self.player.render(block);
            self.position += frames as u64;
            if is_stopped {
                let step = 1.0 / (FADE_S * self.player.sample_rate_hz() as f32);
                Self::fade_out(block, &mut self.fade, step);
            }
            self.taps.record(block);
            for (out, &[left, right]) in part.chunks_exact_mut(channels).zip(block.iter()) {
                self.peaks = [self.peaks[0].max(left.abs()), self.peaks[1].max(right.abs())];
                match out {
                    [mono] => *mono = T::from_sample(0.5 * (left + right)),
                    [first, second, rest @ ..] => {
                        *first = T::from_sample(left);
                        *second = T::from_sample(right);
                        rest.fill(T::EQUILIBRIUM);
                    }
                    [] => {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ripieno_score::{Channel, Pitch, Velocity};
    use rtrb::RingBuffer;

    use super::*;
    use crate::config::SynthConfig;
    use crate::synth::Synth;

    fn player() -> Box<Synth> {
        Box::new(Synth::new(SynthConfig::default()).expect("the default is valid"))
    }

    fn note(step: u64) -> (u64, Event) {
        let pitch = Pitch::new(48 + (step * 5 % 36) as u8).expect("below 128");
        let channel = Channel::new((step % 9) as u8).expect("below 16");
        (step * 777, Event::NoteOn { channel, pitch, velocity: Velocity::DEFAULT })
    }

    #[test]
    fn live_equals_offline() {
        let config = SynthConfig { polyphony: 32, ..SynthConfig::default() };
        let frames = 24_000;
        let mut offline = vec![[0.0_f32; 2]; frames];
        let mut synth = Synth::new(config.clone()).expect("the default is valid");
        for step in 0..30 {
            let (frame, event) = note(step);
            synth.handle(event, frame as usize);
        }
        synth.render(&mut offline);

        let (mut producer, consumer) = RingBuffer::new(64);
        for step in 0..30 {
            producer.push(note(step)).expect("the ring has room");
        }
        let mut engine =
            LiveEngine::new(Box::new(Synth::new(config).expect("the default is valid")), consumer, Taps::closed());
        let mut live = vec![0.0_f32; frames * 2];
        let mut at = 0;
        for length in [128, 1024, 37, 480, 4000].into_iter().cycle() {
            let end = (at + length * 2).min(live.len());
            engine.fill(&mut live[at..end], 2, false);
            at = end;
            if at == live.len() {
                break;
            }
        }
        assert!(live == offline.as_flattened());
        assert_eq!(engine.late, 0);
    }

    #[test]
    fn late_events_are_counted_and_played() {
        let (mut producer, consumer) = RingBuffer::new(64);
        let mut engine = LiveEngine::new(player(), consumer, Taps::closed());
        let mut buffer = [0.0_f32; 1024];
        engine.fill(&mut buffer, 2, false);
        producer.push(note(0)).expect("the ring has room");
        engine.fill(&mut buffer, 2, false);
        assert_eq!((engine.late, engine.player.active_voices()), (1, 2));
    }

    #[test]
    fn a_stop_is_a_fade_and_then_silence() {
        let (mut producer, consumer) = RingBuffer::new(64);
        let mut engine = LiveEngine::new(player(), consumer, Taps::closed());
        producer.push(note(0)).expect("the ring has room");
        let mut buffer = [0.0_f32; 9600];
        engine.fill(&mut buffer, 2, false);
        let loudest_step = |buffer: &[f32]| buffer.windows(3).map(|x| (x[2] - x[0]).abs()).fold(0.0, f32::max);
        let before = loudest_step(&buffer);
        let last = buffer[9598];
        engine.fill(&mut buffer, 2, true);
        assert!(loudest_step(&buffer) <= 1.1 * before && (buffer[0] - last).abs() <= before);
        assert!(buffer[..960].iter().any(|x| *x != 0.0) && buffer[960..].iter().all(|x| *x == 0.0));
    }
}
