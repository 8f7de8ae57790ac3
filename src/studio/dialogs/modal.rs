//! The frames that dialogs are drawn in.

use eframe::egui::{
    Align, Align2, Context, Frame, Id, LayerId, Layout, Modal, ModalResponse, Popup, PopupAnchor, Ui, Window,
};

use crate::studio::{
    regions::{self, Region},
    theme::{Theme, space},
};

/// Whether a dialog stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stay {
    /// It does.
    Open,
    /// It is done.
    Closed,
}

/// A dialog that must be answered first. It closes by a click beside it, too.
pub fn show(ctx: &Context, width: f32, margin: f32, add: impl FnOnce(&mut Ui) -> Stay) -> Stay {
    let width = width.min(ctx.content_rect().width() - 2.0 * margin - space::L);
    let response = dimming(ctx, Id::unique("dialog"), width, margin, add);
    if response.should_close() { Stay::Closed } else { response.inner }
}

/// A window over the page, which takes no clicks while it is open; the music plays on. It closes by its own buttons
/// only, so that nothing chosen in it is lost by a click beside it.
pub fn window(ctx: &Context, title: &str, width: f32, add: impl FnOnce(&mut Ui)) {
    dimming(ctx, Id::unique(("window", title)), width, space::XL, |ui| {
        add(ui);
        regions::mark(ui, Region::Window, ui.min_rect());
    });
}

/// A window in the middle, beside which the work goes on.
pub fn floating(ctx: &Context, title: &str, width: f32, add: impl FnOnce(&mut Ui)) {
    Window::new(title)
        .id(Id::unique(("floating", title)))
        .title_bar(false)
        .auto_sized()
        .pivot(Align2::CENTER_CENTER)
        .default_pos(ctx.content_rect().center())
        .frame(Frame::popup(&ctx.global_style()).inner_margin(space::XL))
        .show(ctx, |ui| {
            prepare(ui, width);
            add(ui);
            regions::mark(ui, Region::Window, ui.min_rect());
        });
}

/// What dims all that lies behind it.
fn dimming<R>(ctx: &Context, id: Id, width: f32, margin: f32, add: impl FnOnce(&mut Ui) -> R) -> ModalResponse<R> {
    let frame = Frame::popup(&ctx.global_style()).inner_margin(margin);
    let response = Modal::new(id).frame(frame).show(ctx, |ui| {
        prepare(ui, width);
        add(ui)
    });
    // below it no tooltip stays: they go where a popup of their layer is open, even one that has no place to be drawn
    let nowhere = PopupAnchor::PointerFixed;
    Popup::new(Id::unique("no tooltips"), ctx.clone(), nowhere, LayerId::background()).open(true).show(|_| {});
    response
}

/// In the light theme, a dialog is as white as text fields are: there they are as grey as what lies behind all.
fn prepare(ui: &mut Ui, width: f32) {
    ui.set_width(width);
    ui.visuals_mut().text_edit_bg_color = Some(Theme::of(ui).background);
}

/// The buttons at a dialog's foot, the first one at the right.
pub fn buttons(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    ui.with_layout(Layout::right_to_left(Align::Center), add);
}

/// How high a list in a dialog may be: so high, and no higher than the window has room for.
pub fn scroll_height(ui: &Ui, wanted: f32) -> f32 {
    let around = 190.0; // head, foot and margins
    wanted.min((ui.ctx().content_rect().height() - around).max(80.0))
}
