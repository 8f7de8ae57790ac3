//! Notes played by hand, on their way from a driver's thread into the audio callback.
//!
//! Messages carry stamps of the program's clock, but are handed over in the driver's own time. The callback sounds each
//! one a fixed delay after its stamp: a little latency, no jitter.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rtrb::{Consumer, Producer, RingBuffer};

use super::clock::{Nanos, PublicClock};
use crate::clock;

/// Messages that may wait for the next block.
const CAPACITY: usize = 1024;

/// A channel message on the player's clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct LiveMessage {
    pub at: Nanos,
    pub bytes: [u8; 3],
}

/// A lock-free way into the audio callback for one driver's thread. Several may exist at once.
#[derive(Debug)]
pub struct LiveInput {
    ring: Producer<LiveMessage>,
    clock: Arc<PublicClock>,
    lost: Arc<AtomicU64>,
}

impl LiveInput {
    pub(super) fn new(clock: Arc<PublicClock>, lost: Arc<AtomicU64>) -> (Self, Consumer<LiveMessage>) {
        let (ring, consumer) = RingBuffer::new(CAPACITY);
        let input = Self { ring, clock, lost };
        (input, consumer)
    }

    /// Sounds a channel message on the live instrument, a fixed delay after its stamp; at once where that is over.
    ///
    /// `stamp_micros` is of [`crate::clock`]. The channel in the status byte does not matter. Never blocks and never allocates; what does not fit is
    /// dropped and counted.
    pub fn send(&mut self, stamp_micros: u64, message: [u8; 3]) {
        let at = self.clock.nanos(clock::instant_from(stamp_micros));
        if self.ring.push(LiveMessage { at, bytes: message }).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}
