//! The velocity lane: one bar a note, its value where it is selected or under the pointer.

use eframe::egui::{Align2, Mesh, Pos2, Rect, Shape, Stroke, pos2};

use super::{
    super::{gestures::velocities::y_from_velocity, index::NoteIndex},
    Canvas,
    notes::{self, Look, Pixels},
};
use crate::{
    music::Velocity,
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
    let begun = || index.sounding_in(ticks.clone()).filter(|note| note.start >= ticks.start);
    let with_heads = begun().nth(MANY).is_none();
    let some_selected = !look.selection.is_empty();
    let (pixels, mut heads, mut values) = (Pixels::of(canvas), Vec::new(), Vec::new());
    let mut bar = |velocity: Velocity, column: i32, selected: bool, hovered: bool| {
        let (x, y) = (pixels.points(column), y_from_velocity(bars, velocity));
        let mut color = notes::fill(theme, look.color, velocity);
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
            values.push((pos2(middle, y - HEAD - 1.0), velocity.get(), hovered));
        }
    };
    // the selected ones last, so that they lie above
    for selected in [false, true].into_iter().filter(|selected| some_selected || !selected) {
        // of many, the tallest of each column is seen
        let mut tallest: Option<(i32, Velocity)> = None;
        for note in begun().filter(|note| (some_selected && look.selection.contains(note)) == selected) {
            let column = pixels.at(note.start);
            let hovered = look.hovered == Some(*note);
            if with_heads || hovered {
                bar(note.velocity, column, selected, hovered);
                continue;
            }
            match &mut tallest {
                Some((same, velocity)) if *same == column => *velocity = note.velocity.max(*velocity),
                other => {
                    if let Some((column, velocity)) = other.replace((column, note.velocity)) {
                        bar(velocity, column, selected, false);
                    }
                }
            }
        }
        if let Some((column, velocity)) = tallest {
            bar(velocity, column, selected, false);
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
