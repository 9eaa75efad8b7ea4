//! A room: eight delays that feed each other (J.-M. Jot and A. Chaigne, "Digital Delay Networks for Designing
//! Artificial Reverberators", AES 1991), behind four all-pass diffusers.

use crate::dsp::LANES;
use crate::dsp::delay::DelayLine;
use crate::dsp::interpolate::cubic;
use crate::dsp::sine::{sine, step_of};

/// Lengths at 48 kHz: primes between 29 and 83 ms, so that no two lines ring together.
const LENGTHS: [f32; LANES] = [1409.0, 1693.0, 2027.0, 2333.0, 2711.0, 3119.0, 3499.0, 3931.0];
/// Of the diffusers, likewise.
const DIFFUSERS: [f32; 4] = [113.0, 167.0, 277.0, 379.0];
/// How far the wandering lines go at 48 kHz.
const WANDER: f32 = 9.0;
/// First reflections: milliseconds, gain left, gain right.
const EARLY: [(f32, f32, f32); 6] = [
    (11.0, 0.34, 0.10),
    (15.3, 0.08, 0.31),
    (21.7, 0.24, 0.18),
    (27.1, 0.13, 0.25),
    (34.9, 0.2, 0.12),
    (41.3, 0.1, 0.19),
];

/// The reverb that channels send to (controller 91).
#[derive(Debug)]
pub(crate) struct Reverb {
    pre: [DelayLine<16_384>; 2],
    pre_frames: usize,
    early: [(usize, f32, f32); 6],
    diffusers: [[DelayLine<2048>; 2]; 2],
    diffuser_frames: [[usize; 2]; 2],
    /// All eight lines as one ring, whose length is a power of two.
    lines: Box<[[f32; LANES]]>,
    at: usize,
    lengths: [usize; LANES],
    gains: [f32; LANES],
    damping: f32,
    memory: [f32; LANES],
    rumble: [f32; 2],
    rumble_share: f32,
    phase: u32,
    step: u32,
    wander: f32,
}

impl Reverb {
    /// `decay_s` is the time to 60 dB of the middle; the highs die in about half of it.
    pub(crate) fn new(sample_rate_hz: f32, decay_s: f32) -> Self {
        let scale = sample_rate_hz / 48_000.0;
        let lengths = LENGTHS.map(|length| (length * scale) as usize);
        let longest = lengths[LANES - 1] + (WANDER * scale) as usize + 8;
        let frames = DIFFUSERS.map(|length| (length * scale) as usize);
        Self {
            pre: [DelayLine::new(), DelayLine::new()],
            pre_frames: (0.012 * sample_rate_hz) as usize,
            early: EARLY.map(|(ms, left, right)| ((ms * 0.001 * sample_rate_hz) as usize, left, right)),
            diffusers: [[DelayLine::new(), DelayLine::new()], [DelayLine::new(), DelayLine::new()]],
            diffuser_frames: [[frames[0], frames[1]], [frames[2], frames[3]]],
            lines: vec![[0.0; LANES]; longest.next_power_of_two()].into_boxed_slice(),
            at: 0,
            lengths,
            gains: lengths.map(|length| 10.0_f32.powf(-3.0 * length as f32 / (sample_rate_hz * decay_s))),
            damping: (-std::f32::consts::TAU * 5200.0 / sample_rate_hz).exp(),
            memory: [0.0; LANES],
            rumble: [0.0; 2],
            rumble_share: 1.0 - (-std::f32::consts::TAU * 160.0 / sample_rate_hz).exp(),
            phase: 0,
            step: step_of(0.31, f64::from(sample_rate_hz)),
            wander: WANDER * scale,
        }
    }

    pub(crate) fn reset(&mut self) {
        self.pre.iter_mut().for_each(DelayLine::clear);
        self.diffusers.as_flattened_mut().iter_mut().for_each(DelayLine::clear);
        self.lines.fill([0.0; LANES]);
        self.at = 0;
        self.memory = [0.0; LANES];
        self.rumble = [0.0; 2];
        self.phase = 0;
    }

    #[inline]
    pub(crate) fn step(&mut self, left: f32, right: f32) -> (f32, f32) {
        // Bass in a reverb is mud.
        self.rumble[0] += (left - self.rumble[0]) * self.rumble_share;
        self.rumble[1] += (right - self.rumble[1]) * self.rumble_share;
        // A hair of direct current keeps the tail from becoming denormal, and is far below hearing.
        self.pre[0].push(left - self.rumble[0] + 1e-18);
        self.pre[1].push(right - self.rumble[1] + 1e-18);
        let mut out = (0.0, 0.0);
        for &(frames, gain_left, gain_right) in &self.early {
            let (a, b) = (self.pre[0].tap(frames), self.pre[1].tap(frames));
            out.0 += a * gain_left + b * gain_right * 0.5;
            out.1 += b * gain_left + a * gain_right * 0.5;
        }
        let mut input = [self.pre[0].tap(self.pre_frames), self.pre[1].tap(self.pre_frames)];
        for (side, x) in input.iter_mut().enumerate() {
            for (line, &frames) in self.diffusers[side].iter_mut().zip(&self.diffuser_frames[side]) {
                let delayed = line.tap(frames - 1);
                let fed = *x - 0.62 * delayed;
                line.push(fed);
                *x = delayed + 0.62 * fed;
            }
        }

        self.phase = self.phase.wrapping_add(self.step);
        let swings = [sine(self.phase) * self.wander, sine(self.phase.wrapping_add(1 << 30)) * self.wander];
        let mask = self.lines.len() - 1;
        let mut heard = [0.0_f32; LANES];
        for lane in 0..LANES {
            heard[lane] = self.lines[self.at.wrapping_sub(self.lengths[lane] - 1) & mask][lane];
        }
        // Two of the lines wander a little, so that the tail does not ring like metal.
        for (lane, swing) in [(2, swings[0]), (5, swings[1])] {
            let delay = self.lengths[lane] as f32 - 1.0 + swing;
            let whole = delay as usize;
            let y = [1, 0, -1, -2]
                .map(|by: isize| self.lines[self.at.wrapping_sub(whole).wrapping_add_signed(by) & mask][lane]);
            heard[lane] = cubic(y, delay - whole as f32);
        }
        let mut v = [0.0_f32; LANES];
        for lane in 0..LANES {
            self.memory[lane] = heard[lane] + (self.memory[lane] - heard[lane]) * self.damping;
            v[lane] = self.memory[lane] * self.gains[lane];
        }
        out.0 += 0.5 * (v[0] - v[2] + v[4] - v[6]);
        out.1 += 0.5 * (v[1] - v[3] + v[5] - v[7]);
        // Hadamard: each line hears all, and no energy is made or lost.
        for half in [1, 2, 4] {
            for low in 0..LANES {
                if low & half == 0 {
                    let (a, b) = (v[low], v[low | half]);
                    v[low] = a + b;
                    v[low | half] = a - b;
                }
            }
        }
        const NORM: f32 = 0.353_553_4;
        self.at = (self.at + 1) & mask;
        for lane in 0..LANES {
            v[lane] = v[lane] * NORM + input[lane % 2] * 0.5;
        }
        self.lines[self.at] = v;
        out
    }
}
