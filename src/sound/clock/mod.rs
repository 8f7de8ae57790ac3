//! The audio clock against the computer's: when a frame is heard, and where the music was at an instant.
//!
//! The callback writes, anybody reads, without a lock: a sequence number around a few atomics (odd while writing).

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering, fence};
use std::time::{Duration, Instant};

use super::schedule::Exact;
use super::sequencer::Playhead;
use super::stream::{BufferRequest, Nanos, StreamMonitor};

/// How far positions are extrapolated from what was last published: a stream that stalls must not make the music run
/// on.
const MAX_EXTRAPOLATION: Nanos = 1_000_000_000;

/// A segment of music without a jump: at `heard` the music was at `at`.
#[derive(Clone, Copy, Debug)]
struct Segment {
    heard: Nanos,
    at: Exact,
    /// Exact units per second; 0 while stopped.
    speed: Exact,
    /// Beats left of the count-in plus one; 0 without one.
    count_in: u32,
}

#[derive(Debug, Default)]
struct SegmentCell([AtomicI64; 4]);

impl SegmentCell {
    fn store(&self, Segment { heard, at, speed, count_in }: Segment) {
        for (cell, value) in self.0.iter().zip([heard, at, speed, count_in.into()]) {
            cell.store(value, Ordering::Relaxed);
        }
    }

    fn load(&self) -> Segment {
        let [heard, at, speed, count_in] = self.0.each_ref().map(|cell| cell.load(Ordering::Relaxed));
        Segment { heard, at, speed, count_in: count_in as u32 }
    }
}

/// What the callback publishes about time.
#[derive(Debug)]
pub(super) struct PublicClock {
    epoch: Instant,
    sequence: AtomicU64,
    /// The segment before the last jump, and when its sound ended.
    before: SegmentCell,
    jump_heard: AtomicI64,
    now: SegmentCell,
}

impl PublicClock {
    pub fn new() -> Self {
        Self {
            epoch: Instant::now(),
            sequence: AtomicU64::new(0),
            before: SegmentCell::default(),
            jump_heard: AtomicI64::new(Nanos::MIN),
            now: SegmentCell::default(),
        }
    }

    pub fn nanos(&self, instant: Instant) -> Nanos {
        match instant.checked_duration_since(self.epoch) {
            Some(after) => after.as_nanos() as Nanos,
            None => -(self.epoch.duration_since(instant).as_nanos() as Nanos),
        }
    }

    /// Where the music was that was heard at an instant.
    pub fn playhead_at(&self, instant: Instant) -> Playhead {
        let instant = self.nanos(instant);
        let (before, jump_heard, now) = self.read();
        let segment = if instant < jump_heard { before } else { now };
        let passed = (instant - segment.heard).clamp(-MAX_EXTRAPOLATION, MAX_EXTRAPOLATION);
        let moved = i128::from(passed) * i128::from(segment.speed) / 1_000_000_000;
        Playhead {
            at: segment.at + moved as Exact,
            playing: segment.speed != 0,
            count_in_beats_left: segment.count_in.checked_sub(1),
        }
    }

    /// Where the music was shown at an instant, if that is ahead of what has been rendered: where this is done late, as
    /// without a device, the playhead goes on by itself.
    pub fn shown_ahead(&self, instant: Instant) -> Option<Exact> {
        let (_, _, now) = self.read();
        let is_ahead = now.speed != 0 && now.count_in == 0 && self.nanos(instant) > now.heard;
        is_ahead.then(|| self.playhead_at(instant).at)
    }

    fn read(&self) -> (Segment, Nanos, Segment) {
        loop {
            let sequence = self.sequence.load(Ordering::Acquire);
            let seen = (self.before.load(), self.jump_heard.load(Ordering::Relaxed), self.now.load());
            fence(Ordering::Acquire);
            if sequence.is_multiple_of(2) && self.sequence.load(Ordering::Relaxed) == sequence {
                return seen;
            }
            std::hint::spin_loop();
        }
    }

    fn write(&self, before: Option<(Segment, Nanos)>, now: Segment) {
        let sequence = self.sequence.load(Ordering::Relaxed);
        self.sequence.store(sequence + 1, Ordering::Relaxed);
        fence(Ordering::Release);
        if let Some((before, jump_heard)) = before {
            self.before.store(before);
            self.jump_heard.store(jump_heard, Ordering::Relaxed);
        }
        self.now.store(now);
        self.sequence.store(sequence + 2, Ordering::Release);
    }
}

/// Frames against time as one straight line, although drivers request buffers in bursts, late, and by their own clock.
///
/// A delay-locked loop of second order (F. Adriaensen, "Using a DLL to filter time", 2005) over the times at which
/// buffers are requested: it follows the device's rate, too, so that two clocks that drift apart are aligned without a
/// jump. Errors far beyond the usual ones (a thread that was kept waiting) are clamped.
#[derive(Clone, Copy, Debug)]
struct DelayLockedLoop {
    frame: f64,
    /// When that frame was requested, in nanoseconds.
    at: f64,
    nanos_per_frame: f64,
    /// Running mean of the errors' size, in nanoseconds.
    usual_error: f64,
    seen: u32,
    dropouts: u64,
}

impl DelayLockedLoop {
    /// Above this, the stream has paused: the line starts afresh.
    const BREAK_NANOS: f64 = 60e6;
    /// The loop's bandwidth: faster jitter is smoothed, slower drift is followed.
    const BANDWIDTH_HZ: f64 = 0.05;
    /// A stream fills its device first, at once; these buffers only set where the line starts.
    const FILLING: u32 = 8;
    /// Errors are not clamped until this many buffers have shown what is usual.
    const LEARNING: u32 = 64;
    /// No device's rate is further off than this.
    const FURTHEST: f64 = 0.01;

    fn through(request: BufferRequest, nanos_per_frame: f64, seen: u32) -> Self {
        Self {
            frame: request.frame as f64,
            at: request.at as f64,
            nanos_per_frame,
            usual_error: 0.0,
            seen,
            dropouts: request.dropouts,
        }
    }

    fn at(&self, frame: f64) -> f64 {
        self.at + (frame - self.frame) * self.nanos_per_frame
    }

    fn follow(&mut self, request: BufferRequest, nominal: f64) {
        let frame = request.frame as f64;
        let error = request.at as f64 - self.at(frame);
        if error.abs() > Self::BREAK_NANOS || request.dropouts != self.dropouts {
            *self = Self::through(request, self.nanos_per_frame, 0);
            return;
        }
        self.seen = self.seen.saturating_add(1);
        if self.seen < Self::FILLING {
            *self = Self::through(request, self.nanos_per_frame, self.seen);
            return;
        }
        let most = if self.seen < Self::LEARNING { Self::BREAK_NANOS } else { self.usual_error * 4.0 + 20_000.0 };
        let error = error.clamp(-most, most);
        self.usual_error += (error.abs() - self.usual_error) * 0.03;
        let passed_frames = frame - self.frame;
        let passed_seconds = passed_frames * nominal / 1e9;
        let omega = (std::f64::consts::TAU * Self::BANDWIDTH_HZ * passed_seconds).min(0.2);
        // at first, the mean of all errors is the best estimate
        let share = (std::f64::consts::SQRT_2 * omega).max(1.0 / f64::from(self.seen - Self::FILLING + 1));
        let rate_share = if self.seen < Self::LEARNING { 0.0 } else { omega * omega };
        self.at = self.at(frame) + error * share;
        self.frame = frame;
        if passed_frames > 0.0 {
            let faster = self.nanos_per_frame + error * rate_share / passed_frames;
            self.nanos_per_frame = faster.clamp(nominal * (1.0 - Self::FURTHEST), nominal * (1.0 + Self::FURTHEST));
        }
    }
}

/// The callback's side: when frames are rendered and when they are heard.
#[derive(Debug)]
pub(super) struct FrameClock {
    sample_rate_hz: f64,
    /// From a request to its sound: estimated, then as the backend reports it.
    latency: f64,
    latency_is_reported: bool,
    /// Frames rendered since the stream began.
    frames: u64,
    /// None before the first buffer.
    line: Option<DelayLockedLoop>,
    buffers: u64,
    last: Option<(Segment, u64)>,
}

impl FrameClock {
    /// How much of a change in the reported latency is followed with each buffer.
    const LATENCY_SHARE: f64 = 0.02;

    pub fn new(sample_rate_hz: u32, latency: Duration) -> Self {
        Self {
            sample_rate_hz: f64::from(sample_rate_hz),
            latency: latency.as_nanos() as f64,
            latency_is_reported: false,
            frames: 0,
            line: None,
            buffers: 0,
            last: None,
        }
    }

    /// Another stream.
    pub fn restart(&mut self, sample_rate_hz: u32, latency: Duration) {
        *self = Self { last: self.last, ..Self::new(sample_rate_hz, latency) };
    }

    fn nominal(&self) -> f64 {
        1e9 / self.sample_rate_hz
    }

    /// A block is about to be rendered; perhaps it is the first of a buffer.
    pub fn begin_block(&mut self, stream: &StreamMonitor) {
        let (buffers, request) = stream.last_request();
        if buffers == self.buffers {
            return;
        }
        self.buffers = buffers;
        let nominal = self.nominal();
        match &mut self.line {
            Some(line) => line.follow(request, nominal),
            None => self.line = Some(DelayLockedLoop::through(request, nominal, 0)),
        }
        let settled = buffers >= u64::from(DelayLockedLoop::FILLING);
        if let Some(latency) = request.latency.filter(|_| settled) {
            let share = if std::mem::replace(&mut self.latency_is_reported, true) { Self::LATENCY_SHARE } else { 1.0 };
            self.latency += (latency as f64 - self.latency) * share;
        }
    }

    /// When the present block's first frame was due to be rendered.
    fn present(&self) -> f64 {
        let frames = self.frames as f64;
        self.line.map_or(frames * self.nominal(), |line| line.at(frames))
    }

    /// Frames from the present block's first to the one that is rendered at an instant; negative in the past.
    pub fn frames_until(&self, at: Nanos) -> f64 {
        let nanos_per_frame = self.line.map_or(self.nominal(), |line| line.nanos_per_frame);
        (at as f64 - self.present()) / nanos_per_frame
    }

    /// The block has been rendered: moves on and publishes where the music was at its start.
    pub fn end_block(&mut self, frames: u64, playhead: Playhead, speed: Exact, jumps: u64, public: &PublicClock) {
        let segment = Segment {
            heard: (self.present() + self.latency) as Nanos,
            at: playhead.at,
            speed: if playhead.playing { speed } else { 0 },
            count_in: playhead.count_in_beats_left.unwrap_or(0),
        };
        let jumped = match self.last {
            Some((before, known)) if known != jumps => Some((before, segment.heard)),
            _ => None,
        };
        public.write(jumped, segment);
        self.last = Some((segment, jumps));
        self.frames += frames;
    }
}

#[cfg(test)]
mod tests;
