//! SoundFonts, for those who have one: rustysynth behind the same interface.

mod chunks;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ripieno_score::Channel;
use rustysynth::{SoundFont, Synthesizer, SynthesizerSettings};
use thiserror::Error;

use super::player::Player;
use crate::event::Event;

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
    /// The sample rate is out of range.
    #[error("cannot play a SoundFont at {0} Hz: choose a sample rate between 22050 and 192000 Hz")]
    SampleRate(u32),
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
/// The most voices it takes.
const POLYPHONY: usize = 256;

/// A synthesizer that plays a SoundFont.
#[derive(Debug)]
pub struct SoundFontSynth {
    synthesizer: Synthesizer,
    sample_rate_hz: u32,
    pending: Vec<(usize, Event)>,
    left: Vec<f32>,
    right: Vec<f32>,
    /// Whether the tables of the file turned out to be wrong while playing: silence from then on.
    is_broken: bool,
}

impl SoundFontSynth {
    /// A player for `bank`. With `effects`, it has rustysynth's reverb and chorus.
    ///
    /// # Errors
    ///
    /// When the sample rate is out of range or the bank contradicts itself.
    pub fn new(bank: &SoundFontBank, sample_rate_hz: u32, effects: bool) -> Result<Self, ReadSoundFontError> {
        if !(22_050..=192_000).contains(&sample_rate_hz) {
            return Err(ReadSoundFontError::SampleRate(sample_rate_hz));
        }
        let rate = i32::try_from(sample_rate_hz).map_err(|_| ReadSoundFontError::SampleRate(sample_rate_hz))?;
        let mut settings = SynthesizerSettings::new(rate);
        settings.block_size = BLOCK;
        settings.maximum_polyphony = POLYPHONY;
        settings.enable_reverb_and_chorus = effects;
        let mut synthesizer = catch_unwind(AssertUnwindSafe(|| Synthesizer::new(&bank.0, &settings)))
            .map_err(|_| ReadSoundFontError::Contradictory)?
            .map_err(|_| ReadSoundFontError::SampleRate(sample_rate_hz))?;
        synthesizer.set_master_volume(VOLUME);
        Ok(Self {
            synthesizer,
            sample_rate_hz,
            pending: Vec::new(),
            left: Vec::new(),
            right: Vec::new(),
            is_broken: false,
        })
    }

    /// Whether the SoundFont turned out to be broken while playing.
    pub fn is_broken(&self) -> bool {
        self.is_broken
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
            Event::SystemReset => synthesizer.reset(),
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

    fn render_stretch(&mut self, block: &mut [[f32; 2]]) {
        self.left.resize(block.len(), 0.0);
        self.right.resize(block.len(), 0.0);
        self.synthesizer.render(&mut self.left, &mut self.right);
        for (frame, (left, right)) in block.iter_mut().zip(self.left.iter().zip(&self.right)) {
            *frame = [*left, *right];
        }
    }
}

impl Player for SoundFontSynth {
    fn sample_rate_hz(&self) -> u32 {
        self.sample_rate_hz
    }

    fn handle(&mut self, event: Event, offset_frames: usize) {
        let place = self.pending.partition_point(|(offset, _)| *offset <= offset_frames);
        self.pending.insert(place, (offset_frames, event));
    }

    fn render(&mut self, block: &mut [[f32; 2]]) {
        block.fill([0.0; 2]);
        if self.is_broken {
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        let length = block.len();
        // Samples that lie outside of the file's sample data make rustysynth index out of bounds.
        let played = catch_unwind(AssertUnwindSafe(|| {
            let mut done = 0;
            for &(offset, event) in pending.iter().filter(|(offset, _)| *offset < length) {
                if offset > done {
                    self.render_stretch(&mut block[done..offset]);
                    done = offset;
                }
                self.obey(event);
            }
            self.render_stretch(&mut block[done..]);
        }));
        if played.is_err() {
            self.is_broken = true;
            block.fill([0.0; 2]);
        }
        self.pending = pending
            .into_iter()
            .filter(|(offset, _)| *offset >= length)
            .map(|(offset, event)| (offset - length, event))
            .collect();
    }

    fn latency_frames(&self) -> usize {
        0
    }

    fn is_at_rest(&self) -> bool {
        true
    }
}
