//! End to end, through the binary; and what the architecture promises ([`architecture`]).

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "suite/architecture.rs"]
mod architecture;
#[path = "suite/compose.rs"]
mod compose;
#[path = "suite/consent.rs"]
mod consent;
#[path = "suite/constraints.rs"]
mod constraints;
#[path = "suite/control.rs"]
mod control;
#[path = "suite/data_compose.rs"]
mod data_compose;
#[path = "suite/explain.rs"]
mod explain;
#[cfg(unix)]
#[path = "suite/full_disk.rs"]
mod full_disk;
#[path = "suite/humanize.rs"]
mod humanize;
#[path = "suite/inspect.rs"]
mod inspect;
#[cfg(feature = "device")]
#[path = "suite/live.rs"]
mod live;
#[path = "suite/originality.rs"]
mod originality;
#[path = "suite/play.rs"]
mod play;
#[path = "suite/program.rs"]
mod program;
#[path = "suite/provenance.rs"]
mod provenance;
#[path = "suite/render.rs"]
mod render;
#[path = "suite/styles.rs"]
mod styles;
#[path = "../synth/tests/suite/tiny_soundfont.rs"]
mod tiny_soundfont;
#[path = "suite/train.rs"]
mod train;
