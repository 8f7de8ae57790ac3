//! All keyboard shortcuts, in the order of the menus, searchable by what they do and by their keys.

use eframe::egui::{Align, Layout, RichText, ScrollArea, TextEdit, Ui};

use super::{
    matching::closeness,
    modal::{Stay, buttons, scroll_height},
};
use crate::studio::{
    commands::{Entry, Menu, key_text, table},
    theme::{self, Theme, size, space},
    widgets,
};

/// The menus in the left column, and in the right one.
const COLUMNS: [&[Menu]; 2] =
    [&[Menu::File, Menu::Edit, Menu::Notes], &[Menu::Part, Menu::Transport, Menu::Generate, Menu::View, Menu::Help]];

/// Draws the sheet, as tall as the window lets it be.
pub fn ui(search: &mut String, ui: &mut Ui) -> Stay {
    let theme = Theme::of(ui);
    ui.horizontal(|ui| {
        ui.label(theme::strong("Keyboard shortcuts", size::TITLE));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let field = TextEdit::singleline(search).hint_text("Search, such as loop or Ctrl").desired_width(260.0);
            let field = widgets::text_field(ui, field).accessible_name("Search shortcuts");
            if ui.memory(|memory| memory.focused().is_none()) {
                field.request_focus();
            }
        });
    });
    ui.add_space(space::S);
    let height = scroll_height(ui, f32::INFINITY);
    widgets::scroll(
        ui,
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink(false),
        |ui| {
            ui.columns(2, |columns| {
                for (ui, menus) in columns.iter_mut().zip(COLUMNS) {
                    for menu in menus {
                        keys_of(*menu, search, ui);
                    }
                }
            });
            if !table().iter().any(|entry| is_wanted(entry, search)) {
                ui.label(RichText::new("No matching shortcut").color(theme.text_muted));
            }
        },
    );
    let help = "While the computer keyboard plays notes (Ctrl+K), letter shortcuts are off, but R still records";
    ui.label(RichText::new(help).color(theme.text_faint));
    let mut stay = Stay::Open;
    buttons(ui, |ui| {
        if ui.button("Close").clicked() {
            stay = Stay::Closed;
        }
    });
    stay
}

fn keys_of(menu: Menu, search: &str, ui: &mut Ui) {
    let theme = Theme::of(ui);
    let entries: Vec<&Entry> = table().iter().filter(|entry| entry.menu == menu && is_wanted(entry, search)).collect();
    if entries.is_empty() {
        return;
    }
    ui.label(theme::strong(menu.title(), size::SECTION).color(theme.accent));
    for entry in entries {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.spacing_mut().interact_size.y = 20.0;
        ui.horizontal(|ui| {
            ui.label(RichText::new(entry.full_title()).color(theme.text_muted));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.add_space(space::L);
                ui.label(theme::strong(keys_text(entry), size::CAPTION));
            });
        });
    }
    ui.add_space(space::M);
}

fn keys_text(entry: &Entry) -> String {
    let keys: Vec<String> = entry.keys.iter().map(key_text).collect();
    keys.join("  ")
}

/// Whether a command has keys and fits what is searched, by its title or by its keys.
fn is_wanted(entry: &Entry, search: &str) -> bool {
    let by_title = closeness(search, &format!("{} {}", entry.full_title(), entry.menu.title()));
    let by_keys = || keys_text(entry).to_lowercase().contains(&search.trim().to_lowercase());
    !entry.keys.is_empty() && (by_title.is_some() || by_keys())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::studio::commands::Command;

    #[test]
    fn every_menu_stands_in_one_column() {
        assert!(Menu::ALL.iter().all(|menu| COLUMNS.iter().filter(|menus| menus.contains(menu)).count() == 1));
    }

    #[test]
    fn shortcuts_are_found_by_what_they_do_and_by_their_keys() {
        let found = |search: &str| -> Vec<Command> {
            table().iter().filter(|entry| is_wanted(entry, search)).map(|entry| entry.command).collect()
        };
        assert!(found("metronome") == [Command::ToggleMetronome]);
        assert!(found("ctrl+p").contains(&Command::Palette));
        assert!(found("xyzzy").is_empty());
        assert!(!found("").contains(&Command::AddPart), "it has no keys");
    }
}
