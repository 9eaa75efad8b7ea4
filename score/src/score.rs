//! A piece as a composer reads it: parts of notes over a map of tempo, meter and key.

use serde::{Deserialize, Serialize};

use crate::key::Key;
use crate::meter::Meter;
use crate::note::{Channel, Instrument, Note};
use crate::time::{Ppq, Tick};

/// A whole piece. Every list is sorted by time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Score {
    /// Ticks per quarter note of every [`Tick`] in the score.
    pub ppq: Ppq,
    /// The title, where the file has one.
    pub title: Option<String>,
    /// Parts that have notes, in the order of the file.
    pub parts: Vec<Part>,
    /// Tempo changes; the tempo before the first is 120.
    pub tempos: Vec<TempoChange>,
    /// Meter changes; the meter before the first is 4/4.
    pub meters: Vec<MeterChange>,
    /// Key signatures as written in the file (often absent, sometimes wrong).
    pub keys: Vec<KeyChange>,
}

/// One voice or instrument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The track's name, or an empty string.
    pub name: String,
    /// What plays it.
    pub instrument: Instrument,
    /// The channel that it came from, or shall be written to.
    pub channel: Channel,
    /// Sorted by onset, then pitch.
    pub notes: Vec<Note>,
}

/// From `tick` on the music moves at this tempo.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TempoChange {
    /// Where the tempo starts.
    pub tick: Tick,
    /// Microseconds per quarter note, as the file stores it (24 bits, never zero).
    pub micros_per_quarter: u32,
}

impl TempoChange {
    /// A change to `bpm` quarter notes a minute, within what a MIDI file can store (about 3.6 to 60 million; NaN is taken
    /// for the fastest).
    pub fn from_bpm(tick: Tick, bpm: f64) -> Self {
        // `max` after `clamp`, which lets NaN through.
        let micros = (60_000_000.0 / bpm).round().clamp(1.0, 16_777_215.0).max(1.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "brought to 24 bits above")]
        Self { tick, micros_per_quarter: micros as u32 }
    }

    /// Quarter notes a minute.
    pub fn bpm(&self) -> f64 {
        60_000_000.0 / f64::from(self.micros_per_quarter)
    }
}

/// From `tick` on bars have this meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeterChange {
    /// Where the meter starts; a new bar starts there too.
    pub tick: Tick,
    /// The meter.
    pub meter: Meter,
}

/// From `tick` on the key signature is this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyChange {
    /// Where the key starts.
    pub tick: Tick,
    /// The key as written.
    pub key: Key,
}

impl Score {
    /// When the last note ends.
    pub fn end(&self) -> Tick {
        self.parts.iter().flat_map(|part| &part.notes).map(Note::end).max().unwrap_or_default()
    }

    /// How many notes all parts have together.
    pub fn note_count(&self) -> usize {
        self.parts.iter().map(|part| part.notes.len()).sum()
    }

    /// The tempo at `tick`, in quarter notes a minute.
    pub fn tempo_at(&self, tick: Tick) -> f64 {
        self.tempos.iter().take_while(|change| change.tick <= tick).last().map_or(120.0, TempoChange::bpm)
    }

    /// The meter at `tick`.
    pub fn meter_at(&self, tick: Tick) -> Meter {
        self.meters.iter().take_while(|change| change.tick <= tick).last().map_or(Meter::COMMON, |change| change.meter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tempo_fits_a_file() {
        let micros = |bpm| TempoChange::from_bpm(Tick::ZERO, bpm).micros_per_quarter;
        assert_eq!(micros(120.0), 500_000);
        assert_eq!([0.0, 1e-9, -0.0].map(micros), [16_777_215, 16_777_215, 1]);
        assert_eq!([1e12, f64::INFINITY, f64::NAN, -5.0].map(micros), [1; 4]);
    }
}
