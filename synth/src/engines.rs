//! Four ways to make a tone; each computes many voices.
//!
//! | engine | what it is | for |
//! |---|---|---|
//! | [`Tones`](tone::Tones) | wavetables and noise through filters | what is blown, bowed, sung; organs, leads, pads |
//! | [`Operators`](fm::Operators) | frequency modulation | electric pianos, bells, digital sounds |
//! | [`Strings`](plucked::Strings) | a delay line with losses | what is plucked |
//! | [`Bodies`](struck::Bodies) | damped sinusoids and a burst of noise | what is struck: pianos, mallets, drums |

pub(crate) mod fm;
pub(crate) mod plucked;
pub(crate) mod struck;
pub(crate) mod tone;
mod vibrato;

use crate::bus::Buses;

/// The beats of an engine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    pub(crate) sample_rate_hz: f32,
    /// Frames from one control tick to the next.
    pub(crate) control_frames: usize,
}

impl Clock {
    pub(crate) fn new(sample_rate_hz: u32) -> Self {
        // About 0.7 ms at any rate, and never more than a segment.
        let control_frames = (sample_rate_hz as usize).div_ceil(1500).next_power_of_two().clamp(16, 128);
        Self { sample_rate_hz: sample_rate_hz as f32, control_frames }
    }

    pub(crate) fn seconds(&self, frames: usize) -> f32 {
        frames as f32 / self.sample_rate_hz
    }
}

/// A note as an engine is told of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NoteStart {
    pub(crate) key: u8,
    /// The pitch before bends and tuning.
    pub(crate) frequency_hz: f64,
    /// `0..=1`.
    pub(crate) velocity: f32,
    /// Where the randomness of this note begins.
    pub(crate) seed: u32,
    pub(crate) bus: usize,
    /// `-1..=1`, within the instrument; the channel's pan comes on top.
    pub(crate) pan: f32,
    /// Loudness by velocity, preset and soft pedal.
    pub(crate) gain: f32,
    /// Octaves that what strikes or plucks is harder than usual (controller 74).
    pub(crate) hardness_octaves: f32,
}

impl NoteStart {
    /// Octaves above middle C.
    pub(crate) fn octave(&self) -> f32 {
        (f32::from(self.key) - 60.0) / 12.0
    }

    /// What left and right are multiplied by: equal power, one in the middle.
    pub(crate) fn pan_gains(&self) -> (f32, f32) {
        let angle = (self.pan.clamp(-1.0, 1.0) + 1.0) * std::f32::consts::FRAC_PI_4;
        (angle.cos() * std::f32::consts::SQRT_2, angle.sin() * std::f32::consts::SQRT_2)
    }
}

/// What a channel does to its sounding voices.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Modulation {
    /// Bend and tuning.
    pub(crate) pitch_ratio: f32,
    /// Vibrato from the wheel and from pressure, on top of the preset's own.
    pub(crate) vibrato_cents: f32,
    /// Filters open by this.
    pub(crate) brightness_octaves: f32,
    /// Swell from pressure.
    pub(crate) gain: f32,
    pub(crate) shape: Shape,
}

/// What GM2's sound controllers (71 to 78) make of a preset: factors, one where they stand in the middle.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// Of wavetables' low-pass and of the noise of what is struck; its root is the strength of modulators. A string
    /// has no filter.
    pub(crate) resonance: f32,
    /// A string, which is plucked at once, has no attack.
    pub(crate) attack: f32,
    pub(crate) decay: f32,
    pub(crate) release: f32,
    /// Speed of all vibrato.
    pub(crate) vibrato_rate: f32,
    /// Depth of the preset's own vibrato ...
    pub(crate) vibrato_depth: f32,
    /// ... and what comes to it, in cents.
    pub(crate) vibrato_cents: f32,
    /// How long both take to grow.
    pub(crate) vibrato_delay: f32,
}

impl Shape {
    pub(crate) const PLAIN: Self = Self {
        resonance: 1.0,
        attack: 1.0,
        decay: 1.0,
        release: 1.0,
        vibrato_rate: 1.0,
        vibrato_depth: 1.0,
        vibrato_cents: 0.0,
        vibrato_delay: 1.0,
    };
}

/// A pool of voices of one kind. Slots are numbered from zero.
pub(crate) trait Engine {
    type Patch: 'static;

    /// The lowest slot without a voice.
    fn free_slot(&self) -> Option<usize>;
    /// Starts a voice; `frames` are left to the next control tick.
    fn start(&mut self, slot: usize, patch: &'static Self::Patch, note: &NoteStart);
    /// The key is let go.
    fn release(&mut self, slot: usize);
    /// Fades to silence in `frames`, whatever the patch says.
    fn fade(&mut self, slot: usize, frames: f32);
    /// Computes what changes slowly for the next `frames`; `false` when the voice is over.
    fn control(&mut self, slot: usize, modulation: &Modulation, frames: usize) -> bool;
    /// About how loud the voice is now.
    fn level(&self, slot: usize) -> f32;
    /// Forgets the voice at once.
    fn stop(&mut self, slot: usize);
    /// Adds `frames` of all voices to their buses.
    fn render(&mut self, frames: usize, buses: &mut Buses);
}
