//! Projects: one composition in one file of its own, saved where the user says and opened from anywhere.

use std::{path::PathBuf, sync::Arc};

use super::{saving, transport};
use crate::{
    library::{
        autosave::OpenLibrary,
        project,
        store::{Composition, StoreError, new_id},
    },
    music::Score,
    studio::{
        actions::{Action, FileAction, LibraryAction},
        services::Services,
        state::Studio,
        toasts::Tone,
    },
    whole_file,
};

/// Writes the composition into a project file, with everything the library has of it.
pub fn save(studio: &mut Studio, path: PathBuf) {
    saving::save(studio);
    let document = &studio.document;
    let session = &studio.services.session;
    let score = Arc::clone(document.history.committed());
    let left = document.as_left();
    let ours = Composition {
        part: document.part,
        left: left.clone(),
        takes: document.takes.to_keep(),
        ..Composition::new(Score::clone(&score))
    };
    let id = session.id_of(score.id);
    let poster = studio.services.jobs.poster();
    session.ask(move |library| {
        let kept = library.ok().and_then(|library| library.store.load(id).ok());
        // where the library does not work, this is the way out: what is in memory goes
        let composition = match kept {
            Some(kept) => Composition { score, left, ..kept },
            None => ours,
        };
        poster.ask(FileAction::WriteProject(path, Box::new(composition)));
    });
}

/// Writes a composition into a project file beside the window.
pub fn write(services: &Services, path: PathBuf, composition: Box<Composition>) {
    services.jobs.spawn("saving the project", move |poster| {
        let written = project::write(&composition)
            .map_err(|error| error.to_string())
            .and_then(|bytes| whole_file::write(&path, &bytes).map_err(|error| error.to_string()));
        poster.ask(match written {
            Ok(()) => Action::File(FileAction::ProjectWritten(path)),
            Err(reason) => {
                Action::Say(Tone::Error, format!("Couldn't save the project ({reason}): {}", path.display()))
            }
        });
    });
}

/// Reads a project beside the window, to work on it.
pub fn read(services: &Services, path: PathBuf) {
    services.jobs.spawn("opening the project", move |poster| {
        poster.ask(match project::read(&path) {
            Ok(composition) => Action::File(FileAction::ProjectRead(path, Box::new(composition))),
            Err(reason) => {
                let text = format!("Couldn't open {}: {reason}. Nothing was changed.", path.display());
                Action::Say(Tone::Error, text)
            }
        });
    });
}

/// Works on what a project file holds.
pub fn open(studio: &mut Studio, composition: Composition) {
    transport::end_work(&mut studio.document, &mut studio.services);
    saving::save(studio); // the end of a recording goes before
    let poster = studio.services.jobs.poster();
    studio.services.session.ask(move |library| {
        let opened = match library {
            Ok(library) => take_in(library, composition).map_err(|error| error.to_string()),
            // without a library it is worked on all the same
            Err(_) => Ok(with_id(composition, new_id())),
        };
        poster.ask(match opened {
            Ok(composition) => Action::Library(LibraryAction::WorkOn(Box::new(composition))),
            Err(reason) => Action::Say(Tone::Error, format!("Couldn't open the project: {reason}")),
        });
    });
}

/// Remembers a file for the list of those opened lately.
pub fn note_recent(services: &Services, path: PathBuf) {
    let path = std::path::absolute(&path).unwrap_or(path);
    services.session.ask(move |library| {
        if let Ok(library) = library
            && let Err(error) = library.store.note_recent(&path)
        {
            log::warn!("the file is not remembered: {error}");
        }
    });
}

/// Puts a project's composition into the library, unless it is there; another state of it there stays as it is.
fn take_in(library: &mut OpenLibrary, composition: Composition) -> Result<Composition, StoreError> {
    let id = composition.score.id;
    let composition = match library.store.load(id) {
        Ok(there) if there.score == composition.score && !library.is_open_elsewhere(id)? => return library.open(id),
        Err(StoreError::Gone) if id != 0 => composition,
        _ => with_id(composition, new_id()),
    };
    let title = library.store.free_title(&composition.score.title, composition.score.id)?;
    let score = Arc::new(Score { title, ..Score::clone(&composition.score) });
    let id = library.store.insert(&Composition { score, ..composition })?;
    library.open(id)
}

fn with_id(composition: Composition, id: u64) -> Composition {
    Composition { score: Arc::new(Score { id, ..Score::clone(&composition.score) }), ..composition }
}
