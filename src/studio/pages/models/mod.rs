//! The models on this computer, with what each says of itself, and what can be done with it.

mod card;
mod state;

use eframe::egui::{Align, Layout, RichText, Ui};

pub use self::state::ModelsPage;
use crate::studio::{
    actions::{EngineAction, FileAction, LibraryAction, ModelsAction},
    commands::Command,
    context::Context,
    page::Page,
    services::files::Purpose,
    theme::{self, Icon, Theme, size, space},
    widgets::{self, Notice},
};

/// Draws the page.
pub fn ui(page: &mut ModelsPage, context: &Context<'_>, ui: &mut Ui) {
    undo_delete(page, context, ui);
    widgets::scrolling_page(ui, "models", |ui| {
        head(context, ui);
        ui.add_space(space::L);
        let Some(models) = &context.services.models.list else {
            ui.spinner();
            return;
        };
        if models.is_empty() {
            widgets::empty_state(
                ui,
                Icon::Brain,
                "No model was found on this computer",
                "Train one from a folder of MIDI files and it will appear here",
            );
        }
        for (title, of_origin) in context.services.models.by_origin() {
            widgets::section(ui, title, |_| ());
            for (index, model) in of_origin {
                card::card(page, context, ui, (index, model));
                ui.add_space(space::S);
            }
            ui.add_space(space::M);
        }
    });
}

fn head(context: &Context<'_>, ui: &mut Ui) {
    ui.horizontal(|ui| {
        ui.label(theme::strong("Models", size::DISPLAY));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if widgets::text_button(ui, Icon::ChartSpline, "Train a new one", None).clicked() {
                context.ask(Command::Show(Page::Train));
            }
            let import = widgets::text_button(ui, Icon::FolderOpen, "Import…", None);
            if import.on_hover_text("Copies a model's folder into your own models").clicked() {
                context.ask(FileAction::Ask(Purpose::ImportModel));
            }
            if widgets::text_button(ui, Icon::RotateCcw, "Refresh", None).clicked() {
                context.ask(EngineAction::FindModels);
            }
            let bin = widgets::text_button(ui, Icon::Trash2, "Bin", None);
            if bin.on_hover_text("What was deleted in the last 30 days, in the Library").clicked() {
                context.ask(LibraryAction::ShowBin);
            }
        });
    });
    let text = "Each model writes the other parts to your melody, in the style of the music it was trained on";
    ui.label(RichText::new(text).color(Theme::of(ui).text_muted));
}

/// What was deleted last, and the way back.
fn undo_delete(page: &mut ModelsPage, context: &Context<'_>, ui: &mut Ui) {
    let Some((title, binned)) = &page.deleted else { return };
    match widgets::deleted_notice(ui, &format!("“{title}” is in the bin"), &mut page.deleted_since) {
        Some(Notice::Undo) => context.ask(ModelsAction::Restore(binned.clone())),
        Some(Notice::Close) => page.deleted = None,
        None => {}
    }
}
