//! Asking for compositions, and choosing among their takes.

use std::sync::Arc;

use super::{engine, models};
use crate::{
    library::store::GenerationSettings,
    studio::{
        actions::GenerateAction, document::Document, pages::compose::generate::GenerateSettings, services::Services,
        toasts::Tone,
    },
};

/// Carries out what the generate panel asks for.
pub fn execute(
    action: GenerateAction,
    document: &mut Document,
    services: &mut Services,
    settings: &mut GenerateSettings,
) {
    match action {
        GenerateAction::ChooseModel(index) => models::choose(services, index),
        GenerateAction::Audition(take) => document.audition(take),
        GenerateAction::UseSeed(seed) => {
            settings.seed = seed;
            settings.new_seed = false;
            services.say(Tone::Plain, "With one take, this seed gives exactly these notes again");
        }
    }
}

/// Why no composition can be asked for now.
pub fn why_not(document: &Document, services: &Services) -> Option<String> {
    if services.engine.running.is_some() {
        return Some("A composition is under way".into());
    }
    if document.recording.is_some() {
        return Some("Stop recording first".into());
    }
    if document.score().melody_part().is_none_or(|part| part.notes.is_empty()) {
        return Some("There is no melody yet: choose one, play one or draw one".into());
    }
    match &services.models.list {
        None => return Some("Still looking for models".into()),
        Some(models) if models.is_empty() => {
            return Some("No model was found on this computer: train one on the Train page".into());
        }
        Some(_) => {}
    }
    match services.models.chosen().map(|model| &model.card) {
        Some(Ok(_)) => {}
        Some(Err(reason)) => return Some(reason.clone()),
        None => return Some("Choose a model first".into()),
    }
    services.engine.why_not()
}

/// Why bars cannot be varied now, if they cannot.
pub fn why_not_vary(document: &Document, services: &Services) -> Option<String> {
    let score = document.history.committed();
    let mut others = score.parts.iter().enumerate().filter(|(index, _)| Some(*index) != score.melody);
    if others.all(|(_, part)| part.notes.is_empty()) {
        return Some("There is nothing to vary yet: generate a composition first".into());
    }
    if score.metre.bar_start(bars_to_vary(document, services).0) >= score.end() {
        return Some("There is no music in these bars: move the playhead, or the loop".into());
    }
    why_not(document, services)
}

/// The bars of the loop, where it is on, else the one under the playhead; from 0, the last one excluded.
pub fn bars_to_vary(document: &Document, services: &Services) -> (u32, u32) {
    let metre = &document.history.committed().metre;
    let bar_at = |tick| metre.position(tick).bar;
    match document.active_loop() {
        Some(range) => (bar_at(range.start), bar_at(range.end.saturating_sub(1)) + 1),
        None => (bar_at(services.playhead()), bar_at(services.playhead()) + 1),
    }
}

/// Asks for a composition, of all bars or of some (from 0, the last one excluded).
pub fn start(
    document: &mut Document,
    services: &mut Services,
    settings: &mut GenerateSettings,
    bars: Option<(u32, u32)>,
) {
    document.drop_audition();
    let Some(model) = services.models.chosen() else { return };
    let (name, folder) = (model.title().to_owned(), model.folder.path.clone());
    if settings.new_seed {
        settings.seed = fastrand::u64(1..1_000_000);
    }
    document.takes.expected = None;
    let settings = GenerationSettings {
        model: name,
        model_folder: folder,
        model_hash: String::new(), // filled in where it is kept
        seed: settings.seed,
        surprise: services.preferences.surprise,
        density: services.preferences.density,
        on_grid: services.preferences.on_grid,
        introduction: services.preferences.introduction,
        bars,
        score: Arc::clone(document.history.committed()),
    };
    let takes = services.preferences.takes;
    compose(document, services, settings, takes);
}

/// Asks for takes made like this.
pub fn compose(document: &mut Document, services: &mut Services, settings: GenerationSettings, takes: u32) {
    match services.engine.compose(&settings, takes) {
        Ok(()) => {
            document.takes.results.clear();
            document.takes.settings = Some(Arc::new(settings));
        }
        Err(reason) => engine::failed(services, &reason),
    }
}

/// Listens to the next take, or the one before.
pub fn step_take(document: &mut Document, forward: bool) {
    let count = document.takes.results.len();
    let next = match (document.takes.audition, forward) {
        (Some(take), true) => (take + 1) % count.max(1),
        (Some(take), false) => (take + count).saturating_sub(1) % count.max(1),
        (None, true) => 0,
        (None, false) => count.saturating_sub(1),
    };
    document.audition(Some(next));
}
