//! The playhead: a line through roll and lane, with a flag in the ruler. And the loop's shade on the roll.

use std::ops::Range;

use eframe::egui::{Mesh, Rect, Shape, Stroke, pos2};

use super::Canvas;
use crate::music::Tick;

/// Paints the line from `top` to `bottom`, if it is in sight.
pub fn paint_line(canvas: &Canvas<'_>, tick: f64, top: f32, bottom: f32) {
    if let Some(x) = x_in_sight(canvas, tick) {
        let scale = canvas.painter.pixels_per_point();
        let width = (1.5 * scale).round().max(1.0) / scale;
        let left = canvas.crisp(x - width / 2.0);
        let mut mesh = Mesh::default();
        let line = Rect::from_min_max(pos2(left, top), pos2(left + width, bottom));
        mesh.add_colored_rect(line, canvas.theme.playhead);
        canvas.painter.add(mesh);
    }
}

/// Where the flag is at the foot of the ruler, if it is in sight.
pub fn flag(canvas: &Canvas<'_>, tick: f64, bottom: f32) -> Option<Rect> {
    let x = x_in_sight(canvas, tick)?;
    Some(Rect::from_min_max(pos2(x - 5.5, bottom - 11.0), pos2(x + 5.5, bottom)))
}

/// Paints the flag.
pub fn paint_flag(canvas: &Canvas<'_>, tick: f64, bottom: f32) {
    if let Some(flag) = flag(canvas, tick, bottom) {
        let points = vec![
            flag.left_top(),
            flag.right_top(),
            pos2(flag.right(), bottom - 6.0),
            flag.center_bottom(),
            pos2(flag.left(), bottom - 6.0),
        ];
        canvas.painter.add(Shape::convex_polygon(points, canvas.theme.playhead, Stroke::NONE));
    }
}

/// Shades what the loop leaves out and marks its ends.
pub fn paint_loop(canvas: &Canvas<'_>, range: &Range<Tick>) {
    let area = canvas.coordinates.area();
    let x = |tick: Tick| canvas.coordinates.x_from_tick(f64::from(tick)).clamp(area.left(), area.right());
    let (start, end) = (x(range.start), x(range.end));
    let mut mesh = Mesh::default();
    let shade = canvas.theme.background.gamma_multiply(0.5);
    mesh.add_colored_rect(Rect::from_min_max(area.left_top(), pos2(start, area.bottom())), shade);
    mesh.add_colored_rect(Rect::from_min_max(pos2(end, area.top()), area.right_bottom()), shade);
    let edge = canvas.theme.accent.gamma_multiply(0.6);
    for x in [start, end] {
        if x > area.left() && x < area.right() {
            canvas.vertical(&mut mesh, x, area.top(), area.bottom(), edge);
        }
    }
    canvas.painter.add(mesh);
}

fn x_in_sight(canvas: &Canvas<'_>, tick: f64) -> Option<f32> {
    let area = canvas.coordinates.area();
    let x = canvas.coordinates.x_from_tick(tick);
    (area.left() - 1.0..=area.right() + 1.0).contains(&x).then_some(x)
}
