//! The Library page: every composition that was ever made here, to find, open, sort and bring back.
//!
//! Draws what was read last; reading and changing happen on the library's thread.

mod row;
mod selection;
mod state;
mod tags;

use eframe::egui::{Align, CentralPanel, ComboBox, Frame, Layout, Margin, RichText, ScrollArea, TextEdit, Ui, vec2};

pub use self::state::{Field, LibraryPage};
use crate::{
    library::store::Order,
    studio::{
        actions::{FileAction, LibraryAction, ModelsAction},
        commands::Command,
        context::Context,
        page::Page,
        services::files::Purpose,
        theme::{self, Icon, Theme, size, space},
        widgets::{self, Notice},
    },
};

/// Draws the page.
pub fn ui(page: &mut LibraryPage, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    undo_delete(page, context, ui);
    CentralPanel::default()
        .frame(Frame::new().fill(theme.background).inner_margin(Margin { bottom: 0, ..Margin::same(space::XXL as i8) }))
        .show(ui, |ui| {
            ui.set_max_width(ui.available_width().min(1080.0));
            let before = page.filter.clone();
            head(page, context, ui);
            selection::ui(page, context, ui);
            if page.filter != before {
                context.ask(LibraryAction::Read);
            }
            ui.add_space(space::S);
            if page.filter.deleted {
                binned_models(page, context, ui);
            }
            list(page, context, ui);
        });
}

fn head(page: &mut LibraryPage, context: &Context<'_>, ui: &mut Ui) {
    let theme = Theme::of(ui);
    ui.horizontal(|ui| {
        let title = if page.filter.deleted { "Bin" } else { "Library" };
        ui.label(theme::strong(title, size::DISPLAY));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let why_not = context.why_not(Command::OpenProject);
            if widgets::text_button(ui, Icon::FolderOpen, "Open project…", why_not).clicked() {
                context.ask(Command::OpenProject);
            }
            recent_projects(page, context, ui);
            let why_not = context.why_not(Command::NewScore);
            if widgets::text_button(ui, Icon::FilePlus, "New composition", why_not).clicked() {
                context.ask(Command::NewScore);
                context.ask(Command::Show(Page::Compose));
            }
        });
    });
    let text = if page.filter.deleted {
        "Deleted compositions and models stay here for 30 days"
    } else {
        "Saved automatically, a moment after each change"
    };
    ui.label(RichText::new(text).color(theme.text_muted));
    ui.add_space(space::M);
    ui.horizontal(|ui| {
        let edit = TextEdit::singleline(&mut page.filter.search)
            .hint_text("Search titles, parts, tags and models")
            .desired_width((ui.available_width() - 220.0).min(320.0))
            .margin(vec2(10.0, 6.0));
        let search = widgets::text_field(ui, edit).accessible_name("Search the library");
        if std::mem::take(&mut page.focus_search) {
            search.request_focus();
        }
        if search.lost_focus() && widgets::given_up(ui) {
            page.filter.search.clear();
        }
        let orders = [(Order::Changed, "Last changed"), (Order::Created, "Newest"), (Order::Title, "By title")];
        let shown = orders.iter().find(|(order, _)| *order == page.filter.order);
        let combo = ComboBox::from_id_salt("library order")
            .width(130.0)
            .selected_text(shown.map_or("", |(_, text)| text))
            .show_ui(ui, |ui| {
                for (order, text) in orders {
                    widgets::list_value(ui, &mut page.filter.order, order, text);
                }
            });
        combo.response.accessible_name("Order");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let bin = page.filter.deleted;
            let back = format!("Back to {}", page.bin_from.unwrap_or(Page::Library).row().0);
            let (icon, words) = if bin { (Icon::ArrowLeft, back.as_str()) } else { (Icon::Trash2, "Bin") };
            let hover = if bin { "Leaves the bin" } else { "Compositions and models deleted in the last 30 days" };
            if widgets::text_button(ui, icon, words, None).on_hover_text(hover).clicked() {
                page.filter.deleted = !page.filter.deleted;
                if let Some(from) = page.bin_from.take().filter(|_| !page.filter.deleted) {
                    context.ask(Command::Show(from));
                }
            }
            if bin {
                let count = page.binned + context.services.models.binned.len();
                let why_not = (count == 0).then(|| "There is nothing in it".to_owned());
                if widgets::text_button(ui, Icon::Trash2, "Empty bin…", why_not).clicked() {
                    context.ask(LibraryAction::AskToEmptyBin);
                }
            }
        });
    });
    if !page.tags.is_empty() {
        ui.add_space(space::XS);
        ui.horizontal_wrapped(|ui| {
            ui.label(theme::icon_sized(Icon::Tag, 14.0).color(theme.text_faint));
            for tag in &page.tags {
                let chosen = page.filter.tag.as_ref() == Some(tag);
                if ui.selectable_label(chosen, tag).accessible_name(format!("Show only the tag {tag}")).clicked() {
                    page.filter.tag = (!chosen).then(|| tag.clone());
                }
            }
        });
    }
}

fn recent_projects(page: &mut LibraryPage, context: &Context<'_>, ui: &mut Ui) {
    let why_not = context.why_not(Command::OpenProject).or_else(|| {
        let none = page.recent.is_empty();
        none.then(|| "No recent projects".to_owned())
    });
    let mut chosen = None;
    let response = ui
        .add_enabled_ui(why_not.is_none(), |ui| {
            ui.menu_button("Recent projects", |ui| {
                for path in &page.recent {
                    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
                    if ui.button(name).on_hover_text(path.display().to_string()).clicked() {
                        chosen = Some(path.clone());
                    }
                }
            })
            .response
        })
        .inner;
    if let Some(reason) = why_not {
        response.on_disabled_hover_text(reason);
    }
    if let Some(path) = chosen {
        context.ask(FileAction::Take(Purpose::OpenProject, vec![path]));
    }
}

/// What was deleted last, and the way back.
fn undo_delete(page: &mut LibraryPage, context: &Context<'_>, ui: &mut Ui) {
    if page.deleted.is_empty() {
        return;
    }
    let words = selection::deleted_in_words(&page.deleted);
    match widgets::deleted_notice(ui, &words, &mut page.deleted_since) {
        _ if page.filter.deleted => page.deleted.clear(),
        Some(Notice::Undo) => {
            context.ask(LibraryAction::Restore(page.deleted.iter().map(|(id, _)| *id).collect()));
        }
        Some(Notice::Close) => page.deleted.clear(),
        None => {}
    }
}

/// The models in the bin, above the compositions in it.
fn binned_models(page: &LibraryPage, context: &Context<'_>, ui: &mut Ui) {
    let search = page.filter.search.trim().to_lowercase();
    let theme = Theme::of(ui);
    for model in &context.services.models.binned {
        if !model.title.to_lowercase().contains(&search) {
            continue;
        }
        widgets::card(ui, false).show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.label(theme::icon_sized(Icon::Brain, 18.0).color(theme.text_muted));
                ui.label(theme::strong(&model.title, 15.0));
                widgets::badge(ui, "model", theme.text_muted);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let label = format!("Restore the model {}", model.title);
                    let restore = widgets::IconButton::new(Icon::Undo2, &label).hover("Restore");
                    if restore.with_word("Restore").show(ui).clicked() {
                        context.ask(ModelsAction::Restore(model.path.clone()));
                    }
                });
            });
        });
        ui.add_space(space::XS);
    }
}

fn list(page: &mut LibraryPage, context: &Context<'_>, ui: &mut Ui) {
    if let Some(reason) = &page.failed {
        widgets::empty_state(ui, Icon::CircleAlert, "The library cannot be read", reason);
        return;
    }
    let Some(list) = page.list.clone() else {
        ui.spinner();
        return;
    };
    if list.is_empty() {
        let filter = &page.filter;
        let (title, text) = if !filter.search.trim().is_empty() || filter.tag.is_some() {
            ("Nothing was found", "Try fewer letters, or another tag")
        } else if filter.deleted && !context.services.models.binned.is_empty() {
            return;
        } else if filter.deleted {
            ("The bin is empty", "What you delete can be restored from here")
        } else {
            ("Nothing here yet", "Play, draw or generate something on the Compose page: it appears here automatically")
        };
        widgets::empty_state(ui, Icon::LibraryBig, title, text);
    }
    ui.spacing_mut().item_spacing.y = space::S;
    let area = ScrollArea::vertical().auto_shrink(false);
    widgets::scroll_rows(ui, area, row::HEIGHT - space::S, list.len(), |ui, rows| {
        for summary in &list[rows] {
            ui.push_id(summary.id, |ui| row::ui(page, context, ui, summary));
        }
    });
}
