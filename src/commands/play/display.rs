//! What is seen while a piece plays: one line that changes on a terminal, otherwise a line now and then.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// How often a line is written where none can change.
const PLAIN_EVERY: Duration = Duration::from_secs(10);
/// The range of the meter.
const METER_DB: f32 = 48.0;
const METER_CELLS: usize = 12;

/// Where the piece is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moment {
    pub(super) bar: u64,
    pub(super) beat: u64,
    pub(super) at_s: f64,
    pub(super) total_s: f64,
    /// The loudest samples since the last moment.
    pub(super) peaks: [f32; 2],
    pub(super) underruns: u64,
}

#[derive(Debug)]
pub(super) struct Display {
    line: ProgressBar,
    /// When a line was last written, where none can change.
    written: Option<Instant>,
}

impl Display {
    pub(super) fn new() -> Self {
        let line = ProgressBar::new_spinner();
        line.set_style(ProgressStyle::with_template("{msg}").expect("the template is constant"));
        Self { line, written: None }
    }

    pub(super) fn show(&mut self, moment: &Moment) {
        if !self.line.is_hidden() {
            self.line.set_message(text(moment));
        } else if self.written.is_none_or(|written| written.elapsed() > PLAIN_EVERY) {
            self.written = Some(Instant::now());
            self.say(&text(moment));
        }
    }

    /// Something that stays.
    pub(super) fn say(&self, text: &str) {
        if self.line.is_hidden() {
            // Nobody is left to be told when stderr is closed.
            let _ = writeln!(io::stderr(), "{text}");
        } else {
            self.line.println(text);
        }
    }

    pub(super) fn clear(&self) {
        self.line.finish_and_clear();
    }
}

fn text(moment: &Moment) -> String {
    let Moment { bar, beat, at_s, total_s, peaks, underruns } = *moment;
    let place = format!("{bar}.{beat}");
    let underruns = match underruns {
        0 => String::new(),
        1 => "  1 underrun".into(),
        more => format!("  {more} underruns"),
    };
    let [left, right] = peaks.map(meter);
    let loudest = decibels(peaks[0].max(peaks[1]));
    let level = if loudest < -99.0 { "     -".into() } else { format!("{loudest:>3.0} dB") };
    format!("{place:>6}  {} / {}  {left} {right} {level}{underruns}", clock(at_s), clock(total_s))
}

fn decibels(peak: f32) -> f32 {
    20.0 * peak.log10()
}

fn meter(peak: f32) -> String {
    let share = 1.0 + decibels(peak) / METER_DB;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number from 0 to METER_CELLS")]
    let full = (share.clamp(0.0, 1.0) * METER_CELLS as f32).round() as usize;
    "▮".repeat(full) + &"▯".repeat(METER_CELLS - full)
}

/// Minutes and seconds.
pub(super) fn clock(seconds: f64) -> String {
    let minutes = (seconds / 60.0).floor();
    format!("{minutes}:{:02.0}", (seconds - 60.0 * minutes).floor())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_fits_on_a_line() {
        let moment = Moment { bar: 12, beat: 3, at_s: 59.99, total_s: 205.0, peaks: [0.5, 0.0], underruns: 2 };
        assert_eq!(text(&moment), "  12.3  0:59 / 3:25  ▮▮▮▮▮▮▮▮▮▮▯▯ ▯▯▯▯▯▯▯▯▯▯▯▯  -6 dB  2 underruns");
        let silent = Moment { peaks: [0.0; 2], underruns: 0, ..moment };
        assert!(text(&silent).ends_with("▯      -"));
    }

    #[test]
    fn the_meter_ends_at_full_scale() {
        assert_eq!(meter(7.0), "▮".repeat(METER_CELLS));
        assert_eq!(meter(f32::NAN), "▯".repeat(METER_CELLS));
    }
}
