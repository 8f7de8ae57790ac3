//! The right panel: which model writes, how boldly, the one button, and the takes to choose from.

mod model;
mod settings;
mod takes;
mod write;

use eframe::egui::{CollapsingHeader, Frame, Margin, Panel, ScrollArea, Ui};

use crate::studio::{context::Context, theme::space, widgets};

/// How high the panel must be, in points, for the takes to have a room of their own; in a lower one all of it scrolls.
const ROOM_FOR_TAKES: f32 = 500.0;

/// How high it must be for the settings to stay open above the takes.
const ROOM_FOR_SETTINGS: f32 = 680.0;

/// What the panel is set to.
#[derive(Clone, Copy, Debug)]
pub struct GenerateSettings {
    /// The same seed gives the same notes.
    pub seed: u64,
    /// Whether each composition draws a new seed.
    pub new_seed: bool,
}

impl Default for GenerateSettings {
    fn default() -> Self {
        Self { seed: 1, new_seed: true }
    }
}

/// Draws the panel.
pub fn ui(settings: &mut GenerateSettings, context: &Context<'_>, ui: &mut Ui) {
    widgets::section(ui, "Generate", |_| {});
    let has_takes = !context.document.takes.all().is_empty();
    if ui.available_height() < ROOM_FOR_TAKES {
        ScrollArea::vertical().id_salt("generate").auto_shrink([false, false]).show(ui, |ui| {
            write::ui(context, ui);
            if has_takes {
                takes::keep(context, ui);
                takes::head(context, ui);
                takes::list(context, ui);
            }
            ui.add_space(space::M);
            what_is_written(settings, context, ui);
        });
        return;
    }
    let is_low = ui.available_height() < ROOM_FOR_SETTINGS;
    if has_takes {
        // keeping a take is what all of this is for, and must never be out of sight
        Panel::bottom("keep take")
            .frame(Frame::new().inner_margin(Margin { top: 8, ..Margin::ZERO }))
            .resizable(false)
            .show(ui, |ui| takes::keep(context, ui));
    }
    if has_takes && is_low {
        // the takes come first; what they are made of is a click away
        ScrollArea::vertical().id_salt("generate and takes").auto_shrink([false, false]).show(ui, |ui| {
            model::ui(context, ui);
            CollapsingHeader::new("Settings").show(ui, |ui| settings::ui(settings, context, ui));
            write::ui(context, ui);
            takes::head(context, ui);
            takes::list(context, ui);
        });
        return;
    }
    what_is_written(settings, context, ui);
    ui.add_space(space::S);
    write::ui(context, ui);
    if has_takes {
        ui.add_space(space::S);
        takes::head(context, ui);
        takes::scrolling(context, ui);
    }
}

/// The model and its settings.
fn what_is_written(settings: &mut GenerateSettings, context: &Context<'_>, ui: &mut Ui) {
    model::ui(context, ui);
    ui.add_space(space::S);
    settings::ui(settings, context, ui);
}
