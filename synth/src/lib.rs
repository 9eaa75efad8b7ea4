//! MIDI events in, audio out.
//!
//! An empty shell so far: the built-in synthesizer is the next thing to be built. Until then ripieno writes MIDI files,
//! which any player renders.
