//! How a synthesizer is built.

use thiserror::Error;

/// What [`Synth::new`](crate::Synth::new) needs to know.
#[derive(Debug, Clone, PartialEq)]
pub struct SynthConfig {
    /// Frames a second, `22_050..=192_000`.
    pub sample_rate_hz: u32,
    /// Voices that sound at once, `8..=1024`; a note takes one to three. When they run out, the least important fades out within 5 ms.
    pub polyphony: usize,
    /// Loudness of the whole, in decibels.
    pub gain_db: f32,
    /// A room around the band.
    pub reverb: bool,
    /// The chorus that controller 93 sends to.
    pub chorus: bool,
    /// A slow hand on the master fader: most pieces come out at -18 LUFS, within two units, whether a flute plays or a
    /// band. It follows the mean of the last minute; [`gain_db`](Self::gain_db) and the master volume come after it.
    pub leveler: bool,
    /// Keeps the true peak below -1 dBTP, and delays everything by 1.5 ms.
    pub limiter: bool,
}

impl Default for SynthConfig {
    fn default() -> Self {
        Self {
            sample_rate_hz: 48_000,
            polyphony: 256,
            gain_db: 0.0,
            reverb: true,
            chorus: true,
            leveler: true,
            limiter: true,
        }
    }
}

/// A synthesizer that cannot be built.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The sample rate is out of range.
    #[error("cannot synthesize at {0} Hz: choose a sample rate between 22050 and 192000 Hz")]
    SampleRate(u32),
    /// The number of voices is out of range.
    #[error("cannot synthesize with {0} voices: choose between 8 and 1024")]
    Polyphony(usize),
    /// The gain is not a number, or deafening.
    #[error("cannot set the gain to {0} dB: choose between -60 and 40 dB")]
    Gain(f32),
}

impl SynthConfig {
    /// The same without anything that mixes channels or reacts to them: what parts played one by one add up to.
    #[must_use]
    pub fn dry(self) -> Self {
        Self { reverb: false, chorus: false, leveler: false, limiter: false, ..self }
    }

    /// # Errors
    ///
    /// When a number is out of its range.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if !(22_050..=192_000).contains(&self.sample_rate_hz) {
            return Err(ConfigError::SampleRate(self.sample_rate_hz));
        }
        if !(8..=1024).contains(&self.polyphony) {
            return Err(ConfigError::Polyphony(self.polyphony));
        }
        if !(-60.0..=40.0).contains(&self.gain_db) {
            return Err(ConfigError::Gain(self.gain_db));
        }
        Ok(())
    }
}
