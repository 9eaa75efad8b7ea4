//! What happens to sound after the voices.

pub(crate) mod chorus;
pub(crate) mod equalizers;
pub(crate) mod insert;
pub(crate) mod leveler;
pub(crate) mod limiter;
pub(crate) mod motion;
pub(crate) mod reverb;
