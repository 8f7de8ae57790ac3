//! The pages. Each owns what it shows and no more, is drawn from the [`super::context::Context`], and asks for what it
//! wants done. None knows another.

pub mod compose;
pub mod library;
pub mod models;
pub mod settings;
pub mod train;

use eframe::egui::Ui;

use super::{
    context::Context,
    page::Page,
    regions::{self, Region},
};

/// What all pages keep from one frame to the next.
#[derive(Default)]
pub struct Pages {
    /// Roll, keyboard, transport, parts, generate.
    pub compose: compose::ComposePage,
    /// Train a network and watch it.
    pub train: train::TrainPage,
    /// What models there are.
    pub models: models::ModelsPage,
    /// Every composition that was made.
    pub library: library::LibraryPage,
}

/// Draws the page that is shown.
pub fn ui(pages: &mut Pages, context: &Context<'_>, ui: &mut Ui) {
    // those of others are marked by themselves
    if !matches!(context.page, Page::Compose | Page::Train) {
        regions::mark(ui, Region::Page, ui.available_rect_before_wrap());
    }
    match context.page {
        Page::Compose => compose::ui(&mut pages.compose, context, ui),
        Page::Train => train::ui(&mut pages.train, context, ui),
        Page::Models => models::ui(&mut pages.models, context, ui),
        Page::Library => library::ui(&mut pages.library, context, ui),
        Page::Settings => settings::ui(context, ui),
    }
}
