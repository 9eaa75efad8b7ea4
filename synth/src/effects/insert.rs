//! What a preset puts between its voices and the desk: body, amplifier, cabinet, movement.
//!
//! Amplifier and movement are here; the filters of all strips are computed together, see [`equalizers`](super::equalizers).

use super::motion::{Motion, MotionUnit};
use crate::dsp::svf::{Svf, SvfCoefficients};
use crate::engines::Clock;

/// A resonance or a gap of a body: frequency, quality, decibels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Band(pub(crate) f32, pub(crate) f32, pub(crate) f32);

/// An overdriven amplifier and its loudspeaker.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Drive {
    pub(crate) gain: f32,
    /// Level after it.
    pub(crate) level: f32,
    /// The loudspeaker gives nothing above.
    pub(crate) speaker_hz: f32,
}

/// What a preset puts between its voices and the mixing desk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Insert {
    /// At most six.
    pub(crate) bands: &'static [Band],
    pub(crate) drive: Option<Drive>,
    /// Nothing below passes; `0` passes all.
    pub(crate) highpass_hz: f32,
    pub(crate) motion: Motion,
}

impl Insert {
    pub(crate) const NONE: Self = Self { bands: &[], drive: None, highpass_hz: 0.0, motion: Motion::None };
}

pub(crate) const MAX_BANDS: usize = 6;

/// An insert at work.
#[derive(Debug)]
pub(crate) struct InsertUnit {
    insert: &'static Insert,
    sample_rate_hz: f32,
    /// Before and after the amplifier: removes the rumble, and the fizz.
    tight: Svf,
    speaker: [Svf; 2],
    tight_coefficients: SvfCoefficients,
    speaker_coefficients: SvfCoefficients,
    last: (f32, f32),
    motion: MotionUnit,
}

impl InsertUnit {
    pub(crate) fn new(clock: &Clock) -> Self {
        Self {
            insert: &Insert::NONE,
            sample_rate_hz: clock.sample_rate_hz,
            tight: Svf::default(),
            speaker: [Svf::default(); 2],
            tight_coefficients: SvfCoefficients::new(90.0, 0.7, clock.sample_rate_hz),
            speaker_coefficients: SvfCoefficients::default(),
            last: (0.0, 1.0),
            motion: MotionUnit::new(clock),
        }
    }

    pub(crate) fn set(&mut self, insert: &'static Insert) {
        self.insert = insert;
        let rate = self.sample_rate_hz;
        if let Some(drive) = &insert.drive {
            self.speaker_coefficients = SvfCoefficients::new(drive.speaker_hz, 0.8, rate);
        }
        self.wake();
        self.motion.set(insert.motion);
    }

    pub(crate) fn reset(&mut self) {
        self.set(&Insert::NONE);
        self.motion.reset();
    }

    /// Starts from silence.
    pub(crate) fn wake(&mut self) {
        self.tight = Svf::default();
        self.speaker = [Svf::default(); 2];
        self.last = (0.0, 1.0);
        self.motion.clear();
    }

    pub(crate) fn control(&mut self, is_fast: bool, frames: usize) {
        self.speaker.iter_mut().for_each(Svf::flush);
        self.tight.flush();
        self.motion.control(is_fast, frames);
    }

    /// The amplifier, before the filters.
    pub(crate) fn amplify(&mut self, left: &mut [f32], right: &mut [f32]) {
        if let Some(drive) = &self.insert.drive {
            self.drive(*drive, left, right);
        }
    }

    /// The movement, after the filters.
    pub(crate) fn shake(&mut self, left: &mut [f32], right: &mut [f32]) {
        self.motion.process(left, right);
    }

    pub(crate) fn insert(&self) -> &'static Insert {
        self.insert
    }

    /// `x / sqrt(1 + x^2)`, anti-aliased by its antiderivative (Parker, Zavalishin and Le Bivic, DAFx 2016), which for
    /// this curve needs no case for equal inputs. An amplifier has one input: left and right become one.
    fn drive(&mut self, drive: Drive, left: &mut [f32], right: &mut [f32]) {
        for (left, right) in left.iter_mut().zip(right) {
            let x = self.tight.step(0.5 * (*left + *right), &self.tight_coefficients).high * drive.gain;
            let root = (1.0 + x * x).sqrt();
            let mut y = (x + self.last.0) / (root + self.last.1);
            self.last = (x, root);
            for speaker in &mut self.speaker {
                y = speaker.step(y, &self.speaker_coefficients).low;
            }
            *left = y * drive.level;
            *right = *left;
        }
    }
}
