//! The person's keyboards: MIDI inputs, and the keys of the computer.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail};
use midir::{Ignore, MidiInput, MidiInputConnection, MidiInputPort, MidiOutput};
use ripieno_score::{Channel, Pitch, Velocity};
use ripieno_synth::Event;
use ripieno_synth::device::Keys;

use super::{OWN_CHANNEL, Wish};

pub(crate) const CLIENT: &str = "ripieno";
/// Instead of a port's name: a port of our own, which other programs connect to.
pub(crate) const VIRTUAL: &str = "virtual";
/// How often a keyboard is looked for.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Controllers that change the music instead of the sound.
pub(crate) const TEMPO_CC: u8 = 20;
pub(crate) const DENSITY_CC: u8 = 21;
pub(crate) const TEMPERATURE_CC: u8 = 22;

/// Keys that several threads may press.
pub(crate) type SharedKeys = Arc<Mutex<Keys>>;

/// Names of the MIDI inputs and outputs.
pub(crate) fn ports() -> anyhow::Result<[Vec<String>; 2]> {
    let input = MidiInput::new(CLIENT).context("this system's MIDI cannot be reached")?;
    let output = MidiOutput::new(CLIENT).context("this system's MIDI cannot be reached")?;
    let inputs = input.ports().iter().filter_map(|port| input.port_name(port).ok()).collect();
    let outputs = output.ports().iter().filter_map(|port| output.port_name(port).ok()).collect();
    Ok([inputs, outputs])
}

/// Where a keyboard's messages go.
#[derive(Clone)]
pub(crate) struct Ways {
    pub(crate) keys: SharedKeys,
    pub(crate) wishes: Sender<Wish>,
    /// To the MIDI output, where the person's notes sound there.
    pub(crate) thru: Option<Sender<(u64, Vec<u8>)>>,
}

/// A keyboard that is listened to, and looked for when it is unplugged.
pub(crate) struct Keyboard {
    is_over: Arc<AtomicBool>,
    watch: Option<JoinHandle<()>>,
}

impl Keyboard {
    /// Listens to the first MIDI input whose name contains `name`, or to a port of our own.
    ///
    /// # Errors
    ///
    /// When there is no such input now.
    pub(crate) fn listen(name: &str, ways: Ways) -> anyhow::Result<Self> {
        let mut open = Some(connect(name, &ways)?);
        let is_over = Arc::new(AtomicBool::new(false));
        let (stop, name) = (Arc::clone(&is_over), name.to_lowercase());
        let watch = std::thread::Builder::new().name("ripieno-keyboard".into()).spawn(move || {
            while !stop.load(Ordering::Acquire) {
                std::thread::park_timeout(LOOK_EVERY);
                if name == VIRTUAL {
                    continue;
                }
                match (is_there(&name), open.is_some()) {
                    (false, true) => {
                        open = None;
                        let _ = lock(&ways.keys).play(Event::AllNotesOff);
                        let _ = ways.wishes.send(Wish::Say("the keyboard is gone: the music goes on".into()));
                    }
                    (true, false) => {
                        open = connect(&name, &ways).ok();
                        if open.is_some() {
                            let _ = ways.wishes.send(Wish::Say("the keyboard is back".into()));
                        }
                    }
                    _ => {}
                }
            }
        });
        Ok(Self { is_over, watch: Some(watch.context("cannot start a thread")?) })
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Release);
        if let Some(watch) = self.watch.take() {
            watch.thread().unpark();
            let _ = watch.join();
        }
    }
}

pub(crate) fn lock(keys: &SharedKeys) -> MutexGuard<'_, Keys> {
    keys.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The first input whose name contains `wanted`, in lower case.
fn find(input: &MidiInput, wanted: &str) -> Option<MidiInputPort> {
    input.ports().into_iter().find(|port| input.port_name(port).is_ok_and(|name| name.to_lowercase().contains(wanted)))
}

fn is_there(wanted: &str) -> bool {
    MidiInput::new(CLIENT).is_ok_and(|input| find(&input, wanted).is_some())
}

fn connect(name: &str, ways: &Ways) -> anyhow::Result<MidiInputConnection<()>> {
    let mut input = MidiInput::new(CLIENT).context("this system's MIDI cannot be reached")?;
    input.ignore(Ignore::SysexAndActiveSense);
    let mut pulse = None;
    let ways = ways.clone();
    let listen = move |_: u64, bytes: &[u8], (): &mut ()| {
        if let Some(wish) = wish(bytes, &mut pulse) {
            let _ = ways.wishes.send(wish);
        } else if let Some(event) = event(bytes) {
            // A full queue means thousands of events within a buffer: what does not fit is lost, the music is not.
            let _ = lock(&ways.keys).play(event);
            if let Some(thru) = &ways.thru {
                let _ = thru.send((0, on_own_channel(bytes)));
            }
        }
    };
    if name == VIRTUAL {
        return open_virtual(input, listen);
    }
    let Some(port) = find(&input, &name.to_lowercase()) else {
        let ports = input.ports();
        let known: Vec<String> = ports.iter().filter_map(|port| input.port_name(port).ok()).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        bail!("there is no MIDI input called {name:?}; there are: {known}");
    };
    input.connect(&port, "in", listen, ()).map_err(|error| anyhow!("cannot listen to {name:?}: {error}"))
}

#[cfg(unix)]
fn open_virtual(
    input: MidiInput,
    listen: impl FnMut(u64, &[u8], &mut ()) + Send + 'static,
) -> anyhow::Result<MidiInputConnection<()>> {
    use midir::os::unix::VirtualInput;
    input.create_virtual("in", listen, ()).map_err(|error| anyhow!("cannot make a MIDI port: {error}"))
}

#[cfg(not(unix))]
fn open_virtual(
    _: MidiInput,
    _: impl FnMut(u64, &[u8], &mut ()) + Send + 'static,
) -> anyhow::Result<MidiInputConnection<()>> {
    bail!("this system has no virtual MIDI ports: name one of those that `ripieno ports` lists")
}

/// A message of the person on the person's own channel.
fn on_own_channel(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if let Some(status) = bytes.first_mut() {
        *status = *status & 0xf0 | OWN_CHANNEL;
    }
    bytes
}

/// What a MIDI message of the person plays; on the person's own channel, whatever it came on.
fn event(bytes: &[u8]) -> Option<Event> {
    let channel = Channel::new(OWN_CHANNEL)?;
    let (&status, rest) = bytes.split_first()?;
    let (first, second) = (*rest.first()? & 127, rest.get(1).map_or(0, |byte| byte & 127));
    match status & 0xf0 {
        0x90 if second > 0 => {
            Some(Event::NoteOn { channel, pitch: Pitch::new(first)?, velocity: Velocity::new(second)? })
        }
        0x80 | 0x90 => Some(Event::NoteOff { channel, pitch: Pitch::new(first)? }),
        0xb0 if matches!(first, 120 | 123) => Some(Event::AllNotesOff),
        0xb0 => Some(Event::Controller { channel, controller: first, value: second }),
        0xd0 => Some(Event::ChannelPressure { channel, pressure: first }),
        0xe0 => {
            let bend = i16::from(second) << 7 | i16::from(first);
            Some(Event::PitchBend { channel, bend: bend - 8192 })
        }
        _ => None,
    }
}

/// Pulses of a MIDI clock, of which the tempo is the mean.
#[derive(Debug)]
struct Pulse {
    since: Instant,
    count: u32,
}

/// What a MIDI message of the person wishes: a controller that stands for something else, or a clock.
fn wish(bytes: &[u8], pulse: &mut Option<Pulse>) -> Option<Wish> {
    match *bytes {
        [status, TEMPO_CC, value] if status & 0xf0 == 0xb0 => {
            Some(Wish::Tempo(40.0 + 200.0 * f64::from(value) / 127.0))
        }
        [status, DENSITY_CC, value] if status & 0xf0 == 0xb0 => {
            Some(Wish::Density(1 + u8::try_from(u16::from(value) * 7 / 127).unwrap_or(7)))
        }
        [status, TEMPERATURE_CC, value] if status & 0xf0 == 0xb0 => {
            Some(Wish::Temperature(0.3 + 1.2 * f32::from(value) / 127.0))
        }
        [0xf8] => {
            let pulse = pulse.get_or_insert_with(|| Pulse { since: Instant::now(), count: 0 });
            pulse.count += 1;
            if pulse.count <= 48 {
                return None;
            }
            // 24 pulses a quarter note: two quarter notes have passed.
            let bpm = 120.0 / pulse.since.elapsed().as_secs_f64();
            *pulse = Pulse { since: Instant::now(), count: 1 };
            (30.0..280.0).contains(&bpm).then_some(Wish::Tempo(bpm))
        }
        _ => None,
    }
}

/// The key of the computer as a piano key: two rows of letters, as on a piano, from C4.
pub(crate) fn piano_key(letter: char) -> Option<u8> {
    const KEYS: &str = "awsedftgyhujkolp";
    let index = KEYS.find(letter.to_ascii_lowercase())?;
    u8::try_from(index).ok().map(|index| 60 + index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_become_events_on_the_persons_channel() {
        let channel = Channel::new(OWN_CHANNEL).expect("valid");
        let pitch = Pitch::new(60).expect("valid");
        assert_eq!(event(&[0x93, 60, 0]), Some(Event::NoteOff { channel, pitch }));
        assert_eq!(event(&[0x80, 60, 64]), Some(Event::NoteOff { channel, pitch }));
        assert_eq!(event(&[0xe0, 0, 64]), Some(Event::PitchBend { channel, bend: 0 }));
        assert!(matches!(event(&[0x90, 60, 100]), Some(Event::NoteOn { .. })));
        for bytes in [&[][..], &[0x90], &[0xf8], &[0xf0, 1, 2]] {
            assert_eq!(event(bytes), None);
        }
    }

    #[test]
    fn controllers_stand_for_tempo_density_and_temperature() {
        assert_eq!(wish(&[0xb0, TEMPO_CC, 0], &mut None), Some(Wish::Tempo(40.0)));
        assert_eq!(wish(&[0xb5, DENSITY_CC, 127], &mut None), Some(Wish::Density(8)));
        assert_eq!(wish(&[0xb0, 7, 100], &mut None), None);
    }

    #[test]
    fn letters_are_keys_of_a_piano() {
        assert_eq!((piano_key('a'), piano_key('W'), piano_key('k')), (Some(60), Some(61), Some(72)));
        assert_eq!(piano_key('!'), None);
    }
}
