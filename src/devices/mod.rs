//! MIDI keyboards: ports, hot-plug, profiles.
//!
//! [`Keyboards`] watches what is plugged in, connects it, and hands every message from the driver's own thread straight
//! to the sinks that were given at the start: no lock and no window in between. What a sink does (sound, record, light
//! keys) is unknown here. [`MidiBackend`] is the seam to the system; [`fake::FakeBackend`] stands in for it in tests.

mod alsa;
mod backend;
mod driver_clock;
pub mod fake;
mod keyboards;
mod profile;
mod tap;

pub use alsa::alsa_backend;
pub use backend::{Connection, Inlet, MidiBackend, Sink};
pub use driver_clock::DriverClock;
pub use keyboards::{InputStatus, Inputs, KeyboardEvent, Keyboards, KeyboardsOptions, SinkFactory, Status};
pub use profile::{ButtonMap, ButtonMode, Knob, Profile, TransportButton};
pub use tap::{Tap, TapFeeder, tap};

pub use crate::music::Stamped;

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
