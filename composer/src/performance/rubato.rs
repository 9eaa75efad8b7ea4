//! How a performer bends the tempo: how much earlier or later each moment comes than at the steady tempo around it.

use ripieno_score::{STEPS_PER_QUARTER, Score, TempoMap, Tick};

/// Quarter notes to either side over which the steady tempo is taken.
const REACH: usize = 8;

/// The moments of a piece, a quarter of a quarter note apart.
pub(super) struct Rubato {
    /// Lateness in quarter notes.
    late: Vec<f32>,
    /// Seconds of a quarter note at the steady tempo.
    quarter_s: Vec<f32>,
}

/// Moments in a quarter note.
const MOMENTS: usize = 4;

impl Rubato {
    /// Of the tempo map of a score, up to its end.
    pub(super) fn of(score: &Score) -> Self {
        let map = TempoMap::new(score.ppq, &score.tempos);
        let ppq = u64::from(score.ppq.ticks());
        let moments = (u64::from(score.end().0) * MOMENTS as u64 / ppq + 2).min(1 << 20);
        let second = |moment: u64| map.seconds(Tick(u32::try_from(moment * ppq / MOMENTS as u64).unwrap_or(u32::MAX)));
        let seconds: Vec<f64> = (0..moments).map(second).collect();
        let lines = (0..seconds.len()).map(|at| steady(&seconds, at));
        let (late, quarter_s) =
            lines.map(|(late_s, quarter_s)| ((late_s / quarter_s) as f32, quarter_s as f32)).unzip();
        Self { late, quarter_s }
    }

    /// Lateness at a step, in quarter notes.
    pub(super) fn late(&self, step: u32) -> f32 {
        let moment = f64::from(step) * MOMENTS as f64 / f64::from(STEPS_PER_QUARTER);
        let whole = step as usize * MOMENTS / STEPS_PER_QUARTER as usize;
        let at = whole.min(self.late.len() - 1);
        let next = (at + 1).min(self.late.len() - 1);
        let share = (moment - whole as f64) as f32;
        self.late[at] + share * (self.late[next] - self.late[at])
    }

    /// Seconds of a quarter note at the steady tempo around a step.
    pub(super) fn quarter_s(&self, step: u32) -> f32 {
        let moment = step as usize * MOMENTS / STEPS_PER_QUARTER as usize;
        self.quarter_s[moment.min(self.quarter_s.len() - 1)]
    }
}

/// The straight line through the moments around one, the nearer the weightier: how many seconds later the moment is than on
/// it, and its seconds a quarter note.
fn steady(seconds: &[f64], at: usize) -> (f64, f64) {
    let reach = REACH * MOMENTS;
    let range = at.saturating_sub(reach)..(at + reach + 1).min(seconds.len());
    let (mut sum, mut x, mut y, mut xx, mut xy) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for other in range {
        let (place, second) = (other as f64 - at as f64, seconds[other] - seconds[at]);
        let weight = 1.0 - place.abs() / (reach + 1) as f64;
        sum += weight;
        x += weight * place;
        y += weight * second;
        xx += weight * place * place;
        xy += weight * place * second;
    }
    let variance = sum * xx - x * x;
    let slope = if variance > 0.0 { (sum * xy - x * y) / variance } else { 0.0 };
    let there = (y - slope * x) / sum;
    (-there, (slope * MOMENTS as f64).max(1e-3))
}

#[cfg(test)]
mod tests {
    use ripieno_score::{Channel, Instrument, Note, Part, Pitch, TempoChange, Velocity};

    use super::*;

    fn piece(tempos: &[(u32, f64)]) -> Score {
        let note = |onset: u32| Note {
            onset: Tick(onset),
            pitch: Pitch::new(60).unwrap(),
            duration: Tick(480),
            velocity: Velocity::DEFAULT,
        };
        Score {
            parts: vec![Part {
                name: String::new(),
                instrument: Instrument::from_index(0).unwrap(),
                channel: Channel::new(0).unwrap(),
                notes: (0..64).map(|beat| note(480 * beat)).collect(),
            }],
            tempos: tempos.iter().map(|&(beat, bpm)| TempoChange::from_bpm(Tick(480 * beat), bpm)).collect(),
            ..Score::default()
        }
    }

    #[test]
    fn a_steady_tempo_is_never_late() {
        let rubato = Rubato::of(&piece(&[(0, 90.0)]));
        for step in [0, 7, 500, 24 * 64, u32::MAX / 8] {
            assert!(rubato.late(step).abs() < 1e-4);
            assert!((rubato.quarter_s(step) - 60.0 / 90.0).abs() < 1e-4);
        }
    }

    #[test]
    fn what_comes_after_a_hesitation_is_late() {
        let rubato = Rubato::of(&piece(&[(0, 120.0), (31, 60.0), (32, 120.0)]));
        assert!(rubato.late(24 * 32) > 0.2, "{}", rubato.late(24 * 32));
        assert!(rubato.late(24 * 31) < -0.2);
        assert!(rubato.late(24 * 10).abs() < 1e-4);
    }
}
