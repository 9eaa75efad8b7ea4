//! Every controller, bend, pressure and mode: one MIDI file that turns them all, rendered and measured against the
//! numbers that they should give.

use std::error::Error;
use std::f64::consts::TAU;

use ripieno_score::midi;
use ripieno_synth::Synth;
use ripieno_synth::offline::{Performance, RenderOptions, render};

use crate::play::dry;
use crate::spectrum::{cents_off, power};

const RATE: f64 = 48_000.0;
/// Each scene has so long, and begins with a GM reset.
const SCENE_MS: u32 = 4000;
/// A4 is struck here, and after what the scene changes at [`CHANGE_MS`] again there.
const FIRST_MS: u32 = 100;
const CHANGE_MS: u32 = 1500;
const SECOND_MS: u32 = 1600;
const LENGTH_MS: u32 = 700;
const GM_ON: &[u8] = &[0xf0, 0x7e, 0x7f, 9, 1, 0xf7];

/// What is measured in a scene.
#[derive(Clone, Copy)]
enum Measure {
    /// Decibels of the second note against the first.
    LevelDb,
    /// Decibels of left against right in the second note.
    SidesDb,
    /// Cents of the second note above A4.
    Cents,
    /// The same, so many milliseconds after its start.
    CentsAt(u32),
    /// Cents that the vibrato of the second note swings to either side.
    VibratoCents,
    /// Octaves that the spectrum's centre of gravity lies above that of the first note.
    CentroidOctaves,
    /// Milliseconds that the second note takes to a tenth of its power, less those of the first.
    AttackMs,
    /// Decibels at a moment, against the loudest 20 ms of the scene before it.
    SoundDb(u32),
}

/// A scene, and the range that its measurement must lie in.
struct Scene {
    name: &'static str,
    program: u8,
    events: Vec<(u32, Vec<u8>)>,
    measure: Measure,
    wanted: (f64, f64),
}

/// A measured scene.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) wanted: (f64, f64),
    pub(crate) measured: f64,
    unit: &'static str,
}

impl Row {
    pub(crate) fn is_met(&self) -> bool {
        (self.wanted.0..=self.wanted.1).contains(&self.measured)
    }
}

const ELECTRIC_PIANO: u8 = 4;
const ORGAN: u8 = 16;
/// Stands in the middle, unlike a piano.
const SAW: u8 = 81;

fn near(value: f64, tolerance: f64) -> (f64, f64) {
    (value - tolerance, value + tolerance)
}

/// 40 log: GM Level 1 developer guidelines.
fn forty_log(value: f64) -> (f64, f64) {
    near(40.0 * (value / 127.0).log10(), 0.15)
}

/// Two notes, and what changes between them.
fn between(name: &'static str, program: u8, changes: &[&[u8]], measure: Measure, wanted: (f64, f64)) -> Scene {
    let mut events = note(FIRST_MS, LENGTH_MS, 69);
    events.extend(changes.iter().map(|bytes| (CHANGE_MS, bytes.to_vec())));
    events.extend(note(SECOND_MS, LENGTH_MS, 69));
    Scene { name, program, events, measure, wanted }
}

/// A note held from 100 ms, and what is done to it.
fn held(name: &'static str, events: &[(u32, &[u8])], at_ms: u32, sounds: bool) -> Scene {
    let events = events.iter().map(|(at, bytes)| (*at, bytes.to_vec())).collect();
    let wanted = if sounds { (-6.0, 6.0) } else { (f64::NEG_INFINITY, -60.0) };
    Scene { name, program: ORGAN, events, measure: Measure::SoundDb(at_ms), wanted }
}

fn note(at: u32, length: u32, key: u8) -> Vec<(u32, Vec<u8>)> {
    vec![(at, vec![0x90, key, 100]), (at + length, vec![0x80, key, 64])]
}

/// Controllers of a registered parameter and its data.
macro_rules! rpn {
    ($parameter:expr, $coarse:expr, $fine:expr) => {
        [&[0xb0, 101, 0][..], &[0xb0, 100, $parameter], &[0xb0, 6, $coarse], &[0xb0, 38, $fine]]
    };
}

fn levels() -> Vec<Scene> {
    use Measure::{LevelDb, SidesDb};
    let full: &[u8] = &[0xb0, 7, 100];
    let relative = |value: f64| (40.0 * (value / 100.0).log10() - 0.15, 40.0 * (value / 100.0).log10() + 0.15);
    // Equal power over 126 steps: 0 and 1 are hard left, 64 the middle (RP-036).
    let sides = |pan: f64| {
        let angle = (pan - 1.0) / 126.0 * (TAU / 4.0);
        near(20.0 * (angle.cos() / angle.sin()).log10(), 0.1)
    };
    let piano = ELECTRIC_PIANO;
    vec![
        between("nothing changes", piano, &[full], LevelDb, near(0.0, 0.1)),
        between("volume 100 to 127", piano, &[&[0xb0, 7, 127]], LevelDb, relative(127.0)),
        between("volume 100 to 64", piano, &[&[0xb0, 7, 64]], LevelDb, relative(64.0)),
        between("volume 100 to 8", piano, &[&[0xb0, 7, 8]], LevelDb, relative(8.0)),
        between("volume 0", piano, &[&[0xb0, 7, 0]], LevelDb, (f64::NEG_INFINITY, -120.0)),
        between("expression 90", piano, &[&[0xb0, 11, 90]], LevelDb, forty_log(90.0)),
        between("expression 32", piano, &[&[0xb0, 11, 32]], LevelDb, forty_log(32.0)),
        between(
            "master volume one half",
            piano,
            &[&[0xf0, 0x7f, 0x7f, 4, 1, 0, 64, 0xf7]],
            LevelDb,
            near(-12.04, 0.15),
        ),
        between("soft pedal", piano, &[&[0xb0, 67, 127]], LevelDb, (-6.0, -2.0)),
        between("pan 0: left against right", SAW, &[&[0xb0, 10, 0]], SidesDb, (120.0, f64::INFINITY)),
        between("pan 32: left against right", SAW, &[&[0xb0, 10, 32]], SidesDb, sides(32.0)),
        between("pan 64: left against right", SAW, &[&[0xb0, 10, 64]], SidesDb, sides(64.0)),
        between("pan 100: left against right", SAW, &[&[0xb0, 10, 100]], SidesDb, sides(100.0)),
        between("pan 127: left against right", SAW, &[&[0xb0, 10, 127]], SidesDb, (f64::NEG_INFINITY, -120.0)),
        between("pan 0: power of both", SAW, &[&[0xb0, 10, 0]], LevelDb, near(0.0, 0.1)),
        between(
            "reset all controllers leaves the volume",
            piano,
            &[&[0xb0, 7, 64], &[0xb0, 121, 0]],
            LevelDb,
            relative(64.0),
        ),
        between(
            "reset all controllers opens the expression",
            piano,
            &[&[0xb0, 11, 20], &[0xb0, 121, 0]],
            LevelDb,
            near(0.0, 0.1),
        ),
        between(
            "unknown controllers and messages",
            piano,
            &[&[0xb0, 3, 99], &[0xb0, 85, 1], &[0xf0, 1, 2, 3, 0xf7]],
            LevelDb,
            near(0.0, 0.1),
        ),
    ]
}

fn pitches() -> Vec<Scene> {
    use Measure::{Cents, VibratoCents};
    let piano = ELECTRIC_PIANO;
    let scene = |name, changes: &[&[u8]], cents| between(name, piano, changes, Cents, near(cents, 0.3));
    let with = |mut changes: Vec<&'static [u8]>, last: &'static [u8]| {
        changes.push(last);
        changes
    };
    const UP: &[u8] = &[0xe0, 127, 127];
    const DOWN: &[u8] = &[0xe0, 0, 0];
    vec![
        scene("bend up, 2 semitones by default", &[UP], 199.98),
        scene("bend half down", &[&[0xe0, 0, 32]], -100.0),
        scene("bend range 12 semitones, down", &with(rpn!(0, 12, 0).to_vec(), DOWN), -1200.0),
        scene("bend range 24 semitones, up", &with(rpn!(0, 24, 0).to_vec(), UP), 2399.7),
        scene("bend range 50 cents, up", &with(rpn!(0, 0, 50).to_vec(), UP), 50.0),
        scene(
            "the null parameter takes no data",
            &with([&[0xb0, 101, 127][..], &[0xb0, 100, 127], &[0xb0, 6, 12]].to_vec(), UP),
            199.98,
        ),
        scene(
            "a non-registered parameter takes its data away",
            &with([&[0xb0, 101, 0][..], &[0xb0, 100, 0], &[0xb0, 99, 1], &[0xb0, 6, 12]].to_vec(), UP),
            199.98,
        ),
        scene("fine tuning +50 cents", &rpn!(1, 96, 0), 50.0),
        scene("fine tuning -100 cents", &rpn!(1, 0, 0), -100.0),
        scene("coarse tuning -3 semitones", &rpn!(2, 61, 0), -300.0),
        scene("coarse tuning +12 semitones", &rpn!(2, 76, 0), 1200.0),
        scene("master fine tuning -100 cents", &[&[0xf0, 0x7f, 0x7f, 4, 3, 0, 0, 0xf7]], -100.0),
        scene("master coarse tuning +2 semitones", &[&[0xf0, 0x7f, 0x7f, 4, 4, 0, 66, 0xf7]], 200.0),
        scene("reset all controllers centres the bend", &[UP, &[0xb0, 121, 0]], 0.0),
        scene(
            "GM reset centres all",
            &with(with(rpn!(2, 61, 0).to_vec(), UP), GM_RESET_PIANO[0])
                .into_iter()
                .chain([GM_RESET_PIANO[1]])
                .collect::<Vec<_>>(),
            0.0,
        ),
        between("modulation 127: 50 cents", piano, &[&[0xb0, 1, 127]], VibratoCents, near(50.0, 4.0)),
        between("modulation 64: 25 cents", piano, &[&[0xb0, 1, 64]], VibratoCents, near(25.2, 3.0)),
        between(
            "modulation range 1 semitone",
            piano,
            &with(rpn!(5, 1, 0).to_vec(), &[0xb0, 1, 127]),
            VibratoCents,
            near(100.0, 8.0),
        ),
        between("channel pressure 127: 20 cents", piano, &[&[0xd0, 127]], VibratoCents, near(20.0, 3.0)),
        between("pressure on another key does nothing", piano, &[&[0xa0, 70, 127]], VibratoCents, near(0.0, 1.0)),
    ]
}

const GM_RESET_PIANO: [&[u8]; 2] = [GM_ON, &[0xc0, ELECTRIC_PIANO]];

fn pedals_and_modes() -> Vec<Scene> {
    const ON: (u32, &[u8]) = (100, &[0x90, 60, 100]);
    const OFF: (u32, &[u8]) = (500, &[0x80, 60, 64]);
    const SUSTAIN: (u32, &[u8]) = (300, &[0xb0, 64, 127]);
    const CATCH: (u32, &[u8]) = (300, &[0xb0, 66, 127]);
    vec![
        held("note off", &[ON, OFF], 1500, false),
        held("sustain holds", &[ON, SUSTAIN, OFF], 1500, true),
        held("sustain at 63 is up", &[ON, SUSTAIN, OFF, (800, &[0xb0, 64, 63])], 1500, false),
        held("sostenuto holds what was down", &[ON, CATCH, OFF], 1500, true),
        held("sostenuto holds nothing later", &[CATCH, (400, &[0x90, 60, 100]), (600, &[0x80, 60, 64])], 1500, false),
        held("sostenuto up", &[ON, CATCH, OFF, (800, &[0xb0, 66, 0])], 1500, false),
        held("all notes off", &[ON, (500, &[0xb0, 123, 0])], 1500, false),
        held("all notes off under the pedal", &[ON, SUSTAIN, (500, &[0xb0, 123, 0])], 1500, true),
        held("all sound off under the pedal", &[ON, SUSTAIN, (500, &[0xb0, 120, 0])], 1500, false),
        held("reset all controllers lifts the pedal", &[ON, SUSTAIN, OFF, (800, &[0xb0, 121, 0])], 1500, false),
        held("omni off ends all notes", &[ON, (500, &[0xb0, 124, 0])], 1500, false),
        held("mono mode ends all notes", &[ON, (500, &[0xb0, 126, 1])], 1500, false),
        held("poly mode ends all notes", &[ON, (500, &[0xb0, 127, 0])], 1500, false),
        held("release (72) at 127 rings on", &[(50, &[0xb0, 72, 127]), ON, OFF], 540, true),
        held(
            "in mono mode a new key ends the old",
            &[(50, &[0xb0, 126, 1]), ON, (500, &[0x90, 72, 1]), (600, &[0x80, 72, 0])],
            1500,
            false,
        ),
        held(
            "in poly mode it does not",
            &[(50, &[0xb0, 127, 0]), ON, (500, &[0x90, 72, 1]), (600, &[0x80, 72, 0])],
            1500,
            true,
        ),
        held("GM2 reset", &[ON, (500, &[0xf0, 0x7e, 0x7f, 9, 3, 0xf7])], 1500, false),
        held("GS reset", &[ON, (500, &[0xf0, 0x41, 0x10, 0x42, 0x12, 0x40, 0, 0x7f, 0, 0x41, 0xf7])], 1500, false),
        held("XG reset", &[ON, (500, &[0xf0, 0x43, 0x10, 0x4c, 0, 0, 0x7e, 0, 0xf7])], 1500, false),
    ]
}

fn tones() -> Vec<Scene> {
    use Measure::{AttackMs, CentroidOctaves, Cents, CentsAt, LevelDb, VibratoCents};
    // Two seconds times (64 / 127)²: half a second from the key in the data of controller 84.
    const SLIDE: [&[u8]; 2] = [&[0xb0, 5, 64], &[0xb0, 84, 57]];
    const MIDDLE_C: &[u8] = &[0x90, 60, 1];
    vec![
        between("cut-off (74) at 127", SAW, &[&[0xb0, 74, 127]], CentroidOctaves, (0.2, 2.0)),
        between("resonance (71) at 127", SAW, &[&[0xb0, 71, 127]], LevelDb, (0.5, 12.0)),
        between("attack (73) at 127", SAW, &[&[0xb0, 73, 127]], AttackMs, (20.0, 60.0)),
        between("vibrato depth (77) at 127", ELECTRIC_PIANO, &[&[0xb0, 77, 127]], VibratoCents, near(39.4, 4.0)),
        between(
            "vibrato rate (76) doubles nothing that is not there",
            ELECTRIC_PIANO,
            &[&[0xb0, 76, 127]],
            VibratoCents,
            near(0.0, 1.0),
        ),
        between("cut-off (74) at 0", SAW, &[&[0xb0, 74, 0]], CentroidOctaves, (-2.0, -0.5)),
        between("portamento control from A3, half way", ELECTRIC_PIANO, &SLIDE, CentsAt(214), near(-600.0, 40.0)),
        between("portamento control from A3, arrived", ELECTRIC_PIANO, &SLIDE, CentsAt(560), near(0.0, 0.3)),
        between(
            "portamento from the last key, half way",
            ELECTRIC_PIANO,
            &[&[0xb0, 5, 64], &[0xb0, 65, 127], MIDDLE_C, &[0x80, 60, 0]],
            CentsAt(214),
            near(-450.0, 40.0),
        ),
        between(
            "portamento without time is none",
            ELECTRIC_PIANO,
            &[&[0xb0, 5, 0], &[0xb0, 84, 57]],
            Cents,
            near(0.0, 0.3),
        ),
    ]
}

fn scenes() -> Vec<Scene> {
    [levels(), pitches(), pedals_and_modes(), tones()].into_iter().flatten().collect()
}

/// The scenes as a format 0 file with a tick of a millisecond.
fn file(scenes: &[Scene]) -> Vec<u8> {
    let mut events: Vec<(u32, Vec<u8>)> = Vec::new();
    for (scene, start) in scenes.iter().zip((0..).step_by(SCENE_MS as usize)) {
        events.push((start, GM_ON.to_vec()));
        events.push((start + 20, vec![0xc0, scene.program]));
        events.extend(scene.events.iter().map(|(at, bytes)| (start + at, bytes.clone())));
    }
    events.sort_by_key(|(at, _)| *at);
    let mut track = Vec::new();
    let mut now = 0;
    for (at, bytes) in events {
        number(&mut track, at - now);
        now = at;
        if bytes[0] == 0xf0 {
            track.push(0xf0);
            number(&mut track, bytes.len() as u32 - 1);
            track.extend_from_slice(&bytes[1..]);
        } else {
            track.extend_from_slice(&bytes);
        }
    }
    number(&mut track, scenes.len() as u32 * SCENE_MS - now);
    track.extend_from_slice(&[0xff, 0x2f, 0]);
    // Without a tempo a quarter note lasts half a second: 500 ticks.
    let mut file = b"MThd\0\0\0\x06\0\0\0\x01\x01\xf4MTrk".to_vec();
    file.extend_from_slice(&(track.len() as u32).to_be_bytes());
    file.extend_from_slice(&track);
    file
}

/// A number of variable length.
fn number(track: &mut Vec<u8>, value: u32) {
    for shift in [21, 14, 7] {
        if value >> shift > 0 {
            track.push((value >> shift & 0x7f) as u8 | 0x80);
        }
    }
    track.push((value & 0x7f) as u8);
}

/// All scenes, rendered and measured.
pub(crate) fn measure() -> Result<Vec<Row>, Box<dyn Error>> {
    let scenes = scenes();
    let performance = Performance::new(&midi::read(&file(&scenes))?.timeline, RATE as u32);
    let mut synth: Synth = dry(RATE as u32)?;
    let mut frames: Vec<[f32; 2]> = Vec::new();
    render(&mut synth, &performance, &RenderOptions::default(), |block, _| {
        frames.extend_from_slice(block);
        true
    });
    let length = at(SCENE_MS);
    frames.resize(scenes.len() * length, [0.0; 2]);
    Ok(scenes
        .iter()
        .zip(frames.chunks(length))
        .map(|(scene, frames)| Row {
            name: scene.name,
            wanted: scene.wanted,
            measured: scene.measure.of(frames),
            unit: scene.measure.unit(),
        })
        .collect())
}

fn at(ms: u32) -> usize {
    ms as usize * 48
}

/// From a little after the start of the note to its end.
fn body(start_ms: u32) -> std::ops::Range<usize> {
    at(start_ms + 80)..at(start_ms + LENGTH_MS)
}

fn power_of(frames: &[[f32; 2]], side: usize) -> f64 {
    frames.iter().map(|frame| f64::from(frame[side]).powi(2)).sum::<f64>() / frames.len() as f64 + 1e-30
}

fn both(frames: &[[f32; 2]]) -> f64 {
    power_of(frames, 0) + power_of(frames, 1)
}

fn db(ratio: f64) -> f64 {
    10.0 * ratio.log10()
}

impl Measure {
    fn unit(self) -> &'static str {
        match self {
            Self::LevelDb | Self::SidesDb | Self::SoundDb(_) => "dB",
            Self::Cents | Self::CentsAt(_) | Self::VibratoCents => "cents",
            Self::CentroidOctaves => "octaves",
            Self::AttackMs => "ms",
        }
    }

    fn of(self, frames: &[[f32; 2]]) -> f64 {
        let (first, second) = (&frames[body(FIRST_MS)], &frames[body(SECOND_MS)]);
        match self {
            Self::LevelDb => db(both(second) / both(first)),
            Self::SidesDb => db(power_of(second, 0) / power_of(second, 1)),
            Self::Cents => cents(&middle(second)),
            Self::CentsAt(ms) => cents(&middle(&frames[at(SECOND_MS + ms)..at(SECOND_MS + ms + 80)])),
            Self::VibratoCents => swing(&middle(second)),
            Self::CentroidOctaves => (centroid(&middle(second)) / centroid(&middle(first))).log2(),
            Self::AttackMs => rise_ms(&frames[at(SECOND_MS)..]) - rise_ms(&frames[at(FIRST_MS)..at(CHANGE_MS)]),
            Self::SoundDb(ms) => {
                let loudest = frames[..at(ms)].chunks(960).map(both).fold(0.0, f64::max);
                db(both(&frames[at(ms)..at(ms + 20)]) / loudest)
            }
        }
    }
}

fn middle(frames: &[[f32; 2]]) -> Vec<f64> {
    frames.iter().map(|[left, right]| f64::from(left + right)).collect()
}

/// Cents above A4: a first guess by the strongest of many pitches, then by the slope of its phase.
fn cents(sound: &[f64]) -> f64 {
    let strength = |hz: f64| turned(sound, hz, 0, sound.len().min(8000)).0;
    let guess_hz = (-60..=60)
        .map(|step| 440.0 * (f64::from(step) / 24.0).exp2())
        .max_by(|a, b| strength(*a).total_cmp(&strength(*b)))
        .unwrap_or(440.0);
    cents_off(sound, guess_hz, RATE) + 1200.0 * (guess_hz / 440.0).log2()
}

/// Strength and phase of a partial from `start` on, under a Hann window.
fn turned(sound: &[f64], hz: f64, start: usize, length: usize) -> (f64, f64) {
    let (mut re, mut im) = (0.0, 0.0);
    for (i, x) in sound[start..start + length].iter().enumerate() {
        let window = 0.5 - 0.5 * (TAU * i as f64 / length as f64).cos();
        let angle = -TAU * hz / RATE * (start + i) as f64;
        re += x * window * angle.cos();
        im += x * window * angle.sin();
    }
    (re.hypot(im), im.atan2(re))
}

/// Half of the way between the lowest and the highest pitch of A4, which is followed in steps of 4 ms.
fn swing(sound: &[f64]) -> f64 {
    const HOP: usize = 192;
    const WINDOW: usize = 1200;
    let phases: Vec<f64> =
        (0..sound.len() - WINDOW).step_by(HOP).map(|start| turned(sound, 440.0, start, WINDOW).1).collect();
    let pitches = phases.windows(2).map(|pair| {
        let step = (pair[1] - pair[0] + TAU / 2.0).rem_euclid(TAU) - TAU / 2.0;
        1200.0 * (1.0 + step / TAU * RATE / HOP as f64 / 440.0).log2()
    });
    let (low, high) = pitches.fold((f64::MAX, f64::MIN), |(low, high), cents| (low.min(cents), high.max(cents)));
    (high - low) / 2.0
}

fn centroid(sound: &[f64]) -> f64 {
    let spectrum = power(&sound[..sound.len() / 2 * 2]);
    let amplitude = |p: &f64| p.sqrt();
    let sum: f64 = spectrum.iter().map(amplitude).sum();
    spectrum.iter().enumerate().map(|(bin, p)| bin as f64 * amplitude(p)).sum::<f64>() / sum
}

/// When a tenth of the power of the loudest 5 ms is reached.
fn rise_ms(frames: &[[f32; 2]]) -> f64 {
    let powers: Vec<f64> = frames.chunks(240).map(both).collect();
    let most = powers.iter().copied().fold(0.0, f64::max);
    5.0 * powers.iter().position(|p| *p > 0.1 * most).unwrap_or(0) as f64
}

pub(crate) fn print() -> Result<(), Box<dyn Error>> {
    println!("Controllers, bends, pressures, modes and resets, from a MIDI file:");
    println!("  {:48} {:>10}    wanted", "", "measured");
    for row in measure()? {
        let mark = if row.is_met() { " " } else { "!" };
        let (low, high) = row.wanted;
        println!("{mark} {:48} {:10.2}    {low:.1} to {high:.1} {}", row.name, row.measured, row.unit);
    }
    Ok(())
}
