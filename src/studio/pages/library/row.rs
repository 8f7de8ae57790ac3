//! One composition in the list: its roll, its facts, and what can be done with it.

use eframe::egui::{
    Align, Align2, Key, Layout, Rect, Response, RichText, Role, Sense, TextEdit, Ui, WidgetInfo, pos2, vec2,
};

use crate::library::{
    store::{Summary, now_ms},
    thumbnail,
};
use crate::studio::pages::library::{Field, ROW, ago, shown_title};
use crate::studio::{
    state::Studio,
    theme::{self, Icon, Theme, radius, size, space},
    widgets::{self, IconButton},
};

impl Studio {
    pub(in crate::studio) fn library_row(&mut self, ui: &mut Ui, summary: &Summary) {
        let theme = Theme::of(ui);
        let title = shown_title(&summary.title);
        let is_open = self.services.session.id_of(self.document.history.committed().id) == summary.id;
        let in_bin = self.pages.library.filter.deleted;
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW - space::S), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Open {title}")));
        let fill = match (is_open, response.hovered() || response.has_focus()) {
            (true, _) => theme.accent_soft,
            (false, true) => theme.raised_hover,
            (false, false) => theme.raised,
        };
        ui.painter().rect_filled(rect, theme::corners(radius::L), fill);
        widgets::focus_ring(ui, &response, rect);
        let inner = rect.shrink2(vec2(space::M, space::S));
        let roll = Rect::from_min_size(inner.min, vec2(inner.height() / 28.0 * 120.0, inner.height()));
        paint_picture(ui, roll, summary);
        let mut ui = ui.new_child(
            eframe::egui::UiBuilder::new()
                .max_rect(Rect::from_min_max(pos2(roll.right() + space::L, inner.top()), inner.max))
                .layout(Layout::right_to_left(Align::Center)),
        );
        let ui = &mut ui;
        ui.spacing_mut().item_spacing.x = 2.0;
        self.row_buttons(ui, summary, is_open, in_bin);
        ui.add_space(space::M);
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            ui.add_space(5.0);
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.spacing_mut().interact_size.y = 20.0;
            if !self.row_field(ui, summary, Field::Title) {
                ui.horizontal(|ui| {
                    ui.add(eframe::egui::Label::new(theme::strong(title, 15.0)).truncate().selectable(false));
                    if is_open {
                        widgets::badge(ui, "open", theme.accent);
                    }
                });
            }
            if !self.row_field(ui, summary, Field::Tags) {
                let facts = RichText::new(facts(summary)).size(size::CAPTION + 1.0).color(theme.text_muted);
                ui.horizontal(|ui| {
                    ui.add(eframe::egui::Label::new(facts).truncate().selectable(false));
                    for tag in &summary.tags {
                        widgets::badge(ui, tag, theme.text_muted);
                    }
                });
            }
        });
        self.row_keys(ui, &response, summary, is_open, in_bin);
    }

    fn row_buttons(&mut self, ui: &mut Ui, summary: &Summary, is_open: bool, in_bin: bool) {
        let title = shown_title(&summary.title);
        let button = |icon, name: &str, why: Option<&str>, ui: &mut Ui| {
            let label = format!("{name} {title}");
            IconButton::new(icon, &label).hover(name).why_not(why.map(str::to_owned)).show(ui).clicked()
        };
        if in_bin {
            if button(Icon::Undo2, "Bring back", None, ui) {
                self.bring_back(summary.id);
            }
            return;
        }
        let open = is_open.then_some("It is open in the studio");
        if button(Icon::Trash2, "Delete", open, ui) {
            self.delete_composition(summary.id, &summary.title);
        }
        if button(Icon::Copy, "Duplicate", None, ui) {
            self.duplicate_composition(summary.id, title);
        }
        if button(Icon::Tag, "Tags of", None, ui) {
            self.pages.library.editing = Some((summary.id, Field::Tags, summary.tags.join(", ")));
        }
        if button(Icon::Pencil, "Rename", None, ui) {
            self.pages.library.editing = Some((summary.id, Field::Title, summary.title.clone()));
        }
        let why = if summary.model.is_empty() {
            Some("No take was kept in it, so there is nothing to make again".to_owned())
        } else {
            self.why_not_engine()
        };
        if button(Icon::RotateCcw, "Make again", why.as_deref(), ui) {
            self.make_again(summary.id);
        }
    }

    /// What is typed for this composition, if it is; tells whether.
    fn row_field(&mut self, ui: &mut Ui, summary: &Summary, field: Field) -> bool {
        let Some((id, of, text)) = &mut self.pages.library.editing else {
            return false;
        };
        if (*id, *of) != (summary.id, field) {
            return false;
        }
        let (name, hint) = match field {
            Field::Title => ("Title", "Untitled composition"),
            Field::Tags => ("Tags", "Tags with commas between them"),
        };
        let edit = TextEdit::singleline(text).hint_text(hint).desired_width(360.0);
        let response = ui.add(edit).accessible_name(name);
        if response.lost_focus() {
            let text = text.clone();
            self.pages.library.editing = None;
            if !ui.input(|input| input.key_pressed(Key::Escape)) {
                self.finish_editing(summary, field, &text);
            }
        } else if !response.has_focus() {
            response.request_focus();
        }
        true
    }

    fn row_keys(&mut self, ui: &Ui, response: &Response, summary: &Summary, is_open: bool, in_bin: bool) {
        if response.clicked() && !in_bin {
            if is_open {
                self.page = crate::studio::page::Page::Compose;
            } else {
                self.open_composition(summary.id);
            }
        }
        if response.has_focus() && !in_bin {
            let pressed = |key| ui.input_mut(|input| input.consume_key(eframe::egui::Modifiers::NONE, key));
            if !is_open && (pressed(Key::Delete) || pressed(Key::Backspace)) {
                self.delete_composition(summary.id, &summary.title);
            } else if pressed(Key::F2) {
                self.pages.library.editing = Some((summary.id, Field::Title, summary.title.clone()));
            }
        }
        let hint = if in_bin {
            "Bring it back to open it"
        } else {
            "Click or Enter opens it, F2 renames it, Del puts it into the bin"
        };
        response.clone().on_hover_text(hint);
    }
}

fn facts(summary: &Summary) -> String {
    let count = |count: u32, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let seconds = summary.seconds.round().max(0.0) as u64;
    let mut facts = vec![
        count(summary.parts, "part"),
        count(summary.notes, "note"),
        format!("{}:{:02}", seconds / 60, seconds % 60),
        ago(now_ms(), summary.changed_ms),
    ];
    if !summary.model.is_empty() {
        facts.push(summary.model.clone());
    }
    facts.join(" · ")
}

/// The roll of a composition, a few dozen little bars.
fn paint_picture(ui: &Ui, rect: Rect, summary: &Summary) {
    let theme = Theme::of(ui);
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, theme::corners(radius::M), theme.sunken);
    let inside = rect.shrink(3.0);
    let cell = vec2(inside.width() / thumbnail::COLUMNS as f32, inside.height() / thumbnail::ROWS as f32);
    for run in &summary.picture {
        let min = inside.min + vec2(f32::from(run.column) * cell.x, f32::from(run.row) * cell.y);
        let width = (f32::from(run.length) * cell.x - 0.4).max(1.0);
        painter.rect_filled(
            Rect::from_min_size(min, vec2(width, cell.y.max(1.6))),
            theme::corners(1),
            theme.part(run.color),
        );
    }
    if summary.picture.is_empty() {
        painter.text(
            rect.center(),
            Align2::CENTER_CENTER,
            "no notes yet",
            theme::regular(size::CAPTION),
            theme.text_faint,
        );
    }
}
