//! The last thing before the speakers: never above the ceiling, not even between samples.

use crate::dsp::peaks::{PHASES, STEEPEST, TAPS, between_samples};

/// A limiter that sees peaks before they come.
#[derive(Debug)]
pub(crate) struct Limiter {
    ceiling: f32,
    filters: [[f32; TAPS]; PHASES - 1],
    /// The last samples of each side, written twice so that every window lies in one piece.
    history: [[f32; 2 * TAPS]; 2],
    newest: usize,
    /// For so many frames the history holds something loud.
    loud_frames: usize,
    delay: Box<[[f32; 2]]>,
    at: usize,
    /// Least gain of the window, by the descending queue of D. Lemire, "Streaming Maximum-Minimum Filter" (2006).
    queue: Box<[(u64, f32)]>,
    front: usize,
    length: usize,
    /// A running mean over the window turns the steps of the least gain into ramps that arrive in time.
    held: Box<[f32]>,
    sum: f64,
    slot: usize,
    clock: u64,
    window: usize,
    envelope: f32,
    release: f32,
    /// For so many frames nothing was held down.
    open_frames: usize,
}

impl Limiter {
    pub(crate) fn new(sample_rate_hz: f32, ceiling_db: f32) -> Self {
        // 1.5 ms: short enough to play through, long enough for a ramp that is not heard.
        let window = (0.0015 * sample_rate_hz).round() as usize;
        let mut limiter = Self {
            ceiling: 10.0_f32.powf(ceiling_db / 20.0),
            filters: between_samples(),
            history: [[0.0; 2 * TAPS]; 2],
            newest: 0,
            loud_frames: 0,
            delay: vec![[0.0; 2]; window + TAPS / 2].into_boxed_slice(),
            at: 0,
            queue: vec![(0, 1.0); window + TAPS + 2].into_boxed_slice(),
            front: 0,
            length: 0,
            held: vec![1.0; window].into_boxed_slice(),
            sum: 0.0,
            slot: 0,
            clock: 0,
            window,
            envelope: 1.0,
            release: 1.0 - (-1.0 / (0.08 * sample_rate_hz)).exp(),
            open_frames: 0,
        };
        limiter.reset();
        limiter
    }

    /// How much later everything leaves than it came.
    pub(crate) fn latency_frames(&self) -> usize {
        self.delay.len()
    }

    pub(crate) fn reset(&mut self) {
        self.history = [[0.0; 2 * TAPS]; 2];
        self.newest = 0;
        self.loud_frames = 0;
        self.delay.fill([0.0; 2]);
        self.at = 0;
        self.front = 0;
        self.length = 0;
        self.held.fill(1.0);
        self.sum = self.window as f64;
        self.slot = 0;
        self.clock = 0;
        self.envelope = 1.0;
        self.open_frames = 0;
    }

    #[inline]
    pub(crate) fn step(&mut self, frame: [f32; 2]) -> [f32; 2] {
        let peak = self.peak(frame);
        let wanted = if peak > self.ceiling { self.ceiling / peak } else { 1.0 };
        if wanted < 1.0 || self.envelope < 1.0 {
            self.open_frames = 0;
        }
        if self.open_frames > self.window + TAPS {
            // Nothing but ones in the queue and in the mean for long: the gain is one.
            return self.delayed(frame);
        }
        self.open_frames += 1;
        if self.open_frames > self.window + TAPS {
            // So that what rounding has added up is forgotten, and the queue begins anew.
            self.sum = self.window as f64;
            self.length = 0;
            return self.delayed(frame);
        }
        let least = self.least(wanted);
        // Down at once, up slowly; then the mean over the window.
        self.envelope = if least < self.envelope {
            least
        } else {
            // The last ten-thousandth in a straight line: too small a share of it is lost to rounding.
            (self.envelope + ((least - self.envelope) * self.release).max(1e-7)).min(least)
        };
        let slot = self.slot;
        self.slot = if slot + 1 == self.window { 0 } else { slot + 1 };
        self.sum += f64::from(self.envelope) - f64::from(self.held[slot]);
        self.held[slot] = self.envelope;
        self.clock += 1;
        let gain = ((self.sum / self.window as f64) as f32).min(1.0);

        let [left, right] = self.delayed(frame);
        [left * gain, right * gain]
    }

    #[inline]
    fn delayed(&mut self, frame: [f32; 2]) -> [f32; 2] {
        let out = std::mem::replace(&mut self.delay[self.at], frame);
        self.at = if self.at + 1 == self.delay.len() { 0 } else { self.at + 1 };
        out
    }

    /// The largest value at the newest sample, or between those around the middle of the history.
    #[inline]
    fn peak(&mut self, frame: [f32; 2]) -> f32 {
        self.newest = if self.newest == 0 { TAPS - 1 } else { self.newest - 1 };
        for (history, x) in self.history.iter_mut().zip(frame) {
            history[self.newest] = x;
            history[self.newest + TAPS] = x;
        }
        let loudest = if frame[0].abs() > frame[1].abs() { frame[0].abs() } else { frame[1].abs() };
        // Where even the steepest interpolation stays below the ceiling there is nothing to work out.
        if loudest > self.ceiling / STEEPEST {
            self.loud_frames = TAPS;
        }
        if self.loud_frames == 0 {
            return loudest;
        }
        self.loud_frames -= 1;
        let mut peak = loudest;
        for history in &self.history {
            let window = &history[self.newest..self.newest + TAPS];
            for filter in &self.filters {
                let mut sums = [0.0_f32; 4];
                for tap in 0..TAPS {
                    sums[tap % 4] += window[tap] * filter[tap];
                }
                let between = ((sums[0] + sums[2]) + (sums[1] + sums[3])).abs();
                if between > peak {
                    peak = between;
                }
            }
        }
        peak
    }

    /// The least of the last `window` values.
    #[inline]
    fn least(&mut self, value: f32) -> f32 {
        let size = self.queue.len();
        let wrap = |place: usize| if place >= size { place - size } else { place };
        while self.length > 0 && self.queue[wrap(self.front + self.length - 1)].1 >= value {
            self.length -= 1;
        }
        self.queue[wrap(self.front + self.length)] = (self.clock, value);
        self.length += 1;
        // Longer than the mean's window: a peak between samples is seen late.
        if self.queue[self.front].0 + (self.window + TAPS) as u64 <= self.clock {
            self.front = wrap(self.front + 1);
            self.length -= 1;
        }
        self.queue[self.front].1
    }
}
