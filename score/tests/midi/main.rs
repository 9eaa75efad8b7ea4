//! MIDI files in and out, as a caller sees them.

mod build;
mod damaged;
mod explore;
mod hostile;
mod memory;
mod mutations;
mod notes;
mod round_trip;
mod writing;
