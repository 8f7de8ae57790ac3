//! A lock-free way for messages from the drivers' threads to one reader: a recorder, or the keys of a piano display.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::music::Stamped;

/// Room for messages per keyboard between two reads: 4 s of the densest stream a MIDI cable can carry.
const CAPACITY: usize = 4096;
/// Keyboards that may connect between two reads.
const NEW_RINGS: usize = 64;

/// Makes the sending ends of a tap, one per keyboard.
#[derive(Clone, Debug)]
pub struct TapFeeder {
    rings: Sender<rtrb::Consumer<Stamped>>,
    dropped: Arc<AtomicU64>,
}

/// The reader's end.
#[derive(Debug)]
pub struct Tap {
    new_rings: Receiver<rtrb::Consumer<Stamped>>,
    rings: Vec<rtrb::Consumer<Stamped>>,
    dropped: Arc<AtomicU64>,
    batch: Vec<Stamped>,
}

/// A tap and what feeds it.
pub fn tap() -> (TapFeeder, Tap) {
    let (sender, new_rings) = bounded(NEW_RINGS);
    let dropped = Arc::new(AtomicU64::new(0));
    let feeder = TapFeeder { rings: sender, dropped: dropped.clone() };
    let tap = Tap { new_rings, rings: Vec::new(), dropped, batch: Vec::new() };
    (feeder, tap)
}

impl TapFeeder {
    /// A sink for one keyboard, which neither waits nor locks nor allocates when it is called.
    pub fn sink(&self) -> impl FnMut(Stamped) + Send + 'static {
        let (mut producer, consumer) = rtrb::RingBuffer::new(CAPACITY);
        // if the reader is gone, or far behind, all messages count as dropped
        let is_read = self.rings.try_send(consumer).is_ok();
        let dropped = self.dropped.clone();
        move |stamped| {
            if !is_read || producer.push(stamped).is_err() {
                dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

impl Tap {
    /// Passes on what came since the last time, in the order of the stamps; each keyboard's own order is kept.
    pub fn drain(&mut self, mut take: impl FnMut(Stamped)) {
        self.rings.extend(self.new_rings.try_iter());
        for ring in &mut self.rings {
            while let Ok(stamped) = ring.pop() {
                self.batch.push(stamped);
            }
        }
        self.rings.retain(|ring| !(ring.is_abandoned() && ring.is_empty()));
        self.batch.sort_by_key(|stamped| stamped.stamp_micros); // stable
        self.batch.drain(..).for_each(&mut take);
    }

    /// How many messages were lost because nobody read in time.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamped(stamp_micros: u64) -> Stamped {
        Stamped { stamp_micros, message: [0x90, 60, 1] }
    }

    #[test]
    fn several_keyboards_come_in_the_order_of_their_stamps() {
        let (feeder, mut tap) = tap();
        let (mut one, mut two) = (feeder.sink(), feeder.sink());
        for stamp in [1, 4] {
            one(stamped(stamp));
        }
        for stamp in [2, 3] {
            two(stamped(stamp));
        }
        drop(one); // unplugged: what it sent still counts
        let mut stamps = Vec::new();
        tap.drain(|stamped| stamps.push(stamped.stamp_micros));
        assert_eq!(stamps, [1, 2, 3, 4]);
        assert_eq!((tap.rings.len(), tap.dropped()), (1, 0));
    }

    #[test]
    fn what_nobody_reads_is_counted() {
        let (feeder, mut tap) = tap();
        let mut sink = feeder.sink();
        for stamp in 0..CAPACITY as u64 + 3 {
            sink(stamped(stamp));
        }
        assert_eq!(tap.dropped(), 3);
        let mut count = 0;
        tap.drain(|_| count += 1);
        assert_eq!(count, CAPACITY);
    }
}
