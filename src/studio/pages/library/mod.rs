//! The Library page: every composition that was ever made here, to find, open, sort and bring back.
//!
//! Draws what was read last; reading and changing happen on the library's thread.

mod actions;
mod row;

use std::path::PathBuf;

use eframe::egui::{
    Align, CentralPanel, ComboBox, Frame, Key, Layout, Margin, RichText, ScrollArea, TextEdit, Ui, vec2,
};

use crate::library::store::{Filter, Order, Summary};
use crate::studio::{
    commands::Command,
    state::Studio,
    theme::{self, Icon, Theme, size, space},
    widgets,
};

/// The height of one composition and the gap below it.
const ROW: f32 = 76.0;

/// What the page shows.
#[derive(Debug, Default)]
pub struct LibraryPage {
    filter: Filter,
    /// What was found; `None` until it was read.
    pub list: Option<Vec<Summary>>,
    /// All tags in use.
    tags: Vec<String>,
    /// Projects opened or saved lately.
    recent: Vec<PathBuf>,
    /// Why it could not be read.
    failed: Option<String>,
    /// The title or the tags of a composition while they are typed.
    editing: Option<(u64, Field, String)>,
    /// What was put into the bin last, to be had back.
    pub deleted: Option<(u64, String)>,
    /// Counts the readings, so that a late one does not replace a later one.
    asked: u64,
    focus_search: bool,
}

/// What of a composition is typed on the spot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Title,
    Tags,
}

impl Studio {
    /// Shows the page as it is now.
    pub(in crate::studio) fn show_library(&mut self) {
        self.page = crate::studio::page::Page::Library;
        self.pages.library.focus_search = true;
        self.read_library();
    }

    pub(in crate::studio) fn library_page(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        CentralPanel::default()
            .frame(
                Frame::new().fill(theme.background).inner_margin(Margin::symmetric(space::XXL as i8, space::XL as i8)),
            )
            .show(ui, |ui| {
                ui.set_max_width(ui.available_width().min(1080.0));
                let before = self.pages.library.filter.clone();
                self.library_head(ui);
                self.library_undo(ui);
                if self.pages.library.filter != before {
                    self.read_library();
                }
                ui.add_space(space::S);
                self.library_list(ui);
            });
    }

    fn library_head(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        ui.horizontal(|ui| {
            let title = if self.pages.library.filter.deleted { "Bin" } else { "Library" };
            ui.label(theme::strong(title, size::DISPLAY));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let why_not = self.why_not(Command::OpenProject);
                if widgets::text_button(ui, Icon::FolderOpen, "Open project…", why_not).clicked() {
                    self.push(Command::OpenProject);
                }
                self.recent_files(ui);
                let why_not = self.why_not(Command::NewScore);
                if widgets::text_button(ui, Icon::FilePlus, "New composition", why_not).clicked() {
                    self.push(Command::NewScore);
                    self.push(Command::ShowStudio);
                }
            });
        });
        let text = if self.pages.library.filter.deleted {
            "What was deleted stays here for 30 days"
        } else {
            "Every composition is kept by itself, a moment after each change"
        };
        ui.label(RichText::new(text).color(theme.text_muted));
        ui.add_space(space::M);
        ui.horizontal(|ui| {
            let page = &mut self.pages.library;
            let search = ui
                .add(
                    TextEdit::singleline(&mut page.filter.search)
                        .hint_text("Search titles, parts, tags and models")
                        .desired_width((ui.available_width() - 220.0).min(320.0))
                        .margin(vec2(10.0, 6.0)),
                )
                .accessible_name("Search the library");
            if std::mem::take(&mut page.focus_search) {
                search.request_focus();
            }
            if search.has_focus() && ui.input(|input| input.key_pressed(Key::Escape)) {
                page.filter.search.clear();
            }
            let orders = [(Order::Changed, "Last changed"), (Order::Created, "Newest"), (Order::Title, "By title")];
            let shown = orders.iter().find(|(order, _)| *order == page.filter.order);
            let combo = ComboBox::from_id_salt("library order")
                .width(130.0)
                .selected_text(shown.map_or("", |(_, text)| text))
                .show_ui(ui, |ui| {
                    for (order, text) in orders {
                        ui.selectable_value(&mut page.filter.order, order, text);
                    }
                });
            combo.response.accessible_name("Order");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui
                    .selectable_label(page.filter.deleted, "Bin")
                    .on_hover_text("What was deleted in the last 30 days")
                    .clicked()
                {
                    page.filter.deleted = !page.filter.deleted;
                }
            });
        });
        if !self.pages.library.tags.is_empty() {
            ui.add_space(space::XS);
            ui.horizontal_wrapped(|ui| {
                let page = &mut self.pages.library;
                ui.label(theme::icon_sized(Icon::Tag, 14.0).color(theme.text_faint));
                for tag in &page.tags {
                    let chosen = page.filter.tag.as_ref() == Some(tag);
                    if ui.selectable_label(chosen, tag).accessible_name(format!("Only with the tag {tag}")).clicked() {
                        page.filter.tag = (!chosen).then(|| tag.clone());
                    }
                }
            });
        }
    }

    fn recent_files(&mut self, ui: &mut Ui) {
        let why_not = self.why_not(Command::OpenProject).or_else(|| {
            let none = self.pages.library.recent.is_empty();
            none.then(|| "No project was opened or saved yet".to_owned())
        });
        let mut chosen = None;
        let response = ui
            .add_enabled_ui(why_not.is_none(), |ui| {
                ui.menu_button("Recent projects", |ui| {
                    for path in &self.pages.library.recent {
                        let name =
                            path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
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
            self.read_project(path);
        }
    }

    /// What was deleted last, and the way back.
    fn library_undo(&mut self, ui: &mut Ui) {
        let Some((id, title)) = self.pages.library.deleted.clone() else { return };
        let theme = Theme::of(ui);
        ui.add_space(space::S);
        widgets::card(ui, false).fill(theme.overlay).show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.label(theme::icon_sized(Icon::Trash2, 15.0).color(theme.text_muted));
                ui.label(format!("“{}” is in the bin", shown_title(&title)));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if widgets::IconButton::new(Icon::X, "Close").sized(24.0, 14.0).show(ui).clicked() {
                        self.pages.library.deleted = None;
                    }
                    if widgets::text_button(ui, Icon::Undo2, "Bring it back", None).clicked() {
                        self.bring_back(id);
                    }
                });
            });
        });
    }

    fn library_list(&mut self, ui: &mut Ui) {
        if let Some(reason) = &self.pages.library.failed {
            widgets::empty_state(ui, Icon::CircleAlert, "The library cannot be read", reason);
            return;
        }
        let Some(list) = self.pages.library.list.take() else {
            ui.spinner();
            return;
        };
        if list.is_empty() {
            let filter = &self.pages.library.filter;
            let (title, text) = if !filter.search.trim().is_empty() || filter.tag.is_some() {
                ("Nothing was found", "Try fewer letters, or another tag")
            } else if filter.deleted {
                ("The bin is empty", "What you delete waits here for 30 days")
            } else {
                ("Nothing here yet", "Play, draw or generate something in the studio: it appears here by itself")
            };
            widgets::empty_state(ui, Icon::LibraryBig, title, text);
        }
        ui.spacing_mut().item_spacing.y = space::S;
        ScrollArea::vertical().auto_shrink(false).show_rows(ui, ROW - space::S, list.len(), |ui, rows| {
            for summary in &list[rows] {
                ui.push_id(summary.id, |ui| self.library_row(ui, summary));
            }
        });
        // unless it was read anew meanwhile
        self.pages.library.list.get_or_insert(list);
    }
}

/// What a composition is called, even where nobody named it.
fn shown_title(title: &str) -> &str {
    if title.trim().is_empty() { "Untitled composition" } else { title }
}

/// How long ago something was, in one unit.
fn ago(now_ms: i64, then_ms: i64) -> String {
    let seconds = now_ms.saturating_sub(then_ms).max(0) / 1000;
    let (count, unit) = match seconds {
        0..60 => return "just now".into(),
        60..3600 => (seconds / 60, "minute"),
        3600..86_400 => (seconds / 3600, "hour"),
        86_400..604_800 => (seconds / 86_400, "day"),
        604_800..5_184_000 => (seconds / 604_800, "week"),
        5_184_000..63_072_000 => (seconds / 2_592_000, "month"),
        _ => (seconds / 31_536_000, "year"),
    };
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_one_unit() {
        let day = 86_400_000;
        for (past, text) in [
            (-5, "just now"),
            (59_999, "just now"),
            (60_000, "1 minute ago"),
            (day - 1, "23 hours ago"),
            (day, "1 day ago"),
            (13 * day, "1 week ago"),
            (90 * day, "3 months ago"),
            (800 * day, "2 years ago"),
        ] {
            assert_eq!(ago(day * 10_000, day * 10_000 - past), text);
        }
        assert_eq!(shown_title(" "), "Untitled composition");
    }
}
