//! What a stream reports: when its driver requested which buffer, when that is heard, and what went wrong.
//!
//! Written by the driver's thread, read by it and by others; atomics only. Knows nothing of what is played.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// Nanoseconds since the player's start.
pub(super) type Nanos = i64;

/// The backend does not report its latency.
const UNREPORTED: i64 = i64::MIN;

/// One buffer that the driver requested.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct BufferRequest {
    pub at: Nanos,
    /// Frames requested before, since the stream began.
    pub frame: u64,
    /// From then until the first of its frames is heard, where the backend reports it.
    pub latency: Option<Nanos>,
    /// Changes where frames were lost, so that the clock starts afresh.
    pub dropouts: u64,
}

/// See the module. Counters of faults go on from stream to stream; the rest begins with each.
#[derive(Debug, Default)]
pub(super) struct StreamMonitor {
    buffers: AtomicU64,
    frames: AtomicU64,
    at: AtomicI64,
    frame: AtomicU64,
    latency: AtomicI64,
    /// The most that a request came after it was due, since this was last taken.
    latest: AtomicI64,
    /// Buffers that took longer to fill than they last.
    late_buffers: AtomicU64,
    /// Underruns of the device, as its driver reports them.
    dropouts: AtomicU64,
    failed: AtomicBool,
    live_delay_frames: AtomicU64,
}

impl StreamMonitor {
    /// A stream is about to start: nothing has been requested yet. Live notes sound this long after their stamps.
    pub fn begin_stream(&self, live_delay_frames: u32) {
        self.set_live_delay_frames(live_delay_frames);
        for number in [&self.buffers, &self.frames, &self.frame] {
            number.store(0, Ordering::Relaxed);
        }
        self.latency.store(UNREPORTED, Ordering::Relaxed);
        self.latest.store(0, Ordering::Relaxed);
        self.failed.store(false, Ordering::Relaxed);
    }

    /// The driver requests this many frames now.
    pub fn begin_buffer(&self, now: Nanos, frames: u32, sample_rate_hz: u32, latency: Option<Duration>) {
        let before = self.frames.load(Ordering::Relaxed);
        if self.buffers.load(Ordering::Relaxed) > 0 {
            let lasts = nanos_of(before - self.frame.load(Ordering::Relaxed), sample_rate_hz);
            let late = now - self.at.load(Ordering::Relaxed) - lasts;
            self.latest.fetch_max(late, Ordering::Relaxed);
        }
        self.at.store(now, Ordering::Relaxed);
        self.frame.store(before, Ordering::Relaxed);
        self.frames.store(before + u64::from(frames), Ordering::Relaxed);
        let latency = latency.map_or(UNREPORTED, |after| after.as_nanos() as i64);
        self.latency.store(latency, Ordering::Relaxed);
        self.buffers.fetch_add(1, Ordering::Release);
    }

    /// The buffer is filled, now.
    pub fn end_buffer(&self, now: Nanos, sample_rate_hz: u32) {
        let frames = self.frames.load(Ordering::Relaxed) - self.frame.load(Ordering::Relaxed);
        if now - self.at.load(Ordering::Relaxed) > nanos_of(frames, sample_rate_hz) {
            self.late_buffers.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The last request, and how many there were. Consistent only on the driver's thread.
    pub fn last_request(&self) -> (u64, BufferRequest) {
        let buffers = self.buffers.load(Ordering::Acquire);
        let request = BufferRequest {
            at: self.at.load(Ordering::Relaxed),
            frame: self.frame.load(Ordering::Relaxed),
            latency: self.latency(),
            dropouts: self.dropouts(),
        };
        (buffers, request)
    }

    /// From a request to its sound, as the backend last reported it.
    pub fn latency(&self) -> Option<Nanos> {
        let latency = self.latency.load(Ordering::Relaxed);
        (latency != UNREPORTED).then_some(latency)
    }

    /// Buffers requested since the stream began.
    pub fn buffers(&self) -> u64 {
        self.buffers.load(Ordering::Relaxed)
    }

    /// How much later than due a buffer was requested since the last call, at most.
    pub fn take_latest_delay(&self) -> Duration {
        Duration::from_nanos(self.latest.swap(0, Ordering::Relaxed).max(0).cast_unsigned())
    }

    /// Frames from a live note's stamp to its sound.
    pub fn live_delay_frames(&self) -> u64 {
        self.live_delay_frames.load(Ordering::Relaxed)
    }

    /// The driver requests buffers of another size than it was configured for.
    pub fn set_live_delay_frames(&self, frames: u32) {
        self.live_delay_frames.store(u64::from(frames), Ordering::Relaxed);
    }

    /// The device had an underrun.
    pub fn report_dropout(&self) {
        self.dropouts.fetch_add(1, Ordering::Relaxed);
    }

    /// Starts counting afresh: the first moments of a probe do not count.
    pub fn reset_dropouts(&self) {
        self.dropouts.store(0, Ordering::Relaxed);
    }

    pub fn dropouts(&self) -> u64 {
        self.dropouts.load(Ordering::Relaxed)
    }

    pub fn late_buffers(&self) -> u64 {
        self.late_buffers.load(Ordering::Relaxed)
    }

    /// The device reports that it is gone.
    pub fn report_failure(&self) {
        self.failed.store(true, Ordering::Relaxed);
    }

    pub fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }
}

fn nanos_of(frames: u64, sample_rate_hz: u32) -> Nanos {
    (frames as f64 * 1e9 / f64::from(sample_rate_hz.max(1))) as Nanos
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lateness_and_slowness_are_reported_and_fault_counts_are_kept() {
        let monitor = StreamMonitor::default();
        monitor.begin_stream(0);
        monitor.begin_buffer(0, 480, 48_000, None);
        monitor.end_buffer(9_000_000, 48_000);
        monitor.begin_buffer(13_000_000, 480, 48_000, Some(Duration::from_millis(20)));
        monitor.end_buffer(24_000_000, 48_000);
        assert_eq!(monitor.take_latest_delay(), Duration::from_millis(3));
        assert_eq!(monitor.take_latest_delay(), Duration::ZERO);
        assert_eq!((monitor.buffers(), monitor.late_buffers(), monitor.dropouts()), (2, 1, 0));
        let request = monitor.last_request().1;
        assert_eq!((request.frame, request.latency), (480, Some(20_000_000)));
        monitor.report_failure();
        monitor.report_dropout();
        monitor.begin_stream(0);
        assert!(!monitor.has_failed());
        assert_eq!((monitor.buffers(), monitor.late_buffers(), monitor.dropouts()), (0, 1, 1));
        assert_eq!(monitor.latency(), None);
    }
}
