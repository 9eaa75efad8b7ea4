//! One module for each command.

pub(crate) mod compose;
pub(crate) mod data_compose;
pub(crate) mod data_index;
pub(crate) mod data_licences;
pub(crate) mod data_scan;
pub(crate) mod eval;
pub(crate) mod explain;
pub(crate) mod humanize;
pub(crate) mod inspect;
#[cfg(feature = "device")]
pub(crate) mod live;
pub(crate) mod originality;
pub(crate) mod play;
#[cfg(feature = "device")]
pub(crate) mod ports;
pub(crate) mod provenance;
pub(crate) mod render;
pub(crate) mod styles;
pub(crate) mod train_base;
pub(crate) mod train_performance;
pub(crate) mod train_style;
