//! Recording: what is played by hand grows on the roll while it is held, and becomes one undo step.
//!
//! The music of it, time into ticks, is [`crate::music::Recorder`]'s.

use std::sync::Arc;

use super::{state::Studio, toasts::Tone};
use crate::{
    clock,
    music::{
        Part, Recorder, RecorderOptions, Score, Stamped, Tick,
        recorder::{Origin, Take},
    },
};

/// A take being played in.
#[derive(Debug)]
pub struct Recording {
    /// `None` until the player tells when the first bar begins.
    recorder: Option<Recorder>,
    /// What came before that.
    early: Vec<Stamped>,
    /// Which part it goes into.
    part: usize,
    /// Where it begins.
    start: Tick,
    /// The score before it.
    before: Arc<Score>,
    /// How much of the recorder the preview shows.
    shown: (usize, usize),
}

impl Recording {
    /// The part it goes into.
    pub fn part(&self) -> usize {
        self.part
    }
}

impl Studio {
    /// Begins to record into the chosen part, from the playhead, after the count-in.
    pub(super) fn start_recording(&mut self) {
        self.keep_audition();
        if self.score().parts.is_empty() {
            self.history.edit("Add a part", |score| {
                score.parts.push(Arc::new(Part::new("Melody", 0)));
                score.melody = Some(0);
            });
            self.part = 0;
        }
        let start = self.playhead();
        self.recording = Some(Recording {
            recorder: None,
            early: Vec::new(),
            part: self.part.min(self.score().parts.len() - 1),
            start,
            before: Arc::clone(self.history.committed()),
            shown: (0, 0),
        });
        let bars = self.transport.count_in_bars;
        let playing = self.is_playing();
        self.sound.keep_up(&Arc::clone(self.history.score()));
        // What is played may be longer than what is there.
        self.sound.with_player(|player| player.set_stop_at_end(false));
        self.sound.with_player(|player| match (playing, bars) {
            (true, _) => {}
            (false, 0) => player.play(),
            (false, bars) => player.play_with_count_in(bars),
        });
    }

    /// Takes a message from any keyboard, the on-screen piano or the computer's keys.
    pub(super) fn record(&mut self, stamped: Stamped) {
        let Some(recording) = &mut self.recording else { return };
        match &mut recording.recorder {
            Some(recorder) => recorder.push(stamped),
            None => recording.early.push(stamped),
        }
    }

    /// Lets what is played grow on the roll.
    pub(super) fn poll_recording(&mut self) {
        let position = self.sound.position();
        let now = clock::now_micros();
        // the position is that of what is heard now, so the output's latency is in it already
        let latency_ms = self.preferences.recording_offset_ms;
        let Some(recording) = &mut self.recording else { return };
        if recording.recorder.is_none() {
            if !position.playing {
                return;
            }
            let tempo = recording.before.tempo.clone();
            // during a count-in the position runs up to the start; the origin then lies ahead
            let ahead_seconds = if position.tick < f64::from(recording.start) {
                let qpm = tempo.qpm_at(recording.start);
                (f64::from(recording.start) - position.tick) / f64::from(crate::music::TICKS_PER_QUARTER) * 60.0 / qpm
            } else {
                0.0
            };
            let (stamp_micros, tick) = if ahead_seconds > 0.0 {
                (now + (ahead_seconds * 1e6) as u64, f64::from(recording.start))
            } else {
                (now, position.tick)
            };
            let mut recorder = Recorder::new(RecorderOptions {
                latency_ms,
                origin: Origin::At { stamp_micros, tick },
                ..RecorderOptions::new(tempo)
            });
            recording.early.drain(..).for_each(|stamped| recorder.push(stamped));
            recording.recorder = Some(recorder);
        }
        let Some(recorder) = &recording.recorder else { return };
        let held = recorder.held(now).count();
        let shown = (recorder.notes().len(), held);
        if held > 0 || shown != recording.shown {
            let take = recorder.snapshot(now);
            let score = with_take(&recording.before, recording.part, &take);
            recording.shown = shown;
            self.history.preview(score);
        }
    }

    /// Ends the recording: what was played becomes one undo step.
    pub(super) fn stop_recording(&mut self) {
        let Some(recording) = self.recording.take() else { return };
        self.history.cancel();
        let take = recording
            .recorder
            .map(|recorder| recorder.stop(clock::now_micros()))
            .unwrap_or_default();
        if take.notes.is_empty() && take.controls.is_empty() {
            self.toasts.add(Tone::Plain, "Nothing was played, so nothing was recorded");
            return;
        }
        let count = take.notes.len();
        let score = with_take(&recording.before, recording.part, &take);
        self.history.commit("Record", score);
        let notes = if count == 1 { "note" } else { "notes" };
        self.tell(format!("Recorded {count} {notes}; Ctrl+Z takes them back"));
    }
}

/// A score with what was played laid over one of its parts.
fn with_take(before: &Arc<Score>, part: usize, take: &Take) -> Score {
    let mut score = Score::clone(before);
    if let Some(part) = score.part_mut(part) {
        part.notes.extend_from_slice(&take.notes);
        part.controls.extend_from_slice(&take.controls);
        part.sort();
    }
    score
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Note, Pitch, Velocity};

    #[test]
    fn a_take_joins_what_the_part_has() {
        let note = |start, pitch| Note {
            start,
            pitch: Pitch::clamped(pitch),
            duration: 100,
            velocity: Velocity::DEFAULT,
        };
        let mut part = Part::new("Melody", 0);
        part.notes = vec![note(960, 60)];
        let before = Arc::new(Score {
            parts: vec![Arc::new(part)],
            ..Score::default()
        });
        let take = Take {
            notes: vec![note(0, 64)],
            controls: Vec::new(),
        };
        let score = with_take(&before, 0, &take);
        assert_eq!(score.parts[0].notes, [note(0, 64), note(960, 60)]);
        assert_eq!(before.parts[0].notes.len(), 1);
        assert_eq!(with_take(&before, 9, &take), *before);
    }
}
