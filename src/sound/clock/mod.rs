//! The audio clock against the computer's: when a frame is heard, and where the music was at an instant.
//!
//! The callback writes, anybody reads, without a lock: a sequence number around a few atomics (odd while writing).

use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering, fence};
use std::time::{Duration, Instant};

use super::schedule::Exact;
use super::sequencer::Place;
use super::stream::{Asked, StreamWatch};

/// Nanoseconds since the player's start.
pub(super) type Nanos = i64;

/// How far from its last word the clock is trusted: a stream that stalls must not make the music run on.
const TRUST: Nanos = 1_000_000_000;

/// A stretch of music without a jump: at `heard` the music was at `at`.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    heard: Nanos,
    at: Exact,
    /// Exact units per second; 0 where it stands.
    speed: Exact,
    /// Beats left of the count-in plus one; 0 without one.
    count_in: u32,
}

#[derive(Debug, Default)]
struct StretchCell {
    heard: AtomicI64,
    at: AtomicI64,
    speed: AtomicI64,
    count_in: AtomicU32,
}

impl StretchCell {
    fn store(&self, stretch: Stretch) {
        self.heard.store(stretch.heard, Ordering::Relaxed);
        self.at.store(stretch.at, Ordering::Relaxed);
        self.speed.store(stretch.speed, Ordering::Relaxed);
        self.count_in.store(stretch.count_in, Ordering::Relaxed);
    }

    fn load(&self) -> Stretch {
        Stretch {
            heard: self.heard.load(Ordering::Relaxed),
            at: self.at.load(Ordering::Relaxed),
            speed: self.speed.load(Ordering::Relaxed),
            count_in: self.count_in.load(Ordering::Relaxed),
        }
    }
}

/// What the callback says about time.
#[derive(Debug)]
pub(super) struct PublicClock {
    epoch: Instant,
    sequence: AtomicU64,
    /// The stretch before the last jump, and when it ended being heard.
    before: StretchCell,
    jump_heard: AtomicI64,
    now: StretchCell,
}

impl PublicClock {
    pub fn new() -> Self {
        Self {
            epoch: Instant::now(),
            sequence: AtomicU64::new(0),
            before: StretchCell::default(),
            jump_heard: AtomicI64::new(Nanos::MIN),
            now: StretchCell::default(),
        }
    }

    pub fn nanos(&self, instant: Instant) -> Nanos {
        match instant.checked_duration_since(self.epoch) {
            Some(after) => after.as_nanos() as Nanos,
            None => -(self.epoch.duration_since(instant).as_nanos() as Nanos),
        }
    }

    /// Where the music was that was heard at an instant.
    pub fn place_at(&self, instant: Instant) -> Place {
        let asked = self.nanos(instant);
        let (before, jump_heard, now) = self.read();
        let stretch = if asked < jump_heard { before } else { now };
        let passed = (asked - stretch.heard).clamp(-TRUST, TRUST);
        let moved = i128::from(passed) * i128::from(stretch.speed) / 1_000_000_000;
        Place {
            at: stretch.at + moved as Exact,
            playing: stretch.speed != 0,
            count_in_beats_left: stretch.count_in.checked_sub(1),
        }
    }

    fn read(&self) -> (Stretch, Nanos, Stretch) {
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

    fn write(&self, before: Option<(Stretch, Nanos)>, now: Stretch) {
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

/// Frames against time as one straight line, though drivers ask in bursts, late, and by a clock of their own.
///
/// A delay-locked loop of second order (F. Adriaensen, "Using a DLL to filter time", 2005) over the times at which
/// buffers are asked for: it takes over a device's rate, too, so that two clocks that drift apart meet without a jump.
/// Errors far beyond the usual ones (a thread that was kept waiting) count only as much as those.
#[derive(Clone, Copy, Debug)]
struct Line {
    frame: f64,
    /// When that frame was asked for, in nanoseconds.
    at: f64,
    nanos_per_frame: f64,
    /// Running mean of the errors' size, in nanoseconds.
    usual_error: f64,
    seen: u32,
    dropouts: u64,
}

impl Line {
    /// Above this, the stream has stopped and gone on: the line begins anew.
    const BREAK_NANOS: f64 = 60e6;
    /// The loop's bandwidth: what jitters faster is smoothed, what drifts slower is followed.
    const BANDWIDTH_HZ: f64 = 0.05;
    /// A stream fills its device first, at once; these buffers only say where the line begins.
    const FILLING: u32 = 8;
    /// Errors count as they are until this many buffers have said what is usual.
    const LEARNING: u32 = 64;
    /// No device's rate is further off than this.
    const FURTHEST: f64 = 0.01;

    fn through(asked: Asked, nanos_per_frame: f64, seen: u32) -> Self {
        Self {
            frame: asked.frame as f64,
            at: asked.at as f64,
            nanos_per_frame,
            usual_error: 0.0,
            seen,
            dropouts: asked.dropouts,
        }
    }

    fn at(&self, frame: f64) -> f64 {
        self.at + (frame - self.frame) * self.nanos_per_frame
    }

    fn follow(&mut self, asked: Asked, nominal: f64) {
        let frame = asked.frame as f64;
        let error = asked.at as f64 - self.at(frame);
        if error.abs() > Self::BREAK_NANOS || asked.dropouts != self.dropouts {
            *self = Self::through(asked, self.nanos_per_frame, 0);
            return;
        }
        self.seen = self.seen.saturating_add(1);
        if self.seen < Self::FILLING {
            *self = Self::through(asked, self.nanos_per_frame, self.seen);
            return;
        }
        let most = if self.seen < Self::LEARNING { Self::BREAK_NANOS } else { self.usual_error * 4.0 + 20_000.0 };
        let error = error.clamp(-most, most);
        self.usual_error += (error.abs() - self.usual_error) * 0.03;
        let passed_frames = frame - self.frame;
        let passed_seconds = passed_frames * nominal / 1e9;
        let omega = (std::f64::consts::TAU * Self::BANDWIDTH_HZ * passed_seconds).min(0.2);
        // at first the mean of what was seen is the best guess
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
    /// From asking to hearing: as estimated, then as the backend says.
    latency: f64,
    latency_is_told: bool,
    /// Frames rendered since the stream began.
    frames: u64,
    /// None before the first buffer.
    line: Option<Line>,
    buffers: u64,
    last: Option<(Stretch, u64)>,
}

impl FrameClock {
    /// Share of a told latency's change that is taken over with each buffer.
    const LATENCY_SHARE: f64 = 0.02;

    pub fn new(sample_rate_hz: u32, latency: Duration) -> Self {
        Self {
            sample_rate_hz: f64::from(sample_rate_hz),
            latency: latency.as_nanos() as f64,
            latency_is_told: false,
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
    pub fn begin_block(&mut self, stream: &StreamWatch) {
        let (buffers, asked) = stream.asked();
        if buffers == self.buffers {
            return;
        }
        self.buffers = buffers;
        let nominal = self.nominal();
        match &mut self.line {
            Some(line) => line.follow(asked, nominal),
            None => self.line = Some(Line::through(asked, nominal, 0)),
        }
        let settled = buffers >= u64::from(Line::FILLING);
        if let Some(told) = asked.heard_after.filter(|_| settled) {
            let share = if std::mem::replace(&mut self.latency_is_told, true) { Self::LATENCY_SHARE } else { 1.0 };
            self.latency += (told as f64 - self.latency) * share;
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

    /// The block has been rendered: moves on and tells where the music was at its start.
    pub fn end_block(&mut self, frames: u64, place: Place, speed: Exact, jumps: u64, public: &PublicClock) {
        let stretch = Stretch {
            heard: (self.present() + self.latency) as Nanos,
            at: place.at,
            speed: if place.playing { speed } else { 0 },
            count_in: place.count_in_beats_left.unwrap_or(0),
        };
        let jumped = match self.last {
            Some((before, known)) if known != jumps => Some((before, stretch.heard)),
            _ => None,
        };
        public.write(jumped, stretch);
        self.last = Some((stretch, jumps));
        self.frames += frames;
    }
}

#[cfg(test)]
mod tests;
