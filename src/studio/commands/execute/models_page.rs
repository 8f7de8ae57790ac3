//! What is done with models on their page: heard, kept in order, passed on. Files are touched beside the window.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::recording;
use crate::{
    engine_client::ModelCard,
    library::{
        models::{self, ModelFolder},
        store::{GenerationSettings, Take},
    },
    music::{MAX_TICK, Part},
    studio::{
        actions::{Action, EngineAction, ListenAction, ModelsAction, TrainAction},
        charts::Charts,
        commands::Command,
        document::{Document, with_take::with_take},
        page::Page,
        pages::models::ModelsPage,
        services::{Services, jobs::Poster, models::COPY},
        toasts::Tone,
    },
    whole_file,
};

/// What people read of a model beside its card.
const CARD_TEXT_FILE: &str = "card.md";
/// A model that is renamed still more often is known by the latest of its names.
const MOST_FORMER_NAMES: usize = 16;

/// Carries out what is asked for around the models on their page; `shown` is the page that is shown.
pub fn execute(
    action: ModelsAction,
    document: &mut Document,
    services: &mut Services,
    page: &mut ModelsPage,
    shown: Page,
) {
    match action {
        ModelsAction::Show(folder, name) => {
            page.renaming = name.map(|name| (folder.clone(), name));
            page.sought = Some(folder);
            services.ask(Command::Show(Page::Models));
        }
        ModelsAction::Listen(folder) => listen(document, services, page, folder),
        ModelsAction::Written(folder, parts) => {
            // unless somebody has turned to something else
            if shown == Page::Models {
                hear(document, services, page, folder, parts);
            }
        }
        ModelsAction::ReadCurves(folder) => services.jobs.spawn("reading curves", move |poster| {
            let curves = Box::new(Charts::read(&folder));
            poster.ask(ModelsAction::CurvesRead(folder, curves));
        }),
        ModelsAction::CurvesRead(folder, curves) => {
            if let Some((_, place)) = page.curves.as_mut().filter(|(shown, _)| *shown == folder) {
                *place = Some(*curves);
            }
        }
        ModelsAction::Duplicate(model) => {
            let learns = services.training.is_running(&model.path);
            keep(services, "Duplicating", move |place, _| duplicate(&model, place, learns));
        }
        ModelsAction::Rename(model, name) => rename(services, model, name),
        ModelsAction::Delete(model) => keep(services, "Deleting", move |_, poster| {
            let binned = models::move_to_bin(&model.folder).map_err(|error| error.to_string())?;
            poster.ask(ModelsAction::Deleted(model.title().to_owned(), binned));
            poster.ask(TrainAction::RunMoved(model.folder.path, None));
            Ok(None)
        }),
        ModelsAction::Deleted(title, binned) => {
            (page.deleted, page.deleted_since) = (Some((title, binned)), None);
        }
        ModelsAction::BinRead(binned) => services.models.binned = binned,
        ModelsAction::Restore(binned) => {
            if page.deleted.as_ref().is_some_and(|(_, last)| *last == binned) {
                page.deleted = None;
            }
            keep(services, "Restoring", move |_, _| {
                let name = ModelCard::read(&binned).map(|card| card.name).ok().filter(|name| !name.is_empty());
                let folder = models::restore(&binned).map_err(|error| error.to_string())?;
                let name =
                    name.unwrap_or_else(|| folder.file_name().unwrap_or_default().to_string_lossy().into_owned());
                Ok(Some(format!("“{name}” is among your models again")))
            });
        }
        ModelsAction::Import(folder) => keep(services, "Importing", move |place, _| {
            ModelCard::read(&folder).map_err(|error| error.to_string())?;
            let (name, _) = copy(&folder, place, &folder.file_name().unwrap_or_default().to_string_lossy())?;
            Ok(Some(format!("{name} was added to your models")))
        }),
        ModelsAction::ExportTo(to) => {
            if let Some(from) = page.exported.take() {
                keep(services, "Exporting", move |_, _| {
                    let name = to.file_name().unwrap_or_default().to_string_lossy();
                    let place = to.parent().unwrap_or(&to);
                    copy_whole(&from, place, &name)?;
                    Ok(Some(format!("Exported to the folder {}", to.display())))
                });
            }
        }
    }
}

fn listen(document: &mut Document, services: &mut Services, page: &mut ModelsPage, folder: PathBuf) {
    recording::stop(document, services);
    let settings = GenerationSettings {
        model_folder: folder.clone(),
        seed: 1,
        surprise: services.preferences.surprise,
        density: services.preferences.density,
        on_grid: services.preferences.on_grid,
        score: Arc::clone(document.history.committed()),
        ..GenerationSettings::default()
    };
    match services.engine.compose_to_hear(&settings) {
        Ok(id) => page.wait_for(id, folder),
        Err(reason) => services.engine_stopped(&reason),
    }
}

fn hear(document: &Document, services: &Services, page: &mut ModelsPage, folder: PathBuf, parts: Vec<Part>) {
    let score = document.history.committed();
    let score = Arc::new(with_take(score, &Take { parts, ..Take::default() }, score, &(0..MAX_TICK), |_| true));
    page.heard = Some((folder, Arc::clone(&score)));
    services.ask(ListenAction::To(score));
}

fn rename(services: &mut Services, model: ModelFolder, name: String) {
    if services.preferences.model.as_ref() == Some(&model.name) {
        let name = name.clone();
        services.change_preferences(|preferences| preferences.model = Some(name));
    }
    keep(services, "Renaming", move |_, poster| {
        let to = if model.name == name {
            model.path.clone()
        } else {
            models::rename(&model, &name).map_err(|error| error.to_string())?
        };
        name_card(&to, &name, Some(&model.name));
        if to != model.path {
            poster.ask(TrainAction::RunMoved(model.path, Some(to)));
        }
        Ok(None)
    });
}

/// Copies a model; one that learns has its last checkpoint copied.
fn duplicate(model: &ModelFolder, place: &Path, learns: bool) -> Result<Option<String>, String> {
    let (name, to) = copy(&model.path, place, &format!("{}{COPY}", model.name))?;
    name_card(&to, &name, None);
    let checkpoint = ModelCard::read(&to).ok().filter(|_| learns).map_or_else(String::new, |card| {
        format!(": the last checkpoint of {}, at iteration {}", model.name, card.iterations)
    });
    Ok(Some(format!("{name} was added to your models{checkpoint}")))
}

/// Copies a model's folder to a free place among the user's own: what it is called there, and where it is.
fn copy(from: &Path, place: &Path, name: &str) -> Result<(String, PathBuf), String> {
    let to = models::free_place(place, name);
    let name = to.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let to = copy_whole(from, place, &name)?;
    Ok((name, to))
}

/// Copies a model's folder, with what only its training knew of it.
fn copy_whole(from: &Path, place: &Path, name: &str) -> Result<PathBuf, String> {
    let to = models::copy(from, place, name).map_err(|error| error.to_string())?;
    if let Err(error) = ModelCard::complete_copy(from, &to) {
        log::warn!("the copy does not say how it was trained: {error}");
    }
    Ok(to)
}

/// Does something with the folder of the user's models, says how it went, and looks for models again.
fn keep(
    services: &mut Services,
    doing: &'static str,
    work: impl FnOnce(&Path, &Poster) -> Result<Option<String>, String> + Send + 'static,
) {
    let Some(place) = services.session.models_folder() else {
        services.fail(format!("{doing} failed: this system names no folder for a user's data"));
        return;
    };
    services.jobs.spawn("keeping models", move |poster| {
        match work(&place, poster) {
            Ok(None) => {}
            Ok(Some(text)) => poster.ask(Action::Say(Tone::Good, text)),
            Err(reason) => {
                poster.ask(Action::Say(Tone::Error, format!("{doing} failed; nothing was changed: {reason}")));
            }
        }
        poster.ask(EngineAction::FindModels);
    });
}

/// Has the text of a model's card be headed by its name, if it was by the one before.
fn name_text(folder: &Path, before: &str, name: &str) {
    let path = folder.join(CARD_TEXT_FILE);
    let headed = std::fs::read_to_string(&path).ok();
    let rest = headed.as_deref().and_then(|text| text.strip_prefix("# ")?.strip_prefix(before)?.strip_prefix('\n'));
    if let Some(rest) = rest
        && let Err(error) = whole_file::replace(&path, format!("# {name}\n{rest}").as_bytes())
    {
        log::warn!("the text of the model's card keeps its name: {error}");
    }
}

/// Has a model's card say its name, and which one its folder had `before`; a copy had none. A card that cannot be
/// written leaves the folder's name to it.
fn name_card(folder: &Path, name: &str, before: Option<&str>) {
    let named = ModelCard::read(folder).map_err(|error| error.to_string()).and_then(|mut card| {
        name_text(folder, &card.name, name);
        name.clone_into(&mut card.name);
        match before {
            Some(before) => {
                card.former_names.retain(|former| former != before);
                card.former_names.push(before.to_owned());
                let too_many = card.former_names.len().saturating_sub(MOST_FORMER_NAMES);
                card.former_names.drain(..too_many);
            }
            None => card.former_names.clear(),
        }
        card.write(folder).map_err(|error| error.to_string())
    });
    if let Err(reason) = named {
        log::warn!("the model's card keeps its name: {reason}");
    }
}
