//! What the recordings tell.

use std::path::Path;

use anyhow::{Context, ensure};
use ripieno_score::{Score, midi};
use serde_json::Value;

use crate::rig::{Heard, Played};
use crate::script::{CHORDS_AT, Chord};

/// Frames on either side of where the sound is expected to lie.
const SEARCH: i64 = 2_000;
/// Frames within which a key that was sent is looked for.
const NEAR: i64 = 4_000;
/// Frames that are compared.
const WINDOW: usize = 48_000;

/// A performance as the program wrote it down.
pub struct Recording {
    score: Score,
    first_frame: u64,
    /// Frame and pitch of the person's keys, as they came to the synthesizer.
    presses: Vec<(u64, u8)>,
    left: Vec<f32>,
}

impl Recording {
    pub fn read(folder: &Path, name: &str) -> anyhow::Result<Self> {
        let file = |end: &str| folder.join(format!("{name}.{end}"));
        let score = midi::read(&std::fs::read(file("mid"))?)?.score;
        let journal = std::fs::read_to_string(file("journal"))?;
        let mut lines = journal.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let opening = lines.next().context("the journal is empty")?;
        let first_frame = opening["first_frame"].as_u64().context("the journal has no beginning")?;
        let press = |entry: &Value| Some((entry["at"].as_u64()?, u8::try_from(entry["pitch"].as_u64()?).ok()?));
        let presses = lines.filter(|entry| entry["t"] == "press").filter_map(|entry| press(&entry)).collect();
        let mut wav = hound::WavReader::open(file("wav"))?;
        let scale = 1.0 / (1u32 << (wav.spec().bits_per_sample - 1)) as f32;
        let left =
            wav.samples::<i32>().step_by(2).map(|sample| Ok(sample? as f32 * scale)).collect::<anyhow::Result<_>>()?;
        Ok(Self { score, first_frame, presses, left })
    }

    /// Milliseconds from sending each key to the frame of the loudspeakers at which it begins to sound.
    ///
    /// What the person heard is laid beside the program's own recording, whose frames are the synthesizer's.
    pub fn key_to_sound_ms(&self, Played { strokes, heard, first_press_at }: &Played) -> anyhow::Result<Vec<f64>> {
        let sent: Vec<(u64, u8)> = strokes
            .iter()
            .filter(|stroke| stroke.bytes[0] == 0x90)
            .map(|stroke| (stroke.frame, stroke.bytes[1]))
            .collect();
        let about = self.presses[0].0 as i64 - first_press_at;
        let offset = about + self.drift(heard, about)?;
        let mut latencies = Vec::new();
        for (at, pitch) in sent {
            let expected = at as i64 + offset;
            let same = self.presses.iter().filter(|press| press.1 == pitch).map(|press| press.0 as i64 - expected);
            // A key that the sound server lost in a gap is found nowhere near.
            latencies.extend(
                same.filter(|late| late.abs() < NEAR).min_by_key(|late| late.abs()).map(|late| late as f64 / 48.0),
            );
        }
        Ok(latencies)
    }

    /// How many frames the sound lies beside where `about` says: server frame + about = program frame.
    fn drift(&self, heard: &Heard, about: i64) -> anyhow::Result<i64> {
        let middle = self.left.len() / 2;
        let window = self.left.get(middle..middle + WINDOW).context("the recording is too short")?;
        let expected = (middle as u64 + self.first_frame) as i64 - about - heard.first_frame as i64;
        let likeness = |shift: i64| -> f64 {
            let start = usize::try_from(expected + shift).unwrap_or(usize::MAX);
            let Some(other) = heard.samples.get(start..start.saturating_add(WINDOW)) else { return f64::MIN };
            window.iter().zip(other).map(|(a, b)| f64::from(a * b)).sum()
        };
        let best = (-SEARCH..=SEARCH).max_by(|a, b| likeness(*a).total_cmp(&likeness(*b))).unwrap_or(0);
        let energy: f64 = window.iter().map(|sample| f64::from(sample * sample)).sum();
        let alike = likeness(best) / energy;
        ensure!((0.9..1.1).contains(&alike), "what was heard is not what was recorded ({alike:.2})");
        // Heard later by `best` frames: the program's frame is reached that much later.
        Ok(-best)
    }

    fn beats(&self, tick: u32) -> f64 {
        f64::from(tick) / f64::from(self.score.ppq.ticks())
    }

    /// Onsets of the machine, in beats, with pitches; drums left out.
    fn machine(&self) -> impl Iterator<Item = (f64, u8)> + '_ {
        let parts = self.score.parts.iter().filter(|part| part.name != "You" && part.channel.value() != 9);
        parts.flat_map(|part| &part.notes).map(|note| (self.beats(note.onset.0), note.pitch.value()))
    }

    /// For each change of chord, the beats until the machine's notes are of the new chord; and by beat after the change
    /// the shares of notes that are of the new and of the old one.
    #[allow(clippy::type_complexity)]
    pub fn beats_to_chord(&self, chords: &[Chord]) -> anyhow::Result<(Vec<f64>, Vec<[f64; 2]>)> {
        let notes: Vec<(f64, u8)> = self.machine().collect();
        let share = |from: f64, chord: &Chord| {
            let within: Vec<u8> = notes
                .iter()
                .filter(|(beat, _)| (from - 0.01..from + 0.99).contains(beat))
                .map(|&(_, pitch)| pitch)
                .collect();
            let of_chord = within.iter().filter(|&&pitch| chord.classes().contains(&(pitch % 12))).count();
            (of_chord as f64, within.len() as f64)
        };
        let mut late = Vec::new();
        let mut sums = [[0.0; 3]; 4];
        for pair in chords.windows(2) {
            let at = (CHORDS_AT + pair[1].beat) as f64;
            for (beat, sum) in sums.iter_mut().enumerate() {
                let ((new, all), (old, _)) = (share(at + beat as f64, &pair[1]), share(at + beat as f64, &pair[0]));
                *sum = [sum[0] + new, sum[1] + old, sum[2] + all];
            }
            let turned = (0..8u8).map(f64::from).find(|beat| {
                let (new, all) = share(at + beat, &pair[1]);
                all > 0.0 && new >= 0.6 * all && new > share(at + beat, &pair[0]).0
            });
            late.push(turned.unwrap_or(8.0));
        }
        ensure!(!late.is_empty(), "no chord was played");
        Ok((late, sums.iter().map(|[new, old, all]| [new / all.max(1.0), old / all.max(1.0)]).collect()))
    }

    /// Bars from the person's last release before a pause to the machine's next note of the tune.
    pub fn bars_to_answer(&self) -> anyhow::Result<Vec<f64>> {
        let own =
            self.score.parts.iter().find(|part| part.name == "You").context("the person is not in the recording")?;
        let tune = self
            .score
            .parts
            .iter()
            .find(|part| part.name != "You" && part.channel.value() == 0)
            .context("the machine never had the tune")?;
        let mut bars = Vec::new();
        // The first key of all found the offset.
        for pair in own.notes[1..].windows(2) {
            let (end, next) = (self.beats(pair[0].end().0), self.beats(pair[1].onset.0));
            if next - end > 8.0 {
                let answer = tune.notes.iter().map(|note| self.beats(note.onset.0)).find(|onset| *onset >= end);
                bars.push(answer.filter(|onset| *onset < next).map_or(f64::INFINITY, |onset| (onset - end) / 4.0));
            }
        }
        ensure!(!bars.is_empty(), "there was no pause");
        Ok(bars)
    }
}

/// Median, 90th and 99th percentile, and the worst.
pub fn quantiles(values: &[f64], unit: &str) -> String {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |share: f64| sorted[((sorted.len() as f64 * share).ceil() as usize).clamp(1, sorted.len()) - 1];
    format!(
        "p50 {:.2}, p90 {:.2}, p99 {:.2}, worst {:.2} {unit}, of {}",
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0),
        sorted.len()
    )
}
