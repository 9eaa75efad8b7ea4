//! What a plucked string is made of.

/// What a [`Strings`](super::Strings) voice plays.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PluckedPatch {
    /// Seconds until the fundamental of middle C is 60 dB down.
    pub(crate) decay_s: f32,
    /// Decay halves in this many octaves.
    pub(crate) decay_octaves: f32,
    /// The same for partials at 4 kHz; shorter is duller.
    pub(crate) bright_decay_s: f32,
    /// Where the string is plucked, as a share of its length.
    pub(crate) position: f32,
    /// How hard what plucks is: partials above fall away.
    pub(crate) hardness_hz: f32,
    /// Octaves of hardness between softest and loudest.
    pub(crate) hardness_octaves: f32,
    /// `0`: a clean pulse; `1`: a burst of noise.
    pub(crate) roughness: f32,
    /// Seconds to 60 dB after the key is let go.
    pub(crate) release_s: f32,
    /// The string slaps or buzzes on something above this share of its first swing; `0` is never.
    pub(crate) buzz: f32,
    /// The pitch starts sharp by this much per full velocity and settles.
    pub(crate) twang_cents: f32,
}

impl PluckedPatch {
    /// A nylon string.
    pub(crate) const BASE: Self = Self {
        decay_s: 4.0,
        decay_octaves: 2.2,
        bright_decay_s: 0.35,
        position: 0.17,
        hardness_hz: 2200.0,
        hardness_octaves: 2.0,
        roughness: 0.25,
        release_s: 0.25,
        buzz: 0.0,
        twang_cents: 0.0,
    };
}
