//! Musical time against the audio clock: which frame an instant of the music falls on, without drift.

use super::schedule::{EXACT_PER_SECOND, Exact};

/// Musical time as a straight line over frames: `at(frame) = base + frame * units_per_frame`.
///
/// A loop moves it (the base changes by exactly the loop's length), a seek or another rate starts it afresh, so
/// rounding errors never add up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeline {
    base: Exact,
    /// Frames since it started.
    frame: u64,
    sample_rate_hz: u32,
}

impl Timeline {
    pub fn new(sample_rate_hz: u32) -> Self {
        Self { base: 0, frame: 0, sample_rate_hz }
    }

    /// Where the music is, at the present frame.
    pub fn now(&self) -> Exact {
        let passed =
            (i128::from(self.frame) * i128::from(EXACT_PER_SECOND)).div_euclid(i128::from(self.sample_rate_hz));
        self.base + passed as Exact
    }

    /// Frames from the present one to the one nearest to an instant; 0 once it is due.
    pub fn frames_until(&self, at: Exact) -> u64 {
        let per_second = i128::from(EXACT_PER_SECOND);
        let twice = i128::from(at - self.base) * i128::from(self.sample_rate_hz) * 2 + per_second;
        let frame = twice.div_euclid(per_second * 2);
        u64::try_from(frame - i128::from(self.frame)).unwrap_or(0)
    }

    pub fn advance(&mut self, frames: u64) {
        self.frame += frames;
    }

    /// The present frame is this instant from now on.
    pub fn jump(&mut self, to: Exact) {
        (self.base, self.frame) = (to, 0);
    }

    /// The music goes back by this much, frames keep their distances to it.
    pub fn shift_back(&mut self, by: Exact) {
        self.base -= by;
    }

    pub fn set_sample_rate(&mut self, sample_rate_hz: u32) {
        self.jump(self.now());
        self.sample_rate_hz = sample_rate_hz;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_of_odd_times_falls_on_the_nearest_frames() {
        let mut timeline = Timeline::new(44_100);
        let mut at = 0_i64;
        let mut frame = 0_u64;
        while at < 3600 * EXACT_PER_SECOND {
            let wanted = (i128::from(at) * 44_100 + i128::from(EXACT_PER_SECOND) / 2) / i128::from(EXACT_PER_SECOND);
            let until = timeline.frames_until(at);
            assert_eq!(i128::from(frame + until), wanted);
            timeline.advance(until);
            frame += until;
            at += 77_777_771;
        }
    }

    #[test]
    fn a_loop_of_odd_length_does_not_drift() {
        let mut timeline = Timeline::new(48_000);
        let length = 100_000_003; // 10,000.0003 frames
        let mut frames = 0;
        for _ in 0..10_000 {
            let until = timeline.frames_until(length);
            timeline.advance(until);
            timeline.shift_back(length);
            frames += until;
        }
        assert_eq!(frames, 100_000_003);
    }
}
