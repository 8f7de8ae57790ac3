//! Finding and choosing models.

use crate::studio::{
    actions::{EngineAction, ModelsAction},
    services::{Services, models},
};

/// Looks for models beside the window.
pub fn find(services: &Services) {
    let own = services.session.models_folder();
    services.jobs.spawn("looking for models", move |poster| {
        poster.ask(EngineAction::ModelsFound(models::find(own.clone())));
        poster.ask(ModelsAction::BinRead(models::find_binned(own)));
    });
}

/// Loads the model that writes ahead of need.
pub fn warm(services: &mut Services) {
    if let Some(model) = services.models.chosen().filter(|model| model.card.is_ok()) {
        services.engine.warm(model.folder.path.clone());
    }
}

/// Chooses the model that writes.
pub fn choose(services: &mut Services, index: usize) {
    services.models.index = index;
    let name = services.models.chosen().map(|model| model.folder.name.clone());
    services.change_preferences(|preferences| preferences.model = name);
    warm(services);
}
