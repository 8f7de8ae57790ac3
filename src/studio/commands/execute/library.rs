//! What is done with the library: all of it on the library's thread, and shown when it is done.

use std::{path::PathBuf, sync::Arc, time::Duration};

use super::{generate, saving, session, transport};
use crate::{
    library::{
        autosave::OpenLibrary,
        models::{self, has_hash},
        store::{Composition, Filter, GenerationSettings, KeptTake, StoreError, shown_title},
    },
    music::{Part, Score},
    plural::counted,
    studio::{
        actions::{Action, EngineAction, LibraryAction, ListenAction, Listing},
        commands::Command,
        dialogs::Dialog,
        document::{Document, takes::kept_in},
        page::Page,
        pages::library::LibraryPage,
        services::Services,
        state::Studio,
        toasts::Tone,
    },
};

/// Carries out what is asked for around the library.
pub fn execute(action: LibraryAction, studio: &mut Studio) {
    let services = &mut studio.services;
    let page = &mut studio.pages.library;
    match action {
        LibraryAction::ShowBin => {
            let from = Some(studio.page).filter(|from| *from != Page::Library);
            studio.execute(Command::Show(Page::Library).into());
            let page = &mut studio.pages.library;
            (page.filter.deleted, page.bin_from) = (true, from);
            read(page, &studio.services);
        }
        LibraryAction::Read => read(page, services),
        LibraryAction::Listed(asked, listing) => {
            if asked == page.asked {
                take_listing(page, listing);
            }
        }
        LibraryAction::Open(id) => open(studio, id),
        LibraryAction::WorkOn(composition) => work_on(studio, *composition),
        LibraryAction::Listen(id) => listen(services, id),
        LibraryAction::Play(id, score) => {
            // another page may be shown by now, or a recording may have begun
            if studio.page == Page::Library && studio.document.recording.is_none() {
                page.heard = Some((id, Arc::clone(&score)));
                services.ask(ListenAction::To(score));
            }
        }
        LibraryAction::Rename(id, title) => rename(studio, id, title),
        LibraryAction::SetTags(tags) => {
            change(services, "Tagging", move |library| library.store.set_tags(&tags));
        }
        LibraryAction::Duplicate(id, title) => {
            change(services, "Duplicating", move |library| {
                let title = library.store.free_title(&format!("{title} (copy)"), 0)?;
                library.store.duplicate(id, &title).map(|_| ())
            });
        }
        LibraryAction::Delete(deleted) => {
            let open = services.session.id_of(studio.document.history.committed().id);
            if deleted.iter().any(|(id, _)| *id == open) {
                leave_open(studio, deleted);
            } else {
                delete(page, services, deleted);
            }
        }
        LibraryAction::DeleteOpen(deleted, next) => {
            let open = studio.services.session.id_of(studio.document.history.committed().id);
            if deleted.iter().any(|(id, _)| *id == open) {
                match next {
                    Some(composition) => leave_for(studio, *composition),
                    None => studio.begin_new(),
                }
                saving::save(studio); // the next start must not look for what is in the bin
            }
            delete(&mut studio.pages.library, &studio.services, deleted);
        }
        LibraryAction::AskToEmptyBin => {
            let (compositions, models) = (page.binned, services.models.binned.len());
            studio.dialogs.open = Some(Dialog::EmptyBin { compositions, models });
        }
        LibraryAction::EmptyBin => empty_bin(studio),
        LibraryAction::Restore(ids) => {
            page.deleted.clear();
            services.say(Tone::Plain, format!("Restored {}", counted(ids.len(), "composition")));
            change(services, "Restoring", move |library| library.store.restore(&ids));
        }
        LibraryAction::MakeAgain(id) => make_again(services, id),
        LibraryAction::Remake(kept, model) => remake(studio, *kept, model),
        LibraryAction::CompareAgain => compare_again(&mut studio.document, services),
    }
}

/// What is in it, and the search ready to be typed into, when its page is shown.
pub fn show(page: &mut LibraryPage, services: &Services) {
    page.focus_search = true;
    page.listed_by = None;
    page.deleted.clear();
    read(page, services);
}

fn read(page: &mut LibraryPage, services: &Services) {
    page.asked += 1;
    let asked = page.asked;
    let filter = page.filter.clone();
    let poster = services.jobs.poster();
    services.session.ask(move |library| {
        let read = library.map_err(str::to_owned).and_then(|library| {
            let store = &mut library.store;
            let listing = store
                .list(&filter)
                .and_then(|list| Ok((list.into(), store.tags()?, store.count_binned()?, store.recent()?)))
                .map(|(list, tags, binned, recent)| Listing { list, tags, binned, recent });
            listing.map_err(|error| error.to_string())
        });
        poster.ask(LibraryAction::Listed(asked, read));
    });
}

fn take_listing(page: &mut LibraryPage, listing: Result<Listing, String>) {
    match listing {
        Ok(Listing { list, tags, binned, recent }) => {
            page.failed = None;
            page.binned = binned;
            page.recent = recent;
            // a tag that is no more in use shows nothing for ever
            page.filter.tag = page.filter.tag.take().filter(|tag| tags.contains(tag));
            page.selected.retain(|id| list.iter().any(|summary| summary.id == *id));
            page.take_list(&list);
            page.tags = tags;
        }
        Err(reason) => page.failed = Some(reason),
    }
}

/// Has something changed, reads the page anew, and says what could not be done.
fn change(
    services: &Services,
    doing: &'static str,
    change: impl FnOnce(&mut OpenLibrary) -> Result<(), StoreError> + Send + 'static,
) {
    let poster = services.jobs.poster();
    services.session.ask(move |library| {
        let done =
            library.map_err(str::to_owned).and_then(|library| change(library).map_err(|error| error.to_string()));
        if let Err(reason) = done {
            poster.ask(Action::Say(Tone::Error, format!("{doing} failed; nothing was changed: {reason}")));
        }
        poster.ask(LibraryAction::Read);
    });
}

fn open(studio: &mut Studio, id: u64) {
    transport::end_work(&mut studio.document, &mut studio.services);
    saving::save(studio); // the end of a recording goes before
    let poster = studio.services.jobs.poster();
    studio.services.session.ask(move |library| {
        let opened = library.map_err(str::to_owned).and_then(|library| {
            if library.is_open_elsewhere(id).unwrap_or(false) {
                return Err("it is open in another window".into());
            }
            library.open(id).map_err(|error| error.to_string())
        });
        poster.ask(match opened {
            Ok(composition) => Action::Library(LibraryAction::WorkOn(Box::new(composition))),
            Err(reason) => Action::Say(Tone::Error, format!("Couldn't open the composition: {reason}")),
        });
    });
}

fn listen(services: &Services, id: u64) {
    let poster = services.jobs.poster();
    services.session.ask(move |library| {
        let loaded = library
            .map_err(str::to_owned)
            .and_then(|library| library.store.load(id).map_err(|error| error.to_string()));
        poster.ask(match loaded {
            Ok(composition) => Action::Library(LibraryAction::Play(id, composition.score)),
            Err(reason) => Action::Say(Tone::Error, format!("Couldn't play the composition: {reason}")),
        });
    });
}

/// Puts compositions into the bin; none of them is open here.
fn delete(page: &mut LibraryPage, services: &Services, deleted: Vec<(u64, String)>) {
    let ids: Vec<u64> = deleted.iter().map(|(id, _)| *id).collect();
    (page.deleted, page.deleted_since) = (deleted, None);
    change(services, "Deleting", move |library| library.store.delete(&ids));
}

/// Looks for what is worked on when the open composition is in the bin: the one changed last of those that stay.
fn leave_open(studio: &mut Studio, deleted: Vec<(u64, String)>) {
    transport::end_work(&mut studio.document, &mut studio.services);
    saving::save(studio); // all of it goes into the bin
    let poster = studio.services.jobs.poster();
    studio.services.session.ask(move |library| {
        let next = library.ok().and_then(|library| {
            let list = library.store.list(&Filter::default()).ok()?;
            let stays = |id: &u64| {
                let is_deleted = deleted.iter().any(|(deleted, _)| deleted == id);
                !is_deleted && !library.is_open_elsewhere(*id).unwrap_or(true)
            };
            let next = list.into_iter().map(|summary| summary.id).find(stays)?;
            library.open(next).ok().map(Box::new)
        });
        poster.ask(LibraryAction::DeleteOpen(deleted, next));
    });
}

/// Deletes for good what is in the bin: compositions and the user's own models.
fn empty_bin(studio: &mut Studio) {
    studio.pages.library.deleted.clear();
    studio.pages.models.deleted = None;
    change(&studio.services, "Emptying the bin", |library| library.store.empty_bin());
    if let Some(place) = studio.services.session.models_folder() {
        studio.services.jobs.spawn("emptying the bin", move |poster| {
            models::empty_bin(&place, Duration::ZERO);
            poster.ask(EngineAction::FindModels);
        });
    }
}

fn leave_for(studio: &mut Studio, composition: Composition) {
    transport::end_work(&mut studio.document, &mut studio.services);
    saving::save(studio); // whatever came since it was asked for belongs to the composition before
    session::open(studio, composition);
}

fn work_on(studio: &mut Studio, composition: Composition) {
    let title = shown_title(&composition.score.title).to_owned();
    leave_for(studio, composition);
    studio.page = Page::Compose;
    studio.services.tell(format!("{title} is open"));
}

fn rename(studio: &mut Studio, id: u64, title: String) {
    if studio.services.session.id_of(studio.document.history.committed().id) == id {
        if studio.document.score().title != title {
            studio.document.edit("Rename the composition", |score| score.title = title);
            saving::save(studio);
            studio.services.ask(LibraryAction::Read);
        }
    } else {
        change(&studio.services, "Renaming", move |library| library.store.rename(id, &title));
    }
}

/// Writes the kept take again that is in a composition: the same model, seed, settings and melody.
fn make_again(services: &Services, id: u64) {
    let folders: Vec<PathBuf> = services.models.list.iter().flatten().map(|model| model.folder.path.clone()).collect();
    let poster = services.jobs.poster();
    services.session.ask(move |library| {
        let found = library
            .map_err(str::to_owned)
            .and_then(|library| library.store.load(id).map_err(|error| error.to_string()))
            .and_then(|mut composition| {
                let last = kept_in(&composition.score, &composition.kept_takes).ok_or("no take was kept in it")?;
                let mut kept = composition.kept_takes.swap_remove(last);
                // as it is called by now
                let mut score = Score::clone(&kept.settings.score);
                score.title.clone_from(&composition.score.title);
                kept.settings.score = score.into();
                Ok(kept)
            })
            .and_then(|kept| the_model(&kept, &folders).map(|model| (kept, model)));
        poster.ask(match found {
            Ok((kept, model)) => Action::Library(LibraryAction::Remake(Box::new(kept), model)),
            Err(reason) => Action::Say(Tone::Error, format!("Couldn't recreate it: {reason}")),
        });
    });
}

fn remake(studio: &mut Studio, kept: KeptTake, model: usize) {
    if let Some(reason) = studio.services.engine.why_not() {
        studio.services.say(Tone::Plain, reason);
        return;
    }
    let Studio { document, services, pages, page, .. } = studio;
    transport::leave_composition(document, services, &mut pages.compose);
    let score = services.session.begin(Score {
        title: format!("{} (recreated)", shown_title(&kept.settings.score.title)),
        ..Score::clone(&kept.settings.score)
    });
    document.history.commit("Recreate", score);
    document.part = document.score().melody.unwrap_or(0);
    *page = Page::Compose;
    services.models.index = model;
    document.takes.expected = Some(kept.parts);
    let folder = services.models.chosen().map(|model| model.folder.path.clone());
    let settings = GenerationSettings {
        model_folder: folder.unwrap_or(kept.settings.model_folder), // it may lie elsewhere by now
        ..kept.settings
    };
    generate::compose(document, services, settings, 1);
}

/// Says whether the notes that were made again are the same.
fn compare_again(document: &mut Document, services: &mut Services) {
    let Some(expected) = document.takes.expected.take() else { return };
    let Some(made) = document.takes.all().last() else { return };
    if is_same_music(&expected, &made.take.parts) {
        let notes: usize = expected.iter().map(|part| part.notes.len()).sum();
        let notes = counted(notes, "note");
        services.tell_of_composition(format!("Recreated: the same {notes}; press Ctrl+Enter to keep them"));
    } else {
        services.say(
            Tone::Warning,
            "Recreated with the same model, seed and melody, but the notes differ: another computer or version rounds \
             differently",
        );
    }
}

fn is_same_music(one: &[Part], other: &[Part]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| a.notes == b.notes && a.role == b.role)
}

/// Which of these folders is the model that made it, by what is in it.
fn the_model(kept: &KeptTake, folders: &[PathBuf]) -> Result<usize, String> {
    let settings = &kept.settings;
    // its old place first: hashing takes a moment
    let mut order: Vec<usize> = (0..folders.len()).collect();
    order.sort_by_key(|&index| folders[index] != settings.model_folder);
    order.into_iter().find(|&index| has_hash(&folders[index], &settings.model_hash)).ok_or_else(|| {
        format!("the model “{}” that wrote it is not on this computer, or has changed since", settings.model)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::models::content_hash;

    #[test]
    fn a_model_is_known_by_what_is_in_it() {
        let place = tempfile::tempdir().unwrap();
        let folder = |name: &str, weights: &str| {
            let folder = place.path().join(name);
            std::fs::create_dir(&folder).unwrap();
            std::fs::write(folder.join("model.json"), "{}").unwrap();
            std::fs::write(folder.join("generator.safetensors"), weights).unwrap();
            folder
        };
        let folders = [folder("a", "1"), folder("b", "2")];
        let mut kept = KeptTake {
            settings: GenerationSettings {
                model: "B".into(),
                model_folder: "/gone".into(),
                model_hash: content_hash(&folders[1]),
                ..GenerationSettings::default()
            },
            ..KeptTake::default()
        };
        assert_eq!(the_model(&kept, &folders), Ok(1));
        let of_earlier_kind = KeptTake {
            settings: GenerationSettings {
                model_hash: "15c8762d869b144b5ec2d88c74bf8f2ed69fc1619190dc1704a40f4aa84deefc".into(),
                ..kept.settings.clone()
            },
            ..KeptTake::default()
        };
        assert_eq!(the_model(&of_earlier_kind, &folders), Ok(1));
        let renamed = r#"{"name": "Valse", "former_names": ["b"]}"#;
        std::fs::write(folders[1].join("model.json"), renamed).unwrap();
        assert_eq!(the_model(&kept, &folders), Ok(1), "it is called something else");
        std::fs::write(folders[1].join("generator.safetensors"), "3").unwrap();
        assert!(the_model(&kept, &folders).unwrap_err().contains("“B”"));
        kept.settings.model_hash.clear();
        assert!(the_model(&kept, &folders).is_err());
        let part = Part::new("x", 0);
        assert!(is_same_music(std::slice::from_ref(&part), std::slice::from_ref(&part)));
        assert!(!is_same_music(&[part], &[]));
    }
}
