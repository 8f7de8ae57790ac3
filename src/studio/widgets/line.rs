//! A line of text in a place of its own, with an ellipsis where it is too long.

use eframe::egui::{
    Align2, Color32, FontId, Rect, Ui,
    text::{LayoutJob, TextWrapping},
};

/// Paints a line in the middle of a place's height, at its left or right; says where it is. Too long a one ends in “…”.
pub fn paint_line(ui: &Ui, place: Rect, align: Align2, text: &str, font: FontId, color: Color32) -> Rect {
    let wrap = TextWrapping::truncate_at_width(place.width().max(0.0));
    let job = LayoutJob { wrap, ..LayoutJob::simple_singleline(text.to_owned(), font, color) };
    let galley = ui.painter().layout_job(job);
    let rect = align.anchor_size(align.pos_in_rect(&place), galley.size());
    ui.painter().galley(rect.min, galley, color);
    rect
}
