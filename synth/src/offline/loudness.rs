//! How loud a piece is, and what would make it as loud as wanted (EBU R 128).

use thiserror::Error;

use super::meter::LoudnessMeter;
use super::performance::Performance;
use super::player::{Band, Player};
use super::render::{Progress, RenderOptions, render};
use crate::config::{ConfigError, SynthConfig};

/// The loudness of a piece.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loudness {
    /// Of the whole, by ITU-R BS.1770-4; minus infinity for silence.
    pub integrated_lufs: f64,
    /// The highest point between samples.
    pub true_peak_dbtp: f64,
}

/// A loudness that could not be measured.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MeasureLoudnessError {
    /// The synthesizer cannot be built.
    #[error("cannot measure the loudness")]
    Config(#[from] ConfigError),
    /// `progress` gave `false`.
    #[error("the measurement of the loudness was cancelled")]
    Cancelled,
    /// The SoundFont turned out to be damaged while it was played.
    #[error("the SoundFont is damaged: it points to samples that it does not have")]
    Broken,
    /// Nothing was heard.
    #[error("the piece is silent: no gain makes it louder")]
    Silent,
}

/// Plays `performance` to a meter instead of a file.
///
/// # Errors
///
/// When the player breaks, or `progress` gives `false`.
pub fn measure_loudness(
    player: &mut (impl Player + ?Sized),
    performance: &Performance,
    options: &RenderOptions,
    mut progress: impl FnMut(Progress) -> bool,
) -> Result<Loudness, MeasureLoudnessError> {
    let mut meter = LoudnessMeter::new(player.sample_rate_hz());
    let is_whole = render(player, performance, options, |block, so_far| {
        meter.add(block);
        progress(so_far)
    });
    if !is_whole {
        return Err(MeasureLoudnessError::Cancelled);
    }
    if player.is_broken() {
        return Err(MeasureLoudnessError::Broken);
    }
    Ok(meter.loudness())
}

/// How near to the wanted loudness is near enough.
const TOLERANCE_LU: f64 = 0.2;
/// The limiter takes back some of a gain, so that a second and a third measurement may be needed.
const ROUNDS: usize = 4;

/// The [`SynthConfig::gain_db`] at which `performance`, played by `band`, comes out at `target_lufs`, within a quarter
/// of a unit.
///
/// Plays the piece one to four times. The limiter stays in place: a target that would need clipping is approached as
/// far as limiting allows. Give the result to [`SynthConfig::gain_db`] and render.
///
/// # Errors
///
/// When nothing sounds, the configuration is out of range, or `progress` gives `false`.
pub fn gain_to_reach(
    target_lufs: f64,
    band: &Band,
    config: &SynthConfig,
    performance: &Performance,
    options: &RenderOptions,
    mut progress: impl FnMut(Progress) -> bool,
) -> Result<f32, MeasureLoudnessError> {
    let mut config = config.clone();
    for _ in 0..ROUNDS {
        let mut player = band.player(&config)?;
        let loudness = measure_loudness(player.as_mut(), performance, options, &mut progress)?;
        if !loudness.integrated_lufs.is_finite() {
            return Err(MeasureLoudnessError::Silent);
        }
        let missing = target_lufs - loudness.integrated_lufs;
        if missing.abs() < TOLERANCE_LU {
            break;
        }
        config.gain_db = (config.gain_db + missing as f32).clamp(-60.0, 40.0);
    }
    Ok(config.gain_db)
}
