//! What was played while nothing was recorded: the last minutes, so that a good idea need not be played twice.

use std::{collections::VecDeque, ops::Range};

use crate::music::{
    Recorder, Stamped, TempoMap, Tick,
    passes::{Pass, Passes},
    recorder::Origin,
};

/// How long it remembers, in microseconds: five minutes.
const MEMORY_MICROS: u64 = 5 * 60 * 1_000_000;
/// No more messages than this are remembered.
const MAX_MESSAGES: usize = 50_000;
/// What lies before a pause of this length is another idea: half a minute, in microseconds.
const PAUSE_MICROS: u64 = 30 * 1_000_000;

#[derive(Clone, Copy, Debug)]
struct Played {
    stamped: Stamped,
    /// Where the music was.
    tick: f64,
    /// Whether it moved.
    playing: bool,
}

/// The last minutes.
#[derive(Debug, Default)]
pub struct Recent {
    played: VecDeque<Played>,
}

impl Recent {
    pub fn push(&mut self, stamped: Stamped, tick: f64, playing: bool) {
        let oldest = stamped.stamp_micros.saturating_sub(MEMORY_MICROS);
        while self.played.front().is_some_and(|first| first.stamped.stamp_micros < oldest)
            || self.played.len() >= MAX_MESSAGES
        {
            self.played.pop_front();
        }
        self.played.push_back(Played { stamped, tick, playing });
    }

    /// Whether there is a note to keep.
    pub fn is_empty(&self, now_micros: u64) -> bool {
        let oldest = now_micros.saturating_sub(MEMORY_MICROS);
        let is_note = |played: &Played| played.stamped.message[0] & 0xF0 == 0x90 && played.stamped.message[2] > 0;
        !self.played.iter().any(|played| played.stamped.stamp_micros >= oldest && is_note(played))
    }

    /// The last idea, taken out: what was played since the last long pause, all to the music or all without.
    fn take_last(&mut self) -> Vec<Played> {
        let mut last: Vec<Played> = Vec::new();
        for played in std::mem::take(&mut self.played).into_iter().rev() {
            let goes_on = last.last().is_none_or(|later: &Played| {
                later.playing == played.playing
                    && later.stamped.stamp_micros.saturating_sub(played.stamped.stamp_micros) < PAUSE_MICROS
            });
            if !goes_on {
                break;
            }
            last.push(played);
        }
        last.reverse();
        last
    }

    /// Takes out the last idea as passes: where it was played if music was playing, else from `playhead` on.
    pub fn take_passes(
        &mut self,
        now_micros: u64,
        playhead: Tick,
        looped: Option<Range<Tick>>,
        tempo: &TempoMap,
    ) -> Vec<Pass> {
        let played = self.take_last();
        let Some(first) = played.first().copied() else { return Vec::new() };
        if first.playing {
            let mut passes = Passes::new(first.tick.max(0.0) as Tick, looped);
            for played in &played {
                passes.push(played.tick, played.stamped.message);
            }
            return passes.stop(played.last().map_or(0.0, |last| last.tick));
        }
        let origin = Origin::FirstNote { tick: f64::from(playhead) };
        let mut recorder = Recorder::new(tempo.clone(), origin);
        for played in &played {
            recorder.push(played.stamped);
        }
        let end = played.last().map_or(now_micros, |last| last.stamped.stamp_micros);
        let span = playhead..recorder.tick_at(end).unwrap_or(0).max(playhead + 1);
        vec![Pass { performance: recorder.stop(end), span }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strike(seconds: u64) -> Stamped {
        Stamped { stamp_micros: seconds * 1_000_000, message: [0x90, 60, 90] }
    }

    #[test]
    fn it_remembers_minutes_and_keeps_the_last_idea() {
        let mut recent = Recent::default();
        for seconds in [1, 2, 100, 101, 310, 312, 315] {
            recent.push(strike(seconds), 0.0, false);
        }
        assert_eq!(recent.played.len(), 5, "what is older than five minutes is gone");
        assert!(!recent.is_empty(320_000_000) && recent.is_empty(900_000_000));
        assert_eq!(recent.take_last().len(), 3);
        recent.push(strike(400), 0.0, false);
        recent.push(strike(401), 960.0, true);
        assert_eq!(recent.take_last().len(), 1, "what was played to the music is another idea");
        assert!(recent.is_empty(401_000_000));
    }
}
