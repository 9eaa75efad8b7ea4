//! What `inspect` has to say, as plain data: printed as text or as JSON.

use std::path::Path;

use ripieno_score::key::find_key_of;
use ripieno_score::midi::{Format, MidiFile};
use ripieno_score::{GridScore, Instrument, Part, Pitch, Score};
use serde::Serialize;

use crate::bars;
use crate::chords::chords_by_bar;

/// Everything about one file. The field names are those of the JSON document.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) file: String,
    /// 0, 1 or 2.
    pub(super) format: u8,
    pub(super) ticks_per_quarter: u16,
    pub(super) title: Option<String>,
    pub(super) tracks: Vec<TrackReport>,
    pub(super) parts: Vec<PartReport>,
    pub(super) notes: usize,
    pub(super) bars: u64,
    pub(super) duration_s: f64,
    /// Absent when there are no notes with a pitch.
    pub(super) key: Option<KeyReport>,
    pub(super) meters: Vec<Change<String>>,
    pub(super) tempos: Vec<Change<f64>>,
    /// Share of onsets that lie on 24 steps a quarter note, `0.0..=1.0`.
    pub(super) on_grid: f64,
    /// The chords of each bar, in order.
    pub(super) chords: Vec<Vec<String>>,
    /// What was wrong with the file, and how it was read nevertheless.
    pub(super) rescued: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct TrackReport {
    pub(super) name: String,
    pub(super) events: usize,
    pub(super) notes: usize,
}

#[derive(Debug, Serialize)]
pub(super) struct PartReport {
    pub(super) name: String,
    pub(super) instrument: &'static str,
    /// General MIDI program, `0..=127`; absent for drums.
    pub(super) program: Option<u8>,
    /// As musicians count, `1..=16`.
    pub(super) channel: u8,
    pub(super) notes: usize,
    pub(super) lowest: Option<String>,
    pub(super) highest: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct KeyReport {
    /// What the notes say.
    pub(super) found: String,
    /// 0 is a toss-up; above 0.4 the key is plain.
    pub(super) confidence: f32,
    /// The key signatures in the file.
    pub(super) written: Vec<Change<String>>,
}

/// From this bar on (the first is 1) something has this value.
#[derive(Debug, Serialize)]
pub(super) struct Change<T> {
    pub(super) bar: u64,
    pub(super) value: T,
}

impl Report {
    pub(super) fn new(path: &Path, file: &MidiFile) -> Self {
        let score = &file.score;
        let (grid, quantised) = GridScore::from_score(score);
        let tracks = file.tracks.iter();
        Self {
            file: path.display().to_string(),
            format: match file.format {
                Format::SingleTrack => 0,
                Format::Parallel => 1,
                Format::Sequential => 2,
            },
            ticks_per_quarter: score.ppq.value(),
            title: score.title.clone().filter(|title| !title.trim().is_empty()),
            tracks: tracks
                .map(|track| TrackReport { name: track.name.clone(), events: track.events, notes: track.notes })
                .collect(),
            parts: score.parts.iter().map(PartReport::new).collect(),
            notes: score.note_count(),
            bars: bars::bar_count(score),
            duration_s: file.timeline.duration_s(),
            key: KeyReport::new(score, &grid),
            meters: meters(score),
            tempos: tempos(score),
            on_grid: quantised.on_grid,
            chords: chords_by_bar(&grid),
            rescued: file.rescued.iter().map(ToString::to_string).collect(),
        }
    }

    /// The title, or else the file's name.
    pub(super) fn heading(&self) -> &str {
        self.title.as_deref().unwrap_or_else(|| self.file.rsplit(['/', '\\']).next().unwrap_or(&self.file))
    }

    /// Key, meter, tempo and length in one line.
    pub(super) fn summary(&self) -> String {
        let key = self.key.as_ref().map(|key| key.likely().to_owned());
        let meters = self.meters.iter().take(4).map(|meter| meter.value.as_str()).collect::<Vec<_>>().join(", ");
        let tempo = format!("{} bpm", self.tempo_range());
        let bars = format!("{} bars", self.bars);
        let facts = [key, Some(meters), Some(tempo), Some(bars), Some(self.clock())];
        facts.into_iter().flatten().collect::<Vec<_>>().join("  ·  ")
    }

    /// `96` or `60-132`, rounded.
    pub(super) fn tempo_range(&self) -> String {
        let slowest = self.tempos.iter().map(|change| change.value).fold(f64::INFINITY, f64::min).round();
        let fastest = self.tempos.iter().map(|change| change.value).fold(0.0, f64::max).round();
        if slowest >= fastest { format!("{fastest}") } else { format!("{slowest}-{fastest}") }
    }

    /// The duration as `3:05`.
    pub(super) fn clock(&self) -> String {
        let seconds = self.duration_s.round();
        format!("{}:{:02}", (seconds / 60.0).floor(), seconds % 60.0)
    }
}

/// From bar 1 on; before the first time signature the meter is 4/4.
fn meters(score: &Score) -> Vec<Change<String>> {
    let changes = score.meters.iter();
    let mut meters: Vec<_> =
        changes.map(|c| Change { bar: bars::number_at(score, c.tick), value: c.meter.to_string() }).collect();
    if score.meters.first().is_none_or(|first| first.tick.0 > 0) {
        meters.insert(0, Change { bar: 1, value: "4/4".into() });
    }
    // A signature that repeats the one before only cuts a bar short; it is no news to a musician.
    meters.dedup_by(|next, before| next.value == before.value);
    meters
}

/// In quarter notes a minute, from bar 1 on; before the first tempo it is 120.
fn tempos(score: &Score) -> Vec<Change<f64>> {
    let rounded = |bpm: f64| (bpm * 100.0).round() / 100.0;
    let changes = score.tempos.iter();
    let mut tempos: Vec<_> =
        changes.map(|c| Change { bar: bars::number_at(score, c.tick), value: rounded(c.bpm()) }).collect();
    if score.tempos.first().is_none_or(|first| first.tick.0 > 0) {
        tempos.insert(0, Change { bar: 1, value: 120.0 });
    }
    tempos
}

impl KeyReport {
    fn new(score: &Score, grid: &GridScore) -> Option<Self> {
        score.parts.iter().find(|part| !part.instrument.is_drums())?;
        let estimate = find_key_of(grid);
        let written = score.keys.iter();
        Some(Self {
            found: estimate.key.to_string(),
            confidence: estimate.confidence,
            written: written
                .map(|c| Change { bar: bars::number_at(score, c.tick), value: c.key.to_string() })
                .collect(),
        })
    }

    /// The notes know better than a key signature, which is often left at C major, unless they cannot decide.
    fn likely(&self) -> &str {
        match self.written.first() {
            Some(first) if self.is_close_call() => &first.value,
            _ => &self.found,
        }
    }

    pub(super) fn is_close_call(&self) -> bool {
        self.confidence < 0.1
    }
}

impl PartReport {
    fn new(part: &Part) -> Self {
        let pitches = || part.notes.iter().map(|note| note.pitch);
        let program = match part.instrument {
            Instrument::Program(program) => Some(program.value()),
            Instrument::Drums => None,
        };
        Self {
            name: part.name.clone(),
            instrument: part.instrument.name(),
            program,
            channel: part.channel.value() + 1,
            notes: part.notes.len(),
            lowest: pitches().min().filter(|_| program.is_some()).map(Pitch::name),
            highest: pitches().max().filter(|_| program.is_some()).map(Pitch::name),
        }
    }
}

#[cfg(test)]
mod tests {
    use ripieno_score::midi;

    use super::*;
    use crate::test_scores::score_of;

    #[test]
    fn a_file_is_summed_up() {
        let scale = [60, 62, 64, 65, 67, 69, 71, 72].map(|pitch| (u32::from(pitch - 60) * 480, pitch, 480));
        let file = midi::read(&midi::write(&score_of(&scale))).expect("what was written can be read");
        let report = Report::new(Path::new("songs/scale.mid"), &file);
        assert_eq!(report.heading(), "scale.mid");
        assert_eq!(report.summary(), "C major  ·  4/4  ·  120 bpm  ·  4 bars  ·  0:07");
        assert_eq!(report.parts[0].highest.as_deref(), Some("C5"));
        assert!(report.rescued.is_empty());
    }

    #[test]
    fn a_file_without_notes_has_no_key() {
        let file = midi::read(&midi::write(&Score::default())).expect("an empty piece is a file");
        assert!(Report::new(Path::new("empty.mid"), &file).key.is_none());
    }
}
