//! A recording in passes: once through, or round and round a loop, each time round a pass of its own.
//!
//! The caller says where the music was when each message came, so this knows no clock, no tempo and no device.

use std::ops::Range;

use super::{
    Note, Recorder, RecorderOptions, TempoMap, Tick,
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
    /// Begins at a tick, once through or round a loop. A loop that lies behind the tick is none.
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
    Recorder::new(RecorderOptions {
        origin: Origin::At { stamp_micros: 0, tick: f64::from(tick) },
        ..RecorderOptions::new(TempoMap::default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Control, ControlEvent};

    fn starts(pass: &Pass) -> Vec<(Tick, Tick)> {
        pass.performance.notes.iter().map(|note| (note.start, note.duration)).collect()
    }

    #[test]
    fn every_time_round_is_a_pass_and_late_messages_find_theirs() {
        let mut passes = Passes::new(0, Some(480..2400));
        passes.push(100.0, [0x90, 60, 90]); // before the loop: part of the first pass
        passes.push(200.0, [0x80, 60, 0]);
        passes.push(2300.0, [0x90, 62, 90]);
        passes.advance(500.0); // round
        passes.push(2390.0, [0x90, 64, 90]); // struck before the loop's end, delivered after it
        passes.push(700.0, [0x80, 62, 0]);
        passes.push(900.0, [0x90, 65, 90]);
        assert_eq!(passes.notes(1000.0).len(), 1, "only the pass under way is shown");
        passes.push(1000.0, [0x80, 65, 0]);
        passes.advance(1900.0);
        passes.advance(490.0); // round without a note
        passes.advance(1900.0);
        passes.push(490.0, [0x90, 67, 90]);
        assert_eq!(passes.count(), 4);
        let done = passes.stop(960.0);
        assert_eq!(done.len(), 3, "an empty pass is none");
        assert_eq!(starts(&done[0]), [(100, 100), (2300, 100), (2390, 10)]);
        assert_eq!(starts(&done[1]), [(900, 100)]);
        assert_eq!(starts(&done[2]), [(490, 470)]);
        assert_eq!([&done[0].span, &done[1].span, &done[2].span], [&(0..2400), &(480..2400), &(480..960)]);
    }

    #[test]
    fn nothing_is_recorded_behind_the_loops_end() {
        let mut passes = Passes::new(480, Some(480..2400));
        passes.push(2380.0, [0x90, 60, 90]);
        passes.push(2450.0, [0x80, 60, 0]); // the sound is late, and the clock was extrapolated
        passes.push(2460.0, [0x90, 62, 90]);
        passes.advance(500.0);
        passes.push(700.0, [0x90, 64, 90]);
        let done = passes.stop(2600.0);
        assert_eq!(starts(&done[0]), [(2380, 19), (2399, 1)]);
        assert_eq!(starts(&done[1]), [(700, 1699)]);
    }

    #[test]
    fn a_count_in_is_no_music_and_no_loop_is_one_pass() {
        let mut passes = Passes::new(960, Some(0..480));
        passes.push(500.0, [0x90, 60, 90]);
        passes.push(600.0, [0x80, 60, 0]);
        passes.push(900.0, [0x90, 62, 90]); // still held where it begins
        passes.push(1200.0, [0x80, 62, 0]);
        let done = passes.stop(2000.0);
        assert_eq!(done.len(), 1);
        assert_eq!(starts(&done[0]), [(960, 240)]);
    }

    #[test]
    fn trimming_cuts_and_leaves_nothing_hanging() {
        let mut passes = Passes::new(0, None);
        passes.push(100.0, [0xB0, 64, 127]);
        passes.push(200.0, [0x90, 60, 90]);
        passes.push(1000.0, [0x80, 60, 0]);
        let performance = passes.stop(2000.0).remove(0).performance.trimmed(&(400..800));
        assert_eq!(performance.notes.iter().map(|note| (note.start, note.duration)).collect::<Vec<_>>(), [(400, 400)]);
        let pedal = |tick, value| ControlEvent { tick, control: Control::Controller { number: 64, value } };
        assert_eq!(performance.controls, [pedal(400, 127), pedal(800, 0)]);
    }

    #[test]
    fn onsets_keep_to_the_drivers_stamps_however_late_they_are_delivered() {
        // a simulated driver: stamps are exact, delivery is 0 to 20 ms late; the window looks 30 times a second
        let mut random = fastrand::Rng::with_seed(3);
        let ticks_per_ms = 0.96; // 120 quarters a minute
        let tick_at = |ms: f64| ms * ticks_per_ms;
        let strikes: Vec<f64> = (0..400).map(|index| f64::from(index) * 137.3 + random.f64() * 40.0).collect();
        let mut deliveries: Vec<(f64, f64)> = strikes.iter().map(|&ms| (ms + random.f64() * 20.0, ms)).collect();
        deliveries.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut passes = Passes::new(0, None);
        let mut frame_ms = 0.0;
        for (delivered, stamp) in deliveries {
            while frame_ms < delivered {
                frame_ms += 33.3;
                passes.advance(tick_at(frame_ms));
            }
            passes.push(tick_at(stamp), [0x90, 60, 90]);
        }
        let recorded = passes.stop(tick_at(60_000.0)).remove(0).performance.notes;
        assert_eq!(recorded.len(), strikes.len());
        let errors_ms =
            recorded.iter().zip(&strikes).map(|(note, ms)| (f64::from(note.start) / ticks_per_ms - ms).abs());
        let mean_ms = errors_ms.sum::<f64>() / strikes.len() as f64;
        assert!(mean_ms < 1.0, "{mean_ms} ms");
    }
}
