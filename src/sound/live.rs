//! Notes played by hand, on their way from a driver's thread into the audio callback.
//!
//! A driver stamps messages with its own clock and hands them over in its own time. Here the stamps are laid on the
//! player's clock, and the callback sounds each one a fixed delay after its stamp: a little latency, no jitter.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use rtrb::{Consumer, Producer, RingBuffer};

use super::clock::{Nanos, PublicClock};

/// Messages that may wait for the next block.
const CAPACITY: usize = 1024;

/// A channel message on the player's clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct LiveMessage {
    pub at: Nanos,
    pub bytes: [u8; 3],
}

/// Lays a driver's stamps on the player's clock.
///
/// Handing over only ever takes time, so the least that was seen is the truth; it is forgotten slowly, because two
/// clocks never run alike.
#[derive(Debug, Default)]
struct StampMap {
    /// Nanoseconds to add to a stamp; none before the first.
    offset: Option<Nanos>,
}

impl StampMap {
    /// A stamp this much later than its arrival, or earlier than this, means the driver's clock began anew.
    const BREAK: Nanos = 200_000_000;
    /// Forgotten with each message: more than clocks drift apart between two of them.
    const FORGET: Nanos = 2_000;

    fn place(&mut self, stamp_micros: u64, arrived: Nanos) -> Nanos {
        let stamp = i64::try_from(stamp_micros).unwrap_or(0).saturating_mul(1000);
        let seen = arrived.saturating_sub(stamp);
        let offset = match self.offset {
            Some(offset) if (seen - offset).abs() < Self::BREAK => seen.min(offset + Self::FORGET),
            _ => seen,
        };
        self.offset = Some(offset);
        stamp.saturating_add(offset)
    }
}

/// A lock-free way into the audio callback for one driver's thread. Several may exist at once.
#[derive(Debug)]
pub struct LiveInput {
    ring: Producer<LiveMessage>,
    stamps: StampMap,
    clock: Arc<PublicClock>,
    lost: Arc<AtomicU64>,
}

impl LiveInput {
    pub(super) fn new(clock: Arc<PublicClock>, lost: Arc<AtomicU64>) -> (Self, Consumer<LiveMessage>) {
        let (ring, consumer) = RingBuffer::new(CAPACITY);
        let input = Self {
            ring,
            stamps: StampMap::default(),
            clock,
            lost,
        };
        (input, consumer)
    }

    /// Sounds a channel message on the live instrument, as soon as jitter allows.
    ///
    /// `stamp_micros` is the driver's own clock, from any start; two messages keep their distance in time.
    /// The channel in the status byte does not matter. Never blocks and never allocates; what does not fit is
    /// dropped and counted.
    pub fn send(&mut self, stamp_micros: u64, message: [u8; 3]) {
        let arrived = self.clock.nanos(Instant::now());
        let at = self.stamps.place(stamp_micros, arrived);
        if self.ring.push(LiveMessage { at, bytes: message }).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_of_stamps_survive_late_arrivals() {
        let mut map = StampMap::default();
        let millis = |number: i64| number * 1_000_000;
        let late = [0, 3, 0, 9, 1, 0];
        let placed: Vec<Nanos> = (0_i32..)
            .zip(late)
            .map(|(index, late)| map.place(50_000 + index as u64 * 10_000, millis(900 + i64::from(index) * 10 + late)))
            .collect();
        for (index, at) in (0_i64..).zip(&placed) {
            let error = at - millis(900 + index * 10);
            assert!((0..20_000).contains(&error), "message {index} is off by {error} ns");
        }
    }

    #[test]
    fn a_driver_that_starts_over_is_followed() {
        let mut map = StampMap::default();
        assert_eq!(map.place(5_000_000, 1_000), 1_000);
        assert_eq!(map.place(10, 2_000_000_000), 2_000_000_000);
    }
}
