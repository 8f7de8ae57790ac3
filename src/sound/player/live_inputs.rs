//! Live inputs for keyboards that come and go, on any thread.

use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};
use rtrb::RingBuffer;

use crate::sound::callback::MAX_LIVE_INPUTS;
use crate::sound::callback::link::{Command, Commands, Shared};
use crate::sound::live::{CAPACITY, LiveInput, LiveRing};

/// Lends live inputs. One that is dropped is lent again, so there are only as many as were ever in use at once.
#[derive(Clone)]
pub struct LiveInputs {
    commands: Commands,
    shared: Arc<Shared>,
    returned: Sender<LiveRing>,
    unused: Receiver<LiveRing>,
}

impl LiveInputs {
    pub(in crate::sound) fn new(commands: Commands, shared: Arc<Shared>) -> Self {
        let (returned, unused) = bounded(MAX_LIVE_INPUTS);
        Self { commands, shared, returned, unused }
    }

    /// A live input for one thread. Not to be called in the audio callback or on a driver's thread: it may lock and
    /// allocate.
    pub fn take(&self) -> LiveInput {
        let ring = self.unused.try_recv().unwrap_or_else(|_| {
            let (ring, consumer) = RingBuffer::new(CAPACITY);
            self.commands.send(Command::LiveInput(consumer));
            ring
        });
        let (clock, lost) = (Arc::clone(&self.shared.clock), Arc::clone(&self.shared.lost));
        LiveInput::new(ring, clock, lost, self.returned.clone())
    }
}
