//! The score being edited and its undo history: labelled snapshots, bounded in number and in bytes.
//!
//! Snapshots share the parts that did not change, so that a step costs the parts it changed. A gesture previews as
//! often as it likes and is committed once. Playhead, selection and view are no part of it.

use std::{collections::VecDeque, sync::Arc};

use super::{ControlEvent, Note, Part, Score};

/// What a step did, and the score on its other side: before it where it can be undone, behind it where it can be redone.
#[derive(Clone, Debug)]
struct Step {
    label: String,
    score: Arc<Score>,
    /// What its parts take that the score on this side does not share.
    bytes: usize,
}

impl Step {
    fn new(label: String, score: Arc<Score>, neighbour: &Score) -> Self {
        let is_shared = |part: &&Arc<Part>| neighbour.parts.iter().any(|other| Arc::ptr_eq(other, part));
        let bytes = score.parts.iter().filter(|part| !is_shared(part)).map(|part| bytes_of(part)).sum();
        Self { label, score, bytes }
    }
}

fn bytes_of(part: &Part) -> usize {
    size_of::<Part>() + size_of_val::<[Note]>(&part.notes) + size_of_val::<[ControlEvent]>(&part.controls)
}

/// A score with undo and redo.
#[derive(Clone, Debug)]
pub struct History {
    score: Arc<Score>,
    /// What the window shows while a gesture lasts.
    preview: Option<Arc<Score>>,
    past: VecDeque<Step>,
    future: Vec<Step>,
    revision: u64,
}

impl Default for History {
    fn default() -> Self {
        Self::new(Score::default())
    }
}

impl History {
    /// How many steps can be undone; the oldest are dropped.
    pub const DEPTH: usize = 500;
    /// How much the steps may take; beyond it the oldest are dropped, though never the last one. 200 steps that each
    /// change 100,000 notes.
    pub const MAX_BYTES: usize = 256 << 20;

    /// A history that begins with this score.
    pub fn new(score: impl Into<Arc<Score>>) -> Self {
        Self { score: score.into(), preview: None, past: VecDeque::new(), future: Vec::new(), revision: 0 }
    }

    /// The score as it is to be shown and heard: the preview of a gesture under way, else what was last committed.
    pub fn score(&self) -> &Arc<Score> {
        self.preview.as_ref().unwrap_or(&self.score)
    }

    /// The score without the gesture under way; what is saved and exported.
    pub fn committed(&self) -> &Arc<Score> {
        &self.score
    }

    /// Grows with every commit, undo, redo and reset, never with a preview.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Shows a score without making a step of it.
    pub fn preview(&mut self, score: impl Into<Arc<Score>>) {
        self.preview = Some(score.into());
    }

    /// Drops the preview: the gesture was cancelled. Tells whether there was one.
    pub fn cancel(&mut self) -> bool {
        self.preview.take().is_some()
    }

    /// Makes a step: the score becomes this one, and `label` names what undo will take back. Redo ends here.
    ///
    /// A score equal to the one before is no step. Tells whether one was made.
    pub fn commit(&mut self, label: impl Into<String>, score: impl Into<Arc<Score>>) -> bool {
        self.preview = None;
        let score = score.into();
        if Arc::ptr_eq(&score, &self.score) || score == self.score {
            return false;
        }
        let before = std::mem::replace(&mut self.score, score);
        self.past.push_back(Step::new(label.into(), before, &self.score));
        self.future.clear();
        self.drop_oldest(Self::MAX_BYTES);
        self.revision += 1;
        true
    }

    fn drop_oldest(&mut self, max_bytes: usize) {
        let mut bytes: usize = self.past.iter().map(|step| step.bytes).sum();
        while self.past.len() > Self::DEPTH || (bytes > max_bytes && self.past.len() > 1) {
            bytes -= self.past.pop_front().map_or(0, |step| step.bytes);
        }
    }

    /// Makes a step of the preview under way, if there is one and it changed anything.
    pub fn commit_preview(&mut self, label: impl Into<String>) -> bool {
        self.preview.take().is_some_and(|score| self.commit(label, score))
    }

    /// Makes a step by changing a copy.
    pub fn edit(&mut self, label: impl Into<String>, change: impl FnOnce(&mut Score)) -> bool {
        let mut score = Score::clone(&self.score);
        change(&mut score);
        self.commit(label, score)
    }

    /// Begins anew with another score, nothing to undo.
    pub fn reset(&mut self, score: impl Into<Arc<Score>>) {
        let revision = self.revision + 1;
        *self = Self::new(score);
        self.revision = revision;
    }

    /// Says which composition this is, here and in every step that did not say so.
    pub fn name(&mut self, id: u64) {
        let steps = self.past.iter_mut().chain(&mut self.future).map(|step| &mut step.score);
        let scores = [&mut self.score].into_iter().chain(&mut self.preview).chain(steps);
        for score in scores.filter(|score| score.id == 0) {
            Arc::make_mut(score).id = id;
        }
    }

    /// Takes the last step back and says which it was. A gesture under way is cancelled instead of mixed in.
    pub fn undo(&mut self) -> Option<String> {
        self.preview = None;
        let step = self.past.pop_back()?;
        let (label, undone) = self.cross(step);
        self.future.push(undone);
        Some(label)
    }

    /// Makes the step again that was last taken back, and says which it was.
    pub fn redo(&mut self) -> Option<String> {
        self.preview = None;
        let step = self.future.pop()?;
        let (label, redone) = self.cross(step);
        self.past.push_back(redone);
        Some(label)
    }

    /// Goes to the other side of a step; returns its label, and the step as seen from there.
    fn cross(&mut self, step: Step) -> (String, Step) {
        let here = std::mem::replace(&mut self.score, step.score);
        self.revision += 1;
        (step.label.clone(), Step::new(step.label, here, &self.score))
    }

    /// What undo would take back.
    pub fn undo_label(&self) -> Option<&str> {
        self.past.back().map(|step| step.label.as_str())
    }

    /// What redo would make again.
    pub fn redo_label(&self) -> Option<&str> {
        self.future.last().map(|step| step.label.as_str())
    }

    /// All steps that can be undone, the last first.
    pub fn undo_labels(&self) -> impl Iterator<Item = &str> {
        self.past.iter().rev().map(|step| step.label.as_str())
    }

    /// All steps that can be made again, the next first.
    pub fn redo_labels(&self) -> impl Iterator<Item = &str> {
        self.future.iter().rev().map(|step| step.label.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Pitch, Velocity};

    fn titled(title: &str) -> Score {
        Score {
            title: title.into(),
            parts: vec![Arc::new(Part::new("Lead", 0)), Arc::new(Part::new("Bass", 32))],
            ..Score::default()
        }
    }

    #[test]
    fn steps_go_back_and_forth_with_their_names() {
        let mut history = History::new(titled("a"));
        assert!(history.commit("Rename to b", titled("b")));
        assert!(history.commit("Rename to c", titled("c")));
        assert_eq!(history.undo_labels().collect::<Vec<_>>(), ["Rename to c", "Rename to b"]);
        assert_eq!(history.undo().as_deref(), Some("Rename to c"));
        assert_eq!(history.score().title, "b");
        assert_eq!(history.redo_label(), Some("Rename to c"));
        assert_eq!(history.undo().as_deref(), Some("Rename to b"));
        assert_eq!(history.score().title, "a");
        assert_eq!(history.undo(), None);
        assert_eq!(history.redo().as_deref(), Some("Rename to b"));
        assert!(history.commit("Rename to d", titled("d")));
        assert_eq!(history.redo(), None, "a new step ends redo");
    }

    #[test]
    fn a_gesture_is_one_step_or_none() {
        let mut history = History::new(titled("a"));
        for title in ["b", "c", "d"] {
            history.preview(titled(title));
            assert_eq!(history.score().title, title);
            assert_eq!(history.committed().title, "a");
        }
        assert!(history.commit_preview("Rename"));
        assert_eq!(history.undo_labels().count(), 1);
        history.preview(titled("e"));
        assert!(history.cancel());
        assert_eq!(history.score().title, "d");
        history.preview(titled("d"));
        assert!(!history.commit_preview("Nothing"), "an equal score is no step");
    }

    #[test]
    fn the_list_is_bounded_and_parts_are_shared() {
        let mut history = History::new(titled("0"));
        for number in 1..=History::DEPTH + 50 {
            history.edit("Mute", |score| {
                score.title = number.to_string();
                if let Some(part) = score.part_mut(0) {
                    part.muted = !part.muted;
                }
            });
        }
        let last = Arc::clone(history.score());
        assert_eq!(history.undo_labels().count(), History::DEPTH);
        while history.undo().is_some() {}
        assert_eq!(history.score().title, "50");
        assert!(Arc::ptr_eq(&history.score().parts[1], &last.parts[1]), "the untouched part is not copied");
    }

    #[test]
    fn a_step_costs_the_parts_it_changed_and_all_steps_are_bounded_in_bytes() {
        let note = |start| Note { start, pitch: Pitch::MIDDLE_C, duration: 120, velocity: Velocity::DEFAULT };
        let part = |notes: u32| Arc::new(Part { notes: (0..notes).map(note).collect(), ..Part::default() });
        let mut history = History::new(Score { parts: vec![part(1000), part(100_000)], ..Score::default() });
        for step in 0..100 {
            history.edit("Delete", |score| drop(score.part_mut(0).and_then(|part| part.notes.pop())));
            assert_eq!(history.past.back().map(|step| step.bytes), Some(bytes_of(&part(1000 - step))));
        }
        let undone = history.clone();
        let label = history.undo();
        assert_eq!((label.as_deref(), history.future[0].bytes), (Some("Delete"), bytes_of(&part(900))));
        history.redo();
        assert_eq!(history.score(), undone.score());
        history.drop_oldest(10 * bytes_of(&part(910)));
        assert_eq!(history.past.len(), 10);
        history.drop_oldest(0);
        assert_eq!(history.undo_labels().collect::<Vec<_>>(), ["Delete"], "the last step stays whatever it costs");
        history.undo();
        assert_eq!(history.score().parts[0].notes.len(), 901);
    }
}
