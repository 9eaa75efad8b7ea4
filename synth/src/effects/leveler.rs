//! A hand on the master fader: brings pieces of every size to about the same loudness, and leaves their dynamics alone.
//!
//! One flute and a full band differ by 15 dB, and how hard files strike their keys by as much again. The hand follows
//! the mean power since the piece began, or of the last minute: a crescendo, a soft bar, a soft minute hardly move it.
//! It looks only back, and its steps are counted in frames, so that a piece sounds alike live and offline, in any blocks.

use crate::dsp::gain_of_db;
use crate::dsp::hearing::{Ears, loudness_of, power_of};

/// Where a piece should come out. A little above -18 LUFS, because [`SHARE`] leaves most pieces below it.
const TARGET_LUFS: f64 = -17.6;
/// Of the way there: what is written to be soft stays softer.
const SHARE: f64 = 0.85;
/// How far the hand goes, in decibels.
const REACH_DB: (f64, f64) = (-10.0, 12.0);
/// How fast it goes down and up, in decibels a second.
const SPEED_DB: (f64, f64) = (6.0, 1.5);
/// How often the power is taken, as in BS.1770.
const HOP_S: f64 = 0.1;
/// The hand begins as if it had heard this much at the target.
const PRIOR_HOPS: f64 = 30.0;
/// How many it remembers: a minute.
const MEMORY_HOPS: f64 = 600.0;
/// Softer than this is a rest: the hand waits.
const GATE_LUFS: f64 = -60.0;
/// So is what lies this far below the mean: the last of a tail.
const GATE_LU: f64 = 30.0;

/// The fader, moved by what it hears.
#[derive(Debug)]
pub(crate) struct Leveler {
    ears: Ears,
    hop_frames: usize,
    frames: usize,
    sum: f64,
    mean: f64,
    hops: f64,
    gain_db: f64,
    gain: f32,
}

impl Leveler {
    pub(crate) fn new(sample_rate_hz: f32) -> Self {
        let rate = f64::from(sample_rate_hz);
        let mut leveler = Self {
            ears: Ears::new(rate),
            hop_frames: (HOP_S * rate) as usize,
            frames: 0,
            sum: 0.0,
            mean: 0.0,
            hops: 0.0,
            gain_db: 0.0,
            gain: 1.0,
        };
        leveler.reset();
        leveler
    }

    /// A new piece begins.
    pub(crate) fn reset(&mut self) {
        self.ears.reset();
        (self.frames, self.sum) = (0, 0.0);
        (self.mean, self.hops) = (power_of(TARGET_LUFS), PRIOR_HOPS);
        (self.gain_db, self.gain) = (0.0, 1.0);
    }

    /// Where the fader stands; it moves once in a tenth of a second.
    pub(crate) fn gain(&self) -> f32 {
        self.gain
    }

    /// Hears a frame as it is before the fader.
    #[inline]
    pub(crate) fn hear(&mut self, frame: [f32; 2]) {
        self.sum += self.ears.power(frame);
        self.frames += 1;
        if self.frames == self.hop_frames {
            self.decide();
        }
    }

    fn decide(&mut self) {
        let power = self.sum / self.hop_frames as f64;
        (self.frames, self.sum) = (0, 0.0);
        if power < power_of(GATE_LUFS).max(self.mean * 10.0_f64.powf(-GATE_LU / 10.0)) {
            return;
        }
        self.hops += 1.0;
        // Twice the share of a plain mean: what was only supposed is forgotten within seconds.
        self.mean += (power - self.mean) * (2.0 / self.hops).max(1.0 / MEMORY_HOPS);
        let wanted = (SHARE * (TARGET_LUFS - loudness_of(self.mean))).clamp(REACH_DB.0, REACH_DB.1);
        self.gain_db += (wanted - self.gain_db).clamp(-SPEED_DB.0 * HOP_S, SPEED_DB.1 * HOP_S);
        self.gain = gain_of_db(self.gain_db as f32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many seconds of a sine on both sides.
    fn play(leveler: &mut Leveler, amplitude: f32, seconds: usize) {
        for frame in 0..48_000 * seconds {
            let x = amplitude * (frame as f32 * (std::f32::consts::TAU * 997.0 / 48_000.0)).sin();
            leveler.hear([x, x]);
        }
    }

    #[test]
    fn it_hears_as_the_standard_does() {
        // BS.1770-4: a sine of 997 Hz at full scale in one channel is -3.01 LUFS; in two, 0.
        let mut ear = Leveler::new(48_000.0);
        play(&mut ear, 0.1, 120);
        assert!((loudness_of(ear.mean) + 20.0).abs() < 0.1, "{}", loudness_of(ear.mean));
    }

    #[test]
    fn a_soft_minute_after_a_loud_one_stays_soft() {
        let mut leveler = Leveler::new(48_000.0);
        play(&mut leveler, 0.13, 60);
        let before = leveler.gain_db;
        play(&mut leveler, 0.02, 30);
        assert!((0.0..3.5).contains(&(leveler.gain_db - before)), "{before} {}", leveler.gain_db);
    }

    #[test]
    fn what_is_written_softer_comes_out_softer() {
        let loudness = |amplitude| {
            let mut leveler = Leveler::new(48_000.0);
            play(&mut leveler, amplitude, 60);
            20.0 * f64::from(amplitude).log10() + leveler.gain_db
        };
        let (soft, usual, loud) = (loudness(0.02), loudness(0.1), loudness(0.4));
        assert!(soft < usual && usual < loud, "{soft} {usual} {loud}");
        assert!((usual + 18.0).abs() < 1.0 && loud + 18.0 < 2.0, "{usual} {loud}");
    }

    #[test]
    fn silence_moves_nothing() {
        let mut leveler = Leveler::new(48_000.0);
        play(&mut leveler, 0.5, 5);
        let before = leveler.gain_db;
        assert!(before < -3.0);
        play(&mut leveler, 0.0, 60);
        assert_eq!(leveler.gain_db.to_bits(), before.to_bits());
    }
}
