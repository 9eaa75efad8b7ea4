//! White noise that is the same on every machine and in every run.

/// A random number generator for sound: a 32-bit linear congruence (Numerical Recipes), of which all bits are used
/// as one number, so that its weak low bits lie 180 dB down.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Noise(u32);

impl Noise {
    pub(crate) fn new(seed: u32) -> Self {
        Self(scramble(seed))
    }

    /// The next number, evenly distributed in `-1..1`.
    #[inline(always)]
    pub(crate) fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0.cast_signed() as f32 * (1.0 / 2_147_483_648.0)
    }
}

/// Mixes the bits of `x` well (the finaliser of MurmurHash3).
#[inline(always)]
pub(crate) fn scramble(mut x: u32) -> u32 {
    x ^= x >> 16;
    x = x.wrapping_mul(0x85eb_ca6b);
    x ^= x >> 13;
    x = x.wrapping_mul(0xc2b2_ae35);
    x ^ (x >> 16)
}

/// The number at a place of an endless sequence, in `-1..1`.
#[inline(always)]
pub(crate) fn noise_at(seed: u32, index: u32) -> f32 {
    scramble(seed ^ index.wrapping_mul(0x9e37_79b9)).cast_signed() as f32 * (1.0 / 2_147_483_648.0)
}
