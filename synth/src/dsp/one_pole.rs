//! The simplest low-pass, fast: `y[n] = (1 - p) x[n] + p y[n - 1]`.

use super::MAX_SEGMENT;

/// How far back its formula looks.
const AHEAD: usize = 4;

/// A low-pass with one pole, which waits for its fourth last output instead of its last: so that four outputs can be
/// worked out at once (look-ahead, K. Parhi and D. Messerschmitt 1989).
///
/// `y[n] = p^4 y[n - 4] + (1 - p) (x[n] + p x[n - 1] + p^2 x[n - 2] + p^3 x[n - 3])`, for every `n` the same: blocks may
/// be cut anywhere.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OnePole {
    pole: f32,
    /// The last outputs, oldest first ...
    outputs: [f32; AHEAD],
    /// ... and the inputs.
    inputs: [f32; AHEAD - 1],
}

impl OnePole {
    pub(crate) fn new(pole: f32) -> Self {
        Self { pole, outputs: [0.0; AHEAD], inputs: [0.0; AHEAD - 1] }
    }

    pub(crate) fn pole(&self) -> f32 {
        self.pole
    }

    /// Forgets what is too small to hear before it becomes denormal and slow.
    pub(crate) fn flush(&mut self) {
        for x in self.outputs.iter_mut().chain(&mut self.inputs) {
            *x = if x.abs() < 1e-15 { 0.0 } else { *x };
        }
    }

    /// Replaces inputs by outputs, at most a segment.
    #[inline(always)]
    pub(crate) fn process(&mut self, samples: &mut [f32]) {
        let frames = samples.len();
        let (p, b) = (self.pole, 1.0 - self.pole);
        let weights = [b * p * p * p, b * p * p, b * p, b];
        let p4 = (p * p) * (p * p);
        let mut inputs = [0.0; MAX_SEGMENT + AHEAD - 1];
        inputs[..AHEAD - 1].copy_from_slice(&self.inputs);
        inputs[AHEAD - 1..][..frames].copy_from_slice(samples);
        for (x, recent) in samples.iter_mut().zip(inputs.windows(AHEAD)) {
            *x = (recent[0] * weights[0] + recent[1] * weights[1]) + (recent[2] * weights[2] + recent[3] * weights[3]);
        }
        self.inputs.copy_from_slice(&inputs[frames..][..AHEAD - 1]);
        let mut last = self.outputs;
        let (groups, rest) = samples.as_chunks_mut::<AHEAD>();
        for group in groups {
            for lane in 0..AHEAD {
                last[lane] = group[lane] + p4 * last[lane];
            }
            *group = last;
        }
        for x in rest.iter_mut() {
            *x += p4 * last[0];
            last.rotate_left(1);
            last[AHEAD - 1] = *x;
        }
        self.outputs = last;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_low_pass_however_blocks_are_cut() {
        let noise = |n: usize| ((n * 7919) % 1009) as f32 / 1009.0 - 0.5;
        let (mut whole, mut cut) = (OnePole::new(0.9), OnePole::new(0.9));
        let (mut samples, mut pieces) = ([0.0; 120], [0.0; 120]);
        let mut y = 0.0;
        for (n, (sample, piece)) in samples.iter_mut().zip(&mut pieces).enumerate() {
            (*sample, *piece) = (noise(n), noise(n));
        }
        whole.process(&mut samples);
        let mut rest = &mut pieces[..];
        for length in [1, 2, 3, 5, 4, 50, 55] {
            let (now, later) = rest.split_at_mut(length);
            cut.process(now);
            rest = later;
        }
        for (n, sample) in samples.iter().enumerate() {
            y = 0.1 * noise(n) + 0.9 * y;
            assert!((sample - y).abs() < 1e-6, "{n}: {sample} is not {y}");
        }
        assert_eq!(samples.map(f32::to_bits), pieces.map(f32::to_bits));
    }
}
