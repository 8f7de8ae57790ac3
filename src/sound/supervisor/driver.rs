//! What drives the callback: a device, or without one this thread.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;

use super::probe::BufferProbe;
use crate::sound::block::BLOCK_FRAMES;
use crate::sound::callback::Callback;
use crate::sound::callback::link::Shared;
use crate::sound::output::{OutputError, Stream};

/// A stream that requests nothing this long has died; drivers do not report that.
const STALLED_AFTER: Duration = Duration::from_millis(500);
/// The same for the first buffer: servers start on demand, and some devices have to wake.
const STARTS_WITHIN: Duration = Duration::from_secs(3);
/// The most musical time to catch up on: a computer may have slept.
const CATCH_UP: Duration = Duration::from_secs(5);
/// A stream fills its device first; only then its latency is what it will be.
const SETTLED_BUFFERS: u64 = 16;

/// What drives the callback.
pub(super) enum Driver {
    Device(OpenDevice),
    Dummy(DummyDriver),
    /// No device, while a probe finds out how small a buffer one keeps up with.
    Probing(DummyDriver, BufferProbe),
    /// A device that was closed but has not returned the callback, and since when it does not run.
    Stuck(Receiver<Box<Callback>>, Instant),
    /// In between; never left so.
    Changing,
}

/// A device that is open and has the callback.
pub(super) struct OpenDevice {
    pub stream: Box<dyn Stream>,
    /// Gets the callback when the stream is closed.
    pub returned: Receiver<Box<Callback>>,
    pub name: String,
    /// What it was found by; the system's default has no name of its own.
    pub found_by: Option<String>,
    pub sample_rate_hz: u32,
    /// Why it is not the wanted device, if it is another.
    pub instead: Option<OutputError>,
    pub buffers: u64,
    /// When it was last seen to request a buffer.
    pub active: Instant,
    /// From a request to its sound, smoothed; none where the backend does not report it.
    pub reported_latency_ms: Option<f32>,
}

/// Runs the callback in real time without sound, so that musical time passes and levels show.
pub(super) struct DummyDriver {
    pub callback: Box<Callback>,
    /// Until when it has been run.
    pub run_until: Instant,
}

impl OpenDevice {
    /// Whether the device has reported that it is gone, or requests nothing any more.
    pub fn has_died(&mut self, shared: &Shared, now: Instant) -> bool {
        let buffers = shared.stream.buffers();
        if buffers != self.buffers {
            (self.buffers, self.active) = (buffers, now);
        }
        let timeout = if buffers == 0 { STARTS_WITHIN } else { STALLED_AFTER };
        shared.stream.has_failed() || now.saturating_duration_since(self.active) > timeout
    }

    /// Updates the latency from what the backend reports; whether it has changed noticeably.
    pub fn has_other_latency(&mut self, shared: &Shared) -> bool {
        if self.buffers < SETTLED_BUFFERS {
            return false;
        }
        let Some(seen) = shared.stream.latency() else { return false };
        let (seen, before) = (seen as f32 / 1e6, self.reported_latency_ms);
        let smoothed = before.map_or(seen, |before| before + (seen - before) * 0.1);
        self.reported_latency_ms = Some(smoothed);
        before.is_none_or(|before| (before * 4.0).round() != (smoothed * 4.0).round())
    }
}

impl DummyDriver {
    /// Renders the time that has passed; after a long wait (a computer that slept) only the last of it.
    pub fn run(&mut self, shared: &Shared, now: Instant) {
        let rate_hz = self.callback.sample_rate_hz();
        let block = Duration::from_secs_f64(BLOCK_FRAMES as f64 / f64::from(rate_hz));
        if now.saturating_duration_since(self.run_until) > CATCH_UP {
            self.run_until = now;
        }
        let mut discarded = [0.0; BLOCK_FRAMES * 2];
        while now.saturating_duration_since(self.run_until) >= block {
            let due = shared.clock.nanos(self.run_until);
            shared.stream.begin_buffer(due, BLOCK_FRAMES as u32, rate_hz, None);
            self.callback.render(&mut discarded);
            self.run_until += block;
        }
    }
}

/// Whether nothing plays and everything has died away.
pub(super) fn is_quiet(shared: &Shared, now: Instant) -> bool {
    let silent = |peak: &AtomicU32| f32::from_bits(peak.load(Ordering::Relaxed)) < 1e-4;
    !shared.clock.playhead_at(now).playing && shared.peaks.iter().all(silent)
}
