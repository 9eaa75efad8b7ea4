//! Why no sound comes out.

use thiserror::Error;

use crate::config::ConfigError;

/// A device that could not be opened.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenDeviceError {
    /// There is no such sound system here.
    #[error("there is no sound system called {wanted:?} here; there are: {available}")]
    NoSuchHost {
        /// What was asked for.
        wanted: String,
        /// What there is.
        available: String,
    },
    /// There is no such device.
    #[error("{host} has no output device called {wanted:?}: list the devices to see what there is")]
    NoSuchDevice {
        /// The sound system.
        host: String,
        /// What was asked for.
        wanted: String,
    },
    /// There is no output device at all.
    #[error("{host} has no output device: connect one, or render to a file instead")]
    NoDevice {
        /// The sound system.
        host: String,
    },
    /// The device cannot do what is asked.
    #[error("{device} cannot play {wanted_hz} Hz in a format that is understood here")]
    Unsupported {
        /// The device.
        device: String,
        /// The sample rate that was asked for.
        wanted_hz: u32,
    },
    /// The sound system refused.
    #[error("cannot open {device}")]
    Refused {
        /// The device.
        device: String,
        /// Why.
        #[source]
        source: cpal::Error,
    },
    /// The engine cannot be built.
    #[error("cannot build the synthesizer for this device")]
    Config(#[from] ConfigError),
    /// No thread could be started.
    #[error("cannot start the thread that watches over the sound device")]
    Thread(#[source] std::io::Error),
}
