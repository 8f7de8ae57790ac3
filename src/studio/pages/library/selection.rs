//! Several compositions at once: selecting them, and what can be done with them.

use eframe::egui::{Align, Key, Layout, Modifiers, TextEdit, Ui};

use super::state::LibraryPage;
use super::tags::{say_lost, tags_of_all};
use crate::library::store::{Summary, shown_title};
use crate::plural::counted;
use crate::studio::{
    actions::LibraryAction,
    context::Context,
    theme::{self, Icon, Theme, space},
    widgets,
};

/// What is selected, and what can be done with it; nothing where nothing is.
pub fn ui(page: &mut LibraryPage, context: &Context<'_>, ui: &mut Ui) {
    keys(page, ui);
    let Some(list) = page.list.clone() else { return };
    let selected: Vec<&Summary> = list.iter().filter(|summary| page.selected.contains(&summary.id)).collect();
    if selected.is_empty() {
        page.tagging = None;
        return;
    }
    ui.add_space(space::S);
    widgets::card(ui, false).fill(Theme::of(ui).overlay).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(theme::strong(format!("{} selected", selected.len()), 15.0));
            ui.add_space(space::M);
            if page.filter.deleted {
                if widgets::text_button(ui, Icon::Undo2, "Restore selected", None).clicked() {
                    restore(page, context, &selected);
                }
            } else {
                tag(page, context, ui, &selected);
                if widgets::text_button(ui, Icon::Trash2, "Delete selected", None).clicked() {
                    delete(page, context, &selected);
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if widgets::IconButton::new(Icon::X, "Deselect all").sized(24.0, 14.0).show(ui).clicked() {
                    page.selected.clear();
                }
            });
        });
    });
}

/// Ctrl+A selects all that the list shows, Esc nothing.
fn keys(page: &mut LibraryPage, ui: &Ui) {
    if ui.ctx().text_edit_focused() || page.editing.is_some() || page.tagging.is_some() {
        return;
    }
    if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::A)) {
        page.selected = page.list.iter().flat_map(|list| list.iter()).map(|summary| summary.id).collect();
    }
    if widgets::given_up(ui) {
        page.selected.clear();
    }
}

/// Selects a composition, or no longer; with Shift all up to it from the one before.
pub fn click(page: &mut LibraryPage, id: u64, modifiers: Modifiers) {
    let place = |id: u64| page.list.as_ref()?.iter().position(|summary| summary.id == id);
    let range = page.selected_last.filter(|_| modifiers.shift).and_then(place).zip(place(id));
    if let (Some((from, to)), Some(list)) = (range, &page.list) {
        page.selected.extend(list[from.min(to)..=from.max(to)].iter().map(|summary| summary.id));
    } else if !page.selected.remove(&id) {
        page.selected.insert(id);
    }
    page.selected_last = Some(id);
}

/// Puts all of these into the bin.
pub fn delete(page: &mut LibraryPage, context: &Context<'_>, selected: &[&Summary]) {
    let titles = selected.iter().map(|summary| (summary.id, summary.title.clone()));
    context.ask(LibraryAction::Delete(titles.collect()));
    page.selected.retain(|id| selected.iter().all(|summary| summary.id != *id));
}

fn restore(page: &mut LibraryPage, context: &Context<'_>, selected: &[&Summary]) {
    context.ask(LibraryAction::Restore(selected.iter().map(|summary| summary.id).collect()));
    page.selected.clear();
}

/// A field for tags that all of these get beside their own.
fn tag(page: &mut LibraryPage, context: &Context<'_>, ui: &mut Ui, selected: &[&Summary]) {
    let Some(text) = &mut page.tagging else {
        if widgets::text_button(ui, Icon::Tag, "Tag selected…", None).clicked() {
            page.tagging = Some(String::new());
        }
        return;
    };
    let edit = TextEdit::singleline(text).hint_text("Tags, separated by commas").desired_width(260.0);
    let response = widgets::text_field(ui, edit).accessible_name("Tags to add");
    if response.lost_focus() {
        let new = page.tagging.take().unwrap_or_default();
        if !widgets::given_up(ui) && !new.trim().is_empty() {
            let texts = selected.iter().map(|summary| (summary.id, format!("{}, {new}", summary.tags.join(","))));
            let (tags, lost) = tags_of_all(texts);
            say_lost(context, lost);
            context.ask(LibraryAction::SetTags(tags));
        }
    } else if !response.has_focus() {
        response.request_focus();
    }
}

/// What was deleted last, in words.
pub fn deleted_in_words(deleted: &[(u64, String)]) -> String {
    match deleted {
        [(_, title)] => format!("“{}” is in the bin", shown_title(title)),
        several => format!("{} are in the bin", counted(several.len(), "composition")),
    }
}
