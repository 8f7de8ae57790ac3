//! What happens to keyboards.

use std::sync::Arc;

use super::profile::{Knob, Profile, TransportButton};

/// What happens to keyboards. Notes do not come this way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyboardEvent {
    /// A keyboard is connected; at the start, or when it is plugged in.
    Connected {
        /// The input's name.
        name: Arc<str>,
        /// What we know about the keyboard.
        profile: Option<&'static Profile>,
    },
    /// A connected keyboard was unplugged; what it held has been released.
    Lost {
        /// The input's name.
        name: Arc<str>,
    },
    /// An input is there but does not open. It is tried again at each poll, but this event comes once.
    Failed {
        /// The input's name.
        name: Arc<str>,
        /// What the system says.
        reason: String,
    },
    /// The system has no MIDI. It is tried again at each poll, but this event comes once.
    Unavailable {
        /// One sentence for people.
        reason: String,
    },
    /// A transport button was pressed.
    Button {
        /// The input's name.
        name: Arc<str>,
        /// Which.
        button: TransportButton,
        /// When, on the program's clock.
        stamp_micros: u64,
    },
    /// A knob of a known keyboard was turned. The sinks get it, too.
    Knob {
        /// The input's name.
        name: Arc<str>,
        /// Which.
        knob: Knob,
        /// The number of its controller, 0 to 127: units of one keyboard differ.
        number: u8,
        /// 0 to 127.
        value: u8,
    },
    /// Any other controller moved: what MIDI learn listens for. The sinks get it, too.
    Controller {
        /// The input's name.
        name: Arc<str>,
        /// Which, 0 to 127.
        number: u8,
        /// 0 to 127.
        value: u8,
    },
}
