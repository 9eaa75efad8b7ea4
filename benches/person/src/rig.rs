//! A JACK server without a sound card, `ripieno live` on it, and a keyboard that presses keys at exact frames.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use jack::{
    AsyncClient, AudioIn, Client, ClientOptions, Control, MidiOut, NotificationHandler, PortFlags, ProcessHandler,
    ProcessScope, RawMidi,
};

use crate::script::{Grid, Stroke};

const RATE_HZ: u32 = 48_000;
const BUFFER: u32 = 256;
const TEMPO_BPM: f64 = 120.0;
/// Longest performance that is recorded, in seconds.
const LONGEST_S: usize = 900;

/// What was heard by the person, from a frame of the server on.
#[derive(Debug, Default)]
pub struct Heard {
    pub first_frame: u64,
    pub samples: Vec<f32>,
}

/// What was played, and what was heard of it.
pub struct Played {
    pub strokes: Vec<Stroke>,
    pub heard: Heard,
    /// Frame of the key that was pressed before the script.
    pub first_press_at: i64,
}

struct Hands {
    keys: jack::Port<MidiOut>,
    ears: jack::Port<AudioIn>,
    script: Receiver<Stroke>,
    next: Option<Stroke>,
    heard: Arc<Mutex<Heard>>,
    position: Arc<std::sync::atomic::AtomicU64>,
}

impl ProcessHandler for Hands {
    fn process(&mut self, _: &Client, scope: &ProcessScope) -> Control {
        let (start, frames) = (u64::from(scope.last_frame_time()), u64::from(scope.n_frames()));
        self.position.store(start + frames, std::sync::atomic::Ordering::Release);
        let mut writer = self.keys.writer(scope);
        while let Some(stroke) = self.next.take().or_else(|| self.script.try_recv().ok()) {
            if stroke.frame >= start + frames {
                self.next = Some(stroke);
                break;
            }
            let time = stroke.frame.saturating_sub(start) as u32;
            let _ = writer.write(&RawMidi { time, bytes: &stroke.bytes });
        }
        if let Ok(mut heard) = self.heard.try_lock() {
            if heard.samples.is_empty() {
                heard.first_frame = start;
            }
            // Cycles that were lost are silence, so that frames stay frames.
            let wanted = (start - heard.first_frame) as usize;
            if wanted + frames as usize <= heard.samples.capacity() {
                heard.samples.resize(wanted, 0.0);
                heard.samples.extend_from_slice(self.ears.as_slice(scope));
            }
        }
        Control::Continue
    }
}

struct Nobody;
impl NotificationHandler for Nobody {}

/// The server and the program; both end when this is dropped.
pub struct Rig {
    server: Child,
    program: Child,
    client: Option<AsyncClient<Nobody, Hands>>,
    script: Sender<Stroke>,
    heard: Arc<Mutex<Heard>>,
    position: Arc<std::sync::atomic::AtomicU64>,
    folder: PathBuf,
    name: String,
}

impl Rig {
    /// Starts both, and lets the person hear the program.
    pub fn start(program: &Path, folder: &Path, mode: &str, options: &[std::ffi::OsString]) -> anyhow::Result<Self> {
        // SAFETY: no other thread runs yet, or all of them have ended.
        unsafe {
            std::env::set_var("JACK_DEFAULT_SERVER", format!("person-{}-{mode}", std::process::id()));
            std::env::set_var("JACK_NO_AUDIO_RESERVATION", "1");
            std::env::set_var("JACK_NO_START_SERVER", "1");
        }
        let server = Command::new("jackd")
            .args(["-R", "-P", "60", "-d", "dummy", "-r", &RATE_HZ.to_string(), "-p", &BUFFER.to_string()])
            .stdout(File::create(folder.join("jackd.log"))?)
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start jackd; Debian has it in the package jackd2")?;
        let client =
            wait_for(|| Client::new("person", ClientOptions::NO_START_SERVER).ok()).context("jackd does not answer")?.0;
        let (script, strokes) = channel();
        let heard =
            Arc::new(Mutex::new(Heard { first_frame: 0, samples: Vec::with_capacity(LONGEST_S * RATE_HZ as usize) }));
        let position = Arc::new(std::sync::atomic::AtomicU64::new(0));
        let hands = Hands {
            keys: client.register_port("keys", MidiOut::default())?,
            ears: client.register_port("ears", AudioIn::default())?,
            script: strokes,
            next: None,
            heard: Arc::clone(&heard),
            position: Arc::clone(&position),
        };
        let client = client.activate_async(Nobody, hands)?;
        let file = |end: &str| folder.join(format!("{mode}.{end}"));
        let program = Command::new(program)
            .args([
                "live",
                "--headless",
                "--host",
                "jack",
                "--input",
                "person:keys",
                "--mode",
                mode,
                "--seed",
                "1",
                "--json",
            ])
            .args(["--tempo", &TEMPO_BPM.to_string(), "--buffer", &BUFFER.to_string(), "--parts", "piano,bass"])
            .args(options)
            .arg("--record")
            .arg(file("mid"))
            .arg("--wav")
            .arg(file("wav"))
            .arg("--journal")
            .arg(file("journal"))
            .stdout(File::create(file("json"))?)
            .stderr(File::create(file("err"))?)
            .spawn()
            .context("cannot start the program")?;
        let rig = Self {
            server,
            program,
            client: Some(client),
            script,
            heard,
            position,
            folder: folder.into(),
            name: mode.into(),
        };
        let client = rig.client.as_ref().expect("it was just made").as_client();
        let out = wait_for(|| client.ports(Some("out_0"), None, PortFlags::IS_OUTPUT).into_iter().next());
        let Some(out) = out else {
            bail!("the program does not play: {}", std::fs::read_to_string(file("err")).unwrap_or_default())
        };
        client.connect_ports_by_name(&out, "person:ears")?;
        Ok(rig)
    }

    /// The first line of the journal, which says where the first beat is, in the program's frames.
    fn first_frame(&self) -> anyhow::Result<u64> {
        let path = self.folder.join(format!("{}.journal", self.name));
        let opening = wait_for(|| {
            let text = std::fs::read_to_string(&path).ok()?;
            serde_json::from_str::<serde_json::Value>(text.lines().next()?).ok()
        });
        opening.and_then(|opening| opening["first_frame"].as_u64()).context("the journal has no beginning")
    }

    /// Presses a key and finds it in the journal: how far the program's frames are from the server's, to a buffer.
    fn offset(&self) -> anyhow::Result<(i64, i64)> {
        let path = self.folder.join(format!("{}.journal", self.name));
        let frame = self.now() + u64::from(RATE_HZ) / 5;
        self.script.send(Stroke { frame, bytes: [0x90, 84, 20] })?;
        self.script.send(Stroke { frame: frame + 4800, bytes: [0x80, 84, 0] })?;
        let at = wait_for(|| {
            let text = std::fs::read_to_string(&path).ok()?;
            text.lines()
                .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
                .find(|entry| entry["t"] == "press")?["at"]
                .as_i64()
        });
        Ok((at.context("the program hears no key")? - frame as i64, frame as i64))
    }

    fn now(&self) -> u64 {
        self.position.load(std::sync::atomic::Ordering::Acquire)
    }

    /// Plays a script to its end, stops the program, and returns what was played and heard.
    pub fn play(mut self, script: impl FnOnce(&Grid) -> Vec<Stroke>) -> anyhow::Result<Played> {
        let (first, (offset, first_press_at)) = (self.first_frame()?, self.offset()?);
        let frames_per_beat = 60.0 * f64::from(RATE_HZ) / TEMPO_BPM;
        let origin = first as i64 - offset;
        let soonest = self.now() as i64 + i64::from(RATE_HZ);
        let number = ((soonest - origin) as f64 / frames_per_beat).ceil().max(0.0);
        let next_beat = (origin as f64 + number * frames_per_beat) as u64;
        let grid = Grid { next_beat, number: number as u64, frames_per_beat, rate_hz: RATE_HZ };
        let mut strokes = script(&grid);
        strokes.sort_by_key(|stroke| stroke.frame);
        for stroke in &strokes {
            self.script.send(*stroke)?;
        }
        let end = strokes.last().map_or(0, |stroke| stroke.frame) + 8 * frames_per_beat as u64;
        while self.now() < end {
            if let Some(status) = self.program.try_wait()? {
                bail!("the program ended before the script: {status}");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let stopped = Command::new("kill").args(["-INT", &self.program.id().to_string()]).status()?;
        anyhow::ensure!(stopped.success() && self.program.wait()?.success(), "the program did not end well");
        print!("{}", summary(&self.folder.join(format!("{}.json", self.name)))?);
        drop(self.client.take());
        let heard = std::mem::take(&mut *self.heard.lock().expect("nobody panics in a callback"));
        Ok(Played { strokes, heard, first_press_at })
    }
}

/// What the program says at its end, on a line.
fn summary(path: &Path) -> anyhow::Result<String> {
    let said: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    let names = [
        "own_notes",
        "machine_notes",
        "late_events",
        "underruns",
        "overloads",
        "fallbacks",
        "think_ms",
        "least_look_ahead_beats",
    ];
    Ok(names.map(|name| format!("{name} {}", said[name])).join(", ") + "\n")
}

impl Drop for Rig {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
        self.client = None;
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn wait_for<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        match look() {
            None if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(100)),
            found => return found,
        }
    }
}
