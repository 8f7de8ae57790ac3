//! Hands every change to the library's thread.

use std::sync::Arc;

use super::{Session, state::WindowState};
use crate::{
    library::store::{AsLeft, Save, Takes, new_id},
    music::{Part, Score},
    studio::document::Document,
};

/// What the library's thread was handed last.
#[derive(Debug, Default)]
pub(super) struct Handed {
    score: Option<Arc<Score>>,
    recording: Option<(usize, Arc<Part>)>,
    part: usize,
    left: AsLeft,
    pub(super) takes: Option<Arc<Takes>>,
    state: Option<(u64, WindowState)>,
}

fn same<T>(old: Option<&Arc<T>>, new: Option<&Arc<T>>) -> bool {
    match (old, new) {
        (Some(old), Some(new)) => Arc::ptr_eq(old, new),
        (old, new) => old.is_none() && new.is_none(),
    }
}

impl Session {
    /// Hands over what changed since the last frame. Costs a few comparisons of pointers where nothing did.
    /// `heard_tick` is where the music is for what is played now; a `window` whose playhead moves by itself says `None`
    /// for it.
    pub fn save(&mut self, document: &mut Document, heard_tick: f64, window: impl FnOnce(Option<u32>) -> WindowState) {
        if !self.looked || self.autosave.is_none() {
            return;
        }
        if document.history.committed().id == 0 {
            // from a place that does not know of the library: a composition of its own from here on
            document.history.name(new_id());
        }
        let takes = document.takes.to_keep();
        let score = Arc::clone(document.history.committed());
        let recording = document.recording.as_mut().and_then(|recording| recording.so_far(heard_tick, &score));
        let kept_takes = document.takes.take_kept();
        let left = document.as_left();
        let handed = &self.handed;
        let is_same = kept_takes.is_empty()
            && same(handed.score.as_ref(), Some(&score))
            && same(handed.takes.as_ref(), takes.as_ref())
            && same(handed.recording.as_ref().map(|(_, part)| part), recording.as_ref().map(|(_, part)| part))
            && handed.recording.as_ref().map(|(place, _)| *place) == recording.as_ref().map(|(place, _)| *place)
            && handed.part == document.part
            && handed.left == left;
        let state = (score.id, window(handed.state.as_ref().map(|(_, state)| state.playhead)));
        let Some(autosave) = &self.autosave else { return };
        if !is_same {
            let touched = !same(self.pristine.as_ref(), Some(&score));
            autosave.save(Save {
                score: Arc::clone(&score),
                recording: recording.clone(),
                takes: takes.clone(),
                part: document.part,
                left: left.clone(),
                touched: touched || recording.is_some() || takes.is_some(),
                kept_takes,
            });
            let handed = &mut self.handed;
            handed.score = Some(score);
            handed.recording = recording;
            handed.takes = takes;
            handed.part = document.part;
            handed.left = left;
        }
        if self.handed.state.as_ref() != Some(&state) {
            autosave.note_session(state.0, serde_json::to_string(&state.1).unwrap_or_default());
            self.handed.state = Some(state);
        }
    }
}
