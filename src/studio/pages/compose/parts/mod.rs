//! The left panel: melodies to begin with, and the parts of the score with their instruments and mix.

pub(super) mod card;
mod instruments;
mod melodies;
pub(super) mod mix;
pub(super) mod rename;
mod state;

use eframe::egui::{ScrollArea, Ui, vec2};

pub use self::{rename::Renaming, state::LeftPanel};
use crate::studio::{
    commands::{Command, buttons::command_icon},
    context::Context,
    theme::{Theme, space},
    widgets,
};

/// Draws the panel.
pub fn ui(panel: &mut LeftPanel, context: &Context<'_>, ui: &mut Ui) {
    // whole rows: none is cut where the list ends
    let rows = (ui.available_height() * 0.36).clamp(70.0, 320.0) / melodies::ROW;
    let melodies_height = rows.floor() * melodies::ROW;
    widgets::section(ui, "Melodies", |ui| {
        command_icon(context, ui, Command::ImportMidi);
        command_icon(context, ui, Command::NewScore);
    });
    ui.allocate_ui(vec2(ui.available_width(), melodies_height), |ui| {
        widgets::scroll(
            ui,
            ScrollArea::vertical().id_salt("melodies").auto_shrink([false, false]).max_height(melodies_height),
            |ui| melodies::list(panel.melody, context, ui),
        );
    });
    ui.add_space(space::S);
    let theme = Theme::of(ui);
    ui.painter().hline(ui.max_rect().x_range(), ui.cursor().top(), theme.hairline());
    ui.add_space(space::XS);
    widgets::section(ui, "Parts", |ui| {
        command_icon(context, ui, Command::AddPart);
    });
    let mut area = ScrollArea::vertical().id_salt("parts").auto_shrink([false, false]);
    // another composition's parts are seen from the first one on
    let composition = (context.document.opened, context.document.history.committed().id);
    if panel.shown.replace(composition) != Some(composition) {
        area = area.vertical_scroll_offset(0.0);
    }
    widgets::scroll(ui, area, |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        for (index, part) in context.document.score().parts.iter().enumerate() {
            let card = ui.push_id(("part", index), |ui| card::ui(panel, index, part, context, ui)).response;
            let is_chosen_now = context.document.part == index && panel.chosen != index;
            // one that is clicked stays under the pointer
            if is_chosen_now && !card.contains_pointer() {
                ui.scroll_to_rect(card.rect, None);
            }
        }
        panel.chosen = context.document.part;
    });
}
