//! What is told while sound comes out.

/// Something that the listener should know. Never more than a few a second.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// The device went away or fell silent; it is being reopened.
    Lost {
        /// What the sound system said.
        reason: String,
    },
    /// The device could not be reopened yet.
    StillLost {
        /// Attempts so far.
        attempts: u32,
        /// What the sound system said.
        reason: String,
    },
    /// Sound is back.
    Restored {
        /// Attempts that it took.
        attempts: u32,
    },
    /// Errors after which the stream goes on.
    Errors {
        /// How many since the last such notice.
        count: u64,
        /// The latest.
        last: String,
    },
}
