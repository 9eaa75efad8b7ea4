//! MIDI events in, audio out.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between samples, phases and frames, numbers change their type on purpose and in range"
)]
#![allow(clippy::needless_range_loop, reason = "a lane is one index into many arrays at once")]

mod bus;
mod channel;
mod config;
mod dsp;
mod effects;
mod engines;
mod event;
mod master;
pub mod offline;
#[allow(clippy::needless_update, reason = "every entry of the tables ends alike")]
mod presets;
#[doc(hidden)]
pub mod probe;
mod synth;
mod voices;

pub use config::{ConfigError, SynthConfig};
pub use event::Event;
pub use synth::Synth;
