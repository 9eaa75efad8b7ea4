//! From a [`Timeline`](ripieno_score::Timeline) to frames and files, faster than it sounds.

mod performance;
mod render;
mod wav;

pub use performance::{Performance, TimedEvent};
pub use render::{Progress, RenderOptions, render};
pub use wav::{BitDepth, WavSink, WriteWavError, write_wav};
