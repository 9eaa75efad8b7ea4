//! What hostile input may cost.

/// The largest input, in bytes; the largest honest files known (dense "black MIDI" aside) have a few million.
pub const MAX_BYTES: usize = 64 << 20;

/// The most tracks in a file: what its header can count.
pub const MAX_TRACKS: usize = 65_535;

/// The most events in a timeline; 32 bytes each.
pub const MAX_EVENTS: usize = 4_000_000;

/// The most parts in a score: each gets a track when it is written, behind the one for tempo and meter.
pub const MAX_PARTS: usize = MAX_TRACKS - 1;

/// The longest piece, in quarter notes: 27 hours at 120 a minute. Satie's *Vexations* has about 44,000.
pub const MAX_QUARTERS: u32 = 200_000;

/// The longest text event that is kept whole, in bytes.
pub const MAX_TEXT_BYTES: usize = 1 << 20;

/// The longest title or name of a part that is kept whole, in characters.
pub const MAX_NAME_CHARS: usize = 256;

/// The most entries in a report; a last one says how many were left out.
pub const MAX_RESCUES: usize = 200;

/// How long a note may last that nothing ends, in quarter notes.
pub(crate) const MAX_HANGING_QUARTERS: u32 = 16;

/// How long the sustain pedal may hold a note after its key was released, in quarter notes. A string has
/// died away by then, and a pedal that nobody lifts does not smear the whole piece.
pub(crate) const MAX_PEDAL_QUARTERS: u32 = 8;
