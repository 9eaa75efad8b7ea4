//! Frequency modulation: two carriers, each with its modulator, eight voices side by side.
//!
//! After J. Chowning, "The Synthesis of Complex Audio Spectra by Means of Frequency Modulation" (1973).

mod patch;

pub(crate) use patch::{FmPatch, Stack};

use super::vibrato::Vibrato;
use super::{Clock, Engine, Modulation, NoteStart};
use crate::bus::Buses;
use crate::dsp::noise::scramble;
use crate::dsp::sine::{phase_of_turns, sine, step_of};
use crate::dsp::{LANES, Lanes, MAX_SEGMENT, approach, smoothstep, wide};

#[derive(Debug, Clone, Copy)]
struct Voice {
    patch: &'static FmPatch,
    note: NoteStart,
    age_s: f32,
    levels: [f32; 2],
    indices: [f32; 2],
    released: bool,
    release_level: f32,
    /// Of the tremolo.
    swing: u32,
    vibrato: Vibrato,
    is_new: bool,
}

#[derive(Debug, Clone, Default)]
struct Group {
    voices: [Option<Voice>; LANES],
    carriers: [[u32; LANES]; 2],
    modulators: [[u32; LANES]; 2],
    carrier_steps: [[u32; LANES]; 2],
    modulator_steps: [[u32; LANES]; 2],
    /// In turns.
    index: [Lanes; 2],
    index_slope: [Lanes; 2],
    index_target: [Lanes; 2],
    amp: [Lanes; 2],
    amp_slope: [Lanes; 2],
    amp_target: [Lanes; 2],
    fade: Lanes,
    fade_step: Lanes,
    left: Lanes,
    right: Lanes,
}

/// A pool of voices by frequency modulation.
#[derive(Debug)]
pub(crate) struct Operators {
    clock: Clock,
    groups: Vec<Group>,
    /// All groups from here on are empty.
    end: usize,
    block: Box<[Lanes; MAX_SEGMENT]>,
}

impl Operators {
    pub(crate) fn new(clock: Clock, voices: usize) -> Self {
        let groups = vec![Group::default(); voices.div_ceil(LANES)];
        Self { clock, groups, end: 0, block: Box::new([[0.0; LANES]; MAX_SEGMENT]) }
    }
}

impl Engine for Operators {
    type Patch = FmPatch;

    fn free_slot(&self) -> Option<usize> {
        self.groups
            .iter()
            .enumerate()
            .find_map(|(g, group)| group.voices.iter().position(Option::is_none).map(|lane| g * LANES + lane))
    }

    fn start(&mut self, slot: usize, patch: &'static FmPatch, note: &NoteStart) {
        self.end = self.end.max(slot / LANES + 1);
        let group = &mut self.groups[slot / LANES];
        let lane = slot % LANES;
        let strength = |stack: &Stack| 1.0 - stack.index_velocity * (1.0 - note.velocity);
        group.voices[lane] = Some(Voice {
            patch,
            note: *note,
            age_s: 0.0,
            levels: [1.0; 2],
            indices: patch.stacks.map(|stack| {
                let tracked = (-patch.index_track * note.octave()).exp2();
                stack.index * strength(&stack) * tracked.clamp(0.2, 2.0)
            }),
            released: false,
            release_level: 1.0,
            swing: scramble(note.seed),
            vibrato: Vibrato::default(),
            is_new: true,
        });
        for index in 0..2 {
            group.carriers[index][lane] = 0;
            group.modulators[index][lane] = 0;
            group.amp[index][lane] = 0.0;
            group.amp_target[index][lane] = 0.0;
        }
        group.fade[lane] = 1.0;
        group.fade_step[lane] = 0.0;
        (group.left[lane], group.right[lane]) = note.pan_gains();
    }

    fn release(&mut self, slot: usize) {
        if let Some(voice) = &mut self.groups[slot / LANES].voices[slot % LANES] {
            voice.released = true;
        }
    }

    fn fade(&mut self, slot: usize, frames: f32) {
        let step = &mut self.groups[slot / LANES].fade_step[slot % LANES];
        *step = step.max(1.0 / frames);
    }

    fn control(&mut self, slot: usize, modulation: &Modulation, frames: usize) -> bool {
        self.groups[slot / LANES].control(slot % LANES, modulation, frames, &self.clock)
    }

    fn level(&self, slot: usize) -> f32 {
        let group = &self.groups[slot / LANES];
        group.amp[0][slot % LANES] + group.amp[1][slot % LANES]
    }

    fn stop(&mut self, slot: usize) {
        let group = &mut self.groups[slot / LANES];
        group.voices[slot % LANES] = None;
        for index in 0..2 {
            group.amp[index][slot % LANES] = 0.0;
            group.amp_slope[index][slot % LANES] = 0.0;
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
            render(group, block);
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

wide!(fn render<'a>(group: &'a mut Group, block: &'a mut [Lanes]) = Group::render);

impl Group {
    #[inline(always)]
    fn render(&mut self, block: &mut [Lanes]) {
        block.fill([0.0; LANES]);
        for index in 0..2 {
            let is_silent = |values: &Lanes| values.iter().all(|value| *value == 0.0);
            if !(is_silent(&self.amp[index]) && is_silent(&self.amp_slope[index])) {
                self.add_stack(index, block);
            }
        }
        self.fade(block);
    }

    #[inline(always)]
    fn add_stack(&mut self, index: usize, block: &mut [Lanes]) {
        let (mut carriers, mut modulators) = (self.carriers[index], self.modulators[index]);
        let (mut depth, mut amp) = (self.index[index], self.amp[index]);
        let (depth_slope, amp_slope) = (self.index_slope[index], self.amp_slope[index]);
        let (carrier_steps, modulator_steps) = (self.carrier_steps[index], self.modulator_steps[index]);
        for lanes in block.iter_mut() {
            for lane in 0..LANES {
                depth[lane] += depth_slope[lane];
                amp[lane] += amp_slope[lane];
                let bent = phase_of_turns(depth[lane] * sine(modulators[lane]));
                lanes[lane] += amp[lane] * sine(carriers[lane].wrapping_add(bent));
                carriers[lane] = carriers[lane].wrapping_add(carrier_steps[lane]);
                modulators[lane] = modulators[lane].wrapping_add(modulator_steps[lane]);
            }
        }
        (self.carriers[index], self.modulators[index]) = (carriers, modulators);
        (self.index[index], self.amp[index]) = (depth, amp);
    }

    #[inline(always)]
    fn fade(&mut self, block: &mut [Lanes]) {
        let (mut fade, fade_step) = (self.fade, self.fade_step);
        for lanes in block.iter_mut() {
            for lane in 0..LANES {
                fade[lane] = (fade[lane] - fade_step[lane]).max(0.0);
                lanes[lane] *= smoothstep(fade[lane]);
            }
        }
        self.fade = fade;
    }

    fn control(&mut self, lane: usize, modulation: &Modulation, frames: usize, clock: &Clock) -> bool {
        let Some(voice) = &mut self.voices[lane] else { return false };
        let patch = voice.patch;
        let step_s = clock.seconds(frames);
        let slope = 1.0 / frames as f32;
        let is_new = std::mem::take(&mut voice.is_new);
        voice.age_s += step_s;
        voice.swing = voice.swing.wrapping_add(step_of(f64::from(patch.tremolo_hz * step_s), 1.0));
        if voice.released {
            voice.release_level -= voice.release_level * approach(step_s, patch.release_s * modulation.shape.release);
        }
        let swing = sine(voice.swing);
        let vibrato = (voice.vibrato.advance(modulation, step_s) * (1.0 / 1200.0)).exp2();
        let gain = voice.note.gain * modulation.gain * voice.release_level * (1.0 + patch.tremolo * swing);
        let shape = &modulation.shape;
        let shortening = (-voice.note.octave() / patch.decay_octaves).exp2().clamp(0.1, 4.0) * shape.decay;
        let mut loudest = 0.0_f32;
        for (index, stack) in patch.stacks.iter().enumerate() {
            let base_hz = voice.note.frequency_hz
                * f64::from(modulation.pitch_ratio * vibrato * (stack.detune_cents * (1.0 / 1200.0)).exp2());
            let rate = f64::from(clock.sample_rate_hz);
            self.carrier_steps[index][lane] = step_of(base_hz * f64::from(stack.carrier_ratio), rate);
            self.modulator_steps[index][lane] = step_of(base_hz * f64::from(stack.modulator_ratio), rate);

            let attack = smoothstep((voice.age_s / (stack.attack_s * shape.attack).max(1e-3)).min(1.0));
            let level = &mut voice.levels[index];
            *level += (stack.sustain - *level) * approach(step_s, stack.decay_s * shortening);
            let sidebands = &mut voice.indices[index];
            let floor = stack.index * stack.index_sustain;
            let falls = (floor.min(*sidebands) - *sidebands) * approach(step_s, stack.index_decay_s * shortening);
            *sidebands += falls;

            let target = gain * stack.level * attack * *level;
            self.amp[index][lane] = self.amp_target[index][lane];
            self.amp_slope[index][lane] = (target - self.amp_target[index][lane]) * slope;
            self.amp_target[index][lane] = target;
            loudest = loudest.max(target.abs());

            // Carson's rule: sidebands reach (index + 1) modulator frequencies; those beyond the limit would fold back.
            let modulator_hz = base_hz as f32 * stack.modulator_ratio;
            let room = (0.46 * clock.sample_rate_hz - base_hz as f32 * stack.carrier_ratio) / modulator_hz - 1.5;
            let brightness = (0.5 * modulation.brightness_octaves).exp2() * shape.resonance.sqrt();
            let turns = (*sidebands * brightness).min(room.max(0.0)) / std::f32::consts::TAU;
            let current = if is_new { turns } else { self.index_target[index][lane] };
            self.index[index][lane] = current;
            self.index_slope[index][lane] = (turns - current) * slope;
            self.index_target[index][lane] = turns;
        }
        let is_over = loudest < 3e-5 * voice.note.gain && voice.age_s > 0.1;
        self.fade[lane] > 0.0 && !is_over
    }
}
