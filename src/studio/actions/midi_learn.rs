//! What is asked for around a keyboard's buttons and knobs.

use crate::studio::services::midi_learn::{Learning, Turned};

/// What is asked for around a keyboard's buttons and knobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MidiLearnAction {
    /// The next control that is moved drives this.
    Learn(Learning),
    /// No control is waited for any more.
    Cancel,
    /// No knob turns this any more.
    Forget(Turned),
}
