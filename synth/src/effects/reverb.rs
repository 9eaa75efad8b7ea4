//! A room: eight delays that feed each other (J.-M. Jot and A. Chaigne, "Digital Delay Networks for Designing
//! Artificial Reverberators", AES 1991), behind four all-pass diffusers.

use crate::dsp::delay::{DelayLine, between, each_run};
use crate::dsp::sine::{sine, step_of};
use crate::dsp::{LANES, MAX_SEGMENT, wide};

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

/// Left and right of a segment.
type Sides = [[f32; MAX_SEGMENT]; 2];

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

wide!(fn add<'a>(reverb: &'a mut Reverb, frames: usize, input: &'a mut Sides, out: &'a mut Sides) = Reverb::add);

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

    /// Adds the reverb of `input` to `out`; `input` is used up. At most as many frames as the shortest delay has.
    pub(crate) fn process(&mut self, frames: usize, input: &mut Sides, out: &mut Sides) {
        add(self, frames, input, out);
    }

    #[inline(always)]
    fn add(&mut self, frames: usize, input: &mut Sides, out: &mut Sides) {
        let (mut rumble, share) = (self.rumble, self.rumble_share);
        for frame in 0..frames {
            for side in 0..2 {
                let x = input[side][frame];
                // Bass in a reverb is mud.
                rumble[side] = rumble[side] * (1.0 - share) + x * share;
                // A hair of direct current keeps the tail from becoming denormal, and is far below hearing.
                input[side][frame] = x - rumble[side] + 1e-18;
            }
        }
        self.rumble = rumble;
        for (pre, input) in self.pre.iter_mut().zip(input.iter()) {
            pre.push_all(&input[..frames]);
        }
        self.reflect(frames, out);
        for (side, input) in input.iter_mut().enumerate() {
            let input = &mut input[..frames];
            self.pre[side].read_from(self.pre_frames + frames - 1, input);
            for (line, &length) in self.diffusers[side].iter_mut().zip(&self.diffuser_frames[side]) {
                let mut delayed = [0.0; MAX_SEGMENT];
                let delayed = &mut delayed[..frames];
                line.read_from(length - 1, delayed);
                for (x, delayed) in input.iter_mut().zip(delayed.iter()) {
                    *x -= 0.62 * delayed;
                }
                line.push_all(input);
                for (x, delayed) in input.iter_mut().zip(delayed.iter()) {
                    *x = delayed + 0.62 * *x;
                }
            }
        }
        self.ring(frames, input, out);
    }

    /// Adds the first reflections of the frames that came last.
    #[inline(always)]
    fn reflect(&self, frames: usize, out: &mut Sides) {
        for &(delay, near, far) in &self.early {
            let mut heard = [[0.0; MAX_SEGMENT]; 2];
            for (line, heard) in self.pre.iter().zip(&mut heard) {
                line.read_from(delay + frames - 1, &mut heard[..frames]);
            }
            for frame in 0..frames {
                let (left, right) = (heard[0][frame], heard[1][frame]);
                out[0][frame] += left * near + right * far * 0.5;
                out[1][frame] += right * near + left * far * 0.5;
            }
        }
    }

    /// The lines that feed each other.
    #[inline(always)]
    fn ring(&mut self, frames: usize, input: &Sides, out: &mut Sides) {
        // All that is read was written before this segment: the delays are longer.
        let mut heard = [[0.0_f32; LANES]; MAX_SEGMENT];
        self.listen(&mut heard[..frames]);
        let mask = self.lines.len() - 1;
        let (mut memory, gains, damping) = (self.memory, self.gains, self.damping);
        for (frame, heard) in heard[..frames].iter().enumerate() {
            let mut v = [0.0_f32; LANES];
            for lane in 0..LANES {
                memory[lane] = heard[lane] * (1.0 - damping) + memory[lane] * damping;
                v[lane] = memory[lane] * gains[lane];
            }
            out[0][frame] += 0.5 * (v[0] - v[2] + v[4] - v[6]);
            out[1][frame] += 0.5 * (v[1] - v[3] + v[5] - v[7]);
            // Hadamard: each line hears all, and no energy is made or lost.
            for half in [1, 2, 4] {
                let last = v;
                for lane in 0..LANES {
                    let other = last[lane ^ half];
                    v[lane] = if lane & half == 0 { last[lane] + other } else { other - last[lane] };
                }
            }
            const NORM: f32 = 0.353_553_4;
            let fed = [0.5 * input[0][frame], 0.5 * input[1][frame]];
            self.at = (self.at + 1) & mask;
            for lane in 0..LANES {
                v[lane] = v[lane] * NORM + fed[lane % 2];
            }
            self.lines[self.at] = v;
        }
        self.memory = memory;
    }

    /// What the lines give in the next frames.
    #[inline(always)]
    fn listen(&mut self, heard: &mut [[f32; LANES]]) {
        let mask = self.lines.len() - 1;
        for lane in 0..LANES {
            let mut at = self.at.wrapping_sub(self.lengths[lane] - 1);
            for heard in heard.iter_mut() {
                heard[lane] = self.lines[at & mask][lane];
                at = at.wrapping_add(1);
            }
        }
        // Two of the lines wander a little, so that the tail does not ring like metal.
        for (lane, turn) in [(2, 0), (5, 1 << 30)] {
            let mut delays = [0.0; MAX_SEGMENT];
            let delays = &mut delays[..heard.len()];
            let length = self.lengths[lane] as f32 - 1.0;
            let mut phase = self.phase.wrapping_add(turn);
            for delay in delays.iter_mut() {
                phase = phase.wrapping_add(self.step);
                *delay = length + sine(phase) * self.wander;
            }
            each_run(delays, |run, whole| {
                let oldest = (self.at + run.start).wrapping_sub(whole as usize + 2);
                let mut samples = [0.0; MAX_SEGMENT + 3];
                let samples = &mut samples[..run.len() + 3];
                for (later, sample) in samples.iter_mut().enumerate() {
                    *sample = self.lines[oldest.wrapping_add(later) & mask][lane];
                }
                let mut out = [0.0; MAX_SEGMENT];
                let out = &mut out[..run.len()];
                between(samples, &delays[run.clone()], whole, out);
                for (heard, out) in heard[run].iter_mut().zip(out.iter()) {
                    heard[lane] = *out;
                }
            });
        }
        self.phase = self.phase.wrapping_add(self.step.wrapping_mul(heard.len() as u32));
    }
}
