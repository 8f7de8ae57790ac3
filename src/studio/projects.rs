//! Projects: one composition in one file of its own, saved where the user says and opened from anywhere.

use std::{path::PathBuf, sync::Arc};

use super::state::Studio;
use crate::{
    library::{
        autosave::OpenLibrary,
        project,
        store::{Composition, StoreError, new_id},
    },
    music::Score,
    whole_file,
};

impl Studio {
    /// Writes the composition into a project file, with everything the library has of it.
    pub(super) fn save_project(&mut self, path: PathBuf) {
        self.keep_audition();
        self.autosave();
        let score = Arc::clone(self.history.committed());
        let ours =
            Composition { part: self.part, takes: self.takes_to_keep(), ..Composition::new(Score::clone(&score)) };
        let id = self.session.id_of(score.id);
        let poster = self.jobs.poster();
        self.session.ask(move |library| {
            let kept = library.ok().and_then(|library| library.store.load(id).ok());
            // where the library does not work, this is the way out: what is in memory goes
            let composition = match kept {
                Some(kept) => Composition { score, ..kept },
                None => ours,
            };
            poster.post(move |studio| studio.write_project(path, composition));
        });
    }

    fn write_project(&mut self, path: PathBuf, composition: Composition) {
        self.jobs.spawn("saving the project", move |poster| {
            let written = project::write(&composition)
                .map_err(|error| error.to_string())
                .and_then(|bytes| whole_file::write(&path, &bytes).map_err(|error| error.to_string()));
            poster.post(move |studio| match written {
                Ok(()) => {
                    studio.note_recent(path.clone());
                    studio.tell(format!("Saved: {}", path.display()));
                }
                Err(reason) => studio.fail(format!("The project could not be saved ({reason}): {}", path.display())),
            });
        });
    }

    /// Reads a project beside the window, and works on it.
    pub(super) fn read_project(&mut self, path: PathBuf) {
        self.jobs.spawn("opening the project", move |poster| {
            let read = project::read(&path);
            poster.post(move |studio| match read {
                Ok(composition) => {
                    studio.note_recent(path);
                    studio.open_project(composition);
                }
                Err(reason) => {
                    studio.fail(format!("{} could not be opened, the score is as it was: {reason}", path.display()))
                }
            });
        });
    }

    /// Works on what a project file holds.
    fn open_project(&mut self, composition: Composition) {
        self.end_work();
        self.autosave(); // the end of a recording goes before
        let poster = self.jobs.poster();
        self.session.ask(move |library| {
            let opened = match library {
                Ok(library) => take_in(library, composition).map_err(|error| error.to_string()),
                // without a library it is worked on all the same
                Err(_) => Ok(with_id(composition, new_id())),
            };
            poster.post(move |studio| match opened {
                Ok(composition) => studio.work_on(composition),
                Err(reason) => studio.fail(format!("The project cannot be opened: {reason}")),
            });
        });
    }

    /// Remembers a file for the list of those opened lately.
    fn note_recent(&self, path: PathBuf) {
        let path = std::path::absolute(&path).unwrap_or(path);
        self.session.ask(move |library| {
            if let Ok(library) = library
                && let Err(error) = library.store.note_recent(&path)
            {
                log::warn!("the file is not remembered: {error}");
            }
        });
    }
}

/// Puts a project's composition into the library, unless it is there; another state of it there stays as it is.
fn take_in(library: &mut OpenLibrary, composition: Composition) -> Result<Composition, StoreError> {
    let id = composition.score.id;
    let composition = match library.store.load(id) {
        Ok(there) if there.score == composition.score && !library.is_open_elsewhere(id)? => return library.open(id),
        Err(StoreError::Gone) if id != 0 => composition,
        _ => with_id(composition, new_id()),
    };
    let id = library.store.insert(&composition)?;
    library.open(id)
}

fn with_id(composition: Composition, id: u64) -> Composition {
    Composition { score: Arc::new(Score { id, ..Score::clone(&composition.score) }), ..composition }
}
