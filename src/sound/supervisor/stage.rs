//! Where the callback is: in a device that asks, or in hand and pulled unheard.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};

use super::trial::Trial;
use crate::sound::callback::{BLOCK_FRAMES, Callback, Shared};
use crate::sound::output::{OutputError, Stream};

/// A stream that asks for nothing this long has died; drivers do not say so.
const STALLED_AFTER: Duration = Duration::from_millis(500);
/// The same for the first buffer: servers start on demand, and some devices have to wake.
const STARTS_WITHIN: Duration = Duration::from_secs(3);
/// How long a device that is closed is waited for; after that, it is looked at again now and then.
const LETS_GO_WITHIN: Duration = Duration::from_millis(400);
/// Musical time that is caught up on at most, for a computer may have slept.
const CATCH_UP: Duration = Duration::from_secs(5);
/// A stream fills its device first; only then its latency is what it will be.
const SETTLED_BUFFERS: u64 = 16;

/// Where the callback is.
pub(super) enum Stage {
    Sounding(Sounding),
    Unheard(Unheard),
    /// Unheard, while it is tried how small a buffer a device keeps up with.
    Trying(Unheard, Trial),
    /// In a device that does not let go of it, and since when it stands still.
    Held(Receiver<Box<Callback>>, Instant),
    /// In a hand of this thread; never left so.
    Moving,
}

pub(super) struct Sounding {
    pub stream: Box<dyn Stream>,
    pub home: Receiver<Box<Callback>>,
    pub device: String,
    /// What it was found by; the system's default has no name of its own.
    pub found_by: Option<String>,
    pub sample_rate_hz: u32,
    /// Why it is not the wanted device, where it is another.
    pub instead: Option<OutputError>,
    pub buffers: u64,
    /// When it was last seen to ask.
    pub moved: Instant,
    /// From asking to hearing, smoothed; none where the backend does not say.
    pub told_latency_ms: Option<f32>,
}

pub(super) struct Unheard {
    pub callback: Box<Callback>,
    /// Until when it has been pulled.
    pub pulled: Instant,
}

impl Sounding {
    /// Whether the device has said that it is gone, or asks no more.
    pub fn has_died(&mut self, shared: &Shared, now: Instant) -> bool {
        let buffers = shared.stream.buffers();
        if buffers != self.buffers {
            (self.buffers, self.moved) = (buffers, now);
        }
        let patience = if buffers == 0 { STARTS_WITHIN } else { STALLED_AFTER };
        shared.stream.has_failed() || now.saturating_duration_since(self.moved) > patience
    }

    /// Takes over what the backend says of the latency; whether that has changed much since it was told.
    pub fn has_other_latency(&mut self, shared: &Shared) -> bool {
        if self.buffers < SETTLED_BUFFERS {
            return false;
        }
        let Some(seen) = shared.stream.heard_after() else { return false };
        let (seen, before) = (seen as f32 / 1e6, self.told_latency_ms);
        let smoothed = before.map_or(seen, |before| before + (seen - before) * 0.1);
        self.told_latency_ms = Some(smoothed);
        before.is_none_or(|before| (before * 4.0).round() != (smoothed * 4.0).round())
    }
}

impl Unheard {
    /// Renders what time has passed for; after a long wait (a computer that slept) only the last of it.
    pub fn pull(&mut self, shared: &Shared, now: Instant) {
        let rate_hz = self.callback.sample_rate_hz();
        let block = Duration::from_secs_f64(BLOCK_FRAMES as f64 / f64::from(rate_hz));
        if now.saturating_duration_since(self.pulled) > CATCH_UP {
            self.pulled = now;
        }
        let mut unheard = [0.0; BLOCK_FRAMES * 2];
        while now.saturating_duration_since(self.pulled) >= block {
            let asked = shared.clock.nanos(self.pulled);
            shared.stream.begin_buffer(asked, BLOCK_FRAMES as u32, rate_hz, None);
            self.callback.render(&mut unheard);
            self.pulled += block;
        }
    }
}

/// Closes a device, beside this thread: some do not let go for seconds, if ever. Says whether it has let go in time.
pub(super) fn close_beside(stream: Box<dyn Stream>) -> bool {
    let (closed, has_closed) = bounded::<()>(1);
    let closing = std::thread::Builder::new().name("cantus-closing".into()).spawn(move || {
        drop(stream);
        drop(closed);
    });
    if let Err(error) = closing {
        log::warn!("{error}");
    }
    has_closed.recv_timeout(LETS_GO_WITHIN) == Err(RecvTimeoutError::Disconnected)
}

/// Whether nothing plays and nothing rings.
pub(super) fn is_quiet(shared: &Shared, now: Instant) -> bool {
    let silent = |peak: &AtomicU32| f32::from_bits(peak.load(Ordering::Relaxed)) < 1e-4;
    !shared.clock.place_at(now).playing && shared.peaks.iter().all(silent)
}
