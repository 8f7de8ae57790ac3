//! What is asked for around the sound, and what was found for it.

use crate::sound::SoundFont;

/// What is asked for around the sound, and what was found for it.
pub enum SoundAction {
    /// The outputs of this computer.
    Outputs(Vec<String>),
    /// The SoundFont to begin with, if there is one.
    Font(Option<SoundFont>),
    /// Try again which buffers the output keeps up with.
    Measure,
    /// Count gaps from zero.
    ForgetFaults,
}
