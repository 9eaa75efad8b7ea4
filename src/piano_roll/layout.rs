//! How large things are: measured once for the whole picture, so that all systems line up.

use ripieno_score::{Instrument, Score, Tick};

use crate::bars::Bar;

/// Width of the music itself, in pixels.
const MUSIC_WIDTH: f64 = 1300.0;

/// Quarter notes that a system holds at most, where bars allow it: 32 pixels each.
const QUARTERS_PER_SYSTEM: f64 = 40.0;

/// Sizes and ranges that hold for the whole picture.
#[derive(Debug)]
pub(super) struct Layout {
    /// Blank border at the left and right.
    pub(super) margin: f64,
    /// Width of the keyboard and the drum names at the left of the music.
    pub(super) strip: f64,
    /// Bars in every system but the last.
    pub(super) bars_per_system: usize,
    /// Horizontal scale.
    pub(super) pixels_per_tick: f64,
    /// The same in musical time.
    pub(super) pixels_per_quarter: f64,
    /// Lowest and highest pitch of the melodic lane; `None` when all parts are drums.
    pub(super) pitches: Option<(u8, u8)>,
    /// Height of a semitone.
    pub(super) row: f64,
    /// Drums that are used, from the highest to the lowest.
    pub(super) drums: Vec<u8>,
    /// Height of a drum's row.
    pub(super) drum_row: f64,
}

impl Layout {
    pub(super) fn new(score: &Score, bars: &[Bar]) -> Self {
        let end = bars.last().map_or(Tick::ZERO, |bar| bar.end);
        let mut pitches: Option<(u8, u8)> = None;
        let mut drums = [false; 128];
        for part in &score.parts {
            for note in part.notes.iter().take_while(|note| note.onset < end) {
                let pitch = note.pitch.value();
                match part.instrument {
                    Instrument::Drums => drums[usize::from(pitch)] = true,
                    Instrument::Program(_) => {
                        let (low, high) = pitches.unwrap_or((pitch, pitch));
                        pitches = Some((low.min(pitch), high.max(pitch)));
                    }
                }
            }
        }
        // Two rows of air above and below, and at least an octave, so that a drone does not fill the page.
        let pitches = pitches.map(|(low, high)| {
            let high = high.saturating_add(2).min(127);
            (low.saturating_sub(2).min(high.saturating_sub(12)), high)
        });
        let rows = pitches.map_or(0.0, |(low, high)| f64::from(high - low) + 1.0);
        let bars_per_system = bars_per_system(score, bars);
        let longest = bars
            .chunks(bars_per_system)
            .map(|system| system[system.len() - 1].end.since(system[0].start).0)
            .max()
            .unwrap_or(1);
        let pixels_per_tick = MUSIC_WIDTH / f64::from(longest.max(1));
        Self {
            margin: 24.0,
            strip: if drums.contains(&true) { 76.0 } else { 46.0 },
            bars_per_system,
            pixels_per_tick,
            pixels_per_quarter: pixels_per_tick * f64::from(score.ppq.ticks()),
            pitches,
            row: (260.0 / rows.max(1.0)).clamp(4.5, 9.0),
            drums: (0..128_u8).rev().filter(|&pitch| drums[usize::from(pitch)]).collect(),
            drum_row: 9.0,
        }
    }

    /// Where the music begins.
    pub(super) fn music_left(&self) -> f64 {
        self.margin + self.strip
    }

    pub(super) fn page_width(&self) -> f64 {
        self.music_left() + MUSIC_WIDTH + self.margin
    }
}

/// As many bars as stay readable, in groups that phrases are made of.
fn bars_per_system(score: &Score, bars: &[Bar]) -> usize {
    let mut lengths: Vec<u32> = bars.iter().map(|bar| bar.end.since(bar.start).0).collect();
    lengths.sort_unstable();
    let Some(&typical) = lengths.get(lengths.len() / 2) else { return 1 };
    let quarters = f64::from(typical.max(1)) / f64::from(score.ppq.ticks());
    [16_u8, 12, 8, 6, 4, 2]
        .into_iter()
        .find(|&count| f64::from(count) * quarters <= QUARTERS_PER_SYSTEM)
        .map_or(1, usize::from)
}
