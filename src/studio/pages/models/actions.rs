//! What is done with models on their page: heard, kept in order, passed on. Files are touched beside the window.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::studio::{
    actions::TrainAction, document::takes, page::Page, services::models::Model, state::Studio, widgets::charts::Charts,
};
use crate::{
    engine_client::{ModelCard, protocol::RequestId},
    library::models::{self, ModelFolder, Origin},
    music::{Part, Score},
};

/// What is done with models on their page.
#[derive(Default)]
pub struct ModelsPage {
    /// The model that gets another name, and what is typed.
    pub(in crate::studio) renaming: Option<(PathBuf, String)>,
    /// What was deleted last: its name, and where it waits.
    pub(in crate::studio) deleted: Option<(String, PathBuf)>,
    /// Whether the way back has not been seen yet.
    pub(in crate::studio) has_just_deleted: bool,
    /// The model whose curves are shown, and they, once they were read.
    pub(in crate::studio) curves: Option<(PathBuf, Option<Charts>)>,
    /// The model that writes something to be heard.
    waiting: Option<(RequestId, PathBuf)>,
    /// The model that was heard last, and what it wrote.
    heard: Option<(PathBuf, Arc<Score>)>,
    /// The model that is to be exported.
    exported: Option<PathBuf>,
}

impl ModelsPage {
    /// Whether this is what a model writes only to be heard.
    pub(in crate::studio) fn awaits(&self, id: RequestId) -> bool {
        self.waiting.as_ref().is_some_and(|(waiting, _)| *waiting == id)
    }

    /// Nothing comes any more.
    pub(in crate::studio) fn stop_waiting(&mut self) {
        self.waiting = None;
    }

    /// The model that is exported where the next path says.
    pub fn choose_exported(&mut self, folder: PathBuf) {
        self.exported = Some(folder);
    }

    /// What the folder of the model is called that is to be exported.
    pub(in crate::studio) fn exported_name(&self) -> String {
        let name = self.exported.as_ref().and_then(|folder| folder.file_name());
        name.map_or_else(|| "model".into(), |name| name.to_string_lossy().into_owned())
    }
}

/// What can be done with a model by a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::studio) enum ModelButton {
    Listen,
    Curves,
    Rename,
    Duplicate,
    TrainFurther,
    Export,
    Delete,
}

impl Studio {
    /// Why this model cannot be heard now.
    pub(in crate::studio) fn why_not_hear(&self) -> Option<String> {
        let is_waiting = self.pages.models.waiting.is_some();
        let has_melody = self.score().melody_part().is_some_and(|part| !part.notes.is_empty());
        self.why_not_engine()
            .or_else(|| is_waiting.then(|| "A model is writing".into()))
            .or_else(|| (!has_melody).then(|| "There is no melody to write to: choose one in the studio".into()))
    }

    /// Why this model cannot get another name or be deleted.
    pub(in crate::studio) fn why_not_change(&self, model: &ModelFolder) -> Option<String> {
        match model.origin {
            Origin::Shipped => Some("It came with Cantus and stays; a duplicate of it is yours".into()),
            Origin::Environment => Some("It is in a folder of CANTUS_MODELS; a duplicate of it is yours".into()),
            Origin::User if self.is_trained_now(&model.path) => Some("It is being trained; stop that first".into()),
            Origin::User => None,
        }
    }

    /// Whether what this model wrote is playing.
    pub(in crate::studio) fn hears_model(&self, folder: &Path) -> bool {
        let heard = self.pages.models.heard.as_ref();
        heard.is_some_and(|(of, score)| of == folder && self.is_heard(score))
    }

    pub(in crate::studio) fn act_on_model(&mut self, model: &Model, action: ModelButton) {
        let folder = model.folder.path.clone();
        match action {
            ModelButton::Listen if self.hears_model(&folder) => self.stop_listening(),
            ModelButton::Listen => {
                self.end_work();
                let asked = self.compose_to_hear(folder.clone());
                self.pages.models.waiting = asked.map(|id| (id, folder));
            }
            ModelButton::Curves => self.toggle_curves(folder),
            ModelButton::Rename => self.pages.models.renaming = Some((folder, model.title().to_owned())),
            ModelButton::Duplicate => {
                let name = model.folder.name.clone();
                self.keep_models("Duplicating", move |place| {
                    let to = models::free_place(place, &name);
                    let name = to.file_name().unwrap_or_default().to_string_lossy();
                    let to = models::copy(&folder, place, &name).map_err(|error| error.to_string())?;
                    name_card(&to, &name);
                    Ok(format!("{name} is yours"))
                });
            }
            ModelButton::TrainFurther => self.services.ask(TrainAction::StartFrom(Box::new(model.clone()))),
            ModelButton::Export => {
                self.pages.models.choose_exported(folder);
                self.ask(crate::studio::services::files::Purpose::ExportModel);
            }
            ModelButton::Delete => {
                let (model, title) = (model.folder.clone(), model.title().to_owned());
                let poster = self.services.jobs.poster();
                self.keep_models("Deleting", move |_| {
                    let aside = models::move_to_bin(&model).map_err(|error| error.to_string())?;
                    poster.post(move |studio| {
                        studio.run_has_moved(&folder, None);
                        studio.pages.models.deleted = Some((title, aside));
                        studio.pages.models.has_just_deleted = true;
                    });
                    Ok(String::new())
                });
            }
        }
    }

    pub(in crate::studio) fn rename_model(&mut self, model: &Model, name: &str) {
        let name = name.trim().to_owned();
        if name.is_empty() || name == model.title() {
            return;
        }
        if self.services.preferences.model.as_ref() == Some(&model.folder.name) {
            let name = name.clone();
            self.change_preferences(|preferences| preferences.model = Some(name));
        }
        let model = model.folder.clone();
        let poster = self.services.jobs.poster();
        self.keep_models("Renaming", move |_| {
            let to = if model.name == name {
                model.path.clone()
            } else {
                models::rename(&model, &name).map_err(|error| error.to_string())?
            };
            name_card(&to, &name);
            if to != model.path {
                poster.post(move |studio| studio.run_has_moved(&model.path, Some(to)));
            }
            Ok(String::new())
        });
    }

    pub(in crate::studio) fn bring_model_back(&mut self, aside: PathBuf) {
        self.pages.models.deleted = None;
        self.keep_models("Bringing it back", move |_| {
            models::restore(&aside).map_err(|error| error.to_string())?;
            Ok(String::new())
        });
    }

    /// Takes a model's folder among the user's own.
    pub(in crate::studio) fn import_model(&mut self, folder: PathBuf) {
        self.keep_models("Importing", move |place| {
            ModelCard::read(&folder).map_err(|error| error.to_string())?;
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            let to = models::free_place(place, &name);
            let name = to.file_name().unwrap_or_default().to_string_lossy();
            models::copy(&folder, place, &name).map_err(|error| error.to_string())?;
            Ok(format!("{name} is among your models"))
        });
    }

    /// Copies the model that was chosen for it into a new folder.
    pub(in crate::studio) fn export_model(&mut self, to: PathBuf) {
        let Some(from) = self.pages.models.exported.take() else { return };
        self.keep_models("Exporting", move |_| {
            let name = to.file_name().unwrap_or_default().to_string_lossy();
            let place = to.parent().unwrap_or(&to);
            models::copy(&from, place, &name).map_err(|error| error.to_string())?;
            Ok(format!("Exported: {}", to.display()))
        });
    }

    /// Plays what a model wrote to be heard, unless somebody has turned to something else.
    pub(in crate::studio) fn hear_model(&mut self, parts: &[Part]) {
        let Some((_, folder)) = self.pages.models.waiting.take() else {
            return;
        };
        if self.page == Page::Models {
            let score = Arc::new(takes::with_take(self.document.history.committed(), parts));
            self.pages.models.heard = Some((folder, Arc::clone(&score)));
            self.listen(score);
        }
    }

    fn toggle_curves(&mut self, folder: PathBuf) {
        let page = &mut self.pages.models;
        if page.curves.take().is_some_and(|(shown, _)| shown == folder) {
            return;
        }
        page.curves = Some((folder.clone(), None));
        self.services.jobs.spawn("reading curves", move |poster| {
            let curves = Charts::read(&folder);
            poster.post(move |studio| {
                if let Some((shown, place)) = &mut studio.pages.models.curves
                    && *shown == folder
                {
                    *place = Some(curves);
                }
            });
        });
    }

    /// Does something with the folder of the user's models, says how it went, and looks for models again.
    fn keep_models(
        &mut self,
        doing: &'static str,
        work: impl FnOnce(&Path) -> Result<String, String> + Send + 'static,
    ) {
        let Some(place) = self.models_folder() else {
            self.fail(format!("{doing} failed: this system names no folder for a user's data"));
            return;
        };
        self.services.jobs.spawn("keeping models", move |poster| {
            let done = work(&place);
            poster.post(move |studio| {
                match done {
                    Ok(text) if text.is_empty() => {}
                    Ok(text) => studio.tell(text),
                    Err(reason) => studio.fail(format!("{doing} failed, the model is as it was: {reason}")),
                }
                studio.find_models();
            });
        });
    }
}

/// Has a model's card say its name; one that cannot be written leaves the folder's name to it.
fn name_card(folder: &Path, name: &str) {
    let named = ModelCard::read(folder).map_err(|error| error.to_string()).and_then(|mut card| {
        name.clone_into(&mut card.name);
        card.write(folder).map_err(|error| error.to_string())
    });
    if let Err(reason) = named {
        log::warn!("the model's card keeps its name: {reason}");
    }
}
