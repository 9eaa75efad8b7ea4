//! What the engine knows of a sounding voice.

/// Which engine computes a voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Tone,
    Fm,
    Plucked,
    Struck,
}

/// What keeps a voice sounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// A finger.
    Key,
    /// A pedal, sustain or sostenuto.
    Pedal,
    /// Nothing: it ends in its own time.
    Released,
    /// It fades within milliseconds.
    Dying,
}

/// One of the voices of a note.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Voice {
    pub(crate) kind: Kind,
    /// Its place in the pool of its engine.
    pub(crate) slot: usize,
    pub(crate) channel: usize,
    pub(crate) key: u8,
    pub(crate) bus: usize,
    /// The choke group of a drum; `0` is none.
    pub(crate) choke: u8,
    pub(crate) hold: Hold,
    /// Whether the sostenuto pedal caught it.
    pub(crate) is_sostenuto: bool,
    /// Cents from the key that was struck to the one that it was slurred to.
    pub(crate) slur_cents: f32,
    /// Portamento: how far the pitch is from home, and how many cents it comes nearer in a second.
    pub(crate) slide_cents: f32,
    pub(crate) slide_speed: f32,
    /// The frame at which it began.
    pub(crate) born: u64,
}
