//! What was played, line by line on disk while it is played, and the MIDI file that is made of it.
//!
//! A line is one JSON value. A performance that was cut short can be made a file of, as far as it came.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use anyhow::Context;
use ripieno_composer::provenance::Told;
use ripieno_score::midi::{Gesture, WriteOptions, write_with};
use ripieno_score::timeline::Message;
use ripieno_score::{
    Channel, Instrument, Meter, MeterChange, Note, Part, Pitch, Ppq, Score, TempoChange, Tick, Velocity,
};
use serde::{Deserialize, Serialize};

use super::OWN_CHANNEL;
use super::making::{Making, Telling};
use crate::failure::InputError;

/// Ticks of a quarter note: a quarter of a millisecond at 120.
const TICKS: u16 = 1920;

/// The first line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Opening {
    /// Of the program that wrote it.
    pub(crate) version: String,
    /// Frames a second of all frames.
    pub(crate) rate_hz: u32,
    /// Frame of the first bar.
    pub(crate) first_frame: u64,
    pub(crate) tempo_bpm: f64,
    pub(crate) meter: Meter,
    /// The instruments of the machine's parts, the tune first; 128 is the drums.
    pub(crate) instruments: Vec<u8>,
    /// The person's instrument.
    pub(crate) own_instrument: u8,
    /// Text about how the music came about.
    pub(crate) about: String,
    /// The same for a record; absent in journals of programs that kept none.
    #[serde(default)]
    pub(crate) making: Option<Making>,
}

/// Every other line.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "lowercase")]
pub(crate) enum Entry {
    /// A note of the machine.
    Machine { part: u8, pitch: u8, velocity: u8, on: u64, off: u64 },
    /// A key of the person goes down.
    Press { pitch: u8, velocity: u8, at: u64 },
    /// A key of the person goes up.
    Release { pitch: u8, at: u64 },
    /// A controller of the person moves, such as a pedal.
    Control { controller: u8, value: u8, at: u64 },
    /// The person's pitch wheel moves, `-8192..=8191`.
    Bend { bend: i16, at: u64 },
    /// The person's keys are pressed harder or softer.
    Pressure { pressure: u8, at: u64 },
    /// From `at` on, music moves at another tempo.
    Tempo { bpm: f64, at: u64 },
    /// A beat was filled with what was heard before.
    Fallback { at: u64 },
    /// The end.
    End { at: u64 },
}

/// A journal that is being written.
#[derive(Debug)]
pub(crate) struct Journal {
    lines: BufWriter<File>,
}

impl Journal {
    pub(crate) fn begin(file: File, opening: &Opening) -> anyhow::Result<Self> {
        let mut journal = Self { lines: BufWriter::new(file) };
        journal.line(opening)?;
        journal.flush()?;
        Ok(journal)
    }

    fn line(&mut self, value: &impl Serialize) -> anyhow::Result<()> {
        serde_json::to_writer(&mut self.lines, value)?;
        self.lines.write_all(b"\n")?;
        Ok(())
    }

    pub(crate) fn write(&mut self, entry: Entry) -> anyhow::Result<()> {
        self.line(&entry).context("cannot write the journal")
    }

    pub(crate) fn flush(&mut self) -> anyhow::Result<()> {
        self.lines.flush().context("cannot write the journal")
    }
}

/// A journal that was written. A last line that was cut short is left out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Played {
    pub(crate) opening: Opening,
    pub(crate) entries: Vec<Entry>,
}

impl Played {
    pub(crate) fn read(path: &Path) -> Result<Self, InputError> {
        let refused = |message: String, source: Option<Box<dyn std::error::Error + Send + Sync>>| InputError {
            message: format!("{}: {message}", path.display()),
            source,
        };
        let file = File::open(path).map_err(|error| refused("cannot be read".into(), Some(error.into())))?;
        Self::read_from(file, path)
    }

    /// Reads a journal of which a file is left; `path` names it.
    pub(crate) fn read_from(file: File, path: &Path) -> Result<Self, InputError> {
        let refused = |message: String, source: Option<Box<dyn std::error::Error + Send + Sync>>| InputError {
            message: format!("{}: {message}", path.display()),
            source,
        };
        let mut lines = BufReader::new(file).split(b'\n');
        let first = lines.next().and_then(Result::ok).unwrap_or_default();
        let opening: Opening = serde_json::from_slice(&first)
            .map_err(|error| refused("this is no journal of a performance".into(), Some(error.into())))?;
        if opening.rate_hz == 0 || !(1.0..=1000.0).contains(&opening.tempo_bpm) || opening.instruments.len() > 48 {
            return Err(refused("its first line makes no sense".into(), None));
        }
        let mut entries = Vec::new();
        for line in lines {
            let line = line.map_err(|error| refused("cannot be read".into(), Some(error.into())))?;
            match serde_json::from_slice(&line) {
                Ok(entry) => entries.push(entry),
                Err(_) => break,
            }
        }
        Ok(Self { opening, entries })
    }

    /// The performance as a MIDI file: a track for the person with pedals and wheels, one for each part of the machine,
    /// onsets to a quarter of a millisecond.
    pub(crate) fn to_midi(&self, telling: Telling<'_>) -> Vec<u8> {
        let (score, clock) = self.to_score();
        let mut gestures = Vec::new();
        if score.parts.first().is_some_and(|part| part.channel.value() == OWN_CHANNEL) {
            gestures.extend(self.entries.iter().filter_map(|entry| entry.gesture(&clock)));
        }
        let told = match (telling, &self.opening.making) {
            (Telling::Nothing, _) => return write_with(&score, &WriteOptions { gestures, ..WriteOptions::default() }),
            (_, None) => Ok(None),
            (Telling::Unsigned, Some(making)) => making.told(&score, &gestures, None).map(Some),
            (Telling::Signed(key), Some(making)) => making.told(&score, &gestures, Some(key)).map(Some),
        };
        let told = told.unwrap_or_else(|error| {
            // The music comes first.
            tracing::warn!("the file does not say how it was made: {error:#}");
            None
        });
        let texts = vec![self.opening.about.clone()];
        let usual = told.map_or(WriteOptions { texts, ..WriteOptions::default() }, |told: Told| told.write_options());
        write_with(&score, &WriteOptions { gestures, ..usual })
    }

    /// The notes, the person's part first, and the clock that turns frames into ticks.
    fn to_score(&self) -> (Score, Clock) {
        let opening = &self.opening;
        let mut clock = Clock::new(opening);
        let mut score = Score { ppq: Ppq::new(TICKS).expect("within a file's range"), ..Score::default() };
        score.meters.push(MeterChange { tick: Tick::ZERO, meter: opening.meter });
        score.tempos.push(TempoChange::from_bpm(Tick::ZERO, opening.tempo_bpm));
        for entry in &self.entries {
            if let Entry::Tempo { bpm, at } = *entry {
                score.tempos.push(clock.set(at, bpm));
            }
        }
        let instrument = |index: u8| Instrument::from_index(index.min(128)).expect("at most 128");
        let part = |name: String, index: u8, channel: u8| Part {
            name,
            instrument: instrument(index),
            channel: Channel::new(channel).expect("below 16"),
            notes: Vec::new(),
        };
        let mut own = part("You".into(), opening.own_instrument, OWN_CHANNEL);
        let parts = opening.instruments.iter().enumerate();
        let name = |index: u8| format!("Ripieno: {}", instrument(index).name());
        let mut parts: Vec<Part> =
            parts.map(|(slot, &index)| part(name(index), index, super::channel_of(slot, index).value())).collect();
        let mut held: Vec<(u8, u8, u64)> = Vec::new();
        let end = self.entries.iter().map(Entry::at).max().unwrap_or(0);
        let releases = self.entries.iter().copied();
        let all = releases.chain((0..128).map(|pitch| Entry::Release { pitch, at: end }));
        for entry in all {
            match entry {
                Entry::Machine { part, pitch, velocity, on, off } => {
                    if let Some(part) = parts.get_mut(usize::from(part)) {
                        part.notes.extend(clock.note(pitch, velocity, on, off));
                    }
                }
                Entry::Press { pitch, velocity, at } => held.push((pitch, velocity, at)),
                Entry::Release { pitch, at } => {
                    while let Some(index) = held.iter().position(|&(key, ..)| key == pitch) {
                        let (pitch, velocity, on) = held.remove(index);
                        own.notes.extend(clock.note(pitch, velocity, on, at));
                    }
                }
                _ => {}
            }
        }
        parts.insert(0, own);
        for part in &mut parts {
            part.notes.sort_by_key(|note| (note.onset, note.pitch));
        }
        score.parts = parts.into_iter().filter(|part| !part.notes.is_empty()).collect();
        (score, clock)
    }
}

impl Entry {
    pub(crate) fn at(&self) -> u64 {
        match *self {
            Self::Machine { on, .. } => on,
            Self::Press { at, .. }
            | Self::Release { at, .. }
            | Self::Control { at, .. }
            | Self::Bend { at, .. }
            | Self::Pressure { at, .. }
            | Self::Tempo { at, .. }
            | Self::Fallback { at }
            | Self::End { at } => at,
        }
    }

    fn gesture(&self, clock: &Clock) -> Option<Gesture> {
        let channel = Channel::new(OWN_CHANNEL)?;
        let message = match *self {
            Self::Control { controller, value, .. } => Message::Controller { channel, controller, value },
            Self::Bend { bend, .. } => Message::PitchBend { channel, bend },
            Self::Pressure { pressure, .. } => Message::ChannelPressure { channel, pressure },
            _ => return None,
        };
        Some(Gesture { part: 0, tick: clock.tick(self.at()), message })
    }
}

/// Frames become ticks.
struct Clock {
    rate_hz: f64,
    changes: Vec<Pace>,
}

/// From a frame on, which is a whole tick, music moves at the tempo that the file can say.
#[derive(Clone, Copy)]
struct Pace {
    frame: f64,
    tick: f64,
    ticks_per_frame: f64,
}

impl Clock {
    fn new(opening: &Opening) -> Self {
        let mut clock = Self { rate_hz: opening.rate_hz.into(), changes: Vec::new() };
        clock.push(opening.first_frame as f64, 0.0, opening.tempo_bpm);
        clock
    }

    /// Adds a tempo, and says it as the file does: to a microsecond, so that both do not drift apart in an hour.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number of ticks")]
    fn push(&mut self, frame: f64, tick: f64, bpm: f64) -> TempoChange {
        let change = TempoChange::from_bpm(Tick(tick as u32), bpm);
        let ticks_per_frame = f64::from(TICKS) * 1e6 / f64::from(change.micros_per_quarter) / self.rate_hz;
        self.changes.push(Pace { frame, tick, ticks_per_frame });
        change
    }

    fn pace(&self, frame: f64) -> Pace {
        *self.changes.iter().rev().find(|pace| pace.frame <= frame).unwrap_or(&self.changes[0])
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative; days of music fit")]
    fn tick(&self, frame: u64) -> Tick {
        let frame = frame as f64;
        let pace = self.pace(frame);
        Tick((pace.tick + (frame - pace.frame) * pace.ticks_per_frame).round().max(0.0) as u32)
    }

    /// From the tick nearest to `frame` on, music moves at another tempo.
    fn set(&mut self, frame: u64, bpm: f64) -> TempoChange {
        let pace = self.pace(frame as f64);
        let tick = f64::from(self.tick(frame).0).max(pace.tick);
        let exact = pace.frame + (tick - pace.tick) / pace.ticks_per_frame;
        self.push(exact, tick, bpm)
    }

    fn note(&self, pitch: u8, velocity: u8, on: u64, off: u64) -> Option<Note> {
        let (onset, end) = (self.tick(on), self.tick(off));
        let duration = Tick(end.0.saturating_sub(onset.0).max(1));
        Some(Note { onset, duration, pitch: Pitch::new(pitch)?, velocity: Velocity::new(velocity)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opening() -> Opening {
        Opening {
            version: "test".into(),
            rate_hz: 48_000,
            first_frame: 4800,
            tempo_bpm: 120.0,
            meter: Meter::COMMON,
            instruments: vec![73, 128],
            own_instrument: 0,
            about: String::new(),
            making: None,
        }
    }

    fn entries() -> Vec<Entry> {
        vec![
            Entry::Machine { part: 0, pitch: 72, velocity: 80, on: 4800, off: 28_800 },
            Entry::Press { pitch: 60, velocity: 90, at: 28_800 },
            Entry::Tempo { bpm: 60.0, at: 52_800 },
            Entry::Release { pitch: 60, at: 76_800 },
            Entry::Machine { part: 1, pitch: 38, velocity: 100, on: 100_800, off: 102_000 },
            Entry::Press { pitch: 64, velocity: 90, at: 100_800 },
        ]
    }

    #[test]
    fn onsets_follow_the_tempo_and_keys_that_stay_down_end_with_the_performance() {
        let (score, _) = Played { opening: opening(), entries: entries() }.to_score();
        let names: Vec<&str> = score.parts.iter().map(|part| part.name.as_str()).collect();
        assert_eq!(names, ["You", "Ripieno: Flute", "Ripieno: Drums"]);
        let own: Vec<(u32, u32)> = score.parts[0].notes.iter().map(|note| (note.onset.0, note.duration.0)).collect();
        // Two quarters at 120, half a second at 60.
        assert_eq!(own, [(1920, 1920 + 960), (2 * 1920 + 1920, 1)]);
        assert_eq!(score.parts[2].notes[0].onset, Tick(2 * 1920 + 1920));
    }

    #[test]
    fn pedals_and_wheels_are_in_the_file() {
        let mut entries = entries();
        entries.insert(1, Entry::Control { controller: 64, value: 127, at: 28_800 });
        entries.insert(3, Entry::Bend { bend: -100, at: 52_800 });
        let file = ripieno_score::midi::read(&Played { opening: opening(), entries }.to_midi(Telling::Unsigned))
            .expect("it reads");
        let moved: Vec<(u32, bool)> = file
            .timeline
            .events
            .iter()
            .filter_map(|event| match event.message {
                Message::Controller { controller: 64, value: 127, .. } => Some((event.tick.0, true)),
                Message::PitchBend { bend: -100, .. } => Some((event.tick.0, false)),
                _ => None,
            })
            .collect();
        assert_eq!(moved, [(1920, true), (2 * 1920, false)]);
    }

    #[test]
    fn the_record_tells_the_person_from_the_machine_while_the_pedal_is_down() {
        let settings = ripieno_composer::improvise::Settings { seed: 5, ..Default::default() };
        let making =
            Making::new((&settings, Vec::new()), &[], (120.0, Meter::COMMON), None).expect("the base model is there");
        let opening = Opening { making: Some(making), ..opening() };
        let mut entries = entries();
        entries.insert(0, Entry::Control { controller: 64, value: 127, at: 4800 });
        let played = Played { opening, entries };
        let file = ripieno_score::midi::read(&played.to_midi(Telling::Unsigned)).expect("it reads");
        let told = Told::in_midi(&file.timeline).expect("it can be trusted").expect("it is there");
        assert_eq!(told.record.random_seed(), 5);
        let (recorded, origins) = told.record.piece.unpack().expect("it makes sense");
        assert_eq!(recorded.parts, file.score.parts);
        use ripieno_composer::provenance::Origin::{Machine, Person};
        assert_eq!(origins, [vec![Person; 2], vec![Machine], vec![Machine]]);
        assert!(told.record.digital_source_type.uri().ends_with("compositeWithTrainedAlgorithmicMedia"));
    }

    #[test]
    fn the_record_is_signed_or_left_out_when_asked() {
        let key = ripieno_composer::provenance::SigningKey::from_secret([7; 32]);
        let settings = ripieno_composer::improvise::Settings::default();
        let making =
            Making::new((&settings, Vec::new()), &[], (120.0, Meter::COMMON), None).expect("the base model is there");
        let opening = Opening { making: Some(making), about: "improvised".into(), ..opening() };
        let played = Played { opening, entries: entries() };
        let read = |telling| ripieno_score::midi::read(&played.to_midi(telling)).expect("it reads");
        let told = |telling| Told::in_midi(&read(telling).timeline).expect("it can be trusted");
        let signer = |telling| told(telling).expect("it is there").signature.map(|by| by.public_key().to_owned());
        assert_eq!(signer(Telling::Signed(&key)), Some(key.public_key()));
        assert_eq!(signer(Telling::Unsigned), None);
        assert!(told(Telling::Nothing).is_none());
        assert_eq!(read(Telling::Nothing).score, read(Telling::Unsigned).score);
        let silent = played.to_midi(Telling::Nothing);
        assert!(!silent.windows(10).any(|bytes| bytes == b"improvised"));
    }

    #[test]
    fn an_hour_of_changing_tempo_does_not_drift() {
        let mut clock = Clock::new(&opening());
        let (mut frame, mut tempos) = (4800, vec![TempoChange::from_bpm(Tick::ZERO, 120.0)]);
        for index in 0..3600u32 {
            frame += 47_777;
            tempos.push(clock.set(frame, 90.0 + f64::from(index * 7 % 60)));
        }
        let score = Score { ppq: Ppq::new(TICKS).expect("valid"), tempos, ..Score::default() };
        let file = ripieno_score::midi::read(&write_with(&score, &WriteOptions::default())).expect("it reads");
        let heard_s = file.timeline.tempo_map().seconds(clock.tick(frame));
        assert!((heard_s - (frame - 4800) as f64 / 48_000.0).abs() < 5e-4, "{heard_s}");
    }

    #[test]
    fn a_journal_that_was_cut_short_comes_back_as_far_as_it_came() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("journal");
        let mut journal = Journal::begin(File::create(&path).expect("new"), &opening()).expect("written");
        entries().into_iter().for_each(|entry| journal.write(entry).expect("written"));
        journal.flush().expect("written");
        let whole = Played::read(&path).expect("whole");
        assert_eq!((whole.opening, whole.entries), (opening(), entries()));
        let bytes = std::fs::read(&path).expect("there");
        std::fs::write(&path, &bytes[..bytes.len() - 10]).expect("written");
        assert_eq!(Played::read(&path).expect("cut short").entries.len(), entries().len() - 1);
        std::fs::write(&path, b"MThd").expect("written");
        assert!(Played::read(&path).is_err());
    }
}
