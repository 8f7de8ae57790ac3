//! Recording: what is played by hand grows on the roll while it is held, and becomes one undo step.
//!
//! Each message is placed where the music was when it was played: the driver's stamp, less the user's offset, asked of
//! the player, which knows its own latency. The music of it is [`crate::music::passes`]'.

mod recent;
mod takes;

use std::{
    ops::Range,
    sync::Arc,
    time::{Duration, Instant},
};

pub use self::{recent::Recent, takes::RecordedTakes};
use crate::music::{
    Note, Part, Score, Tick,
    edit::ControlKind,
    passes::{Pass, Passes},
    recorder::Performance,
};

/// How far ahead of the playhead a recording that replaces takes notes away, so that they do not sound: a quarter.
const AHEAD: Tick = crate::music::TICKS_PER_QUARTER;

/// How old what the library has of a recording may grow, before it is written.
const SO_FAR: Duration = Duration::from_millis(200);

/// A take being played in.
#[derive(Debug)]
pub struct Recording {
    passes: Passes,
    /// Which part it goes into.
    part: usize,
    /// Whether it waits for the first key.
    waiting: bool,
    /// Whether it takes the place of what the part has there.
    replaces: bool,
    /// How many notes of the part a recording that replaces has taken away so far.
    replaced: usize,
    /// The part with all that was played until a moment ago, for the library.
    so_far: Option<Arc<Part>>,
    /// When that was made.
    so_far_at: Instant,
    /// Whether something was played since.
    is_ahead: bool,
}

impl Recording {
    /// Whether it waits for the first key.
    pub fn is_waiting(&self) -> bool {
        self.waiting
    }

    /// How many times round the loop it is by now.
    pub fn passes(&self) -> usize {
        self.passes.count()
    }

    /// What was played in the pass under way, held notes grown to a tick.
    pub fn notes(&self, now: f64) -> Vec<Note> {
        self.passes.notes(now)
    }
}

impl Recording {
    /// Begins at a tick, for a part of the score; `looped` is the range that is played round and round.
    pub fn new(part: usize, start: Tick, looped: Option<Range<Tick>>, waiting: bool, replaces: bool) -> Self {
        Self {
            passes: Passes::new(start, looped),
            part,
            waiting,
            replaces,
            replaced: 0,
            so_far: None,
            so_far_at: Instant::now(),
            is_ahead: false,
        }
    }

    /// Takes a message that was played where the music was at `tick`; whether the music is to begin with it.
    pub fn push(&mut self, message: [u8; 3], tick: f64, playing: bool) -> bool {
        self.is_ahead = true;
        let is_strike = message[0] & 0xF0 == 0x90 && message[2] > 0;
        let start = f64::from(self.passes.start());
        if self.waiting && is_strike {
            self.waiting = false;
            self.passes.push(start, message);
            return true;
        }
        let tick = match (self.waiting, playing) {
            // before the music: what is still held when it begins, begins with it
            (true, _) => start - 1.0,
            (false, false) => tick.min(start),
            (false, true) => tick,
        };
        self.passes.push(tick, message);
        false
    }

    /// Goes on to where the music is; the score to show meanwhile, where a recording that replaces took more notes
    /// away.
    pub fn advance(&mut self, now: f64, committed: &Arc<Score>) -> Option<Score> {
        self.passes.advance(now);
        if !self.replaces {
            return None;
        }
        let span = self.passes.start()..(now.max(0.0) as Tick).saturating_add(AHEAD);
        let score = with_take(committed, self.part, &Performance::default(), Some(&span));
        let count = |score: &Score| score.parts.get(self.part).map_or(0, |part| part.notes.len());
        let replaced = count(committed) - count(&score);
        (std::mem::replace(&mut self.replaced, replaced) != replaced).then_some(score)
    }

    /// Where the recording goes and what comes of it by now, held notes included: what the library keeps in case the
    /// program is killed. The same `Arc` as before where nothing was played since, or only just now.
    pub fn so_far(&mut self, now: f64, committed: &Arc<Score>) -> Option<(usize, Arc<Part>)> {
        if self.is_ahead && self.so_far_at.elapsed() >= SO_FAR {
            let score = takes::with_all(self.passes.clone().stop(now), self.part, self.replaces, committed);
            self.so_far = score.parts.get(self.part).cloned();
            (self.so_far_at, self.is_ahead) = (Instant::now(), false);
        }
        Some((self.part, self.so_far.clone()?))
    }

    /// Closes what is held, as when a keyboard is pulled.
    pub fn release_all(&mut self, now: f64) {
        self.passes.release_all(now);
    }

    /// Shows again what a recording that replaces has taken away, after something else was previewed.
    pub fn preview_replaced(&mut self) {
        self.replaced = 0;
    }

    /// Ends it: every pass, the part, and whether it replaces.
    pub fn stop(self, now: f64) -> (Vec<Pass>, usize, bool) {
        (self.passes.stop(now), self.part, self.replaces)
    }
}

/// A score with what was played laid over one of its parts, or in place of what the part has within a span.
fn with_take(before: &Arc<Score>, part: usize, take: &Performance, replaced: Option<&Range<Tick>>) -> Score {
    let mut score = Score::clone(before);
    if let Some(part) = score.part_mut(part) {
        if let Some(span) = replaced {
            part.notes.retain(|note| !span.contains(&note.start));
            for note in &mut part.notes {
                if note.start < span.start && note.end() > span.start {
                    note.duration = span.start - note.start;
                }
            }
            let kinds: Vec<ControlKind> =
                take.controls.iter().filter_map(|event| Some(ControlKind::of(event.control)?.0)).collect();
            part.controls.retain(|event| {
                let is_recorded = ControlKind::of(event.control).is_some_and(|(kind, _)| kinds.contains(&kind));
                !(is_recorded && span.contains(&event.tick))
            });
        }
        part.notes.extend_from_slice(&take.notes);
        part.controls.extend_from_slice(&take.controls);
        part.normalise_controls();
        part.sort();
        part.notes.dedup();
    }
    score
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Pitch, Velocity};

    fn note(start: Tick, pitch: i32) -> Note {
        Note { start, pitch: Pitch::clamped(pitch), duration: 100, velocity: Velocity::DEFAULT }
    }

    #[test]
    fn a_take_joins_what_the_part_has_or_replaces_it() {
        let mut part = Part::new("Melody", 0);
        part.notes = vec![note(450, 62), note(500, 67), note(960, 60)];
        let before = Arc::new(Score { parts: vec![Arc::new(part)], ..Score::default() });
        let take = Performance { notes: vec![note(480, 64)], controls: Vec::new() };
        let joined = with_take(&before, 0, &take, None);
        assert_eq!(joined.parts[0].notes, [note(450, 62), note(480, 64), note(500, 67), note(960, 60)]);
        assert_eq!(before.parts[0].notes.len(), 3);
        let replaced = with_take(&before, 0, &take, Some(&(480..960)));
        let cut = Note { duration: 30, ..note(450, 62) };
        assert_eq!(replaced.parts[0].notes, [cut, note(480, 64), note(960, 60)]);
        assert_eq!(with_take(&before, 9, &take, None), *before);
    }
}
