//! How the bars that are selected are shown.

use eframe::egui::{Rect, Stroke, StrokeKind, pos2};

use crate::{
    music::Tick,
    studio::{
        pages::compose::roll::paint::Canvas,
        theme::{self, radius},
    },
};

/// Paints them over their lanes, which lie within `lanes`; returns where that is, if it is in sight.
pub fn paint(canvas: &Canvas<'_>, ticks: &std::ops::Range<Tick>, lanes: Rect) -> Option<Rect> {
    let theme = canvas.theme;
    let [left, right] = [ticks.start, ticks.end].map(|tick| canvas.coordinates.x_from_tick(f64::from(tick)));
    let whole = Rect::from_min_max(pos2(left, lanes.top() + 1.0), pos2(right, lanes.bottom() - 1.0));
    let shown = whole.intersect(canvas.coordinates.area());
    if !shown.is_positive() {
        return None;
    }
    // edges out of sight need no corners
    let face = canvas.crisp_rect(whole.intersect(canvas.coordinates.area().expand(8.0)));
    let outline = Stroke::new(1.5, theme.accent);
    canvas.painter.rect(face, theme::corners(radius::S), theme.accent.gamma_multiply(0.2), outline, StrokeKind::Inside);
    Some(shown)
}

/// Marks them at the foot of the ruler.
pub fn paint_in_ruler(canvas: &Canvas<'_>, ticks: &std::ops::Range<Tick>, ruler: Rect) {
    let [left, right] = [ticks.start, ticks.end].map(|tick| canvas.coordinates.x_from_tick(f64::from(tick)));
    let band = Rect::from_min_max(pos2(left, ruler.bottom() - 3.0), pos2(right, ruler.bottom()));
    canvas.painter.rect_filled(canvas.crisp_rect(band.intersect(ruler)), 0.0, canvas.theme.accent);
}
