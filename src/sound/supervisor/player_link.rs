//! What connects a supervisor with its player and the callback.

use std::sync::{Arc, Mutex, PoisonError};

use crossbeam_channel::Sender;
use rtrb::Consumer;

use crate::sound::callback::link::{Commands, Shared, Trash};
use crate::sound::output::state::{OutputEvent, OutputState};

/// What connects a supervisor with its player and the callback.
pub(in crate::sound) struct PlayerLink {
    pub commands: Commands,
    pub trash: Consumer<Trash>,
    pub shared: Arc<Shared>,
    pub state: Arc<Mutex<OutputState>>,
    pub events: Sender<OutputEvent>,
    /// Called when there is something new to show.
    pub wake: Option<Arc<dyn Fn() + Send + Sync>>,
}

impl PlayerLink {
    pub fn set_state(&self, state: OutputState) {
        let mut known = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if *known == state {
            return;
        }
        if let OutputState::NoDevice { reason } = &state {
            log::warn!("{reason}");
        }
        *known = state;
        drop(known);
        self.wake();
    }

    pub fn send_event(&self, event: OutputEvent) {
        // a full channel means that nobody is listening
        if self.events.try_send(event).is_ok() {
            self.wake();
        }
    }

    fn wake(&self) {
        if let Some(wake) = &self.wake {
            wake();
        }
    }
}
