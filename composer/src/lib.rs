//! The sequence model: events, network, training, generation.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test may panic"))]

pub mod attribute;
pub mod base;
pub mod compose;
pub mod device;
pub mod encode;
pub mod eval;
pub mod event;
pub mod example;
pub mod generate;
pub mod memory;
pub mod model;
pub mod network;
pub mod ngram;
pub mod task;
pub mod train;
pub mod vocabulary;

#[cfg(test)]
mod test_pieces;
