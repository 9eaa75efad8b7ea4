//! `ripieno play`: a MIDI file through the speakers.

#[cfg(feature = "device")]
mod devices;
#[cfg(feature = "device")]
mod display;
#[cfg(feature = "device")]
mod feed;
#[cfg(feature = "device")]
pub(crate) mod perform;

use crate::cli::Play;

#[cfg(feature = "device")]
pub(crate) use perform::run;

/// A build that opens no devices says what it can do instead.
#[cfg(not(feature = "device"))]
pub(crate) fn run(_: &Play) -> anyhow::Result<()> {
    anyhow::bail!(
        "this ripieno was built without sound devices; build it with `cargo build --release`, without \
         --no-default-features, or write a file with `ripieno render`"
    )
}
