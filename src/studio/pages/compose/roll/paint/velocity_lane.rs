//! The velocity lane: one bar a note, its value where it is selected or under the pointer.

use eframe::egui::{Align2, Mesh, Pos2, Rect, Shape, Stroke, pos2, vec2};

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
            values.push((pos2(x + line, y - HEAD - 1.0), velocity.get(), hovered));
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
    paint_values(canvas, lane, values);
}

/// Values above the heads, each whole and in the lane: that under the pointer, and the others where they have room.
fn paint_values(canvas: &Canvas<'_>, lane: Rect, mut values: Vec<(Pos2, u8, bool)>) {
    values.sort_by(|a, b| b.2.cmp(&a.2).then(a.0.x.total_cmp(&b.0.x)));
    let mut taken: Vec<Rect> = Vec::new();
    for (at, value, _) in values {
        let (font, color) = (theme::regular(size::CAPTION - 1.0), canvas.theme.text_muted);
        let galley = canvas.painter.layout_no_wrap(value.to_string(), font, color);
        let place = within(Align2::CENTER_BOTTOM.anchor_size(at, galley.size()), lane);
        if is_free(place, &taken) {
            canvas.painter.galley(place.min, galley, color);
            taken.push(place);
        }
    }
}

/// A place moved sideways into a lane.
fn within(place: Rect, lane: Rect) -> Rect {
    let left = place.left().min(lane.right() - place.width()).max(lane.left());
    place.translate(vec2(left - place.left(), 0.0))
}

/// Whether a value has room beside others.
fn is_free(place: Rect, taken: &[Rect]) -> bool {
    /// What is left free between two, in points.
    const GAP: f32 = 2.0;
    let place = place.expand2(vec2(GAP, 0.0)).shrink2(vec2(0.0, 1.0));
    taken.iter().all(|other| !other.shrink2(vec2(0.0, 1.0)).intersects(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_whole_beside_each_other_or_above() {
        let lane = Rect::from_min_max(pos2(70.0, 0.0), pos2(300.0, 80.0));
        let place = |x: f32, y: f32| within(Rect::from_min_size(pos2(x, y), vec2(18.0, 12.0)), lane);
        assert_eq!([place(60.0, 0.0), place(295.0, 0.0)].map(|place| place.left()), [70.0, 282.0]);
        let taken = [place(100.0, 10.0)];
        assert!(!is_free(place(110.0, 14.0), &taken) && !is_free(place(119.0, 10.0), &taken));
        assert!(is_free(place(121.0, 10.0), &taken) && is_free(place(104.0, 22.0), &taken), "beside it and below");
    }
}
