//! Everything that the crate can do with a file, and what must hold whatever the file.

use std::time::{Duration, Instant};

use ripieno_score::chord::{ChordGrid, label_chords};
use ripieno_score::grid::MAX_BARS;
use ripieno_score::key::{LOCAL_WINDOW_BARS, find_key_of, local_keys};
use ripieno_score::midi::{MAX_RESCUES, MidiFile, RescueKind, read, write};
use ripieno_score::{Channel, GridScore, Ppq, Score};

use crate::memory::peak_bytes;

/// What a file cost.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cost {
    /// Whether there was any music in it.
    pub(crate) is_read: bool,
    pub(crate) notes: usize,
    pub(crate) bars: usize,
    pub(crate) duration: Duration,
    pub(crate) peak_bytes: usize,
}

/// Reads `bytes` and does everything with them, asserting what must hold.
pub(crate) fn explore(bytes: &[u8]) -> Cost {
    let started = Instant::now();
    let (found, peak_bytes) = peak_bytes(|| {
        let file = read(bytes).ok()?;
        check_file(&file, bytes);
        let (notes, bars) = (file.score.note_count(), check_grid(&file.score));
        let score = file.score;
        drop((file.timeline, file.rescued));
        check_writing(score, bytes.len());
        Some((notes, bars))
    });
    let (notes, bars) = found.unwrap_or_default();
    Cost { is_read: found.is_some(), notes, bars, duration: started.elapsed(), peak_bytes }
}

fn check_file(file: &MidiFile, bytes: &[u8]) {
    let (timeline, score) = (&file.timeline, &file.score);
    assert!(timeline.events.len() <= bytes.len());
    assert!(timeline.events.is_sorted_by_key(|event| event.tick));
    assert!(timeline.events.last().is_none_or(|event| event.tick <= timeline.end));
    let seconds = timeline.duration_s();
    assert!(seconds.is_finite() && seconds >= 0.0, "{seconds} seconds");
    assert!(score.note_count() <= timeline.events.len());
    assert!(score.parts.iter().all(|part| !part.notes.is_empty()));
    assert!(score.parts.iter().all(|part| part.notes.is_sorted_by_key(|note| (note.onset, note.pitch))));
    assert!(file.rescued.len() <= MAX_RESCUES);
    assert!(file.rescued.iter().all(|rescue| rescue.offset <= bytes.len() && rescue.count > 0));
}

/// Quantises `score`, names its keys and chords, and takes it back from the grid; how many bars it has.
fn check_grid(score: &Score) -> usize {
    let (grid, report) = GridScore::from_score(score);
    assert_eq!(report.notes_in, report.notes_out + report.duplicates_merged + report.notes_dropped);
    assert!(grid.bars.len() <= MAX_BARS);
    assert!(grid.bars.first().is_none_or(|bar| bar.start == 0));
    assert!(grid.bars.windows(2).all(|two| two[0].end() == two[1].start));
    assert!(grid.bars.iter().all(|bar| bar.length > 0 && bar.tempo_bpm.is_finite() && bar.tempo_bpm > 0.0));
    let end = grid.bars.last().map_or(0, |bar| bar.end());
    assert!(grid.notes.iter().all(|note| note.duration > 0 && note.end() <= end));

    assert!(find_key_of(&grid).confidence >= 0.0);
    assert_eq!(local_keys(&grid, LOCAL_WINDOW_BARS).len(), grid.bars.len());
    for chord_grid in [ChordGrid::HalfBar, ChordGrid::Beat] {
        let spans = label_chords(&grid, chord_grid);
        assert!(spans.windows(2).all(|two| two[0].start + two[0].length == two[1].start));
        assert_eq!(spans.last().map_or(0, |span| span.start + span.length), end);
    }
    let back = grid.to_score(Ppq::DEFAULT);
    assert_eq!(back.note_count(), grid.notes.len());
    grid.bars.len()
}

/// Writes `score`, which was read from so many bytes, reads it, and does both again: the second time nothing changes.
fn check_writing(score: Score, read_bytes: usize) {
    let (notes, parts) = (score.note_count(), score.parts.len());
    let bytes = write(&score);
    assert!(bytes.len() <= 64 * read_bytes + 1_024 * (1 + parts), "{} bytes written", bytes.len());
    drop(score);
    let first = read(&bytes).expect("what we write can be read");
    // A written note takes two events, and a file need not have ended its notes.
    let is_cut = first.rescued.iter().any(|rescue| rescue.kind == RescueKind::TooManyEvents);
    assert!(is_cut || first.rescued.is_empty(), "{:?}", first.rescued);
    assert!(is_cut || first.score.note_count() == notes);
    drop((first.timeline, bytes));
    let bytes = write(&first.score);
    let second = read(&bytes).expect("what we write can be read");
    drop(bytes);
    assert!(is_cut || without_channels(second.score) == without_channels(first.score));
}

/// More programs than channels share them as it happens.
fn without_channels(mut score: Score) -> Score {
    score.parts.iter_mut().for_each(|part| part.channel = Channel::DRUMS);
    score
}
