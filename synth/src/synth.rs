//! The engine: events in, frames out.

use std::collections::VecDeque;

use crate::bus::{Bus, Buses, Mix};
use crate::channel::ChannelState;
use crate::config::{ConfigError, SynthConfig};
use crate::dsp::wavetable::WaveBank;
use crate::effects::equalizers::Equalizers;
use crate::engines::fm::Operators;
use crate::engines::plucked::Strings;
use crate::engines::struck::Bodies;
use crate::engines::tone::Tones;
use crate::engines::{Clock, Engine};
use crate::event::Event;
use crate::master::Master;
use crate::voices::Voice;

/// Calls `$call` on the engine of a voice.
macro_rules! engine_of {
    ($synth:expr, $kind:expr, $engine:ident => $call:expr) => {
        match $kind {
            Kind::Tone => {
                let $engine = &mut $synth.tones;
                $call
            }
            Kind::Fm => {
                let $engine = &mut $synth.operators;
                $call
            }
            Kind::Plucked => {
                let $engine = &mut $synth.strings;
                $call
            }
            Kind::Struck => {
                let $engine = &mut $synth.bodies;
                $call
            }
        }
    };
}

mod end;
mod obey;
mod play;

/// MIDI channels of one engine.
const CHANNELS: usize = 16;
/// Strips of the desk for each channel: after a change of program the old sound ends on the strip that it began on.
const STRIPS: usize = 3;
/// Events that wait for their frame.
const QUEUE: usize = 8192;
/// Slots beside the polyphony in which stolen voices fade.
const DYING: usize = 32;
/// How long a stolen voice fades.
const STEAL_S: f32 = 0.005;

/// A General MIDI synthesizer: 16 channels, 128 programs and a drum kit.
///
/// Tell it what to play with [`handle`](Synth::handle), then take what it plays with [`render`](Synth::render).
/// Neither allocates, locks or fails. The same events at the same frames give the same samples, whatever the
/// lengths of the blocks.
#[derive(Debug)]
pub struct Synth {
    config: SynthConfig,
    clock: Clock,
    channels: Vec<ChannelState>,
    desk: Vec<Bus>,
    equalizers: Equalizers,
    buses: Buses,
    mix: Box<Mix>,
    tones: Tones,
    operators: Operators,
    strings: Strings,
    bodies: Bodies,
    voices: Vec<Voice>,
    pending: VecDeque<(usize, Event)>,
    master: Master,
    master_fine_cents: f32,
    master_semitones: f32,
    /// Frames rendered since construction or reset.
    position: u64,
    frames_to_tick: usize,
    /// Voices that had to make room since construction or reset.
    stolen: u64,
}

impl Synth {
    /// Builds an engine; all memory that it will need is taken here: about 12 MiB at 48 kHz and 256 voices.
    ///
    /// # Errors
    ///
    /// When a number in `config` is out of its range.
    pub fn new(config: SynthConfig) -> Result<Self, ConfigError> {
        config.check()?;
        let clock = Clock::new(config.sample_rate_hz);
        let slots = config.polyphony + DYING;
        let strips = CHANNELS * STRIPS;
        let bank = WaveBank::shared(config.sample_rate_hz);
        Ok(Self {
            clock,
            channels: (0..CHANNELS).map(ChannelState::new).collect(),
            desk: (0..strips).map(|_| Bus::new(&clock)).collect(),
            equalizers: Equalizers::new(clock.sample_rate_hz, strips),
            buses: Buses::new(strips),
            mix: Box::new(Mix::new()),
            tones: Tones::new(clock, bank, slots),
            operators: Operators::new(clock, slots),
            strings: Strings::new(clock, slots),
            bodies: Bodies::new(clock, slots),
            voices: Vec::with_capacity(slots),
            pending: VecDeque::with_capacity(QUEUE),
            master: Master::new(&config),
            master_fine_cents: 0.0,
            master_semitones: 0.0,
            position: 0,
            frames_to_tick: 0,
            stolen: 0,
            config,
        })
    }

    /// What the engine was built with.
    pub fn config(&self) -> &SynthConfig {
        &self.config
    }

    /// Lets `event` happen `offset_frames` after the start of the next block. It may lie beyond that block: then it waits.
    ///
    /// Events at the same frame happen in the order of these calls. Should more than 8192 wait, those that wait
    /// happen at once, so that none is lost.
    pub fn handle(&mut self, event: Event, offset_frames: usize) {
        if self.pending.len() == QUEUE {
            while let Some((_, event)) = self.pending.pop_front() {
                self.obey(event);
            }
        }
        let place = self.pending.partition_point(|(offset, _)| *offset <= offset_frames);
        self.pending.insert(place, (offset_frames, event));
    }

    /// Replaces `block` by the next frames: left and right, at most one unless the limiter is off.
    pub fn render(&mut self, block: &mut [[f32; 2]]) {
        let mut done = 0;
        while done < block.len() {
            while self.pending.front().is_some_and(|(offset, _)| *offset <= done) {
                if let Some((_, event)) = self.pending.pop_front() {
                    self.obey(event);
                }
            }
            if self.frames_to_tick == 0 {
                self.tick();
                self.frames_to_tick = self.clock.control_frames;
            }
            let next_event = self.pending.front().map_or(usize::MAX, |(offset, _)| *offset);
            let stop = block.len().min(next_event).min(done + self.frames_to_tick);
            let frames = stop - done;
            self.render_segment(&mut block[done..stop]);
            self.frames_to_tick -= frames;
            self.position += frames as u64;
            done = stop;
        }
        for (offset, _) in &mut self.pending {
            *offset = offset.saturating_sub(block.len());
        }
    }

    /// Everything as after construction: the same events give the same samples again.
    pub fn reset(&mut self) {
        for index in (0..self.voices.len()).rev() {
            self.stop(index);
        }
        for (index, channel) in self.channels.iter_mut().enumerate() {
            *channel = ChannelState::new(index);
        }
        self.desk.iter_mut().for_each(Bus::reset);
        self.equalizers.reset();
        self.buses.clear();
        self.pending.clear();
        self.master.reset(&self.config);
        (self.master_fine_cents, self.master_semitones) = (0.0, 0.0);
        self.position = 0;
        self.frames_to_tick = 0;
        self.stolen = 0;
    }

    /// How many voices sound, those that fade included.
    pub fn active_voices(&self) -> usize {
        self.voices.len()
    }

    /// How many voices had to be stolen since construction or reset.
    pub fn stolen_voices(&self) -> u64 {
        self.stolen
    }

    /// Frames rendered since construction or reset.
    pub fn position_frames(&self) -> u64 {
        self.position
    }

    /// How much later a note leaves than its event comes: the limiter's foresight, or nothing without it.
    pub fn latency_frames(&self) -> usize {
        self.master.latency_frames()
    }

    /// Whether nothing sounds and nothing will until the next event: voices, room and delays are at rest.
    pub fn is_silent(&self) -> bool {
        self.voices.is_empty() && self.desk.iter().all(Bus::is_resting) && self.master.is_resting()
    }

    fn render_segment(&mut self, block: &mut [[f32; 2]]) {
        let frames = block.len();
        self.tones.render(frames, &mut self.buses);
        self.operators.render(frames, &mut self.buses);
        self.strings.render(frames, &mut self.buses);
        self.bodies.render(frames, &mut self.buses);
        for (index, bus) in self.desk.iter_mut().enumerate() {
            bus.amplify(index, &mut self.buses, frames);
        }
        self.equalizers.seat(&self.desk);
        self.equalizers.process(frames, &mut self.buses);
        self.mix.clear(frames);
        for (index, bus) in self.desk.iter_mut().enumerate() {
            bus.render(index, &mut self.buses, &mut self.mix, frames);
        }
        self.master.render(&mut self.mix, block);
    }
}
