//! MIDI keyboards: ports, hot-plug, profiles.
//!
//! [`Keyboards`] watches what is plugged in, connects it, and passes every message straight from the driver's own
//! thread to the sinks: no lock and no window in between. What a sink does (sound, record, light up keys) is unknown
//! here. [`MidiBackend`] is the interface to the system; [`fake::FakeBackend`] replaces it in tests.

mod alsa;
mod backend;
mod driver_clock;
mod error;
mod event;
pub mod fake;
mod input_handler;
mod keyboards;
mod profile;
mod tap;
mod waker;

pub use self::alsa::alsa_backend;
pub use self::backend::{Connection, MidiBackend};
pub use self::driver_clock::DriverClock;
pub use self::error::DeviceError;
pub use self::event::KeyboardEvent;
pub use self::input_handler::{InputHandler, Sink};
pub use self::keyboards::{InputStatus, Inputs, Keyboards, KeyboardsOptions, SinkFactory, Status};
pub use self::profile::{ButtonMap, ButtonMode, Knob, Profile, TransportButton};
pub use self::tap::{Tap, TapFeeder, tap};
pub use crate::music::Stamped;
