//! What a key of a piano does.

use crate::music::{Pitch, Velocity};

/// A key goes down or up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PianoEvent {
    /// Which key.
    pub pitch: Pitch,
    /// How hard it is struck; when released, as it was struck.
    pub velocity: Velocity,
    /// Down, else up.
    pub on: bool,
}
