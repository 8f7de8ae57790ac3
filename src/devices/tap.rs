//! A lock-free way for messages from the drivers' threads to one reader: a recorder, or the keys of a piano display.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_channel::{Receiver, Sender, bounded};
use rtrb::{Consumer, Producer, RingBuffer};

use crate::music::Stamped;

/// Room for messages per keyboard between two reads: 4 s of the densest stream a MIDI cable can carry.
const CAPACITY: usize = 4096;
/// Keyboards at once.
const MAX_RINGS: usize = 64;

/// Makes the sending ends of a tap, one per keyboard. The ring of one that is dropped is used again, so that keyboards
/// may come and go without end even while nobody reads.
#[derive(Clone, Debug)]
pub struct TapFeeder {
    new_rings: Sender<Consumer<Stamped>>,
    returned: Sender<Producer<Stamped>>,
    unused: Receiver<Producer<Stamped>>,
    dropped: Arc<AtomicU64>,
}

/// The reader's end.
#[derive(Debug)]
pub struct Tap {
    new_rings: Receiver<Consumer<Stamped>>,
    rings: Vec<Consumer<Stamped>>,
    dropped: Arc<AtomicU64>,
    batch: Vec<Stamped>,
}

/// A tap and what feeds it.
pub fn tap() -> (TapFeeder, Tap) {
    let (ring_sender, new_rings) = bounded(MAX_RINGS);
    let (returned, unused) = bounded(MAX_RINGS);
    let dropped = Arc::new(AtomicU64::new(0));
    let feeder = TapFeeder { new_rings: ring_sender, returned, unused, dropped: dropped.clone() };
    let tap = Tap { new_rings, rings: Vec::new(), dropped, batch: Vec::new() };
    (feeder, tap)
}

/// A ring that is given back when it is dropped.
struct LentRing {
    producer: Option<Producer<Stamped>>,
    returned: Sender<Producer<Stamped>>,
}

impl Drop for LentRing {
    fn drop(&mut self) {
        drop(self.producer.take().map(|producer| self.returned.try_send(producer)));
    }
}

impl TapFeeder {
    /// A sink for one keyboard, which neither waits nor locks nor allocates when it is called.
    pub fn sink(&self) -> impl FnMut(Stamped) + Send + 'static {
        let producer = self.unused.try_recv().ok().or_else(|| {
            let (producer, consumer) = RingBuffer::new(CAPACITY);
            // without a reader, or with too many keyboards at once, all messages count as dropped
            self.new_rings.try_send(consumer).is_ok().then_some(producer)
        });
        let mut ring = LentRing { producer, returned: self.returned.clone() };
        let dropped = self.dropped.clone();
        move |stamped| {
            if ring.producer.as_mut().is_none_or(|producer| producer.push(stamped).is_err()) {
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
        assert_eq!(tap.dropped(), 0);
    }

    /// A keyboard that refuses for an hour while the window is hidden, and then connects.
    #[test]
    fn connections_without_end_need_no_reader() {
        let (feeder, mut tap) = tap();
        for stamp in 0..10_000 {
            let mut sink = feeder.sink();
            if stamp % 1000 == 0 {
                sink(stamped(stamp));
            }
        }
        feeder.sink()(stamped(10_000));
        let mut stamps = Vec::new();
        tap.drain(|stamped| stamps.push(stamped.stamp_micros));
        assert_eq!(stamps, (0..=10).map(|thousand| thousand * 1000).collect::<Vec<_>>());
        assert_eq!((tap.rings.len(), tap.dropped()), (1, 0));
    }

    #[test]
    fn messages_that_nobody_reads_are_counted() {
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
