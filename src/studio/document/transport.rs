//! What the transport is set to. Where the music is, the player knows.

use std::{ops::Range, time::Instant};

use crate::music::Tick;

/// The loop, and the tempo as it is tapped.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoopAndTaps {
    /// The range that plays round and round, when `looping`.
    pub loop_range: Option<Range<Tick>>,
    /// Whether the loop is on.
    pub looping: bool,
    taps: Vec<Instant>,
}

impl LoopAndTaps {
    /// The loop is there, or nowhere; then it is off.
    pub fn set_loop(&mut self, range: Option<Range<Tick>>) {
        self.looping &= range.is_some();
        self.loop_range = range;
    }

    /// Takes a tap; the tempo in quarters a minute, from the third tap on.
    pub fn tap(&mut self, now: Instant) -> Option<f64> {
        if self.taps.last().is_some_and(|last| now.duration_since(*last).as_secs_f64() > 2.0) {
            self.taps.clear();
        }
        self.taps.push(now);
        if self.taps.len() > 8 {
            self.taps.remove(0);
        }
        let seconds = now.duration_since(self.taps[0]).as_secs_f64() / (self.taps.len() - 1) as f64;
        (self.taps.len() >= 3).then(|| (60.0 / seconds).round())
    }
}
