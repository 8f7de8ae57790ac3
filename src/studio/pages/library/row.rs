//! One composition in the list: its roll, its facts, and what can be done with it.

use eframe::egui::{
    Align, Align2, Key, Layout, Rect, Response, RichText, Role, Sense, Stroke, StrokeKind, TextEdit, Ui, WidgetInfo,
    pos2, vec2,
};

use super::selection;
use super::state::{Field, LibraryPage};
use super::tags::{say_lost, tags_of_all};
use crate::library::{
    store::{Summary, now_ms, shown_title},
    thumbnail,
};
use crate::plural::counted;
use crate::studio::{
    actions::{LibraryAction, ListenAction},
    commands::Command,
    context::Context,
    page::Page,
    theme::{self, Icon, Theme, radius, size, space},
    widgets::{self, IconButton},
};

/// The height of one composition and the gap below it.
pub const HEIGHT: f32 = 76.0;

/// What makes a take once more.
const RECREATE: &str = "Recreate";

/// Draws a composition.
pub fn ui(page: &mut LibraryPage, context: &Context<'_>, ui: &mut Ui, summary: &Summary) {
    let theme = Theme::of(ui);
    let title = shown_title(&summary.title);
    let is_open = context.services.session.id_of(context.document.history.committed().id) == summary.id;
    let in_bin = page.filter.deleted;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT - space::S), Sense::click());
    let is_selected = page.selected.contains(&summary.id);
    response.widget_info(|| {
        WidgetInfo::selected(Role::Button, true, is_selected, format!("Open {}", called(page, summary)))
    });
    let fill = match (is_open || is_selected, response.hovered() || response.has_focus()) {
        (true, _) => theme.accent_soft,
        (false, true) => theme.raised_hover,
        (false, false) => theme.raised,
    };
    ui.painter().rect_filled(rect, theme::corners(radius::L), fill);
    if is_selected {
        let stroke = Stroke::new(1.5, theme.accent);
        ui.painter().rect_stroke(rect, theme::corners(radius::L), stroke, StrokeKind::Inside);
    }
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
    row_buttons(page, context, ui, summary, in_bin);
    ui.add_space(space::M);
    ui.with_layout(Layout::top_down(Align::Min), |ui| {
        ui.add_space(5.0);
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.spacing_mut().interact_size.y = 20.0;
        if !row_field(page, context, ui, summary, Field::Title) {
            ui.horizontal(|ui| {
                ui.add(eframe::egui::Label::new(theme::strong(title, 15.0)).truncate().selectable(false));
                if is_open {
                    widgets::badge(ui, "open", theme.accent);
                }
            });
        }
        if !row_field(page, context, ui, summary, Field::Tags) {
            let facts = RichText::new(facts(summary, page.namesakes.contains(&summary.id), context))
                .size(size::CAPTION + 1.0)
                .color(theme.text_muted);
            ui.horizontal(|ui| {
                ui.add(eframe::egui::Label::new(facts).truncate().selectable(false));
                for tag in &summary.tags {
                    widgets::badge(ui, tag, theme.text_muted);
                }
            });
        }
    });
    row_keys(page, context, ui, &response, summary, is_open, in_bin);
}

fn row_buttons(page: &mut LibraryPage, context: &Context<'_>, ui: &mut Ui, summary: &Summary, in_bin: bool) {
    let title = shown_title(&summary.title);
    let called = called(page, summary);
    let button = |icon, name: &str, why: Option<&str>, ui: &mut Ui| {
        let label = format!("{name} {called}");
        let hover = if name == RECREATE { "Recreate: compose the kept take again, note for note" } else { name };
        IconButton::new(icon, &label).hover(hover).why_not(why.map(str::to_owned)).show(ui).clicked()
    };
    if in_bin {
        let label = format!("Restore {called}");
        let restore = IconButton::new(Icon::Undo2, &label).hover("Restore").with_word("Restore");
        if restore.show(ui).clicked() {
            context.ask(LibraryAction::Restore(vec![summary.id]));
        }
        listen_button(page, context, ui, summary);
        return;
    }
    if button(Icon::Trash2, "Delete", None, ui) {
        selection::delete(page, context, &[summary]);
    }
    if button(Icon::Copy, "Duplicate", None, ui) {
        context.ask(LibraryAction::Duplicate(summary.id, title.to_owned()));
    }
    if button(Icon::Tag, "Tags of", None, ui) {
        page.editing = Some((summary.id, Field::Tags, summary.tags.join(", ")));
    }
    if button(Icon::Pencil, "Rename", None, ui) {
        page.editing = Some((summary.id, Field::Title, summary.title.clone()));
    }
    let why = if summary.model.is_empty() {
        Some("No take was kept in it, so there is nothing to recreate".to_owned())
    } else {
        context.services.engine.why_not()
    };
    if button(Icon::Sparkles, RECREATE, why.as_deref(), ui) {
        context.ask(LibraryAction::MakeAgain(summary.id));
    }
    listen_button(page, context, ui, summary);
}

/// Plays a composition without opening it, or ends that.
fn listen_button(page: &LibraryPage, context: &Context<'_>, ui: &mut Ui, summary: &Summary) {
    let called = called(page, summary);
    let heard = page.heard.as_ref().filter(|(of, _)| *of == summary.id);
    if heard.is_some_and(|(_, score)| context.services.listening.is_heard(score)) {
        let label = format!("Stop listening to {called}");
        if IconButton::new(Icon::Square, &label).hover("Stop").on(true).show(ui).clicked() {
            context.ask(ListenAction::Stop);
        }
        return;
    }
    let why_not = match () {
        () if context.document.recording.is_some() => Some("Stop recording first".to_owned()),
        () => (summary.notes == 0).then(|| "There are no notes in it yet".to_owned()),
    };
    let label = format!("Listen to {called}");
    let hover = "Listen without opening it";
    if IconButton::new(Icon::Play, &label).hover(hover).why_not(why_not).show(ui).clicked() {
        context.ask(LibraryAction::Listen(summary.id));
    }
}

/// What is typed for this composition, if it is; tells whether.
fn row_field(page: &mut LibraryPage, context: &Context<'_>, ui: &mut Ui, summary: &Summary, field: Field) -> bool {
    let Some((id, of, text)) = &mut page.editing else {
        return false;
    };
    if (*id, *of) != (summary.id, field) {
        return false;
    }
    let (name, hint) = match field {
        Field::Title => ("Title", "Untitled composition"),
        Field::Tags => ("Tags", "Tags, separated by commas"),
    };
    let edit = TextEdit::singleline(text).hint_text(hint).desired_width(360.0);
    let response = widgets::text_field(ui, edit).accessible_name(name);
    if response.lost_focus() {
        let text = text.clone();
        page.editing = None;
        if !widgets::given_up(ui) {
            finish(context, summary, field, &text);
        }
    } else if !response.has_focus() {
        response.request_focus();
    }
    true
}

fn row_keys(
    page: &mut LibraryPage,
    context: &Context<'_>,
    ui: &Ui,
    response: &Response,
    summary: &Summary,
    is_open: bool,
    in_bin: bool,
) {
    let modifiers = ui.input(|input| input.modifiers);
    if response.clicked() && (modifiers.command || modifiers.shift) {
        selection::click(page, summary.id, modifiers);
    } else if response.clicked() && !in_bin {
        if is_open {
            context.ask(Command::Show(Page::Compose));
        } else {
            context.ask(LibraryAction::Open(summary.id));
        }
    }
    if response.has_focus() && !in_bin {
        let pressed = |key| ui.input_mut(|input| input.consume_key(eframe::egui::Modifiers::NONE, key));
        if pressed(Key::Delete) || pressed(Key::Backspace) {
            let list = page.list.clone();
            let of_selection = || list.iter().flat_map(|list| list.iter()).filter(|of| page.selected.contains(&of.id));
            let deleted = if page.selected.contains(&summary.id) { of_selection().collect() } else { vec![summary] };
            selection::delete(page, context, &deleted);
        } else if pressed(Key::F2) {
            page.editing = Some((summary.id, Field::Title, summary.title.clone()));
        }
    }
    let hint = if in_bin {
        "Restore it to open it; Ctrl+click selects it"
    } else {
        "Click or Enter opens it, Ctrl+click or Ctrl+Space selects it, Shift+click selects up to it, F2 renames it, \
         Del moves it to the bin"
    };
    response.clone().on_hover_text(hint);
}

/// Takes what was typed, where it is something else than before.
fn finish(context: &Context<'_>, summary: &Summary, field: Field, text: &str) {
    match field {
        Field::Title => {
            let title: String = text.trim().chars().take(200).collect();
            if title != summary.title {
                context.ask(LibraryAction::Rename(summary.id, title));
            }
        }
        Field::Tags => {
            let (tags, lost) = tags_of_all([(summary.id, text.to_owned())]);
            say_lost(context, lost);
            if tags[0].1 != summary.tags {
                context.ask(LibraryAction::SetTags(tags));
            }
        }
    }
}

/// What it is called where it cannot be seen: its title, and what tells it from others of the same title.
fn called(page: &LibraryPage, summary: &Summary) -> String {
    let title = shown_title(&summary.title);
    if page.namesakes.contains(&summary.id) {
        format!("{title}, {}, changed {}", length(summary), summary.changed)
    } else {
        title.to_owned()
    }
}

/// `1:05`.
fn length(summary: &Summary) -> String {
    let seconds = summary.seconds.round().max(0.0) as u64;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// Where another one has the same title, the time is told to the minute.
fn facts(summary: &Summary, has_namesake: bool, context: &Context<'_>) -> String {
    let mut facts = vec![
        counted(summary.parts as usize, "part"),
        counted(summary.notes as usize, "note"),
        length(summary),
        if has_namesake { summary.changed.clone() } else { ago(now_ms(), summary.changed_ms) },
    ];
    if !summary.model.is_empty() {
        facts.push(context.services.models.name_now(&summary.model).to_owned());
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
    format!("{} ago", counted(count as usize, unit))
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
    }
}
