//! A controller's lane: its course as steps, its points where there is room for them.

use eframe::egui::{Align2, Mesh, Pos2, Rect, Shape, Stroke, pos2};

use super::{
    super::{gestures::controls::LaneScale, index::ControlIndex},
    Canvas,
};
use crate::{
    music::{Part, Tick, edit::bend_range},
    studio::theme::{self, Theme, size},
};

/// The room a point needs to be drawn as such, in points of the screen.
const ROOM: f32 = 8.0;
/// The radius of a point, in points of the screen.
const POINT: f32 = 3.0;

/// How the lane looks.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// The part that the lane is of.
    pub part: &'a Part,
    /// The part's colour.
    pub color: eframe::egui::Color32,
    /// The point under the pointer.
    pub hovered: Option<Tick>,
    /// Where the pointer is in the lane.
    pub pointer: Option<Pos2>,
    /// The ends of the ramp that is being drawn.
    pub ramp: Option<[Pos2; 2]>,
}

/// Paints the lane.
pub fn paint(canvas: &Canvas<'_>, lane: Rect, scale: LaneScale, index: &ControlIndex, look: Look<'_>) {
    let theme = canvas.theme;
    let (bars, line) = (scale.bars, canvas.hairline());
    let mut mesh = Mesh::default();
    mesh.add_colored_rect(lane, theme.surface);
    canvas.horizontal(&mut mesh, lane.top(), lane.left(), lane.right(), theme.border);
    for share in [0.25, 0.5, 0.75] {
        let y = bars.bottom() - bars.height() * share;
        canvas.horizontal(&mut mesh, y, lane.left(), lane.right(), theme.grid_step);
    }
    // 0 is the foot of most lanes, and the middle of the pitch wheel's
    let rest_y = canvas.crisp(scale.y_from_value(0));
    let (before, seen) = index.seen(canvas.coordinates.visible_ticks());
    let fill = look.color.gamma_multiply(0.30);
    let mut step = |from_x: f32, to_x: f32, value: i16| {
        let y = canvas.crisp(scale.y_from_value(value));
        mesh.add_colored_rect(Rect::from_min_max(pos2(from_x, y.min(rest_y)), pos2(to_x, y.max(rest_y))), fill);
        mesh.add_colored_rect(Rect::from_min_max(pos2(from_x, y - line), pos2(to_x, y + line)), look.color);
    };
    let (mut x, mut value) = (lane.left(), before);
    for &(tick, next) in seen {
        let at = canvas.crisp(canvas.coordinates.x_from_tick(f64::from(tick)));
        if at > x {
            step(x, at, value);
            x = at;
        }
        value = next;
    }
    step(x, lane.right(), value);
    canvas.painter.add(mesh);
    let with_points = seen.len() as f32 * ROOM <= lane.width();
    let drawn = seen.iter().filter(|(tick, _)| with_points || look.hovered == Some(*tick));
    canvas.painter.extend(drawn.map(|&(tick, value)| {
        let at = pos2(canvas.coordinates.x_from_tick(f64::from(tick)), scale.y_from_value(value));
        let (radius, color) = if look.hovered == Some(tick) {
            (POINT + 1.5, theme.playhead)
        } else {
            (POINT, Theme::mix(look.color, theme.playhead, 0.25))
        };
        Shape::circle_filled(at, radius, color)
    }));
    if let Some(ends) = look.ramp {
        canvas.painter.line_segment(ends, Stroke::new(1.5, theme.accent));
    }
    if let Some(pos) = look.pointer {
        let pointed = canvas.coordinates.clamped_tick_from_x(pos.x);
        let value = look.hovered.map_or_else(|| scale.value_from_y(pos.y), |tick| index.value_at(tick));
        let text = scale.kind.value_text(value, bend_range(look.part, look.hovered.unwrap_or(pointed)));
        let (at, font) = (pos + eframe::egui::vec2(12.0, -8.0), theme::regular(size::CAPTION));
        canvas.painter.text(at, Align2::LEFT_CENTER, text, font, theme.text_muted);
    }
}
