//! The frames that dialogs are drawn in.

use eframe::egui::{
    Align, Align2, Context, Event, Frame, Id, LayerId, Layout, Modal, ModalResponse, Popup, PopupAnchor, Rect, Ui,
    Window, vec2,
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
    let response = dimming(ctx, Id::unique("dialog"), (width, margin), Align2::CENTER_TOP, add);
    if response.should_close() { Stay::Closed } else { response.inner }
}

/// A window over the page, which takes no clicks while it is open; the music plays on. It closes by its own buttons
/// only, so that nothing chosen in it is lost by a click beside it.
pub fn window(ctx: &Context, title: &str, width: f32, add: impl FnOnce(&mut Ui)) {
    dimming(ctx, Id::unique(("window", title)), (width, space::XL), Align2::CENTER_BOTTOM, |ui| {
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

/// Where an edge of a dialog is, and whether it stays there: once the user has clicked or typed in it.
#[derive(Clone, Copy, Debug)]
struct HeldEdge {
    y: f32,
    is_held: bool,
    /// The window that it was laid out in, and the frame.
    window: Rect,
    frame: u64,
}

/// What dims all that lies behind it. It opens in the middle; when it grows or shrinks afterwards, the edge with what
/// is in use stays where it is: the field that is typed into, or the buttons at its foot.
fn dimming<R>(
    ctx: &Context,
    id: Id,
    (width, margin): (f32, f32),
    edge: Align2,
    add: impl FnOnce(&mut Ui) -> R,
) -> ModalResponse<R> {
    let frame = Frame::popup(&ctx.global_style()).inner_margin(margin);
    let (window, now) = (ctx.content_rect(), ctx.cumulative_frame_nr());
    let before: Option<HeldEdge> = ctx.data(|data| data.get_temp(id.with("edge")));
    let before = before.filter(|before| before.window == window && now.saturating_sub(before.frame) <= 1);
    let mut area = Modal::default_area(id);
    if let Some(held) = before.filter(|before| before.is_held) {
        area = area.anchor(edge, vec2(0.0, held.y - edge.pos_in_rect(&window).y));
    }
    let response = Modal::new(id).area(area).frame(frame).show(ctx, |ui| {
        prepare(ui, width);
        add(ui)
    });
    let is_used = ctx.input(|input| input.pointer.any_pressed() || input.events.iter().any(is_typed));
    let after = match before {
        Some(held) if held.is_held => HeldEdge { frame: now, ..held },
        // what opened it is no use of it
        _ => {
            let y = edge.pos_in_rect(&response.response.rect).y;
            HeldEdge { y, is_held: before.is_some() && is_used, window, frame: now }
        }
    };
    ctx.data_mut(|data| data.insert_temp(id.with("edge"), after));
    // below it no tooltip stays: they go where a popup of their layer is open, even one that has no place to be drawn
    let nowhere = PopupAnchor::PointerFixed;
    Popup::new(Id::unique("no tooltips"), ctx.clone(), nowhere, LayerId::background()).open(true).show(|_| {});
    response
}

const fn is_typed(event: &Event) -> bool {
    matches!(event, Event::Key { pressed: true, .. } | Event::Text(_))
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
