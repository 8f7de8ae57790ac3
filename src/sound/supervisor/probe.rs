//! Finds the smallest buffer that a device keeps up with, by playing a little silence at each size, the smallest first.
//!
//! The caller passes the time in, as for the supervisor; nothing here waits.

use std::num::NonZero;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rodio::source::Zero;

use crate::sound::clock::PublicClock;
use crate::sound::output::{Device, OutputError, Outputs, Stream, close_in_background};
use crate::sound::stream::StreamMonitor;

/// The sizes that are probed, and that people choose from.
pub const BUFFER_SIZES: [u32; 5] = [64, 128, 256, 512, 1024];

/// A device wakes up and fills its buffer first; what happens in this time does not count.
const SETTLING: Duration = Duration::from_millis(150);
/// How long each size is watched. Longer than the pauses in which other programs' timers come round.
const WATCHED: Duration = Duration::from_millis(600);
/// A thread that wakes later than by this share of a buffer leaves too little of it to render in.
const LATEST_SHARE: f64 = 0.5;
/// Buffers that must have been requested, as a share of those due.
const REQUESTED_SHARE: f64 = 0.85;

/// A probe of one device.
pub(super) struct BufferProbe {
    pub device: String,
    /// None is the system's default.
    found_by: Option<String>,
    /// Sizes still to try, the smallest last.
    sizes_left: Vec<u32>,
    attempt: Option<Attempt>,
}

/// Silence at one size.
struct Attempt {
    stream: Box<dyn Stream>,
    monitor: Arc<StreamMonitor>,
    sample_rate_hz: u32,
    began: Instant,
    /// How many buffers had been requested when it had settled, and when that was.
    settled: Option<(u64, Instant)>,
}

/// The result of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Continues,
    /// The smallest size that runs without dropouts, else the largest.
    Found(u32),
    /// The device no longer opens.
    Gone,
}

impl BufferProbe {
    pub fn new(device: &dyn Device, found_by: Option<String>) -> Self {
        let mut sizes_left = BUFFER_SIZES.map(|wanted| device.buffer_frames(wanted)).to_vec();
        sizes_left.dedup();
        sizes_left.reverse();
        Self { device: device.name().to_owned(), found_by, sizes_left, attempt: None }
    }

    pub fn step(&mut self, outputs: &mut dyn Outputs, clock: &Arc<PublicClock>, now: Instant) -> Step {
        let Some(attempt) = &mut self.attempt else {
            return match self
                .sizes_left
                .last()
                .map(|frames| open(self.found_by.as_deref(), *frames, outputs, clock, now))
            {
                Some(Ok(attempt)) => {
                    self.attempt = Some(attempt);
                    Step::Continues
                }
                _ => Step::Gone,
            };
        };
        let Some(is_clean) = attempt.is_clean(now) else {
            return Step::Continues;
        };
        let frames = attempt.stream.buffer_frames();
        log::info!("{} with {frames} frames: {}", self.device, if is_clean { "clean" } else { "not clean" });
        self.sizes_left.pop();
        if let Some(attempt) = self.attempt.take() {
            close_in_background(attempt.stream);
        }
        if is_clean || self.sizes_left.is_empty() { Step::Found(frames) } else { Step::Continues }
    }

    /// Closes the device.
    pub fn end(self) {
        if let Some(attempt) = self.attempt {
            close_in_background(attempt.stream);
        }
    }
}

fn open(
    found_by: Option<&str>,
    buffer_frames: u32,
    outputs: &mut dyn Outputs,
    clock: &Arc<PublicClock>,
    now: Instant,
) -> Result<Attempt, OutputError> {
    let device = outputs.find(found_by)?;
    let sample_rate_hz = device.sample_rate_hz();
    let rate = NonZero::new(sample_rate_hz).unwrap_or(NonZero::<u32>::MIN);
    let silence = Zero::new(NonZero::<u16>::MIN.saturating_add(1), rate);
    let monitor = Arc::new(StreamMonitor::default());
    monitor.begin_stream(0);
    let stream = device.open(buffer_frames, Box::new(silence), &monitor, clock)?;
    Ok(Attempt { stream, monitor, sample_rate_hz, began: now, settled: None })
}

impl Attempt {
    /// Whether it ran without dropouts; none while that is not known yet.
    fn is_clean(&mut self, now: Instant) -> Option<bool> {
        if self.monitor.has_failed() {
            return Some(false);
        }
        let Some((buffers, since)) = self.settled else {
            if now.saturating_duration_since(self.began) >= SETTLING {
                self.monitor.take_latest_delay();
                self.monitor.reset_dropouts();
                self.settled = Some((self.monitor.buffers(), now));
            }
            return None;
        };
        let watched = now.saturating_duration_since(since);
        if self.monitor.dropouts() > 0 {
            return Some(false);
        }
        if watched < WATCHED {
            return None;
        }
        let lasts = f64::from(self.stream.buffer_frames()) / f64::from(self.sample_rate_hz);
        let due = watched.as_secs_f64() / lasts;
        let requested = (self.monitor.buffers() - buffers) as f64;
        let latest = self.monitor.take_latest_delay().as_secs_f64();
        Some(requested >= due * REQUESTED_SHARE - 1.0 && latest <= lasts * LATEST_SHARE)
    }
}
