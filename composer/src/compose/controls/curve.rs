//! A value for every bar.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Points at equal distances over the bars, at least one; between them the values go straight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve(Vec<f32>);

impl Curve {
    /// `None` without points, and where one is no number.
    pub fn new(points: Vec<f32>) -> Option<Self> {
        (!points.is_empty() && points.iter().all(|point| point.is_finite())).then_some(Self(points))
    }

    /// The points.
    pub fn points(&self) -> &[f32] {
        &self.0
    }

    /// The value in bar `bar` of `bars`, counted from zero: the first point in the first bar, the last in the last.
    pub fn at(&self, bar: usize, bars: usize) -> f32 {
        let last = self.0.len() - 1;
        let place = bar as f32 / bars.saturating_sub(1).max(1) as f32 * last as f32;
        #[expect(clippy::cast_sign_loss, reason = "a place is not negative")]
        let index = place as usize;
        let (from, to) = (self.0[index.min(last)], self.0[(index + 1).min(last)]);
        from + (to - from) * (place - index as f32).clamp(0.0, 1.0)
    }
}

/// A text that is no curve.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no curve: write one value, `0.2..0.8` for a straight way, or `0.2, 0.9, 0.4` for points on the way"
)]
pub struct ParseCurveError {
    /// What was given.
    pub text: String,
}

impl FromStr for Curve {
    type Err = ParseCurveError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let separated = text.replace("..", ",");
        let values = separated.split([',', ' ', '\t', '\n', '\r', ';']).filter(|value| !value.is_empty());
        let points: Option<Vec<f32>> = values.map(|value| value.parse().ok()).collect();
        points.and_then(Self::new).ok_or_else(|| ParseCurveError { text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str, bars: usize) -> Vec<f32> {
        let curve: Curve = text.parse().unwrap();
        (0..bars).map(|bar| (curve.at(bar, bars) * 100.0).round() / 100.0).collect()
    }

    #[test]
    fn a_curve_goes_from_its_first_to_its_last_point() {
        assert_eq!(values("0.5", 3), [0.5, 0.5, 0.5]);
        assert_eq!(values("0.2..0.8", 4), [0.2, 0.4, 0.6, 0.8]);
        assert_eq!(values("0, 1, 0", 5), [0.0, 0.5, 1.0, 0.5, 0.0]);
        assert_eq!(values("1 2\n3 4", 4), [1.0, 2.0, 3.0, 4.0]);
        assert_eq!(values("0.3..0.9", 1), [0.3]);
    }

    #[test]
    fn what_is_no_curve_is_refused() {
        for text in ["", "..", "a", "0.2..b", "nan", "inf"] {
            assert!(text.parse::<Curve>().is_err(), "{text}");
        }
    }
}
