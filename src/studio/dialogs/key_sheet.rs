//! All keyboard shortcuts, in the order of the menus.

use eframe::egui::{Align, Layout, RichText, ScrollArea, Ui};

use super::modal::{Stay, buttons, scroll_height};
use crate::studio::{
    commands::{Menu, key_text, table},
    theme::{self, Theme, size, space},
};

/// The menus in the left column, and in the right one.
const COLUMNS: [&[Menu]; 2] =
    [&[Menu::File, Menu::Edit, Menu::Notes], &[Menu::Part, Menu::Transport, Menu::Generate, Menu::View, Menu::Help]];

/// Draws the sheet.
pub fn ui(ui: &mut Ui) -> Stay {
    let theme = Theme::of(ui);
    ui.label(theme::strong("Keyboard shortcuts", size::TITLE));
    ui.add_space(space::S);
    ScrollArea::vertical().max_height(scroll_height(ui, 520.0)).show(ui, |ui| {
        ui.columns(2, |columns| {
            for (ui, menus) in columns.iter_mut().zip(COLUMNS) {
                for menu in menus {
                    keys_of(*menu, ui);
                }
            }
        });
    });
    let help = "While the computer keyboard plays notes (Ctrl+K), letter shortcuts are off";
    ui.label(RichText::new(help).color(theme.text_faint));
    let mut stay = Stay::Open;
    buttons(ui, |ui| {
        if ui.button("Close").clicked() {
            stay = Stay::Closed;
        }
    });
    stay
}

fn keys_of(menu: Menu, ui: &mut Ui) {
    let theme = Theme::of(ui);
    ui.label(theme::strong(menu.title(), size::SECTION).color(theme.accent));
    for entry in table().iter().filter(|entry| entry.menu == menu && !entry.keys.is_empty()) {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.spacing_mut().interact_size.y = 20.0;
        ui.horizontal(|ui| {
            ui.label(RichText::new(entry.title).color(theme.text_muted));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.add_space(space::L);
                let keys: Vec<String> = entry.keys.iter().map(key_text).collect();
                ui.label(theme::strong(keys.join("  "), size::CAPTION));
            });
        });
    }
    ui.add_space(space::M);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_menu_stands_in_one_column() {
        assert!(Menu::ALL.iter().all(|menu| COLUMNS.iter().filter(|menus| menus.contains(menu)).count() == 1));
    }
}
