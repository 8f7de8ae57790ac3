//! The audio clock against the computer's: when a frame is heard, and where the music was at an instant.
//!
//! The callback writes, anybody reads, without a lock: a sequence number around a few atomics (odd while writing).

use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering, fence};
use std::time::{Duration, Instant};

use super::schedule::Exact;
use super::sequencer::Place;

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

/// The callback's side: smooths when blocks are asked for (drivers ask in bursts) into when frames are heard.
#[derive(Debug)]
pub(super) struct FrameClock {
    sample_rate_hz: f64,
    /// From rendering to hearing.
    latency: Nanos,
    frames: u64,
    /// When frame 0 would have been rendered, smoothed; none before the first block.
    start: Option<f64>,
    last: Option<(Stretch, u64)>,
}

impl FrameClock {
    /// Above this, the stream has stopped and gone on: the line begins anew.
    const BREAK_NANOS: f64 = 60e6;
    /// Share of each block's error that is taken over: a time constant of some 200 blocks.
    const FOLLOW: f64 = 0.005;

    pub fn new(sample_rate_hz: u32, latency: Duration) -> Self {
        Self {
            sample_rate_hz: f64::from(sample_rate_hz),
            latency: latency.as_nanos() as Nanos,
            frames: 0,
            start: None,
            last: None,
        }
    }

    /// Another stream.
    pub fn restart(&mut self, sample_rate_hz: u32, latency: Duration) {
        *self = Self {
            last: self.last,
            ..Self::new(sample_rate_hz, latency)
        };
    }

    fn nanos_of(&self, frames: u64) -> f64 {
        frames as f64 * 1e9 / self.sample_rate_hz
    }

    /// A block is about to be rendered, now.
    pub fn begin_block(&mut self, now: Nanos) {
        let measured = now as f64 - self.nanos_of(self.frames);
        self.start = Some(match self.start {
            Some(start) if (measured - start).abs() < Self::BREAK_NANOS => start + (measured - start) * Self::FOLLOW,
            _ => measured,
        });
    }

    /// Frames from the present block's first to the one that is rendered at an instant; negative in the past.
    pub fn frames_until(&self, at: Nanos) -> f64 {
        let present = self.start.unwrap_or(at as f64) + self.nanos_of(self.frames);
        (at as f64 - present) * self.sample_rate_hz / 1e9
    }

    /// The block has been rendered: moves on and tells where the music was at its start.
    pub fn end_block(&mut self, frames: u64, place: Place, speed: Exact, jumps: u64, public: &PublicClock) {
        let rendered = self.start.unwrap_or_default() + self.nanos_of(self.frames);
        let stretch = Stretch {
            heard: rendered as Nanos + self.latency,
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
mod tests {
    use super::*;

    fn place(at: Exact) -> Place {
        Place {
            at,
            playing: true,
            count_in_beats_left: None,
        }
    }

    /// Blocks asked for in bursts of four, 48 kHz: the line stays straight.
    #[test]
    fn bursts_are_smoothed() {
        let public = PublicClock::new();
        let mut clock = FrameClock::new(48_000, Duration::from_millis(10));
        let speed = 480_000_000;
        for block in 0..4000_i64 {
            let burst = block / 4 * 4;
            clock.begin_block(burst * 64 * 1_000_000 / 48);
            clock.end_block(64, place(block * 64 * 10_000), speed, 0, &public);
        }
        // 5 s after the start, less 10 ms of latency
        let heard = public.place_at(public.epoch + Duration::from_secs(5)).at as f64 / 480_000.0;
        assert!((heard - 4990.0).abs() < 4.0, "{heard} ms");
    }

    #[test]
    fn before_a_jump_the_old_stretch_counts() {
        let public = PublicClock::new();
        let mut clock = FrameClock::new(48_000, Duration::ZERO);
        clock.begin_block(0);
        clock.end_block(48_000, place(0), 480_000_000, 0, &public);
        clock.begin_block(1_000_000_000);
        clock.end_block(48_000, place(7_000_000_000), 480_000_000, 1, &public);
        let at = |millis| public.place_at(public.epoch + Duration::from_millis(millis)).at;
        assert_eq!(at(500), 240_000_000);
        assert_eq!(at(1500), 7_240_000_000);
        // never runs on for more than a second
        assert_eq!(at(60_000), 7_480_000_000);
    }
}
