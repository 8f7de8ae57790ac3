//! The handles of the take just recorded, and a veil over what they leave out.

use std::ops::Range;

use eframe::egui::{Mesh, Rect, Shape, Stroke, pos2};

use super::Canvas;
use crate::music::Tick;

/// Paints the veil over the notes.
pub fn paint_veil(canvas: &Canvas<'_>, span: &Range<Tick>) {
    let area = canvas.coordinates.area();
    let veil = canvas.theme.background.gamma_multiply(0.45);
    let [left, right] = [span.start, span.end].map(|tick| canvas.coordinates.x_from_tick(f64::from(tick)));
    let mut mesh = Mesh::default();
    for (from, to) in [(area.left(), left.min(area.right())), (right.max(area.left()), area.right())] {
        if from < to {
            mesh.add_colored_rect(Rect::from_min_max(pos2(from, area.top()), pos2(to, area.bottom())), veil);
        }
    }
    canvas.painter.add(mesh);
    for x in [left, right] {
        let line = Stroke::new(canvas.hairline(), canvas.theme.record);
        canvas.painter.vline(canvas.crisp(x), area.y_range(), line);
    }
}

/// Paints the handles in the ruler.
pub fn paint_handles(canvas: &Canvas<'_>, ruler: Rect, span: &Range<Tick>) {
    let (top, bottom) = (ruler.center().y + 1.0, ruler.bottom());
    for (tick, inwards) in [(span.start, 9.0), (span.end, -9.0)] {
        let x = canvas.crisp(canvas.coordinates.x_from_tick(f64::from(tick)));
        let flag = vec![pos2(x, top), pos2(x + inwards, top), pos2(x, bottom)];
        canvas.painter.add(Shape::convex_polygon(flag, canvas.theme.record, Stroke::NONE));
    }
}
