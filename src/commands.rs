//! One module for each command.

pub(crate) mod compose;
pub(crate) mod data_compose;
pub(crate) mod data_scan;
pub(crate) mod eval;
pub(crate) mod inspect;
pub(crate) mod train_base;
