//! Two wavetables and a breath of noise through filters, eight voices side by side.

mod control;
mod patch;

pub(crate) use patch::{Oscillator, TonePatch};

use std::sync::Arc;

use super::{Clock, Engine, Modulation, NoteStart};
use crate::bus::Buses;
use crate::dsp::envelope::Envelope;
use crate::dsp::noise::scramble;
use crate::dsp::svf;
use crate::dsp::wavetable::{Table, WaveBank, around, between};
use crate::dsp::{LANES, Lanes, MAX_SEGMENT, smoothstep, wide};

/// The slow side of a voice.
#[derive(Debug, Clone, Copy)]
struct Voice {
    patch: &'static TonePatch,
    note: NoteStart,
    amp: Envelope,
    filter: Envelope,
    age_s: f32,
    vibrato: u32,
    drift: u32,
    /// Between 0.9 and 1.1: no two players are alike.
    pace: f32,
    is_new: bool,
    /// Octaves and quality that the filter was worked out for.
    filtered: (f32, f32),
    /// The pitch of each oscillator before bends and vibrato.
    base_hz: [f64; 2],
}

/// Eight voices: what the inner loops read and write.
#[derive(Debug, Clone, Default)]
struct Group {
    voices: [Option<Voice>; LANES],
    tables: [[Table; LANES]; 2],
    phases: [[u32; LANES]; 2],
    steps: [[u32; LANES]; 2],
    step_slopes: [[i32; LANES]; 2],
    step_targets: [[u32; LANES]; 2],
    levels: [Lanes; 2],
    noises: [u32; LANES],
    noise_level: Lanes,
    noise_slope: Lanes,
    noise_target: Lanes,
    band: [Lanes; 4],
    band_memory: [Lanes; 2],
    /// `a1, a2, a3` of the low-pass.
    low: [Lanes; 3],
    low_slope: [Lanes; 3],
    low_target: [Lanes; 3],
    low_memory: [Lanes; 2],
    amp: Lanes,
    amp_slope: Lanes,
    amp_target: Lanes,
    fade: Lanes,
    fade_step: Lanes,
    left: Lanes,
    right: Lanes,
}

/// A pool of voices with wavetables.
#[derive(Debug)]
pub(crate) struct Tones {
    clock: Clock,
    bank: Arc<WaveBank>,
    groups: Vec<Group>,
    /// All groups from here on are empty.
    end: usize,
    block: Box<[Lanes; MAX_SEGMENT]>,
    workbench: Box<Workbench>,
}

/// Where the oscillators of a lane are worked out.
#[derive(Debug)]
struct Workbench {
    phases: [u32; MAX_SEGMENT],
    points: [[f32; 4]; MAX_SEGMENT],
    sound: [f32; MAX_SEGMENT],
}

impl Tones {
    pub(crate) fn new(clock: Clock, bank: Arc<WaveBank>, voices: usize) -> Self {
        let groups = vec![Group::default(); voices.div_ceil(LANES)];
        let workbench =
            Workbench { phases: [0; MAX_SEGMENT], points: [[0.0; 4]; MAX_SEGMENT], sound: [0.0; MAX_SEGMENT] };
        let block = Box::new([[0.0; LANES]; MAX_SEGMENT]);
        Self { clock, bank, groups, end: 0, block, workbench: Box::new(workbench) }
    }
}

impl Engine for Tones {
    type Patch = TonePatch;

    fn free_slot(&self) -> Option<usize> {
        self.groups
            .iter()
            .enumerate()
            .find_map(|(g, group)| group.voices.iter().position(Option::is_none).map(|lane| g * LANES + lane))
    }

    fn start(&mut self, slot: usize, patch: &'static TonePatch, note: &NoteStart) {
        self.end = self.end.max(slot / LANES + 1);
        let group = &mut self.groups[slot / LANES];
        let lane = slot % LANES;
        let random = scramble(note.seed);
        group.voices[lane] = Some(Voice {
            patch,
            note: *note,
            amp: Envelope::default(),
            filter: Envelope::default(),
            age_s: 0.0,
            vibrato: random << 16,
            drift: random,
            pace: 0.9 + 0.2 * (random >> 16) as f32 / 65_536.0,
            is_new: true,
            filtered: (0.0, 0.0),
            base_hz: patch.oscillators.map(|oscillator| {
                let detuned = oscillator.ratio * (oscillator.detune_cents / 1200.0).exp2();
                note.frequency_hz * f64::from(detuned)
            }),
        });
        for (index, oscillator) in patch.oscillators.iter().enumerate() {
            group.levels[index][lane] = oscillator.level;
            // The oscillators of a voice start apart, so that two voices in unison do not cancel.
            group.phases[index][lane] = if index == 0 { 0 } else { random };
        }
        group.noises[lane] = random | 1;
        group.noise_level[lane] = 0.0;
        group.noise_target[lane] = 0.0;
        group.amp[lane] = 0.0;
        group.amp_target[lane] = 0.0;
        group.fade[lane] = 1.0;
        group.fade_step[lane] = 0.0;
        for memory in group.band_memory.iter_mut().chain(&mut group.low_memory) {
            memory[lane] = 0.0;
        }
        (group.left[lane], group.right[lane]) = note.pan_gains();
    }

    fn release(&mut self, slot: usize) {
        if let Some(voice) = &mut self.groups[slot / LANES].voices[slot % LANES] {
            voice.amp.release();
            voice.filter.release();
        }
    }

    fn fade(&mut self, slot: usize, frames: f32) {
        let step = &mut self.groups[slot / LANES].fade_step[slot % LANES];
        *step = step.max(1.0 / frames);
    }

    fn control(&mut self, slot: usize, modulation: &Modulation, frames: usize) -> bool {
        self.groups[slot / LANES].control(slot % LANES, modulation, frames, &self.clock, &self.bank)
    }

    fn level(&self, slot: usize) -> f32 {
        self.groups[slot / LANES].amp[slot % LANES]
    }

    fn stop(&mut self, slot: usize) {
        let group = &mut self.groups[slot / LANES];
        let lane = slot % LANES;
        group.voices[lane] = None;
        group.levels[0][lane] = 0.0;
        group.levels[1][lane] = 0.0;
        group.noise_level[lane] = 0.0;
        group.noise_slope[lane] = 0.0;
        // An empty lane is computed with the others: left ringing, its filters would become denormal and slow.
        for memory in group.band_memory.iter_mut().chain(&mut group.low_memory) {
            memory[lane] = 0.0;
        }
        while self.end > 0 && self.groups[self.end - 1].voices.iter().all(Option::is_none) {
            self.end -= 1;
        }
    }

    fn render(&mut self, frames: usize, buses: &mut Buses) {
        let block = &mut self.block[..frames];
        for group in &mut self.groups[..self.end] {
            if group.voices.iter().all(Option::is_none) {
                continue;
            }
            render(group, &self.bank, &mut self.workbench, block);
            for lane in 0..LANES {
                if let Some(voice) = &group.voices[lane] {
                    let (left, right) = (group.left[lane], group.right[lane]);
                    let bus = buses.input(voice.note.bus);
                    for (frame, lanes) in block.iter().enumerate() {
                        bus.left[frame] += lanes[lane] * left;
                        bus.right[frame] += lanes[lane] * right;
                    }
                }
            }
        }
    }
}

wide!(
    fn render<'a>(group: &'a mut Group, bank: &'a WaveBank, workbench: &'a mut Workbench, block: &'a mut [Lanes]) =
        Group::render
);

impl Group {
    #[inline(always)]
    fn render(&mut self, bank: &WaveBank, workbench: &mut Workbench, block: &mut [Lanes]) {
        self.oscillate(block, bank, workbench);
        if self.noise_level.iter().chain(&self.noise_slope).any(|level| *level != 0.0) {
            self.filter::<true>(block);
        } else {
            self.filter::<false>(block);
        }
    }

    #[inline(always)]
    fn oscillate(&mut self, block: &mut [Lanes], bank: &WaveBank, workbench: &mut Workbench) {
        // First what is looked up, one by one; then what is worked out from it, many at a time.
        let frames = block.len();
        let (phases, points) = (&mut workbench.phases[..frames], &mut workbench.points[..frames]);
        let sound = &mut workbench.sound[..frames];
        for lane in 0..LANES {
            sound.fill(0.0);
            for index in 0..2 {
                let level = self.levels[index][lane];
                if level == 0.0 {
                    continue;
                }
                let table = self.tables[index][lane];
                let samples = bank.samples(table);
                let mut phase = self.phases[index][lane];
                let mut step = self.steps[index][lane];
                let slope = self.step_slopes[index][lane].cast_unsigned();
                for (place, point) in phases.iter_mut().zip(points.iter_mut()) {
                    (*place, *point) = (phase, around(samples, table, phase));
                    step = step.wrapping_add(slope);
                    phase = phase.wrapping_add(step);
                }
                self.phases[index][lane] = phase;
                self.steps[index][lane] = step;
                for ((sound, phase), point) in sound.iter_mut().zip(phases.iter()).zip(points.iter()) {
                    *sound += level * between(*point, table, *phase);
                }
            }
            for (lanes, x) in block.iter_mut().zip(sound.iter()) {
                lanes[lane] = *x;
            }
        }
    }

    #[inline(always)]
    fn filter<const NOISE: bool>(&mut self, block: &mut [Lanes]) {
        let (mut low, low_slope, mut memory) = (self.low, self.low_slope, self.low_memory);
        let (mut amp, amp_slope, mut fade, fade_step) = (self.amp, self.amp_slope, self.fade, self.fade_step);
        let (mut noises, mut noise_level, mut band_memory) = (self.noises, self.noise_level, self.band_memory);
        for lanes in block.iter_mut() {
            for lane in 0..LANES {
                for c in 0..3 {
                    low[c][lane] += low_slope[c][lane];
                }
                let [first, second] = &mut memory;
                let a = [low[0][lane], low[1][lane], low[2][lane]];
                let [_, heard] = svf::step(lanes[lane], a, [&mut first[lane], &mut second[lane]]);
                amp[lane] += amp_slope[lane];
                lanes[lane] = heard * amp[lane];
            }
            if NOISE {
                for lane in 0..LANES {
                    noises[lane] = noises[lane].wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let white = noises[lane].cast_signed() as f32 * (1.0 / 2_147_483_648.0);
                    let [first, second] = &mut band_memory;
                    let a = [self.band[0][lane], self.band[1][lane], self.band[2][lane]];
                    let [heard, _] = svf::step(white, a, [&mut first[lane], &mut second[lane]]);
                    noise_level[lane] += self.noise_slope[lane];
                    lanes[lane] += heard * self.band[3][lane] * noise_level[lane];
                }
            }
            for lane in 0..LANES {
                fade[lane] = (fade[lane] - fade_step[lane]).max(0.0);
                lanes[lane] *= smoothstep(fade[lane]);
            }
        }
        (self.low, self.low_memory, self.amp, self.fade) = (low, memory, amp, fade);
        (self.noises, self.noise_level, self.band_memory) = (noises, noise_level, band_memory);
    }
}
