//! Where the sound goes: what an output can do, and what its stream pulls.
//!
//! The supervisor only knows the traits in here, so that tests can have devices come, go, stall and refuse as they like.

use std::num::NonZero;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;
use rodio::Source;

use super::callback::{BLOCK_FRAMES, Callback};
use super::clock::PublicClock;
use super::stream::StreamWatch;

#[cfg(test)]
pub(super) mod fake;
pub(super) mod system;

/// Buffer sizes that can be asked for.
pub(super) const BUFFER_FRAMES: std::ops::RangeInclusive<u32> = 64..=4096;

/// Why there is no sound, for people.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(super) enum OutputError {
    #[error("no sound output was found")]
    None,
    #[error("no sound output is called \"{0}\"")]
    NotFound(String),
    #[error("the sound output \"{name}\" could not be opened: {reason}")]
    Refused { name: String, reason: String },
}

/// The outputs of a computer. May take a moment, and makes no noise where there is none.
pub(super) trait Outputs: Send {
    /// The device whose name (or system's name for it, such as `hw:CARD=Loopback,DEV=0`) contains this, or the default one.
    fn find(&mut self, wanted: Option<&str>) -> Result<Box<dyn Device>, OutputError>;
    /// Names of those that are there.
    fn names(&mut self) -> Vec<String>;
}

/// An output that is there, not open.
pub(super) trait Device: Send {
    fn name(&self) -> &str;
    /// What it pulls; of the rates that the synth takes.
    fn sample_rate_hz(&self) -> u32;
    /// The nearest to what is wanted that it can have. Some take one size only (ALSA's dmix).
    fn buffer_frames(&self, wanted: u32) -> u32;
    /// Opens it: its thread says to the watch what it asks for, and takes the samples. On failure they are dropped.
    fn open(
        &self,
        buffer_frames: u32,
        samples: Samples,
        watch: &Arc<StreamWatch>,
        clock: &Arc<PublicClock>,
    ) -> Result<Box<dyn Stream>, OutputError>;
}

/// An open device. Dropping it ends its thread and drops the samples.
pub(super) trait Stream: Send {
    /// What the driver really asks for at a time.
    fn buffer_frames(&self) -> u32;
}

/// What a stream pulls: endless, stereo.
pub(super) type Samples = Box<dyn Source + Send>;

/// From asking to hearing where the backend does not say: the driver plays one buffer while the next is filled.
pub(super) fn estimated_latency(buffer_frames: u32, sample_rate_hz: u32) -> Duration {
    Duration::from_secs_f64(f64::from(buffer_frames) * 2.0 / f64::from(sample_rate_hz))
}

/// A live note sounds this long after its stamp: the driver asks for whole buffers, and threads wake a little late.
/// Buffers that are no whole number of blocks ask for up to one more block at a time.
pub(super) fn live_delay_frames(buffer_frames: u32) -> u32 {
    let block = BLOCK_FRAMES as u32;
    buffer_frames.next_multiple_of(block) + block
}

/// A thread in real time that never sleeps is ended by the kernel, and the program with it, after 200 ms. Music that takes
/// longer to render than it lasts would bring it there: then, and only then, the thread rests for a moment. What is heard
/// is full of gaps already.
#[derive(Debug)]
struct Brake {
    worked: Instant,
    busy_since: Instant,
}

/// Without a pause this long, the thread has not slept.
const SLEPT: Duration = Duration::from_micros(100);
/// Longest time without sleep.
const LONGEST_BUSY: Duration = Duration::from_millis(80);
const REST: Duration = Duration::from_micros(500);

impl Brake {
    fn new(now: Instant) -> Self {
        Self { worked: now, busy_since: now }
    }

    fn must_rest(&mut self, now: Instant) -> bool {
        if now.saturating_duration_since(self.worked) > SLEPT {
            self.busy_since = now;
        }
        let rests = now.saturating_duration_since(self.busy_since) > LONGEST_BUSY;
        if rests {
            self.busy_since = now;
        }
        rests
    }

    fn has_worked(&mut self, now: Instant) {
        self.worked = now;
    }
}

/// The callback as rodio wants it: an endless iterator of samples. Dropped, it sends the callback home.
pub(super) struct CallbackSource {
    sample_rate_hz: NonZero<u32>,
    /// There until the drop.
    callback: Option<Box<Callback>>,
    home: Sender<Box<Callback>>,
    block: [f32; BLOCK_FRAMES * 2],
    next: usize,
    brake: Brake,
}

impl CallbackSource {
    /// `home` has room for one.
    pub fn new(callback: Box<Callback>, home: Sender<Box<Callback>>) -> Self {
        Self {
            sample_rate_hz: NonZero::new(callback.sample_rate_hz()).unwrap_or(NonZero::<u32>::MIN),
            callback: Some(callback),
            home,
            block: [0.0; BLOCK_FRAMES * 2],
            next: BLOCK_FRAMES * 2,
            brake: Brake::new(Instant::now()),
        }
    }
}

impl Iterator for CallbackSource {
    type Item = f32;

    #[inline]
    fn next(&mut self) -> Option<f32> {
        if self.next == self.block.len() {
            if self.brake.must_rest(Instant::now()) {
                std::thread::sleep(REST);
            }
            self.callback.as_mut()?.render(&mut self.block);
            self.brake.has_worked(Instant::now());
            self.next = 0;
        }
        let sample = self.block[self.next];
        self.next += 1;
        Some(sample)
    }
}

impl Source for CallbackSource {
    fn current_span_len(&self) -> Option<usize> {
        None
    }
    fn channels(&self) -> NonZero<u16> {
        NonZero::<u16>::MIN.saturating_add(1)
    }
    fn sample_rate(&self) -> NonZero<u32> {
        self.sample_rate_hz
    }
    fn total_duration(&self) -> Option<Duration> {
        None
    }
}

impl Drop for CallbackSource {
    fn drop(&mut self) {
        if let Some(callback) = self.callback.take() {
            // Room for one, and there is only one.
            drop(self.home.try_send(callback));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_thread_that_never_sleeps_is_braked() {
        let began = Instant::now();
        let at = |micros| began + Duration::from_micros(micros);
        let mut brake = Brake::new(began);
        // half of the time busy, for a second
        for block in 0..750 {
            assert!(!brake.must_rest(at(block * 1333)));
            brake.has_worked(at(block * 1333 + 666));
        }
        // always busy
        let mut rests = 0;
        for block in 0..750 {
            rests += u32::from(brake.must_rest(at(1_000_000 + block * 1400)));
            brake.has_worked(at(1_000_000 + block * 1400 + 1390));
        }
        assert!((10..=14).contains(&rests), "{rests}");
    }
}
