//! What a performance can be played on.

use std::fmt;

use super::soundfont::{SoundFontBank, SoundFontSynth};
use crate::config::{ConfigError, SynthConfig};
use crate::event::Event;
use crate::synth::Synth;

/// Turns events into frames. After construction it neither allocates, locks nor panics.
pub trait Player: fmt::Debug + Send {
    /// Frames a second.
    fn sample_rate_hz(&self) -> u32;
    /// Lets `event` happen `offset_frames` after the start of the next block.
    fn handle(&mut self, event: Event, offset_frames: usize);
    /// Replaces `block` by the next frames.
    fn render(&mut self, block: &mut [[f32; 2]]);
    /// How much later a note leaves than its event comes.
    fn latency_frames(&self) -> usize;
    /// How many voices sound. Where that cannot be known none, and a tail ends when it is quiet.
    fn active_voices(&self) -> usize;
    /// Whether it has failed for good, and is silent from then on.
    fn is_broken(&self) -> bool {
        false
    }
}

impl Player for Synth {
    fn sample_rate_hz(&self) -> u32 {
        self.config().sample_rate_hz
    }

    fn handle(&mut self, event: Event, offset_frames: usize) {
        Self::handle(self, event, offset_frames);
    }

    fn render(&mut self, block: &mut [[f32; 2]]) {
        Self::render(self, block);
    }

    fn latency_frames(&self) -> usize {
        Self::latency_frames(self)
    }

    fn active_voices(&self) -> usize {
        Self::active_voices(self)
    }
}

/// Whose instruments are played.
#[derive(Debug, Clone, Default)]
pub enum Band {
    /// Those of [`Synth`].
    #[default]
    BuiltIn,
    /// Those of a SoundFont.
    SoundFont(SoundFontBank),
}

impl Band {
    /// Somebody who plays them.
    ///
    /// # Errors
    ///
    /// When a number in `config` is out of its range.
    pub fn player(&self, config: &SynthConfig) -> Result<Box<dyn Player + Send>, ConfigError> {
        Ok(match self {
            Self::BuiltIn => Box::new(Synth::new(config.clone())?),
            Self::SoundFont(bank) => Box::new(SoundFontSynth::new(bank, config)?),
        })
    }
}
