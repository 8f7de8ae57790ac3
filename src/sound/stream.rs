//! What a stream's callback says about itself: when it was asked for what, when that is heard, and what went wrong.
//!
//! Written by the thread that pulls, read by it and by others; atomics only. Knows nothing of what is played.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use super::clock::Nanos;

/// The backend does not say when frames are heard.
const NOT_TOLD: i64 = i64::MIN;

/// One buffer that was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Asked {
    pub at: Nanos,
    /// Frames asked for before, since the stream began.
    pub frame: u64,
    /// From then to hearing the first of its frames, where the backend says so.
    pub heard_after: Option<Nanos>,
    /// Changes where frames were lost, so that their line begins anew.
    pub dropouts: u64,
}

/// See the module. Counters of faults go on from stream to stream; the rest begins with each.
#[derive(Debug, Default)]
pub(super) struct StreamWatch {
    buffers: AtomicU64,
    frames: AtomicU64,
    at: AtomicI64,
    frame: AtomicU64,
    heard_after: AtomicI64,
    /// Longest time between two askings less what the buffer lasts, since it was last taken.
    latest: AtomicI64,
    /// Buffers that took longer to fill than they last.
    late_buffers: AtomicU64,
    /// The device ran dry, as its driver says.
    dropouts: AtomicU64,
    failed: AtomicBool,
    live_delay_frames: AtomicU64,
}

impl StreamWatch {
    /// A stream is about to begin: nothing was asked for yet. Live notes sound this long after their stamps.
    pub fn begin_stream(&self, live_delay_frames: u32) {
        self.set_live_delay_frames(live_delay_frames);
        for number in [&self.buffers, &self.frames, &self.frame] {
            number.store(0, Ordering::Relaxed);
        }
        self.heard_after.store(NOT_TOLD, Ordering::Relaxed);
        self.latest.store(0, Ordering::Relaxed);
        self.failed.store(false, Ordering::Relaxed);
    }

    /// The driver asks for this many frames, now.
    pub fn begin_buffer(&self, now: Nanos, frames: u32, sample_rate_hz: u32, heard_after: Option<Duration>) {
        let before = self.frames.load(Ordering::Relaxed);
        if self.buffers.load(Ordering::Relaxed) > 0 {
            let lasts = nanos_of(before - self.frame.load(Ordering::Relaxed), sample_rate_hz);
            let late = now - self.at.load(Ordering::Relaxed) - lasts;
            self.latest.fetch_max(late, Ordering::Relaxed);
        }
        self.at.store(now, Ordering::Relaxed);
        self.frame.store(before, Ordering::Relaxed);
        self.frames.store(before + u64::from(frames), Ordering::Relaxed);
        let heard_after = heard_after.map_or(NOT_TOLD, |after| after.as_nanos() as i64);
        self.heard_after.store(heard_after, Ordering::Relaxed);
        self.buffers.fetch_add(1, Ordering::Release);
    }

    /// The buffer is filled, now.
    pub fn end_buffer(&self, now: Nanos, sample_rate_hz: u32) {
        let frames = self.frames.load(Ordering::Relaxed) - self.frame.load(Ordering::Relaxed);
        if now - self.at.load(Ordering::Relaxed) > nanos_of(frames, sample_rate_hz) {
            self.late_buffers.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The last buffer asked for, and how many there were. Whole only on the thread that pulls.
    pub fn asked(&self) -> (u64, Asked) {
        let buffers = self.buffers.load(Ordering::Acquire);
        let asked = Asked {
            at: self.at.load(Ordering::Relaxed),
            frame: self.frame.load(Ordering::Relaxed),
            heard_after: self.heard_after(),
            dropouts: self.dropouts(),
        };
        (buffers, asked)
    }

    /// From asking to hearing, as the backend said last.
    pub fn heard_after(&self) -> Option<Nanos> {
        let told = self.heard_after.load(Ordering::Relaxed);
        (told != NOT_TOLD).then_some(told)
    }

    /// Buffers asked for since the stream began: stands still where it stalls.
    pub fn buffers(&self) -> u64 {
        self.buffers.load(Ordering::Relaxed)
    }

    /// How much later than due the latest buffer since the last call was asked for.
    pub fn take_latest(&self) -> Duration {
        Duration::from_nanos(self.latest.swap(0, Ordering::Relaxed).max(0).cast_unsigned())
    }

    /// Frames from a live note's stamp to its sound.
    pub fn live_delay_frames(&self) -> u64 {
        self.live_delay_frames.load(Ordering::Relaxed)
    }

    /// The driver asks for other buffers than it was asked to.
    pub fn set_live_delay_frames(&self, frames: u32) {
        self.live_delay_frames.store(u64::from(frames), Ordering::Relaxed);
    }

    /// The device ran dry.
    pub fn tell_dropout(&self) {
        self.dropouts.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts from nothing again: for trials, whose beginning does not count.
    pub fn forget_dropouts(&self) {
        self.dropouts.store(0, Ordering::Relaxed);
    }

    pub fn dropouts(&self) -> u64 {
        self.dropouts.load(Ordering::Relaxed)
    }

    pub fn late_buffers(&self) -> u64 {
        self.late_buffers.load(Ordering::Relaxed)
    }

    /// The device says that it is gone.
    pub fn tell_failed(&self) {
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
    fn lateness_and_slowness_are_told_and_faults_are_kept() {
        let watch = StreamWatch::default();
        watch.begin_stream(0);
        watch.begin_buffer(0, 480, 48_000, None);
        watch.end_buffer(9_000_000, 48_000);
        watch.begin_buffer(13_000_000, 480, 48_000, Some(Duration::from_millis(20)));
        watch.end_buffer(24_000_000, 48_000);
        assert_eq!(watch.take_latest(), Duration::from_millis(3));
        assert_eq!(watch.take_latest(), Duration::ZERO);
        assert_eq!((watch.buffers(), watch.late_buffers(), watch.dropouts()), (2, 1, 0));
        let asked = watch.asked().1;
        assert_eq!((asked.frame, asked.heard_after), (480, Some(20_000_000)));
        watch.tell_failed();
        watch.tell_dropout();
        watch.begin_stream(0);
        assert!(!watch.has_failed());
        assert_eq!((watch.buffers(), watch.late_buffers(), watch.dropouts()), (0, 1, 1));
        assert_eq!(watch.heard_after(), None);
    }
}
