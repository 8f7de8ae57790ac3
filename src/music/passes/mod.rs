//! A recording in passes: once through, or round a loop, where each time round is a pass of its own.
//!
//! The caller says where the music was when each message came, so this knows no clock, no tempo and no device.

use std::ops::Range;

use super::{
    Note, Recorder, TempoMap, Tick,
    recorder::{Origin, Performance},
};

/// No more passes than this are kept; the oldest go.
const MAX_PASSES: usize = 64;

/// One pass that is done: what was played, and over which span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// What was played.
    pub performance: Performance,
    /// From where it began to where it ended.
    pub span: Range<Tick>,
}

/// Takes messages, pass by pass.
#[derive(Clone, Debug)]
pub struct Passes {
    start: Tick,
    looped: Option<Range<Tick>>,
    /// The passes so far and the tick where each began; the last one is under way.
    taken: Vec<(Recorder, Tick)>,
    /// Where the music was last.
    last: f64,
}

impl Passes {
    /// Begins at a tick, once through or round a loop. A loop that ends before the tick is ignored.
    pub fn new(start: Tick, looped: Option<Range<Tick>>) -> Self {
        let looped = looped.filter(|range| range.start < range.end && start < range.end);
        Self { start, looped, taken: vec![(recorder_from(start), start)], last: f64::from(start) }
    }

    /// Takes a message that came when the music was at `tick`. It may come late: from before the loop's end though the
    /// music has begun again.
    pub fn push(&mut self, tick: f64, message: [u8; 3]) {
        let tick = self.within_loop(tick);
        let count = self.taken.len();
        let is_late = self.half_loop().is_some_and(|half| tick > self.last + half) && count > 1;
        if is_late {
            self.taken[count - 2].0.push_at(tick, message);
        } else {
            self.advance(tick);
            if let Some((recorder, _)) = self.taken.last_mut() {
                recorder.push_at(tick, message);
            }
        }
    }

    /// Says where the music is; where the loop begins again, so does a new pass.
    pub fn advance(&mut self, tick: f64) {
        let tick = self.within_loop(tick);
        if let Some(half) = self.half_loop()
            && let Some(range) = &self.looped
            && tick < self.last - half
        {
            self.taken.push((recorder_from(range.start), range.start));
            if self.taken.len() > MAX_PASSES {
                self.taken.remove(0);
            }
            self.last = tick;
        }
        self.last = self.last.max(tick);
    }

    /// How many times round it is by now.
    pub fn count(&self) -> usize {
        self.taken.len()
    }

    /// Where it began.
    pub fn start(&self) -> Tick {
        self.start
    }

    /// The notes of the pass under way, those held grown to a tick.
    pub fn notes(&self, now: f64) -> Vec<Note> {
        let now = now.max(0.0).round() as Tick;
        self.taken.last().map_or_else(Vec::new, |(recorder, _)| {
            recorder.notes().iter().copied().chain(recorder.held_until(now)).collect()
        })
    }

    /// Closes the notes that are held, as when a keyboard is pulled.
    pub fn release_all(&mut self, tick: f64) {
        for pitch in 0..128 {
            self.push(tick, [0x80, pitch, 0]);
        }
    }

    /// Ends the recording at a tick: every pass in which something was played, the first first.
    pub fn stop(self, tick: f64) -> Vec<Pass> {
        let tick = self.within_loop(tick);
        let last = self.taken.len() - 1;
        let loop_end = self.looped.map_or(self.last, |range| f64::from(range.end));
        let close = |(index, (recorder, start)): (usize, (Recorder, Tick))| {
            let end = if index == last { tick.max(self.last) } else { loop_end };
            let span = start..(end.round() as Tick).max(start + 1);
            let performance = recorder.stop_at(end);
            (!performance.is_empty()).then_some(Pass { performance, span })
        };
        self.taken.into_iter().enumerate().filter_map(close).collect()
    }

    /// A clock that is extrapolated while the sound is late may run over the loop's end; the music does not.
    fn within_loop(&self, tick: f64) -> f64 {
        let last = self.looped.as_ref().map(|range| f64::from(range.end) - 1.0);
        last.map_or(tick, |last| tick.min(last))
    }

    fn half_loop(&self) -> Option<f64> {
        let range = self.looped.as_ref()?;
        Some(f64::from(range.end - range.start) / 2.0)
    }
}

fn recorder_from(tick: Tick) -> Recorder {
    Recorder::new(TempoMap::default(), Origin::At { stamp_micros: 0, tick: f64::from(tick) })
}

#[cfg(test)]
mod tests;
