//! What was deleted last, and the way back.

use std::time::Duration;

use eframe::egui::{Align, Frame, Layout, Margin, Panel, Ui};

use super::{IconButton, text_button};
use crate::studio::theme::{self, Icon, Theme};

/// How long it is said, in seconds. The bin has it for longer.
const IS_SAID: f64 = 15.0;

/// What becomes of the notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// It is to be brought back.
    Undo,
    /// It has been said.
    Close,
}

/// Says it at the foot of a page, so that nothing moves: for a while, and for as long as the pointer is there. `since`
/// is none as long as nobody was told.
pub fn deleted_notice(ui: &mut Ui, words: &str, since: &mut Option<f64>) -> Option<Notice> {
    let now = ui.input(|input| input.time);
    let left = since.get_or_insert(now).to_owned() + IS_SAID - now;
    if left <= 0.0 {
        return Some(Notice::Close);
    }
    ui.ctx().request_repaint_after(Duration::from_secs_f64(left));
    let theme = Theme::of(ui);
    let mut notice = None;
    let frame = Frame::new().fill(theme.overlay).stroke(theme.hairline()).inner_margin(Margin::symmetric(24, 8));
    let shown = Panel::bottom("deleted").frame(frame).resizable(false).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(theme::icon_sized(Icon::Trash2, 15.0).color(theme.text_muted));
            ui.label(words);
            if text_button(ui, Icon::Undo2, "Undo", None).clicked() {
                notice = Some(Notice::Undo);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if IconButton::new(Icon::X, "Close").sized(24.0, 14.0).show(ui).clicked() {
                    notice = Some(Notice::Close);
                }
            });
        });
    });
    if shown.response.contains_pointer() {
        *since = None;
    }
    notice
}
