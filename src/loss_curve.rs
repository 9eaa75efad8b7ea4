//! Training and validation loss over the steps, as a picture.

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::Path;

use ripieno_composer::train::TrainEvent;
use serde::Deserialize;

/// What a picture needs of a line of the log.
#[derive(Deserialize)]
struct Line {
    event: String,
    step: u64,
    loss: f64,
    #[serde(default)]
    seconds: f64,
}

/// Both curves.
#[derive(Debug, Default)]
pub(crate) struct LossCurve {
    training: Vec<(u64, f64)>,
    validation: Vec<(u64, f64)>,
    seconds: f64,
}

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 420.0;
const MARGIN: f64 = 50.0;
/// Training losses are shown as means over this share of the curve.
const SMOOTHING: usize = 200;

impl LossCurve {
    /// What an earlier part of the run has logged up to `step`; lines that a crash cut off are skipped.
    pub(crate) fn read(path: &Path, step: u64) -> io::Result<Self> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let mut curve = Self::default();
        for line in text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok()) {
            if line.step <= step {
                let points = if line.event == "validation" { &mut curve.validation } else { &mut curve.training };
                points.push((line.step, line.loss));
                curve.seconds += line.seconds;
            }
        }
        Ok(curve)
    }

    pub(crate) fn push(&mut self, event: &TrainEvent) {
        match *event {
            TrainEvent::Step { step, loss, seconds, .. } => {
                self.training.push((step, loss));
                self.seconds += seconds;
            }
            TrainEvent::Validation { step, loss, .. } => self.validation.push((step, loss)),
        }
    }

    /// Seconds that all steps took together, those that were lost and done again included.
    pub(crate) fn seconds(&self) -> f64 {
        self.seconds
    }

    /// The picture.
    pub(crate) fn to_svg(&self) -> String {
        let window = (self.training.len() / SMOOTHING).max(1);
        let smooth: Vec<(u64, f64)> = self
            .training
            .chunks(window)
            .map(|chunk| (chunk[chunk.len() - 1].0, chunk.iter().map(|p| p.1).sum::<f64>() / chunk.len() as f64))
            .collect();
        let all = || smooth.iter().chain(&self.validation);
        let last = all().map(|point| point.0).max().unwrap_or(1).max(1) as f64;
        let low = all().map(|point| point.1).fold(f64::INFINITY, f64::min).min(1e6).floor();
        // The first steps are far above the rest and would flatten it.
        let high = all().map(|point| point.1).fold(0.0, f64::max).min(low + 5.0).max(low + 1.0);
        let x = |step: u64| MARGIN + (WIDTH - 2.0 * MARGIN) * step as f64 / last;
        let y = |loss: f64| HEIGHT - MARGIN - (HEIGHT - 2.0 * MARGIN) * (loss.min(high) - low) / (high - low);
        let mut svg = format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>"##
        );
        for line in 0..=10 {
            let loss = low + (high - low) * f64::from(line) / 10.0;
            let (left, right, y) = (MARGIN, WIDTH - MARGIN, y(loss));
            let _ = write!(
                svg,
                r##"<path d="M{left} {y:.1}H{right}" stroke="#ddd"/><text x="8" y="{:.1}">{loss:.2}</text>"##,
                y + 4.0
            );
        }
        let legend = [("#0072b2", "training", &smooth), ("#d55e00", "validation", &self.validation)];
        for (index, (colour, name, points)) in legend.into_iter().enumerate() {
            let path: Vec<String> =
                points.iter().map(|&(step, loss)| format!("{:.1} {:.1}", x(step), y(loss))).collect();
            if !path.is_empty() {
                let _ =
                    write!(svg, r##"<path d="M{}" fill="none" stroke="{colour}" stroke-width="2"/>"##, path.join("L"));
            }
            let at = WIDTH - 200.0 + 90.0 * index as f64;
            let _ = write!(svg, r##"<text x="{at}" y="24" fill="{colour}">{name}</text>"##);
        }
        let _ = write!(svg, r##"<text x="{MARGIN}" y="24">nats per note over {last:.0} steps</text></svg>"##);
        svg
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_cut_off_by_a_crash_is_read_up_to_the_step() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("log.jsonl");
        let log = "{\"event\":\"step\",\"step\":1,\"loss\":9.0}\n{\"event\":\"validation\",\"step\":1,\"loss\":8.0}\n{\"event\":\"step\",\"step\":2,\"loss\":7.0}\n{\"event\":\"st";
        fs::write(&path, log).expect("written");
        let curve = LossCurve::read(&path, 1).expect("readable");
        assert_eq!(curve.training, [(1, 9.0)]);
        assert_eq!(curve.validation, [(1, 8.0)]);
        assert!(curve.to_svg().ends_with("</svg>"));
        assert!(LossCurve::read(&dir.path().join("none"), 1).expect("no log is an empty one").training.is_empty());
    }
}
