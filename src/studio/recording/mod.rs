//! Recording: what is played by hand grows on the roll while it is held, and becomes one undo step.
//!
//! Each message is placed where the music was when it was played: the driver's stamp, less the user's offset, asked of
//! the player, which knows its own latency. The music of it is [`crate::music::passes`]'.

mod options;
mod recent;
mod takes;

use std::{
    ops::Range,
    sync::Arc,
    time::{Duration, Instant},
};

pub use self::{recent::Recent, takes::RecordedTakes};
use super::{state::Studio, toasts::Tone};
use crate::{
    clock,
    music::{Note, Part, Score, Stamped, Tick, edit::ControlKind, passes::Passes, recorder::Performance},
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
    /// The part it goes into.
    pub fn part(&self) -> usize {
        self.part
    }

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

impl Studio {
    /// Begins to record into the chosen part, from the playhead, after the count-in or with the first key.
    pub(super) fn start_recording(&mut self) {
        self.keep_audition();
        self.cancel_note_tool();
        self.takes.forget();
        if self.score().parts.is_empty() {
            self.history.edit("Add a part", |score| {
                score.parts.push(Arc::new(Part::new("Melody", 0)));
                score.melody = Some(0);
            });
            self.part = 0;
        }
        let looped = self.transport.loop_range.clone().filter(|_| self.transport.looping);
        let playing = self.is_playing();
        let waiting = self.preferences.record_waits && !playing;
        self.recording = Some(Recording {
            passes: Passes::new(self.playhead(), looped),
            part: self.part.min(self.score().parts.len() - 1),
            waiting,
            replaces: self.preferences.record_replaces,
            replaced: 0,
            so_far: None,
            so_far_at: Instant::now(),
            is_ahead: false,
        });
        self.sound.keep_up(&Arc::clone(self.history.score()));
        // What is played may be longer than what is there.
        self.sound.with_player(|player| player.set_stop_at_end(false));
        let bars = self.transport.count_in_bars;
        self.sound.with_player(|player| match (playing || waiting, bars) {
            (true, _) => {}
            (false, 0) => player.play(),
            (false, bars) => player.play_with_count_in(bars),
        });
    }

    /// Takes a message from any keyboard, the on-screen piano or the computer's keys.
    pub(super) fn record(&mut self, stamped: Stamped) {
        let (tick, playing) = self.heard_at(stamped.stamp_micros);
        let Some(recording) = &mut self.recording else {
            self.recent.push(stamped, tick, playing);
            return;
        };
        recording.is_ahead = true;
        let is_strike = stamped.message[0] & 0xF0 == 0x90 && stamped.message[2] > 0;
        let start = f64::from(recording.passes.start());
        if recording.waiting && is_strike {
            recording.waiting = false;
            recording.passes.push(start, stamped.message);
            self.sound.with_player(crate::sound::Player::play);
        } else if recording.waiting || !playing {
            // before the music: what is still held when it begins, begins with it
            recording.passes.push(if recording.waiting { start - 1.0 } else { tick.min(start) }, stamped.message);
        } else {
            recording.passes.push(tick, stamped.message);
        }
    }

    /// Where the music was when something was played, and whether it moved.
    fn heard_at(&self, stamp_micros: u64) -> (f64, bool) {
        let offset = (self.preferences.recording_offset_ms * 1000.0) as i64;
        let position = self.sound.position_at(clock::instant_from(stamp_micros.saturating_add_signed(-offset)));
        (position.tick, position.playing)
    }

    /// Where the music is for what is played now.
    fn heard_now(&self) -> f64 {
        self.heard_at(clock::now_micros()).0
    }

    /// Lets what is played grow on the roll.
    pub(super) fn poll_recording(&mut self) {
        let now = self.heard_now();
        let position = self.sound.position();
        let Some(recording) = &mut self.recording else { return };
        if !position.playing || recording.waiting {
            return;
        }
        recording.passes.advance(now);
        if recording.replaces {
            let span = recording.passes.start()..(now.max(0.0) as Tick).saturating_add(AHEAD);
            let (part, before) = (recording.part, recording.replaced);
            let score = with_take(self.history.committed(), part, &Performance::default(), Some(&span));
            let count = |score: &Score| score.parts.get(part).map_or(0, |part| part.notes.len());
            let replaced = count(self.history.committed()) - count(&score);
            recording.replaced = replaced;
            if replaced != before && position.count_in_beats_left.is_none() {
                self.history.preview(score);
            }
        }
    }

    /// Where the recording goes and what comes of it by now, held notes included: what the library keeps in case the
    /// program is killed. The same `Arc` as before where nothing was played since, or only just now.
    pub(super) fn recorded_so_far(&mut self) -> Option<(usize, Arc<Part>)> {
        let now = self.heard_now();
        let recording = self.recording.as_mut()?;
        if recording.is_ahead && recording.so_far_at.elapsed() >= SO_FAR {
            let passes = recording.passes.clone().stop(now);
            let score = takes::with_all(passes, recording.part, recording.replaces, self.history.committed());
            recording.so_far = score.parts.get(recording.part).cloned();
            (recording.so_far_at, recording.is_ahead) = (Instant::now(), false);
        }
        Some((recording.part, recording.so_far.clone()?))
    }

    /// Closes what is held in the recording, as when a keyboard is pulled.
    pub(super) fn release_recorded(&mut self) {
        let now = self.heard_now();
        if let Some(recording) = &mut self.recording {
            recording.passes.release_all(now);
        }
    }

    /// Shows again what a recording that replaces has taken away, after something else was previewed.
    pub(super) fn preview_replaced(&mut self) {
        if let Some(recording) = &mut self.recording {
            recording.replaced = 0;
        }
    }

    /// Ends the recording: what was played becomes one undo step, and every pass a take to choose from.
    pub(super) fn stop_recording(&mut self) {
        let now = self.heard_now();
        self.end_turn();
        let Some(recording) = self.recording.take() else { return };
        self.history.cancel();
        let passes = recording.passes.stop(now);
        if passes.is_empty() {
            self.toasts.add(Tone::Plain, "Nothing was played, so nothing was recorded");
            return;
        }
        self.take_passes("Record", passes, recording.part, recording.replaces);
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
