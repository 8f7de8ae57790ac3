//! Which buffer size a device keeps up with: a short trial of silence at each, the smallest first.
//!
//! Told the time, like its supervisor, and waits for nothing.

use std::num::NonZero;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rodio::source::Zero;

use super::stage::close_beside;
use crate::sound::clock::PublicClock;
use crate::sound::output::{Device, OutputError, Outputs, Stream};
use crate::sound::stream::StreamWatch;

/// The sizes that are tried, and that people choose from.
pub const BUFFER_SIZES: [u32; 5] = [64, 128, 256, 512, 1024];

/// A device fills itself first, and wakes; what happens in this time does not count.
const SETTLING: Duration = Duration::from_millis(150);
/// How long each size is watched. Longer than the pauses in which other programs' timers come round.
const WATCHED: Duration = Duration::from_millis(600);
/// A thread that wakes later than by this share of a buffer leaves too little of it to render in.
const LATEST_SHARE: f64 = 0.5;
/// Buffers that must have been asked for, as a share of those due.
const ASKED_SHARE: f64 = 0.85;

/// A trial that is under way.
pub(super) struct Trial {
    pub device: String,
    /// None is the system's default.
    found_by: Option<String>,
    left: Vec<u32>,
    present: Option<Present>,
}

struct Present {
    stream: Box<dyn Stream>,
    watch: Arc<StreamWatch>,
    sample_rate_hz: u32,
    began: Instant,
    /// Buffers and dropouts when it had settled, and when that was.
    settled: Option<(u64, Instant)>,
}

/// What a step brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    GoesOn,
    /// The smallest size that runs clean, else the largest.
    Found(u32),
    /// The device does not open any more.
    Gone,
}

impl Trial {
    pub fn new(device: &dyn Device, found_by: Option<String>) -> Self {
        let mut left = BUFFER_SIZES.map(|wanted| device.buffer_frames(wanted)).to_vec();
        left.dedup();
        left.reverse();
        Self { device: device.name().to_owned(), found_by, left, present: None }
    }

    pub fn step(&mut self, outputs: &mut dyn Outputs, clock: &Arc<PublicClock>, now: Instant) -> Step {
        let Some(present) = &mut self.present else {
            return match self.left.last().map(|frames| open(self.found_by.as_deref(), *frames, outputs, clock, now)) {
                Some(Ok(present)) => {
                    self.present = Some(present);
                    Step::GoesOn
                }
                _ => Step::Gone,
            };
        };
        let Some(is_clean) = present.is_clean(now) else {
            return Step::GoesOn;
        };
        let frames = present.stream.buffer_frames();
        log::info!("{} with {frames} frames: {}", self.device, if is_clean { "clean" } else { "not clean" });
        self.left.pop();
        if let Some(present) = self.present.take() {
            close_beside(present.stream);
        }
        if is_clean || self.left.is_empty() { Step::Found(frames) } else { Step::GoesOn }
    }

    /// Gives the device back.
    pub fn end(self) {
        if let Some(present) = self.present {
            close_beside(present.stream);
        }
    }
}

fn open(
    found_by: Option<&str>,
    buffer_frames: u32,
    outputs: &mut dyn Outputs,
    clock: &Arc<PublicClock>,
    now: Instant,
) -> Result<Present, OutputError> {
    let device = outputs.find(found_by)?;
    let sample_rate_hz = device.sample_rate_hz();
    let rate = NonZero::new(sample_rate_hz).unwrap_or(NonZero::<u32>::MIN);
    let silence = Zero::new(NonZero::<u16>::MIN.saturating_add(1), rate);
    let watch = Arc::new(StreamWatch::default());
    watch.begin_stream(0);
    let stream = device.open(buffer_frames, Box::new(silence), &watch, clock)?;
    Ok(Present { stream, watch, sample_rate_hz, began: now, settled: None })
}

impl Present {
    /// Whether it ran clean; none as long as that is not known.
    fn is_clean(&mut self, now: Instant) -> Option<bool> {
        if self.watch.has_failed() {
            return Some(false);
        }
        let Some((buffers, since)) = self.settled else {
            if now.saturating_duration_since(self.began) >= SETTLING {
                self.watch.take_latest();
                self.watch.forget_dropouts();
                self.settled = Some((self.watch.buffers(), now));
            }
            return None;
        };
        let watched = now.saturating_duration_since(since);
        if self.watch.dropouts() > 0 {
            return Some(false);
        }
        if watched < WATCHED {
            return None;
        }
        let lasts = f64::from(self.stream.buffer_frames()) / f64::from(self.sample_rate_hz);
        let due = watched.as_secs_f64() / lasts;
        let asked = (self.watch.buffers() - buffers) as f64;
        let latest = self.watch.take_latest().as_secs_f64();
        Some(asked >= due * ASKED_SHARE - 1.0 && latest <= lasts * LATEST_SHARE)
    }
}
