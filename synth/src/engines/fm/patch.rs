//! What a voice by frequency modulation is made of.

/// A carrier and what bends its phase.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stack {
    pub(crate) level: f32,
    pub(crate) carrier_ratio: f32,
    pub(crate) modulator_ratio: f32,
    pub(crate) detune_cents: f32,
    /// Radians of phase at full velocity, at middle C.
    pub(crate) index: f32,
    /// Share of the index that the velocity commands.
    pub(crate) index_velocity: f32,
    /// The index falls to `index_sustain` of itself with this time constant.
    pub(crate) index_decay_s: f32,
    pub(crate) index_sustain: f32,
    pub(crate) attack_s: f32,
    /// Time constant at middle C; shorter above, longer below.
    pub(crate) decay_s: f32,
    pub(crate) sustain: f32,
}

impl Stack {
    pub(crate) const BASE: Self = Self {
        level: 1.0,
        carrier_ratio: 1.0,
        modulator_ratio: 1.0,
        detune_cents: 0.0,
        index: 1.0,
        index_velocity: 0.7,
        index_decay_s: 0.6,
        index_sustain: 0.2,
        attack_s: 0.002,
        decay_s: 1.2,
        sustain: 0.0,
    };
    pub(crate) const SILENT: Self = Self { level: 0.0, ..Self::BASE };
}

/// What an [`Operators`](super::Operators) voice plays.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FmPatch {
    pub(crate) stacks: [Stack; 2],
    /// Time constant after the key is let go.
    pub(crate) release_s: f32,
    /// Decays halve in this many octaves.
    pub(crate) decay_octaves: f32,
    /// Octaves above middle C take this much off the index, so that high notes are mild.
    pub(crate) index_track: f32,
    pub(crate) tremolo_hz: f32,
    pub(crate) tremolo: f32,
}

impl FmPatch {
    pub(crate) const BASE: Self = Self {
        stacks: [Stack::BASE, Stack::SILENT],
        release_s: 0.08,
        decay_octaves: 1.5,
        index_track: 0.35,
        tremolo_hz: 5.0,
        tremolo: 0.0,
    };
}
