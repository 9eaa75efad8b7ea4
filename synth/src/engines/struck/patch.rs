//! What a struck body is made of.

use crate::dsp::svf::SvfOutput;

/// What a [`Bodies`](super::Bodies) voice plays.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StruckPatch {
    pub(crate) modes: Modes,
    /// Level of the modes beside the noise.
    pub(crate) tone: f32,
    /// Instead of the key's pitch; `0` is the key's.
    pub(crate) fixed_hz: f32,
    /// Seconds until a mode at the key's pitch is 60 dB down, at middle C.
    pub(crate) decay_s: f32,
    /// Decay halves in this many octaves.
    pub(crate) decay_octaves: f32,
    /// A mode's decay falls with this power of its ratio to the first.
    pub(crate) decay_power: f32,
    /// What strikes is soft: modes above this are weaker.
    pub(crate) hardness_hz: f32,
    /// Octaves of hardness between softest and loudest.
    pub(crate) hardness_octaves: f32,
    pub(crate) attack_s: f32,
    /// Seconds to 60 dB after the key is let go; `0` lets it ring.
    pub(crate) release_s: f32,
    /// The pitch starts off by this much ...
    pub(crate) glide_semitones: f32,
    /// ... and comes home with this time constant.
    pub(crate) glide_s: f32,
    pub(crate) tremolo: f32,
    pub(crate) tremolo_hz: f32,
    pub(crate) burst: Burst,
}

/// Where the modes lie.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Modes {
    /// Strings under a hammer at an eighth of their length, with stiffness, three to a note, slightly apart.
    Piano {
        /// Times the inharmonicity of a grand piano.
        stiffness: f32,
        /// How far the strings of a note are apart.
        spread_cents: f32,
        /// Partials fall by this power of their number, beside the hammer's softness.
        slope: f32,
    },
    /// Ratio to the first, gain, share of the decay.
    Table(&'static [(f32, f32, f32)]),
    /// Many modes at random between two frequencies: cymbals.
    Cloud {
        /// How many.
        count: usize,
        /// The lowest.
        low_hz: f32,
        /// The highest.
        high_hz: f32,
    },
    /// Only noise.
    None,
}

/// A burst of noise, or several.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Burst {
    pub(crate) level: f32,
    pub(crate) attack_s: f32,
    /// Time constant.
    pub(crate) decay_s: f32,
    pub(crate) cutoff_hz: f32,
    /// Octaves that the cut-off falls in the course of a burst.
    pub(crate) sweep_octaves: f32,
    /// Octaves of cut-off for each octave of pitch.
    pub(crate) key_track: f32,
    pub(crate) velocity_octaves: f32,
    pub(crate) q: f32,
    pub(crate) filter: Pick,
    /// Bursts in a row ...
    pub(crate) count: u8,
    /// ... so far apart; only the last decays in full.
    pub(crate) gap_s: f32,
}

/// Which output of the filter is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pick {
    Low,
    Band,
    High,
}

impl Burst {
    pub(crate) const NONE: Self = Self {
        level: 0.0,
        attack_s: 0.0005,
        decay_s: 0.02,
        cutoff_hz: 2000.0,
        sweep_octaves: 0.0,
        key_track: 0.0,
        velocity_octaves: 0.5,
        q: 0.707,
        filter: Pick::Band,
        count: 1,
        gap_s: 0.01,
    };

    /// The age within the running burst, and whether it is the last one.
    fn phase(&self, age_s: f32) -> (f32, bool) {
        let last = f32::from(self.count.max(1) - 1);
        let index = (age_s / self.gap_s).floor().clamp(0.0, last);
        if self.count <= 1 { (age_s, true) } else { (age_s - index * self.gap_s, index >= last) }
    }

    pub(super) fn level_at(&self, age_s: f32, velocity: f32) -> f32 {
        if self.level <= 0.0 {
            return 0.0;
        }
        let (age_s, is_last) = self.phase(age_s);
        let decay_s = if is_last { self.decay_s } else { self.decay_s.min(self.gap_s * 0.4) };
        let attack = (age_s / self.attack_s.max(1e-4) + 0.05).min(1.0);
        self.level * attack * (-age_s / decay_s).exp() * (0.4 + 0.6 * velocity)
    }

    pub(super) fn frequency_at(&self, age_s: f32, velocity: f32, octave: f32) -> f32 {
        let (age_s, _) = self.phase(age_s);
        let fallen = 1.0 - (-age_s / self.decay_s).exp();
        let octaves = self.key_track * octave + self.velocity_octaves * (velocity - 0.63) - self.sweep_octaves * fallen;
        self.cutoff_hz * octaves.exp2()
    }

    pub(super) fn is_over(&self, age_s: f32, level: f32) -> bool {
        let all_s = f32::from(self.count.max(1) - 1) * self.gap_s + self.attack_s;
        self.level <= 0.0 || (age_s > all_s && level == 0.0)
    }

    #[inline]
    pub(super) fn pick(&self, output: &SvfOutput) -> f32 {
        match self.filter {
            Pick::Low => output.low,
            Pick::Band => output.band,
            Pick::High => output.high,
        }
    }
}

impl StruckPatch {
    /// A bar that rings for a second.
    pub(crate) const BASE: Self = Self {
        modes: Modes::None,
        tone: 1.0,
        fixed_hz: 0.0,
        decay_s: 1.5,
        decay_octaves: 1.5,
        decay_power: 0.7,
        hardness_hz: 4000.0,
        hardness_octaves: 2.5,
        attack_s: 0.001,
        release_s: 0.0,
        glide_semitones: 0.0,
        glide_s: 0.02,
        tremolo: 0.0,
        tremolo_hz: 5.0,
        burst: Burst::NONE,
    };
}
