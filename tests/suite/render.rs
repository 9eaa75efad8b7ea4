//! `ripieno render`.

use std::path::{Path, PathBuf};

use ripieno_score::{Channel, Instrument, Note, Part, Pitch, Program, Score, Tick, Velocity, midi};
use ripieno_synth::offline::{LoudnessMeter, Performance, RenderOptions, render};
use ripieno_synth::{Synth, SynthConfig};
use serde_json::Value;

use crate::program::{ripieno, seed, succeeds, text};
use crate::tiny_soundfont::{FRAMES, soundfont, soundfont_with};

/// What is in a WAV file of 16, 24 or 32 bits.
struct Wav {
    channels: u16,
    sample_rate_hz: u32,
    bits: u16,
    samples: Vec<u8>,
}

impl Wav {
    fn read(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap();
        assert!(&bytes[..4] == b"RIFF" && &bytes[8..16] == b"WAVEfmt ", "{}", path.display());
        let u16_at = |at: usize| u16::from_le_bytes(*bytes[at..].first_chunk().unwrap());
        let u32_at = |at: usize| u32::from_le_bytes(*bytes[at..].first_chunk().unwrap());
        assert_eq!(u32_at(4) as usize + 8, bytes.len(), "the length in the header is that of the file");
        let mut at = 12;
        while &bytes[at..at + 4] != b"data" {
            at += 8 + u32_at(at + 4) as usize;
        }
        let samples = &bytes[at + 8..][..u32_at(at + 4) as usize];
        Self { channels: u16_at(22), sample_rate_hz: u32_at(24), bits: u16_at(34), samples: samples.to_vec() }
    }

    fn seconds(&self) -> f64 {
        let frame_bytes = usize::from(self.channels * self.bits / 8);
        (self.samples.len() / frame_bytes) as f64 / f64::from(self.sample_rate_hz)
    }

    /// Left and right of a file in floating point.
    fn frames(&self) -> Vec<[f32; 2]> {
        assert_eq!((self.bits, self.channels), (32, 2));
        let number = |bytes: &[u8]| f32::from_le_bytes(*bytes.first_chunk().unwrap());
        self.samples.chunks_exact(8).map(|frame| [number(frame), number(&frame[4..])]).collect()
    }
}

/// Two violins of one name, a piano that plays chords, and drums; four seconds.
fn band(folder: &Path) -> PathBuf {
    let part = |name: &str, instrument: Instrument, channel: u8, keys: &[u8], every: u32| Part {
        name: name.into(),
        instrument,
        channel: Channel::new(channel).unwrap(),
        notes: (0..3840 / every)
            .flat_map(|step| {
                keys.iter().map(move |key| Note {
                    onset: Tick(step * every),
                    pitch: Pitch::new(key + u8::try_from(step % 5).unwrap()).unwrap(),
                    duration: Tick(every - 20),
                    velocity: Velocity::new(100).unwrap(),
                })
            })
            .collect(),
    };
    let melodic = |number| Instrument::Program(Program::new(number).unwrap());
    let score = Score {
        parts: vec![
            part("Violin", melodic(40), 0, &[76], 480),
            part("Violin", melodic(40), 1, &[69], 960),
            part("", melodic(0), 2, &[48, 52, 55], 960),
            part("Kit: live/loud", Instrument::Drums, 9, &[36], 240),
        ],
        ..Score::default()
    };
    let path = folder.join("band.mid");
    std::fs::write(&path, midi::write(&score)).unwrap();
    path
}

/// A file of one track.
fn file_of(folder: &Path, name: &str, track: &[u8]) -> PathBuf {
    let length = u32::try_from(track.len()).unwrap().to_be_bytes();
    let header = b"MThd\0\0\0\x06\0\0\0\x01\x01\xe0MTrk";
    let path = folder.join(name);
    std::fs::write(&path, [header.as_slice(), &length, track].concat()).unwrap();
    path
}

fn seconds_of(path: &Path) -> f64 {
    midi::read(&std::fs::read(path).unwrap()).unwrap().timeline.duration_s()
}

fn answer(arguments: &[&str]) -> Value {
    serde_json::from_str(&succeeds(&[arguments, &["--json"]].concat())).unwrap()
}

#[test]
fn rates_and_bits_are_as_asked_and_the_tail_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let melody = seed("ode-to-joy");
    for (rate, bits, stored) in [("22050", "16", 16), ("44100", "24", 24), ("96000", "32f", 32)] {
        let out = folder.path().join(format!("{rate}.wav"));
        let answer = answer(&["render", text(&melody), "-o", text(&out), "--rate", rate, "--bits", bits]);
        let wav = Wav::read(&out);
        assert_eq!((wav.channels, wav.sample_rate_hz.to_string().as_str(), wav.bits), (2, rate, stored));
        let tail_s = wav.seconds() - seconds_of(&melody);
        assert!((0.3..8.0).contains(&tail_s), "{tail_s}");
        assert!((answer["duration_s"].as_f64().unwrap() - wav.seconds()).abs() < 1e-6, "{answer}");
        assert!(answer["true_peak_dbtp"].as_f64().unwrap() < -1.0, "{answer}");
    }
}

#[test]
fn the_same_file_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let piece = band(folder.path());
    let bytes = |name: &str| {
        let out = folder.path().join(name);
        succeeds(&["render", text(&piece), "-o", text(&out), "--bits", "16"]);
        std::fs::read(out).unwrap()
    };
    assert!(bytes("1.wav") == bytes("2.wav"));
}

#[test]
fn stems_add_up_to_the_dry_mix() {
    let folder = tempfile::tempdir().unwrap();
    let piece = band(folder.path());
    let (mix, stems) = (folder.path().join("mix.wav"), folder.path().join("stems"));
    let arguments = ["render", text(&piece), "-o", text(&mix), "--gain", "-3", "--stems", text(&stems)];
    let answer = answer(&arguments);
    let mut names: Vec<_> = stems.read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    let expected = ["01-violin.wav", "02-violin.wav", "03-acoustic-grand-piano.wav", "04-kit-live-loud.wav"];
    assert_eq!(names, expected);
    assert_eq!(answer["stems"].as_array().unwrap().len(), 4);

    // What the library plays dry, in one piece.
    let config = SynthConfig { gain_db: -3.0, polyphony: 1024, ..SynthConfig::default() }.dry();
    let timeline = midi::read(&std::fs::read(&piece).unwrap()).unwrap().timeline;
    let performance = Performance::new(&timeline, config.sample_rate_hz);
    let mut dry = Vec::new();
    render(&mut Synth::new(config).unwrap(), &performance, &RenderOptions::default(), |block, _| {
        dry.extend_from_slice(block);
        true
    });
    let mix_s = Wav::read(&mix).seconds();
    let mut sum = vec![[0.0_f32; 2]; dry.len()];
    for name in expected {
        let stem = Wav::read(&stems.join(name));
        assert!(stem.seconds() >= mix_s, "{name} is as long as the mix");
        let frames = stem.frames();
        assert!(frames.as_flattened().iter().any(|x| x.abs() > 0.01), "{name} sounds");
        for (sum, frame) in sum.iter_mut().zip(frames) {
            *sum = [sum[0] + frame[0], sum[1] + frame[1]];
        }
    }
    let apart = sum.as_flattened().iter().zip(dry.as_flattened()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    // A file ends when it is below -80 dBFS.
    assert!(apart < 3e-4, "{apart}");

    let again = ripieno(&[&arguments[..], &["--force"]].concat());
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
    let refused = ripieno(&["render", text(&piece), "-o", text(&folder.path().join("b.wav")), "--stems", text(&stems)]);
    assert_eq!(refused.status.code(), Some(2), "the folder is not empty");
}

#[test]
fn a_piece_becomes_as_loud_as_asked_or_the_person_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (piece, out) = (band(folder.path()), folder.path().join("out.wav"));
    let normalize =
        |target| answer(&["render", text(&piece), "-o", text(&out), "--force", "--bits", "32f", "--normalize", target]);
    let reached = normalize("-23");
    assert_eq!(reached["remarks"].as_array().unwrap().len(), 0, "{reached}");
    let mut meter = LoudnessMeter::new(48_000);
    meter.add(&Wav::read(&out).frames());
    let found = meter.loudness();
    assert!((found.integrated_lufs + 23.0).abs() < 0.3, "{found:?}");
    assert!((found.integrated_lufs - reached["integrated_lufs"].as_f64().unwrap()).abs() < 1e-3, "{reached}");

    let missed = normalize("0");
    assert!(missed["remarks"][0].as_str().unwrap().contains("cannot be reached"), "{missed}");
    let loudest = Wav::read(&out).frames().as_flattened().iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
    assert!(missed["true_peak_dbtp"].as_f64().unwrap() < -1.0 && loudest < 0.9, "{missed}");
}

#[test]
fn a_hanging_note_ends() {
    let folder = tempfile::tempdir().unwrap();
    // An organ key that nobody lets go; the track ends a quarter note later.
    let piece = file_of(folder.path(), "hanging.mid", b"\0\xc0\x10\0\x90\x3c\x64\x83\x60\xff\x2f\0");
    let out = folder.path().join("out.wav");
    succeeds(&["render", text(&piece), "-o", text(&out)]);
    let seconds = Wav::read(&out).seconds();
    assert!((0.5..10.0).contains(&seconds), "{seconds}");
}

#[test]
fn a_file_without_notes_or_without_end_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.wav");
    let empty = file_of(folder.path(), "empty.mid", b"\0\xff\x2f\0");
    // 100,000 quarter notes of 17 seconds each.
    let slow = b"\0\xff\x51\x03\xff\xff\xff\0\x90\x3c\x64\x96\xf1\xd8\0\x80\x3c\0\0\xff\x2f\0";
    let endless = file_of(folder.path(), "endless.mid", slow);
    for (piece, reason) in [(empty, "no notes"), (endless, "hours")] {
        let refused = ripieno(&["render", text(&piece), "-o", text(&out)]);
        assert_eq!(refused.status.code(), Some(3));
        let message = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(message.contains(reason) && message.contains(text(&piece)), "{message}");
    }
    assert!(!out.exists());
}

#[test]
fn a_soundfont_plays_and_a_damaged_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (piece, out) = (band(folder.path()), folder.path().join("out.wav"));
    let with = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        ripieno(&["render", text(&piece), "-o", text(&out), "--gain", "30", "--soundfont", text(&path), "--json"])
    };
    let played = with("tiny.sf2", &soundfont());
    let answer: Value = serde_json::from_slice(&played.stdout).unwrap();
    assert!((-3.0..-1.0).contains(&answer["true_peak_dbtp"].as_f64().unwrap()), "loud, and limited: {answer}");
    std::fs::remove_file(&out).unwrap();

    let whole = soundfont();
    let hostile: [(&str, &[u8]); 5] = [
        ("text.sf2", b"not a SoundFont"),
        ("cut.sf2", &whole[..whole.len() / 2]),
        ("long.sf2", b"RIFF\xff\xff\xff\x7fsfbk"),
        ("beyond.sf2", &soundfont_with([0, 1_000_000, 0, 100], 69)),
        ("runaway.sf2", &soundfont_with([0, FRAMES, FRAMES - 1, FRAMES], 0)),
    ];
    for (name, bytes) in hostile {
        let refused = with(name, bytes);
        let message = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(3), "{name}: {message}");
        assert!(message.contains(name) && !message.contains("panicked"), "{message}");
        assert!(!out.exists());
    }
}

#[test]
fn what_cannot_be_rendered_is_refused_and_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (broken, out) = (at("broken.mid"), at("out.wav"));
    std::fs::write(&broken, b"not a MIDI file").unwrap();
    let melody = seed("ode-to-joy");
    let code = |arguments: &[&str]| ripieno(arguments).status.code().unwrap();
    assert_eq!(code(&["render", text(&broken), "-o", text(&out)]), 3);
    assert_eq!(code(&["render", text(&at("missing.mid")), "-o", text(&out)]), 3);
    assert_eq!(code(&["render", text(&melody), "-o", text(&out), "--soundfont", text(&at("missing.sf2"))]), 3);
    assert_eq!(code(&["render", text(&broken), "-o", text(&broken), "--force"]), 2);
    for wrong in [
        &["--rate", "22049"][..],
        &["--rate", "192001"],
        &["--bits", "32"],
        &["--gain", "99"],
        &["--normalize", "3"],
        &["--gain", "1", "--normalize", "-20"],
        &["--stems", text(folder.path())],
        &["--stems", text(folder.path()), "--force"],
        &["--stems", text(&at("missing/stems"))],
        &["--stems", text(&broken)],
    ] {
        assert_eq!(code(&[&["render", text(&melody), "-o", text(&out)], wrong].concat()), 2, "{wrong:?}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn an_interrupted_rendering_leaves_nothing() {
    use std::process::{Command, Stdio};

    let folder = tempfile::tempdir().unwrap();
    // A key that is held for two hours.
    let piece = file_of(folder.path(), "long.mid", b"\0\xc0\x10\0\x90\x3c\x64\x83\xa5\xbd\x00\x80\x3c\0\0\xff\x2f\0");
    let (out, stems) = (folder.path().join("out.wav"), folder.path().join("stems"));
    let mut child = crate::program::command()
        .args(["render", text(&piece), "-o", text(&out), "--stems", text(&stems)])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let files = || folder.path().read_dir().unwrap().count();
    while files() == 1 && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert_eq!(files(), 1);
}
