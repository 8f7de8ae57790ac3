//! Live notes on their way from a driver's thread into the audio callback.
//!
//! Messages carry stamps of the program's clock, but are delivered in the driver's own time. The callback plays each
//! one a fixed delay after its stamp: a little latency, no jitter.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_channel::Sender;
use rtrb::Producer;

use super::clock::PublicClock;
use super::stream::Nanos;
use crate::clock;

/// Messages that may wait for the next block.
pub(super) const CAPACITY: usize = 1024;

/// A channel message on the player's clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct LiveMessage {
    pub at: Nanos,
    pub bytes: [u8; 3],
}

/// The sending end of a ring into the audio callback.
pub(super) type LiveRing = Producer<LiveMessage>;

/// A lock-free way into the audio callback for one driver's thread. Several may exist at once. A dropped one is lent
/// again, since the callback keeps its end of the ring.
#[derive(Debug)]
pub struct LiveInput {
    /// There until the drop.
    ring: Option<LiveRing>,
    clock: Arc<PublicClock>,
    lost: Arc<AtomicU64>,
    unused: Sender<LiveRing>,
}

impl LiveInput {
    /// On a ring whose other end the callback has; `unused` gets it back.
    pub(super) fn new(ring: LiveRing, clock: Arc<PublicClock>, lost: Arc<AtomicU64>, unused: Sender<LiveRing>) -> Self {
        Self { ring: Some(ring), clock, lost, unused }
    }

    /// Plays a channel message on the live instrument, a fixed delay after its stamp; at once if that has passed.
    ///
    /// `stamp_micros` is of [`crate::clock`]. The channel in the status byte does not matter. Never blocks and never
    /// allocates; what does not fit is dropped and counted.
    pub fn send(&mut self, stamp_micros: u64, message: [u8; 3]) {
        let at = self.clock.nanos(clock::instant_from(stamp_micros));
        let message = LiveMessage { at, bytes: message };
        if self.ring.as_mut().is_none_or(|ring| ring.push(message).is_err()) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Drop for LiveInput {
    fn drop(&mut self) {
        if let Some(ring) = self.ring.take() {
            drop(self.unused.try_send(ring)); // fails only once the player is gone
        }
    }
}
