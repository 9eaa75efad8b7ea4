//! The music to a MIDI port: an instrument or a DAW plays it.
//!
//! A thread of its own sends every event when its frame has come by the clock of the sound device, so that a model which
//! is thinking delays nothing.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail};
use midir::{MidiOutput, MidiOutputConnection};
use ripieno_synth::Event;
use ripieno_synth::device::Clock;

use super::keyboard::{CLIENT, VIRTUAL};

/// How exactly events are sent, where the system sleeps as exactly.
const TICK: Duration = Duration::from_millis(1);
/// Time that the last messages get.
const CLOSING: Duration = Duration::from_millis(50);
/// Timing clock, start and stop (MIDI 1.0, "system real time messages").
const PULSE: &[u8] = &[0xf8];
const START: &[u8] = &[0xfa];
const STOP: &[u8] = &[0xfc];

/// An open MIDI output. Everything that sounds is let go when it is dropped.
pub(crate) struct MidiOut {
    queue: Sender<(u64, Vec<u8>)>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    clock_from: Option<u64>,
}

impl MidiOut {
    /// Opens the first output whose name contains `name`, or a port of our own. `sends_clock`: 24 pulses a quarter note.
    pub(crate) fn open(name: &str, clock: Clock, sends_clock: bool) -> anyhow::Result<Self> {
        let mut port = connect(name)?;
        let rate_hz = clock.sample_rate_hz();
        let send = move |bytes: &[u8]| {
            // An instrument that was unplugged is no reason to stop.
            let _ = port.send(bytes);
        };
        Self::start(send, move || clock.position_frames(), rate_hz, sends_clock)
    }

    /// Sends through `send` what is due by `position`, in frames.
    fn start(
        send: impl FnMut(&[u8]) + Send + 'static,
        position: impl Fn() -> u64 + Send + 'static,
        rate_hz: u32,
        sends_clock: bool,
    ) -> anyhow::Result<Self> {
        let (queue, waiting) = channel();
        let is_over = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&is_over);
        let thread = std::thread::Builder::new().name("ripieno-midi-out".into());
        let thread = thread
            .spawn(move || Player { send, position, rate_hz }.play(&waiting, &stop))
            .context("cannot start a thread")?;
        Ok(Self { queue, is_over, thread: Some(thread), clock_from: sends_clock.then_some(0) })
    }

    fn put(&self, frame: u64, bytes: Vec<u8>) {
        // A thread that is gone takes nothing; the music goes on.
        let _ = self.queue.send((frame, bytes));
    }

    /// Lets an event happen at a frame.
    pub(crate) fn send(&self, frame: u64, event: Event) {
        if let Some(bytes) = bytes_of(event) {
            self.put(frame, bytes);
        }
    }

    /// A way to send at once, for the thread that listens to the person.
    pub(crate) fn thru(&self) -> Sender<(u64, Vec<u8>)> {
        self.queue.clone()
    }

    /// Sends the pulses of the steps before `until`; a step is a pulse.
    pub(crate) fn pulse_until(&mut self, until: u64, frame_of: impl Fn(u64) -> u64) {
        let Some(from) = self.clock_from else { return };
        if from == 0 && until > 0 {
            self.put(frame_of(0), START.to_vec());
        }
        for step in from..until {
            self.put(frame_of(step), PULSE.to_vec());
        }
        self.clock_from = Some(until.max(from));
    }
}

impl Drop for MidiOut {
    fn drop(&mut self) {
        if self.clock_from.is_some() {
            self.put(0, STOP.to_vec());
        }
        // Others may still hold a way to send: the queue's end is no sign.
        self.is_over.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn connect(name: &str) -> anyhow::Result<MidiOutputConnection> {
    let output = MidiOutput::new(CLIENT).context("this system's MIDI cannot be reached")?;
    if name == VIRTUAL {
        return open_virtual(output);
    }
    let ports = output.ports();
    let wanted = name.to_lowercase();
    let named = |port: &&midir::MidiOutputPort| {
        output.port_name(port).is_ok_and(|found| found.to_lowercase().contains(&wanted))
    };
    let Some(port) = ports.iter().find(named) else {
        let known: Vec<String> = ports.iter().filter_map(|port| output.port_name(port).ok()).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        bail!("there is no MIDI output called {name:?}; there are: {known}");
    };
    output.connect(port, "out").map_err(|error| anyhow!("cannot play on {name:?}: {error}"))
}

#[cfg(unix)]
fn open_virtual(output: MidiOutput) -> anyhow::Result<MidiOutputConnection> {
    use midir::os::unix::VirtualOutput;
    output.create_virtual("out").map_err(|error| anyhow!("cannot make a MIDI port: {error}"))
}

#[cfg(not(unix))]
fn open_virtual(_: MidiOutput) -> anyhow::Result<MidiOutputConnection> {
    bail!("this system has no virtual MIDI ports: name one of those that `ripieno ports` lists")
}

struct Player<S, P> {
    send: S,
    position: P,
    rate_hz: u32,
}

impl<S: FnMut(&[u8]), P: Fn() -> u64> Player<S, P> {
    fn play(mut self, queue: &Receiver<(u64, Vec<u8>)>, is_over: &AtomicBool) {
        let mut waiting = BinaryHeap::new();
        let mut order = 0u64;
        let mut estimate = Estimate::new((self.position)(), self.rate_hz);
        loop {
            let was_over = is_over.load(Ordering::Acquire);
            let first = queue.recv_timeout(TICK).ok();
            for (frame, bytes) in first.into_iter().chain(queue.try_iter()) {
                order += 1;
                waiting.push(Reverse((frame, order, bytes)));
            }
            // At the end only what happens at once is still wanted: the stop of the clock.
            let now = if was_over { 0 } else { estimate.frame((self.position)(), Instant::now()) };
            while waiting.peek().is_some_and(|Reverse((frame, ..))| *frame <= now) {
                let Some(Reverse((_, _, bytes))) = waiting.pop() else { break };
                (self.send)(&bytes);
            }
            if was_over {
                break;
            }
        }
        for channel in 0..16 {
            (self.send)(&[0xb0 | channel, 64, 0]);
            (self.send)(&[0xb0 | channel, 123, 0]);
        }
        // The system passes on what was sent before the port closes.
        std::thread::sleep(CLOSING);
    }
}

/// Where the clock stands between two buffers of the sound device.
struct Estimate {
    position: u64,
    since: Instant,
    rate_hz: f64,
    longest: u64,
}

impl Estimate {
    fn new(position: u64, rate_hz: u32) -> Self {
        Self { position, since: Instant::now(), rate_hz: rate_hz.into(), longest: 0 }
    }

    /// The frame that is heard about now, a buffer behind the one that is rendered; never beyond what was rendered.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, within a buffer")]
    fn frame(&mut self, position: u64, now: Instant) -> u64 {
        if position != self.position {
            self.longest = (position - self.position).min(8192);
            (self.position, self.since) = (position, now);
        }
        let passed = (now.saturating_duration_since(self.since).as_secs_f64() * self.rate_hz) as u64;
        self.position.saturating_sub(self.longest) + passed.min(self.longest)
    }
}

/// The bytes of an event that an instrument understands.
fn bytes_of(event: Event) -> Option<Vec<u8>> {
    let status = |kind: u8, channel: ripieno_score::Channel| kind | channel.value();
    Some(match event {
        Event::NoteOn { channel, pitch, velocity } => vec![status(0x90, channel), pitch.value(), velocity.value()],
        Event::NoteOff { channel, pitch } => vec![status(0x80, channel), pitch.value(), 64],
        Event::Controller { channel, controller, value } => vec![status(0xb0, channel), controller & 127, value & 127],
        Event::Program { channel, program } => vec![status(0xc0, channel), program.value()],
        Event::ChannelPressure { channel, pressure } => vec![status(0xd0, channel), pressure & 127],
        Event::PitchBend { channel, bend } => {
            let value = (i32::from(bend) + 8192).clamp(0, 16_383);
            let [low, high] = [value & 127, value >> 7].map(|half| u8::try_from(half).expect("seven bits"));
            vec![status(0xe0, channel), low, high]
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use ripieno_score::{Channel, Pitch, Velocity};

    use super::*;

    #[test]
    fn events_become_the_bytes_of_midi() {
        let channel = Channel::new(3).expect("below 16");
        let pitch = Pitch::new(60).expect("below 128");
        let on = Event::NoteOn { channel, pitch, velocity: Velocity::new(100).expect("valid") };
        assert_eq!(bytes_of(on), Some(vec![0x93, 60, 100]));
        assert_eq!(bytes_of(Event::NoteOff { channel, pitch }), Some(vec![0x83, 60, 64]));
        assert_eq!(bytes_of(Event::PitchBend { channel, bend: 0 }), Some(vec![0xe3, 0, 64]));
        assert_eq!(bytes_of(Event::PitchBend { channel, bend: -8192 }), Some(vec![0xe3, 0, 0]));
        assert_eq!(bytes_of(Event::SystemReset), None);
    }

    #[test]
    fn what_is_due_is_sent_and_everything_is_let_go_at_the_end() {
        let (sent, heard) = channel();
        let send = move |bytes: &[u8]| sent.send(bytes.to_vec()).expect("somebody listens");
        let mut out = MidiOut::start(send, || 1000, 48_000, true).expect("a thread");
        // The person's keyboard still holds a way to send when the music ends.
        let _thru = out.thru();
        out.put(500, vec![0x90, 60, 100]);
        out.put(2000, vec![0x90, 62, 100]);
        out.pulse_until(2, |step| 100 + step);
        let due: Vec<Vec<u8>> = heard.iter().take(4).collect();
        assert!(due.contains(&vec![0x90, 60, 100]) && due.contains(&START.to_vec()) && due.contains(&PULSE.to_vec()));
        drop(out);
        let rest: Vec<Vec<u8>> = heard.iter().collect();
        assert_eq!(rest.first().map(Vec::as_slice), Some(STOP));
        assert!(rest.contains(&vec![0xb3, 123, 0]) && !rest.contains(&vec![0x90, 62, 100]), "{rest:?}");
    }

    #[test]
    fn between_two_buffers_time_goes_on_and_never_beyond_what_was_rendered() {
        let mut estimate = Estimate::new(0, 48_000);
        let start = estimate.since;
        let at = |ms: u64| start + Duration::from_millis(ms);
        assert_eq!(estimate.frame(480, at(10)), 0);
        assert_eq!(estimate.frame(480, at(15)), 240);
        assert_eq!(estimate.frame(480, at(50)), 480, "the device has stopped");
        assert_eq!(estimate.frame(960, at(60)), 480);
    }
}
