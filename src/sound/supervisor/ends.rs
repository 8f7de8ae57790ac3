//! What connects a supervisor with its player and the callback.

use std::sync::{Arc, Mutex, PoisonError};

use crossbeam_channel::Sender;
use rtrb::{Consumer, Producer};

use crate::sound::callback::{Command, Shared, Trash};
use crate::sound::player::{OutputEvent, OutputState};

/// Asks whoever shows the output to look at it.
pub(super) type Wake = Arc<dyn Fn() + Send + Sync>;

/// What connects a supervisor with its player and the callback.
pub(in crate::sound) struct Ends {
    pub commands: Arc<Mutex<Producer<Command>>>,
    pub trash: Consumer<Trash>,
    pub shared: Arc<Shared>,
    pub state: Arc<Mutex<OutputState>>,
    pub events: Sender<OutputEvent>,
    pub wake: Option<Wake>,
}

impl Ends {
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
        if let Some(wake) = &self.wake {
            wake();
        }
    }

    pub fn tell(&self, event: OutputEvent) {
        // nobody listens, or has not for long
        if self.events.try_send(event).is_err() {
            return;
        }
        if let Some(wake) = &self.wake {
            wake();
        }
    }
}
