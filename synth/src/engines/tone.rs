//! Two wavetables and a breath of noise through filters, eight voices side by side.

use std::sync::Arc;

use super::{Clock, Engine, Modulation, NoteStart};
use crate::bus::Buses;
use crate::dsp::envelope::{Adsr, Envelope};
use crate::dsp::noise::scramble;
use crate::dsp::sine::{sine, step_of};
use crate::dsp::svf::SvfCoefficients;
use crate::dsp::wave::Wave;
use crate::dsp::wavetable::{Table, WaveBank, read};
use crate::dsp::{LANES, Lanes, MAX_SEGMENT, smoothstep};

/// One of the two oscillators.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Oscillator {
    pub(crate) wave: Wave,
    pub(crate) level: f32,
    /// Times the key's frequency.
    pub(crate) ratio: f32,
    pub(crate) detune_cents: f32,
}

/// What a [`Tones`] voice plays.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TonePatch {
    pub(crate) oscillators: [Oscillator; 2],
    /// Level of the noise, which follows the envelope.
    pub(crate) noise: f32,
    /// The noise is a band around this multiple of the pitch.
    pub(crate) noise_ratio: f32,
    /// Or, where not zero, around this frequency.
    pub(crate) noise_hz: f32,
    pub(crate) noise_q: f32,
    /// At the start the noise is this much stronger ...
    pub(crate) chiff: f32,
    /// ... and falls with this time constant.
    pub(crate) chiff_s: f32,
    /// Of the low-pass at middle C and medium velocity.
    pub(crate) cutoff_hz: f32,
    /// Octaves of cut-off for each octave of pitch.
    pub(crate) key_track: f32,
    pub(crate) q: f32,
    /// Octaves that the filter envelope opens.
    pub(crate) sweep_octaves: f32,
    /// Octaves between softest and loudest.
    pub(crate) velocity_octaves: f32,
    pub(crate) amp: Adsr,
    pub(crate) filter: Adsr,
    pub(crate) vibrato_hz: f32,
    pub(crate) vibrato_cents: f32,
    /// The vibrato grows over this time.
    pub(crate) vibrato_delay_s: f32,
    /// Share of the loudness that swings with the vibrato.
    pub(crate) tremolo: f32,
    /// Octaves of cut-off that swing with a slow wave of their own.
    pub(crate) wander_octaves: f32,
    /// Slow random movement of the pitch.
    pub(crate) drift_cents: f32,
    /// The pitch starts off by this much ...
    pub(crate) scoop_cents: f32,
    /// ... and comes home with this time constant.
    pub(crate) scoop_s: f32,
}

impl TonePatch {
    /// A plain saw that is on or off.
    pub(crate) const BASE: Self = Self {
        oscillators: [Oscillator::of(Wave::Saw), Oscillator { level: 0.0, ..Oscillator::of(Wave::Saw) }],
        noise: 0.0,
        noise_ratio: 2.0,
        noise_hz: 0.0,
        noise_q: 1.0,
        chiff: 0.0,
        chiff_s: 0.03,
        cutoff_hz: 4000.0,
        key_track: 0.6,
        q: 0.707,
        sweep_octaves: 0.0,
        velocity_octaves: 1.5,
        amp: Adsr { attack_s: 0.01, decay_s: 0.2, sustain: 1.0, release_s: 0.04 },
        filter: Adsr { attack_s: 0.01, decay_s: 0.3, sustain: 1.0, release_s: 0.1 },
        vibrato_hz: 5.3,
        vibrato_cents: 0.0,
        vibrato_delay_s: 0.6,
        tremolo: 0.0,
        wander_octaves: 0.0,
        drift_cents: 1.5,
        scoop_cents: 0.0,
        scoop_s: 0.03,
    };
}

impl Oscillator {
    pub(crate) const fn of(wave: Wave) -> Self {
        Self { wave, level: 1.0, ratio: 1.0, detune_cents: 0.0 }
    }
}

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
    block: Box<[Lanes; MAX_SEGMENT]>,
}

impl Tones {
    pub(crate) fn new(clock: Clock, bank: Arc<WaveBank>, voices: usize) -> Self {
        let groups = vec![Group::default(); voices.div_ceil(LANES)];
        Self { clock, bank, groups, block: Box::new([[0.0; LANES]; MAX_SEGMENT]) }
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
    }

    fn render(&mut self, frames: usize, buses: &mut Buses) {
        let block = &mut self.block[..frames];
        for group in &mut self.groups {
            if group.voices.iter().all(Option::is_none) {
                continue;
            }
            group.oscillate(block, &self.bank);
            if group.noise_level.iter().chain(&group.noise_slope).any(|level| *level != 0.0) {
                group.filter::<true>(block);
            } else {
                group.filter::<false>(block);
            }
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

impl Group {
    fn oscillate(&mut self, block: &mut [Lanes], bank: &WaveBank) {
        for lane in 0..LANES {
            for lanes in block.iter_mut() {
                lanes[lane] = 0.0;
            }
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
                for lanes in block.iter_mut() {
                    lanes[lane] += level * read(samples, table, phase);
                    step = step.wrapping_add(slope);
                    phase = phase.wrapping_add(step);
                }
                self.phases[index][lane] = phase;
                self.steps[index][lane] = step;
            }
        }
    }

    fn filter<const NOISE: bool>(&mut self, block: &mut [Lanes]) {
        let (mut low, low_slope, mut memory) = (self.low, self.low_slope, self.low_memory);
        let (mut amp, amp_slope, mut fade, fade_step) = (self.amp, self.amp_slope, self.fade, self.fade_step);
        for lanes in block.iter_mut() {
            for lane in 0..LANES {
                for c in 0..3 {
                    low[c][lane] += low_slope[c][lane];
                }
                let v3 = lanes[lane] - memory[1][lane];
                let v1 = low[0][lane] * memory[0][lane] + low[1][lane] * v3;
                let v2 = memory[1][lane] + low[1][lane] * memory[0][lane] + low[2][lane] * v3;
                memory[0][lane] = 2.0 * v1 - memory[0][lane];
                memory[1][lane] = 2.0 * v2 - memory[1][lane];
                amp[lane] += amp_slope[lane];
                lanes[lane] = v2 * amp[lane];
            }
            if NOISE {
                for lane in 0..LANES {
                    self.noises[lane] = self.noises[lane].wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let white = self.noises[lane].cast_signed() as f32 * (1.0 / 2_147_483_648.0);
                    let v3 = white - self.band_memory[1][lane];
                    let v1 = self.band[0][lane] * self.band_memory[0][lane] + self.band[1][lane] * v3;
                    let v2 = self.band_memory[1][lane]
                        + self.band[1][lane] * self.band_memory[0][lane]
                        + self.band[2][lane] * v3;
                    self.band_memory[0][lane] = 2.0 * v1 - self.band_memory[0][lane];
                    self.band_memory[1][lane] = 2.0 * v2 - self.band_memory[1][lane];
                    self.noise_level[lane] += self.noise_slope[lane];
                    lanes[lane] += v1 * self.band[3][lane] * self.noise_level[lane];
                }
            }
            for lane in 0..LANES {
                fade[lane] = (fade[lane] - fade_step[lane]).max(0.0);
                lanes[lane] *= smoothstep(fade[lane]);
            }
        }
        (self.low, self.low_memory, self.amp, self.fade) = (low, memory, amp, fade);
    }

    fn control(&mut self, lane: usize, modulation: &Modulation, frames: usize, clock: &Clock, bank: &WaveBank) -> bool {
        let Some(voice) = &mut self.voices[lane] else { return false };
        let patch = voice.patch;
        let step_s = clock.seconds(frames);
        let is_new = std::mem::take(&mut voice.is_new);
        voice.age_s += step_s;
        let slope = 1.0 / frames as f32;

        let swing = voice.swing(step_s);
        let wander = sine(voice.drift);
        let grown = smoothstep((voice.age_s / patch.vibrato_delay_s.max(1e-3)).min(1.0));
        let cents = swing * (patch.vibrato_cents * grown + modulation.vibrato_cents)
            + wander * patch.drift_cents
            + patch.scoop_cents * (-voice.age_s / patch.scoop_s).exp();
        let ratio = modulation.pitch_ratio * (cents * (1.0 / 1200.0)).exp2();
        for (index, oscillator) in patch.oscillators.iter().enumerate() {
            if oscillator.level == 0.0 {
                continue;
            }
            let detuned = oscillator.ratio * (oscillator.detune_cents * (1.0 / 1200.0)).exp2();
            let frequency_hz = voice.note.frequency_hz * f64::from(detuned) * f64::from(ratio);
            let target = step_of(frequency_hz, f64::from(clock.sample_rate_hz));
            let current = if is_new { target } else { self.step_targets[index][lane] };
            self.steps[index][lane] = current;
            self.step_slopes[index][lane] =
                ((i64::from(target) - i64::from(current)) / i64::try_from(frames).unwrap_or(1)) as i32;
            self.step_targets[index][lane] = target;
            self.tables[index][lane] = bank.table(oscillator.wave, frequency_hz as f32);
        }

        let open = voice.filter.advance(&patch.filter, step_s);
        let octaves = patch.key_track * voice.note.octave()
            + patch.sweep_octaves * open
            + patch.velocity_octaves * (voice.note.velocity - 0.63)
            + patch.wander_octaves * wander
            + modulation.brightness_octaves;
        let c = SvfCoefficients::new(patch.cutoff_hz * octaves.exp2(), patch.q, clock.sample_rate_hz);
        for (index, target) in [c.a1, c.a2, c.a3].into_iter().enumerate() {
            let current = if is_new { target } else { self.low_target[index][lane] };
            self.low[index][lane] = current;
            self.low_slope[index][lane] = (target - current) * slope;
            self.low_target[index][lane] = target;
        }

        let envelope = voice.amp.advance(&patch.amp, step_s);
        let level = envelope * voice.note.gain * modulation.gain * (1.0 + patch.tremolo * swing);
        self.amp[lane] = self.amp_target[lane];
        self.amp_slope[lane] = (level - self.amp_target[lane]) * slope;
        self.amp_target[lane] = level;

        if patch.noise > 0.0 {
            let chiff = 1.0 + patch.chiff * (-voice.age_s / patch.chiff_s).exp();
            let noise = level * patch.noise * chiff;
            self.noise_level[lane] = self.noise_target[lane];
            self.noise_slope[lane] = (noise - self.noise_target[lane]) * slope;
            self.noise_target[lane] = noise;
            let centre_hz =
                if patch.noise_hz > 0.0 { patch.noise_hz } else { voice.note.frequency_hz as f32 * patch.noise_ratio };
            let c = SvfCoefficients::new(centre_hz, patch.noise_q, clock.sample_rate_hz);
            // Noise in a narrow band is weak: make up for it.
            let loudness = (3000.0 * patch.noise_q / centre_hz).sqrt() * 2.0;
            for (index, value) in [c.a1, c.a2, c.a3, c.k * loudness].into_iter().enumerate() {
                self.band[index][lane] = value;
            }
        }
        self.fade[lane] > 0.0 && !voice.amp.is_over(&patch.amp)
    }
}

impl Voice {
    /// Moves the slow oscillators on; gives the vibrato's position, `-1..=1`.
    fn swing(&mut self, step_s: f32) -> f32 {
        let turn = |hz: f32| step_of(f64::from(hz * step_s), 1.0);
        self.vibrato = self.vibrato.wrapping_add(turn(self.patch.vibrato_hz * self.pace));
        self.drift = self.drift.wrapping_add(turn(0.55 * self.pace));
        // A player's vibrato is never quite regular.
        let unsteady = 1.0 + 0.2 * sine(self.drift.wrapping_mul(3));
        sine(self.vibrato) * unsteady
    }
}
