//! The library as the thread of autosave has it open: what this window has of it, and what happens where another window
//! was faster.

use std::{collections::HashMap, sync::Arc};

use super::notice::{Notice, Restored};
use crate::{
    library::{
        models::content_hash,
        store::{Composition, Save, SaveOutcome, Saved, Session, Slot, Store, StoreError, new_id},
    },
    music::Score,
};

/// The library as the thread has it open.
#[derive(Debug)]
pub struct OpenLibrary {
    /// The library.
    pub store: Store,
    /// What the library had of each composition of this window last.
    pub(super) known: HashMap<u64, Saved>,
    /// Compositions that another window changed meanwhile, and the copy that is this window's.
    pub(super) copies: HashMap<u64, u64>,
    pub(super) slot: Option<Slot>,
}

impl OpenLibrary {
    pub(super) fn new(store: Store, slot: Option<Slot>) -> Self {
        Self { store, known: HashMap::new(), copies: HashMap::new(), slot }
    }

    /// Loads a composition to work on it.
    ///
    /// # Errors
    /// It is not there, or cannot be read.
    pub fn open(&mut self, id: u64) -> Result<Composition, StoreError> {
        let composition = self.store.load(id)?;
        self.copies.remove(&id);
        self.known.insert(id, composition.saved.clone());
        Ok(composition)
    }

    /// Whether another window that is open works on a composition.
    ///
    /// # Errors
    /// What `SQLite` says.
    pub fn is_open_elsewhere(&self, id: u64) -> Result<bool, StoreError> {
        let Some(slot) = &self.slot else { return Ok(false) };
        let others = self.store.other_windows(slot.number)?;
        Ok(others.iter().any(|other| other.is_open && other.composition == id))
    }

    /// The id under which this window's work on a composition is kept.
    fn id_of(&self, id: u64) -> u64 {
        self.copies.get(&id).copied().unwrap_or(id)
    }

    /// Saves, under another id if another window has changed the composition meanwhile; then there is something to
    /// tell.
    pub(super) fn save(&mut self, save: &mut Save) -> Result<Option<Notice>, StoreError> {
        for settings in save.kept_takes.iter_mut().map(|take| &mut take.settings) {
            if settings.model_hash.is_empty() {
                settings.model_hash = content_hash(&settings.model_folder);
            }
        }
        let id = self.id_of(save.score.id);
        let title = &save.score.title;
        let is_new = save.touched && !self.store.lists(id)?;
        let numbered = if is_new { self.store.free_title(title, id)? } else { title.clone() };
        if let SaveOutcome::Saved(saved) = self.store.save(&named(save, id, &numbered), self.known.get(&id))? {
            self.known.insert(id, saved);
            let is_other = numbered != *title;
            return Ok(is_other.then(|| Notice::Numbered { id: save.score.id, title: title.clone(), numbered }));
        }
        let copy = new_id();
        if let SaveOutcome::Saved(saved) = self.store.save(&named(save, copy, title), None)? {
            self.known.insert(copy, saved);
        }
        self.copies.insert(save.score.id, copy);
        Ok(Some(Notice::Copied { id: save.score.id, copy, title: save.score.title.clone() }))
    }

    /// What this window last worked on, if anything; what other windows left becomes a notice.
    pub(super) fn last_session(&mut self, notices: &mut Vec<Notice>) -> Result<Option<Restored>, StoreError> {
        let Some(slot) = &self.slot else { return Ok(None) };
        let number = slot.number;
        let others = self.store.other_windows(number)?;
        for killed in others.iter().filter(|other| !other.is_open) {
            notices.push(Notice::Info(format!(
                "Another window didn't close properly. Its composition is in the Library: {}",
                killed.title
            )));
            self.store.end_session(killed.slot)?;
        }
        let Some(session) = self.store.session(number)? else {
            return Ok(None);
        };
        let elsewhere = others.iter().any(|other| other.is_open && other.composition == session.composition);
        if elsewhere || (number > 1 && session.ended) {
            return Ok(None);
        }
        match restored(&self.store, session) {
            Ok(restored) => {
                self.known.insert(restored.composition.score.id, restored.composition.saved.clone());
                Ok(Some(restored))
            }
            Err(StoreError::Gone) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

pub(super) fn restored(store: &Store, session: Session) -> Result<Restored, StoreError> {
    Ok(Restored { composition: store.load(session.composition)?, state: session.state, ended: session.ended })
}

fn named(save: &Save, id: u64, title: &str) -> Save {
    if save.score.id == id && save.score.title == title {
        return save.clone();
    }
    Save { score: Arc::new(Score { id, title: title.to_owned(), ..Score::clone(&save.score) }), ..save.clone() }
}
