//! The tempo of the person: the machine follows it as players follow each other.
//!
//! Two corrections at every onset (Mates 1994, "A model of synchronization of motor acts to a stimulus sequence"): the
//! period moves towards the interval that was played, and the phase is caught up by playing a little faster or slower.

/// Steps of the pulse that onsets are measured against: eighth notes.
const PULSE: f64 = 12.0;
/// Onsets farther than this from a pulse are something else: sixteenths, triplets.
const NEAR: f64 = 4.0;
/// Onsets closer than this to the one before are the same chord.
const TOGETHER: f64 = 3.0;
/// Intervals longer than this tell nothing about the tempo.
const LONGEST: f64 = 96.0;
/// How far the period goes towards a quarter note that was played, and how much of the phase is caught up in a quarter.
const PERIOD: f64 = 0.5;
const PHASE: f64 = 0.3;
/// The tempo stays between these shares of the one that the follower began with.
const RANGE: (f64, f64) = (0.6, 1.6);
/// Smaller changes are not worth a word.
const LEAST: f64 = 0.004;

/// Follows the tempo of a person who plays along.
#[derive(Debug, Clone)]
pub(crate) struct Follower {
    begun_at_bpm: f64,
    period_bpm: f64,
    said_bpm: f64,
    last: Option<f64>,
}

impl Follower {
    pub(crate) fn new(bpm: f64) -> Self {
        Self { begun_at_bpm: bpm, period_bpm: bpm, said_bpm: bpm, last: None }
    }

    /// The person chose a tempo.
    pub(crate) fn reset(&mut self, bpm: f64) {
        *self = Self::new(bpm);
    }

    /// A key went down at `step`, while the music moved at `now_bpm`; the tempo that the music should take, if another.
    pub(crate) fn onset(&mut self, step: f64, now_bpm: f64) -> Option<f64> {
        if self.last.is_some_and(|last| step - last < TOGETHER) {
            return None;
        }
        let last = self.last.replace(step);
        let error = step - (step / PULSE).round() * PULSE;
        let played = step - last?;
        let meant = (played / PULSE).round() * PULSE;
        if error.abs() > NEAR || meant < PULSE || played > LONGEST || (played - meant).abs() > NEAR {
            return None;
        }
        let (least, most) = (self.begun_at_bpm * RANGE.0, self.begun_at_bpm * RANGE.1);
        let heard = now_bpm * meant / played;
        self.period_bpm += PERIOD * (meant / 24.0).min(1.0) * (heard - self.period_bpm);
        self.period_bpm = self.period_bpm.clamp(least, most);
        // Who is early, before the pulse, wants the music to come sooner.
        let wanted = (self.period_bpm * (1.0 - PHASE * error / 24.0 * 2.0)).clamp(least, most);
        if (wanted / self.said_bpm - 1.0).abs() < LEAST {
            return None;
        }
        self.said_bpm = wanted;
        Some(wanted)
    }
}

#[cfg(test)]
mod tests {
    use ripieno_composer::improvise::BEAT;

    use super::*;
    use crate::live::transport::Transport;

    /// A person plays quarters at a tempo, against a machine that takes up changes a beat later; the tempo at the end,
    /// and how far the last onsets lie from the beat, in steps.
    fn play_along(person_bpm: impl Fn(f64) -> f64, machine_bpm: f64, beats: usize) -> (f64, f64) {
        let mut transport = Transport::new(48_000, 0, machine_bpm);
        let mut follower = Follower::new(machine_bpm);
        let mut changes: Vec<(f64, f64)> = vec![(0.0, machine_bpm)];
        let (mut time_s, mut worst) = (0.0, 0.0f64);
        for beat in 0..beats {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative")]
            let step = transport.step_of((time_s * 48_000.0) as u64);
            let now_bpm = changes.iter().rev().find(|(at, _)| *at <= step).map_or(machine_bpm, |&(_, bpm)| bpm);
            if let Some(bpm) = follower.onset(step, now_bpm) {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative")]
                let at = ((step / BEAT as f64).floor() as u64 + 1) * BEAT;
                transport.set_tempo(at, bpm);
                changes.retain(|&(other, _)| other < at as f64);
                changes.push((at as f64, bpm));
            }
            if beat + 8 > beats {
                worst = worst.max((step - (step / 24.0).round() * 24.0).abs());
            }
            time_s += 60.0 / person_bpm(time_s);
        }
        (changes.last().map_or(0.0, |&(_, bpm)| bpm), worst)
    }

    #[test]
    fn a_person_who_is_faster_or_slower_is_met() {
        for person in [88.0, 96.0, 104.0, 112.0] {
            let (bpm, worst) = play_along(|_| person, 100.0, 40);
            assert!((bpm / person - 1.0).abs() < 0.02 && worst < 1.5, "{person}: {bpm} {worst}");
        }
    }

    #[test]
    fn a_person_who_speeds_up_is_followed() {
        let (bpm, worst) = play_along(|time_s| 90.0 + time_s, 90.0, 40);
        assert!(bpm > 105.0 && worst < 4.0, "{bpm} {worst}");
    }

    #[test]
    fn sixteenths_chords_and_pauses_do_not_move_the_tempo() {
        let mut follower = Follower::new(100.0);
        for step in [0.0, 0.5, 6.0, 12.0, 18.0, 24.0, 24.8, 396.0, 420.0] {
            assert_eq!(follower.onset(step, 100.0), None, "{step}");
        }
    }
}
