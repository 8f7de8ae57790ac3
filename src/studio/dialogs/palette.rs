//! The palette: every command by a few letters of its title.

use eframe::egui::{
    Align, Align2, Key, Layout, Modifiers, Rect, RichText, Role, Sense, TextEdit, Ui, WidgetInfo, pos2, vec2,
};

use super::{
    matching::{Closeness, closeness},
    modal::{Stay, scroll_height},
};
use crate::studio::{
    commands::{Command, Entry, table},
    context::Context,
    theme::{self, Theme, radius, size},
    toasts::Tone,
    widgets,
};

/// Draws it; Enter or a click gives the command.
pub fn ui(search: &mut String, chosen: &mut usize, context: &Context<'_>, ui: &mut Ui) -> Stay {
    let theme = Theme::of(ui);
    let steps = ui.input_mut(|input| {
        isize::from(input.consume_key(Modifiers::NONE, Key::ArrowDown))
            - isize::from(input.consume_key(Modifiers::NONE, Key::ArrowUp))
    });
    let edit = TextEdit::singleline(search)
        .hint_text("Type what you want to do")
        .desired_width(f32::INFINITY)
        .margin(vec2(10.0, 8.0));
    let field = widgets::text_field(ui, edit).accessible_name("Search commands");
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if !field.has_focus() && !entered {
        field.request_focus();
    }
    if field.changed() {
        *chosen = 0;
    }
    let hits = hits(search, |command| context.why_not(command).is_none());
    *chosen = chosen.saturating_add_signed(steps).min(hits.len().saturating_sub(1));
    let mut given = entered.then(|| hits.get(*chosen).copied()).flatten();
    let height = scroll_height(ui, 400.0);
    widgets::scroll(ui, widgets::list_area(height), |ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        for (index, entry) in hits.iter().enumerate() {
            let is_chosen = index == *chosen;
            if row(entry, is_chosen, is_chosen && steps != 0, context, ui) {
                given = Some(entry);
            }
        }
        if hits.is_empty() {
            ui.with_layout(Layout::top_down(Align::Center), |ui| {
                ui.label(RichText::new("No matching command").color(theme.text_muted));
            });
        }
    });
    let Some(entry) = given else { return Stay::Open };
    match context.why_not(entry.command) {
        None => context.ask(entry.command),
        Some(reason) => context.say(Tone::Plain, reason),
    }
    Stay::Closed
}

/// A command; whether it was clicked.
fn row(entry: &Entry, is_chosen: bool, scroll_here: bool, context: &Context<'_>, ui: &mut Ui) -> bool {
    let theme = Theme::of(ui);
    let why_not = context.why_not(entry.command);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 34.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, why_not.is_none(), entry.full_title()));
    if is_chosen || response.hovered() {
        let ground = if is_chosen { theme.accent_soft } else { theme.raised };
        ui.painter().rect_filled(rect, theme::corners(radius::M), ground);
    }
    if scroll_here {
        response.scroll_to_me(Some(Align::Center));
    }
    let (color, icon_color) =
        if why_not.is_none() { (theme.text, theme.text_muted) } else { (theme.text_faint, theme.text_faint) };
    let icon = Rect::from_center_size(rect.left_center() + vec2(18.0, 0.0), vec2(16.0, 16.0));
    widgets::paint_icon(ui, icon, entry.icon, 15.0, icon_color);
    let left = rect.left_center() + vec2(36.0, 0.0);
    let right = rect.right_center() - vec2(12.0, 0.0);
    let title = ui.painter().text(left, Align2::LEFT_CENTER, entry.full_title(), theme::regular(size::BODY), color);
    // one that cannot be given now says why, where its keys would stand
    let text = why_not.clone().unwrap_or_else(|| entry.key_text());
    let place = Rect::from_min_max(pos2(title.right() + 12.0, rect.top()), pos2(right.x, rect.bottom()));
    widgets::paint_line(ui, place, Align2::RIGHT_CENTER, &text, theme::regular(size::CAPTION), theme.text_faint);
    let clicked = response.clicked();
    if let Some(reason) = why_not {
        response.on_hover_text(reason);
    }
    clicked
}

/// The commands that fit what is typed, the closest first: those that say it, then those that people call so, then
/// those that it may be a slip for. Of those that fit alike, the ones that can be given now come first.
fn hits(search: &str, is_available: impl Fn(Command) -> bool) -> Vec<&'static Entry> {
    let how_close = |entry: &Entry| {
        let said = format!("{} {}", entry.full_title(), entry.menu.title());
        let called = closeness(search, &format!("{} {said}", entry.also)).map(|close| (close.is_slip(), true, close));
        let said = closeness(search, &said).map(|close| (close.is_slip(), false, close));
        said.into_iter().chain(called).min()
    };
    let mut hits: Vec<((bool, bool, Closeness), bool, &Entry)> =
        table().iter().filter_map(|entry| Some((how_close(entry)?, !is_available(entry.command), entry))).collect();
    hits.sort_by_key(|(close, is_unavailable, _)| (*close, *is_unavailable)); // stable: the table's order within
    hits.into_iter().map(|(_, _, entry)| entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::studio::{
        commands::{Menu, RollCommand},
        page::{ComposeView, Page},
    };

    fn hits(search: &str) -> Vec<&'static Entry> {
        super::hits(search, |_| true)
    }

    #[test]
    fn what_can_be_given_now_comes_first_where_it_fits_as_well() {
        let [first, second] = hits("show")[..2] else { unreachable!("a list") };
        let without_first = |search| super::hits(search, |command| command != first.command);
        assert_eq!(without_first("show")[0].command, second.command);
        assert_eq!(without_first("")[table().len() - 1].command, first.command);
        assert_eq!(without_first(&first.full_title())[0].command, first.command, "it fits better");
    }

    #[test]
    fn a_few_letters_find_a_command() {
        assert_eq!(hits("").len(), table().len());
        assert_eq!(hits("gene")[0].command, Command::Generate);
        assert_eq!(hits("export audio")[0].command, Command::ExportAudio);
        assert_eq!(hits("metro")[0].command, Command::ToggleMetronome);
        assert_eq!(hits("capture")[0].command, Command::KeepRecent);
        assert_eq!(hits("generae")[0].command, Command::Generate, "a slip of the finger");
        assert_eq!(hits("selection loop")[0].command, Command::Roll(RollCommand::LoopSelection), "in any order");
        assert!(hits("xyzzy").is_empty());
        for (called, command) in [
            ("stems", Command::ExportAudio),
            ("wav", Command::ExportAudio),
            ("bpm", Command::TapTempo),
            ("volume", Command::View(ComposeView::Mixer)),
            ("clips", Command::View(ComposeView::Arrangement)),
            ("insert note", Command::Roll(RollCommand::AddNote)),
            ("choose model", Command::ToggleRightPanel),
            ("instruments", Command::ToggleLeftPanel),
            ("move focus to", Command::NextRegion),
            ("focus generate", Command::OpenMenu(Menu::Generate)),
            ("page train", Command::Show(Page::Train)),
        ] {
            assert_eq!(hits(called)[0].command, command, "{called}");
        }
        assert!(hits("sections")[..2].iter().any(|entry| entry.command == Command::View(ComposeView::Arrangement)));
        assert!(
            hits("rename").iter().any(|entry| entry.command == Command::ToggleLeftPanel),
            "a part, beside a section"
        );
        let restore = hits("restore");
        assert!(restore.iter().all(|entry| entry.command != Command::Generate), "{restore:?}");
    }
}
