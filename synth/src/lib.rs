//! MIDI events in, audio out: a General MIDI band without a sample.
//!
//! ```text
//! Event ── Synth::handle ──> channels ──> voices ──> strips of a desk ──> room, limiter ──> frames
//!                            (channel)   (engines,    (bus, effects::insert)  (master)
//!                                         presets)
//! Timeline ── offline::Performance ──> offline::render ──> WavSink      Event ── device ──> speakers
//! ```
//!
//! [`Synth`] is the engine, the same for files and for live playing: the same events at the same frames give the same
//! samples. It never allocates, locks or fails after [`Synth::new`], so that it may live in an audio callback of your
//! own. [`offline`] turns whole pieces into WAV files, stems and measured loudness. What each instrument is made of is
//! data: start reading at `presets.rs` to change a sound, at `synth.rs` to change the engine.
//!
//! A chord, with no device and no file:
//!
//! ```
//! use ripieno_score::{Channel, Pitch, Program, Velocity};
//! use ripieno_synth::{Event, Synth, SynthConfig};
//!
//! let mut synth = Synth::new(SynthConfig::default())?;
//! let channel = Channel::new(0).expect("channels go up to 15");
//! let harp = Program::new(46).expect("programs go up to 127");
//! synth.handle(Event::Program { channel, program: harp }, 0);
//! for (step, key) in [60, 64, 67, 72].into_iter().enumerate() {
//!     let pitch = Pitch::new(key).expect("keys go up to 127");
//!     synth.handle(Event::NoteOn { channel, pitch, velocity: Velocity::DEFAULT }, step * 2400);
//! }
//! let mut block = vec![[0.0; 2]; 48_000];
//! synth.render(&mut block);
//! assert!(block.iter().any(|[left, _right]| left.abs() > 0.01));
//! # Ok::<(), ripieno_synth::ConfigError>(())
//! ```

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between samples, phases and frames, numbers change their type on purpose and in range"
)]
#![allow(clippy::needless_range_loop, reason = "a lane is one index into many arrays at once")]

mod bus;
mod channel;
mod config;
#[cfg(feature = "device")]
pub mod device;
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
