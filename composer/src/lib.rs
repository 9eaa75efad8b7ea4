//! The sequence model: events, network, training, generation.
//!
//! ```text
//! GridScore ─ encode ─> EventScore ─ example ─> steps and rows ─ network ─> logits of the next event
//!                                      ↑ task: what is given     ↑ memory: what the heads are told
//! train: pieces ─> weights       generate: request ─> notes      compose: seed + wishes ─> a piece
//! ```
//!
//! Start reading at [`event`] and [`vocabulary`], then [`network`]; [`compose`](mod@compose) is what musicians use.
//!
//! ```
//! use std::sync::atomic::AtomicBool;
//!
//! use ripieno_composer::compose::{Wishes, compose};
//! use ripieno_composer::{base, device::DeviceChoice};
//!
//! let model = base::load(&DeviceChoice::Flex.device())?;
//! let wishes = Wishes { bars: Some(2), key: Some("D minor".parse()?), candidates: 1, ..Wishes::default() };
//! let piece = compose(&model, None, &wishes, &|_bars_done, _bars| {}, &AtomicBool::new(false))?;
//! assert!(piece.score.note_count() > 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::cast_sign_loss, reason = "a test may panic"))]
#![allow(
    clippy::cast_possible_truncation,
    reason = "classes, positions, parts and steps are below the table sizes of `vocabulary`, which fit their types"
)]

pub mod attribute;
pub mod base;
pub mod compose;
pub mod considered;
pub mod device;
pub mod encode;
pub mod eval;
pub mod event;
pub mod example;
pub mod generate;
pub mod habits;
pub mod improvise;
pub mod memory;
pub mod model;
pub mod network;
pub mod ngram;
pub mod performance;
pub mod personal;
pub mod provenance;
pub mod task;
pub mod train;
pub mod training_record;
pub mod vocabulary;

#[cfg(test)]
mod test_pieces;
