//! What a wavetable voice is made of.

use crate::dsp::envelope::Adsr;
use crate::dsp::wave::Wave;

/// One of the two oscillators.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Oscillator {
    pub(crate) wave: Wave,
    pub(crate) level: f32,
    /// Times the key's frequency.
    pub(crate) ratio: f32,
    pub(crate) detune_cents: f32,
}

/// What a [`Tones`](super::Tones) voice plays.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TonePatch {
    pub(crate) oscillators: [Oscillator; 2],
    /// Level of the noise, which follows the envelope.
    pub(crate) noise: f32,
    /// The noise is a band around this multiple of the pitch.
    pub(crate) noise_ratio: f32,
    /// Or, where not zero, around this frequency.
    pub(crate) noise_hz: f32,
    pub(crate) noise_q: f32,
    /// At the start the noise is this much stronger ...
    pub(crate) chiff: f32,
    /// ... and falls with this time constant.
    pub(crate) chiff_s: f32,
    /// Of the low-pass at middle C and medium velocity.
    pub(crate) cutoff_hz: f32,
    /// Octaves of cut-off for each octave of pitch.
    pub(crate) key_track: f32,
    pub(crate) q: f32,
    /// Octaves that the filter envelope opens.
    pub(crate) sweep_octaves: f32,
    /// Octaves between softest and loudest.
    pub(crate) velocity_octaves: f32,
    pub(crate) amp: Adsr,
    pub(crate) filter: Adsr,
    pub(crate) vibrato_hz: f32,
    pub(crate) vibrato_cents: f32,
    /// The vibrato grows over this time.
    pub(crate) vibrato_delay_s: f32,
    /// Share of the loudness that swings with the vibrato.
    pub(crate) tremolo: f32,
    /// Octaves of cut-off that swing with a slow wave of their own.
    pub(crate) wander_octaves: f32,
    /// Slow random movement of the pitch.
    pub(crate) drift_cents: f32,
    /// The pitch starts off by this much ...
    pub(crate) scoop_cents: f32,
    /// ... and comes home with this time constant.
    pub(crate) scoop_s: f32,
}

impl TonePatch {
    /// A plain saw that is on or off.
    pub(crate) const BASE: Self = Self {
        oscillators: [Oscillator::of(Wave::Saw), Oscillator { level: 0.0, ..Oscillator::of(Wave::Saw) }],
        noise: 0.0,
        noise_ratio: 2.0,
        noise_hz: 0.0,
        noise_q: 1.0,
        chiff: 0.0,
        chiff_s: 0.03,
        cutoff_hz: 4000.0,
        key_track: 0.6,
        q: 0.707,
        sweep_octaves: 0.0,
        velocity_octaves: 1.5,
        amp: Adsr { attack_s: 0.01, decay_s: 0.2, sustain: 1.0, release_s: 0.04 },
        filter: Adsr { attack_s: 0.01, decay_s: 0.3, sustain: 1.0, release_s: 0.1 },
        vibrato_hz: 5.3,
        vibrato_cents: 0.0,
        vibrato_delay_s: 0.6,
        tremolo: 0.0,
        wander_octaves: 0.0,
        drift_cents: 1.5,
        scoop_cents: 0.0,
        scoop_s: 0.03,
    };
}

impl Oscillator {
    pub(crate) const fn of(wave: Wave) -> Self {
        Self { wave, level: 1.0, ratio: 1.0, detune_cents: 0.0 }
    }
}
