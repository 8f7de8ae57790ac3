//! The velocity lane: one bar a note, its value where it is selected or under the pointer.

use eframe::egui::{Align2, Mesh, Pos2, Rect, Shape, Stroke, pos2};

use super::{
    super::{gestures::velocities::y_from_velocity, index::NoteIndex},
    Canvas,
    notes::{self, Look},
};
use crate::{
    music::Note,
    studio::theme::{self, Theme, size},
};

/// More bars than this have no heads.
const MANY: usize = 800;
/// The radius of a bar's head, in points.
const HEAD: f32 = 3.0;

/// Where bars stand in the lane: room for a value above, a little air below.
pub fn bars_area(lane: Rect) -> Rect {
    Rect::from_min_max(pos2(lane.left(), lane.top() + 16.0), pos2(lane.right(), lane.bottom() - 2.0))
}

/// Paints the lane.
pub fn paint(canvas: &Canvas<'_>, lane: Rect, index: &NoteIndex, look: Look<'_>, ramp: Option<[Pos2; 2]>) {
    let theme = canvas.theme;
    let bars = bars_area(lane);
    let line = canvas.hairline();
    let mut mesh = Mesh::default();
    mesh.add_colored_rect(lane, theme.surface);
    canvas.horizontal(&mut mesh, lane.top(), lane.left(), lane.right(), theme.border);
    for share in [0.25, 0.5, 0.75] {
        canvas.horizontal(&mut mesh, bars.bottom() - bars.height() * share, lane.left(), lane.right(), theme.grid_step);
    }
    let ticks = canvas.coordinates.visible_ticks();
    let begun: Vec<&Note> = index.sounding_in(ticks.clone()).filter(|note| note.start >= ticks.start).collect();
    let with_heads = begun.len() <= MANY;
    let (selected, others): (Vec<&Note>, Vec<&Note>) =
        begun.into_iter().partition(|note| look.selection.contains(note));
    let some_selected = !selected.is_empty();
    let mut heads = Vec::new();
    let mut values = Vec::new();
    let (mut last_x, mut last_y) = (f32::NEG_INFINITY, f32::INFINITY);
    // the selected ones last, so that they lie above
    for (note, selected) in others.iter().map(|note| (note, false)).chain(selected.iter().map(|note| (note, true))) {
        let x = canvas.crisp(canvas.coordinates.x_from_tick(f64::from(note.start)));
        let y = y_from_velocity(bars, note.velocity);
        let hovered = look.hovered == Some(**note);
        if x == last_x && y >= last_y && !with_heads && !selected && !hovered {
            continue; // behind a taller bar on the same pixels
        }
        (last_x, last_y) = (x, y);
        let mut color = notes::fill(theme, look.color, note.velocity);
        if selected {
            color = theme.playhead;
        } else if some_selected {
            color = Theme::mix(color, theme.surface, 0.45);
        }
        mesh.add_colored_rect(Rect::from_min_max(pos2(x, y), pos2(x + 2.0 * line, bars.bottom())), color);
        if with_heads {
            heads.push(Shape::circle_filled(pos2(x + line, y), HEAD, color));
        }
        if hovered || (selected && with_heads) {
            let middle = (x + line).max(lane.left() + 10.0);
            values.push((pos2(middle, y - HEAD - 1.0), note.velocity.get(), hovered));
        }
    }
    canvas.painter.add(mesh);
    canvas.painter.extend(heads);
    if let Some(ends) = ramp {
        canvas.painter.line_segment(ends, Stroke::new(1.5, theme.accent));
    }
    paint_values(canvas, values);
}

/// Values above the heads, from the left, none on top of another; that under the pointer in any case.
fn paint_values(canvas: &Canvas<'_>, mut values: Vec<(Pos2, u8, bool)>) {
    values.sort_by(|a, b| a.0.x.total_cmp(&b.0.x));
    let mut free_from = f32::NEG_INFINITY;
    for (at, value, hovered) in values {
        if hovered || at.x >= free_from {
            let font = theme::regular(size::CAPTION - 1.0);
            canvas.painter.text(at, Align2::CENTER_BOTTOM, value.to_string(), font, canvas.theme.text_muted);
            free_from = at.x + 20.0;
        }
    }
}
