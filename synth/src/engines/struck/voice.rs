//! One struck body.

use super::chunk::{Chunk, STRIDE, WIDTH, Wide};
use super::modes::Mode;
use super::{CHUNKS, MAX_MODES, Modes, StruckPatch};
use crate::dsp::noise::Noise;
use crate::dsp::svf::{Svf, SvfCoefficients};
use crate::dsp::{MAX_SEGMENT, add, approach, fade, ramp, smoothstep};
use crate::engines::vibrato::Vibrato;
use crate::engines::{Clock, Modulation, NoteStart};

#[derive(Debug, Clone)]
pub(super) struct Voice {
    patch: &'static StruckPatch,
    note: NoteStart,
    /// Radians a frame, before bends, and losses a frame, in nepers; sorted, the longest ringing first.
    omegas: [f32; MAX_MODES],
    losses: [f32; MAX_MODES],
    /// What the losses leave of a mode in a frame ...
    radii: [f32; MAX_MODES],
    /// ... with these: times the decay, and seconds to 60 dB under the damper, or none.
    damping: (f32, f32),
    chunks: usize,
    /// How many frames, below [`STRIDE`], were heard since the position of the numbers.
    ahead: usize,
    pitch_ratio: f32,
    vibrato: Vibrato,
    released: bool,
    /// Of the noise, after the key is let go.
    release_level: f32,
    age_s: f32,
    noise: Noise,
    noise_filter: Svf,
    noise_coefficients: SvfCoefficients,
    noise_level: f32,
    noise_slope: f32,
    noise_target: f32,
    level: f32,
    /// Loudness of the whole: attack and pressure.
    amp: f32,
    amp_slope: f32,
    amp_target: f32,
    fade: f32,
    fade_step: f32,
    pan: (f32, f32),
}

/// 60 dB.
const NEPERS: f32 = 6.907_755;

impl Voice {
    /// Sets `chunks` in motion.
    pub(super) fn new(
        patch: &'static StruckPatch,
        note: &NoteStart,
        modes: &[Mode],
        chunks: &mut [Chunk; CHUNKS],
        rate: f32,
    ) -> Self {
        *chunks = [Chunk::default(); CHUNKS];
        let mut omegas = [0.0; MAX_MODES];
        let mut losses = [0.0; MAX_MODES];
        for (index, mode) in modes.iter().enumerate() {
            omegas[index] = std::f32::consts::TAU * mode.frequency_hz / rate;
            losses[index] = NEPERS / (mode.t60_s * rate);
            // Sine phase: the sum starts from rest.
            chunks[index / WIDTH].re[index % WIDTH] = mode.gain * note.gain;
        }
        Self {
            patch,
            note: *note,
            omegas,
            losses,
            radii: [0.0; MAX_MODES],
            damping: (0.0, 0.0),
            chunks: modes.len().div_ceil(WIDTH),
            ahead: 0,
            pitch_ratio: 0.0,
            vibrato: Vibrato::default(),
            released: false,
            release_level: 1.0,
            age_s: 0.0,
            noise: Noise::new(note.seed),
            noise_filter: Svf::default(),
            noise_coefficients: SvfCoefficients::default(),
            noise_level: 0.0,
            noise_slope: 0.0,
            noise_target: 0.0,
            level: note.gain,
            amp: 0.0,
            amp_slope: 0.0,
            amp_target: 0.0,
            fade: 1.0,
            fade_step: 0.0,
            pan: note.pan_gains(),
        }
    }

    pub(super) fn bus(&self) -> usize {
        self.note.bus
    }

    /// About how loud it is now.
    pub(super) fn level(&self) -> f32 {
        self.level
    }

    pub(super) fn release(&mut self) {
        self.released = self.released || self.patch.release_s > 0.0;
    }

    pub(super) fn fade_out(&mut self, frames: f32) {
        self.fade_step = self.fade_step.max(1.0 / frames);
    }

    pub(super) fn control(
        &mut self,
        chunks: &mut [Chunk; CHUNKS],
        modulation: &Modulation,
        frames: usize,
        clock: &Clock,
    ) -> bool {
        let patch = self.patch;
        let step_s = clock.seconds(frames);
        let slope = 1.0 / frames as f32;
        let glide = if patch.glide_semitones != 0.0 {
            (patch.glide_semitones / 12.0 * (-self.age_s / patch.glide_s).exp()).exp2()
        } else {
            1.0
        };
        let cents = self.vibrato.advance(modulation, step_s);
        let vibrato = if cents == 0.0 { 1.0 } else { (cents * (1.0 / 1200.0)).exp2() };
        let ratio = modulation.pitch_ratio * glide * vibrato;
        self.catch_up(&mut chunks[..self.chunks]);
        let damper_s = if self.is_damped() { patch.release_s * modulation.shape.release } else { f32::INFINITY };
        let damping = (modulation.shape.decay, damper_s);
        if damping != self.damping {
            self.damp(damping, clock.sample_rate_hz);
            self.turn(chunks, ratio);
            self.pitch_ratio = ratio;
        } else if (ratio - self.pitch_ratio).abs() > 2e-6 {
            self.pitch_ratio = ratio;
            self.turn(chunks, ratio);
        }

        let energy = self.drop_silent(chunks);
        if self.released {
            self.release_level -=
                self.release_level * approach(step_s, patch.release_s * modulation.shape.release * 0.2);
        }
        let noise = patch.burst.level_at(self.age_s, self.note.velocity) * self.note.gain * self.release_level;
        // -120 dB is nothing: and an exponential left alone becomes denormal and slow.
        let noise = if noise < 1e-6 { 0.0 } else { noise };
        self.noise_level = self.noise_target;
        self.noise_slope = (noise - self.noise_target) * slope;
        self.noise_target = noise;
        if noise > 0.0 {
            let hz = patch.burst.frequency_at(self.age_s, self.note.velocity, self.note.octave());
            let hz = hz * modulation.brightness_octaves.exp2();
            let q = patch.burst.q * modulation.shape.resonance;
            self.noise_coefficients = SvfCoefficients::new(hz, q, clock.sample_rate_hz);
        }
        self.noise_filter.flush();
        self.age_s += step_s;
        let attack = smoothstep((self.age_s / (patch.attack_s.max(3e-4) * modulation.shape.attack)).min(1.0));
        let tremolo = if patch.tremolo == 0.0 { 0.0 } else { patch.tremolo * tremolo(self.age_s, patch.tremolo_hz) };
        let target = attack * modulation.gain * (1.0 - tremolo);
        self.amp = self.amp_target;
        self.amp_slope = (target - self.amp_target) * slope;
        self.amp_target = target;

        self.level = energy.sqrt() + self.noise_target * 0.3;
        let is_sounding = self.chunks > 0 || !(patch.burst.is_over(self.age_s, noise) || self.release_level < 1e-4);
        is_sounding && self.fade > 0.0
    }

    /// Whether the damper lies on the strings; the highest of a piano have none.
    fn is_damped(&self) -> bool {
        self.released && !(matches!(self.patch.modes, Modes::Piano { .. }) && self.note.key >= 90)
    }

    /// Works out how fast the modes die.
    fn damp(&mut self, damping: (f32, f32), rate: f32) {
        self.damping = damping;
        let (decay, damper_s) = damping;
        for (radius, loss) in self.radii.iter_mut().zip(&self.losses) {
            *radius = (-(loss / decay + NEPERS / (damper_s * rate))).exp();
        }
    }

    /// Works the turning numbers out for a pitch.
    fn turn(&self, chunks: &mut [Chunk; CHUNKS], ratio: f32) {
        for (c, chunk) in chunks.iter_mut().enumerate().take(self.chunks) {
            for lane in 0..WIDTH {
                let index = c * WIDTH + lane;
                let omega = self.omegas[index] * ratio;
                // A mode that is bent beyond the limit would fold back: it falls silent.
                let radius = if omega < 3.0 { self.radii[index] } else { self.radii[index] * 0.9 };
                let (sin, cos) = omega.sin_cos();
                let one = (f64::from(radius * cos), f64::from(radius * sin));
                let mut turn = one;
                for frames in 0..STRIDE {
                    (chunk.cos[frames][lane], chunk.sin[frames][lane]) = (turn.0 as f32, turn.1 as f32);
                    turn = (turn.0 * one.0 - turn.1 * one.1, turn.0 * one.1 + turn.1 * one.0);
                }
            }
        }
    }

    /// Moves the position of the numbers to the present frame.
    #[inline(always)]
    fn catch_up(&mut self, chunks: &mut [Chunk]) {
        if self.ahead > 0 {
            chunks.iter_mut().for_each(|chunk| chunk.advance(self.ahead));
            self.ahead = 0;
        }
    }

    /// Leaves out the last modes when they are too quiet to hear, and stops others before they become denormal; gives
    /// the energy of the rest.
    fn drop_silent(&mut self, chunks: &mut [Chunk; CHUNKS]) -> f32 {
        let mut sum = 0.0;
        let mut sounding = 0;
        for (c, chunk) in chunks[..self.chunks].iter_mut().enumerate() {
            let mut energy = 0.0;
            for lane in 0..WIDTH {
                let (re, im) = (chunk.re[lane], chunk.im[lane]);
                let own = re * re + im * im;
                energy += own;
                let keep = if own > 1e-18 { 1.0 } else { 0.0 };
                chunk.re[lane] = re * keep;
                chunk.im[lane] = im * keep;
            }
            sum += energy;
            // -100 dB.
            if energy > 1e-10 {
                sounding = c + 1;
            }
        }
        self.chunks = sounding;
        sum
    }

    /// The sums of all modes, lane by lane. Each frame is worked out in the same way, however the block is cut.
    #[inline(always)]
    fn ring(&mut self, chunks: &mut [Chunk], block: &mut [Wide]) {
        block.fill([0.0; WIDTH]);
        let mut rest = block;
        while !rest.is_empty() {
            let frames = (STRIDE - self.ahead).min(rest.len());
            let (now, later) = rest.split_at_mut(frames);
            if let Ok(out) = <&mut [Wide; STRIDE]>::try_from(&mut *now) {
                let mut sums = [[0.0; WIDTH]; STRIDE];
                for chunk in chunks.iter_mut() {
                    for (frame, sum) in sums.iter_mut().enumerate() {
                        chunk.add(frame, sum);
                    }
                    chunk.advance(STRIDE);
                }
                *out = sums;
            } else {
                for (frame, sum) in now.iter_mut().enumerate() {
                    chunks.iter().for_each(|chunk| chunk.add(self.ahead + frame, sum));
                }
                self.ahead += frames;
                if self.ahead == STRIDE {
                    self.catch_up(chunks);
                }
            }
            rest = later;
        }
    }

    #[inline(always)]
    pub(super) fn render(
        &mut self,
        chunks: &mut [Chunk; CHUNKS],
        block: &mut [Wide],
        left: &mut [f32],
        right: &mut [f32],
    ) {
        let mut out = [0.0; MAX_SEGMENT];
        let out = &mut out[..left.len()];
        if self.chunks > 0 {
            self.ring(&mut chunks[..self.chunks], block);
            for (out, sum) in out.iter_mut().zip(block) {
                let mut quarter = [0.0_f32; 4];
                for lane in 0..4 {
                    quarter[lane] = sum[lane] + sum[lane + 4];
                }
                *out = (quarter[0] + quarter[2]) + (quarter[1] + quarter[3]);
            }
        }
        if self.noise_level != 0.0 || self.noise_slope != 0.0 {
            for out in out.iter_mut() {
                self.noise_level += self.noise_slope;
                let filtered = self.noise_filter.step(self.noise.next(), &self.noise_coefficients);
                *out += self.patch.burst.pick(&filtered) * self.noise_level;
            }
        }
        ramp(&mut self.amp, self.amp_slope, out);
        fade(&mut self.fade, self.fade_step, out);
        add(out, self.pan.0, left);
        add(out, self.pan.1, right);
    }
}

/// From 0 to 1 and back.
fn tremolo(age_s: f32, hz: f32) -> f32 {
    0.5 - 0.5 * (age_s * hz * std::f32::consts::TAU).cos()
}
