//! What can go wrong with a keyboard.

/// What can go wrong with a keyboard. Neither ends the studio: both are shown and tried again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// The system has no MIDI at all.
    #[error("{reason}")]
    Unavailable {
        /// One sentence for people: what is missing, and what would help.
        reason: String,
    },
    /// One input would not open.
    #[error("the MIDI input could not be opened ({reason}): {name}")]
    Open {
        /// The input's name.
        name: String,
        /// What the system says.
        reason: String,
    },
}
