//! The end of the desk: effects, leveler, master volume, limiter.

use crate::bus::Mix;
use crate::config::SynthConfig;
use crate::dsp::{approach, gain_of_db};
use crate::effects::chorus::Chorus;
use crate::effects::leveler::Leveler;
use crate::effects::limiter::Limiter;
use crate::effects::reverb::Reverb;

/// A hall of middle size.
const REVERB_DECAY_S: f32 = 1.9;
/// How long the effects go on after their last input: the reverb is then 120 dB down.
const REST_S: f32 = 4.0;
/// -1 dBTP less what four-fold oversampling may miss.
pub(crate) const CEILING_DB: f32 = -1.4;

/// What all strips flow into.
#[derive(Debug)]
pub(crate) struct Master {
    reverb: Option<Reverb>,
    chorus: Option<Chorus>,
    leveler: Option<Leveler>,
    limiter: Option<Limiter>,
    gain: f32,
    gain_slope: f32,
    gain_target: f32,
    base_gain: f32,
    volume: f32,
    /// Before the limiter, below 5 Hz; and after it, so low that it hardly moves a peak.
    blocker: Blocker,
    last_blocker: Blocker,
    sample_rate_hz: f32,
    ticks_left: u32,
    chorus_ticks_left: u32,
}

impl Master {
    pub(crate) fn new(config: &SynthConfig) -> Self {
        let rate = config.sample_rate_hz as f32;
        let base_gain = gain_of_db(config.gain_db);
        Self {
            reverb: config.reverb.then(|| Reverb::new(rate, REVERB_DECAY_S)),
            chorus: config.chorus.then(|| Chorus::new(rate)),
            leveler: config.leveler.then(|| Leveler::new(rate)),
            limiter: config.limiter.then(|| Limiter::new(rate, CEILING_DB)),
            gain: base_gain,
            gain_slope: 0.0,
            gain_target: base_gain,
            base_gain,
            volume: 1.0,
            blocker: Blocker::new(5.0, rate),
            last_blocker: Blocker::new(0.7, rate),
            sample_rate_hz: rate,
            ticks_left: 0,
            chorus_ticks_left: 0,
        }
    }

    pub(crate) fn reset(&mut self, config: &SynthConfig) {
        if let Some(reverb) = &mut self.reverb {
            reverb.reset();
        }
        if let Some(chorus) = &mut self.chorus {
            chorus.reset();
        }
        self.begin_piece();
        if let Some(limiter) = &mut self.limiter {
            limiter.reset();
        }
        self.base_gain = gain_of_db(config.gain_db);
        self.volume = 1.0;
        self.gain = self.base_gain;
        self.gain_target = self.base_gain;
        self.gain_slope = 0.0;
        self.blocker.rest = [0.0; 2];
        self.last_blocker.rest = [0.0; 2];
        self.ticks_left = 0;
        self.chorus_ticks_left = 0;
    }

    /// What was heard so far belongs to another piece.
    pub(crate) fn begin_piece(&mut self) {
        if let Some(leveler) = &mut self.leveler {
            leveler.reset();
        }
    }

    pub(crate) fn set_volume(&mut self, volume: f32) {
        self.volume = volume;
    }

    pub(crate) fn latency_frames(&self) -> usize {
        self.limiter.as_ref().map_or(0, Limiter::latency_frames)
    }

    pub(crate) fn is_resting(&self) -> bool {
        self.ticks_left == 0
    }

    /// `is_fed`: a strip is awake; `is_chorus_fed`: one sends to the chorus.
    pub(crate) fn control(&mut self, is_fed: bool, is_chorus_fed: bool, frames: usize) {
        let tick_s = frames as f32 / self.sample_rate_hz;
        self.ticks_left = if is_fed { (REST_S / tick_s) as u32 } else { self.ticks_left.saturating_sub(1) };
        self.chorus_ticks_left =
            if is_chorus_fed { (REST_S / tick_s) as u32 } else { self.chorus_ticks_left.saturating_sub(1) };
        self.gain = self.gain_target;
        let level = self.leveler.as_ref().map_or(1.0, Leveler::gain);
        let next = self.gain + (self.base_gain * self.volume * level - self.gain) * approach(tick_s, 0.01);
        self.gain_slope = (next - self.gain) / frames as f32;
        self.gain_target = next;
        self.blocker.flush();
        self.last_blocker.flush();
    }

    /// Effects, volume and limiter for a segment; what `mix` holds is used up.
    pub(crate) fn render(&mut self, mix: &mut Mix, block: &mut [[f32; 2]]) {
        if self.is_resting() {
            // The delays hold nothing that is not far below hearing: the frames that are left in the limiter are silent.
            block.fill([0.0; 2]);
            return;
        }
        let frames = block.len();
        if let Some(chorus) = &mut self.chorus
            && self.chorus_ticks_left > 0
        {
            chorus.process(frames, mix);
        }
        if let Some(reverb) = &mut self.reverb {
            reverb.process(frames, &mut mix.reverb, &mut mix.dry);
        }
        for (frame, out) in block.iter_mut().enumerate() {
            self.gain += self.gain_slope;
            let mixed = self.blocker.step([mix.dry[0][frame], mix.dry[1][frame]]);
            if let Some(leveler) = &mut self.leveler {
                leveler.hear(mixed);
            }
            *out = [mixed[0] * self.gain, mixed[1] * self.gain];
        }
        if let Some(limiter) = &mut self.limiter {
            for frame in block {
                // A gain that follows lopsided peaks makes direct current of its own.
                *frame = self.last_blocker.step(limiter.step(*frame));
            }
        }
    }
}

/// Removes direct current: a one-pole high-pass.
#[derive(Debug)]
struct Blocker {
    rest: [f32; 2],
    share: f32,
}

impl Blocker {
    fn new(cutoff_hz: f32, rate: f32) -> Self {
        Self { rest: [0.0; 2], share: 1.0 - (-std::f32::consts::TAU * cutoff_hz / rate).exp() }
    }

    #[inline]
    fn step(&mut self, frame: [f32; 2]) -> [f32; 2] {
        let mut out = [0.0; 2];
        for side in 0..2 {
            self.rest[side] += (frame[side] - self.rest[side]) * self.share;
            out[side] = frame[side] - self.rest[side];
        }
        out
    }

    fn flush(&mut self) {
        for rest in &mut self.rest {
            if rest.abs() < 1e-15 {
                *rest = 0.0;
            }
        }
    }
}
