//! What moves: rotary loudspeaker, string ensemble, tremolo.

use crate::dsp::delay::DelayLine;
use crate::dsp::sine::{sine, step_of};
use crate::dsp::svf::{Svf, SvfCoefficients};
use crate::dsp::{MAX_SEGMENT, approach, wide};
use crate::engines::Clock;

/// How a sound moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Motion {
    /// It stands still.
    None,
    /// A turning horn and drum; the modulation wheel makes them fast.
    Rotary,
    /// Many players: delays that wander, three to a side.
    Ensemble {
        /// Of the wandering copies beside the straight sound.
        mix: f32,
        /// How far they wander.
        depth_ms: f32,
    },
    /// From side to side.
    Sway {
        /// How often.
        hz: f32,
        /// `0..=1`.
        depth: f32,
    },
}

/// Room for 21 ms at 192 kHz: more than the deepest ensemble.
const ROOM: usize = 4096;

/// A motion at work.
#[derive(Debug)]
pub(crate) struct MotionUnit {
    motion: Motion,
    rate: f32,
    lines: [DelayLine<ROOM>; 2],
    phase: u32,
    second_phase: u32,
    /// Turns a second of horn and drum.
    speeds: [f32; 2],
    steps: [u32; 2],
    crossover: Svf,
    crossover_coefficients: SvfCoefficients,
    /// Where the six players of an ensemble stood at the last tick, and how fast they move.
    taps: [f32; 6],
    tap_slopes: [f32; 6],
    tap_targets: [f32; 6],
    frames_since_tick: i32,
}

/// The line that each player of an ensemble reads, and its place in the turn.
const PLAYERS: [(usize, u32); 6] = [
    (0, 0),
    (0, THIRD),
    (1, (THIRD / 2).wrapping_add(2 * THIRD)),
    (1, THIRD / 2),
    (1, THIRD / 2 + THIRD),
    (0, 2 * THIRD),
];
const THIRD: u32 = 0x5555_5555;

wide!(fn shake<'a>(unit: &'a mut MotionUnit, left: &'a mut [f32], right: &'a mut [f32]) = MotionUnit::shake);

impl MotionUnit {
    pub(crate) fn new(clock: &Clock) -> Self {
        Self {
            motion: Motion::None,
            rate: clock.sample_rate_hz,
            lines: [DelayLine::new(), DelayLine::new()],
            phase: 0,
            second_phase: 0,
            speeds: [0.8, 0.7],
            steps: [0; 2],
            crossover: Svf::default(),
            crossover_coefficients: SvfCoefficients::new(700.0, 0.6, clock.sample_rate_hz),
            taps: [0.0; 6],
            tap_slopes: [0.0; 6],
            tap_targets: [0.0; 6],
            frames_since_tick: 0,
        }
    }

    pub(crate) fn set(&mut self, motion: Motion) {
        self.motion = motion;
        self.steps = [0; 2];
        self.clear();
    }

    pub(crate) fn reset(&mut self) {
        self.motion = Motion::None;
        self.speeds = [0.8, 0.7];
        self.clear();
    }

    /// Forgets the sound and begins the movement anew, so that it depends only on when the strip woke.
    pub(crate) fn clear(&mut self) {
        if self.motion != Motion::None {
            for line in &mut self.lines {
                line.clear();
            }
        }
        self.phase = 0;
        self.second_phase = 0;
        self.crossover = Svf::default();
        self.tap_targets = [0.0; 6];
        if let Motion::Ensemble { depth_ms, .. } = self.motion {
            // Until the next tick they stand still.
            self.move_players(depth_ms, 1);
            (self.taps, self.tap_slopes) = (self.tap_targets, [0.0; 6]);
        }
    }

    pub(crate) fn control(&mut self, is_fast: bool, frames: usize) {
        let rates_hz = match self.motion {
            Motion::None => return,
            Motion::Rotary => {
                // Horns pick up speed in a second, the heavy drum in four.
                let step_s = frames as f32 / self.rate;
                let wanted = if is_fast { [6.8, 5.9] } else { [0.8, 0.7] };
                for ((speed, wanted), tau_s) in self.speeds.iter_mut().zip(wanted).zip([0.35, 1.3]) {
                    *speed += (wanted - *speed) * approach(step_s, tau_s);
                }
                self.speeds
            }
            Motion::Ensemble { depth_ms, .. } => {
                self.move_players(depth_ms, frames);
                return;
            }
            Motion::Sway { hz, .. } => [hz, hz],
        };
        self.steps = rates_hz.map(|hz| step_of(f64::from(hz), f64::from(self.rate)));
        self.crossover.flush();
    }

    pub(crate) fn process(&mut self, left: &mut [f32], right: &mut [f32]) {
        if self.motion != Motion::None {
            shake(self, left, right);
        }
    }

    #[inline(always)]
    fn shake(&mut self, left: &mut [f32], right: &mut [f32]) {
        match self.motion {
            Motion::None => {}
            Motion::Rotary => self.rotary(left, right),
            Motion::Ensemble { mix, .. } => self.ensemble(left, right, mix),
            Motion::Sway { depth, .. } => {
                for (left, right) in left.iter_mut().zip(right) {
                    let swing = sine(self.phase) * depth;
                    self.phase = self.phase.wrapping_add(self.steps[0]);
                    *left *= 1.0 + swing;
                    *right *= 1.0 - swing;
                }
            }
        }
    }

    #[inline(always)]
    fn rotary(&mut self, left: &mut [f32], right: &mut [f32]) {
        const QUARTER: u32 = 1 << 30;
        let frames = left.len();
        let centre = 0.0012 * self.rate;
        let reach = 0.00035 * self.rate;
        let (mut high, mut low) = ([0.0; MAX_SEGMENT], [0.0; MAX_SEGMENT]);
        for (frame, (left, right)) in left.iter().zip(right.iter()).enumerate() {
            let split = self.crossover.step(0.5 * (*left + *right), &self.crossover_coefficients);
            (high[frame], low[frame]) = (split.high + split.band, split.low);
        }
        self.lines[0].push_all(&high[..frames]);
        // The microphones stand a quarter turn apart; what comes closer is higher, louder.
        for (side, turn) in [(left, 0), (right, QUARTER)] {
            let (mut near, mut delays, mut horn) = ([0.0; MAX_SEGMENT], [0.0; MAX_SEGMENT], [0.0; MAX_SEGMENT]);
            let mut phase = self.phase.wrapping_add(turn);
            for (near, delay) in near[..frames].iter_mut().zip(&mut delays) {
                phase = phase.wrapping_add(self.steps[0]);
                *near = sine(phase);
                *delay = centre - reach * *near;
            }
            self.lines[0].taps_between(&delays[..frames], &mut horn[..frames]);
            let mut phase = self.second_phase.wrapping_add(turn);
            for (frame, out) in side.iter_mut().enumerate() {
                phase = phase.wrapping_add(self.steps[1]);
                *out = horn[frame] * (0.75 + 0.25 * near[frame]) + low[frame] * (0.85 + 0.15 * sine(phase));
            }
        }
        self.phase = self.phase.wrapping_add(self.steps[0].wrapping_mul(frames as u32));
        self.second_phase = self.second_phase.wrapping_add(self.steps[1].wrapping_mul(frames as u32));
    }

    /// Two slow waves move each player: to where in `frames`?
    fn move_players(&mut self, depth_ms: f32, frames: usize) {
        let step = |hz: f32| step_of(f64::from(hz * frames as f32), f64::from(self.rate));
        self.phase = self.phase.wrapping_add(step(0.63));
        self.second_phase = self.second_phase.wrapping_add(step(5.7));
        let slow = depth_ms * 0.001 * self.rate;
        let fast = slow * 0.08;
        let centre = 0.002 * self.rate + slow + fast;
        self.frames_since_tick = 0;
        for (player, (_, turn)) in PLAYERS.into_iter().enumerate() {
            let target =
                centre + slow * sine(self.phase.wrapping_add(turn)) + fast * sine(self.second_phase.wrapping_add(turn));
            let current = if self.tap_targets[player] == 0.0 { target } else { self.tap_targets[player] };
            self.taps[player] = current;
            self.tap_slopes[player] = (target - current) / frames as f32;
            self.tap_targets[player] = target;
        }
    }

    #[inline(always)]
    fn ensemble(&mut self, left: &mut [f32], right: &mut [f32], mix: f32) {
        let frames = left.len();
        let straight = (1.0 - mix).max(0.3);
        let wet = 0.6 * mix;
        self.lines[0].push_all(left);
        self.lines[1].push_all(right);
        let (mut delays, mut heard) = ([0.0; MAX_SEGMENT], [0.0; MAX_SEGMENT]);
        let (delays, heard) = (&mut delays[..frames], &mut heard[..frames]);
        for (side, first) in [(left, 0), (right, 3)] {
            side.iter_mut().for_each(|x| *x *= straight);
            // The third of each side stands on the other, and farther off.
            for (player, gain) in (first..first + 3).zip([wet, wet, 0.5 * wet]) {
                let (tap, slope) = (self.taps[player], self.tap_slopes[player]);
                for (frame, delay) in delays.iter_mut().enumerate() {
                    *delay = tap + slope * (self.frames_since_tick + frame as i32 + 1) as f32;
                }
                self.lines[PLAYERS[player].0].taps_between(delays, heard);
                for (x, heard) in side.iter_mut().zip(heard.iter()) {
                    *x += gain * heard;
                }
            }
        }
        self.frames_since_tick += frames as i32;
    }
}
