//! SoundFonts, for those who have one: rustysynth behind the same interface.

mod chunks;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ripieno_score::Channel;
use rustysynth::{SoundFont, Synthesizer, SynthesizerSettings};
use thiserror::Error;

use super::player::Player;
use crate::config::{ConfigError, SynthConfig};
use crate::dsp::gain_of_db;
use crate::effects::limiter::Limiter;
use crate::event::Event;
use crate::master::CEILING_DB;

/// A SoundFont that cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReadSoundFontError {
    /// The file is something else.
    #[error("this is no SoundFont: it does not begin with RIFF and sfbk")]
    NotASoundFont,
    /// A length in the file points beyond its end.
    #[error("the SoundFont is cut off or damaged: the chunk at byte {offset} is longer than what holds it")]
    Truncated {
        /// Where the chunk begins.
        offset: usize,
    },
    /// The contents make no sense.
    #[error("the SoundFont is damaged or of an unknown kind")]
    Malformed(#[from] rustysynth::SoundFontError),
    /// The contents make so little sense that their reader gave up.
    #[error("the SoundFont is damaged: its tables contradict each other")]
    Contradictory,
}

/// The sounds of a SoundFont; can be shared between players.
#[derive(Debug, Clone)]
pub struct SoundFontBank(Arc<SoundFont>);

impl SoundFontBank {
    /// Reads the bytes of an `.sf2` file.
    ///
    /// # Errors
    ///
    /// When the bytes are no whole, consistent SoundFont.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadSoundFontError> {
        chunks::check(bytes)?;
        // The reader trusts the file, and its own checks and ours may miss something: then it gives up by panicking.
        let read = catch_unwind(|| SoundFont::new(&mut { bytes })).map_err(|_| ReadSoundFontError::Contradictory)?;
        Ok(Self(Arc::new(read?)))
    }
}

/// Frames between two looks at the events: 0.7 ms at 48 kHz.
const BLOCK: usize = 32;
/// rustysynth's loudest setting that leaves room for a band.
const VOLUME: f32 = 0.5;
/// How many voices rustysynth can have.
const POLYPHONY: std::ops::RangeInclusive<usize> = 8..=256;
/// Frames taken from it at a time.
const STRETCH: usize = 512;
/// Events that may wait.
const QUEUE: usize = 8192;

/// A synthesizer that plays a SoundFont.
#[derive(Debug)]
pub struct SoundFontSynth {
    synthesizer: Synthesizer,
    sample_rate_hz: u32,
    pending: Vec<(usize, Event)>,
    sides: Box<[[f32; STRETCH]; 2]>,
    gain: f32,
    limiter: Option<Limiter>,
    /// Whether the tables of the file turned out to be wrong while playing: silence from then on.
    is_broken: bool,
}

impl SoundFontSynth {
    /// A player for `bank`, with at most 256 voices. Reverb and chorus are rustysynth's; it has both or none.
    ///
    /// # Errors
    ///
    /// When a number in `config` is out of its range.
    pub fn new(bank: &SoundFontBank, config: &SynthConfig) -> Result<Self, ConfigError> {
        config.check()?;
        let sample_rate_hz = config.sample_rate_hz;
        let mut settings = SynthesizerSettings::new(sample_rate_hz.cast_signed());
        settings.block_size = BLOCK;
        settings.maximum_polyphony = config.polyphony.clamp(*POLYPHONY.start(), *POLYPHONY.end());
        settings.enable_reverb_and_chorus = config.reverb || config.chorus;
        let mut synthesizer =
            Synthesizer::new(&bank.0, &settings).map_err(|_| ConfigError::SampleRate(sample_rate_hz))?;
        synthesizer.set_master_volume(VOLUME);
        Ok(Self {
            synthesizer,
            sample_rate_hz,
            pending: Vec::with_capacity(QUEUE),
            sides: Box::new([[0.0; STRETCH]; 2]),
            gain: gain_of_db(config.gain_db),
            limiter: config.limiter.then(|| Limiter::new(sample_rate_hz as f32, CEILING_DB)),
            is_broken: false,
        })
    }

    fn obey(&mut self, event: Event) {
        let send = |synthesizer: &mut Synthesizer, channel: Channel, command: i32, first: i32, second: i32| {
            synthesizer.process_midi_message(i32::from(channel.value()), command, first, second);
        };
        let synthesizer = &mut self.synthesizer;
        match event {
            Event::NoteOn { channel, pitch, velocity } => {
                send(synthesizer, channel, 0x90, i32::from(pitch.value()), i32::from(velocity.value()));
            }
            Event::NoteOff { channel, pitch } => send(synthesizer, channel, 0x80, i32::from(pitch.value()), 0),
            Event::Controller { channel, controller, value } => {
                send(synthesizer, channel, 0xb0, i32::from(controller), i32::from(value));
            }
            Event::Program { channel, program } => send(synthesizer, channel, 0xc0, i32::from(program.value()), 0),
            Event::PitchBend { channel, bend } => {
                let value = i32::from(bend) + 8192;
                send(synthesizer, channel, 0xe0, value & 127, value >> 7);
            }
            Event::MasterVolume(value) => {
                synthesizer.set_master_volume(VOLUME * (f32::from(value.min(16_383)) / 16_383.0).powi(2));
            }
            Event::SystemReset => {
                synthesizer.reset();
                synthesizer.set_master_volume(VOLUME);
            }
            Event::AllNotesOff => {
                synthesizer.reset_all_controllers();
                synthesizer.note_off_all(false);
            }
            Event::AllSoundOff => synthesizer.note_off_all(true),
            // rustysynth has no pressure and no master tuning.
            Event::PolyPressure { .. }
            | Event::ChannelPressure { .. }
            | Event::MasterTuning(_)
            | Event::MasterTranspose(_) => {}
        }
    }

    fn render_stretches(&mut self, block: &mut [[f32; 2]]) {
        let [left, right] = &mut *self.sides;
        for stretch in block.chunks_mut(STRETCH) {
            let (left, right) = (&mut left[..stretch.len()], &mut right[..stretch.len()]);
            self.synthesizer.render(left, right);
            for (frame, (left, right)) in stretch.iter_mut().zip(left.iter().zip(right.iter())) {
                *frame = [*left, *right];
            }
        }
    }

    fn play(&mut self, block: &mut [[f32; 2]]) {
        let mut done = 0;
        for index in 0..self.pending.len() {
            let (offset, event) = self.pending[index];
            if offset >= block.len() {
                break;
            }
            if offset > done {
                self.render_stretches(&mut block[done..offset]);
                done = offset;
            }
            self.obey(event);
        }
        self.render_stretches(&mut block[done..]);
    }
}

impl Player for SoundFontSynth {
    fn sample_rate_hz(&self) -> u32 {
        self.sample_rate_hz
    }

    fn handle(&mut self, event: Event, offset_frames: usize) {
        if self.pending.len() == QUEUE {
            // Rather early than lost.
            let obeyed = catch_unwind(AssertUnwindSafe(|| {
                for index in 0..QUEUE {
                    self.obey(self.pending[index].1);
                }
            }));
            self.is_broken |= obeyed.is_err();
            self.pending.clear();
        }
        let place = self.pending.partition_point(|(offset, _)| *offset <= offset_frames);
        self.pending.insert(place, (offset_frames, event));
    }

    fn render(&mut self, block: &mut [[f32; 2]]) {
        // Samples that lie outside of the file's sample data make rustysynth index out of bounds.
        if !self.is_broken && catch_unwind(AssertUnwindSafe(|| self.play(block))).is_err() {
            self.is_broken = true;
        }
        if self.is_broken {
            block.fill([0.0; 2]);
        }
        let length = block.len();
        self.pending.retain(|(offset, _)| *offset >= length);
        for (offset, _) in &mut self.pending {
            *offset -= length;
        }
        for frame in block {
            // A filter that the file made unstable is not passed on.
            let louder = frame.map(|sample| if sample.is_finite() { sample * self.gain } else { 0.0 });
            *frame = self.limiter.as_mut().map_or(louder, |limiter| limiter.step(louder));
        }
    }

    fn latency_frames(&self) -> usize {
        self.limiter.as_ref().map_or(0, Limiter::latency_frames)
    }

    fn active_voices(&self) -> usize {
        0
    }

    fn is_broken(&self) -> bool {
        self.is_broken
    }
}
