//! The interface to the system's MIDI.

use super::error::DeviceError;
use super::input_handler::InputHandler;

/// A system's MIDI inputs.
pub trait MidiBackend: Send {
    /// The names of all inputs now, each once, stable over unplugging; our own ports and loop-throughs are left out.
    ///
    /// # Errors
    /// [`DeviceError::Unavailable`] if the system has no MIDI.
    fn input_names(&mut self) -> Result<Vec<String>, DeviceError>;

    /// Connects an input: from now on its messages go to [`InputHandler::receive`].
    ///
    /// # Errors
    /// [`DeviceError::Open`] if the system refuses.
    fn open(&mut self, name: &str, handler: InputHandler) -> Result<Box<dyn Connection>, DeviceError>;
}

/// An input that was opened.
pub trait Connection: Send {
    /// Whether messages can still come. False once the keyboard was unplugged, even if one of its name is there again.
    fn is_alive(&self) -> bool;

    /// Ends it and returns the handler, so that held notes can be released. `None` if it was lost with the driver.
    fn close(self: Box<Self>) -> Option<InputHandler>;
}
