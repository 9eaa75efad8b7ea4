//! From a [`Timeline`](ripieno_score::Timeline) to frames and files, faster than it sounds.
//!
//! ```text
//! Timeline ── Performance::new ──> Performance ── render ──> blocks ── WavSink ──> WAV file
//!                  parts, only ──┘        └── on a Player: Synth or SoundFontSynth
//! ```

mod chunks;
mod loudness;
mod meter;
mod performance;
mod player;
mod render;
mod soundfont;
mod wav;

pub use chunks::{ChunkId, ReadChunkError, append_chunks, find_chunk, info_chunk};
pub use loudness::{Loudness, MeasureLoudnessError, gain_to_reach, measure_loudness};
pub use meter::LoudnessMeter;
pub use performance::{PartId, Performance, TimedEvent};
pub use player::{Band, Player};
pub use render::{Progress, RenderOptions, render};
pub use soundfont::{ReadSoundFontError, SoundFontBank, SoundFontSynth};
pub use wav::{BitDepth, WavSink, WriteWavError, write_wav};
