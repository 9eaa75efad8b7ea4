//! Live playing: the improviser, a loudspeaker, a person.
//!
//! ```text
//! keyboard ──> Keys ──────────────────> audio thread ──> speakers, tape ──> WAV
//!                     heard, with frames ──┘   ↑ settled events
//! screen ── Wish ──> Band: Improviser ─────────┘──> Journal ──> MIDI file
//!                      ↑ Follower: tempo       └──> MidiOut ──> instrument or DAW
//!    ↑──── View ───────┘
//! ```

pub(crate) mod band;
pub(crate) mod follow;
pub(crate) mod journal;
pub(crate) mod keyboard;
pub(crate) mod making;
pub(crate) mod midi_out;
pub(crate) mod screen;
pub(crate) mod tally;
pub(crate) mod transport;
pub(crate) mod view;

use ripieno_composer::improvise::Playing;
use ripieno_score::Channel;

/// The channel that the person plays on.
pub(crate) const OWN_CHANNEL: u8 = 15;

/// What the person wishes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wish {
    /// Names and shares for the screen, and the weights of the style table.
    Style(Vec<(String, f32)>, Vec<f32>),
    Tempo(f64),
    /// Quarter notes a minute more, or less.
    Faster(f64),
    /// Classes of density more, or less.
    Denser(i8),
    /// A class of density, `1..=8`.
    Density(u8),
    /// Temperature more, or less.
    Warmer(f32),
    /// A temperature.
    Temperature(f32),
    Playing(Playing),
    /// A message for the screen.
    Say(String),
    /// A cadence, then the end.
    Finish,
    /// The end, at once.
    Stop,
}

/// The channel of a part of the machine: the tune on the first, drums where drums are, the person's left out.
pub(crate) fn channel_of(slot: usize, instrument: u8) -> Channel {
    if instrument == 128 {
        return Channel::DRUMS;
    }
    // Fourteen channels are left; more parts share them.
    let free: Vec<u8> = (0..OWN_CHANNEL).filter(|&channel| channel != Channel::DRUMS.value()).collect();
    Channel::new(free[slot % free.len()]).expect("below 16")
}
