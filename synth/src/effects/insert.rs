//! The body, amplifier and cabinet that the voices of one channel share.

use super::motion::{Motion, MotionUnit};
use crate::dsp::svf::{Bell, Svf, SvfCoefficients};
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

const MAX_BANDS: usize = 6;

/// An insert at work.
#[derive(Debug)]
pub(crate) struct InsertUnit {
    insert: &'static Insert,
    sample_rate_hz: f32,
    bells: [Bell; MAX_BANDS],
    highpass: [Svf; 2],
    highpass_coefficients: SvfCoefficients,
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
            bells: [Bell::default(); MAX_BANDS],
            highpass: [Svf::default(); 2],
            highpass_coefficients: SvfCoefficients::default(),
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
        self.bells = [Bell::default(); MAX_BANDS];
        for (index, &Band(hz, q, gain_db)) in insert.bands.iter().take(MAX_BANDS).enumerate() {
            self.bells[index] = Bell::new(hz, q, gain_db, rate);
        }
        self.highpass_coefficients = SvfCoefficients::new(insert.highpass_hz, 0.7, rate);
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
        for bell in &mut self.bells {
            bell.clear();
        }
        self.highpass = [Svf::default(); 2];
        self.tight = Svf::default();
        self.speaker = [Svf::default(); 2];
        self.last = (0.0, 1.0);
        self.motion.clear();
    }

    pub(crate) fn control(&mut self, is_fast: bool, frames: usize) {
        for filter in self.highpass.iter_mut().chain(&mut self.speaker) {
            filter.flush();
        }
        self.tight.flush();
        self.motion.control(is_fast, frames);
    }

    /// Works on a segment. `is_mono`: left and right are the same.
    pub(crate) fn process(&mut self, left: &mut [f32], right: &mut [f32], is_mono: bool) {
        if let Some(drive) = &self.insert.drive {
            self.drive(*drive, left, right);
        }
        // One call for each number of bells, so that their states stay in registers.
        match self.insert.bands.len() {
            0 => self.ring::<0>(left, right, is_mono),
            1 => self.ring::<1>(left, right, is_mono),
            2 => self.ring::<2>(left, right, is_mono),
            3 => self.ring::<3>(left, right, is_mono),
            4 => self.ring::<4>(left, right, is_mono),
            5 => self.ring::<5>(left, right, is_mono),
            _ => self.ring::<MAX_BANDS>(left, right, is_mono),
        }
        self.motion.process(left, right);
    }

    /// High-pass and bells in one pass: while one filter waits for its last sample, the next works on the one before.
    fn ring<const BANDS: usize>(&mut self, left: &mut [f32], right: &mut [f32], is_mono: bool) {
        let has_highpass = self.insert.highpass_hz > 0.0;
        if BANDS == 0 && !has_highpass {
            return;
        }
        let mut bells = [Bell::default(); BANDS];
        bells.copy_from_slice(&self.bells[..BANDS]);
        let [mut high_left, mut high_right] = self.highpass;
        let coefficients = self.highpass_coefficients;
        if is_mono {
            for (left, right) in left.iter_mut().zip(right) {
                let mut frame = [*left];
                if has_highpass {
                    frame = [high_left.step(frame[0], &coefficients).high];
                }
                for bell in &mut bells {
                    frame = bell.step(frame);
                }
                (*left, *right) = (frame[0], frame[0]);
            }
        } else {
            for (left, right) in left.iter_mut().zip(right) {
                let mut frame = [*left, *right];
                if has_highpass {
                    frame =
                        [high_left.step(frame[0], &coefficients).high, high_right.step(frame[1], &coefficients).high];
                }
                for bell in &mut bells {
                    frame = bell.step(frame);
                }
                [*left, *right] = frame;
            }
        }
        self.highpass = [high_left, high_right];
        self.bells[..BANDS].copy_from_slice(&bells);
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
