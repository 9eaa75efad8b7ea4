//! Music inside a record: every note, and who it is from.

use std::collections::HashMap;

use ripieno_score::midi::{self, Gesture, MAX_QUARTERS, WriteOptions, write_with};
use ripieno_score::{
    Channel, Instrument, KeyChange, Meter, MeterChange, Note, Part, Pitch, Ppq, Score, TempoChange, Tick, Velocity,
};
use serde::{Deserialize, Serialize};

use super::origin::{Origin, Origins};
use super::pack::{pack, unpack};
use super::told::TooLarge;

/// A piece with the origins of its notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Music {
    /// Ticks a quarter note.
    pub ppq: Ppq,
    /// Its title, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its parts, in order.
    pub parts: Vec<RecordedPart>,
    /// [`Columns`], packed: about two bytes a note.
    packed: String,
}

/// What can be read of a part without unpacking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedPart {
    /// The part's name, or an empty string.
    pub name: String,
    /// `0..=127`: General MIDI program, or 128 for drums.
    pub instrument: u8,
    /// `0..=15`.
    pub channel: u8,
    /// Who its notes are from.
    pub origins: Origins,
}

/// Why the music of a record cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the music in the record makes no sense: {0}")]
pub struct BadMusic(String);

/// Everything of a score that comes in large numbers.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Columns {
    tempos: Vec<TempoChange>,
    meters: Vec<MeterChange>,
    keys: Vec<KeyChange>,
    parts: Vec<PartColumns>,
}

/// The notes of a part, sorted by onset. Columns pack better than rows.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PartColumns {
    /// Ticks since the onset of the note before.
    since: Vec<u32>,
    pitches: Vec<u8>,
    /// In ticks.
    durations: Vec<u32>,
    velocities: Vec<u8>,
}

impl Music {
    /// `origins` are those of the notes of every part.
    ///
    /// # Errors
    /// When it is more than can be unpacked again.
    pub fn of(score: &Score, origins: &[Vec<Origin>]) -> Result<Self, TooLarge> {
        let parts = score.parts.iter().zip(origins).map(|(part, origins)| RecordedPart {
            name: part.name.clone(),
            instrument: part.instrument.index(),
            channel: part.channel.value(),
            origins: Origins::of(origins),
        });
        let columns = Columns {
            tempos: score.tempos.clone(),
            meters: score.meters.clone(),
            keys: score.keys.clone(),
            parts: score.parts.iter().map(PartColumns::of).collect(),
        };
        Ok(Self { ppq: score.ppq, title: score.title.clone(), parts: parts.collect(), packed: pack(&columns)? })
    }

    /// `score` as it will be read from the file in which it is written with `gestures`: there, notes of one pitch that
    /// overlap exchange their ends, and a pedal holds notes.
    ///
    /// # Errors
    /// As [`Music::of`].
    pub fn as_written(score: &Score, origins: &[Vec<Origin>], gestures: &[Gesture]) -> Result<Self, TooLarge> {
        let options = WriteOptions { gestures: gestures.to_vec(), ..WriteOptions::default() };
        let read = midi::read(&write_with(score, &options)).map_or_else(|_| score.clone(), |file| file.score);
        let mut known: HashMap<(usize, Tick, Pitch), Vec<Origin>> = HashMap::new();
        for (index, (part, origins)) in score.parts.iter().zip(origins).enumerate() {
            for (note, &origin) in part.notes.iter().zip(origins).rev() {
                known.entry((index, note.onset, note.pitch)).or_default().push(origin);
            }
        }
        let mut origin = |index: usize, note: &Note| {
            known.get_mut(&(index, note.onset, note.pitch)).and_then(Vec::pop).unwrap_or(Origin::Machine)
        };
        let parts = read.parts.iter().enumerate();
        let origins: Vec<Vec<Origin>> =
            parts.map(|(index, part)| part.notes.iter().map(|note| origin(index, note)).collect()).collect();
        Self::of(&read, &origins)
    }

    /// How many notes are from `origin`.
    pub fn count(&self, origin: Origin) -> u64 {
        self.parts.iter().map(|part| part.origins.count(origin)).sum()
    }

    /// The score, and the origins of the notes of every part.
    ///
    /// # Errors
    /// When what is packed is damaged, or no score.
    pub fn unpack(&self) -> Result<(Score, Vec<Vec<Origin>>), BadMusic> {
        let Columns { mut tempos, mut meters, mut keys, parts: columns } = unpack(&self.packed).map_err(BadMusic)?;
        let bad = |what: &str| Err(BadMusic(what.to_owned()));
        if columns.len() != self.parts.len() {
            return bad("it has notes of more or fewer parts than it names");
        }
        if !tempos.iter().all(|change| (1..1 << 24).contains(&change.micros_per_quarter)) {
            return bad("a tempo that no file can hold");
        }
        if !meters.iter().all(|change| Meter::new(change.meter.numerator, change.meter.denominator).is_some()) {
            return bad("a time signature that is none");
        }
        if !keys.iter().all(|change| change.key.tonic < 12) {
            return bad("a key that is none");
        }
        tempos.sort_by_key(|change| change.tick);
        meters.sort_by_key(|change| change.tick);
        keys.sort_by_key(|change| change.tick);
        let mut score = Score { ppq: self.ppq, title: self.title.clone(), parts: Vec::new(), tempos, meters, keys };
        let mut origins = Vec::new();
        for (part, columns) in self.parts.iter().zip(&columns) {
            let (Some(instrument), Some(channel)) =
                (Instrument::from_index(part.instrument), Channel::new(part.channel))
            else {
                return bad("an instrument or a channel that is none");
            };
            let Some(notes) = columns.notes() else { return bad("a note that is none") };
            if part.origins.len() != notes.len() as u64 {
                return bad("more or fewer origins than notes");
            }
            origins.push(part.origins.iter().collect());
            score.parts.push(Part { name: part.name.clone(), instrument, channel, notes });
        }
        Ok((score, origins))
    }

    /// As [`Music::unpack`], for composing again: refuses what no file could have given.
    ///
    /// # Errors
    /// As [`Music::unpack`], and when the music is later than any piece lasts.
    pub fn as_read(&self) -> Result<(Score, Vec<Vec<Origin>>), BadMusic> {
        let (score, origins) = self.unpack()?;
        let last = score.ppq.ticks().saturating_mul(MAX_QUARTERS);
        if score.parts.iter().flat_map(|part| &part.notes).any(|note| note.onset.0 > last || note.duration.0 > last) {
            return Err(BadMusic("it is longer than any piece".into()));
        }
        Ok((score, origins))
    }
}

impl PartColumns {
    fn of(part: &Part) -> Self {
        let notes = &part.notes;
        let mut before = Tick::ZERO;
        let since = notes.iter().map(|note| {
            let since = note.onset.since(before).0;
            before = note.onset;
            since
        });
        Self {
            since: since.collect(),
            pitches: notes.iter().map(|note| note.pitch.value()).collect(),
            durations: notes.iter().map(|note| note.duration.0).collect(),
            velocities: notes.iter().map(|note| note.velocity.value()).collect(),
        }
    }

    fn notes(&self) -> Option<Vec<Note>> {
        let count = self.since.len();
        if [self.pitches.len(), self.durations.len(), self.velocities.len()] != [count; 3] {
            return None;
        }
        let mut onset = 0u32;
        let note = |index: usize| {
            onset = onset.checked_add(self.since[index])?;
            let duration = self.durations[index];
            onset.checked_add(duration)?;
            Some(Note {
                onset: Tick(onset),
                pitch: Pitch::new(self.pitches[index])?,
                duration: Tick(duration),
                velocity: Velocity::new(self.velocities[index])?,
            })
        };
        (0..count).map(note).collect()
    }
}

#[cfg(test)]
mod tests {
    use ripieno_score::{Key, Mode};

    use super::*;

    fn score() -> Score {
        let note = |onset: u32, pitch: u8, duration: u32| Note {
            onset: Tick(onset),
            pitch: Pitch::new(pitch).unwrap(),
            duration: Tick(duration),
            velocity: Velocity::DEFAULT,
        };
        Score {
            title: Some("Étude".into()),
            parts: vec![Part {
                name: "Flöte".into(),
                instrument: Instrument::from_index(73).unwrap(),
                channel: Channel::new(3).unwrap(),
                notes: vec![note(0, 60, 30), note(10, 60, 10), note(100, 64, 480)],
            }],
            tempos: vec![TempoChange::from_bpm(Tick(0), 77.0)],
            meters: vec![MeterChange { tick: Tick(0), meter: Meter { numerator: 3, denominator: 4 } }],
            keys: vec![KeyChange { tick: Tick(0), key: Key { tonic: 2, mode: Mode::Minor } }],
            ..Score::default()
        }
    }

    const ORIGINS: [Origin; 3] = [Origin::Person, Origin::Machine, Origin::Edited];

    #[test]
    fn music_comes_back_as_it_was() {
        let music = Music::of(&score(), &[ORIGINS.to_vec()]).unwrap();
        let json = serde_json::to_string(&music).unwrap();
        let again: Music = serde_json::from_str(&json).unwrap();
        assert_eq!(again.unpack(), Ok((score(), vec![ORIGINS.to_vec()])));
        assert_eq!(again.as_read(), again.unpack());
    }

    #[test]
    fn what_is_recorded_is_what_a_reader_of_the_file_sees() {
        let written = Music::as_written(&score(), &[ORIGINS.to_vec()], &[]).unwrap();
        let file = midi::read(&midi::write(&score())).unwrap();
        assert_ne!(file.score.parts, score().parts, "overlapping notes exchange their ends");
        assert_eq!(written.unpack(), Ok((file.score, vec![ORIGINS.to_vec()])));
    }

    #[test]
    fn music_that_makes_no_sense_is_refused() {
        let with = |change: &dyn Fn(&mut Columns), origins: &str| {
            let mut columns = Columns {
                tempos: score().tempos,
                meters: score().meters,
                keys: score().keys,
                parts: score().parts.iter().map(PartColumns::of).collect(),
            };
            change(&mut columns);
            let mut music = Music::of(&score(), &[ORIGINS.to_vec()]).unwrap();
            music.packed = pack(&columns).unwrap();
            music.parts[0].origins = origins.to_owned().try_into().unwrap();
            music.unpack()
        };
        assert!(with(&|_| {}, "p1 m1 e1").is_ok());
        assert!(with(&|_| {}, "p4294967295 m4294967295").is_err());
        assert!(with(&|columns| columns.parts[0].pitches[0] = 128, "p3").is_err());
        assert!(with(&|columns| columns.parts[0].velocities.truncate(1), "p3").is_err());
        assert!(with(&|columns| columns.parts[0].since[2] = u32::MAX, "p3").is_err());
        assert!(with(&|columns| columns.parts.clear(), "p3").is_err());
        assert!(with(&|columns| columns.meters[0].meter.denominator = 3, "p3").is_err());
        assert!(with(&|columns| columns.keys[0].key.tonic = 12, "p3").is_err());
        assert!(with(&|columns| columns.tempos[0].micros_per_quarter = 0, "p3").is_err());
    }
}
