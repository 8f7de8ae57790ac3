//! What a plot or a setting is, behind a small question mark beside it.

use eframe::egui::{Popup, PopupCloseBehavior, RectAlign, Response, RichText, Ui};

use super::IconButton;
use crate::studio::theme::{self, Icon, Theme, size, space};

/// How wide the text is.
const WIDTH: f32 = 320.0;

/// The question mark beside something of that title: a click, or Enter, opens what there is to know of it; Esc closes
/// it.
pub fn help(ui: &mut Ui, title: &str, text: &str) -> Response {
    let name = format!("What is “{title}”?");
    let response = IconButton::new(Icon::CircleQuestionMark, &name).sized(20.0, 13.0).show(ui);
    Popup::from_toggle_button_response(&response)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        // above, so that what it explains, beside and below it, stays in sight
        .align(RectAlign::TOP_START)
        .align_alternatives(&[RectAlign::TOP_END, RectAlign::BOTTOM_END, RectAlign::BOTTOM_START])
        .width(WIDTH)
        .show(|ui| {
            ui.set_max_width(WIDTH);
            ui.spacing_mut().item_spacing.y = space::S;
            ui.label(theme::strong(title, size::BODY));
            ui.label(RichText::new(text).color(Theme::of(ui).text_muted));
        });
    response
}
