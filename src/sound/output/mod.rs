//! Sound outputs as the supervisor knows them, and the source of samples that their streams read.
//!
//! The supervisor only knows the traits in here, so that in tests devices can come, go, stall and refuse.

#[cfg(test)]
pub(super) mod fake;
pub(super) mod state;
pub(super) mod system;

use std::num::NonZero;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Sender, bounded};
use rodio::Source;

use super::block::BLOCK_FRAMES;
use super::callback::Callback;
use super::clock::PublicClock;
use super::stream::StreamMonitor;

/// Buffer sizes that can be chosen.
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

/// The outputs of a computer. Its methods may take a moment.
pub(super) trait Outputs: Send {
    /// The device whose name (or system's name for it, such as `hw:CARD=Loopback,DEV=0`) contains this, or the default
    /// one.
    fn find(&mut self, wanted: Option<&str>) -> Result<Box<dyn Device>, OutputError>;
    /// The names of all of them.
    fn names(&mut self) -> Vec<String>;
}

/// An output that is there, not open.
pub(super) trait Device: Send {
    fn name(&self) -> &str;
    /// The rate at which it reads samples; one that the synth supports.
    fn sample_rate_hz(&self) -> u32;
    /// The nearest size to the wanted one that it supports. Some support only one (ALSA's dmix).
    fn buffer_frames(&self, wanted: u32) -> u32;
    /// Opens it: its thread reports each request to the monitor and reads the samples. On failure they are dropped.
    fn open(
        &self,
        buffer_frames: u32,
        samples: Samples,
        monitor: &Arc<StreamMonitor>,
        clock: &Arc<PublicClock>,
    ) -> Result<Box<dyn Stream>, OutputError>;
}

/// An open device. Dropping it ends its thread and drops the samples.
pub(super) trait Stream: Send {
    /// What the driver really requests at a time.
    fn buffer_frames(&self) -> u32;
}

/// What a stream reads: endless stereo.
pub(super) type Samples = Box<dyn Source + Send>;

/// How long closing a device may take before it is left to itself.
const CLOSES_WITHIN: Duration = Duration::from_millis(400);

/// Closes a device on a thread of its own, since some take seconds, if they close at all. Waits a moment for it.
pub(super) fn close_in_background(stream: Box<dyn Stream>) {
    let (closed, has_closed) = bounded::<()>(1);
    let closing = std::thread::Builder::new().name("cantus-closing".into()).spawn(move || {
        drop(stream);
        drop(closed);
    });
    if let Err(error) = closing {
        log::warn!("{error}");
    }
    let _ = has_closed.recv_timeout(CLOSES_WITHIN);
}

/// The output latency where the backend does not report it: the driver plays one buffer while the next is filled.
pub(super) fn estimated_latency(buffer_frames: u32, sample_rate_hz: u32) -> Duration {
    Duration::from_secs_f64(f64::from(buffer_frames) * 2.0 / f64::from(sample_rate_hz))
}

/// How long after its stamp a live note sounds: the driver requests whole buffers, and threads wake a little late.
/// Buffers that are no whole number of blocks need up to one more block at a time.
pub(super) fn live_delay_frames(buffer_frames: u32) -> u32 {
    let block = BLOCK_FRAMES as u32;
    buffer_frames.next_multiple_of(block) + block
}

/// The kernel kills a program whose real-time thread has not slept for 200 ms. Music that takes longer to render than
/// it lasts would get there: then, and only then, the thread sleeps for a moment. The sound is full of gaps already.
#[derive(Debug)]
struct SleepGuard {
    worked: Instant,
    busy_since: Instant,
}

/// Without a pause this long, the thread has not slept.
const SLEPT: Duration = Duration::from_micros(100);
/// Longest time without sleep.
const LONGEST_BUSY: Duration = Duration::from_millis(80);
const SLEEP: Duration = Duration::from_micros(500);

impl SleepGuard {
    fn new(now: Instant) -> Self {
        Self { worked: now, busy_since: now }
    }

    fn must_sleep(&mut self, now: Instant) -> bool {
        if now.saturating_duration_since(self.worked) > SLEPT {
            self.busy_since = now;
        }
        let is_due = now.saturating_duration_since(self.busy_since) > LONGEST_BUSY;
        if is_due {
            self.busy_since = now;
        }
        is_due
    }

    fn has_worked(&mut self, now: Instant) {
        self.worked = now;
    }
}

/// The callback as rodio wants it: an endless iterator of samples. When dropped, it returns the callback.
pub(super) struct CallbackSource {
    sample_rate_hz: NonZero<u32>,
    /// There until the drop.
    callback: Option<Box<Callback>>,
    give_back: Sender<Box<Callback>>,
    block: [f32; BLOCK_FRAMES * 2],
    next: usize,
    sleep_guard: SleepGuard,
}

impl CallbackSource {
    /// `give_back` has room for one.
    pub fn new(callback: Box<Callback>, give_back: Sender<Box<Callback>>) -> Self {
        Self {
            sample_rate_hz: NonZero::new(callback.sample_rate_hz()).unwrap_or(NonZero::<u32>::MIN),
            callback: Some(callback),
            give_back,
            block: [0.0; BLOCK_FRAMES * 2],
            next: BLOCK_FRAMES * 2,
            sleep_guard: SleepGuard::new(Instant::now()),
        }
    }
}

impl Iterator for CallbackSource {
    type Item = f32;

    #[inline]
    fn next(&mut self) -> Option<f32> {
        if self.next == self.block.len() {
            if self.sleep_guard.must_sleep(Instant::now()) {
                std::thread::sleep(SLEEP);
            }
            self.callback.as_mut()?.render(&mut self.block);
            self.sleep_guard.has_worked(Instant::now());
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
            drop(self.give_back.try_send(callback)); // it has room for one, and there is only one
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_thread_that_never_sleeps_is_made_to() {
        let began = Instant::now();
        let at = |micros| began + Duration::from_micros(micros);
        let mut guard = SleepGuard::new(began);
        // half of the time busy, for a second
        for block in 0..750 {
            assert!(!guard.must_sleep(at(block * 1333)));
            guard.has_worked(at(block * 1333 + 666));
        }
        // always busy
        let mut sleeps = 0;
        for block in 0..750 {
            sleeps += u32::from(guard.must_sleep(at(1_000_000 + block * 1400)));
            guard.has_worked(at(1_000_000 + block * 1400 + 1390));
        }
        assert!((10..=14).contains(&sleeps), "{sleeps}");
    }
}
