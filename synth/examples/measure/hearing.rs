//! What is measured of the two notes of a scene.

use std::f64::consts::TAU;

use crate::scene::{CHANGE_MS, FIRST_MS, LENGTH_MS, RATE, SECOND_MS};
use crate::spectrum::{cents_off, power};

/// What is measured in a scene.
#[derive(Clone, Copy)]
pub(crate) enum Measure {
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
    /// How often a second it does so.
    VibratoHz,
    /// The same of the first 150 ms.
    EarlyVibratoCents,
    /// Octaves that the spectrum's centre of gravity lies above that of the first note.
    CentroidOctaves,
    /// Milliseconds that the second note takes to a tenth of its power, less those of the first.
    AttackMs,
    /// Decibels that the second note loses from its first to its last 100 ms, less those of the first.
    DecayDb,
    /// Decibels that the second note loses in 60 ms after its end, less those of the first.
    ReleaseDb,
    /// Decibels at a moment, against the loudest 20 ms of the scene before it.
    SoundDb(u32),
}

pub(crate) fn at(ms: u32) -> usize {
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
    pub(crate) fn unit(self) -> &'static str {
        match self {
            Self::LevelDb | Self::SidesDb | Self::SoundDb(_) | Self::DecayDb | Self::ReleaseDb => "dB",
            Self::Cents | Self::CentsAt(_) | Self::VibratoCents | Self::EarlyVibratoCents => "cents",
            Self::VibratoHz => "Hz",
            Self::CentroidOctaves => "octaves",
            Self::AttackMs => "ms",
        }
    }

    pub(crate) fn of(self, frames: &[[f32; 2]]) -> f64 {
        let (first, second) = (&frames[body(FIRST_MS)], &frames[body(SECOND_MS)]);
        match self {
            Self::LevelDb => db(both(second) / both(first)),
            Self::SidesDb => db(power_of(second, 0) / power_of(second, 1)),
            Self::Cents => cents(&middle(second)),
            Self::CentsAt(ms) => cents(&middle(&frames[at(SECOND_MS + ms)..at(SECOND_MS + ms + 80)])),
            Self::VibratoCents => swing(&middle(second)).0,
            Self::VibratoHz => swing(&middle(second)).1,
            Self::EarlyVibratoCents => swing(&middle(&frames[at(SECOND_MS + 20)..at(SECOND_MS + 170)])).0,
            Self::CentroidOctaves => (centroid(&middle(second)) / centroid(&middle(first))).log2(),
            Self::AttackMs => rise_ms(&frames[at(SECOND_MS)..]) - rise_ms(&frames[at(FIRST_MS)..at(CHANGE_MS)]),
            Self::DecayDb => {
                let lost = |note: &[[f32; 2]]| db(both(&note[..at(100)]) / both(&note[note.len() - at(100)..]));
                lost(second) - lost(first)
            }
            Self::ReleaseDb => {
                let lost =
                    |end: usize| db(both(&frames[end - at(30)..end]) / both(&frames[end + at(30)..end + at(90)]));
                lost(at(SECOND_MS + LENGTH_MS)) - lost(at(FIRST_MS + LENGTH_MS))
            }
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

/// Half of the way between the lowest and the highest pitch of A4, which is followed in steps of 4 ms; and how often a
/// second it rises through the middle.
fn swing(sound: &[f64]) -> (f64, f64) {
    const HOP: usize = 192;
    const WINDOW: usize = 1200;
    let phases: Vec<f64> =
        (0..sound.len() - WINDOW).step_by(HOP).map(|start| turned(sound, 440.0, start, WINDOW).1).collect();
    let pitches: Vec<f64> = phases
        .windows(2)
        .map(|pair| {
            let step = (pair[1] - pair[0] + TAU / 2.0).rem_euclid(TAU) - TAU / 2.0;
            1200.0 * (1.0 + step / TAU * RATE / HOP as f64 / 440.0).log2()
        })
        .collect();
    let (low, high) =
        pitches.iter().fold((f64::MAX, f64::MIN), |(low, high), &cents| (low.min(cents), high.max(cents)));
    let middle = (low + high) / 2.0;
    let rises: Vec<usize> =
        (1..pitches.len()).filter(|&step| pitches[step - 1] < middle && pitches[step] >= middle).collect();
    let hz = match rises[..] {
        [first, .., last] => (rises.len() - 1) as f64 / ((last - first) as f64 * HOP as f64 / RATE),
        _ => 0.0,
    };
    ((high - low) / 2.0, hz)
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
