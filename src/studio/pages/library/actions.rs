//! What is done from the Library page: all of it on the library's thread, and shown when it is done.

use crate::studio::pages::library::{Field, shown_title};
use crate::studio::{page::Page, services::engine::EngineState, state::Studio, toasts::Tone};
use crate::{
    library::{
        autosave::OpenLibrary,
        models::content_hash,
        store::{Composition, GenerationSettings, KeptTake, StoreError, Summary},
    },
    music::{Part, Score},
};

/// So many letters a tag may have, and so many tags a composition.
const TAG_CHARS: usize = 40;
const TAGS: usize = 12;

impl Studio {
    /// Reads what the page shows.
    pub(in crate::studio) fn read_library(&mut self) {
        self.pages.library.asked += 1;
        let asked = self.pages.library.asked;
        let filter = self.pages.library.filter.clone();
        let poster = self.services.jobs.poster();
        self.services.session.ask(move |library| {
            let read = library.map_err(str::to_owned).and_then(|library| {
                let both = library
                    .store
                    .list(&filter)
                    .and_then(|list| Ok((list, library.store.tags()?, library.store.recent()?)));
                both.map_err(|error| error.to_string())
            });
            poster.post(move |studio| {
                let page = &mut studio.pages.library;
                if asked != page.asked {
                    return;
                }
                page.failed = read.as_ref().err().cloned();
                if let Ok((list, tags, recent)) = read {
                    page.recent = recent;
                    // a tag that is no more in use shows nothing for ever
                    page.filter.tag = page.filter.tag.take().filter(|tag| tags.contains(tag));
                    page.list = Some(list);
                    page.tags = tags;
                }
            });
        });
    }

    /// Has something changed, reads the page anew, and says what could not be done.
    fn change_library(
        &mut self,
        doing: &'static str,
        change: impl FnOnce(&mut OpenLibrary) -> Result<(), StoreError> + Send + 'static,
    ) {
        let poster = self.services.jobs.poster();
        self.services.session.ask(move |library| {
            let done =
                library.map_err(str::to_owned).and_then(|library| change(library).map_err(|error| error.to_string()));
            poster.post(move |studio| {
                if let Err(reason) = done {
                    studio.fail(format!("{doing} failed, the library is as it was: {reason}"));
                }
                studio.read_library();
            });
        });
    }

    /// Opens a composition in the studio.
    pub(in crate::studio) fn open_composition(&mut self, id: u64) {
        self.end_work();
        self.autosave(); // the end of a recording goes before
        let poster = self.services.jobs.poster();
        self.services.session.ask(move |library| {
            let opened = library.map_err(str::to_owned).and_then(|library| {
                if library.is_open_elsewhere(id).unwrap_or(false) {
                    return Err("it is open in another window".into());
                }
                library.open(id).map_err(|error| error.to_string())
            });
            poster.post(move |studio| match opened {
                Ok(composition) => studio.work_on(composition),
                Err(reason) => studio.fail(format!("The composition cannot be opened: {reason}")),
            });
        });
    }

    /// Shows a composition in the studio and works on it from now on.
    pub(in crate::studio) fn work_on(&mut self, composition: Composition) {
        self.end_work();
        self.autosave(); // whatever came since it was asked for belongs to the composition before
        let title = shown_title(&composition.score.title).to_owned();
        self.take_composition(composition);
        self.page = Page::Compose;
        self.tell(format!("{title} is open"));
    }

    /// Ends what is being played, listened to and recorded.
    pub(in crate::studio) fn end_work(&mut self) {
        if self.document.recording.is_some() {
            self.stop_recording();
        }
        self.drop_audition();
        self.services.sound.with_player(crate::sound::Player::stop);
        self.services.sound.seek(0);
    }

    pub(in crate::studio) fn finish_editing(&mut self, summary: &Summary, field: Field, text: &str) {
        let id = summary.id;
        match field {
            Field::Title => {
                let title: String = text.trim().chars().take(200).collect();
                if title == summary.title {
                    return;
                }
                if self.services.session.id_of(self.document.history.committed().id) == id {
                    self.keep_audition();
                    self.document.history.edit("Rename the composition", |score| score.title = title);
                    self.autosave();
                    self.read_library();
                } else {
                    self.change_library("Renaming", move |library| library.store.rename(id, &title));
                }
            }
            Field::Tags => {
                let mut tags: Vec<String> = Vec::new();
                for tag in text.split(',') {
                    let tag: String = tag.trim().chars().take(TAG_CHARS).collect();
                    if !tag.is_empty() && !tags.contains(&tag) && tags.len() < TAGS {
                        tags.push(tag);
                    }
                }
                if tags != summary.tags {
                    self.change_library("Tagging", move |library| library.store.set_tags(id, &tags));
                }
            }
        }
    }

    pub(in crate::studio) fn duplicate_composition(&mut self, id: u64, title: &str) {
        let title = format!("{title} (copy)");
        self.change_library("Duplicating", move |library| library.store.duplicate(id, &title).map(|_| ()));
    }

    pub(in crate::studio) fn delete_composition(&mut self, id: u64, title: &str) {
        self.pages.library.deleted = Some((id, title.to_owned()));
        self.change_library("Deleting", move |library| library.store.delete(id));
    }

    pub(in crate::studio) fn bring_back(&mut self, id: u64) {
        self.pages.library.deleted = None;
        self.change_library("Bringing it back", move |library| library.store.restore(id));
    }

    /// Writes the take again that was kept last in a composition: the same model, seed, settings and melody.
    pub(in crate::studio) fn make_again(&mut self, id: u64) {
        let folders: Vec<std::path::PathBuf> =
            self.services.models.list.iter().flatten().map(|model| model.folder.path.clone()).collect();
        let poster = self.services.jobs.poster();
        self.services.session.ask(move |library| {
            let found = library
                .map_err(str::to_owned)
                .and_then(|library| library.store.load(id).map_err(|error| error.to_string()))
                .and_then(|mut composition| {
                    composition.kept_takes.pop().ok_or_else(|| "no take was kept in it".to_owned())
                })
                .and_then(|kept| {
                    let model = the_model(&kept, &folders);
                    model.map(|model| (kept, model))
                });
            poster.post(move |studio| match found {
                Ok((kept, model)) => studio.compose_again(kept, model),
                Err(reason) => studio.fail(format!("It cannot be made again: {reason}")),
            });
        });
    }

    fn compose_again(&mut self, kept: KeptTake, model: usize) {
        if let Some(reason) = self.why_not_engine() {
            self.services.toasts.add(Tone::Plain, reason);
            return;
        }
        self.end_work();
        self.document.takes.results.clear();
        let score = Score {
            title: format!("{} (again)", shown_title(&kept.settings.score.title)),
            ..Score::clone(&kept.settings.score)
        };
        let score = self.services.session.begin(score);
        self.document.history.commit("Make again", score);
        self.document.part = self.score().melody.unwrap_or(0);
        self.pages.compose.editor.show_all = true;
        self.page = Page::Compose;
        self.services.models.index = model;
        self.document.takes.expected = Some(kept.parts);
        let folder = self.services.models.chosen().map(|model| model.folder.path.clone());
        let settings = GenerationSettings {
            model_folder: folder.unwrap_or(kept.settings.model_folder), // it may lie elsewhere by now
            ..kept.settings
        };
        self.compose(settings, 1);
    }

    /// Says whether the notes that were made again are the same.
    pub(in crate::studio) fn compare_again(&mut self) {
        let Some(expected) = self.document.takes.expected.take() else { return };
        let Some(take) = self.document.takes.results.first() else { return };
        if is_same_music(&expected, &take.parts) {
            let notes: usize = expected.iter().map(|part| part.notes.len()).sum();
            self.tell(format!("Made again: the same {notes} notes; Ctrl+Enter keeps them"));
        } else {
            self.services.toasts.add(
                Tone::Warning,
                "Made again by the same model, seed and melody, but the notes differ: another computer or version rounds otherwise",
            );
        }
    }
}

fn is_same_music(one: &[Part], other: &[Part]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| a.notes == b.notes && a.name == b.name)
}

/// Which of these folders is the model that made it, by what is in it.
fn the_model(kept: &KeptTake, folders: &[std::path::PathBuf]) -> Result<usize, String> {
    let settings = &kept.settings;
    // its old place first: hashing takes a moment
    let mut order: Vec<usize> = (0..folders.len()).collect();
    order.sort_by_key(|&index| folders[index] != settings.model_folder);
    order
        .into_iter()
        .find(|&index| !settings.model_hash.is_empty() && content_hash(&folders[index]) == settings.model_hash)
        .ok_or_else(|| {
            format!("the model “{}” that wrote it is not on this computer, or has changed since", settings.model)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

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
        std::fs::write(folders[1].join("generator.safetensors"), "3").unwrap();
        assert!(the_model(&kept, &folders).unwrap_err().contains("“B”"));
        kept.settings.model_hash.clear();
        assert!(the_model(&kept, &folders).is_err());
        let part = Part::new("x", 0);
        assert!(is_same_music(std::slice::from_ref(&part), std::slice::from_ref(&part)));
        assert!(!is_same_music(&[part], &[]));
    }
}
