//! MIDI files in and out, as a caller sees them.

mod build;
mod damaged;
mod mutations;
mod notes;
mod round_trip;
mod writing;
