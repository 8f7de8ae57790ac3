//! The score being edited, and the way back: a bounded list of labelled snapshots.
//!
//! A step keeps the score before it by how that differs from the score behind it: parts that did not change cost
//! nothing, and of the others only the notes that changed are kept. A gesture previews
//! as often as it likes and is committed once. Playhead, selection and view are no part of it.

mod packed;

use std::{collections::VecDeque, sync::Arc};

use self::packed::PackedScore;
use super::Score;

/// What a step did, and the score as it was on the other side of it, told by the score on this side.
#[derive(Clone, Debug)]
struct Step {
    label: String,
    score: PackedScore,
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
    /// How many steps can be undone; the oldest are forgotten.
    pub const DEPTH: usize = 500;

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
        let before = PackedScore::pack(&self.score, &score);
        self.score = score;
        if self.past.len() == Self::DEPTH {
            self.past.pop_front();
        }
        self.past.push_back(Step { label: label.into(), score: before });
        self.future.clear();
        self.revision += 1;
        true
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
        for score in [&mut self.score].into_iter().chain(&mut self.preview).filter(|score| score.id == 0) {
            Arc::make_mut(score).id = id;
        }
        for step in self.past.iter_mut().chain(&mut self.future) {
            step.score.name(id);
        }
    }

    /// Takes the last step back and says which it was. A gesture under way is cancelled instead of mixed in.
    pub fn undo(&mut self) -> Option<String> {
        self.preview = None;
        let step = self.past.pop_back()?;
        let label = step.label.clone();
        let there = Arc::new(step.score.unpack(&self.score));
        self.future.push(Step { label: step.label, score: PackedScore::pack(&self.score, &there) });
        self.score = there;
        self.revision += 1;
        Some(label)
    }

    /// Makes the step again that was last taken back, and says which it was.
    pub fn redo(&mut self) -> Option<String> {
        self.preview = None;
        let step = self.future.pop()?;
        let label = step.label.clone();
        let there = Arc::new(step.score.unpack(&self.score));
        self.past.push_back(Step { label: step.label, score: PackedScore::pack(&self.score, &there) });
        self.score = there;
        self.revision += 1;
        Some(label)
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
    use crate::music::Part;

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
}
