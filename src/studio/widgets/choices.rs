//! Choices: side by side in small windows, and in lists that open.

use eframe::egui::{Align2, Button, IntoAtoms, Response, Sense, TextWrapMode, Ui, WidgetText, vec2};

use crate::studio::theme::{self, Theme, size, space};

/// The width of the names at the left.
pub const NAMES: f32 = 96.0;

/// A row with a name.
pub fn named_row(ui: &mut Ui, name: &str, add: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.set_min_height(space::CONTROL);
        let (rect, _) = ui.allocate_exact_size(vec2(NAMES - space::S, space::CONTROL), Sense::hover());
        let color = Theme::of(ui).text_muted;
        ui.painter().text(rect.left_center(), Align2::LEFT_CENTER, name, theme::regular(size::BODY), color);
        add(ui);
    });
}

/// A button that is one of several choices, and looks like one where another is chosen, too.
pub fn choice_button<'a>(is_chosen: bool, name: impl IntoAtoms<'a>) -> Button<'a> {
    Button::selectable(is_chosen, name).frame_when_inactive(true)
}

/// One of several values, side by side.
pub fn choice<T: PartialEq>(ui: &mut Ui, now: &mut T, value: T, name: &str, why_not: Option<String>) {
    let button = choice_button(*now == value, name).wrap_mode(TextWrapMode::Extend);
    let response = ui.add_enabled(why_not.is_none(), button);
    if response.clicked() {
        *now = value;
    }
    if let Some(reason) = why_not {
        response.on_disabled_hover_text(reason);
    }
}

/// Has the arrow keys begin at what is chosen of a list that was opened by the mouse, which leaves nothing focused.
pub fn begin_at(chosen: &Response) {
    if chosen.ctx.memory(|memory| memory.focused().is_none()) {
        chosen.request_focus();
    }
}

/// One of a list that opens; taken by a click or by Enter, it closes the list.
pub fn list_item(ui: &mut Ui, is_chosen: bool, text: impl Into<WidgetText>) -> Response {
    let response = ui.selectable_label(is_chosen, text.into());
    if is_chosen {
        begin_at(&response);
    }
    if response.clicked() {
        ui.close();
    }
    response
}

/// The same, of a value.
pub fn list_value<V: PartialEq>(ui: &mut Ui, now: &mut V, value: V, text: impl Into<WidgetText>) -> Response {
    let mut response = list_item(ui, *now == value, text);
    if response.clicked() && *now != value {
        *now = value;
        response.mark_changed();
    }
    response
}
