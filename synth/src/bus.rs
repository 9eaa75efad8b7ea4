//! Where the voices of a channel meet: body, amplifier, cabinet; then volume, pan and the sends to the effects.

use crate::dsp::{MAX_SEGMENT, approach};
use crate::effects::insert::{Insert, InsertUnit};
use crate::engines::Clock;
use crate::presets::Preset;

/// What the voices of a segment add to.
#[derive(Debug, Clone)]
pub(crate) struct BusInput {
    pub(crate) left: [f32; MAX_SEGMENT],
    pub(crate) right: [f32; MAX_SEGMENT],
    is_used: bool,
}

/// The inputs of all buses.
#[derive(Debug)]
pub(crate) struct Buses {
    inputs: Vec<BusInput>,
}

impl Buses {
    pub(crate) fn new(count: usize) -> Self {
        let silent = BusInput { left: [0.0; MAX_SEGMENT], right: [0.0; MAX_SEGMENT], is_used: false };
        Self { inputs: vec![silent; count] }
    }

    pub(crate) fn clear(&mut self) {
        for input in &mut self.inputs {
            input.left.fill(0.0);
            input.right.fill(0.0);
            input.is_used = false;
        }
    }

    /// Where to add for a bus.
    #[inline]
    pub(crate) fn input(&mut self, bus: usize) -> &mut BusInput {
        let input = &mut self.inputs[bus];
        input.is_used = true;
        input
    }

    /// Left (0) or right (1) of a bus.
    #[inline]
    pub(crate) fn side(&mut self, bus: usize, side: usize) -> &mut [f32; MAX_SEGMENT] {
        let input = &mut self.inputs[bus];
        if side == 0 { &mut input.left } else { &mut input.right }
    }
}

/// What a channel asks of its bus.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct BusTargets {
    pub(crate) left: f32,
    pub(crate) right: f32,
    pub(crate) reverb: f32,
    pub(crate) chorus: f32,
    /// Fast or slow, for what turns.
    pub(crate) is_fast: bool,
}

/// The sums of a segment.
#[derive(Debug, Clone)]
pub(crate) struct Mix {
    pub(crate) dry: [[f32; MAX_SEGMENT]; 2],
    pub(crate) reverb: [[f32; MAX_SEGMENT]; 2],
    pub(crate) chorus: [[f32; MAX_SEGMENT]; 2],
}

impl Mix {
    pub(crate) fn new() -> Self {
        let silent = [[0.0; MAX_SEGMENT]; 2];
        Self { dry: silent, reverb: silent, chorus: silent }
    }

    pub(crate) fn clear(&mut self, frames: usize) {
        for channel in self.dry.iter_mut().chain(&mut self.reverb).chain(&mut self.chorus) {
            channel[..frames].fill(0.0);
        }
    }
}

/// A gain that moves to its target without a step.
#[derive(Debug, Clone, Copy, Default)]
struct Glide {
    value: f32,
    slope: f32,
    /// The target of the first of two smoothers in a row: the gain starts and ends its way gently.
    lead: f32,
    reached: f32,
}

impl Glide {
    fn snap(&mut self, target: f32) {
        *self = Self { value: target, slope: 0.0, lead: target, reached: target };
    }

    fn aim(&mut self, target: f32, share: f32, frames: usize) {
        self.value = self.reached;
        self.lead += (target - self.lead) * share;
        let mut next = self.reached + (self.lead - self.reached) * share;
        if (next - target).abs() < 1e-6 {
            next = target;
        }
        self.slope = (next - self.value) / frames as f32;
        self.reached = next;
    }

    fn is_still(&self) -> bool {
        self.slope == 0.0
    }

    #[inline]
    fn next(&mut self) -> f32 {
        self.value += self.slope;
        self.value
    }
}

/// One strip of the mixing desk.
#[derive(Debug)]
pub(crate) struct Bus {
    insert: InsertUnit,
    gains: [Glide; 4],
    /// Control ticks until the strip may rest.
    ticks_left: u32,
    share: f32,
    hold_ticks: u32,
    /// Whether no preset has set it up yet.
    is_new: bool,
    /// How often it was woken or set up: its filters begin anew each time.
    wakings: u32,
    /// Of the preset, after its insert.
    level: f32,
    reverb: f32,
    /// Whether its voices all stand in the middle.
    is_mono: bool,
}

/// Time constant of each of the two smoothers of a gain.
const GLIDE_S: f32 = 0.004;
/// How long a strip goes on after its last voice, for its delays and resonances.
const HOLD_S: f32 = 0.7;

impl Bus {
    pub(crate) fn new(clock: &Clock) -> Self {
        let tick_s = clock.seconds(clock.control_frames);
        Self {
            insert: InsertUnit::new(clock),
            gains: [Glide::default(); 4],
            ticks_left: 0,
            share: approach(tick_s, GLIDE_S),
            hold_ticks: (HOLD_S / tick_s) as u32,
            is_new: true,
            wakings: 0,
            level: 1.0,
            reverb: 1.0,
            is_mono: false,
        }
    }

    /// Sets the strip up for a preset: its insert, its level and its send to the reverb.
    pub(crate) fn set_up(&mut self, preset: &'static Preset, level: f32) {
        self.insert.set(&preset.insert);
        self.level = level;
        self.reverb = preset.reverb;
        self.is_mono = preset.is_mono();
        self.is_new = false;
        self.wakings = self.wakings.wrapping_add(1);
    }

    pub(crate) fn wakings(&self) -> u32 {
        self.wakings
    }

    pub(crate) fn insert(&self) -> &'static Insert {
        self.insert.insert()
    }

    pub(crate) fn is_mono(&self) -> bool {
        self.is_mono
    }

    pub(crate) fn is_new(&self) -> bool {
        self.is_new
    }

    pub(crate) fn reset(&mut self) {
        self.insert.reset();
        self.gains = [Glide::default(); 4];
        self.ticks_left = 0;
        self.is_new = true;
    }

    /// Wakes the strip for a voice.
    pub(crate) fn wake(&mut self, targets: &BusTargets) {
        if self.ticks_left == 0 {
            for (gain, target) in self.gains.iter_mut().zip(targets.gains(self.level, self.reverb)) {
                gain.snap(target);
            }
            self.insert.wake();
            self.wakings = self.wakings.wrapping_add(1);
        }
        self.ticks_left = self.hold_ticks;
    }

    pub(crate) fn sends_to_chorus(&self) -> bool {
        !self.is_resting() && (self.gains[3].reached > 0.0 || self.gains[3].value > 0.0)
    }

    pub(crate) fn is_resting(&self) -> bool {
        self.ticks_left == 0
    }

    pub(crate) fn control(&mut self, targets: &BusTargets, has_voices: bool, frames: usize) {
        self.ticks_left = if has_voices { self.hold_ticks } else { self.ticks_left.saturating_sub(1) };
        for (gain, target) in self.gains.iter_mut().zip(targets.gains(self.level, self.reverb)) {
            gain.aim(target, self.share, frames);
        }
        self.insert.control(targets.is_fast, frames);
    }

    /// What happens to the input before the filters.
    pub(crate) fn amplify(&mut self, index: usize, buses: &mut Buses, frames: usize) {
        if !self.is_resting() {
            let BusInput { left, right, .. } = &mut buses.inputs[index];
            self.insert.amplify(&mut left[..frames], &mut right[..frames]);
        }
    }

    /// Adds `frames` of its filtered input to the mix, and empties the input.
    pub(crate) fn render(&mut self, index: usize, buses: &mut Buses, mix: &mut Mix, frames: usize) {
        let input = &mut buses.inputs[index];
        if self.is_resting() {
            if std::mem::take(&mut input.is_used) {
                input.left.fill(0.0);
                input.right.fill(0.0);
            }
            return;
        }
        let (left, right) = (&mut input.left[..frames], &mut input.right[..frames]);
        self.insert.shake(left, right);
        if self.gains.iter().all(Glide::is_still) {
            let [gain_left, gain_right, reverb, chorus] = self.gains.map(|gain| gain.value);
            scale(left, gain_left);
            scale(right, gain_right);
            add([&*left, &*right], 1.0, &mut mix.dry);
            if reverb != 0.0 {
                add([&*left, &*right], reverb, &mut mix.reverb);
            }
            if chorus != 0.0 {
                add([&*left, &*right], chorus, &mut mix.chorus);
            }
        } else {
            self.glide([left, right], mix);
        }
        left.fill(0.0);
        right.fill(0.0);
        input.is_used = false;
    }

    /// Adds a segment to the mix while a gain moves.
    fn glide(&mut self, [left, right]: [&[f32]; 2], mix: &mut Mix) {
        let [gain_left, gain_right, reverb, chorus] = &mut self.gains;
        for frame in 0..left.len() {
            let l = left[frame] * gain_left.next();
            let r = right[frame] * gain_right.next();
            mix.dry[0][frame] += l;
            mix.dry[1][frame] += r;
            let send = reverb.next();
            mix.reverb[0][frame] += l * send;
            mix.reverb[1][frame] += r * send;
            let send = chorus.next();
            mix.chorus[0][frame] += l * send;
            mix.chorus[1][frame] += r * send;
        }
    }
}

fn scale(samples: &mut [f32], gain: f32) {
    for sample in samples {
        *sample *= gain;
    }
}

fn add(from: [&[f32]; 2], gain: f32, to: &mut [[f32; MAX_SEGMENT]; 2]) {
    for (from, to) in from.into_iter().zip(to) {
        for (from, to) in from.iter().zip(to) {
            *to += from * gain;
        }
    }
}

impl BusTargets {
    fn gains(&self, level: f32, reverb: f32) -> [f32; 4] {
        [self.left * level, self.right * level, self.reverb * reverb, self.chorus]
    }
}
