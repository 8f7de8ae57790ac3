//! The score being edited and its undo history: labelled steps, bounded in number and in bytes.
//!
//! A step keeps the score on its other side by how that differs from the one on this side, so that it costs the parts
//! it changed. A gesture previews as often as it likes and is committed once. Playhead, selection and view are no part
//! of it.

mod step;

use std::{collections::VecDeque, sync::Arc};

use self::step::Step;
use super::Score;

/// A score with undo and redo.
#[derive(Clone, Debug)]
pub struct History {
    score: Arc<Score>,
    /// What the window shows while a gesture lasts.
    preview: Option<Arc<Score>>,
    past: VecDeque<Step>,
    future: Vec<Step>,
    revision: u64,
    /// How many steps were ever made.
    made: u64,
}

impl Default for History {
    fn default() -> Self {
        Self::new(Score::default())
    }
}

impl History {
    /// How many steps can be undone; the oldest are dropped.
    pub const DEPTH: usize = 500;
    /// How much the steps may take; beyond it the oldest are dropped, though never the last one. 500 steps that each
    /// change 100,000 notes.
    pub const MAX_BYTES: usize = 256 << 20;

    /// A history that begins with this score.
    pub fn new(score: impl Into<Arc<Score>>) -> Self {
        Self { score: score.into(), preview: None, past: VecDeque::new(), future: Vec::new(), revision: 0, made: 0 }
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
        self.made += 1;
        self.past.push_back(Step::new(self.made, label.into(), &before, &self.score));
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
        let (revision, made) = (self.revision + 1, self.made);
        *self = Self { revision, made, ..Self::new(score) };
    }

    /// The same with nothing but the steps within the present composition, to be resumed when it is opened again:
    /// behind them lie others that may have changed since.
    #[must_use]
    pub fn of_composition(&self) -> Self {
        let id = self.score.id;
        let is_within = |step: &&Step| step.score.id == id;
        let past = self.past.len() - self.past.iter().rev().take_while(is_within).count();
        let future = self.future.len() - self.future.iter().rev().take_while(is_within).count();
        Self {
            score: Arc::clone(&self.score),
            preview: None,
            past: self.past.range(past..).cloned().collect(),
            future: self.future[future..].to_vec(),
            revision: self.revision,
            made: self.made,
        }
    }

    /// Goes on with a history that was left, of the same score.
    pub fn resume(&mut self, left: Self) {
        *self = Self { preview: None, revision: self.revision + 1, made: self.made.max(left.made), ..left };
    }

    /// What the steps take, in bytes.
    pub fn bytes(&self) -> usize {
        self.past.iter().chain(&self.future).map(|step| step.bytes).sum()
    }

    /// Gives the composition its id, here and in every step that has none yet.
    pub fn name(&mut self, id: u64) {
        self.scores_mut().filter(|score| score.id == 0).for_each(|score| score.id = id);
    }

    /// Gives the composition another title wherever it has this one: here and in every step.
    pub fn retitle(&mut self, id: u64, title: &str, new: &str) {
        let so_called = self.scores_mut().filter(|score| score.id == id && score.title == title);
        so_called.for_each(|score| new.clone_into(&mut score.title));
    }

    /// The score, its preview, and those of the steps without their parts.
    fn scores_mut(&mut self) -> impl Iterator<Item = &mut Score> {
        let scores = [&mut self.score].into_iter().chain(&mut self.preview).map(Arc::make_mut);
        let steps = self.past.iter_mut().chain(&mut self.future).map(|step| &mut step.score);
        scores.chain(steps)
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
        let there = Arc::new(step.unpacked(&self.score));
        let here = std::mem::replace(&mut self.score, there);
        self.revision += 1;
        (step.label.clone(), Step::new(step.number, step.label, &here, &self.score))
    }

    /// What undo would take back.
    pub fn undo_label(&self) -> Option<&str> {
        self.past.back().map(|step| step.label.as_str())
    }

    /// What redo would make again.
    pub fn redo_label(&self) -> Option<&str> {
        self.future.last().map(|step| step.label.as_str())
    }

    /// The number of the step that undo would take back; no other step has it.
    pub fn undo_step(&self) -> Option<u64> {
        self.past.back().map(|step| step.number)
    }

    /// The number of the step that redo would make again.
    pub fn redo_step(&self) -> Option<u64> {
        self.future.last().map(|step| step.number)
    }

    /// All steps that can be undone, the last first.
    pub fn undo_labels(&self) -> impl Iterator<Item = &str> {
        self.past.iter().rev().map(|step| step.label.as_str())
    }
}

#[cfg(test)]
mod tests;
