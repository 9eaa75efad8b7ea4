//! The bodies and cabinets of all strips: filters in a row, eight strips' sides side by side.

use super::insert::{Band, Insert, MAX_BANDS};
use crate::bus::{Bus, Buses};
use crate::dsp::svf::SvfCoefficients;
use crate::dsp::{LANES, Lanes, MAX_SEGMENT, wide};

/// A high-pass and the bells.
const MAX_STAGES: usize = 1 + MAX_BANDS;

/// One filter of each lane: its input and shares of its band and low outputs (see [`step`](crate::dsp::svf::step)).
#[derive(Debug, Clone, Copy, Default)]
struct Stage {
    /// `2 a1 - 1, 2 a2, 2 a3`.
    a: [Lanes; 3],
    /// Half of each share: the outputs are the sums of the states before and after.
    band: Lanes,
    low: Lanes,
    memory: [Lanes; 2],
}

/// One filter.
#[derive(Debug, Clone, Copy, Default)]
struct Filter {
    coefficients: SvfCoefficients,
    band: f32,
    low: f32,
}

impl Filter {
    fn highpass(frequency_hz: f32, sample_rate_hz: f32) -> Self {
        let coefficients = SvfCoefficients::new(frequency_hz, 0.7, sample_rate_hz);
        Self { coefficients, band: -coefficients.k, low: -1.0 }
    }

    /// A bell-shaped boost or cut.
    fn bell(&Band(frequency_hz, q, gain_db): &Band, sample_rate_hz: f32) -> Self {
        let amplitude = 10.0_f32.powf(gain_db / 40.0);
        let coefficients = SvfCoefficients::new(frequency_hz.min(0.45 * sample_rate_hz), q * amplitude, sample_rate_hz);
        Self { coefficients, band: (amplitude * amplitude - 1.0) * coefficients.k, low: 0.0 }
    }
}

/// Whom a lane serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Owner {
    bus: usize,
    side: usize,
    /// Left and right are the same: one lane serves both.
    is_mono: bool,
}

#[derive(Debug, Clone, Copy, Default)]
struct Group {
    owners: [Option<Owner>; LANES],
    lengths: [usize; LANES],
    stages: [Stage; MAX_STAGES],
}

/// The filters of all strips. A strip takes lanes when it wakes, and gives them back when it rests.
#[derive(Debug)]
pub(crate) struct Equalizers {
    sample_rate_hz: f32,
    groups: Vec<Group>,
    /// For which waking of each strip its lanes were taken.
    seated: Vec<Option<u32>>,
    block: Box<[Lanes; MAX_SEGMENT]>,
}

impl Equalizers {
    pub(crate) fn new(sample_rate_hz: f32, strips: usize) -> Self {
        Self {
            sample_rate_hz,
            groups: vec![Group::default(); (2 * strips).div_ceil(LANES)],
            seated: vec![None; strips],
            block: Box::new([[0.0; LANES]; MAX_SEGMENT]),
        }
    }

    pub(crate) fn reset(&mut self) {
        self.groups.fill(Group::default());
        self.seated.fill(None);
    }

    /// Gives lanes to the strips that have woken, and takes them from those that rest.
    pub(crate) fn seat(&mut self, desk: &[Bus]) {
        for (index, bus) in desk.iter().enumerate() {
            let wanted = (!bus.is_resting()).then(|| bus.wakings());
            if wanted == self.seated[index] {
                continue;
            }
            self.seated[index] = wanted;
            self.leave(index);
            if wanted.is_some() {
                self.enter(index, bus.insert(), bus.is_mono());
            }
        }
    }

    fn leave(&mut self, bus: usize) {
        for group in &mut self.groups {
            for lane in 0..LANES {
                if group.owners[lane].is_some_and(|owner| owner.bus == bus) {
                    group.owners[lane] = None;
                    group.set(lane, &[]);
                }
            }
        }
    }

    fn enter(&mut self, bus: usize, insert: &Insert, is_mono: bool) {
        let mut filters = [Filter::default(); MAX_STAGES];
        let mut length = 0;
        if insert.highpass_hz > 0.0 {
            filters[0] = Filter::highpass(insert.highpass_hz, self.sample_rate_hz);
            length = 1;
        }
        for band in insert.bands.iter().take(MAX_BANDS) {
            filters[length] = Filter::bell(band, self.sample_rate_hz);
            length += 1;
        }
        if length == 0 {
            return;
        }
        for side in 0..if is_mono { 1 } else { 2 } {
            let free = self.groups.iter_mut().find_map(|group| {
                let lane = group.owners.iter().position(Option::is_none)?;
                Some((group, lane))
            });
            if let Some((group, lane)) = free {
                group.owners[lane] = Some(Owner { bus, side, is_mono });
                group.set(lane, &filters[..length]);
            }
        }
    }

    /// Forgets what is too small to hear before it becomes denormal and slow.
    pub(crate) fn flush(&mut self) {
        for group in self.groups.iter_mut().filter(|group| group.is_used()) {
            for stage in &mut group.stages {
                for x in stage.memory.as_flattened_mut() {
                    *x = if x.abs() < 1e-15 { 0.0 } else { *x };
                }
            }
        }
    }

    /// Works on the inputs of all strips that have lanes.
    pub(crate) fn process(&mut self, frames: usize, buses: &mut Buses) {
        let block = &mut self.block[..frames];
        for group in self.groups.iter_mut().filter(|group| group.is_used()) {
            for (lane, owner) in group.owners.iter().enumerate() {
                match owner {
                    Some(owner) => {
                        let input = &buses.side(owner.bus, owner.side)[..frames];
                        for (lanes, x) in block.iter_mut().zip(input) {
                            lanes[lane] = *x;
                        }
                    }
                    None => block.iter_mut().for_each(|lanes| lanes[lane] = 0.0),
                }
            }
            filter(group, block);
            for (lane, owner) in group.owners.iter().enumerate() {
                let Some(owner) = owner else { continue };
                for side in if owner.is_mono { 0..2 } else { owner.side..owner.side + 1 } {
                    let output = &mut buses.side(owner.bus, side)[..frames];
                    for (x, lanes) in output.iter_mut().zip(block.iter()) {
                        *x = lanes[lane];
                    }
                }
            }
        }
    }
}

wide!(fn filter<'a>(group: &'a mut Group, block: &'a mut [Lanes]) = Group::filter);

impl Group {
    fn is_used(&self) -> bool {
        self.owners.iter().any(Option::is_some)
    }

    /// Gives a lane its filters, at rest; what is left over passes all.
    fn set(&mut self, lane: usize, filters: &[Filter]) {
        self.lengths[lane] = filters.len();
        for (index, stage) in self.stages.iter_mut().enumerate() {
            let Filter { coefficients: c, band, low } = filters.get(index).copied().unwrap_or_default();
            for (lanes, value) in stage.a.iter_mut().zip([2.0 * c.a1 - 1.0, 2.0 * c.a2, 2.0 * c.a3]) {
                lanes[lane] = value;
            }
            stage.band[lane] = 0.5 * band;
            stage.low[lane] = 0.5 * low;
            stage.memory[0][lane] = 0.0;
            stage.memory[1][lane] = 0.0;
        }
    }

    #[inline(always)]
    fn filter(&mut self, block: &mut [Lanes]) {
        let used = self.lengths.iter().max().map_or(0, |length| (*length).min(MAX_STAGES));
        let Some((first, rest)) = self.stages[..used].split_first_mut() else { return };
        run::<1, true>([first], block);
        let (pairs, last) = rest.as_chunks_mut::<2>();
        for [one, two] in pairs {
            run::<2, false>([one, two], block);
        }
        for stage in last {
            run::<1, false>([stage], block);
        }
    }
}

/// Some stages in a row: one is worked out while the one before waits for its own last step, and more than two would not
/// find room in the registers. Only a high-pass, which comes first, needs the low output.
#[inline(always)]
fn run<const STAGES: usize, const LOW: bool>(stages: [&mut Stage; STAGES], block: &mut [Lanes]) {
    let mut working: [Stage; STAGES] = std::array::from_fn(|index| *stages[index]);
    for lanes in block {
        for stage in &mut working {
            for lane in 0..LANES {
                let x = lanes[lane];
                let (ic1, ic2) = (stage.memory[0][lane], stage.memory[1][lane]);
                let v3 = x - ic2;
                let first = stage.a[0][lane] * ic1 + stage.a[1][lane] * v3;
                let second = (ic2 + stage.a[1][lane] * ic1) + stage.a[2][lane] * v3;
                (stage.memory[0][lane], stage.memory[1][lane]) = (first, second);
                let heard = x + stage.band[lane] * (ic1 + first);
                lanes[lane] = if LOW { heard + stage.low[lane] * (ic2 + second) } else { heard };
            }
        }
    }
    for (stage, worked) in stages.into_iter().zip(working) {
        stage.memory = worked.memory;
    }
}
