//! How people play what is written: micro-timing and dynamics, learnt from performances, and laid onto any score.
//!
//! ```text
//! MIDI file of a performance ─ Performance::read ─> sheet (what is written) + timing, velocity (how it was played)
//! train: performances ─> PerformanceModel       humanize: Score + PerformanceModel ─ play ─ within limits ─> Score
//! ```
//!
//! Two kinds of performance are read. *Drums played to a click* tell for each hit how many milliseconds it is early or late.
//! *Pitched music with a tempo map shaped by hand* tells how early or late each moment comes, against the steady tempo
//! around it. Both tell how loud each note is against the music around it. Of how far the fingers of a chord, or two
//! players, are apart nothing is told there: it is taken from the hands of drummers.
//!
//! Durations are not learnt: files have them as they sounded and not as they were written. A note that was bound to the
//! next one stays bound to it.
//!
//! Start reading at [`humanize`], then [`PerformanceModel`].

mod click;
mod hands;
mod humanize;
mod level;
mod measure;
mod memory;
mod model;
mod network;
mod people;
mod places;
mod player;
mod reading;
mod rubato;
mod scale;
mod sheet;
mod stretch;
mod train;
mod within;

pub use humanize::{Humanized, humanize};
pub use measure::{Costs, PerformanceReport, Playing, StylePlaying};
pub use model::{People, PerformanceHeader, PerformanceModel, WEIGHTS, fingerprint};
pub use network::PerformanceConfig;
pub use reading::Performance;
pub use scale::Scale;
pub use sheet::{Kind, Sheet, SheetNote};
pub use stretch::Prepared;
pub use train::{PerformanceEvent, PerformanceTraining, train};

#[cfg(test)]
mod tests;
